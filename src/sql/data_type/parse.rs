//! Reads a type.
//!
//! ```ebnf
//! type       = plain type, { "[", [ integer ], "]" } (* arrays are refused *) ;
//! plain type = ? a name or alias of TYPES ?, [ "(", number, [ ",", number ], ")" ] ;
//! number     = integer | "MAX" ;
//! ```

use std::str::FromStr;

use nom::Parser;
use nom::combinator::opt;

use super::lacking::lacking;
use super::types::{
    DEFAULT_FRACTION_DIGITS, DEFAULT_PRECISION, Form, MAX_FLOAT_BITS, MAX_FRACTION_DIGITS,
    MAX_PRECISION, MAX_REAL_BITS, MAX_SCALE,
};
use super::{DataType, TYPES, TypeSpec};
use crate::name::is_reserved;
use crate::sql::error::{SqlError, SqlErrorKind, TypeError};
use crate::sql::keyword::nearest;
use crate::sql::lexical::{
    Parsed, blanks, expect, fail, fail_at, found, integer, keyword, keywords, span_between, symbol,
    unexpected, wanted, word_length,
};

/// Reads a type, in its canonical form or in any other that CREATE TABLE accepts.
impl FromStr for DataType {
    type Err = SqlError;

    fn from_str(text: &str) -> Result<Self, SqlError> {
        let result = blanks(text).and_then(|(input, ())| data_type(input));
        match result {
            Ok(("", found)) => Ok(found),
            Ok((rest, _)) => {
                let kind = SqlErrorKind::Expected {
                    expected: "the end of the type".to_owned(),
                    found: found(rest),
                    hint: None,
                };
                Err(SqlError::new(kind, text.len() - rest.len()..text.len()))
            }
            Err(nom::Err::Error(error) | nom::Err::Failure(error)) => Err(error.into_error(text)),
            Err(nom::Err::Incomplete(_)) => {
                let kind = unexpected("", "the rest of the type", None);
                Err(SqlError::new(kind, text.len()..text.len()))
            }
        }
    }
}

/// `type`
pub(in crate::sql) fn data_type(input: &str) -> Parsed<'_, DataType> {
    let (rest, found) = plain_type(input)?;
    let is_array = rest.starts_with('[') || keyword("ARRAY")(rest).is_ok();
    if is_array {
        let length = span_between(input, input, behind_brackets(rest)).len();
        return fail_at(input, length, TypeError::Array);
    }
    Ok((rest, found))
}

/// The text behind `ARRAY` and any number of `[…]`.
fn behind_brackets(input: &str) -> &str {
    let mut rest = keyword("ARRAY")(input).map_or(input, |(rest, ())| rest);
    while let Some(end) = rest.starts_with('[').then(|| rest.find(']')).flatten() {
        rest = rest[end + 1..].trim_start();
    }
    rest
}

fn plain_type(input: &str) -> Parsed<'_, DataType> {
    let Some((spec, spelling, rest)) = longest_spelling(input)? else {
        return no_type(input);
    };
    match spec.form {
        Form::Plain(_) if rest.starts_with('(') => {
            let length = rest.find(')').map_or(1, |end| end + 1);
            fail_at(rest, length, TypeError::NoParameters { name: spec.name })
        }
        Form::Plain(found) => Ok((rest, found)),
        Form::Length { make, what, default, maximum, takes_max } => {
            let range = NumberRange {
                expected: if takes_max { "a length, or MAX" } else { "a length" },
                what,
                minimum: 1,
                maximum,
                most: format!("{}({maximum})", spec.name),
            };
            let (rest, length) = length(range, takes_max, rest)?;
            Ok((rest, make(length.unwrap_or(default))))
        }
        Form::Decimal => decimal(rest),
        Form::Float => float(rest),
        Form::Moment { plain, with_zone } => moment(spec.name, plain, with_zone, rest),
        Form::Interval => interval(spelling, rest),
    }
}

/// A type, its name or alias as it is used, and the text behind that.
type Spelled<'a> = (&'static TypeSpec, &'static str, &'a str);

/// The type with the longest name or alias here.
fn longest_spelling(
    input: &str,
) -> Result<Option<Spelled<'_>>, nom::Err<crate::sql::lexical::ParseError<'_>>> {
    let mut longest: Option<Spelled<'_>> = None;
    for spec in TYPES {
        for spelling in std::iter::once(&spec.name).chain(spec.aliases) {
            if let Some(rest) = behind_words(spelling, input)?
                && longest.is_none_or(|(_, _, other)| rest.len() < other.len())
            {
                longest = Some((spec, spelling, rest));
            }
        }
    }
    Ok(longest)
}

/// The text behind the words; None if the text begins with others.
fn behind_words<'a>(
    words: &'static str,
    input: &'a str,
) -> Result<Option<&'a str>, nom::Err<crate::sql::lexical::ParseError<'a>>> {
    let mut rest = input;
    for word in words.split(' ') {
        match keyword(word)(rest) {
            Ok((after, ())) => rest = after,
            Err(nom::Err::Error(_)) => return Ok(None),
            Err(other) => return Err(other),
        }
    }
    Ok(Some(rest))
}

/// The error of a word that is not a type.
fn no_type(input: &str) -> Parsed<'_, DataType> {
    let word = &input[..word_length(input)];
    if let Some((name, instead)) = lacking(word) {
        return fail(input, TypeError::Lacking { name, instead });
    }
    let is_attribute = ["ENCODE", "DISTKEY", "SORTKEY"]
        .iter()
        .any(|attribute| word.eq_ignore_ascii_case(attribute));
    if word.is_empty() || is_reserved(word) || is_attribute {
        return wanted(input, "a type");
    }
    let names = TYPES.iter().flat_map(|spec| std::iter::once(&spec.name).chain(spec.aliases));
    let error = TypeError::Unknown {
        word: word.to_owned(),
        nearest: nearest(word, names.copied()),
        known: TYPES.iter().map(|spec| spec.name).collect(),
    };
    fail(input, error)
}

/// A number in parentheses: its range and its names in errors.
struct NumberRange {
    /// After "expected".
    expected: &'static str,
    /// Before "is out of range".
    what: &'static str,
    minimum: u32,
    maximum: u32,
    /// The type with the largest number.
    most: String,
}

fn number(range: NumberRange, input: &str) -> Parsed<'_, u32> {
    let (rest, digits) = expect(range.expected, integer)(input)?;
    match digits.parse::<u32>() {
        Ok(number) if (range.minimum..=range.maximum).contains(&number) => Ok((rest, number)),
        Ok(_) | Err(_) => {
            let NumberRange { what, minimum, maximum, most, .. } = range;
            let error = TypeError::OutOfRange { what, minimum, maximum, most };
            fail_at(input, digits.len(), error)
        }
    }
}

/// The parsed inside of parentheses; None without parentheses.
fn in_parentheses<'a, O>(
    inside: impl FnOnce(&'a str) -> Parsed<'a, O>,
    input: &'a str,
) -> Parsed<'a, Option<O>> {
    let (rest, opened) = opt(symbol('(', "(")).parse(input)?;
    if opened.is_none() {
        return Ok((rest, None));
    }
    let (rest, found) = inside(rest)?;
    let (rest, ()) = expect(")", symbol(')', ")"))(rest)?;
    Ok((rest, Some(found)))
}

fn length(range: NumberRange, takes_max: bool, input: &str) -> Parsed<'_, Option<u32>> {
    let maximum = range.maximum;
    let inside = |input| match keyword("MAX")(input) {
        Ok((rest, ())) if takes_max => Ok((rest, maximum)),
        Ok(_) | Err(_) => number(range, input),
    };
    in_parentheses(inside, input)
}

fn decimal(input: &str) -> Parsed<'_, DataType> {
    let (rest, parameters) = in_parentheses(precision_and_scale, input)?;
    let (precision, scale) = parameters.unwrap_or((DEFAULT_PRECISION, 0));
    Ok((rest, DataType::Decimal { precision, scale }))
}

fn precision_and_scale(input: &str) -> Parsed<'_, (u32, u32)> {
    let range = NumberRange {
        expected: "an integer",
        what: "the precision of DECIMAL",
        minimum: 1,
        maximum: MAX_PRECISION,
        most: format!("DECIMAL({MAX_PRECISION}, 0)"),
    };
    let (rest, precision) = number(range, input)?;
    let (rest, comma) = opt(symbol(',', ",")).parse(rest)?;
    let (rest, scale) = match comma {
        Some(()) => scale(precision, rest)?,
        None => (rest, 0),
    };
    Ok((rest, (precision, scale)))
}

fn scale(precision: u32, input: &str) -> Parsed<'_, u32> {
    let maximum = precision.min(MAX_SCALE);
    let range = NumberRange {
        expected: "an integer",
        what: "the scale of DECIMAL",
        minimum: 0,
        maximum,
        most: format!("DECIMAL({precision}, {maximum})"),
    };
    number(range, input)
}

fn float(input: &str) -> Parsed<'_, DataType> {
    let range = NumberRange {
        expected: "an integer",
        what: "the precision of FLOAT",
        minimum: 1,
        maximum: MAX_FLOAT_BITS,
        most: format!("FLOAT({MAX_FLOAT_BITS})"),
    };
    let (rest, bits) = in_parentheses(|input| number(range, input), input)?;
    let found = match bits {
        Some(bits) if bits <= MAX_REAL_BITS => DataType::Real,
        _ => DataType::DoublePrecision,
    };
    Ok((rest, found))
}

fn moment<'a>(
    name: &'static str,
    plain: DataType,
    with_zone: DataType,
    input: &'a str,
) -> Parsed<'a, DataType> {
    let (rest, _) = fraction_digits(format!("{name}({MAX_FRACTION_DIGITS})"), input)?;
    if let Ok((rest, ())) = keywords(&["WITH", "TIME", "ZONE"])(rest) {
        return Ok((rest, with_zone));
    }
    let (rest, _) = opt(keywords(&["WITHOUT", "TIME", "ZONE"])).parse(rest)?;
    Ok((rest, plain))
}

fn interval<'a>(spelling: &'static str, input: &'a str) -> Parsed<'a, DataType> {
    let fields = spelling.strip_prefix("INTERVAL ").unwrap_or(spelling);
    if !fields.ends_with("SECOND") {
        return Ok((input, DataType::Interval { fields, digits: DEFAULT_FRACTION_DIGITS }));
    }
    let (rest, digits) = fraction_digits(format!("{spelling}({MAX_FRACTION_DIGITS})"), input)?;
    let digits = digits.unwrap_or(DEFAULT_FRACTION_DIGITS);
    Ok((rest, DataType::Interval { fields, digits }))
}

/// An optional number of fractional digits of the seconds; `most` is the type with the most.
fn fraction_digits(most: String, input: &str) -> Parsed<'_, Option<u32>> {
    let range = NumberRange {
        expected: "an integer",
        what: "the precision of the seconds",
        minimum: 0,
        maximum: MAX_FRACTION_DIGITS,
        most,
    };
    in_parentheses(|input| number(range, input), input)
}
