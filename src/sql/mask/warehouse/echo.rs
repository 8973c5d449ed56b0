//! What a server says of a statement, without the secrets of the statement: servers repeat what
//! they do not understand.

use std::cell::OnceCell;

use super::{bare_length, hidden_for_warehouse, mask_for_warehouse, opening_length, string_length};

/// A secret that is at least so long is hidden also within a longer word.
const LONG_BYTES: usize = 4;

/// A part of a secret is one by itself from this length on: servers repeat single words.
const PART_BYTES: usize = 6;

/// Takes the secrets of one statement out of what the server says of it.
pub struct Echo<'a> {
    statement: &'a str,
    secrets: OnceCell<Vec<String>>,
}

impl<'a> Echo<'a> {
    /// Of the statement that the server was sent.
    pub fn of(statement: &'a str) -> Self {
        Self { statement, secrets: OnceCell::new() }
    }

    /// The text without the secrets of the statement, and without those of statements that the text
    /// itself holds.
    pub fn quieted(&self, said: &str) -> String {
        let mut quiet = said.to_owned();
        for secret in self.secrets.get_or_init(|| secrets(self.statement)) {
            quiet = without(quiet, secret);
        }
        mask_for_warehouse(&quiet).text
    }
}

/// The secrets of a statement as a server may repeat them, in lower case, the longest first.
fn secrets(statement: &str) -> Vec<String> {
    let mut all = Vec::new();
    for hidden in hidden_for_warehouse(statement) {
        let mut rest = &statement[hidden.span];
        while !rest.is_empty() {
            let name = rest.strip_prefix('"').and_then(|name| name.find('"')).map(|end| end + 2);
            let length = name.or_else(|| string_length(rest)).unwrap_or_else(|| bare_length(rest));
            let (piece, after) = rest.split_at(rest.ceil_char_boundary(length));
            forms_of(piece, &mut all);
            rest = after;
        }
    }
    for secret in &mut all {
        secret.make_ascii_lowercase();
    }
    // A mark alone is everywhere.
    all.retain(|secret| {
        secret.trim().len() >= LONG_BYTES || secret.contains(char::is_alphanumeric)
    });
    all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    all.dedup();
    all
}

/// A value with its quotes and without, with its escapes and without, and its longer words.
fn forms_of(piece: &str, all: &mut Vec<String>) {
    let inside = piece[opening_length(piece)..].trim_end_matches(['\'', '$']).trim_matches('"');
    let undoubled = inside.replace("''", "'");
    let unescaped = undoubled.replace("\\'", "'").replace("\\\\", "\\");
    let is_end = |c: char| c.is_whitespace() || matches!(c, '=' | ';' | ',' | '\'' | '"' | '$');
    let words = inside.split(is_end).filter(|word| word.len() >= PART_BYTES);
    all.extend(words.map(str::to_owned));
    all.extend([piece.to_owned(), inside.to_owned(), undoubled, unescaped]);
}

/// The text with stars in place of the secret, which is in lower case: servers fold what has no
/// quotes. A short secret is a word by itself.
fn without(text: String, secret: &str) -> String {
    let folded = text.to_ascii_lowercase();
    if !folded.contains(secret) {
        return text;
    }
    let mut quiet = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, _) in folded.match_indices(secret) {
        let end = at + secret.len();
        let is_within = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let is_part =
            is_within(text[..at].chars().next_back()) || is_within(text[end..].chars().next());
        if secret.len() >= LONG_BYTES || !is_part {
            quiet.extend([&text[copied..at], "***"]);
            copied = end;
        }
    }
    quiet.push_str(&text[copied..]);
    quiet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_repeats_a_secret_is_quieted() {
        for (statement, said, expected) in [
            (
                "CREATE USER u PASSWORD \"a s3cret b\" nix",
                "syntax error at or near \"\"a s3cret b\"\"",
                "syntax error at or near \"***\"",
            ),
            (
                "CREATE USER u PASSWORD 'a' S3cret",
                "unrecognized role option \"s3cret\"",
                "unrecognized role option \"***\"",
            ),
            (
                "CREATE USER u PASSWORD s3cret",
                "syntax error at or near \"s3cret\"",
                "syntax error at or near \"***\"",
            ),
            (
                "CREATE USER u PASSWORD 'it''s' x",
                "near \"'it''s'\", which is it's",
                "near \"***\", which is ***",
            ),
            (
                "CREATE USER u PASSWORD E'a\\'s3' x",
                "bad: E'a\\'s3' or a's3",
                "bad: *** or ***",
            ),
            (
                "COPY t FROM 'x' CREDENTIALS 'aws_access_key_id=AKs3cret;aws_secret_access_key=s3cret/1'",
                "the key s3cret/1 of AKs3cret is not known",
                "the key *** of *** is not known",
            ),
            (
                "ALTER USER u PASSWORD 'a'",
                "a role \"a\" has no name",
                "*** role \"***\" has no name",
            ),
            (
                "DO $$ BEGIN EXECUTE x; END $$",
                "SQL statement \"alter user u password 's3cret'\"",
                "SQL statement \"alter user u password '***'\"",
            ),
            ("SELECT nix", "column \"nix\" does not exist", "column \"nix\" does not exist"),
        ] {
            assert_eq!(Echo::of(statement).quieted(said), expected, "{statement}");
        }
    }
}
