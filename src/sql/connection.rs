//! CREATE, ALTER and DROP of connections.

use std::fmt;
use std::ops::Range;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{opt, value};

use super::error::SqlErrorKind;
use super::lexical::{Parsed, expect, fail, fail_at, keyword, keywords, symbol, wanted, word_length};
use super::name::{Spanned, connection_name, connection_names, locate};
use super::option::{CONNECTION_OPTIONS, OptionSpec, PASSWORD, Setting, Settings, option_name, setting, settings};
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
}

/// `ALTER REDSHIFT CONNECTION`
#[derive(Clone, Debug)]
pub struct AlterConnection {
    /// IF EXISTS: a connection that is missing is no error.
    pub if_exists: bool,
    /// Its name.
    pub name: Spanned<ConnectionName>,
    /// What SET gives, each option at most once.
    pub settings: Settings,
    /// What RESET names, none of them required and none of them set.
    pub resets: Vec<&'static OptionSpec>,
    /// What RENAME TO names.
    pub new_name: Option<Spanned<ConnectionName>>,
}

/// `DROP CONNECTION`
#[derive(Clone, Debug)]
pub struct DropConnection {
    /// IF EXISTS: connections that are missing are no error.
    pub if_exists: bool,
    /// Their names.
    pub names: Vec<Spanned<ConnectionName>>,
    /// CASCADE: drop with them what depends on them.
    pub cascade: bool,
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
        Ok(())
    }
}

impl fmt::Display for AlterConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ALTER REDSHIFT CONNECTION ")?;
        if self.if_exists {
            f.write_str("IF EXISTS ")?;
        }
        write!(f, "{}", self.name.value)?;
        for (index, setting) in self.settings.0.iter().enumerate() {
            f.write_str(if index == 0 { " SET " } else { ", " })?;
            setting.fmt(f)?;
        }
        for option in &self.resets {
            write!(f, " RESET {}", option.name)?;
        }
        match &self.new_name {
            Some(name) => write!(f, " RENAME TO {}", name.value),
            None => Ok(()),
        }
    }
}

impl fmt::Display for DropConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DROP CONNECTION ")?;
        if self.if_exists {
            f.write_str("IF EXISTS ")?;
        }
        for (index, name) in self.names.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { ", " }, name.value)?;
        }
        if self.cascade { f.write_str(" CASCADE") } else { Ok(()) }
    }
}

/// ```ebnf
/// create = "CREATE", [ "OR", "REPLACE" ], "REDSHIFT", "CONNECTION", [ "IF", "NOT", "EXISTS" ], name, options ;
/// ```
pub(super) fn parse_create<'a>(source: &'a str, input: &'a str) -> Parsed<'a, CreateConnection> {
    let (rest, ()) = keyword("CREATE")(input)?;
    let (rest, replace) = opt(keywords(&["OR", "REPLACE"])).parse(rest)?;
    let (rest, ()) = kind_and_object(rest)?;
    let (after, not_exists) = opt(keywords(&["IF", "NOT", "EXISTS"])).parse(rest)?;
    if replace.is_some() && not_exists.is_some() {
        return fail_at(rest, word_length(rest), SqlErrorKind::ReplaceAndIfNotExists);
    }
    let (rest, name) = expect("the name of a connection", connection_name)(after)?;
    let (rest, settings) = settings(source, rest)?;
    let statement = CreateConnection {
        or_replace: replace.is_some(),
        if_not_exists: not_exists.is_some(),
        name: locate(source, name),
        settings,
    };
    match missing_option(&statement.settings) {
        Some(option) => fail_at(
            rest,
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
    CONNECTION_OPTIONS
        .iter()
        .copied()
        .find(|option| option.required && option.name != PASSWORD.name && settings.find(option).is_none())
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

enum Action<'a> {
    Set(Vec<Setting>),
    Reset(&'static OptionSpec),
    Rename(super::name::Unplaced<'a>),
}

/// ```ebnf
/// alter  = "ALTER", "REDSHIFT", "CONNECTION", [ "IF", "EXISTS" ], name, action, { action } ;
/// action = "SET", options | "RESET", option name | "RENAME", "TO", name ;
/// ```
pub(super) fn parse_alter<'a>(source: &'a str, input: &'a str) -> Parsed<'a, AlterConnection> {
    let (rest, ()) = keyword("ALTER")(input)?;
    let (rest, ()) = kind_and_object(rest)?;
    let (rest, if_exists) = opt(keywords(&["IF", "EXISTS"])).parse(rest)?;
    let (rest, name) = expect("the name of a connection", connection_name)(rest)?;
    let mut statement = AlterConnection {
        if_exists: if_exists.is_some(),
        name: locate(source, name),
        settings: Settings::default(),
        resets: Vec::new(),
        new_name: None,
    };
    let mut rest = add_action(source, &mut statement, rest)?.0;
    while !rest.is_empty() {
        rest = add_action(source, &mut statement, rest)?.0;
    }
    Ok((rest, statement))
}

fn add_action<'a>(source: &'a str, statement: &mut AlterConnection, input: &'a str) -> Parsed<'a, ()> {
    let (rest, action) = expect("SET, RESET or RENAME TO", |input| {
        action(source, &statement.settings, input)
    })(input)?;
    let place = object_of_action(input);
    match action {
        Action::Set(settings) => {
            if let Some(twice) = settings
                .iter()
                .find(|setting| statement.resets.contains(&setting.option))
            {
                return fail(
                    place,
                    SqlErrorKind::ChangedTwice {
                        what: twice.option.name,
                    },
                );
            }
            statement.settings.0.extend(settings);
        }
        Action::Reset(option) if option.required => {
            return fail(place, SqlErrorKind::ResetOfRequired { option: option.name });
        }
        Action::Reset(option) if statement.settings.find(option).is_some() || statement.resets.contains(&option) => {
            return fail(place, SqlErrorKind::ChangedTwice { what: option.name });
        }
        Action::Reset(option) => statement.resets.push(option),
        Action::Rename(_) if statement.new_name.is_some() => {
            return fail(input, SqlErrorKind::ChangedTwice { what: "the name" });
        }
        Action::Rename(name) => statement.new_name = Some(locate(source, name)),
    }
    Ok((rest, ()))
}

/// What stands after SET or RESET.
fn object_of_action(input: &str) -> &str {
    super::lexical::word(input).map_or(input, |(rest, _)| rest)
}

fn action<'a>(source: &'a str, given: &Settings, input: &'a str) -> Parsed<'a, Action<'a>> {
    if let Ok((rest, ())) = keyword("SET")(input) {
        return set_action(source, given, rest);
    }
    if let Ok((rest, ())) = keyword("RESET")(input) {
        let (rest, option) = expect("the name of an option", option_name)(rest)?;
        return Ok((rest, Action::Reset(option)));
    }
    let (rest, ()) = keyword("RENAME")(input)?;
    let (rest, ()) = expect("TO", keyword("TO"))(rest)?;
    let (rest, name) = expect("the new name of the connection", connection_name)(rest)?;
    Ok((rest, Action::Rename(name)))
}

/// The settings after SET, up to the end or the next action.
fn set_action<'a>(source: &'a str, given: &Settings, input: &'a str) -> Parsed<'a, Action<'a>> {
    let mut known = given.clone();
    let mut new = Vec::new();
    let mut rest = input;
    loop {
        let (after, setting) = expect("the name of an option", |input| setting(source, &known, input))(rest)?;
        known.0.push(setting.clone());
        new.push(setting);
        let (after, comma) = opt(symbol(',', ",")).parse(after)?;
        rest = after;
        if comma.is_none() && (rest.is_empty() || starts_action(rest)) {
            return Ok((rest, Action::Set(new)));
        }
    }
}

fn starts_action(input: &str) -> bool {
    alt((keyword("SET"), keyword("RESET"), keyword("RENAME")))
        .parse(input)
        .is_ok()
}

/// ```ebnf
/// drop = "DROP", [ "REDSHIFT" ], "CONNECTION", [ "IF", "EXISTS" ], names, [ "CASCADE" | "RESTRICT" ] ;
/// ```
pub(super) fn parse_drop<'a>(source: &'a str, input: &'a str) -> Parsed<'a, DropConnection> {
    let (rest, ()) = keyword("DROP")(input)?;
    let (rest, kind) = opt(keyword("REDSHIFT")).parse(rest)?;
    if kind.is_none() {
        known_kind(rest)?;
    }
    let (rest, ()) = expect("CONNECTION", keyword("CONNECTION"))(rest)?;
    let (rest, if_exists) = opt(keywords(&["IF", "EXISTS"])).parse(rest)?;
    let (rest, names) = connection_names(rest)?;
    let (rest, cascade) = opt(alt((
        value(true, keyword("CASCADE")),
        value(false, keyword("RESTRICT")),
    )))
    .parse(rest)?;
    let statement = DropConnection {
        if_exists: if_exists.is_some(),
        names: names.into_iter().map(|name| locate(source, name)).collect(),
        cascade: cascade.unwrap_or(false),
    };
    Ok((rest, statement))
}

/// The bytes of the value of an option in the settings, or nothing where it is not given.
pub fn value_span(settings: &Settings, option: &OptionSpec) -> Range<usize> {
    settings.find(option).map_or(0..0, |setting| setting.span.clone())
}
