//! Refuses a text that should be a URL, valid or not, if it may contain a secret: the catalog
//! stores URLs in plain text.
//!
//! It searches more than the grammar allows: any `name=`, whatever comes before the name, and any
//! `@` outside the value of a known option.

use std::borrow::Cow;
use std::ops::Range;

use super::error::{UrlError, UrlErrorKind, UrlOptionError};
use super::lookup::{find, is_user_like, secret_like};
use super::option::Class;
use super::part::escaped_byte;

/// True if nothing of the URL may be shown, because it contains a secret or a user name.
pub fn holds_secret(url: &str) -> bool {
    refusal(url).is_some()
}

/// The error about the first secret in the text; its place is a name or a user, never a value.
pub(super) fn refusal(url: &str) -> Option<UrlError> {
    let errors = [user_info(url), secret_option(url)];
    errors.into_iter().flatten().min_by_key(|error| error.span.end)
}

fn secret_option(url: &str) -> Option<UrlError> {
    let mut secrets = (0..url.len()).filter_map(|at| name_of_value(url, at));
    let mut first = secrets.next()?;
    if let UrlErrorKind::Option(UrlOptionError::UserName { and_secret }) = &mut first.kind {
        *and_secret = secrets.any(|other| {
            !matches!(other.kind, UrlErrorKind::Option(UrlOptionError::UserName { .. }))
        });
    }
    Some(first)
}

/// The error about the secret whose name ends at the `=` at this byte, escaped or not.
fn name_of_value(url: &str, at: usize) -> Option<UrlError> {
    if !matches!(url.as_bytes()[at..], [b'=', ..] | [b'%', b'3', b'd' | b'D', ..]) {
        return None;
    }
    let name = name_before(url, at);
    let kind = secret_kind(&unescaped_name(&url[name.clone()]))?;
    Some(UrlError::new(kind, name))
}

/// The name that ends before this byte, apart from white space.
fn name_before(url: &str, end: usize) -> Range<usize> {
    let before = url[..end].trim_end();
    let continues = |c: &char| is_in_name(*c) || *c == '%';
    let length = before.chars().rev().take(MAX_NAME_BYTES).take_while(continues).count();
    before.len() - length..before.len()
}

fn is_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// The maximum length of a name in characters, so that the search is linear.
const MAX_NAME_BYTES: usize = 256;

/// The name with its escapes decoded, from behind the last of them that belongs to no name.
fn unescaped_name(name: &str) -> Cow<'_, str> {
    if !name.contains('%') {
        return name.into();
    }
    let decoded = unescaped(name);
    let name = decoded.trim_end().rsplit(|c| !is_in_name(c)).next();
    name.map_or(Cow::Borrowed(""), |name| name.to_owned().into())
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
    let Some(option) = find(name) else {
        let user = is_user_like(name).then_some(USER_NAME);
        return user
            .or_else(|| secret_like(name).map(|like| UrlOptionError::MaybeSecret(like).into()));
    };
    match option.class {
        Class::Secret => Some(UrlOptionError::Secret(option).into()),
        Class::UserName => Some(USER_NAME),
        Class::Used(_) | Class::Ignored | Class::Refused | Class::Iam(_) => None,
    }
}

/// The error about `user:password@host`, or `user@host`.
fn user_info(url: &str) -> Option<UrlError> {
    let start = authority_start(url);
    let at_sign = at_sign_outside_values(&url[start..])?;
    let user = url[start..start + at_sign].find(':').map_or(0, |colon| colon + 1);
    Some(UrlError::new(UrlErrorKind::UserInfo, start..start + user))
}

/// The first `@` that is not in the value of a known option. A password may contain `/`, `?`, `;`
/// or `=`; so if no database comes before the options any `@` counts, and otherwise one that a `/`
/// follows.
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

/// The byte after the `//` that comes before anything else that divides a URL; in a text without
/// one, the byte after `jdbc:redshift:`, or the first.
fn authority_start(url: &str) -> usize {
    const PREFIX: &str = "jdbc:redshift:";
    let head = url.find(['?', ';', '@']).unwrap_or(url.len());
    match url[..head].find("//") {
        Some(at) => at + 2,
        None if url.starts_with(PREFIX) => PREFIX.len(),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The part of the URL at which the error is.
    fn refused(url: &str) -> Option<&str> {
        refusal(url).map(|error| &url[error.span])
    }

    #[test]
    fn a_secret_option_is_refused_by_its_name() {
        for (url, name) in [
            ("jdbc:redshift://h:5439/dev?PWD=", "PWD"),
            ("jdbc:redshift://h:5439/dev?pwd=x", "pwd"),
            ("jdbc:redshift://h/dev;ssl=true;SessionToken=x;y", "SessionToken"),
            ("jdbc:redshift://h/dev?UID=a;PWD=x", "UID"),
            ("jdbc:redshift://h/dev?my_secret=x", "my_secret"),
            ("jdbc:redshift://h/dev?paswrod=x", "paswrod"),
        ] {
            assert_eq!(refused(url), Some(name), "{url}");
        }
    }

    #[test]
    fn a_secret_is_found_in_texts_that_are_no_urls() {
        for (url, name) in [
            ("host=h password=x", "password"),
            ("jdbc:redshift://h/dev&PWD = x", "PWD"),
            ("jdbc:redshift://h/dev#PWD=x", "PWD"),
            ("jdbc:redshift://h/dev?ssl=true?PWD=x", "PWD"),
            ("postgres://user:x@h/dev", "user:"),
            ("user:x@h/dev", "user:"),
        ] {
            assert_eq!(refused(url), Some(name), "{url}");
        }
    }

    #[test]
    fn a_secret_is_found_behind_escapes() {
        for (url, name) in [
            ("jdbc:redshift://h/dev?%50WD=x", "%50WD"),
            ("jdbc:redshift://h/dev?PWD%3Dx", "PWD"),
            ("jdbc:redshift://h/dev%3FPWD%3dx", "dev%3FPWD"),
            ("jdbc:redshift://h/dev?a=%C3%A9PWD%20=x", "%C3%A9PWD%20"),
        ] {
            assert_eq!(refused(url), Some(name), "{url}");
        }
    }

    #[test]
    fn a_password_before_the_host_is_refused_whatever_is_in_it() {
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
            assert_eq!(refused(url), Some("user:"), "{url}");
        }
        assert_eq!(refused("jdbc:redshift://token@h/dev"), Some(""));
    }

    #[test]
    fn an_ordinary_url_holds_no_secret_from_its_first_to_its_last_character() {
        let url = "jdbc:redshift://[::1]:5439/dev?ApplicationName=me@home&sslmode=verify-ca&a=b=c";
        for end in 0..=url.len() {
            assert!(!holds_secret(&url[..end]), "{}", &url[..end]);
        }
        assert!(!holds_secret("jdbc:redshift:iam://cluster:us-west-2/dev"));
    }
}
