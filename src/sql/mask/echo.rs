//! A server's text about a statement, without the secrets of the statement: servers quote the text
//! that they do not understand.

use std::cell::OnceCell;
use std::collections::HashSet;

use super::{Hidden, Masked, mask, of_unknown, survives};
use crate::sign::{has_sign, is_in_word};

/// The number of bytes that a word of the server must share with a hidden word to count as a part
/// of it.
const PART_BYTES: usize = 4;

/// Removes the secrets of one statement from the server's texts about it.
pub struct Echo<'a> {
    statement: &'a str,
    follows_secret: bool,
    hidden: OnceCell<Option<Parts>>,
}

/// Parts of hidden words in lower case, since servers fold them: short words, and every
/// [`PART_BYTES`] bytes of longer ones.
type Parts = HashSet<[u8; PART_BYTES]>;

impl<'a> Echo<'a> {
    /// For texts about a statement that was sent; a statement after a secret on its line may be the
    /// end of that secret.
    pub fn new(statement: &'a str, follows_secret: bool) -> Self {
        Self {
            statement,
            follows_secret,
            hidden: OnceCell::new(),
        }
    }

    /// The statement.
    pub fn statement(&self) -> &'a str {
        self.statement
    }

    /// A message without the hidden words of the statement. A message with a sign of a secret keeps
    /// only SQL keywords.
    pub fn without_secrets(&self, said: &str) -> String {
        let quiet = self.without_parts(said);
        let is_secret = quiet.contains(['=', '\'', '@']) && has_sign(&quiet);
        if is_secret { keywords(&quiet) } else { quiet }
    }

    /// A text of SQL, masked like a statement.
    pub fn without_secrets_in_sql(&self, said: &str) -> String {
        let quiet = self.without_parts(said);
        if has_sign(&quiet) { keywords(&quiet) } else { quiet }
    }

    /// The text without each run of non-blanks that contains a part of a secret.
    fn without_parts(&self, said: &str) -> String {
        let Some(parts) = self.hidden.get_or_init(|| self.hidden_parts()) else {
            return keywords(said);
        };
        let is_mark = |c: char| c.is_whitespace() || "\"'().,;:«»".contains(c);
        let mut hidden = Vec::new();
        let mut end = 0;
        for run in said.split_inclusive(char::is_whitespace) {
            let start = end + run.len() - run.trim_start_matches(is_mark).len();
            end += run.len();
            if parts_in(&run.to_lowercase()).any(|part| parts.contains(&part)) {
                let length = said[start..end].trim_end_matches(is_mark).len();
                hidden.push(Hidden::new(start..start + length));
            }
        }
        Masked::new(said, hidden).text
    }

    /// The parts of the words that the statement's mask hides; None if a string may have escapes,
    /// so that its value differs from its text.
    fn hidden_parts(&self) -> Option<Parts> {
        let mut parts = Parts::new();
        for (span, _) in &mask(self.statement, self.follows_secret).edits {
            let hidden = self.statement[span.clone()].to_lowercase();
            if hidden.contains('\\') || hidden.contains("u&") {
                return None;
            }
            parts.extend(parts_in(&hidden));
        }
        Some(parts)
    }
}

/// The parts of the words in a text that are not shown everywhere.
fn parts_in(text: &str) -> impl Iterator<Item = [u8; PART_BYTES]> {
    let words = text.split(|c| !is_in_word(c));
    let hidden = words.filter(|word| !word.is_empty() && !survives(word));
    hidden
        .flat_map(|word| word.as_bytes().windows(PART_BYTES.min(word.len())))
        .map(|bytes| {
            let mut part = [0; PART_BYTES];
            part[..bytes.len()].copy_from_slice(bytes);
            part
        })
}

fn keywords(text: &str) -> String {
    Masked::new(text, of_unknown(text, None, None)).text
}
