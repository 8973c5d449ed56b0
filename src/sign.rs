//! The signs of a secret in a text: a list of words, URLs with a password, and CREATE and ALTER …
//! CONNECTION.

use std::path::Path;

/// The replacement for a hidden value.
pub(crate) const STARS: &str = "***";

/// Words that are signs everywhere, also inside a longer word; in lower case.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "pdw=",
    "wpd=",
    "secret",
    "credential",
    "access_key",
    "api_key",
    "api-key",
    "apikey",
    "accountkey",
    "authorization:",
    "\"auth\":",
    "bearer",
    "curl",
    "sig=",
    "signature=",
    "token",
    "private_key",
    "symmetric_key",
    "identified",
    "sha256|",
    "x-amz-",
];

/// Long forms of the words, which are also signs with one typing error. Short words are not among
/// them, because other words contain such forms: `broken` has `oken`. A letter in upper case is
/// never a wrong one: `passed=` and `_taken` have other meanings.
const LONG: &[&str] = &[
    "password",
    "passphrase",
    "passWd=",
    "credential",
    "access_key",
    "private_key",
    "symmetric_key",
    "_secret",
    "secret_",
    "_tOken",
    "session_token",
    "identified by",
    "amzsign",
];

/// A sign as a whole word only: `passed` and `compass` contain it.
const WHOLE_WORD: &str = "pass";

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
static CONNECTION_SEARCH: NearSearch = NearSearch::new(&["connection"]);

/// The maximum number of bytes of a URL that are searched, so that the search is linear.
const MAX_URL_BYTES: usize = 512;

/// The maximum number of words between CREATE or ALTER and CONNECTION: OR REPLACE and the kind.
const MAX_WORDS_BETWEEN: usize = 3;

/// True if the text may contain a secret.
pub(crate) fn has_sign(text: &str) -> bool {
    first_sign(text).is_some() || names_connection(text)
}

/// True if a name or path may hold a secret. A plain word or path never does, whatever its words.
pub(crate) fn name_has_sign(name: &str) -> bool {
    let is_in_value = |c: char| c.is_whitespace() || matches!(c, '=' | '\'' | '"' | ':');
    name.contains(is_in_value) && has_sign(name)
}

/// True if an environment variable can have the name; any other text may be the password itself.
pub(crate) fn is_variable_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The name as a message shows it.
pub(crate) fn shown(name: &str) -> &str {
    if name_has_sign(name) { STARS } else { name }
}

/// The path as a message shows it.
pub(crate) fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy()).to_owned()
}

/// True if the word names a secret, in any letter case.
pub(crate) fn is_secret_name(word: &str) -> bool {
    let mut names = WORDS.iter().chain(NAMES).chain([&WHOLE_WORD]);
    names.any(|name| name.eq_ignore_ascii_case(word))
}

/// The end of the first sign that is a word or a URL: the secret follows it.
pub(crate) fn first_sign(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let words = WORDS.iter().filter_map(|word| Some(lower.find(word)? + word.len()));
    words
        .chain(LONG_SEARCH.find(&lower))
        .chain(whole_word(&lower))
        .chain(url_password(text))
        .min()
}

/// The end of the first [`WHOLE_WORD`] in a text in lower case.
fn whole_word(lower: &str) -> Option<usize> {
    let found = lower.match_indices(WHOLE_WORD).map(|(at, word)| (at, at + word.len()));
    let mut whole = found.filter(|(start, end)| {
        !lower[..*start].ends_with(is_in_word) && !lower[*end..].starts_with(is_in_word)
    });
    whole.next().map(|(_, end)| end)
}

/// True if CONNECTION follows CREATE or ALTER closely, maybe with one typing error in it.
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
        between <= MAX_WORDS_BETWEEN && is_like_connection(word)
    })
}

/// The plural is the name of a table.
pub(crate) fn is_like_connection(word: &str) -> bool {
    const MAX_BYTES: usize = "connection".len() + 1;
    word.len() <= MAX_BYTES && {
        let lower = word.to_ascii_lowercase();
        lower != "connections" && CONNECTION_SEARCH.find(&lower).is_some()
    }
}

pub(crate) fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Finds words with at most one typing error, all in one pass (Wu and Manber, "Fast text
/// searching", 1992): a character too many, one too few, two neighbours swapped, or a wrong one.
struct NearSearch {
    /// The words side by side, one bit per byte: for each byte value the bits at which it occurs.
    places: [u128; 128],
    firsts: u128,
    lasts: u128,
    /// The bits of bytes that may be wrong.
    replaceable: u128,
}

impl NearSearch {
    const fn new(words: &[&str]) -> Self {
        let mut search = Self {
            places: [0; 128],
            firsts: 0,
            lasts: 0,
            replaceable: 0,
        };
        // Words that are too long together are a compile-time error.
        let (mut index, mut place) = (0, 0);
        while index < words.len() {
            search.firsts |= 1 << place;
            let word = words[index].as_bytes();
            let mut at = 0;
            while at < word.len() {
                search.places[word[at].to_ascii_lowercase() as usize] |= 1 << place;
                search.replaceable |= (!word[at].is_ascii_uppercase() as u128) << place;
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
        // The bits that match two bytes in the wrong order, as soon as the second comes.
        let mut swapped = 0;
        for (at, byte) in lower.bytes().enumerate() {
            // A quote or a comment may split a word.
            if !byte.is_ascii() || matches!(byte, b'\'' | b'"' | b'/' | b'*' | b'-') {
                continue;
            }
            let place = self.places[usize::from(byte)];
            let before = exact;
            let next = before << 1 | self.firsts;
            exact = next & place;
            let too_few = exact << 1 | self.firsts;
            near = (near << 1 | self.firsts) & place
                | before
                | too_few
                | next & self.replaceable
                | (swapped & place) << 1;
            swapped = next & !self.lasts & place >> 1;
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
        password_in(&text[start..end]).map(|at| start + at)
    });
    let without = text.match_indices('@').find_map(|(at, _)| password_before(text, at));
    with_scheme.into_iter().chain(without).min()
}

/// The longest port.
const PORT_BYTES: usize = 5;

/// The start of the password in a URL behind its `://`. A number is a port, and so is a short word
/// that begins with a digit and ends at a `/`, unless an `@` follows. A blank after the first word
/// may be in place of the `:`.
fn password_in(text: &str) -> Option<usize> {
    let mut runs = text.split(char::is_whitespace);
    let run = runs.next()?;
    if run.chars().all(is_in_word) {
        return runs.next()?.contains('@').then_some(run.len());
    }
    let address = if run.starts_with('[') { run.find(']')? } else { 0 };
    let mark = address + run[address..].find([':', '@', '/', '?'])?;
    let after = &run[mark + 1..];
    let port = after.bytes().take_while(u8::is_ascii_digit).count();
    let ends_port = !after[port..].starts_with(|c: char| is_in_word(c) || c == '-');
    match run.as_bytes()[mark] {
        // A quote may stand in place of the colon.
        b'/' | b'?' => (run[..mark].contains(['\'', '"']) && after.contains('@')).then_some(0),
        b'@' => Some(0),
        _ if after.contains('@') => Some(mark + 1),
        _ if port > 0 && (ends_port || is_mistyped_port(after)) => None,
        _ => Some(mark + 1),
    }
}

/// True for `54x9/dev`. No password of a Redshift user has a `/` (AWS documentation, "CREATE USER").
fn is_mistyped_port(after: &str) -> bool {
    let port = after.bytes().take_while(u8::is_ascii_alphanumeric).count();
    port <= PORT_BYTES && after[port..].starts_with('/')
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

#[cfg(test)]
mod tests {
    use super::*;

    const LONG_WORDS: &[&str] = &[
        "password",
        "passphrase",
        "passwd=",
        "credential",
        "access_key",
        "private_key",
        "symmetric_key",
        "client_secret",
        "secret_arn",
        "session_token",
        "identified by",
        "amz-signature",
    ];

    #[test]
    fn a_long_word_is_a_sign_with_one_typing_error() {
        for word in LONG_WORDS {
            assert!(has_sign(word));
            for at in 0..word.len() {
                let (before, rest) = word.split_at(at);
                let behind = &rest[1..];
                assert!(has_sign(&format!("{before}{behind}")), "{before}{behind}");
                for more in ["x", "'", "\"", ",", " ", "é", "/*"] {
                    assert!(has_sign(&format!("{before}{more}{rest}")), "{before}{more}{rest}");
                }
                if !(word == &"passwd=" && at == 4) {
                    assert!(has_sign(&format!("{before}x{behind}")), "{before}x{behind}");
                }
                let mut swapped = word.as_bytes().to_vec();
                swapped.swap(at, (at + 1).min(word.len() - 1));
                let swapped = String::from_utf8(swapped).unwrap();
                assert!(has_sign(&swapped), "{swapped}");
            }
        }
    }

    #[test]
    fn connection_is_a_sign_with_one_typing_error() {
        for word in ["CONECTION", "CONNECTOIN", "CONNETION", "COMNECTION", "CONNECTIOON"] {
            assert!(has_sign(&format!("CREATE REDSHFT {word} zz PSWRD='x'")), "{word}");
        }
        for text in ["CREATE TABLE connections", "CREATE TABLE collection", "DROP CONECTION c"] {
            assert!(!has_sign(text), "{text}");
        }
    }

    #[test]
    fn a_sign_ends_where_its_word_does() {
        for (text, end) in [
            ("my password = 'x'", 11),
            ("my PASWORD = 'x'", 10),
            ("my PASSWIRD = 'x'", 11),
            ("my PASSWROD = 'x'", 11),
            ("my passw'ord = 'x'", 12),
            ("my session_tokn = 'x'", 15),
            ("compass pass 'x'", 12),
            ("postgres://u:x@h", 13),
            ("u:x@h", 2),
        ] {
            assert_eq!(first_sign(text), Some(end), "{text}");
        }
    }

    #[test]
    fn a_mistyped_port_is_no_password() {
        for url in ["jdbc:redshift://h:54x9/dev", "jdbc:redshift://h:5439x/dev", "//h:5/d"] {
            assert_eq!(first_sign(url), None, "{url}");
        }
        for url in [
            "jdbc:redshift://u:54x9",
            "jdbc:redshift://u:54x9@h/dev",
            "jdbc:redshift://u:54x9/S@h/dev",
            "jdbc:redshift://u:x543/dev",
            "jdbc:redshift://u:54x943/dev",
            "jdbc:redshift://u:54é/dev",
        ] {
            assert!(first_sign(url).is_some(), "{url}");
        }
    }

    #[test]
    fn a_name_that_is_more_than_a_word_or_path_is_hidden() {
        for name in [
            "postgres://u:x@h/d",
            "jdbc:redshift://h/d?user=u&password=x",
            "PASSWORD=x",
            "password x",
        ] {
            assert_eq!(shown(name), STARS, "{name}");
        }
        for name in ["tokens", "/run/secrets/password", "a=b", "jdbc:redshift://h/d", "my file.sql"]
        {
            assert_eq!(shown(name), name);
        }
    }
}
