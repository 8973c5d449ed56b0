//! Clauses of Redshift's CREATE TABLE (AWS documentation, "CREATE TABLE") that the catalog does not
//! keep.

use crate::sql::error::{SqlErrorKind, TableError};
use crate::sql::lexical::{Parsed, fail, keyword, keywords};

/// The first words of a clause, its name and the hint.
type Beginnings = &'static [(&'static [&'static str], &'static str, &'static str)];

const LEAVE_OUT: &str = "leave it out: the table in the warehouse may have it all the same";
const AS_BY_DEFAULT: &str = "leave it out: the warehouse does so by itself";
const LIST_COLUMNS: &str =
    "list the columns; () leaves them to the job that first writes the table";
const NO_TEMPORARY: &str = "write CREATE TABLE: a definition here outlives the session";

/// Attributes and constraints of a column.
pub(super) const OF_COLUMN: Beginnings = &[
    (&["DEFAULT"], "DEFAULT", LEAVE_OUT),
    (&["IDENTITY"], "IDENTITY", LEAVE_OUT),
    (&["GENERATED"], "GENERATED", LEAVE_OUT),
    (&["UNIQUE"], "UNIQUE", LEAVE_OUT),
    (&["REFERENCES"], "REFERENCES", LEAVE_OUT),
    (&["COLLATE"], "COLLATE", LEAVE_OUT),
    (&["CHECK"], "CHECK", LEAVE_OUT),
    (&["CONSTRAINT"], "the name of a constraint", LEAVE_OUT),
];

/// Constraints among the columns.
pub(super) const AMONG_COLUMNS: Beginnings = &[
    (&["UNIQUE"], "UNIQUE", LEAVE_OUT),
    (&["FOREIGN", "KEY"], "FOREIGN KEY", LEAVE_OUT),
    (&["CHECK"], "CHECK", LEAVE_OUT),
    (&["CONSTRAINT"], "the name of a constraint", LEAVE_OUT),
    (&["LIKE"], "LIKE", LIST_COLUMNS),
];

/// Clauses behind the columns, or in their place.
pub(super) const OF_TABLE: Beginnings = &[
    (&["AS"], "CREATE TABLE AS", LIST_COLUMNS),
    (&["BACKUP"], "BACKUP", LEAVE_OUT),
    (&["ENCODE"], "ENCODE of a table", AS_BY_DEFAULT),
    (&["SORTKEY", "AUTO"], "SORTKEY AUTO", AS_BY_DEFAULT),
];

/// Words between CREATE and TABLE.
const BEFORE_TABLE: Beginnings = &[
    (&["TEMP"], "a temporary table", NO_TEMPORARY),
    (&["TEMPORARY"], "a temporary table", NO_TEMPORARY),
    (&["LOCAL"], "a temporary table", NO_TEMPORARY),
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

/// Refuses a clause that begins like one of these.
pub(super) fn refuse(beginnings: Beginnings, input: &str) -> Parsed<'_, ()> {
    match beginnings.iter().find(|(words, ..)| keywords(words)(input).is_ok()) {
        Some((_, what, hint)) => {
            fail(input, SqlErrorKind::Table(TableError::NotKept { what, hint }))
        }
        None => Ok((input, ())),
    }
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
