//! The signs that a text may hold a secret: one short list of words, URLs with a user's password,
//! and statements that make or change a connection.

use std::ops::Range;

use super::is_in_word;

/// Words that say so wherever they stand, also within a longer word; in lower case.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "credential",
    "access_key",
    "api_key",
    "token",
    "private_key",
    "symmetric_key",
    "sha256|",
    "x-amz-",
];

/// Words that say so with one letter too many, too few or wrong, and whatever stands between their
/// letters.
const LONG: &[&str] = &[
    "password",
    "passphrase",
    "credential",
    "accesskey",
    "privatekey",
    "symmetrickey",
    "identified",
    "amzsignature",
];

/// Words that say so as a word with one letter too many or too few, and with signs between their
/// letters. Another letter makes other words of some of them: `taken`.
const SHORT: &[&str] = &["passwd", "secret", "token", "xamz"];

/// Names of secrets that survive in a masked text; in lower case and sorted.
const NAMES: &[&str] = &[
    "access_key_id",
    "api_key",
    "aws_access_key_id",
    "aws_secret_access_key",
    "by",
    "client_secret",
    "credentials",
    "identified",
    "master_symmetric_key",
    "passphrase",
    "passwd",
    "password",
    "private_key",
    "pwd",
    "secret",
    "secret_access_key",
    "session_token",
    "token",
];

/// True if the word is the name of a secret, in any letter case.
pub(super) fn is_secret_name(word: &str) -> bool {
    NAMES.binary_search(&word.to_ascii_lowercase().as_str()).is_ok()
}

/// The byte at which the first sign of a secret in the text ends.
pub(super) fn first_sign(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let words = WORDS.iter().filter_map(|word| Some(lower.find(word)? + word.len()));
    let misspelt = words_of(&lower).find_map(|(start, word)| {
        let mut parts = word.split('_');
        let is_one = parts.any(|part| SHORT.iter().any(|wanted| is_misspelt(part, wanted)));
        is_one.then_some(start + word.len())
    });
    let torn = Scattered::new(&lower, |c| is_in_word(c) || c.is_whitespace()).find(SHORT);
    let long = Scattered::new(&lower, char::is_alphanumeric).find_nearly(LONG);
    let more = [misspelt, torn, long, url_password(text), connection(&lower)];
    words.chain(more.into_iter().flatten()).min()
}

fn word_length(text: &str) -> usize {
    text.find(|c| !is_in_word(c)).unwrap_or(text.len())
}

/// The words of a text, and the byte at which each begins.
pub(super) fn words_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut end = 0;
    std::iter::from_fn(move || {
        let start = end + text[end..].find(is_in_word)?;
        end = start + word_length(&text[start..]);
        Some((start, &text[start..end]))
    })
}

/// True if the word is the wanted one, or has one letter more, less, changed or two swapped.
fn is_misspelt(word: &str, wanted: &str) -> bool {
    let (word, wanted) = (word.as_bytes(), wanted.as_bytes());
    if word.len().abs_diff(wanted.len()) > 1 {
        return false;
    }
    let same = word.iter().zip(wanted).take_while(|(a, b)| a == b).count();
    let (word, rest) = (&word[same..], &wanted[same..]);
    let may_change = wanted.len() > 6;
    match (word, rest) {
        ([], _) | (_, []) => true,
        ([a, b, word @ ..], [c, d, rest @ ..]) if (a, b) == (d, c) && word == rest => true,
        ([_, word @ ..], [_, rest @ ..]) if may_change && word == rest => true,
        ([_, word @ ..], rest) if word == rest => true,
        (word, [_, rest @ ..]) => word == rest,
    }
}

/// The characters of a text that count, without those between them.
struct Scattered<'a> {
    text: &'a str,
    counts: fn(char) -> bool,
    counting: String,
}

impl<'a> Scattered<'a> {
    fn new(text: &'a str, counts: fn(char) -> bool) -> Self {
        let counting = text.chars().filter(|c| counts(*c)).collect();
        Self { text, counts, counting }
    }

    /// The byte of the text at which the first of the words ends.
    fn find(&self, words: &[&str]) -> Option<usize> {
        let ends = words.iter().filter_map(|word| Some(self.counting.find(word)? + word.len()));
        ends.min().map(|end| self.end_in_text(end))
    }

    /// The same of words that are nearly these. One half of such a word is as it should be.
    fn find_nearly(&self, words: &[&str]) -> Option<usize> {
        let ends = words.iter().filter_map(|word| {
            let (first, second) = word.split_at(word.len() / 2);
            let by_first = self.counting.match_indices(first).find_map(|(at, _)| {
                let length = word.len();
                let mut ends =
                    [length, length - 1, length + 1].map(|length| at + length).into_iter();
                ends.find(|end| self.is_nearly(at..*end, word))
            });
            let by_second = self.counting.match_indices(second).find_map(|(at, _)| {
                let end = at + second.len();
                let mut starts =
                    (first.len() - 1..=first.len() + 1).filter_map(|n| at.checked_sub(n));
                starts.any(|start| self.is_nearly(start..end, word)).then_some(end)
            });
            by_first.into_iter().chain(by_second).min()
        });
        ends.min().map(|end| self.end_in_text(end))
    }

    fn is_nearly(&self, range: Range<usize>, word: &str) -> bool {
        self.counting.get(range).is_some_and(|found| is_misspelt(found, word))
    }

    /// The byte of the text at which the first `end` bytes that count end.
    fn end_in_text(&self, end: usize) -> usize {
        let last = self.counting[..end].chars().count() - 1;
        let found = self.text.char_indices().filter(|(_, c)| (self.counts)(*c)).nth(last);
        found.map_or(self.text.len(), |(at, c)| at + c.len_utf8())
    }
}

/// The byte behind the `:` of a URL with a user and a password, finished or not, or of
/// `user:password@host` without its scheme.
fn url_password(text: &str) -> Option<usize> {
    let with_scheme = text.match_indices("://").find_map(|(at, scheme)| {
        let start = at + scheme.len();
        let run = &text[start..];
        let run = &run[..run.find(char::is_whitespace).unwrap_or(run.len())];
        password_in(run).map(|at| start + at)
    });
    let without = text.match_indices('@').find_map(|(at, _)| password_before(text, at));
    with_scheme.into_iter().chain(without).min()
}

/// The byte at which the password begins in the part of a URL behind `://`. A number is a port,
/// unless an `@` follows.
fn password_in(run: &str) -> Option<usize> {
    let address = if run.starts_with('[') { run.find(']')? } else { 0 };
    let mark = address + run[address..].find([':', '@', '/', '?'])?;
    let after = &run[mark + 1..];
    let port = after.bytes().take_while(u8::is_ascii_digit).count();
    let ends_port = !after[port..].starts_with(|c: char| is_in_word(c) || c == '-');
    match run.as_bytes()[mark] {
        b'/' | b'?' => None,
        b'@' => Some(0),
        _ if port > 0 && ends_port && !after.contains('@') => None,
        _ => Some(mark + 1),
    }
}

/// The byte behind a `:` before the `@`, with nothing but a word between them. `::` is a cast.
fn password_before(text: &str, at_sign: usize) -> Option<usize> {
    const MAX_PASSWORD_BYTES: usize = 256;
    let from = text.ceil_char_boundary(at_sign.saturating_sub(MAX_PASSWORD_BYTES));
    let before = &text[from..at_sign];
    let colon = before.rfind(|c: char| c == ':' || c.is_whitespace() || matches!(c, '\'' | '"'))?;
    let is_colon = before.as_bytes()[colon] == b':' && !before[..colon].ends_with(':');
    (is_colon && colon + 1 < before.len()).then_some(from + colon + 1)
}

/// The byte at which CREATE … CONNECTION or ALTER … CONNECTION ends, with at most one other word
/// beside OR REPLACE between them, each perhaps misspelt.
fn connection(lower: &str) -> Option<usize> {
    let mut since_verb = None;
    let mut is_shown = false;
    words_of(lower).find_map(|(start, word)| {
        match word {
            "table" | "job" | "usages" => since_verb = None,
            "or" | "replace" => {}
            _ if ["create", "alter"].iter().any(|verb| is_misspelt(word, verb)) => {
                since_verb = (!is_shown).then_some(0);
            }
            _ if since_verb < Some(2) && is_misspelt(word, "connection") => {
                let end = since_verb.map(|_| start + word.len());
                since_verb = None;
                is_shown = false;
                return end;
            }
            _ => since_verb = since_verb.map(|words: usize| words + 1),
        }
        is_shown = word == "show";
        None
    })
}
