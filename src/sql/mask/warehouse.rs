//! SQL for a warehouse without its secrets: the passwords of users and the keys of COPY, UNLOAD and external schemas.
//!
//! Works on words, not on whole statements, since the lexer is redwire's own and the SQL is not. Where it is not clear
//! at which quote a string ends, because a backslash may escape it or not, it hides up to the later one.

use std::ops::Range;

use super::{Hidden, HiddenKind, Masked, STARS, masked};
use crate::sql::keyword::nearest;
use crate::sql::token::{TokenKind, tokens};

/// Words before a string that is a secret (Amazon Redshift Database Developer Guide: CREATE USER, COPY "Authorization
/// parameters", UNLOAD), in upper case.
const SECRETS: &[&str] = &[
    "ACCESS_KEY_ID",
    "CREDENTIALS",
    "MASTER_SYMMETRIC_KEY",
    "PASSWORD",
    "SECRET_ACCESS_KEY",
    "SESSION_TOKEN",
];

/// Words that may stand between such a word and its string.
const BETWEEN: &[&str] = &["AS", "IS", "TO"];

/// SQL for a warehouse without its secrets. An unfinished string is hidden to the end of the text.
pub fn mask_for_warehouse(text: &str) -> Masked {
    masked(text, hidden_for_warehouse(text))
}

/// What may be a secret in SQL for a warehouse; in order, without overlaps.
pub fn hidden_for_warehouse(text: &str) -> Vec<Hidden> {
    let mut found: Vec<Hidden> = Vec::new();
    let is_about_users = is_about_users(text);
    let mut at = 0;
    // What the next value follows: the word before it, over AS and the like.
    let mut word = String::new();
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if let Some(length) = string_length(rest) {
            if is_secret(&word, is_about_users) {
                found.push(Hidden {
                    span: at..at + length,
                    kind: HiddenKind::Value,
                });
                at += length;
                word.clear();
            } else if names_a_secret(&rest[..length]) {
                // SQL that is run from a string, or what only looks like the end of one.
                at += opening_length(rest);
            } else {
                at += length;
                word.clear();
            }
            continue;
        }
        let length = rest.find(|c: char| !is_in_word(c)).unwrap_or(rest.len());
        if length == 0 {
            at += c.len_utf8();
            continue;
        }
        let next = rest[..length].to_ascii_uppercase();
        if word == "PASSWORD" && is_about_users && next != "DISABLE" && next != "NULL" {
            found.push(Hidden {
                span: at..at + length,
                kind: HiddenKind::Value,
            });
            word.clear();
        } else if !BETWEEN.contains(&next.as_str()) {
            word = next;
        }
        at += length;
    }
    found
}

/// Whether the stars of a masked statement stand where a secret should be. As a secret they would be taken as they are.
pub fn has_masked_secret(text: &str) -> bool {
    let is_masked = |hidden: &Hidden| text[hidden.span.clone()].trim_matches('\'') == STARS;
    hidden_for_warehouse(text).iter().any(is_masked)
}

/// Whether the text is, or nearly is, CREATE REDSHIFT CONNECTION or ALTER REDSHIFT CONNECTION: redwire's own statement, in
/// which a password stands that is not meant for a warehouse.
pub fn is_definition(text: &str) -> bool {
    let words = tokens(text).filter(|token| token.kind != TokenKind::Comment);
    let words = words.take(4).map(|token| token.text(text));
    let mut words = words.filter(|word| !["OR", "REPLACE"].iter().any(|or| or.eq_ignore_ascii_case(word)));
    let mut is_next = |wanted: &[&'static str]| {
        let next = words.next();
        next.is_some_and(|word| nearest(word, wanted.iter().copied()).is_some())
    };
    is_next(&["CREATE", "ALTER"]) && is_next(&["REDSHIFT"])
}

/// CREATE USER and ALTER USER, and what PostgreSQL has for the same. There every string but a date is a secret, so that a
/// misspelt PASSWORD shows nothing.
fn is_about_users(text: &str) -> bool {
    let mut words = text
        .split(|c: char| !is_in_word(c))
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase);
    let first = words.next().unwrap_or_default();
    let is_change = nearest(&first, ["CREATE", "ALTER"]).is_some();
    is_change && words.take(2).any(|word| nearest(&word, ["USER", "ROLE"]).is_some())
}

fn names_a_secret(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    SECRETS.iter().any(|secret| text.contains(secret))
}

fn is_secret(word: &str, is_about_users: bool) -> bool {
    let is_known = SECRETS.contains(&word) || (word.len() > 4 && nearest(word, SECRETS.iter().copied()).is_some());
    is_known || (is_about_users && word != "UNTIL")
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How long the string is that the text begins with, with its quotes; None where it begins with none.
fn string_length(text: &str) -> Option<usize> {
    let opening = opening_length(text);
    let (open, rest) = text.split_at(opening);
    if let Some(length) = doubled_length(text) {
        return Some(length);
    }
    match open.chars().last()? {
        '\'' => Some(opening + quoted_length(rest)),
        '$' => Some(rest.find(open).map_or(text.len(), |end| opening + end + open.len())),
        _ => None,
    }
}

/// How long a string is that stands within another one, where its quotes are doubled: `''secret''`.
fn doubled_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("''")?;
    let is_empty = inside.starts_with(|c: char| !is_in_word(c)) || inside.is_empty();
    (!is_empty).then(|| inside.find("''").map_or(text.len(), |end| end + 4))
}

/// The bytes of `'`, `E'`, `$$` or `$tag$` at the beginning; 0 where none of them is there.
fn opening_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes {
        [b'\'', ..] => 1,
        [b'E' | b'e' | b'B' | b'b' | b'X' | b'x' | b'N' | b'n', b'\'', ..] => 2,
        [b'$', ..] => {
            let tag = text[1..].find(|c: char| !is_in_word(c)).map_or(0, |end| end + 1);
            let is_closed = tag > 0 && bytes.get(tag) == Some(&b'$');
            if is_closed { tag + 1 } else { 0 }
        }
        _ => 0,
    }
}

/// The bytes up to the quote that ends a string, whether or not a backslash escapes: the later end of both.
fn quoted_length(rest: &str) -> usize {
    let end = |escapes: bool| -> Range<usize> {
        let bytes = rest.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' if escapes => at += 2,
                b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
                b'\'' => return at..at + 1,
                _ => at += 1,
            }
        }
        rest.len()..rest.len()
    };
    // With a backslash right before its quote the string may end there or go on.
    let (plain, escaped) = (end(false).end, end(true).end);
    plain.max(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        mask_for_warehouse(text).text
    }

    #[test]
    fn secrets_are_hidden_and_the_rest_is_not() {
        for (text, expected) in [
            ("CREATE USER u PASSWORD 's3cret'", "CREATE USER u PASSWORD '***'"),
            (
                "alter user u password 's3''cret' valid until '2030-01-01'",
                "alter user u password '***' valid until '2030-01-01'",
            ),
            ("CREATE USER u PASSWORD s3cret", "CREATE USER u PASSWORD ***"),
            ("CREATE USER u PASSWORD DISABLE", "CREATE USER u PASSWORD DISABLE"),
            ("CREATE USER u PASWORD 's3cret'", "CREATE USER u PASWORD '***'"),
            (
                "ALTER ROLE u ENCRYPTED PASSWORD E's3\\'cret'",
                "ALTER ROLE u ENCRYPTED PASSWORD ***",
            ),
            ("ALTER USER u PASSWORD $$s3cret$$", "ALTER USER u PASSWORD ***"),
            (
                "COPY t FROM 's3://b/k' ACCESS_KEY_ID 'AKs3cret' SECRET_ACCESS_KEY 's3cret' SESSION_TOKEN AS 's3cret' CSV",
                "COPY t FROM 's3://b/k' ACCESS_KEY_ID '***' SECRET_ACCESS_KEY '***' SESSION_TOKEN AS '***' CSV",
            ),
            (
                "UNLOAD ('SELECT 1') TO 's3://b/k' CREDENTIALS AS 'aws_access_key_id=s3cret'",
                "UNLOAD ('SELECT 1') TO 's3://b/k' CREDENTIALS AS '***'",
            ),
            (
                "SELECT password FROM users WHERE name = 'x'",
                "SELECT password FROM users WHERE name = 'x'",
            ),
            ("-- PASSWORD 's3cret'\nSELECT 1", "-- PASSWORD '***'\nSELECT 1"),
            ("CREATE USER u PASSWORD 's3cret", "CREATE USER u PASSWORD '***'"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn a_string_that_may_end_at_two_places_is_hidden_up_to_the_later() {
        assert!(!shown("CREATE USER u PASSWORD 'a\\'s3cret' VALID UNTIL 'x'").contains("s3cret"));
        assert!(!shown("COPY t FROM 'x' CREDENTIALS 'a\\'s3cret'").contains("s3cret"));
    }

    #[test]
    fn the_stars_of_a_masked_secret_are_known() {
        for (text, expected) in [
            ("CREATE USER u PASSWORD '***'", true),
            // No server takes it.
            ("create user u password ***", false),
            ("CREATE USER u PASSWORD 'a***'", false),
            ("SELECT '***'", false),
        ] {
            assert_eq!(has_masked_secret(text), expected, "{text}");
        }
        let masked = shown("COPY t FROM 'x' CREDENTIALS 's3cret'");
        assert!(has_masked_secret(&masked), "{masked}");
    }

    #[test]
    fn redwires_own_definitions_are_known() {
        for (text, expected) in [
            ("CREATE OR REPLACE REDSHIFT CONNECTION c", true),
            ("/* a */ alter redshift conection", true),
            ("CREATE REDSHFT CONNECTION c", true),
            ("CREATE TABLE redshift (a int)", false),
            ("CREATE CONVERSION a FOR 'b' TO 'c' FROM d", false),
            ("SELECT 1", false),
        ] {
            assert_eq!(is_definition(text), expected, "{text}");
        }
    }

    #[test]
    fn a_secret_inside_a_body_is_hidden() {
        assert!(
            !shown("CREATE PROCEDURE p() AS $$ BEGIN EXECUTE 'ALTER USER u PASSWORD ''s3cret'''; END $$")
                .contains("s3cret")
        );
    }
}
