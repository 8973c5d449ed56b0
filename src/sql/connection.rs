//! CREATE and ALTER of connections.

use std::fmt;
use std::ops::Range;

use nom::Parser;
use nom::combinator::{opt, value};

use super::action::{Actions, Change, actions};
use super::error::{OptionError, SqlErrorKind};
use super::keyword::nearest;
use super::lexical::{
    Parsed, expect, fail, fail_at, keyword, keywords, unexpected, wanted, word_length,
};
use super::literal::StringLiteral;
use super::name::{Spanned, expect_name};
use super::option::{
    COLOR, COMMENT, CONNECTION_STRING, MAX_CONCURRENT_CONNECTIONS, OptionSpec, PASSWORD,
    PROTECTION, USER_NAME,
};
use super::setting::{OptionValue, PasswordSource, Settings, settings};
use super::test_connection::{starts_with_test, with_test};
use super::token::{TokenKind, tokens};
use crate::definition::{
    ConnectionKind, Limit, LoginOption, LoginOptions, Protection, TerminalColor,
};
use crate::name::ConnectionName;
use crate::sign::is_like_connection;

/// `CREATE REDSHIFT CONNECTION`
#[derive(Clone, Debug)]
pub struct CreateConnection {
    /// OR REPLACE: change the connection if it exists.
    pub or_replace: bool,
    /// IF NOT EXISTS: leave the connection alone if it exists.
    pub if_not_exists: bool,
    /// The kind of the connection.
    pub kind: ConnectionKind,
    /// Its name.
    pub name: ConnectionName,
    /// Its options.
    pub options: ConnectionOptions,
    /// WITH TEST: open it before it is kept.
    pub with_test: bool,
    /// The places of its parts.
    pub places: ConnectionPlaces,
}

/// The options of CREATE.
#[derive(Clone, Debug)]
pub struct ConnectionOptions {
    /// `CONNECTION_STRING`
    pub connection_string: String,
    /// `USER_NAME`
    pub user_name: Option<String>,
    /// `PASSWORD`; the prompt asks for one that is left out.
    pub password: Option<PasswordSource>,
    /// The options of logins.
    pub login: LoginOptions,
    /// `MAX_CONCURRENT_CONNECTIONS`; None means no limit.
    pub limit: Option<Limit>,
    /// `PROTECTION`
    pub protection: Option<Protection>,
    /// `COLOR`
    pub color: Option<TerminalColor>,
    /// `COMMENT`
    pub comment: Option<String>,
}

/// The options that ALTER changes; None leaves an option unchanged.
#[derive(Clone, Debug)]
pub struct ConnectionChanges {
    /// `CONNECTION_STRING`
    pub connection_string: Option<String>,
    /// `USER_NAME`
    pub user_name: Option<Change<String>>,
    /// `PASSWORD`
    pub password: Option<PasswordSource>,
    /// The options of logins.
    pub login: Vec<(LoginOption, Change<String>)>,
    /// `MAX_CONCURRENT_CONNECTIONS`
    pub limit: Option<Change<Limit>>,
    /// `PROTECTION`
    pub protection: Option<Change<Protection>>,
    /// `COLOR`
    pub color: Option<Change<TerminalColor>>,
    /// `COMMENT`
    pub comment: Option<Change<String>>,
}

/// The places of a statement's parts; None for a part that is not written.
#[derive(Clone, Debug, Default)]
pub struct ConnectionPlaces {
    /// The name.
    pub name: Option<Range<usize>>,
    /// The value of CONNECTION_STRING.
    pub connection_string: Option<Range<usize>>,
    /// The value of PASSWORD.
    pub password: Option<Range<usize>>,
    /// The values of the other options, by the option's name.
    pub others: Vec<(&'static str, Range<usize>)>,
    /// The end of the options.
    pub end: Option<Range<usize>>,
}

/// `ALTER REDSHIFT CONNECTION`
#[derive(Clone, Debug)]
pub struct AlterConnection {
    /// The kind of the connection.
    pub kind: ConnectionKind,
    /// IF EXISTS: a missing connection is no error.
    pub if_exists: bool,
    /// Its name.
    pub name: Spanned<ConnectionName>,
    /// SET and RESET.
    pub changes: ConnectionChanges,
    /// RENAME TO.
    pub new_name: Option<Spanned<ConnectionName>>,
    /// WITH TEST: open the changed connection before it is kept.
    pub with_test: bool,
    /// The places of its parts.
    pub places: ConnectionPlaces,
}

impl ConnectionOptions {
    /// The options in these settings, or the required one that is missing.
    fn from_settings(settings: &Settings) -> Result<Self, &'static OptionSpec> {
        let required =
            |option| settings.text(option).map(str::to_owned).ok_or::<&'static OptionSpec>(option);
        Ok(Self {
            connection_string: required(&CONNECTION_STRING)?,
            user_name: settings.text(&USER_NAME).map(str::to_owned),
            password: settings.password().cloned(),
            login: login_options(settings),
            limit: settings.integer(&MAX_CONCURRENT_CONNECTIONS).and_then(Limit::new),
            protection: protection(settings),
            color: color(settings),
            comment: settings.text(&COMMENT).map(str::to_owned),
        })
    }

    /// The options with a value, as `NAME = value`, in the order of the table of options.
    fn written(&self) -> Vec<String> {
        let Self {
            connection_string,
            user_name,
            password,
            login,
            limit,
            protection,
            color,
            comment,
        } = self;
        let login = login.iter();
        let login = login.map(|(option, value)| written(option.spec(), login_value(option, value)));
        [
            Some(written_text(&CONNECTION_STRING, connection_string)),
            user_name.as_ref().map(|user| written_text(&USER_NAME, user)),
            password.as_ref().map(|source| written(&PASSWORD, source)),
        ]
        .into_iter()
        .flatten()
        .chain(login)
        .chain(limit.map(|limit| written(&MAX_CONCURRENT_CONNECTIONS, limit)))
        .chain(protection.map(|protection| written(&PROTECTION, protection.word())))
        .chain(color.map(|color| written_text(&COLOR, color.name())))
        .chain(comment.as_ref().map(|comment| written_text(&COMMENT, comment)))
        .collect()
    }
}

impl ConnectionChanges {
    fn from_actions(actions: &Actions<ConnectionName>) -> Self {
        let settings = &actions.settings;
        let text = |option| settings.text(option).map(str::to_owned);
        let limit = settings.integer(&MAX_CONCURRENT_CONNECTIONS).and_then(Limit::new);
        let login = LoginOption::ALL.into_iter().filter_map(|option| {
            let set = settings.find(option.spec()).map(|setting| plain_value(&setting.value));
            let change = match set {
                // FALSE is the default.
                Some(None) => Change::Reset,
                Some(Some(value)) => Change::Set(value),
                None => actions.change(option.spec(), None)?,
            };
            Some((option, change))
        });
        Self {
            connection_string: text(&CONNECTION_STRING),
            user_name: actions.change(&USER_NAME, text(&USER_NAME)),
            password: settings.password().cloned(),
            login: login.collect(),
            limit: actions.change(&MAX_CONCURRENT_CONNECTIONS, limit),
            protection: actions.change(&PROTECTION, protection(settings)),
            color: actions.change(&COLOR, color(settings)),
            comment: actions.change(&COMMENT, text(&COMMENT)),
        }
    }

    /// SET and RESET, each with a space before it.
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            connection_string,
            user_name,
            password,
            login,
            limit,
            protection,
            color,
            comment,
        } = self;
        let mut set = Vec::new();
        let mut reset = Vec::new();
        let mut add = |option: &'static OptionSpec, value: Option<String>| match value {
            Some(value) => set.push(written(option, value)),
            None => reset.push(option.name),
        };
        let literal = |text: &String| StringLiteral(text).to_string();
        if let Some(url) = connection_string {
            add(&CONNECTION_STRING, Some(literal(url)));
        }
        if let Some(change) = user_name {
            add(&USER_NAME, change.new_value().map(literal));
        }
        if let Some(source) = password {
            add(&PASSWORD, Some(source.to_string()));
        }
        for (option, change) in login {
            let value = change.new_value().map(|value| login_value(*option, value).to_string());
            add(option.spec(), value);
        }
        if let Some(change) = limit {
            add(&MAX_CONCURRENT_CONNECTIONS, change.new_value().map(ToString::to_string));
        }
        if let Some(change) = protection {
            add(&PROTECTION, change.new_value().map(|value| value.word().to_owned()));
        }
        if let Some(change) = color {
            let name = change.new_value().map(|color| StringLiteral(color.name()).to_string());
            add(&COLOR, name);
        }
        if let Some(change) = comment {
            add(&COMMENT, change.new_value().map(literal));
        }
        for (index, setting) in set.into_iter().enumerate() {
            write!(f, "{}{setting}", if index == 0 { " SET " } else { ", " })?;
        }
        reset.into_iter().try_for_each(|name| write!(f, " RESET {name}"))
    }
}

/// The value of PROTECTION, if given.
fn protection(settings: &Settings) -> Option<Protection> {
    settings.word(&PROTECTION).and_then(Protection::from_word)
}

/// The value of COLOR, if given.
fn color(settings: &Settings) -> Option<TerminalColor> {
    settings.text(&COLOR).and_then(TerminalColor::from_name)
}

/// The options of logins that are set.
fn login_options(settings: &Settings) -> LoginOptions {
    let mut login = LoginOptions::default();
    for option in LoginOption::ALL {
        let value = settings.find(option.spec()).and_then(|setting| plain_value(&setting.value));
        login.set(option, value);
    }
    login
}

/// The value in the form of the catalog; None for FALSE, which is the default.
fn plain_value(value: &OptionValue) -> Option<String> {
    match value {
        OptionValue::Text(text) => Some(text.clone()),
        OptionValue::Boolean(is_true) => is_true.then(|| "true".to_owned()),
        // A comma in a member is escaped, so that it is refused and does not make two members.
        OptionValue::List(members) => {
            let members = members.iter().map(|member| member.replace(',', "\\,"));
            Some(members.collect::<Vec<_>>().join(",").to_ascii_lowercase())
        }
        OptionValue::Integer(_)
        | OptionValue::Interval(_)
        | OptionValue::Word(_)
        | OptionValue::Timestamp(_)
        | OptionValue::QuotedName(_)
        | OptionValue::Password(_) => Some(value.to_string()),
    }
}

/// The value as SQL.
pub fn login_value(option: LoginOption, value: &str) -> OptionValue {
    match option {
        LoginOption::AutoCreateUser => OptionValue::Boolean(true),
        LoginOption::DbGroups => OptionValue::List(value.split(',').map(str::to_owned).collect()),
        LoginOption::AwsProfile
        | LoginOption::AwsRole
        | LoginOption::ExternalId
        | LoginOption::AwsRegion
        | LoginOption::Cluster
        | LoginOption::Workgroup
        | LoginOption::AwsSecret
        | LoginOption::SshTunnel => OptionValue::Text(value.to_owned()),
    }
}

fn written(option: &OptionSpec, value: impl fmt::Display) -> String {
    format!("{} = {value}", option.name)
}

fn written_text(option: &OptionSpec, text: &str) -> String {
    written(option, StringLiteral(text))
}

impl ConnectionPlaces {
    fn new(name: &Range<usize>, settings: &Settings, end: usize) -> Self {
        let place = |option| settings.find(option).map(|setting| setting.span.clone());
        let others = settings.0.iter().map(|setting| (setting.option.name, setting.span.clone()));
        Self {
            name: Some(name.clone()),
            connection_string: place(&CONNECTION_STRING),
            password: place(&PASSWORD),
            others: others.collect(),
            end: Some(end..end),
        }
    }

    /// The value of the option, or the end of the options if it is not set.
    pub fn of_option(&self, option: &OptionSpec) -> Option<Range<usize>> {
        let found = self.others.iter().find(|(name, _)| *name == option.name);
        found.map(|(_, span)| span.clone()).or_else(|| self.end.clone())
    }
}

impl fmt::Display for CreateConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CREATE ")?;
        if self.or_replace {
            f.write_str("OR REPLACE ")?;
        }
        write!(f, "{} CONNECTION ", self.kind.keyword())?;
        if self.if_not_exists {
            f.write_str("IF NOT EXISTS ")?;
        }
        write!(f, "{}", self.name.sql())?;
        for option in self.options.written() {
            write!(f, "\n    {option}")?;
        }
        f.write_str(if self.with_test { "\n    WITH TEST" } else { "" })
    }
}

impl fmt::Display for AlterConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind.alter())?;
        if self.if_exists {
            f.write_str("IF EXISTS ")?;
        }
        write!(f, "{}", self.name.value.sql())?;
        self.changes.write(f)?;
        if let Some(new_name) = &self.new_name {
            write!(f, " RENAME TO {}", new_name.value.sql())?;
        }
        f.write_str(if self.with_test { " WITH TEST" } else { "" })
    }
}

/// True if the text is, or nearly is, CREATE or ALTER … CONNECTION: redwire's own
/// statement, whose password is not meant for a warehouse.
pub fn begins_definition(text: &str) -> bool {
    let words = tokens(text).filter(|token| token.kind != TokenKind::Comment);
    let words = words.take(4).map(|token| token.text(text));
    let mut words =
        words.filter(|word| !["OR", "REPLACE"].iter().any(|or| or.eq_ignore_ascii_case(word)));
    let is = |word: &str, wanted: &[&'static str]| nearest(word, wanted.iter().copied()).is_some();
    let kinds: Vec<_> = ConnectionKind::all().map(ConnectionKind::keyword).collect();
    words.next().is_some_and(|word| is(word, &["CREATE", "ALTER"]))
        && words.next().is_some_and(|word| is(word, &kinds) || is_like_connection(word))
}

/// ```ebnf
/// create = "CREATE", [ "OR", "REPLACE" ], [ "REDSHIFT" ], "CONNECTION", [ "IF", "NOT", "EXISTS" ],
///          name, options, with test ;
/// ```
/// `input` begins behind CREATE.
pub(super) fn parse_create<'a>(source: &'a str, input: &'a str) -> Parsed<'a, CreateConnection> {
    let (rest, replace) = opt(keywords(&["OR", "REPLACE"])).parse(input)?;
    let others = if replace.is_some() { &[][..] } else { OTHER_OBJECTS };
    let (rest, kind) = kind_and_object(rest, others)?;
    let (after, not_exists) = opt(keywords(&["IF", "NOT", "EXISTS"])).parse(rest)?;
    if replace.is_some() && not_exists.is_some() {
        return fail_at(rest, word_length(rest), SqlErrorKind::ReplaceAndIfNotExists);
    }
    let (rest, name) = expect_name::<ConnectionName>(source, after)?;
    let (options_end, settings) =
        settings(kind.options(), source, |rest| starts_with_test(source, rest), rest)?;
    let (rest, with_test) = with_test(options_end)?;
    let options = match ConnectionOptions::from_settings(&settings) {
        Ok(options) => options,
        Err(OptionSpec { name: option, example, .. }) => {
            return fail_at(options_end, 0, OptionError::Missing { option, example });
        }
    };
    let statement = CreateConnection {
        kind,
        or_replace: replace.is_some(),
        if_not_exists: not_exists.is_some(),
        places: ConnectionPlaces::new(&name.span, &settings, source.len() - options_end.len()),
        name: name.value,
        options,
        with_test,
    };
    Ok((rest, statement))
}

/// The keyword of a kind of connection.
pub(super) fn kind(input: &str) -> Parsed<'_, ConnectionKind> {
    let read = |kind: ConnectionKind| value(kind, keyword(kind.keyword())).parse(input).ok();
    match ConnectionKind::all().find_map(read) {
        Some(found) => Ok(found),
        None => wanted(input, "the kind of a connection"),
    }
}

/// The objects beside connections of CREATE and ALTER.
const OTHER_OBJECTS: &[&str] = &["TABLE", "JOB"];

/// CONNECTION, perhaps behind its kind, with a special error for unknown kinds.
fn kind_and_object<'a>(input: &'a str, others: &[&'static str]) -> Parsed<'a, ConnectionKind> {
    if let Ok((rest, ())) = keyword("CONNECTION")(input) {
        return Ok((rest, ConnectionKind::DEFAULT));
    }
    match kind(input) {
        Ok((rest, kind)) => {
            let (rest, ()) = expect("CONNECTION", keyword("CONNECTION"))(rest)?;
            Ok((rest, kind))
        }
        Err(nom::Err::Error(_)) => another_kind(input, others),
        Err(other) => Err(other),
    }
}

fn another_kind<'a, O>(input: &'a str, others: &[&'static str]) -> Parsed<'a, O> {
    known_kind(input)?;
    let kinds: Vec<_> = ConnectionKind::all().map(ConnectionKind::keyword).collect();
    let connection = format!("{} CONNECTION", kinds.join(" or "));
    let expected = match others {
        [] => connection,
        [..] => format!("{} or {connection}", others.join(", ")),
    };
    fail(input, unexpected(input, expected, None))
}

/// The error of a word before CONNECTION that is not a kind of connection.
fn known_kind(input: &str) -> Parsed<'_, ()> {
    let length = word_length(input);
    let after = super::lexical::blanks(&input[length..]).map_or("", |(rest, ())| rest);
    if length > 0 && keyword("CONNECTION")(after).is_ok() && keyword("CONNECTION")(input).is_err() {
        return fail(input, SqlErrorKind::UnknownConnectionKind);
    }
    Ok((input, ()))
}

/// ```ebnf
/// alter = "ALTER", [ "REDSHIFT" ], "CONNECTION", [ "IF", "EXISTS" ], name, actions, with test ;
/// ```
/// `input` begins behind ALTER.
pub(super) fn parse_alter<'a>(source: &'a str, input: &'a str) -> Parsed<'a, AlterConnection> {
    let (rest, kind) = kind_and_object(input, OTHER_OBJECTS)?;
    let (rest, if_exists) = opt(keywords(&["IF", "EXISTS"])).parse(rest)?;
    let (rest, name) = expect_name::<ConnectionName>(source, rest)?;
    let (rest, actions) =
        actions(kind.options(), source, |rest| starts_with_test(source, rest), rest)?;
    let end = source.len() - rest.len();
    let (rest, with_test) = with_test(rest)?;
    let statement = AlterConnection {
        kind,
        if_exists: if_exists.is_some(),
        places: ConnectionPlaces::new(&name.span, &actions.settings, end),
        name,
        changes: ConnectionChanges::from_actions(&actions),
        new_name: actions.new_name,
        with_test,
    };
    Ok((rest, statement))
}

/// `DROP [REDSHIFT] CONNECTION`, up to its names.
pub(super) fn drop_head(input: &str) -> Parsed<'_, ()> {
    let (rest, kind) = opt(kind).parse(input)?;
    if kind.is_none() {
        known_kind(rest)?;
    }
    expect("CONNECTION, TABLE or JOB", keyword("CONNECTION"))(rest)
}

#[cfg(test)]
mod tests {
    use super::super::{Statement, begins_definition, parse};
    use crate::diagnostic::Diagnostic;
    use crate::sql::{OptionError, SqlErrorKind as Kind};

    type Check = fn(&Kind) -> bool;

    const REQUIRED: &str = "CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u'";

    /// Asserts that the printed statement reads back and prints the same; returns it.
    fn round_trip(text: &str) -> String {
        let printed = parse(text).unwrap().to_string();
        assert_eq!(parse(&printed).unwrap().to_string(), printed);
        printed
    }

    /// The error of the text, and the part of the text that it is about.
    fn error_of(text: &str) -> (Kind, &str) {
        let error = parse(text).unwrap_err();
        (*error.kind, &text[error.span])
    }

    #[test]
    fn create_takes_its_options_in_any_order_and_letter_case() {
        let text = "create or replace Redshift connection \"My Conn\" max_concurrent_connections = 5, user_name='u' \
                    Password = 'p' /* c */ connection_string = 'jdbc:redshift://h/d' -- end";
        assert_eq!(
            round_trip(text),
            "CREATE OR REPLACE REDSHIFT CONNECTION \"my conn\"\n    CONNECTION_STRING = 'jdbc:redshift://h/d'\n    \
             USER_NAME = 'u'\n    PASSWORD = PROMPT\n    MAX_CONCURRENT_CONNECTIONS = 5"
        );
    }

    #[test]
    fn a_connection_without_its_kind_is_one_of_redshift() {
        for (text, same) in [
            ("create connection c", "CREATE REDSHIFT CONNECTION c"),
            ("CREATE OR REPLACE CONNECTION c", "CREATE OR REPLACE REDSHIFT CONNECTION c"),
            (
                "CREATE CONNECTION IF NOT EXISTS c",
                "CREATE REDSHIFT CONNECTION IF NOT EXISTS c",
            ),
        ] {
            let print = |text| round_trip(&format!("{text} {REQUIRED} PASSWORD = PROMPT"));
            assert_eq!(print(text), print(same));
        }
        assert_eq!(
            round_trip("ALTER CONNECTION IF EXISTS c RENAME TO d"),
            "ALTER REDSHIFT CONNECTION IF EXISTS c RENAME TO d"
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

    // Errors.

    #[test]
    fn an_option_that_is_wrong_is_an_error_of_its_own_at_its_place() {
        let create = |rest: &str| format!("CREATE REDSHIFT CONNECTION c {REQUIRED} {rest}");
        let cases: [(String, Check, &str); 9] = [
            (
                create("MAX_CONNECTIONS = 5"),
                |kind| {
                    matches!(
                        kind,
                        Kind::Option(OptionError::Unknown {
                            nearest: Some("MAX_CONCURRENT_CONNECTIONS"),
                            ..
                        })
                    )
                },
                "MAX_CONNECTIONS",
            ),
            (
                create("user_name = 'v'"),
                |kind| matches!(kind, Kind::Option(OptionError::Duplicate("USER_NAME"))),
                "user_name",
            ),
            (
                create("COMMENT = 5"),
                |kind| {
                    matches!(kind, Kind::Option(OptionError::WrongType { option: "COMMENT", .. }))
                },
                "5",
            ),
            (
                create("MAX_CONCURRENT_CONNECTIONS = 'x'"),
                |kind| matches!(kind, Kind::Option(OptionError::WrongType { .. })),
                "'x'",
            ),
            (
                create("MAX_CONCURRENT_CONNECTIONS = 2001"),
                |kind| matches!(kind, Kind::Option(OptionError::OutOfRange { .. })),
                "2001",
            ),
            (
                create("MAX_CONCURRENT_CONNECTIONS = -1"),
                |kind| matches!(kind, Kind::Option(OptionError::OutOfRange { .. })),
                "-1",
            ),
            (
                create("MAX_CONCURRENT_CONNECTIONS = 99999999999999999999"),
                |kind| matches!(kind, Kind::Option(OptionError::OutOfRange { .. })),
                "99999999999999999999",
            ),
            (
                create("PASSWORD = hunter2"),
                |kind| {
                    matches!(kind, Kind::Option(OptionError::WrongType { option: "PASSWORD", .. }))
                },
                "hunter2",
            ),
            (create("PASSWORD \"x\""), |kind| matches!(kind, Kind::Expected { .. }), "\"x\""),
        ];
        for (text, expected, part) in cases {
            let (kind, found) = error_of(&text);
            assert!(expected(&kind), "{text}: {kind:?}");
            assert_eq!(found, part, "{text}");
        }
    }

    #[test]
    fn a_required_option_that_is_missing_is_named() {
        let (kind, _) = error_of("CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = PROMPT");
        assert!(matches!(
            kind,
            Kind::Option(OptionError::Missing { option: "CONNECTION_STRING", .. })
        ));
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
        assert_eq!(error_of(&text), (Kind::ReplaceAndIfNotExists, "IF"));
    }

    #[test]
    fn another_kind_of_connection_is_told_which_kinds_there_are() {
        let (kind, part) = error_of("CREATE SNOWFLAKE CONNECTION c TOKEN = 'x'");
        assert_eq!((kind, part), (Kind::UnknownConnectionKind, "SNOWFLAKE"));
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
            assert_eq!(error_of(text).1, part, "{text}");
        }
    }

    #[test]
    fn a_reserved_word_must_be_quoted() {
        assert_eq!(error_of("DROP CONNECTION if"), (Kind::ReservedWord("if".into()), "if"));
        assert_eq!(
            error_of("DROP CONNECTION Table"),
            (Kind::ReservedWord("table".into()), "Table")
        );
        assert!(parse("DROP CONNECTION \"table\"").is_ok());
    }

    #[test]
    fn redwires_own_definitions_are_known() {
        for (text, expected) in [
            ("CREATE OR REPLACE REDSHIFT CONNECTION c", true),
            ("/* a */ alter redshift conection", true),
            ("CREATE REDSHFT CONNECTION c", true),
            ("create connection c", true),
            ("ALTER CONECTION c", true),
            ("CREATE TABLE redshift (a int)", false),
            ("CREATE CONVERSION a FOR 'b' TO 'c' FROM d", false),
            ("SELECT 1", false),
        ] {
            assert_eq!(begins_definition(text), expected, "{text}");
        }
    }
}
