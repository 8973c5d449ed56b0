//! The text of a server about a statement, without the secrets of the statement: servers repeat
//! what they do not understand.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::ops::Range;

use super::sign::words_of;
use super::{Hidden, Masked, first_sign, has_sign, is_in_word, is_secret_name, mask, of_unknown};

/// A shorter word within another one is a coincidence.
const PART_BYTES: usize = 3;

/// A longer word of a server's is hidden without a look at its parts.
const MAX_WORD_BYTES: usize = 64;

/// Takes the secrets of one statement out of the server's texts about it.
pub struct Echo<'a> {
    statement: &'a str,
    words: OnceCell<Words>,
}

/// The words of a statement that its mask hides, in lower case: servers fold them.
#[derive(Default)]
struct Words {
    all: HashSet<String>,
    /// The same, one a line.
    lines: String,
    /// A string has escapes, so its value has other words than its text.
    is_escaped: bool,
}

impl<'a> Echo<'a> {
    /// For texts about the statement that the server was sent.
    pub fn new(statement: &'a str) -> Self {
        Self { statement, words: OnceCell::new() }
    }

    /// A message without the words that are hidden in the statement. One that itself seems to hold
    /// a secret keeps only SQL keywords.
    pub fn quieted(&self, said: &str) -> String {
        let quiet = self.without_words(said);
        match first_sign(&quiet) {
            Some(sign) if is_assigned(&quiet[sign..]) || quiet.contains("://") => keywords(&quiet),
            Some(_) | None => quiet,
        }
    }

    /// The same for a text that holds SQL: with any sign of a secret only keywords are left.
    pub fn quieted_sql(&self, said: &str) -> String {
        let quiet = self.without_words(said);
        if has_sign(&quiet) { keywords(&quiet) } else { quiet }
    }

    fn without_words(&self, said: &str) -> String {
        let words = self.words.get_or_init(|| words(self.statement));
        if words.is_escaped {
            return keywords(said);
        }
        if words.all.is_empty() {
            return said.to_owned();
        }
        let mut hidden: Vec<Hidden> = Vec::new();
        for span in spans_of_words(said).filter(|span| words.have(&said[span.clone()])) {
            match hidden.last_mut() {
                // Signs between two words of a secret belong to it.
                Some(last) if !said[last.span.end..span.start].contains(char::is_whitespace) => {
                    last.span.end = span.end;
                }
                _ => hidden.push(Hidden::new(span)),
            }
        }
        for hidden in &mut hidden {
            hidden.span = with_signs(said, hidden.span.clone());
        }
        hidden.dedup_by(|next, first| next.span.start < first.span.end);
        Masked::new(said, hidden).text
    }
}

/// The words that the mask of the statement hides.
fn words(statement: &str) -> Words {
    let masked = mask(statement, |_| Some(0));
    let mut words = Words::default();
    for (span, _) in &masked.edits {
        let hidden = statement[span.clone()].to_lowercase();
        words.is_escaped |= has_escape(&hidden);
        let found = spans_of_words(&hidden).map(|span| &hidden[span]);
        words.all.extend(found.filter(|word| !is_secret_name(word)).map(str::to_owned));
    }
    words.lines = words.all.iter().flat_map(|word| [word, "\n"]).collect();
    words
}

/// True if a character may stand there by its number.
fn has_escape(text: &str) -> bool {
    let numbers = |c: char| c.is_ascii_hexdigit() || matches!(c, 'x' | 'u' | '+');
    let escapes = text.match_indices('\\');
    text.contains("u&")
        || escapes.map(|(at, _)| &text[at + 1..]).any(|after| after.starts_with(numbers))
}

impl Words {
    /// True if a server's word is one of them, a part of one, or has one in it.
    fn have(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        let is_part = word.len() >= PART_BYTES || word.contains(|c: char| c.is_ascii_digit());
        self.all.contains(&word)
            || is_part && self.lines.contains(&word)
            || word.len() > MAX_WORD_BYTES
            || parts(&word).any(|part| self.all.contains(part))
    }
}

/// The parts of a word that are long enough to be no coincidence.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let starts = 0..word.len();
    let ranges =
        starts.flat_map(|start| (start + PART_BYTES + 1..=word.len()).map(move |end| start..end));
    ranges.filter_map(|range| word.get(range))
}

fn spans_of_words(text: &str) -> impl Iterator<Item = Range<usize>> {
    words_of(text).map(|(start, word)| start..start + word.len())
}

/// The span with the signs that touch it and may belong to a secret.
fn with_signs(text: &str, span: Range<usize>) -> Range<usize> {
    let is_own = |c: char| {
        !c.is_whitespace()
            && !is_in_word(c)
            && !matches!(c, '"' | '\'' | '(' | ')' | '.' | ',' | ';' | ':' | '«' | '»' | '“' | '”')
    };
    let before = text[..span.start].trim_end_matches(is_own).len();
    let after = &text[span.end..];
    before..span.end + after.len() - after.trim_start_matches(is_own).len()
}

/// True if a value seems to follow the name of a secret.
fn is_assigned(after: &str) -> bool {
    after.starts_with(['=', ':']) || after.trim_start().starts_with(['=', '\''])
}

fn keywords(text: &str) -> String {
    Masked::new(text, of_unknown(text, 0)).text
}
