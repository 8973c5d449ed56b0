//! Clauses of CREATE TABLE that the catalog does not keep.

use crate::sql::error::TableError;
use crate::sql::lexical::{Parsed, fail, keyword, keywords};
use crate::sql::token::{TokenKind, tokens};

/// The first words of a clause, its name and the hint.
type Beginnings = &'static [(&'static [&'static str], &'static str, &'static str)];

const NOT_IN_REDSHIFT: &str = "leave it out: Redshift does not have it";
const NO_TEMPORARY: &str = "write CREATE TABLE: a definition here outlives the session";

/// Attributes and constraints of a column.
pub(super) const OF_COLUMN: Beginnings = &[
    (&["CHECK"], "CHECK", NOT_IN_REDSHIFT),
    (&["GENERATED", "ALWAYS"], "GENERATED ALWAYS", "write IDENTITY(1, 1)"),
];

/// Constraints among the columns.
pub(super) const AMONG_COLUMNS: Beginnings = &[
    (&["CHECK"], "CHECK", NOT_IN_REDSHIFT),
    (&["EXCLUDE", "USING"], "EXCLUDE", NOT_IN_REDSHIFT),
];

/// Clauses behind REFERENCES.
pub(super) const OF_REFERENCE: Beginnings = &[
    (&["ON", "DELETE"], "ON DELETE", NOT_IN_REDSHIFT),
    (&["ON", "UPDATE"], "ON UPDATE", NOT_IN_REDSHIFT),
    (&["MATCH"], "MATCH", NOT_IN_REDSHIFT),
    (&["DEFERRABLE"], "DEFERRABLE", NOT_IN_REDSHIFT),
    (&["NOT", "DEFERRABLE"], "NOT DEFERRABLE", NOT_IN_REDSHIFT),
    (&["INITIALLY"], "INITIALLY", NOT_IN_REDSHIFT),
];

/// Clauses behind the columns.
pub(super) const OF_TABLE: Beginnings = &[
    (&["WITH"], "WITH", NOT_IN_REDSHIFT),
    (&["TABLESPACE"], "TABLESPACE", NOT_IN_REDSHIFT),
    (&["PARTITION", "BY"], "PARTITION BY", NOT_IN_REDSHIFT),
    (&["INHERITS"], "INHERITS", NOT_IN_REDSHIFT),
    (&["ON", "COMMIT"], "ON COMMIT", NOT_IN_REDSHIFT),
];

/// The first words of the clauses that Redshift has behind the columns.
pub(super) const TABLE_CLAUSES: [&str; 7] =
    ["BACKUP", "DISTSTYLE", "DISTKEY", "SORTKEY", "COMPOUND", "INTERLEAVED", "ENCODE"];

/// Words between CREATE and TABLE.
const BEFORE_TABLE: Beginnings = &[
    (&["TEMP"], "a temporary table", NO_TEMPORARY),
    (&["TEMPORARY"], "a temporary table", NO_TEMPORARY),
    (&["LOCAL"], "a temporary table", NO_TEMPORARY),
    (&["GLOBAL"], "a temporary table", NO_TEMPORARY),
    (&["UNLOGGED", "TABLE"], "UNLOGGED", NOT_IN_REDSHIFT),
    (
        &["EXTERNAL", "TABLE"],
        "an external table",
        "only tables in the warehouse itself are kept here",
    ),
    (
        &["OR", "REPLACE", "TABLE"],
        "OR REPLACE of a table",
        "write IF NOT EXISTS, or DROP TABLE first",
    ),
];

/// Refuses `#name`, which is a temporary table; `result` is that of reading the name.
pub(super) fn refuse_hash<T>(result: Parsed<'_, T>) -> Parsed<'_, T> {
    match result {
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) if error.rest.starts_with('#') => {
            let hint = "write a name without #: a definition here outlives the session";
            not_kept(error.rest, "a temporary table", hint)
        }
        result => result,
    }
}

/// Refuses a clause that begins like one of these.
pub(super) fn refuse(beginnings: Beginnings, input: &str) -> Parsed<'_, ()> {
    match beginnings.iter().find(|(words, ..)| keywords(words)(input).is_ok()) {
        Some((_, what, hint)) => not_kept(input, what, hint),
        None => Ok((input, ())),
    }
}

fn not_kept<'a, T>(input: &'a str, what: &'static str, hint: &'static str) -> Parsed<'a, T> {
    fail(input, TableError::NotKept { what, hint })
}

/// Refuses CREATE TABLE AS.
pub(super) fn refuse_table_as<T>(input: &str) -> Parsed<'_, T> {
    not_kept(
        input,
        "CREATE TABLE AS",
        "list the columns with their types; () leaves them to the job that first writes the table",
    )
}

/// True for the rest of a CREATE TABLE AS: `AS`, `(name, …)` or a clause of the table stands where
/// the columns belong.
pub(super) fn is_create_table_as(input: &str) -> bool {
    if keyword("AS")(input).is_ok() || TABLE_CLAUSES.iter().any(|word| keyword(word)(input).is_ok())
    {
        return true;
    }
    let mut tokens = tokens(input).filter(|token| token.kind != TokenKind::Comment);
    if !tokens.next().is_some_and(|token| token.is_symbol('(')) {
        return false;
    }
    while tokens.next().is_some_and(|token| token.is_name()) {
        match tokens.next() {
            Some(next) if next.is_symbol(',') => {}
            Some(next) if next.is_symbol(')') => {
                return tokens.any(|token| token.is_word(input, "AS"));
            }
            Some(_) | None => return false,
        }
    }
    false
}

/// Refuses `CREATE TEMPORARY TABLE` and the like; `input` begins behind CREATE.
pub(in crate::sql) fn refuse_temporary(input: &str) -> Parsed<'_, ()> {
    let mut words = input.split_whitespace().take(3);
    if words.any(|word| keyword("TABLE")(word).is_ok()) {
        refuse(BEFORE_TABLE, input)
    } else {
        Ok((input, ()))
    }
}
