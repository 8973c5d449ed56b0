//! Masking: what in a text may be a secret, and the text without it.
//!
//! History, carets, logs and error texts show what this lets through. It works on tokens, so it holds for a statement
//! that is unfinished, misspelt or plainly wrong. Its rule, in a statement that is not known to be harmless: a value
//! is hidden unless it follows the name of a known option that is not secret, and a URL unless it passes its check.

mod masker;

use std::ops::Range;

use super::token::{Token, TokenKind, tokens};
use masker::Masker;

/// Whether the text is still being typed or was submitted. While it is typed, a quote without its end is no fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is being typed.
    Typing,
    /// It was submitted, or read from a script.
    Submitted,
}

/// Why a range is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HiddenKind {
    /// The value of PASSWORD, as a string.
    Password,
    /// A URL that did not pass its check.
    Url,
    /// Any other value or word that may be a secret.
    Value,
    /// A comment.
    Comment,
}

/// Bytes of a text that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The bytes.
    pub span: Range<usize>,
    /// Why.
    pub kind: HiddenKind,
}

/// What stands for a value that is hidden.
const STARS: &str = "***";

impl Hidden {
    /// What stands in the masked text instead. A masked password runs again, and asks.
    fn replacement(&self, text: &str) -> &'static str {
        match self.kind {
            HiddenKind::Password => "PROMPT",
            HiddenKind::Url => "'***'",
            HiddenKind::Comment => " ",
            HiddenKind::Value if text[self.span.clone()].starts_with('\'') => "'***'",
            HiddenKind::Value => STARS,
        }
    }
}

/// A text without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The text.
    pub text: String,
    /// Original ranges and how long each is now.
    edits: Vec<(Range<usize>, usize)>,
}

impl Masked {
    /// Where a place of the original text is now; a place inside a secret is where the secret began.
    pub fn offset(&self, original: usize) -> usize {
        let mut offset = original;
        for (range, length) in self.edits.iter().rev() {
            if original >= range.end {
                offset = offset + length - range.len();
            } else if original > range.start {
                offset = range.start;
            }
        }
        offset
    }

    /// Where a range of the original text is now; one that touches a secret covers what stands for it.
    pub fn range(&self, original: Range<usize>) -> Range<usize> {
        let inside = self
            .edits
            .iter()
            .find(|(range, _)| range.start < original.end && original.end < range.end);
        let end = inside.map_or(original.end, |(range, _)| range.end);
        self.offset(original.start)..self.offset(end)
    }
}

/// The text without its secrets. `url_passes` is the check that a URL must pass to be shown.
pub fn mask(text: &str, url_passes: fn(&str) -> bool) -> Masked {
    let mut masked = Masked {
        text: String::with_capacity(text.len()),
        edits: Vec::new(),
    };
    let mut copied = 0;
    for hidden in hidden(text, Stage::Submitted, url_passes) {
        masked.text.push_str(&text[copied..hidden.span.start]);
        // What touches was one word to the user, and how many parts it has is nobody's business.
        let continues = hidden.span.start == copied && masked.text.ends_with(STARS);
        let replacement = if continues { "" } else { hidden.replacement(text) };
        masked.text.push_str(replacement);
        copied = hidden.span.end;
        masked.edits.push((hidden.span, replacement.len()));
    }
    masked.text.push_str(&text[copied..]);
    masked
}

/// What may be a secret in the text, which may hold several statements; in order, without overlaps.
pub fn hidden(text: &str, stage: Stage, url_passes: fn(&str) -> bool) -> Vec<Hidden> {
    let all: Vec<Token> = tokens(text).collect();
    let torn = stage == Stage::Submitted && all.iter().any(|token| !token.closed);
    let mut found = Vec::new();
    for statement in all.split(|token| token.kind == TokenKind::Symbol(';')) {
        let mut masker = Masker::new(text, stage, url_passes, torn);
        masker.statement(statement);
        found.append(&mut masker.found);
    }
    found.sort_by_key(|hidden: &Hidden| hidden.span.start);
    found.dedup_by(|next, first| next.span.start < first.span.end);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        mask(text, |url| !url.contains("PWD")).text
    }

    #[test]
    fn a_password_literal_reads_prompt() {
        assert_eq!(
            masked("CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = 'it''s' COMMENT = 'x';"),
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = PROMPT COMMENT = 'x';"
        );
    }

    #[test]
    fn what_needs_no_mask_is_unchanged() {
        for text in [
            "CREATE OR REPLACE REDSHIFT CONNECTION IF NOT EXISTS \"my c\" CONNECTION_STRING = 'jdbc:x', USER_NAME = 'u' PASSWORD = ENV 'P'",
            "ALTER REDSHIFT CONNECTION c SET PASSWORD = FILE '/p' RESET COMMENT RENAME TO \"d e\"",
            "ALTER REDSHIFT CONNECTION c SET MAX_CONCURRENT_CONNECTIONS = -5 SET PASSWORD = PROMPT;",
            "SELECT 'a' FROM x WHERE password = 'missing' -- why",
            "SHOW CONNECTIONS LIKE 'a%'",
            "INSERT INTO t",
            "DROP CONNECTION a, \"b c\" CASCADE;",
            "DESCRIBE CONNECTION password;",
            "SHOW CREATE CONNECTION password x",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn a_secret_in_the_wrong_place_is_hidden() {
        for text in [
            "CREATE REDSHIFT CONNECTION c PASWORD = 's3cret'",
            "CREATE REDSHIFT CONNECTION c PASSWORD \"s3cret\"",
            "CREATE REDSHIFT CONNECTION c PASSWORD 's3cret'",
            "CREATE REDSHIFT CONNECTION c PASSWORD s3cret",
            "CREATE REDSHIFT CONNECTION c PASSWORD = s3cret",
            "CREATE REDSHIFT CONNECTION c PASSWORD = my s3cret = 5",
            "CREATE REDSHIFT CONNECTION c PASSWORD = my COMMENT = 's3cret'",
            "CREATE REDSHIFT CONNECTION c PASSWORD = \"s3cret\" COMMENT = 'x'",
            "CREATE REDSHIFT CONNECTION c PASSWORD = ENV s3cret",
            "CREATE REDSHIFT CONNECTION c PASSWORD = ('s3cret')",
            "CREATE REDSHIFT CONNECTION c PASSWORD == 's3cret'",
            "CREATE REDSHIFT CONNECTION c PASSWORD: 's3cret'",
            "CREATE REDSHIFT CONNECTION c COMMENT = 'c' 's3cret'",
            "CREATE REDSHIFT CONNECTION c COMMENT = 'c' s3cret",
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d;PWD=s3cret'",
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = jdbc:s3cret",
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'bob, PASSWORD = s3cret, COMMENT = 'x'",
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'bob, PASSWORD = s3cret, COMMENT = 'x''",
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'bob PASSWORD = s3cret",
            "CREATE REDSHIFT CONNECTION c PASSWORD = 's3cret",
            "CREATE REDSHIFT CONNECTION c COMMENT = \" PASSWORD = 's3cret' \"",
            "CREATE REDSHIFT CONNECTION c PASSWORD = 'a;s3cret",
            "CREATE REDSHIFT CONNECTION c PASSWORD = 'a'b;s3cret'",
            "CREATE REDSHIFT CONNECTION c PASSWORD = a;s3cret",
            "CREATE REDSHIFT CONNECTION c PASSWORD = 'a's3cret='b'",
            "CREATE REDSHIFT CONNECTION c -- PASSWORD = 's3cret'\n USER_NAME = 'u'",
            "CREATE REDSHIFT CONNECTION c /* s3cret */ USER_NAME = 'u'",
            "CREAT REDSHFT CONECTION c PASSWORD = 's3cret'",
            "CREATE CONNECTION c s3cret",
            "CREATE SNOWFLAKE CONNECTION c TOKEN = 's3cret'",
            "ALTER REDSHIFT CONNECTION c SET PASSWORD TO 's3cret'",
            "ALTER REDSHIFT CONNECTION c SET s3cret",
            "ALTER REDSHIFT CONNECTION c SET PASSWORD = E's3cret'",
            "s3cret",
            "'s3cret'",
            "DROP CONNECTION c 's3cret'",
            "DROP CONNECTION c PASSWORD s3cret",
            "SHOW CREATE CONNECTION c PASSWORD = s3cret",
            "DESCRIBE CONNECTION c, password = \"s3cret\" x",
        ] {
            assert!(!masked(text).contains("s3cret"), "{text} -> {}", masked(text));
        }
    }

    #[test]
    fn a_password_is_hidden_while_it_is_typed_and_the_rest_is_not() {
        let typed = "CREATE REDSHIFT CONNECTION c COMMENT = 'it' PASSWORD = 'hun";
        let ranges = hidden(typed, Stage::Typing, |_| true);
        assert_eq!(
            ranges,
            [Hidden {
                span: typed.len() - 4..typed.len(),
                kind: HiddenKind::Password
            }]
        );
        for typed in [
            "CREATE REDSHIFT CONNECTION c COMM",
            "CREATE REDSHIFT CONNECTION c U",
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'u' max_c",
            "ALTER REDSHIFT CONNECTION c RESE",
            "ALTER REDSHIFT CONNECTION c SET PASSWORD = prom",
            "CREATE REDSHIFT CONNECTION c COMMENT = 'it is",
            "CREA",
        ] {
            assert!(hidden(typed, Stage::Typing, |_| true).is_empty(), "{typed}");
        }
    }

    #[test]
    fn what_sticks_to_a_string_may_be_the_rest_of_a_password() {
        let typed = "CREATE REDSHIFT CONNECTION c PASSWORD = 'it's";
        let ranges = hidden(typed, Stage::Typing, |_| true);
        assert_eq!(ranges.last().unwrap().span, typed.len() - 1..typed.len());
    }

    #[test]
    fn places_follow_the_mask() {
        let text = "CREATE REDSHIFT CONNECTION c PASSWORD = 'a long password' COMMENT = 5";
        let masked = mask(text, |_| true);
        let five = text.rfind('5').unwrap();
        assert_eq!(&masked.text[masked.range(five..five + 1)], "5");
        let start = text.find("'a long").unwrap();
        assert_eq!(&masked.text[masked.range(start..start + 17)], "PROMPT");
        assert_eq!(&masked.text[masked.range(start + 3..start + 5)], "PROMPT");
    }

    proptest::proptest! {
        #[test]
        fn a_password_never_survives_whatever_surrounds_it(
            before in "(USER_NAME = 'u'|COMMENT = |COMMENT|'|\"|=|,| |x|/\\*|--|\\(){0,4}",
            after in "('|\"|=|,| |x|\\*/|;|COMMENT = 'c'){0,4}",
        ) {
            // What opens before the password may swallow it; then the closing quote is missing, or the rest is wrong.
            let text = format!("CREATE REDSHIFT CONNECTION c {before} PASSWORD = 'S3CRET' {after}");
            proptest::prop_assert!(!masked(&text).contains("S3CRET"), "{} -> {}", text, masked(&text));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,100}", at in 0_usize..100) {
            let masked = mask(&text, |_| true);
            masked.range(at.min(text.len())..text.len());
            hidden(&text, Stage::Typing, |_| false);
        }
    }
}
