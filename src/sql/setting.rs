//! Settings: options with their values, as a statement lists them.
//!
//! ```ebnf
//! options  = setting, { [ "," ], setting } ;
//! setting  = option name, "=", value ;
//! value    = string | integer | password ;
//! password = string | "PROMPT" | "ENV", string | "FILE", string ;
//! ```

use std::fmt;
use std::ops::Range;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt, value};
use secrecy::SecretString;

use super::error::SqlErrorKind;
use super::lexical::{
    Fault, Parsed, Reason, fail, fail_at, found, integer, keyword, span_between, string, symbol, word, word_length,
};
use super::literal::StringLiteral;
use super::option::{CONNECTION_OPTIONS, OptionSpec, OptionType, PASSWORD, connection_option};

/// Where a password comes from.
#[derive(Clone, Debug)]
pub enum PasswordSource {
    /// It stands in the statement.
    Literal(SecretString),
    /// It is asked for on the terminal.
    Prompt,
    /// It is the value of this environment variable.
    Variable(String),
    /// It is the first line of this file.
    File(String),
}

/// Prints the source as SQL; a password that stands in the statement reads PROMPT.
impl fmt::Display for PasswordSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(_) | Self::Prompt => f.write_str("PROMPT"),
            Self::Variable(name) => write!(f, "ENV {}", StringLiteral(name)),
            Self::File(path) => write!(f, "FILE {}", StringLiteral(path)),
        }
    }
}

/// The value of an option.
#[derive(Clone, Debug)]
pub enum OptionValue {
    /// A string without its quotes.
    Text(String),
    /// A whole number, within the option's limits.
    Integer(i64),
    /// Where the password comes from.
    Password(PasswordSource),
}

impl fmt::Display for OptionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => StringLiteral(text).fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Password(source) => source.fmt(f),
        }
    }
}

/// `NAME = value`
#[derive(Clone, Debug)]
pub struct Setting {
    /// Which option.
    pub option: &'static OptionSpec,
    /// Its value, of the option's type.
    pub value: OptionValue,
    /// The bytes of the value in the statement.
    pub span: Range<usize>,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.option.name, self.value)
    }
}

/// The settings of a statement, each option at most once.
#[derive(Clone, Debug, Default)]
pub struct Settings(pub Vec<Setting>);

impl Settings {
    /// The setting of the option, if it is given.
    pub fn find(&self, option: &OptionSpec) -> Option<&Setting> {
        self.0.iter().find(|setting| setting.option.name == option.name)
    }

    /// The text that the option is set to.
    pub fn text(&self, option: &OptionSpec) -> Option<&str> {
        match &self.find(option)?.value {
            OptionValue::Text(text) => Some(text),
            OptionValue::Integer(_) | OptionValue::Password(_) => None,
        }
    }

    /// The number that the option is set to.
    pub fn integer(&self, option: &OptionSpec) -> Option<i64> {
        match self.find(option)?.value {
            OptionValue::Integer(number) => Some(number),
            OptionValue::Text(_) | OptionValue::Password(_) => None,
        }
    }

    /// Where the password comes from.
    pub fn password(&self) -> Option<&PasswordSource> {
        match &self.find(&PASSWORD)?.value {
            OptionValue::Password(source) => Some(source),
            OptionValue::Text(_) | OptionValue::Integer(_) => None,
        }
    }
}

/// The name of a known option; anything else ends the parse with the nearest known name.
pub(super) fn option_name(input: &str) -> Parsed<'_, &'static OptionSpec> {
    let (rest, written) = word(input).map_err(|error| match error {
        nom::Err::Error(fault) => nom::Err::Error(Fault {
            reason: Reason::Wanted("the name of an option"),
            ..fault
        }),
        other => other,
    })?;
    match connection_option(written) {
        Some(option) => Ok((rest, option)),
        None => unknown_option(input, rest, written),
    }
}

/// A word that is no option is named only where `=` follows: a word alone may be a password out of place.
fn unknown_option<'a, O>(input: &'a str, rest: &str, written: &str) -> Parsed<'a, O> {
    if !rest.starts_with('=') {
        return fail(
            input,
            SqlErrorKind::Expected {
                expected: "the name of an option".to_owned(),
                found: found(input),
                hint: Some(match super::keyword::nearest(written, option_names()) {
                    Some(nearest) => format!("did you mean {nearest}?"),
                    None => format!("the options are: {}", option_names().join(", ")),
                }),
            },
        );
    }
    let kind = SqlErrorKind::UnknownOption {
        name: written.to_owned(),
        nearest: super::keyword::nearest(written, option_names()),
        known: option_names(),
    };
    fail_at(input, word_length(input), kind)
}

fn option_names() -> Vec<&'static str> {
    CONNECTION_OPTIONS.iter().map(|option| option.name).collect()
}

/// `setting`, which is not one of those that are given already.
pub(super) fn setting<'a>(
    source: &'a str,
    is_given: impl Fn(&OptionSpec) -> bool,
    input: &'a str,
) -> Parsed<'a, Setting> {
    let touches_string = source[..source.len() - input.len()].ends_with('\'');
    if touches_string && connection_option(&input[..word_length(input)]).is_none() {
        // A quote in a password that was not doubled: what follows it may be the rest of the password.
        return fail(
            input,
            SqlErrorKind::Expected {
                expected: "a blank after the string".to_owned(),
                found: found(input),
                hint: Some("write a quote inside a string twice".to_owned()),
            },
        );
    }
    let (rest, option) = option_name(input)?;
    if is_given(option) {
        return fail_at(
            input,
            option.name.len(),
            SqlErrorKind::DuplicateOption { option: option.name },
        );
    }
    let (begin, ()) = super::lexical::expect("=", symbol('=', "=")).parse(rest)?;
    let (rest, value) = option_value(option, begin)?;
    let span = span_between(source, begin, rest);
    Ok((rest, Setting { option, value, span }))
}

/// `options`
pub(super) fn settings<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Settings> {
    let mut settings = Settings::default();
    let mut input = input;
    while !input.is_empty() {
        let (rest, setting) = setting(source, |option| settings.find(option).is_some(), input)?;
        settings.0.push(setting);
        let (rest, comma) = opt(symbol(',', ",")).parse(rest)?;
        if comma.is_some() && rest.is_empty() {
            return super::lexical::expect("the name of an option", word)
                .parse(rest)
                .map(|(rest, _)| (rest, settings));
        }
        input = rest;
    }
    Ok((input, settings))
}

fn option_value<'a>(option: &'static OptionSpec, input: &'a str) -> Parsed<'a, OptionValue> {
    let result = match option.kind {
        OptionType::Text | OptionType::Url => map(string, OptionValue::Text).parse(input),
        OptionType::NonEmptyText => non_empty_text(option, input),
        OptionType::Integer { minimum, maximum } => integer_within(option, minimum, maximum, input),
        OptionType::Password => map(password, OptionValue::Password).parse(input),
    };
    match result {
        Err(nom::Err::Error(_)) => wrong_type(option, input),
        other => other,
    }
}

fn wrong_type<'a, O>(option: &'static OptionSpec, input: &'a str) -> Parsed<'a, O> {
    let kind = SqlErrorKind::WrongType {
        option: option.name,
        expected: option.kind.words(),
        found: found(input),
        example: option.example,
    };
    fail(input, kind)
}

fn non_empty_text<'a>(option: &'static OptionSpec, input: &'a str) -> Parsed<'a, OptionValue> {
    let (rest, text) = string(input)?;
    if text.is_empty() {
        return fail(input, SqlErrorKind::EmptyValue { option: option.name });
    }
    Ok((rest, OptionValue::Text(text)))
}

fn integer_within<'a>(
    option: &'static OptionSpec,
    minimum: i64,
    maximum: i64,
    input: &'a str,
) -> Parsed<'a, OptionValue> {
    let (rest, digits) = integer(input)?;
    match digits.parse::<i64>() {
        Ok(number) if (minimum..=maximum).contains(&number) => Ok((rest, OptionValue::Integer(number))),
        Ok(_) | Err(_) => fail_at(
            input,
            digits.len(),
            SqlErrorKind::OutOfRange {
                option: option.name,
                minimum,
                maximum,
            },
        ),
    }
}

fn password(input: &str) -> Parsed<'_, PasswordSource> {
    alt((
        map(string, |text| PasswordSource::Literal(SecretString::from(text))),
        value(PasswordSource::Prompt, keyword("PROMPT")),
        map(
            (
                keyword("ENV"),
                super::lexical::expect("the name of an environment variable, as a string", string),
            ),
            |((), name)| PasswordSource::Variable(name),
        ),
        map(
            (
                keyword("FILE"),
                super::lexical::expect("the path of a file, as a string", string),
            ),
            |((), path)| PasswordSource::File(path),
        ),
    ))
    .parse(input)
}
