//! CREATE and ALTER of connections.

use std::fmt;
use std::ops::Range;

use nom::Parser;
use nom::combinator::opt;

use super::action::{Actions, actions};
use super::error::SqlErrorKind;
use super::lexical::{Parsed, expect, fail, fail_at, keyword, keywords, wanted, word_length};
use super::name::{Spanned, expect_name};
use super::option::{CONNECTION_OPTIONS, OptionSpec, PASSWORD};
use super::setting::{Settings, settings};
use super::test_connection::{starts_with_test, with_test};
use crate::name::ConnectionName;

/// `CREATE REDSHIFT CONNECTION`
#[derive(Clone, Debug)]
pub struct CreateConnection {
    /// OR REPLACE: change the connection if it exists.
    pub or_replace: bool,
    /// IF NOT EXISTS: leave the connection alone if it exists.
    pub if_not_exists: bool,
    /// Its name.
    pub name: Spanned<ConnectionName>,
    /// Its options; every required one is there, but for PASSWORD.
    pub settings: Settings,
    /// WITH TEST: open it before it is kept.
    pub with_test: bool,
}

/// `ALTER REDSHIFT CONNECTION`
#[derive(Clone, Debug)]
pub struct AlterConnection {
    /// IF EXISTS: a connection that is missing is no error.
    pub if_exists: bool,
    /// Its name.
    pub name: Spanned<ConnectionName>,
    /// What is to be changed.
    pub actions: Actions<ConnectionName>,
    /// WITH TEST: open it as it would be before it is kept.
    pub with_test: bool,
}

impl fmt::Display for CreateConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CREATE ")?;
        if self.or_replace {
            f.write_str("OR REPLACE ")?;
        }
        f.write_str("REDSHIFT CONNECTION ")?;
        if self.if_not_exists {
            f.write_str("IF NOT EXISTS ")?;
        }
        write!(f, "{}", self.name.value)?;
        for setting in &self.settings.0 {
            write!(f, "\n    {setting}")?;
        }
        f.write_str(if self.with_test { "\n    WITH TEST" } else { "" })
    }
}

impl fmt::Display for AlterConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ALTER REDSHIFT CONNECTION ")?;
        if self.if_exists {
            f.write_str("IF EXISTS ")?;
        }
        write!(f, "{}", self.name.value)?;
        self.actions.fmt(f)?;
        f.write_str(if self.with_test { " WITH TEST" } else { "" })
    }
}

/// ```ebnf
/// create = "CREATE", [ "OR", "REPLACE" ], "REDSHIFT", "CONNECTION", [ "IF", "NOT", "EXISTS" ], name, options,
///          with test ;
/// ```
/// `input` begins behind CREATE.
pub(super) fn parse_create<'a>(source: &'a str, input: &'a str) -> Parsed<'a, CreateConnection> {
    let (rest, replace) = opt(keywords(&["OR", "REPLACE"])).parse(input)?;
    let (rest, ()) = kind_and_object(rest)?;
    let (after, not_exists) = opt(keywords(&["IF", "NOT", "EXISTS"])).parse(rest)?;
    if replace.is_some() && not_exists.is_some() {
        return fail_at(rest, word_length(rest), SqlErrorKind::ReplaceAndIfNotExists);
    }
    let (rest, name) = expect_name(source, after)?;
    let (options_end, settings) =
        settings(CONNECTION_OPTIONS, source, |rest| starts_with_test(source, rest), rest)?;
    let (rest, with_test) = with_test(options_end)?;
    let statement = CreateConnection {
        or_replace: replace.is_some(),
        if_not_exists: not_exists.is_some(),
        name,
        settings,
        with_test,
    };
    match missing_option(&statement.settings) {
        Some(option) => fail_at(
            options_end,
            0,
            SqlErrorKind::MissingOption {
                option: option.name,
                example: option.example,
            },
        ),
        None => Ok((rest, statement)),
    }
}

/// A required option that is not given. PASSWORD is not among them: at a prompt it is asked for.
fn missing_option(settings: &Settings) -> Option<&'static OptionSpec> {
    CONNECTION_OPTIONS.iter().copied().find(|option| {
        option.required && option.name != PASSWORD.name && settings.find(option).is_none()
    })
}

/// `REDSHIFT CONNECTION`, with an error of its own for connections of other kinds.
pub(super) fn kind_and_object(input: &str) -> Parsed<'_, ()> {
    match keyword("REDSHIFT")(input) {
        Ok((rest, ())) => expect("CONNECTION", keyword("CONNECTION"))(rest),
        Err(nom::Err::Error(_)) => another_kind(input),
        Err(other) => Err(other),
    }
}

fn another_kind(input: &str) -> Parsed<'_, ()> {
    known_kind(input)?;
    expect("REDSHIFT CONNECTION", |rest| wanted(rest, "REDSHIFT"))(input)
}

/// The error of a word before CONNECTION that is no kind of connection.
fn known_kind(input: &str) -> Parsed<'_, ()> {
    let length = word_length(input);
    let after = super::lexical::blanks(&input[length..]).map_or("", |(rest, ())| rest);
    if length > 0 && keyword("CONNECTION")(after).is_ok() && keyword("CONNECTION")(input).is_err() {
        return fail(input, SqlErrorKind::UnknownConnectionKind { known: &["REDSHIFT"] });
    }
    Ok((input, ()))
}

/// ```ebnf
/// alter = "ALTER", "REDSHIFT", "CONNECTION", [ "IF", "EXISTS" ], name, actions, with test ;
/// ```
/// `input` begins behind ALTER.
pub(super) fn parse_alter<'a>(source: &'a str, input: &'a str) -> Parsed<'a, AlterConnection> {
    let (rest, ()) = kind_and_object(input)?;
    let (rest, if_exists) = opt(keywords(&["IF", "EXISTS"])).parse(rest)?;
    let (rest, name) = expect_name(source, rest)?;
    let (rest, actions) =
        actions(CONNECTION_OPTIONS, source, |rest| starts_with_test(source, rest), rest)?;
    let (rest, with_test) = with_test(rest)?;
    let statement = AlterConnection {
        if_exists: if_exists.is_some(),
        name,
        actions,
        with_test,
    };
    Ok((rest, statement))
}

/// `DROP [REDSHIFT] CONNECTION`, up to its names.
pub(super) fn drop_head(input: &str) -> Parsed<'_, ()> {
    let (rest, kind) = opt(keyword("REDSHIFT")).parse(input)?;
    if kind.is_none() {
        known_kind(rest)?;
    }
    expect("CONNECTION, TABLE or JOB", keyword("CONNECTION"))(rest)
}

/// The bytes of the value of an option in the settings, or nothing where it is not given.
pub fn value_span(settings: &Settings, option: &OptionSpec) -> Range<usize> {
    settings.find(option).map_or(0..0, |setting| setting.span.clone())
}

#[cfg(test)]
mod tests {
    use super::super::{Statement, parse};
    use crate::sql::SqlErrorKind as Kind;

    type Check = fn(&Kind) -> bool;

    const REQUIRED: &str = "CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u'";

    /// The statement prints to a text that reads back and prints the same.
    fn round_trip(text: &str) -> String {
        let printed = parse(text).unwrap().to_string();
        assert_eq!(parse(&printed).unwrap().to_string(), printed);
        printed
    }

    /// What is wrong with the text, and the part of it that is at fault.
    fn fault(text: &str) -> (Kind, &str) {
        let error = parse(text).unwrap_err();
        (*error.kind, &text[error.span])
    }

    #[test]
    fn create_takes_its_options_in_any_order_and_letter_case() {
        let text = "create or replace Redshift connection \"My Conn\" max_concurrent_connections = 5, user_name='u' \
                    Password = 'p' /* c */ connection_string = 'jdbc:redshift://h/d' -- end";
        assert_eq!(
            round_trip(text),
            "CREATE OR REPLACE REDSHIFT CONNECTION \"my conn\"\n    MAX_CONCURRENT_CONNECTIONS = 5\n    \
             USER_NAME = 'u'\n    PASSWORD = PROMPT\n    CONNECTION_STRING = 'jdbc:redshift://h/d'"
        );
    }

    #[test]
    fn a_password_comes_from_a_string_or_a_source() {
        for (source, printed) in [
            ("'it''s'", "PROMPT"),
            ("PROMPT", "PROMPT"),
            ("ENV 'P'", "ENV 'P'"),
            ("file '/p''q'", "FILE '/p''q'"),
        ] {
            let text = format!("CREATE REDSHIFT CONNECTION c {REQUIRED} PASSWORD = {source}");
            assert!(round_trip(&text).ends_with(&format!("PASSWORD = {printed}")));
        }
    }

    #[test]
    fn alter_takes_several_actions() {
        let one = round_trip(
            "ALTER REDSHIFT CONNECTION IF EXISTS c SET USER_NAME = 'a' SET COMMENT = 'b' RESET max_concurrent_connections RENAME TO d",
        );
        let other = round_trip(
            "ALTER REDSHIFT CONNECTION IF EXISTS c SET USER_NAME = 'a', COMMENT = 'b' RENAME TO d RESET MAX_CONCURRENT_CONNECTIONS",
        );
        assert_eq!(one, other);
        assert_eq!(
            one,
            "ALTER REDSHIFT CONNECTION IF EXISTS c SET USER_NAME = 'a', COMMENT = 'b' RESET MAX_CONCURRENT_CONNECTIONS RENAME TO d"
        );
    }

    #[test]
    fn drop_takes_a_list() {
        assert_eq!(
            round_trip("drop redshift connection if exists A, \"b c\" cascade"),
            "DROP CONNECTION IF EXISTS a, \"b c\" CASCADE"
        );
        assert_eq!(round_trip("DROP CONNECTION a RESTRICT;"), "DROP CONNECTION a");
    }

    #[test]
    fn a_name_knows_its_place() {
        let text = "DROP CONNECTION  a /* b */, \"c d\" ;";
        let Statement::DropConnection(drop) = parse(text).unwrap() else {
            panic!("another statement")
        };
        let parts: Vec<&str> = drop.names.iter().map(|name| &text[name.span.clone()]).collect();
        assert_eq!(parts, ["a", "\"c d\""]);
    }

    // What fails.

    #[test]
    fn an_option_that_is_wrong_is_an_error_of_its_own_at_its_place() {
        let create = |rest: &str| format!("CREATE REDSHIFT CONNECTION c {REQUIRED} {rest}");
        let cases: [(String, Check, &str); 9] = [
            (
                create("MAX_CONNECTIONS = 5"),
                |kind| {
                    matches!(
                        kind,
                        Kind::UnknownOption {
                            nearest: Some("MAX_CONCURRENT_CONNECTIONS"),
                            ..
                        }
                    )
                },
                "MAX_CONNECTIONS",
            ),
            (
                create("user_name = 'v'"),
                |kind| matches!(kind, Kind::DuplicateOption { option: "USER_NAME" }),
                "user_name",
            ),
            (
                create("COMMENT = 5"),
                |kind| matches!(kind, Kind::WrongType { option: "COMMENT", .. }),
                "5",
            ),
            (
                create("MAX_CONCURRENT_CONNECTIONS = 'x'"),
                |kind| matches!(kind, Kind::WrongType { .. }),
                "'x'",
            ),
            (
                create("MAX_CONCURRENT_CONNECTIONS = 2001"),
                |kind| matches!(kind, Kind::OutOfRange { .. }),
                "2001",
            ),
            (
                create("MAX_CONCURRENT_CONNECTIONS = -1"),
                |kind| matches!(kind, Kind::OutOfRange { .. }),
                "-1",
            ),
            (
                create("MAX_CONCURRENT_CONNECTIONS = 99999999999999999999"),
                |kind| matches!(kind, Kind::OutOfRange { .. }),
                "99999999999999999999",
            ),
            (
                create("PASSWORD = hunter2"),
                |kind| matches!(kind, Kind::WrongType { option: "PASSWORD", .. }),
                "hunter2",
            ),
            (create("PASSWORD \"x\""), |kind| matches!(kind, Kind::Expected { .. }), "\"x\""),
        ];
        for (text, expected, part) in cases {
            let (kind, found) = fault(&text);
            assert!(expected(&kind), "{text}: {kind:?}");
            assert_eq!(found, part, "{text}");
        }
    }

    #[test]
    fn a_required_option_that_is_missing_is_named() {
        let (kind, _) = fault("CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = PROMPT");
        assert!(matches!(kind, Kind::MissingOption { option: "CONNECTION_STRING", .. }));
    }

    #[test]
    fn a_word_alone_is_not_repeated_since_it_may_be_a_password() {
        let error =
            parse(&format!("CREATE REDSHIFT CONNECTION c {REQUIRED} COMMENT = 'c' hunter2"))
                .unwrap_err();
        assert!(!format!("{error} {:?} {:?}", error, error.hint()).contains("hunter2"));
    }

    #[test]
    fn replace_and_if_not_exists_exclude_each_other() {
        let text = format!("CREATE OR REPLACE REDSHIFT CONNECTION IF NOT EXISTS c {REQUIRED}");
        assert_eq!(fault(&text), (Kind::ReplaceAndIfNotExists, "IF"));
    }

    #[test]
    fn another_kind_of_connection_is_told_which_kinds_there_are() {
        let (kind, part) = fault("CREATE SNOWFLAKE CONNECTION c TOKEN = 'x'");
        assert_eq!(
            (kind, part),
            (Kind::UnknownConnectionKind { known: &["REDSHIFT"] }, "SNOWFLAKE")
        );
    }

    #[test]
    fn alter_refuses_what_contradicts_itself() {
        for (text, part) in [
            ("ALTER REDSHIFT CONNECTION c RESET PASSWORD", "PASSWORD"),
            ("ALTER REDSHIFT CONNECTION c SET COMMENT = 'x' RESET COMMENT", "COMMENT"),
            ("ALTER REDSHIFT CONNECTION c RESET COMMENT SET COMMENT = 'x'", "COMMENT"),
            ("ALTER REDSHIFT CONNECTION c SET COMMENT = 'x', COMMENT = 'y'", "COMMENT"),
            ("ALTER REDSHIFT CONNECTION c RENAME TO a RENAME TO b", "RENAME"),
            ("ALTER REDSHIFT CONNECTION c SET COMMENT = 'x',", ""),
            ("ALTER REDSHIFT CONNECTION c", ""),
        ] {
            assert_eq!(fault(text).1, part, "{text}");
        }
    }

    #[test]
    fn a_reserved_word_must_be_quoted() {
        assert_eq!(fault("DROP CONNECTION if"), (Kind::ReservedWord { word: "if".into() }, "if"));
        assert_eq!(
            fault("DROP CONNECTION Table"),
            (Kind::ReservedWord { word: "table".into() }, "Table")
        );
        assert!(parse("DROP CONNECTION \"table\"").is_ok());
    }
}
