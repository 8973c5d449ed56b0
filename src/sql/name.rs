//! Names as they stand in statements.
//!
//! ```ebnf
//! name  = bare name (* no reserved word *) | quoted name ;
//! names = name, { ",", name } ;
//! ```

use std::ops::Range;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::map;
use nom::multi::separated_list1;

use super::error::SqlErrorKind;
use super::lexical::{Parsed, fail, quoted_name, symbol, word};
use crate::name::{ConnectionName, is_reserved};

/// A value and the bytes of the statement in which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its bytes.
    pub span: Range<usize>,
}

/// A connection's name with the rest at which it began; [`locate`] turns the rest into a place.
pub(super) type Unplaced<'a> = (&'a str, ConnectionName);

/// `name`
pub(super) fn connection_name(input: &str) -> Parsed<'_, Unplaced<'_>> {
    let (rest, text) = alt((bare, quoted_name)).parse(input).map_err(|error| match error {
        nom::Err::Error(fault) => nom::Err::Error(super::lexical::Fault {
            reason: super::lexical::Reason::Wanted("the name of a connection"),
            ..fault
        }),
        other => other,
    })?;
    match ConnectionName::new(&text) {
        Ok(name) => Ok((rest, (input, name))),
        Err(error) => fail(input, SqlErrorKind::Name(error)),
    }
}

/// `names`
pub(super) fn connection_names(input: &str) -> Parsed<'_, Vec<Unplaced<'_>>> {
    separated_list1(
        symbol(',', ","),
        super::lexical::expect("the name of a connection", connection_name),
    )
    .parse(input)
}

fn bare(input: &str) -> Parsed<'_, String> {
    let (rest, text) = map(word, str::to_owned).parse(input)?;
    if is_reserved(&text) {
        return fail(
            input,
            SqlErrorKind::ReservedWord {
                word: text.to_ascii_lowercase(),
            },
        );
    }
    if rest.len() + text.len() == input.len() && rest.starts_with(|c: char| !c.is_ascii()) {
        return fail(
            input,
            SqlErrorKind::Expected {
                expected: "a name of ASCII letters, digits, _ and $, or a quoted one".to_owned(),
                found: "a word with other letters".to_owned(),
                hint: Some("write it in double quotes".to_owned()),
            },
        );
    }
    Ok((rest, text))
}

/// Gives a name its place in the statement.
pub(super) fn locate(source: &str, (start, value): Unplaced<'_>) -> Spanned<ConnectionName> {
    let begin = source.len() - start.len();
    let length = super::token::tokens(start).next().map_or(0, |token| token.span.end);
    Spanned {
        value,
        span: begin..begin + length,
    }
}
