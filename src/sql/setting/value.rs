//! The value of an option, read according to the option's type.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, value};
use nom::multi::separated_list1;
use nom::sequence::delimited;
use secrecy::SecretString;

use super::moment::{integer_within, interval, timestamp};
use super::{OptionValue, PasswordSource};
use crate::sql::error::OptionError;
use crate::sql::lexical::{
    Parsed, expect, fail, found, keyword, quoted_name, string, symbol, wanted, word, word_length,
};
use crate::sql::option::{OptionSpec, OptionType};

/// `value`, of the option's type.
pub(super) fn option_value<'a>(
    option: &'static OptionSpec,
    input: &'a str,
) -> Parsed<'a, OptionValue> {
    let result = match option.kind {
        OptionType::Text | OptionType::Url => map(string, OptionValue::Text).parse(input),
        OptionType::NonEmptyText => non_empty_text(option, input),
        OptionType::Integer { minimum, maximum } => {
            let integer = |input| integer_within(option, minimum, maximum, input);
            map(integer, OptionValue::Integer).parse(input)
        }
        OptionType::Password => map(password, OptionValue::Password).parse(input),
        OptionType::Boolean => boolean(input),
        OptionType::Interval => interval(option, input),
        OptionType::Moment { words } => moment(words, input),
        OptionType::Word { words } => one_of(words, input),
        OptionType::Choice { texts } => choice(texts, input),
        OptionType::TextOrName => alt((
            map(string, OptionValue::Text),
            map(quoted_name, OptionValue::QuotedName),
            map(word, |name| OptionValue::QuotedName(name.to_owned())),
        ))
        .parse(input),
        OptionType::List => list(input),
    };
    match result {
        Err(nom::Err::Error(_)) => wrong_type(option, input),
        other => other,
    }
}

fn wrong_type<'a, O>(option: &'static OptionSpec, input: &'a str) -> Parsed<'a, O> {
    let kind = OptionError::WrongType {
        option: option.name,
        expected: option.kind.words(),
        found: found(input).without_word().to_string(),
        example: option.example,
    };
    fail(input, kind)
}

fn non_empty_text<'a>(option: &'static OptionSpec, input: &'a str) -> Parsed<'a, OptionValue> {
    let (rest, text) = string(input)?;
    if text.is_empty() {
        return fail(input, OptionError::EmptyValue(option.name));
    }
    Ok((rest, OptionValue::Text(text)))
}

fn password(input: &str) -> Parsed<'_, PasswordSource> {
    alt((
        map(string, |text| PasswordSource::Literal(SecretString::from(text))),
        value(PasswordSource::Prompt, keyword("PROMPT")),
        map(
            (
                keyword("ENV"),
                expect("the name of an environment variable, as a string", string),
            ),
            |((), name)| PasswordSource::Variable(name),
        ),
        map(
            (keyword("FILE"), expect("the path of a file, as a string", string)),
            |((), path)| PasswordSource::File(path),
        ),
        map(
            (keyword("COMMAND"), expect("a program and its arguments, as a string", string)),
            |((), command)| PasswordSource::Command(command),
        ),
    ))
    .parse(input)
}

fn boolean(input: &str) -> Parsed<'_, OptionValue> {
    map(
        alt((value(true, keyword("TRUE")), value(false, keyword("FALSE")))),
        OptionValue::Boolean,
    )
    .parse(input)
}

fn one_of<'a>(words: &[&'static str], input: &'a str) -> Parsed<'a, OptionValue> {
    let length = word_length(input);
    match words.iter().find(|word| input[..length].eq_ignore_ascii_case(word)) {
        Some(known) => Ok((word(input)?.0, OptionValue::Word(known))),
        None => wanted(input, "a keyword"),
    }
}

fn choice<'a>(texts: &[&'static str], input: &'a str) -> Parsed<'a, OptionValue> {
    let (rest, text) = string(input)?;
    if texts.iter().any(|known| known.eq_ignore_ascii_case(&text)) {
        Ok((rest, OptionValue::Text(text)))
    } else {
        wanted(input, "one of these strings")
    }
}

fn moment<'a>(words: &[&'static str], input: &'a str) -> Parsed<'a, OptionValue> {
    let length = word_length(input);
    if let Some(known) = words.iter().find(|word| input[..length].eq_ignore_ascii_case(word)) {
        let (rest, _) = word(input)?;
        return Ok((rest, OptionValue::Word(known)));
    }
    let (rest, ()) = keyword("TIMESTAMP")(input)?;
    timestamp(rest)
}

fn list(input: &str) -> Parsed<'_, OptionValue> {
    if !input.starts_with('(') {
        return wanted(input, "(");
    }
    let texts = separated_list1(symbol(',', ","), expect("a string", string));
    map(
        delimited(symbol('(', "("), texts, expect(", or )", symbol(')', ")"))),
        OptionValue::List,
    )
    .parse(input)
}
