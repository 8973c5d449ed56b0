//! TEST CONNECTION and TEST CONNECTIONS, and the WITH TEST of CREATE and ALTER.

use std::fmt;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt};
use nom::sequence::preceded;

use super::lexical::{Parsed, expect, keyword};
use super::literal::{CommaSeparated, StringLiteral};
use super::name::{Spanned, names};
use super::show::like;
use crate::name::ConnectionName;

/// The connections to test.
#[derive(Clone, Debug)]
pub enum TestConnection {
    /// `TEST CONNECTION name [, …]`
    Named(Vec<Spanned<ConnectionName>>),
    /// `TEST CONNECTIONS [LIKE 'pattern']`
    Like(Option<String>),
}

impl fmt::Display for TestConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(names) => write!(
                f,
                "TEST CONNECTION {}",
                CommaSeparated(names.iter().map(|name| name.value.sql()))
            ),
            Self::Like(None) => f.write_str("TEST CONNECTIONS"),
            Self::Like(Some(pattern)) => {
                write!(f, "TEST CONNECTIONS LIKE {}", StringLiteral(pattern))
            }
        }
    }
}

/// ```ebnf
/// test = "TEST", ( "CONNECTION", names | "CONNECTIONS", [ like ] ) ;
/// ```
pub(super) fn parse_test<'a>(source: &'a str, input: &'a str) -> Parsed<'a, TestConnection> {
    let (rest, ()) = keyword("TEST")(input)?;
    let named = preceded(keyword("CONNECTION"), |input| names(source, input));
    let matching = preceded(keyword("CONNECTIONS"), like);
    let test = alt((map(named, TestConnection::Named), map(matching, TestConnection::Like)));
    expect("CONNECTION, CONNECTIONS or JOB", test)(rest)
}

/// Returns true if WITH TEST begins here. A word that touches a string may be the rest of a
/// password with a quote in it.
pub(super) fn starts_with_test(source: &str, input: &str) -> bool {
    let touches_string = source[..source.len() - input.len()].ends_with('\'');
    !touches_string && keyword("WITH")(input).is_ok()
}

/// ```ebnf
/// with test = [ "WITH", "TEST" ] ;
/// ```
pub(super) fn with_test(input: &str) -> Parsed<'_, bool> {
    let test = preceded(keyword("WITH"), expect("TEST", keyword("TEST")));
    map(opt(test), |test| test.is_some()).parse(input)
}

#[cfg(test)]
mod tests {
    use super::super::{SqlErrorKind as Kind, Statement, parse};

    /// Asserts that the printed statement reads back and prints the same; returns it.
    fn printed(text: &str) -> String {
        let printed = parse(text).unwrap().to_string();
        assert_eq!(parse(&printed).unwrap().to_string(), printed);
        printed
    }

    /// The expected words, and the place of the error.
    fn expected(text: &str) -> (String, &str) {
        let error = parse(text).unwrap_err();
        match *error.kind {
            Kind::Expected { expected, .. } => (expected, &text[error.span]),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_test_takes_names_or_a_pattern() {
        assert_eq!(printed("test connection A, \"b c\" ;"), "TEST CONNECTION a, \"b c\"");
        assert_eq!(printed("TEST connections"), "TEST CONNECTIONS");
        assert_eq!(printed("TEST CONNECTIONS like 'it''s%'"), "TEST CONNECTIONS LIKE 'it''s%'");
    }

    #[test]
    fn with_test_ends_create_and_alter() {
        let create = "create redshift connection c connection_string = 'jdbc:redshift://h/d' user_name = 'u' \
                      password = 'p' with /* c */ test;";
        assert_eq!(
            printed(create),
            "CREATE REDSHIFT CONNECTION c\n    CONNECTION_STRING = 'jdbc:redshift://h/d'\n    USER_NAME = 'u'\n    \
             PASSWORD = PROMPT\n    WITH TEST"
        );
        for alter in [
            "ALTER REDSHIFT CONNECTION c SET USER_NAME = 'v' WITH TEST",
            "ALTER REDSHIFT CONNECTION IF EXISTS c RESET COMMENT WITH TEST",
            "ALTER REDSHIFT CONNECTION c RENAME TO d WITH TEST",
        ] {
            assert_eq!(printed(alter), alter);
            let Statement::AlterConnection(statement) = parse(alter).unwrap() else {
                panic!("another statement")
            };
            assert!(statement.with_test);
        }
    }

    // Errors.

    #[test]
    fn a_test_of_nothing_says_what_can_be_tested() {
        assert_eq!(expected("TEST"), ("CONNECTION, CONNECTIONS or JOB".to_owned(), ""));
        assert_eq!(expected("TEST TABLE t").1, "TABLE");
        assert_eq!(expected("TEST CONNECTION"), ("the name of a connection".to_owned(), ""));
        assert_eq!(expected("TEST CONNECTION a,").0, "the name of a connection");
        assert_eq!(expected("TEST CONNECTIONS LIKE").0, "a pattern, as a string");
        assert_eq!(expected("TEST CONNECTION a b").0, "the end of the statement");
    }

    #[test]
    fn with_test_stands_at_the_end_and_nowhere_else() {
        let alter = |rest: &str| format!("ALTER REDSHIFT CONNECTION c {rest}");
        assert_eq!(expected(&alter("SET USER_NAME = 'v' WITH")).0, "TEST");
        assert_eq!(
            expected(&alter("SET USER_NAME = 'v' WITH TEST RENAME TO d")).0,
            "the end of the statement"
        );
        assert_eq!(expected(&alter("WITH TEST")).0, "SET, RESET or RENAME TO");
        assert!(parse(&alter("SET USER_NAME = 'v', WITH TEST")).is_err());
        assert!(parse("ALTER JOB j SET COMMENT = 'c' WITH TEST").is_err());
    }

    #[test]
    fn with_test_that_touches_a_string_may_be_a_part_of_it() {
        assert_eq!(
            expected("ALTER REDSHIFT CONNECTION c SET PASSWORD = 'it's'WITH TEST").0,
            "a blank after the string"
        );
    }
}
