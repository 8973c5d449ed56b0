//! SQL for a warehouse without its secrets: the passwords of users and the keys of COPY, UNLOAD and
//! external schemas.
//!
//! Works on words, not on whole statements, since the lexer is redwire's own and the SQL is not.
//! Where it is not clear at which quote a string ends, because a backslash may escape it or not, it
//! hides up to the later one.

mod echo;
mod scan;

use std::ops::Range;

use super::{Hidden, Masked, STARS, masked};
use crate::sql::keyword::nearest;
use crate::sql::token::{TokenKind, tokens};
pub use echo::Echo;
use scan::Scan;

/// SQL for a warehouse without its secrets. An unfinished string is hidden to the end of the text.
pub fn mask_for_warehouse(text: &str) -> Masked {
    masked(text, hidden_for_warehouse(text))
}

/// What may be a secret in SQL for a warehouse; in order, without overlaps.
pub fn hidden_for_warehouse(text: &str) -> Vec<Hidden> {
    Scan::of(text).run()
}

/// Whether the stars of a masked statement stand where a secret should be. As a secret they would
/// be taken as they are.
pub fn has_masked_secret(text: &str) -> bool {
    let is_masked = |hidden: &Hidden| {
        let value = &text[hidden.span.clone()];
        let quoted = value.strip_prefix('\'').and_then(|inside| inside.strip_prefix(STARS));
        value == STARS || quoted.is_some_and(|rest| rest.starts_with('\''))
    };
    hidden_for_warehouse(text).iter().any(is_masked)
}

/// Whether the text is, or nearly is, CREATE REDSHIFT CONNECTION or ALTER REDSHIFT CONNECTION:
/// redwire's own statement, in which a password stands that is not meant for a warehouse.
pub fn is_definition(text: &str) -> bool {
    let words = tokens(text).filter(|token| token.kind != TokenKind::Comment);
    let words = words.take(4).map(|token| token.text(text));
    let mut words =
        words.filter(|word| !["OR", "REPLACE"].iter().any(|or| or.eq_ignore_ascii_case(word)));
    let mut is_next = |wanted: &[&'static str]| {
        let next = words.next();
        next.is_some_and(|word| nearest(word, wanted.iter().copied()).is_some())
    };
    is_next(&["CREATE", "ALTER"]) && is_next(&["REDSHIFT"])
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The bytes of a value without quotes.
fn bare_length(text: &str) -> usize {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, ';' | '\'' | '"'));
    end.unwrap_or(text.len()).max(1)
}

/// What is inside the comment that the text begins with; its end is where the comment ends. None
/// where there is none.
fn comment(text: &str) -> Option<Range<usize>> {
    if text.starts_with("--") {
        return Some(2..text.find(['\n', '\r']).unwrap_or(text.len()));
    }
    let mut depth = usize::from(text.starts_with("/*"));
    if depth == 0 {
        return None;
    }
    let mut at = 2;
    while depth > 0 {
        let next = text[at..].find(['*', '/']);
        let Some(next) = next.map(|next| at + next) else {
            return Some(2..text.len());
        };
        (depth, at) = match &text.as_bytes()[next..] {
            [b'/', b'*', ..] => (depth + 1, next + 2),
            [b'*', b'/', ..] => (depth - 1, next + 2),
            _ => (depth, next + 1),
        };
    }
    Some(2..at)
}

/// How long the string is that the text begins with, with its quotes; None where it begins with
/// none.
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

/// The bytes up to the quote that ends a string, whether or not a backslash escapes: the later end
/// of both.
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
    use proptest::prelude::*;

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
    fn a_password_in_pieces_is_hidden_whole() {
        for (text, expected) in [
            (
                "CREATE USER u PASSWORD 's3' s3cret VALID UNTIL '2030-01-01'",
                "CREATE USER u PASSWORD '***' VALID UNTIL '2030-01-01'",
            ),
            (
                "CREATE USER u PASSWORD \"my s3cret\" NOCREATEDB",
                "CREATE USER u PASSWORD *** NOCREATEDB",
            ),
            (
                "CREATE USER u PASSWORD s3!cret-x; SELECT 'y'",
                "CREATE USER u PASSWORD ***; SELECT 'y'",
            ),
            (
                "CREATE USER u PASSWORD !s3cret IN GROUP g",
                "CREATE USER u PASSWORD *** IN GROUP g",
            ),
            (
                "ALTER USER u /* 's3cret' is the password s3cret */ NOCREATEDB",
                "ALTER USER u /* '***' */ NOCREATEDB",
            ),
            ("ALTER USER u IDENTIFIED BY s3cret", "ALTER USER u IDENTIFIED BY ***"),
            (
                "COPY t FROM 'x' CREDENTIALS 's3cret' || 's3cret'\n's3cret' CSV",
                "COPY t FROM 'x' CREDENTIALS '***' || '***'\n'***' CSV",
            ),
            (
                "COPY t FROM 'x' CREDENTIALS /* c */ 's3cret' -- d\n CSV",
                "COPY t FROM 'x' CREDENTIALS /* c */ '***' -- d\n CSV",
            ),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn each_statement_of_a_text_is_seen_for_what_it_is() {
        assert_eq!(
            shown("SELECT 'a'; ALTER USER u PASSWORD s3cret; SELECT 'b'"),
            "SELECT 'a'; ALTER USER u PASSWORD ***; SELECT 'b'"
        );
        assert_eq!(
            shown("DO $$ BEGIN ALTER USER u PASSWORD s3cret; END $$"),
            "DO $$ BEGIN ALTER USER u PASSWORD ***; END $$"
        );
    }

    #[test]
    fn what_a_string_assigns_to_a_name_is_hidden() {
        for (text, expected) in [
            (
                "SELECT dblink_connect('host=x password=s3cret dbname=y')",
                "SELECT dblink_connect('host=x password=*** dbname=y')",
            ),
            (
                "COPY t FROM 'x' WITH 'aws_access_key_id=s3cret;aws_secret_access_key=s3cret'",
                "COPY t FROM 'x' WITH 'aws_access_key_id=***;aws_secret_access_key=***'",
            ),
            (
                "CREATE IDENTITY PROVIDER i TYPE azure PARAMETERS '{\"client_id\": \"x\", \"client_secret\": \"s3 cret\"}'",
                "CREATE IDENTITY PROVIDER i TYPE azure PARAMETERS '{\"client_id\": \"x\", \"client_secret\": \"***\"}'",
            ),
            (
                "CREATE SUBSCRIPTION s CONNECTION 'postgres://u:s3cret@h:5432/d?password=s3cret' PUBLICATION p",
                "CREATE SUBSCRIPTION s CONNECTION 'postgres://u:***@h:5432/d?password=***' PUBLICATION p",
            ),
            (
                "SELECT f('https://u:s3cret@h'), 'https://h:80/a@b', 's3://b/a:b@c', a://b:c@d",
                "SELECT f('https://u:***@h'), 'https://h:80/a@b', 's3://b/a:b@c', a://b:c@d",
            ),
            (
                "SELECT a FROM t JOIN u ON t.password=u.password",
                "SELECT a FROM t JOIN u ON t.password=u.password",
            ),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn the_stars_of_a_masked_secret_are_known() {
        for (text, expected) in [
            ("CREATE USER u PASSWORD '***'", true),
            ("create user u password ***", true),
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

    #[test]
    fn comments_in_comments_take_no_stack() {
        let text = format!("{} PASSWORD 's3cret'", "/*".repeat(200_000));
        assert!(!shown(&text).contains("s3cret"));
    }

    proptest! {
        #[test]
        fn what_is_hidden_has_its_order_whatever_the_text(
            words in proptest::collection::vec("CREATE |USER |PASSWORD |CREDENTIALS |'|''|\"|\\$\\$|\\$a\\$|E'|\\\\|;|--|/\\*|\\*/|=|\\|\\||\n| |é|x", 0..40)
        ) {
            let text = words.concat();
            let mut end = 0;
            for hidden in hidden_for_warehouse(&text) {
                prop_assert!(end <= hidden.span.start && hidden.span.start < hidden.span.end, "{text}");
                prop_assert!(text.get(hidden.span.clone()).is_some());
                end = hidden.span.end;
            }
        }
    }
}
