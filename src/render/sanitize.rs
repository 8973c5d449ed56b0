//! Escapes text from outside: characters that a terminal would obey, and those that hide or reorder
//! text.

use std::borrow::Cow;

/// The text on one line: line breaks and tabs are escaped too.
pub fn one_line(text: &str) -> Cow<'_, str> {
    escape_where(text, is_hidden)
}

/// The text with its line feeds and tabs kept.
pub(super) fn lines(text: &str) -> Cow<'_, str> {
    escape_where(text, |c| is_hidden(c) && !matches!(c, '\n' | '\t'))
}

/// The text with its line feeds kept.
pub(super) fn broken_lines(text: &str) -> Cow<'_, str> {
    escape_where(text, |c| is_hidden(c) && c != '\n')
}

/// True if a character is not shown as itself: control characters, marks that change the direction
/// of writing, line and paragraph separators, and invisible characters.
///
/// Zero-width joiners do not count, because emoji and several scripts need them.
pub fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

fn escape_where(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if is_plain_ascii(text) || !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut printable = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_escaped(c) {
            push_escape(&mut printable, c);
        } else {
            printable.push(c);
        }
    }
    Cow::Owned(printable)
}

/// The usual case, checked byte by byte without decoding.
pub(super) fn is_plain_ascii(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// `\n`, `\x1b`, `\u{202e}`.
pub(super) fn push_escape(out: &mut String, c: char) {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => out.extend(byte.escape_ascii().map(char::from)),
        _ => out.extend(c.escape_unicode()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_text_in_any_script_is_not_copied() {
        for text in ["", "my_redshift", "größer", "漢字", "👩‍👩‍👧", "می‌خواهم", "c:\\temp"]
        {
            assert!(matches!(one_line(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(one_line("\x1b[2J\x07\x7f"), "\\x1b[2J\\x07\\x7f");
        assert_eq!(one_line("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(one_line("a\r\n\tb"), "a\\r\\n\\tb");
    }

    #[test]
    fn marks_that_turn_or_hide_text_are_escaped() {
        assert_eq!(one_line("a\u{202e}b\u{2066}c"), "a\\u{202e}b\\u{2066}c");
        assert_eq!(one_line("dev\u{200b}\u{feff}"), "dev\\u{200b}\\u{feff}");
        assert_eq!(one_line("\u{e0041}"), "\\u{e0041}");
    }

    #[test]
    fn lines_keep_their_line_feeds_and_tabs_and_nothing_else() {
        assert_eq!(lines("a\n\tb\r\n\x1bc"), "a\n\tb\\r\n\\x1bc");
    }

    proptest! {
        #[test]
        fn no_hidden_character_is_left_in_one_line(text in any::<String>()) {
            let printable = one_line(&text);
            prop_assert!(!printable.contains(is_hidden));
            prop_assert!(!printable.contains(char::is_control));
        }

        #[test]
        fn only_line_feeds_and_tabs_are_left_in_lines(text in any::<String>()) {
            let printable = lines(&text);
            prop_assert!(!printable.contains(|c| is_hidden(c) && c != '\n' && c != '\t'));
        }

        #[test]
        fn text_that_is_printable_already_stays_as_it_is(text in "\\PC*") {
            prop_assume!(!text.contains(is_hidden));
            prop_assert_eq!(one_line(&text), text.as_str());
        }
    }
}
