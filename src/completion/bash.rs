//! Splits the line that bash hands over as it was typed. bash's own list of words is broken at `=`
//! and `:`.

use std::ffi::OsStr;

use super::ShellLine;

/// Splits the line before and after the cursor. bash will replace the end of `before`: `replaced`,
/// as it was typed, without a quote that is still open.
pub(super) fn line(before: &OsStr, after: &OsStr, replaced: &OsStr) -> ShellLine {
    let [before, after, replaced] = [before, after, replaced].map(OsStr::to_string_lossy);
    let mut words = BashWords::new(&before);
    let (current, redirected) = (words.finished.len(), words.is_target);
    let word = words.word.get_or_insert_default().clone();
    words.read(&after);
    words.end_word();
    match words.finished.get_mut(current) {
        Some(whole) if !redirected => *whole = word,
        // A redirection takes the word away, even one that begins after the cursor.
        _ => words.finished.insert(current, word),
    }
    let kept = before.strip_suffix(&*replaced).and_then(|kept| BashWords::new(kept).word);
    ShellLine {
        words: words.finished.into_iter().map(Into::into).collect(),
        current,
        kept: kept.unwrap_or_default(),
        redirected,
    }
}

/// Splits a simple command by the rules of bash (manual, "Quoting" and "Redirections"), without any
/// expansion.
#[derive(Debug, Default)]
struct BashWords {
    finished: Vec<String>,
    /// The word that is read, without its quotes.
    word: Option<String>,
    quote: Option<char>,
    escaped: bool,
    /// True if this word, or the next one, is the file of a redirection.
    is_target: bool,
}

impl BashWords {
    fn new(text: &str) -> Self {
        let mut words = Self::default();
        words.read(text);
        words
    }

    fn read(&mut self, text: &str) {
        for c in text.chars() {
            self.push(c);
        }
    }

    fn push(&mut self, c: char) {
        match (self.quote, c) {
            _ if self.escaped => self.push_escaped(c),
            (None | Some('"'), '\\') => {
                self.word.get_or_insert_default();
                self.escaped = true;
            }
            (Some(quote), _) if quote == c => self.quote = None,
            (None, '\'' | '"') => {
                self.word.get_or_insert_default();
                self.quote = Some(c);
            }
            (None, ' ' | '\t' | '\n') => self.end_word(),
            (None, '<' | '>') => self.redirect(),
            // `>&`, `>|`, `&>`: a simple command has these characters nowhere else.
            (None, '&' | '|') => self.end_word(),
            (Some(_) | None, _) => self.add(c),
        }
    }

    fn add(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn push_escaped(&mut self, c: char) {
        self.escaped = false;
        if self.quote.is_some() && !matches!(c, '"' | '\\' | '$' | '`') {
            self.add('\\');
        }
        self.add(c);
    }

    fn end_word(&mut self) {
        if let Some(word) = self.word.take() {
            if !self.is_target {
                self.finished.push(word);
            }
            self.is_target = false;
        }
    }

    /// A number right before `<` or `>` is a file descriptor, and no word.
    fn redirect(&mut self) {
        let is_number =
            |word: &String| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
        if self.word.as_ref().is_some_and(is_number) {
            self.word = None;
        }
        self.end_word();
        self.is_target = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        before: &str,
        after: &str,
        replaced: &str,
        words: &[&str],
        current: usize,
        kept: &str,
    ) {
        let line = line(OsStr::new(before), OsStr::new(after), OsStr::new(replaced));
        assert_eq!(line.words, words, "{before:?}");
        assert_eq!((line.current, line.kept.as_str()), (current, kept), "{before:?}");
    }

    #[test]
    fn words_are_not_broken_at_equals_signs_and_colons() {
        check("redwire --format=js", "", "js", &["redwire", "--format=js"], 1, "--format=");
        check("redwire --format=", "", "", &["redwire", "--format="], 1, "--format=");
        check("redwire -f /a:b/c", "", "b/c", &["redwire", "-f", "/a:b/c"], 2, "/a:");
        check("redwire -f /a:b/c", "", "/a:b/c", &["redwire", "-f", "/a:b/c"], 2, "");
    }

    #[test]
    fn quotes_are_taken_off() {
        check("redwire -f a\\ b\\:c", "", "a\\ b\\:c", &["redwire", "-f", "a b:c"], 2, "");
        check("redwire --file='a b", "", "a b", &["redwire", "--file=a b"], 1, "--file=");
        check(
            "redwire -f \"a\\$\\b 'c",
            "",
            "a\\$\\b 'c",
            &["redwire", "-f", "a$\\b 'c"],
            2,
            "",
        );
        check("redwire 'a b'/c", "", "'a b'/c", &["redwire", "a b/c"], 1, "");
        check("redwire '' \"", "", "", &["redwire", "", ""], 2, "");
    }

    #[test]
    fn the_line_goes_on_behind_the_cursor() {
        check(
            "redwire show sa",
            " --catalog x",
            "sa",
            &["redwire", "show", "sa", "--catalog", "x"],
            2,
            "",
        );
        check("redwire show ", " -q", "", &["redwire", "show", "", "-q"], 2, "");
        check("redwire show sa", "les -q", "sa", &["redwire", "show", "sa", "-q"], 2, "");
        check("redwire show ", "sales -q", "", &["redwire", "show", "", "-q"], 2, "");
    }

    proptest::proptest! {
        #[test]
        fn there_is_always_a_word_to_complete(before in "[a2'\"\\\\ <>&|=:]{0,12}", after in "[a2'\"\\\\ <>&|]{0,8}") {
            let line = line(OsStr::new(&before), OsStr::new(&after), OsStr::new(""));
            proptest::prop_assert!(line.current < line.words.len());
        }
    }

    #[test]
    fn a_redirection_is_no_argument() {
        check("redwire 2>/dev/null &> x show sa", "", "sa", &["redwire", "show", "sa"], 2, "");
        check("redwire >&2 show 2", "", "2", &["redwire", "show", "2"], 2, "");
        for (before, replaced) in
            [("redwire show > /tm", "/tm"), ("redwire show <", ""), ("redwire show 2>> ", "")]
        {
            let line = line(OsStr::new(before), OsStr::new(" -q"), OsStr::new(replaced));
            assert!(line.redirected, "{before:?}");
        }
    }
}
