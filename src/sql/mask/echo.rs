//! The text of a server about a statement, without the secrets of the statement: servers repeat
//! what they do not understand.

use std::cell::OnceCell;
use std::collections::HashSet;

use super::{Hidden, Masked, has_sign, is_in_word, mask, of_unknown, survives};

/// The bytes of a hidden word that a server's word must share to be taken for a part of it.
const PART_BYTES: usize = 4;

/// Takes the secrets of one statement out of the server's texts about it.
pub struct Echo<'a> {
    statement: &'a str,
    follows_secret: bool,
    hidden: OnceCell<Option<Parts>>,
}

/// Parts of hidden words in lower case, since servers fold them: short words, and every
/// [`PART_BYTES`] bytes of longer ones.
type Parts = HashSet<[u8; PART_BYTES]>;

impl<'a> Echo<'a> {
    /// For texts about the statement that the server was sent; one that follows a secret on its
    /// line may be the end of it.
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

    /// A message without what is hidden in the statement. One that itself seems to hold a secret
    /// keeps only SQL keywords.
    pub fn quieted(&self, said: &str) -> String {
        let quiet = self.without_parts(said);
        let is_secret = quiet.contains(['=', '\'', '@']) && has_sign(&quiet);
        if is_secret { keywords(&quiet) } else { quiet }
    }

    /// The same for a text that holds SQL: the rule for statements holds for it too.
    pub fn quieted_sql(&self, said: &str) -> String {
        let quiet = self.without_parts(said);
        if has_sign(&quiet) { keywords(&quiet) } else { quiet }
    }

    /// The text without each run between blanks that has a part of a secret.
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

    /// The parts of what the mask of the statement hides; None if a string there may have escapes,
    /// so that its value has other words than its text.
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

/// The parts of the words of a text that are not shown wherever they stand.
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
    Masked::new(text, of_unknown(text)).text
}
