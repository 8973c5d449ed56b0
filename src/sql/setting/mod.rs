//! Settings: the options of a statement with their values.
//!
//! ```ebnf
//! options  = setting, { [ "," ], setting } ;
//! setting  = option name, "=", value ;
//! value    = string | integer | boolean | interval | moment | word | quoted name | list | password ;
//! boolean  = "TRUE" | "FALSE" ;
//! interval = integer, ( "MINUTE" | "MINUTES" | "HOUR" | "HOURS" | "DAY" | "DAYS" ) ;
//! moment   = "BEGINNING" | "NOW" | "NEVER" | "TIMESTAMP", string ;
//! list     = "(", string, { ",", string }, ")" ;
//! password = string | "PROMPT" | "ENV", string | "FILE", string | "COMMAND", string ;
//! ```

use std::fmt;
use std::ops::Range;

mod moment;
mod value;

use nom::Parser;
use nom::combinator::opt;
use secrecy::SecretString;

use super::error::OptionError;
use super::lexical::{
    ParseError, Parsed, Reason, expect, fail, fail_at, not_here, span_between, symbol, unexpected,
    word, word_length,
};
use super::literal::{CommaSeparated, StringLiteral};
use super::option::{OptionSpec, PASSWORD, find_option};
use crate::definition::Moment;

pub use moment::{Interval, IntervalUnit};
use value::option_value;

/// The initial capacity: enough for the options of any connection.
const SETTINGS_AT_ONCE: usize = 6;

/// The options of a kind of statement.
pub(super) type Options = &'static [&'static OptionSpec];

/// The source of a password.
#[derive(Clone, Debug)]
pub enum PasswordSource {
    /// The password itself.
    Literal(SecretString),
    /// A question on the terminal.
    Prompt,
    /// The value of this environment variable.
    Variable(String),
    /// The first line of this file.
    File(String),
    /// The line that this command prints at each login.
    Command(String),
}

impl PasswordSource {
    /// The command that is run at each login.
    pub fn command(&self) -> Option<&str> {
        match self {
            Self::Command(command) => Some(command),
            Self::Literal(_) | Self::Prompt | Self::Variable(_) | Self::File(_) => None,
        }
    }
}

/// Prints the source as SQL; a password itself prints as PROMPT.
impl fmt::Display for PasswordSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(_) | Self::Prompt => f.write_str("PROMPT"),
            Self::Variable(name) => write!(f, "ENV {}", StringLiteral(name)),
            Self::File(path) => write!(f, "FILE {}", StringLiteral(path)),
            Self::Command(command) => write!(f, "COMMAND {}", StringLiteral(command)),
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
    /// TRUE or FALSE.
    Boolean(bool),
    /// A number of minutes, hours or days.
    Interval(Interval),
    /// A keyword of the option, in upper case.
    Word(&'static str),
    /// A moment.
    Timestamp(Moment),
    /// A name with its letter case.
    QuotedName(String),
    /// Strings in parentheses.
    List(Vec<String>),
    /// The source of a password.
    Password(PasswordSource),
}

impl fmt::Display for OptionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => StringLiteral(text).fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Boolean(true) => f.write_str("TRUE"),
            Self::Boolean(false) => f.write_str("FALSE"),
            Self::Interval(interval) => interval.fmt(f),
            Self::Word(word) => f.write_str(word),
            Self::Timestamp(moment) => write!(f, "TIMESTAMP '{moment}'"),
            // Always in quotes: another system may fold a bare name in another way.
            Self::QuotedName(name) => write!(f, "\"{}\"", name.replace('"', "\"\"")),
            Self::List(texts) => {
                write!(f, "({})", CommaSeparated(texts.iter().map(|text| StringLiteral(text))))
            }
            Self::Password(source) => source.fmt(f),
        }
    }
}

impl OptionValue {
    /// Reads a value of the option in the form that `Display` prints; None for any other text.
    pub fn read(option: &'static OptionSpec, text: &str) -> Option<Self> {
        match option_value(option, text) {
            Ok(("", value)) => Some(value),
            Ok(_) | Err(_) => None,
        }
    }

    /// True for the word NOW.
    pub fn is_now(&self) -> bool {
        matches!(self, Self::Word("NOW"))
    }
}

/// `NAME = value`
#[derive(Clone, Debug)]
pub struct Setting {
    /// The option.
    pub option: &'static OptionSpec,
    /// A value of the option's type.
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
    /// The setting of the option, if given.
    pub fn find(&self, option: &OptionSpec) -> Option<&Setting> {
        self.0.iter().find(|setting| setting.option.name == option.name)
    }

    /// The text of the option.
    pub fn text(&self, option: &OptionSpec) -> Option<&str> {
        let OptionValue::Text(text) = self.value(option)? else {
            return None;
        };
        Some(text)
    }

    /// The number of the option.
    pub fn integer(&self, option: &OptionSpec) -> Option<i64> {
        let OptionValue::Integer(number) = self.value(option)? else {
            return None;
        };
        Some(*number)
    }

    /// The keyword of the option.
    pub fn word(&self, option: &OptionSpec) -> Option<&'static str> {
        let OptionValue::Word(word) = self.value(option)? else {
            return None;
        };
        Some(word)
    }

    /// True if the option is set to TRUE.
    pub fn is_true(&self, option: &OptionSpec) -> bool {
        matches!(self.value(option), Some(OptionValue::Boolean(true)))
    }

    /// The source of the password, if given.
    pub fn password(&self) -> Option<&PasswordSource> {
        let OptionValue::Password(source) = self.value(&PASSWORD)? else {
            return None;
        };
        Some(source)
    }

    fn value(&self, option: &OptionSpec) -> Option<&OptionValue> {
        self.find(option).map(|setting| &setting.value)
    }
}

/// The name of a known option; any other ends the parse and suggests a similar one.
pub(super) fn option_name(options: Options, input: &str) -> Parsed<'_, &'static OptionSpec> {
    let (rest, written) = word(input).map_err(|error| match error {
        nom::Err::Error(error) => nom::Err::Error(ParseError {
            reason: Reason::Wanted("the name of an option"),
            ..error
        }),
        other => other,
    })?;
    match find_option(options, written) {
        Some(option) => Ok((rest, option)),
        None => unknown_option(options, input, rest, written),
    }
}

/// Names the unknown word only if one `=` follows: a word alone may be a misplaced password, and so
/// may one that ends with `==`.
fn unknown_option<'a, O>(
    options: Options,
    input: &'a str,
    rest: &str,
    written: &str,
) -> Parsed<'a, O> {
    let known: Vec<_> = options.iter().map(|option| option.name).collect();
    let nearest = super::keyword::nearest(written, known.iter().copied());
    if !rest.starts_with('=') || rest.starts_with("==") {
        let hint = match nearest {
            Some(nearest) => format!("did you mean {nearest}?"),
            None => format!("the options are: {}", known.join(", ")),
        };
        return fail(input, unexpected(input, "the name of an option", Some(hint)));
    }
    let kind = OptionError::Unknown { name: written.to_owned(), nearest, known };
    fail_at(input, word_length(input), kind)
}

/// `setting`; an option for which `is_given` is true is an error.
pub(super) fn setting<'a>(
    options: Options,
    source: &'a str,
    is_given: impl Fn(&OptionSpec) -> bool,
    input: &'a str,
) -> Parsed<'a, Setting> {
    let touches_string = source[..source.len() - input.len()].ends_with('\'');
    if touches_string && find_option(options, &input[..word_length(input)]).is_none() {
        // A quote was not doubled: the rest of a password may follow it.
        let hint = "write a quote inside a string twice".to_owned();
        return fail(input, unexpected(input, "a blank after the string", Some(hint)));
    }
    let (rest, option) = option_name(options, input)?;
    if is_given(option) {
        return fail_at(input, option.name.len(), OptionError::Duplicate(option.name));
    }
    let (begin, ()) = expect("=", symbol('=', "=")).parse(rest)?;
    let (rest, value) = option_value(option, begin)?;
    let span = span_between(source, begin, rest);
    Ok((rest, Setting { option, value, span }))
}

/// `options`, up to the end of the text or the first place at which `ends` is true.
pub(super) fn settings<'a>(
    options: Options,
    source: &'a str,
    ends: impl Fn(&str) -> bool,
    input: &'a str,
) -> Parsed<'a, Settings> {
    let mut settings = Settings(Vec::with_capacity(SETTINGS_AT_ONCE));
    let mut input = input;
    let is_over = |rest: &str| rest.is_empty() || ends(rest);
    while !is_over(input) {
        let (rest, setting) =
            setting(options, source, |option| settings.find(option).is_some(), input)?;
        settings.0.push(setting);
        let (rest, comma) = opt(symbol(',', ",")).parse(rest)?;
        if comma.is_some() && is_over(rest) {
            return not_here(rest, "the name of an option");
        }
        input = rest;
    }
    Ok((input, settings))
}
