//! The columns of the target that a job writes.

use std::collections::HashSet;
use std::fmt;

use nom::Parser;
use nom::combinator::opt;
use nom::multi::separated_list1;
use nom::sequence::preceded;

use super::failure;
use crate::name::Name;
use crate::sql::error::{JobError, MergeError, SqlError};
use crate::sql::lexical::{ParseError, Parsed, expect, fail_at, keyword, symbol};
use crate::sql::literal::CommaSeparated;
use crate::sql::name::{Spanned, expect_name, names};

/// The mapping from the query's columns to those of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnMapping {
    /// All columns, by position.
    InOrder,
    /// By name, without the query's columns in `except`.
    ByName {
        /// The columns that are left out.
        except: Vec<Name>,
    },
    /// These columns, by position.
    Listed(Vec<Name>),
}

/// Prints the columns, with a space before them.
impl fmt::Display for ColumnMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InOrder => Ok(()),
            Self::ByName { except } if except.is_empty() => f.write_str(" MAP_COLUMNS_BY_NAME"),
            Self::ByName { except } => {
                write!(
                    f,
                    " MAP_COLUMNS_BY_NAME EXCEPT {}",
                    CommaSeparated(except.iter().map(Name::sql))
                )
            }
            Self::Listed(columns) => {
                write!(f, " ({})", CommaSeparated(columns.iter().map(Name::sql)))
            }
        }
    }
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
    let columns = separated_list1(symbol(',', ","), |input| excepted(source, alias, input));
    let (rest, except) = opt(preceded(keyword("EXCEPT"), columns)).parse(rest)?;
    let except = distinct(source, except.unwrap_or_default())?;
    Ok((rest, ColumnMapping::ByName { except }))
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
            qualifier: first.value.shown(),
            known: alias.shown(),
        };
        return fail_at(input, first.span.len(), kind);
    }
    expect_name(source, rest)
}

/// ```ebnf
/// listed = "(", name, { ",", name }, ")" ;
/// ```
pub(super) fn listed<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Vec<Name>> {
    let (rest, ()) = symbol('(', "(")(input)?;
    let (rest, found) = names::<Name>(source, rest)?;
    let (rest, ()) = expect(", or )", symbol(')', ")"))(rest)?;
    Ok((rest, distinct(source, found)?))
}

/// The names of the columns; a second one of the same name is an error.
fn distinct(
    source: &str,
    columns: Vec<Spanned<Name>>,
) -> Result<Vec<Name>, nom::Err<ParseError<'_>>> {
    let mut known = HashSet::new();
    match columns.iter().find(|column| !known.insert(&column.value)) {
        Some(Spanned { value, span }) => {
            let error = JobError::DuplicateColumn(value.clone());
            Err(failure(source, SqlError::new(error, span.clone())))
        }
        None => Ok(columns.into_iter().map(|column| column.value).collect()),
    }
}
