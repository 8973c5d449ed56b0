//! Names in statements.
//!
//! ```ebnf
//! name       = bare name (* no reserved word *) | quoted name ;
//! names      = name, { ",", name } ;
//! table name = name (* of a connection *), ".", name (* of a schema *), ".", name ;
//! ```

use std::fmt;
use std::ops::Range;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::map;
use nom::multi::separated_list1;

use super::error::SqlErrorKind;
use super::lexical::{
    ParseError, Parsed, Reason, expect, fail, quoted_name, span_between, symbol, word,
};
use super::token::tokens;
use crate::name::{ConnectionName, JobName, Name, NameError, Object, TableName, is_reserved};

/// A value and its place in the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// The bytes of the statement.
    pub span: Range<usize>,
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// Reads a name of some kind.
pub(super) trait Named: Sized {
    /// The kind of object in messages.
    const WHAT: &'static str;
    /// The new name in messages.
    const NEW: &'static str;

    /// The name, without its place.
    fn read(input: &str) -> Parsed<'_, Self>;
}

impl Named for ConnectionName {
    const WHAT: &'static str = "the name of a connection";
    const NEW: &'static str = "the new name of the connection";

    fn read(input: &str) -> Parsed<'_, Self> {
        checked(Self::WHAT, Self::new, input)
    }
}

impl Named for JobName {
    const WHAT: &'static str = "the name of a job";
    const NEW: &'static str = "the new name of the job";

    fn read(input: &str) -> Parsed<'_, Self> {
        checked(Self::WHAT, Self::new, input)
    }
}

/// The name of a column, or a part of another name.
impl Named for Name {
    const WHAT: &'static str = "a name";
    const NEW: &'static str = "the new name of the table, without connection and schema";

    fn read(input: &str) -> Parsed<'_, Self> {
        checked(Self::WHAT, Self::new, input)
    }
}

impl Named for TableName {
    const WHAT: &'static str = "the name of a table: connection.schema.table";
    const NEW: &'static str = "the new name of the table";

    fn read(input: &str) -> Parsed<'_, Self> {
        let (rest, connection) = checked(Self::WHAT, ConnectionName::new, input)?;
        let (rest, schema) = part_of_table(rest)?;
        let (rest, table) = part_of_table(rest)?;
        let name = Self { connection, schema, table };
        Ok((rest, name))
    }
}

fn part_of_table(input: &str) -> Parsed<'_, Name> {
    let (rest, ()) =
        expect("a point: a table is named connection.schema.table", symbol('.', "."))(input)?;
    expect("a name: a table is named connection.schema.table", Name::read)(rest)
}

/// One name with its place.
pub(super) fn name<'a, T: Named>(source: &str, input: &'a str) -> Parsed<'a, Spanned<T>> {
    let (rest, value) = T::read(input)?;
    let span = span_between(source, input, rest);
    Ok((rest, Spanned { value, span }))
}

/// One name with its place; nothing else is allowed.
pub(super) fn expect_name<'a, T: Named>(source: &str, input: &'a str) -> Parsed<'a, Spanned<T>> {
    expect(T::WHAT, |input| name(source, input))(input)
}

/// The bytes of the first part of a name that has points.
pub(super) fn first_part(source: &str, span: &Range<usize>) -> Range<usize> {
    let end = tokens(&source[span.clone()]).next().map_or(0, |token| token.span.end);
    span.start..span.start + end
}

/// The name of a connection, or with three parts that of a table, and nothing else.
pub(super) fn connection_or_table<'a>(source: &str, input: &'a str) -> Parsed<'a, Spanned<Object>> {
    let (rest, first) =
        expect("the name of a connection or of a table", ConnectionName::read)(input)?;
    if !rest.starts_with('.') {
        let span = span_between(source, input, rest);
        let value = Object::Connection(first);
        return Ok((rest, Spanned { value, span }));
    }
    let (rest, Spanned { value, span }) = expect_name::<TableName>(source, input)?;
    let value = Object::Table(value);
    Ok((rest, Spanned { value, span }))
}

/// `names`
pub(super) fn names<'a, T: Named>(source: &str, input: &'a str) -> Parsed<'a, Vec<Spanned<T>>> {
    separated_list1(symbol(',', ","), |input| expect_name(source, input)).parse(input)
}

fn checked<'a, T>(
    what: &'static str,
    check: impl FnOnce(&str) -> Result<T, NameError>,
    input: &'a str,
) -> Parsed<'a, T> {
    let (rest, text) = alt((bare, quoted_name)).parse(input).map_err(|error| match error {
        nom::Err::Error(error) => {
            nom::Err::Error(ParseError { reason: Reason::Wanted(what), ..error })
        }
        other => other,
    })?;
    match check(&text) {
        Ok(name) => Ok((rest, name)),
        Err(error) => fail(input, error),
    }
}

fn bare(input: &str) -> Parsed<'_, String> {
    let (rest, text) = map(word, str::to_owned).parse(input)?;
    if is_reserved(&text) {
        return fail(input, SqlErrorKind::ReservedWord(text.to_ascii_lowercase()));
    }
    Ok((rest, text))
}
