//! The words that may follow at a place of a statement, for completion: a walk through the
//! statements' syntax.
//!
//! The parsers decide if a statement is correct; a test asserts that both agree.

mod column;
mod option;
mod walk;

use super::data_type::ENCODINGS;
use super::dialect::Dialect;
use super::grammar::{NameOf, QueryOf, statements};
use super::option::{INTERVAL_UNITS, OptionSpec};
use super::token::{Token, TokenKind, TokenList, code_tokens};
use walk::Walk;

/// Something that may follow at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// A keyword.
    Word(&'static str),
    /// The name of an object in the catalog.
    Name(NameOf),
    /// A name that may be new.
    NewName(NameOf),
    /// The name of an option that has not been given yet.
    Option(&'static OptionSpec),
    /// A character that is neither a letter nor a digit.
    Sign(char),
    /// The value of an option.
    Value(&'static OptionSpec),
    /// The unit of an interval.
    Unit,
    /// A string.
    Text(&'static str),
    /// The path of a file, as a string.
    File,
    /// The type of a column.
    DataType,
    /// The encoding of a column.
    Encoding,
    /// An expression of SQL.
    Expression(&'static str),
    /// A query that has begun.
    Query(QueryOf),
    /// The end of the statement.
    End,
}

impl Expectation {
    /// The keywords that may follow, in upper case.
    pub fn words(self) -> Vec<&'static str> {
        match self {
            Self::Word(word) => vec![word],
            Self::Option(option) => vec![option.name],
            Self::Value(option) => option.kind.value_words(),
            Self::Unit => INTERVAL_UNITS.to_vec(),
            Self::DataType => column::type_words(),
            Self::Encoding => ENCODINGS.to_vec(),
            Self::Name(_)
            | Self::NewName(_)
            | Self::Sign(_)
            | Self::Text(_)
            | Self::File
            | Self::Expression(_)
            | Self::Query(_)
            | Self::End => Vec::new(),
        }
    }
}

/// A place in a statement that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionPlace {
    /// The byte at which the token under the cursor begins, or the end of the text.
    pub start: usize,
    /// The things that may follow.
    pub expectations: Vec<Expectation>,
}

impl CompletionPlace {
    /// The open query at the place.
    pub fn query(&self) -> Option<QueryOf> {
        self.expectations.iter().find_map(|expectation| {
            let Expectation::Query(of) = expectation else {
                return None;
            };
            Some(*of)
        })
    }
}

/// Lists the things that may follow at the end of the text, which is one statement up to the
/// cursor.
pub fn expected_at(text: &str) -> CompletionPlace {
    let mut before = code_tokens(text, Dialect::Catalog);
    let mut start = text.len();
    if let Some(last) = before.last()
        && touches_cursor(last, text)
    {
        start = last.span.start;
        before.pop();
    }
    let walk = Walk::new(TokenList { source: text, tokens: &before });
    for statement in statements() {
        walk.statement(statement.items);
    }
    CompletionPlace { start, expectations: walk.found() }
}

/// Returns true if the token is still being typed: a word or number that ends at the cursor, or an
/// open quote.
fn touches_cursor(token: &Token, text: &str) -> bool {
    match token.kind {
        TokenKind::Word | TokenKind::Number => token.span.end == text.len(),
        TokenKind::QuotedName | TokenKind::String => !token.closed,
        TokenKind::Comment | TokenKind::Symbol(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&'static str> {
        expected_at(text)
            .expectations
            .iter()
            .filter_map(|expectation| match expectation {
                Expectation::Word(word) => Some(*word),
                Expectation::Option(option) => Some(option.name),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn every_example_and_every_name_is_taken_by_parser_and_syntax_alike() {
        for statement in statements() {
            for example in statement.examples {
                super::super::parse(example).unwrap();
                assert!(
                    expected_at(&format!("{example} ")).expectations.contains(&Expectation::End),
                    "{example}"
                );
                assert!(example.starts_with(statement.name.split(' ').next().unwrap()));
            }
        }
    }

    #[test]
    fn a_keyword_is_offered_where_it_can_stand() {
        assert_eq!(words("CREATE "), ["OR", "REDSHIFT", "CONNECTION", "TABLE", "SYNC", "JOB"]);
        assert_eq!(words("CREATE OR REPLACE RED"), ["REDSHIFT", "CONNECTION"]);
        assert_eq!(words("DROP CONNECTION a "), ["CASCADE", "RESTRICT"]);
        assert_eq!(words("SHOW USAGES "), ["OF"]);
        assert!(words("SHOW nonsense ").is_empty());
    }

    #[test]
    fn an_option_that_is_given_is_not_offered_again() {
        let offered = words("CREATE REDSHIFT CONNECTION a USER_NAME = 'u', ");
        assert_eq!(
            offered,
            [
                "CONNECTION_STRING",
                "PASSWORD",
                "AWS_SECRET",
                "MAX_CONCURRENT_CONNECTIONS",
                "PROTECTION",
                "COLOR",
                "SSH_TUNNEL",
                "COMMENT"
            ]
        );
    }

    #[test]
    fn only_options_of_the_login_are_offered() {
        let iam = "CREATE REDSHIFT CONNECTION a CONNECTION_STRING = 'jdbc:redshift:iam://h/d' ";
        let offered = words(iam);
        assert!(
            offered.contains(&"AWS_PROFILE") && offered.contains(&"WORKGROUP"),
            "{offered:?}"
        );
        assert!(
            !offered.contains(&"PASSWORD") && !offered.contains(&"AWS_SECRET"),
            "{offered:?}"
        );
        let secret = words("CREATE REDSHIFT CONNECTION a AWS_SECRET = 's' ");
        assert!(secret.contains(&"AWS_REGION") && !secret.contains(&"PASSWORD"), "{secret:?}");
    }

    #[test]
    fn with_test_is_offered_behind_options_and_actions() {
        for text in [
            "CREATE REDSHIFT CONNECTION a USER_NAME = 'u' ",
            "ALTER REDSHIFT CONNECTION a SET USER_NAME = 'u' ",
            "ALTER REDSHIFT CONNECTION a RESET COMMENT ",
            "ALTER REDSHIFT CONNECTION a RENAME TO b ",
        ] {
            assert!(words(text).contains(&"WITH"), "{text}");
            assert_eq!(words(&format!("{text}WITH ")), ["TEST"], "{text}");
        }
        let job = "CREATE JOB j AS INSERT INTO c.s.t SELECT f(1) FROM c.s.u ";
        assert_eq!(words(&format!("{job}WITH ")), ["TEST"]);
        assert_eq!(expected_at(&format!("{job}WITH TEST ")).expectations, [Expectation::End]);
        assert!(expected_at("CREATE JOB j AS INSERT INTO c.s.t WITH ").query().is_some());
        assert!(expected_at(&format!("{job}JOIN (WITH ")).query().is_some());
        assert!(!words("CREATE REDSHIFT CONNECTION a ").contains(&"WITH"));
        assert_eq!(words("TEST "), ["CONNECTION", "CONNECTIONS", "JOB"]);
        assert_eq!(words("SHOW SESSIONS OF "), ["CONNECTION"]);
        assert_eq!(words("IMPORT TABLES "), ["FROM"]);
        assert_eq!(words("IMPORT TABLES FROM sales.public "), ["LIKE"]);
        let tools = ["DBT", "PGPASS", "PG_SERVICE", "DBEAVER", "SLING"];
        assert_eq!(words("IMPORT CONNECTIONS FROM "), tools);
        let behind = expected_at("IMPORT CONNECTIONS FROM DBT ").expectations;
        assert_eq!(behind, [Expectation::File, Expectation::Word("LIKE"), Expectation::End]);
    }

    #[test]
    fn only_options_with_a_default_can_be_reset() {
        let offered = words("ALTER REDSHIFT CONNECTION a RESET ");
        assert!(!offered.contains(&"CONNECTION_STRING") && !offered.contains(&"PASSWORD"));
        assert!(offered.contains(&"AWS_ROLE") && offered.contains(&"COMMENT"), "{offered:?}");
    }

    #[test]
    fn the_value_of_an_option_is_expected_after_its_sign() {
        let place = expected_at("CREATE REDSHIFT CONNECTION a CONNECTION_STRING = 'jdbc");
        assert_eq!(place.start, 49);
        assert_eq!(
            place.expectations,
            [Expectation::Value(&super::super::option::CONNECTION_STRING)]
        );
    }

    #[test]
    fn names_are_expected_where_connections_stand() {
        for text in [
            "DROP CONNECTION ",
            "DROP CONNECTION a, ",
            "DESCRIBE CONNECTION ",
            "TEST CONNECTION a, ",
            "SHOW SESSIONS OF CONNECTION ",
            "IMPORT TABLES FROM ",
            "ALTER REDSHIFT CONNECTION IF EXISTS ",
        ] {
            assert!(
                expected_at(text).expectations.contains(&Expectation::Name(NameOf::Connection)),
                "{text}"
            );
        }
    }
}
