//! The signs of a secret in a text: a list of words, URLs with a password, and CREATE and ALTER …
//! CONNECTION.

use super::is_in_word;

/// Words that are signs everywhere, also inside a longer word; in lower case.
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
    "identified",
    "sha256|",
    "x-amz-",
];

/// Long forms of the words, which are also signs with one character too many or too few. Short
/// words are not among them, because other words contain such forms: `broken` has `oken`.
const LONG: &[&str] = &[
    "password",
    "passwd=",
    "passphrase",
    "credential",
    "access_key",
    "private_key",
    "symmetric_key",
    "_secret",
    "secret_",
    "_token",
    "identified ",
    "amzsignature",
];

/// Names that contain them and are shown too; in lower case.
const NAMES: &[&str] = &[
    "access_key_id",
    "aws_access_key_id",
    "aws_secret_access_key",
    "client_secret",
    "credentials",
    "master_symmetric_key",
    "secret_access_key",
    "session_token",
];

static LONG_SEARCH: NearSearch = NearSearch::new(LONG);

/// The maximum number of bytes of a URL that are searched, so that the search is linear.
const MAX_URL_BYTES: usize = 512;

/// The maximum number of words between CREATE or ALTER and CONNECTION: OR REPLACE and the kind.
const MAX_WORDS_BETWEEN: usize = 3;

/// True if the text may contain a secret.
pub(crate) fn has_sign(text: &str) -> bool {
    first_sign(text).is_some() || names_connection(text)
}

/// True if the word names a secret, in any letter case.
pub(super) fn is_secret_name(word: &str) -> bool {
    WORDS.iter().chain(NAMES).any(|name| name.eq_ignore_ascii_case(word))
}

/// The end of the first sign that is a word or a URL: the secret follows it.
pub(super) fn first_sign(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let words = WORDS.iter().filter_map(|word| Some(lower.find(word)? + word.len()));
    words.chain(LONG_SEARCH.find(&lower)).chain(url_password(text)).min()
}

/// True if CONNECTION follows CREATE or ALTER closely.
fn names_connection(text: &str) -> bool {
    let mut since_verb = usize::MAX;
    let mut words = text.split(|c| !is_in_word(c)).filter(|word| !word.is_empty());
    words.any(|word| {
        if ["CREATE", "ALTER"].iter().any(|verb| verb.eq_ignore_ascii_case(word)) {
            since_verb = 0;
            return false;
        }
        let between = since_verb;
        since_verb = since_verb.saturating_add(1);
        between <= MAX_WORDS_BETWEEN && word.eq_ignore_ascii_case("CONNECTION")
    })
}

/// Finds words with at most one character too many or too few, all in one pass (Wu and Manber,
/// "Fast text searching", 1992).
struct NearSearch {
    /// The words side by side, one bit per byte: for each byte value the bits at which it occurs.
    places: [u128; 128],
    firsts: u128,
    lasts: u128,
}

impl NearSearch {
    const fn new(words: &[&str]) -> Self {
        let mut search = Self { places: [0; 128], firsts: 0, lasts: 0 };
        // Words that are too long together are a compile-time error.
        let (mut index, mut place) = (0, 0);
        while index < words.len() {
            search.firsts |= 1 << place;
            let word = words[index].as_bytes();
            let mut at = 0;
            while at < word.len() {
                search.places[word[at] as usize] |= 1 << place;
                place += 1;
                at += 1;
            }
            search.lasts |= 1 << (place - 1);
            index += 1;
        }
        search
    }

    /// The end of the first of the words in a text in lower case.
    fn find(&self, lower: &str) -> Option<usize> {
        // The bits of the bytes up to which a word matches: exactly, and with one mistake.
        let (mut exact, mut near) = (0, self.firsts);
        for (at, byte) in lower.bytes().enumerate() {
            // A quote or a comment may split a word.
            if !byte.is_ascii() || matches!(byte, b'\'' | b'"' | b'/' | b'*' | b'-') {
                continue;
            }
            let place = self.places[usize::from(byte)];
            let before = exact;
            exact = (exact << 1 | self.firsts) & place;
            let too_few = exact << 1 | self.firsts;
            near = (near << 1 | self.firsts) & place | before | too_few;
            if near & self.lasts != 0 {
                let next = lower
                    .as_bytes()
                    .get(at + 1)
                    .and_then(|next| self.places.get(usize::from(*next)));
                let ends_later = next.is_some_and(|next| exact << 1 & next & self.lasts != 0);
                return Some(at + 1 + usize::from(ends_later));
            }
        }
        None
    }
}

/// The start of the password in a URL, finished or not, or in `user:password@host` without a
/// scheme.
fn url_password(text: &str) -> Option<usize> {
    let with_scheme = text.match_indices("://").find_map(|(at, scheme)| {
        let start = at + scheme.len();
        let end = text.floor_char_boundary(start.saturating_add(MAX_URL_BYTES));
        let run = text[start..end].split(char::is_whitespace).next()?;
        password_in(run).map(|at| start + at)
    });
    let without = text.match_indices('@').find_map(|(at, _)| password_before(text, at));
    with_scheme.into_iter().chain(without).min()
}

/// The start of the password in the part of a URL behind `://`. A number is a port, unless an `@`
/// follows.
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

/// The byte behind a `:` that is separated from the `@` by a word only. `::` is a cast.
fn password_before(text: &str, at_sign: usize) -> Option<usize> {
    let from = text.ceil_char_boundary(at_sign.saturating_sub(MAX_URL_BYTES));
    let before = &text[from..at_sign];
    let ends = |c: char| c.is_whitespace() || matches!(c, ':' | '@' | '\'' | '"');
    let colon = before.rfind(ends)?;
    let is_colon = before.as_bytes()[colon] == b':' && !before[..colon].ends_with(':');
    (is_colon && colon + 1 < before.len()).then_some(from + colon + 1)
}
