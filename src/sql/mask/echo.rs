//! The text of a server about a statement, without the secrets of the statement: servers repeat
//! what they do not understand.

use std::cell::OnceCell;
use std::collections::HashSet;

use super::{Hidden, Masked, has_sign, is_in_word, mask_piece, of_unknown, survives};

/// The bytes of a hidden word that a server's word must share to be taken for a part of it.
const PART_BYTES: usize = 4;

/// Takes the secrets of one statement out of the server's texts about it.
pub struct Echo<'a> {
    statement: &'a str,
    follows_secret: bool,
    parts: OnceCell<Parts>,
}

/// The words of a statement that its mask hides, in lower case: servers fold them.
#[derive(Default)]
struct Parts {
    /// Short words, and every [`PART_BYTES`] bytes of longer ones.
    all: HashSet<[u8; PART_BYTES]>,
    /// A string may have escapes, so that its value has other words than its text.
    is_escaped: bool,
}

impl<'a> Echo<'a> {
    /// For texts about the statement that the server was sent; one that follows a secret on its
    /// line may be the end of it.
    pub fn new(statement: &'a str, follows_secret: bool) -> Self {
        Self {
            statement,
            follows_secret,
            parts: OnceCell::new(),
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
        let parts = self.parts.get_or_init(|| Parts::new(self.statement, self.follows_secret));
        if parts.is_escaped {
            return keywords(said);
        }
        let is_mark = |c: char| c.is_whitespace() || "\"'().,;:«»".contains(c);
        let mut hidden = Vec::new();
        let mut end = 0;
        for run in said.split_inclusive(char::is_whitespace) {
            let start = end + run.len() - run.trim_start_matches(is_mark).len();
            end += run.len();
            if parts.are_in(run) {
                let length = said[start..end].trim_end_matches(is_mark).len();
                hidden.push(Hidden::new(start..start + length));
            }
        }
        Masked::new(said, hidden).text
    }
}

impl Parts {
    /// The parts of what the mask of the statement hides.
    fn new(statement: &str, follows_secret: bool) -> Self {
        let mut parts = Self::default();
        for (span, _) in &mask_piece(statement, follows_secret).edits {
            let hidden = statement[span.clone()].to_lowercase();
            parts.is_escaped |= hidden.contains('\\') || hidden.contains("u&");
            parts.all.extend(words(&hidden).flat_map(parts_of));
        }
        parts
    }

    fn are_in(&self, run: &str) -> bool {
        !self.all.is_empty()
            && words(&run.to_lowercase())
                .flat_map(parts_of)
                .any(|part| self.all.contains(&part))
    }
}

/// The words that are not shown wherever they stand.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_in_word(c))
        .filter(|word| !word.is_empty() && !survives(word))
}

fn parts_of(word: &str) -> impl Iterator<Item = [u8; PART_BYTES]> {
    word.as_bytes().windows(PART_BYTES.min(word.len())).map(|bytes| {
        let mut part = [0; PART_BYTES];
        part[..bytes.len()].copy_from_slice(bytes);
        part
    })
}

fn keywords(text: &str) -> String {
    Masked::new(text, of_unknown(text)).text
}
