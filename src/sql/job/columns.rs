//! The columns of the target that a job writes.

use std::collections::HashSet;
use std::fmt;

use nom::Parser;
use nom::combinator::opt;

use super::failure;
use crate::name::Name;
use crate::sql::error::{JobError, MergeError, SqlError, SqlErrorKind};
use crate::sql::lexical::{ParseError, Parsed, Reason, expect, fail_at, found, keyword, symbol};
use crate::sql::name::{Spanned, expect_name, names};

/// The mapping from the query's columns to those of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ColumnMapping {
    /// All columns, by position.
    InOrder,
    /// By name, without the query's columns in `except`.
    ByName { except: Vec<Name> },
    /// These columns, by position.
    Listed(Vec<Name>),
}

/// Prints the columns, with a space before them.
impl fmt::Display for ColumnMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InOrder => Ok(()),
            Self::ByName { except } => {
                f.write_str(" MAP_COLUMNS_BY_NAME")?;
                if except.is_empty() {
                    return Ok(());
                }
                f.write_str(" EXCEPT ")?;
                write_names(f, except)
            }
            Self::Listed(columns) => {
                f.write_str(" (")?;
                write_names(f, columns)?;
                f.write_str(")")
            }
        }
    }
}

fn write_names(f: &mut fmt::Formatter<'_>, names: &[Name]) -> fmt::Result {
    for (index, name) in names.iter().enumerate() {
        write!(f, "{}{name}", if index == 0 { "" } else { ", " })?;
    }
    Ok(())
}

/// ```ebnf
/// by name = "MAP_COLUMNS_BY_NAME", [ "EXCEPT", column, { ",", column } ] ;
/// column  = [ alias, "." ], name ;
/// ```
/// A column may be qualified with `alias`.
pub(super) fn by_name<'a>(
    source: &'a str,
    alias: Option<&Name>,
    input: &'a str,
) -> Parsed<'a, ColumnMapping> {
    let (rest, ()) = keyword("MAP_COLUMNS_BY_NAME")(input)?;
    let (rest, except) = opt(keyword("EXCEPT")).parse(rest)?;
    if except.is_none() {
        return Ok((rest, ColumnMapping::ByName { except: Vec::new() }));
    }
    let (mut rest, mut except) = (rest, ColumnList::default());
    loop {
        let (after, column) = excepted(source, alias, rest)?;
        add_column(source, &mut except, column)?;
        rest = after;
        match symbol(',', ",")(rest) {
            Ok((after, ())) => rest = after,
            Err(_) => return Ok((rest, ColumnMapping::ByName { except: except.names })),
        }
    }
}

/// `column`
fn excepted<'a>(
    source: &'a str,
    alias: Option<&Name>,
    input: &'a str,
) -> Parsed<'a, Spanned<Name>> {
    let (rest, first) = expect_name::<Name>(source, input)?;
    let Some(alias) = alias else {
        return Ok((rest, first));
    };
    let (rest, point) = opt(symbol('.', ".")).parse(rest)?;
    if point.is_none() {
        return Ok((rest, first));
    }
    if first.value != *alias {
        let kind = MergeError::UnknownAlias {
            qualifier: first.value.to_string(),
            known: alias.to_string(),
        };
        return fail_at(input, first.span.len(), SqlErrorKind::Merge(kind));
    }
    expect_name(source, rest)
}

/// ```ebnf
/// listed = "(", name, { ",", name }, ")" ;
/// ```
pub(super) fn listed<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Vec<Name>> {
    let (rest, ()) = symbol('(', "(")(input)?;
    let (rest, found) = in_parentheses(names::<Name>(source, rest))?;
    let (rest, ()) = in_parentheses(expect(", or )", symbol(')', ")"))(rest))?;
    let mut columns = ColumnList::default();
    for column in found {
        add_column(source, &mut columns, column)?;
    }
    Ok((rest, columns.names))
}

/// Adds the column; a second one of its name is an error.
fn add_column<'a>(
    source: &'a str,
    columns: &mut ColumnList,
    column: Spanned<Name>,
) -> Result<(), nom::Err<ParseError<'a>>> {
    if !columns.known.insert(column.value.clone()) {
        let error = JobError::DuplicateColumn { column: column.value.clone() };
        return Err(failure(source, SqlError::new(SqlErrorKind::Job(error), column.span)));
    }
    columns.names.push(column.value);
    Ok(())
}

/// The columns of a list so far, in order and by name.
#[derive(Default)]
struct ColumnList {
    names: Vec<Name>,
    known: HashSet<Name>,
}

/// Keeps the expected thing of an error, even if there is a closing parenthesis in its place.
pub(super) fn in_parentheses<O>(result: Parsed<'_, O>) -> Parsed<'_, O> {
    result.map_err(|error| match error {
        nom::Err::Error(error) | nom::Err::Failure(error) => nom::Err::Failure(ParseError {
            reason: named(error.reason, error.rest),
            ..error
        }),
        other @ nom::Err::Incomplete(_) => other,
    })
}

fn named<'a>(reason: Reason<'a>, rest: &str) -> Reason<'a> {
    match reason {
        Reason::Wanted(expected) => Reason::Other(Box::new(SqlErrorKind::Expected {
            expected: expected.to_owned(),
            found: found(rest),
            hint: None,
        })),
        other @ (Reason::Other(_) | Reason::Several(_)) => other,
    }
}
