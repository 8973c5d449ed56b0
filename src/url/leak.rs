//! Where a secret stands, or may stand, in a text that is meant to be a URL: finished or not, valid
//! or not.
//!
//! Looks wider than the grammar does, since a text that is wrong is shown too, in carets and at the
//! prompt: at any `name=`, whatever stands before the name, and at any `@` outside the value of a
//! listed option.

use std::borrow::Cow;
use std::ops::Range;

use super::error::{UrlError, UrlErrorKind, UrlOptionError};
use super::lookup::{find, is_user_like, secret_like};
use super::option::{Class, OPTIONS};
use super::part::escaped_byte;

/// A secret in a URL.
pub(super) struct Leak {
    kind: UrlErrorKind,
    /// What may be pointed at: a name, or a user.
    span: Range<usize>,
    /// From here on nothing may be shown.
    hidden_from: usize,
}

impl Leak {
    /// The refusal of the URL.
    pub fn into_error(self) -> UrlError {
        UrlError::new(self.kind, self.span)
    }
}

/// The byte at which a secret begins, or may begin, in a URL that may be unfinished: nothing from
/// there on may be shown.
///
/// That is the value of an option that is a secret or a user name, what follows `user:` before an
/// `@`, and what stands in the place of the port but is no number, since an `@` may still be typed
/// after it.
pub fn secret_start(url: &str) -> Option<usize> {
    let leak = first_leak(url).map(|leak| leak.hidden_from);
    [leak, unfinished_password(url)].into_iter().flatten().min()
}

/// The first secret in the text.
pub(super) fn first_leak(url: &str) -> Option<Leak> {
    [user_info(url), secret_option(url)]
        .into_iter()
        .flatten()
        .min_by_key(|leak| leak.hidden_from)
}

fn secret_option(url: &str) -> Option<Leak> {
    if !url.contains('=') && !url.contains('%') {
        return None;
    }
    let mut leaks = (0..url.len()).filter_map(|at| value_after(url, at));
    let mut first = leaks.next()?;
    if let UrlErrorKind::Option(UrlOptionError::UserName { and_secret }) = &mut first.kind {
        *and_secret = leaks.any(|leak| {
            !matches!(leak.kind, UrlErrorKind::Option(UrlOptionError::UserName { .. }))
        });
    }
    Some(first)
}

/// The secret whose name ends in the `=` at the given byte.
fn value_after(url: &str, at: usize) -> Option<Leak> {
    let equals = equals_sign(&url.as_bytes()[at..])?;
    let name = name_before(url, at);
    let kind = secret_kind(&unescaped_name(&url[name.clone()]))?;
    Some(Leak {
        kind,
        span: name,
        hidden_from: at + equals,
    })
}

/// The length of the `=` that the text begins with, which may be escaped.
fn equals_sign(text: &[u8]) -> Option<usize> {
    match text {
        [b'=', ..] => Some(1),
        [b'%', b'3', b'd' | b'D', ..] => Some(3),
        _ => None,
    }
}

/// The name that ends before the given byte, with white space between.
fn name_before(url: &str, end: usize) -> Range<usize> {
    let before = url[..end].trim_end();
    let continues =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'%');
    let bytes = before.bytes().rev().take(MAX_NAME_BYTES).take_while(continues).count();
    before.len() - bytes..before.len()
}

/// How far back a name is looked for, so that the search stays linear.
const MAX_NAME_BYTES: usize = 256;

/// The name with its escapes decoded: what stands after the last of them that is no letter, digit
/// or `_`.
fn unescaped_name(name: &str) -> Cow<'_, str> {
    if !name.contains('%') {
        return name.into();
    }
    let decoded = unescaped(name);
    let trimmed = decoded.trim_end();
    let start =
        trimmed.rfind(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.'));
    let start = start.map_or(0, |at| at + trimmed[at..].chars().next().map_or(0, char::len_utf8));
    trimmed[start..].to_owned().into()
}

fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = escaped_byte(&bytes[at..]);
        decoded.push(escaped.unwrap_or(bytes[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

const USER_NAME: UrlErrorKind =
    UrlErrorKind::Option(UrlOptionError::UserName { and_secret: false });

fn secret_kind(name: &str) -> Option<UrlErrorKind> {
    let Some(place) = find(name) else {
        let user = is_user_like(name).then_some(USER_NAME);
        return user
            .or_else(|| secret_like(name).map(|like| UrlOptionError::MaybeSecret { like }.into()));
    };
    let option = &OPTIONS[place];
    match option.class {
        Class::Secret => Some(UrlOptionError::Secret { option }.into()),
        Class::UserName => Some(USER_NAME),
        Class::Used(_) | Class::Ignored | Class::Refused | Class::Iam => None,
    }
}

/// `user:password@host`: everything from the first `:` on is hidden, or everything where there is
/// none.
fn user_info(url: &str) -> Option<Leak> {
    if !url.contains('@') {
        return None;
    }
    let authority = authority_start(url);
    let at_sign = at_sign_outside_values(&url[authority..])?;
    let user = url[authority..authority + at_sign].find(':').map_or(0, |colon| colon + 1);
    Some(Leak {
        kind: UrlErrorKind::UserInfo,
        span: authority..authority + user,
        hidden_from: authority + user,
    })
}

/// The first `@` that is not in the value of a listed option. A password may itself hold `/`, `?`,
/// `;` or `=`, so where no database is named before the options any `@` counts, and elsewhere one
/// that a `/` follows.
fn at_sign_outside_values(text: &str) -> Option<usize> {
    let options = text.find(['?', ';']).unwrap_or(text.len());
    let has_database = text[..options].contains('/');
    let (mut name_start, mut in_value, mut in_doubt) = (0, false, None);
    text.bytes().enumerate().find_map(|(at, byte)| {
        match byte {
            b'?' | b';' | b'&' => (name_start, in_value, in_doubt) = (at + 1, false, None),
            b'=' if at > options && !in_value => {
                in_value = has_database && find(&text[name_start..at]).is_some();
            }
            b'@' if in_value => in_doubt = in_doubt.or(Some(at)),
            b'@' => return Some(at),
            b'/' => return in_doubt,
            _ => {}
        }
        None
    })
}

/// What stands between the host's `:` and the end of the host's part, unless it is a number.
fn unfinished_password(url: &str) -> Option<usize> {
    if is_iam(url) {
        return None;
    }
    let start = after_slashes(url)?;
    let authority = url[start..].split(['/', '?', ';']).next()?;
    let address = if authority.starts_with('[') {
        authority.find(']')?
    } else {
        0
    };
    let port = address + authority[address..].find(':')? + 1;
    let is_number = authority[port..].bytes().all(|byte| byte.is_ascii_digit());
    (!is_number).then_some(start + port)
}

/// `jdbc:redshift:iam:` has the region in the place of the port.
fn is_iam(url: &str) -> bool {
    const PREFIX: &str = "jdbc:redshift:iam:";
    url.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

/// The byte after `//`; in a text without one, the byte after `jdbc:redshift:`, or the first.
fn authority_start(url: &str) -> usize {
    const PREFIX: &str = "jdbc:redshift:";
    let without_slashes = if url.starts_with(PREFIX) { PREFIX.len() } else { 0 };
    after_slashes(url).unwrap_or(without_slashes)
}

/// The byte after the `//` that comes before anything else that divides a URL.
fn after_slashes(url: &str) -> Option<usize> {
    let head = url.find(['?', ';', '@']).unwrap_or(url.len());
    url[..head].find("//").map(|at| at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What may be shown of the text.
    fn shown(url: &str) -> &str {
        &url[..secret_start(url).unwrap_or(url.len())]
    }

    #[test]
    fn the_value_of_a_secret_option_is_hidden_from_its_first_character_on() {
        for (url, expected) in [
            ("jdbc:redshift://h:5439/dev?PWD=", "jdbc:redshift://h:5439/dev?PWD="),
            ("jdbc:redshift://h:5439/dev?pwd=x", "jdbc:redshift://h:5439/dev?pwd="),
            (
                "jdbc:redshift://h/dev;ssl=true;SessionToken=x;y",
                "jdbc:redshift://h/dev;ssl=true;SessionToken=",
            ),
            ("jdbc:redshift://h/dev?UID=a;PWD=x", "jdbc:redshift://h/dev?UID="),
            ("jdbc:redshift://h/dev?my_secret=x", "jdbc:redshift://h/dev?my_secret="),
            ("jdbc:redshift://h/dev?paswrod=x", "jdbc:redshift://h/dev?paswrod="),
        ] {
            assert_eq!(shown(url), expected, "{url}");
        }
    }

    #[test]
    fn a_secret_is_found_in_texts_that_are_no_urls() {
        for (url, expected) in [
            ("host=h password=x", "host=h password="),
            ("jdbc:redshift://h/dev&PWD = x", "jdbc:redshift://h/dev&PWD ="),
            ("jdbc:redshift://h/dev#PWD=x", "jdbc:redshift://h/dev#PWD="),
            ("jdbc:redshift://h/dev?ssl=true?PWD=x", "jdbc:redshift://h/dev?ssl=true?PWD="),
            ("postgres://user:x@h/dev", "postgres://user:"),
            ("user:x@h/dev", "user:"),
        ] {
            assert_eq!(shown(url), expected, "{url}");
        }
    }

    #[test]
    fn a_secret_is_found_behind_escapes() {
        for (url, expected) in [
            ("jdbc:redshift://h/dev?%50WD=x", "jdbc:redshift://h/dev?%50WD="),
            ("jdbc:redshift://h/dev?PWD%3Dx", "jdbc:redshift://h/dev?PWD%3D"),
            ("jdbc:redshift://h/dev%3FPWD%3dx", "jdbc:redshift://h/dev%3FPWD%3d"),
            (
                "jdbc:redshift://h/dev?a=%C3%A9PWD%20=x",
                "jdbc:redshift://h/dev?a=%C3%A9PWD%20=",
            ),
        ] {
            assert_eq!(shown(url), expected, "{url}");
        }
    }

    #[test]
    fn a_password_before_the_host_is_hidden_whatever_is_in_it() {
        for url in [
            "jdbc:redshift://user:x@h:5439/dev",
            "jdbc:redshift://user:1/x@h:5439/dev",
            "jdbc:redshift://user:1?x@h:5439/dev",
            "jdbc:redshift://user:1?x=y@h:5439/dev",
            "jdbc:redshift://user:1/x?x=y@h:5439",
            "jdbc:redshift://user:1/x?ssl=y@h:5439/dev",
            "jdbc:redshift://user:1;x@h:5439/dev",
            "jdbc:redshift://user:x//y@h:5439/dev",
            "jdbc:redshift://user:x=y@h:5439/dev",
        ] {
            assert_eq!(shown(url), "jdbc:redshift://user:", "{url}");
        }
        assert_eq!(shown("jdbc:redshift://token@h/dev"), "jdbc:redshift://");
    }

    #[test]
    fn a_password_before_the_host_is_hidden_before_its_at_sign_is_typed() {
        assert_eq!(shown("jdbc:redshift://user:p"), "jdbc:redshift://user:");
        assert_eq!(shown("jdbc:redshift://[::1]:p"), "jdbc:redshift://[::1]:");
    }

    #[test]
    fn an_ordinary_url_is_shown_from_its_first_to_its_last_character() {
        let url = "jdbc:redshift://[::1]:5439/dev?ApplicationName=me@home&sslmode=verify-ca&a=b=c";
        for end in 0..=url.len() {
            assert_eq!(secret_start(&url[..end]), None, "{}", &url[..end]);
        }
        assert_eq!(secret_start("jdbc:redshift:iam://cluster:us-west-2/dev"), None);
    }
}
