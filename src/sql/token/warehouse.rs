//! The tokens of SQL for a warehouse, whose strings have more forms than redwire's own (PostgreSQL documentation,
//! "String Constants").

use super::{Dialect, Token, TokenKind, cut};
use crate::name::continues_bare_name;

/// Cuts a text into tokens by the rules of its SQL; white space stands between them.
pub fn tokens_of(text: &str, dialect: Dialect) -> impl Iterator<Item = Token> {
    let mut position = 0;
    std::iter::from_fn(move || {
        let rest = &text[position..];
        let start = position + (rest.len() - rest.trim_start().len());
        let (kind, length, closed) = first(&text[start..], dialect)?;
        position = start + length;
        Some(Token {
            kind,
            span: start..position,
            closed,
        })
    })
}

/// The kind, length and closedness of the token at the start of the text; None at its end.
fn first(rest: &str, dialect: Dialect) -> Option<(TokenKind, usize, bool)> {
    let Dialect::Warehouse { backslash_escapes } = dialect else {
        return cut(rest);
    };
    let string = match rest.as_bytes() {
        [b'\'', ..] if backslash_escapes => Some(escaped(rest, 1)),
        [b'E' | b'e', b'\'', ..] => Some(escaped(rest, 2)),
        [b'$', ..] => dollar_quoted(rest),
        _ => None,
    };
    match string {
        Some((length, closed)) => Some((TokenKind::String, length, closed)),
        None => cut(rest),
    }
}

/// The length of a string in which a backslash escapes what follows it, behind so many bytes of its opening.
fn escaped(rest: &str, opening: usize) -> (usize, bool) {
    let bytes = rest.as_bytes();
    let mut at = opening;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => return (at + 1, true),
            _ => at += 1,
        }
    }
    (rest.len(), false)
}

/// The length of `$$…$$` or `$tag$…$tag$`; None where the dollar begins neither.
fn dollar_quoted(rest: &str) -> Option<(usize, bool)> {
    let continues = |c: char| c != '$' && (continues_bare_name(c) || !c.is_ascii());
    let end = 1 + rest[1..].find(|c| !continues(c))?;
    if !rest[end..].starts_with('$') || rest[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let tag = &rest[..=end];
    let inside = &rest[tag.len()..];
    Some(match inside.find(tag) {
        Some(length) => (length + 2 * tag.len(), true),
        None => (rest.len(), false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str, backslash_escapes: bool) -> Vec<&str> {
        let found = tokens_of(text, Dialect::Warehouse { backslash_escapes });
        let strings = found.filter(|token| token.kind == TokenKind::String);
        strings.map(|token| &text[token.span]).collect()
    }

    #[test]
    fn each_form_of_a_string_ends_where_the_server_ends_it() {
        for (text, plain, escaping) in [
            ("a 'b\\' c", vec!["'b\\'"], vec!["'b\\' c"]),
            ("a E'b\\' c' d", vec!["E'b\\' c'"], vec!["E'b\\' c'"]),
            ("$$a'b$$ c", vec!["$$a'b$$"], vec!["$$a'b$$"]),
            ("$x$a$$b$x$ c", vec!["$x$a$$b$x$"], vec!["$x$a$$b$x$"]),
            ("$1 a$b$ $", vec![], vec![]),
            ("$é$a", vec!["$é$a"], vec!["$é$a"]),
            ("'a''b' \"c'd\" -- 'e'", vec!["'a''b'"], vec!["'a''b'"]),
        ] {
            assert_eq!(strings(text, false), plain, "{text}");
            assert_eq!(strings(text, true), escaping, "{text}");
        }
    }

    #[test]
    fn redwires_own_sql_has_none_of_them() {
        let text = "a $$ E'b\\' c";
        assert!(tokens_of(text, Dialect::Catalog).eq(super::super::tokens(text)));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_without_a_gap(text in "\\PC*|[ -/a'\"*\\n;=($\\\\E]{0,40}", backslash_escapes: bool) {
            let mut end = 0;
            for token in tokens_of(&text, Dialect::Warehouse { backslash_escapes }) {
                proptest::prop_assert!(text[end..token.span.start].trim().is_empty());
                proptest::prop_assert!(token.span.end > token.span.start);
                end = token.span.end;
            }
            proptest::prop_assert!(text[end..].trim().is_empty());
        }
    }
}
