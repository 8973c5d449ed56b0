//! What Redshift's CREATE TABLE has (AWS documentation, "CREATE TABLE") and a definition here does not keep.

use super::TableFault;
use crate::sql::error::SqlErrorKind;
use crate::sql::lexical::{Parsed, fail, keyword, keywords};

/// The words with which something begins, and what it is called.
type Beginnings = &'static [(&'static [&'static str], &'static str)];

/// Attributes and constraints of a column.
pub(super) const OF_COLUMN: Beginnings = &[
    (&["DEFAULT"], "DEFAULT"),
    (&["IDENTITY"], "IDENTITY"),
    (&["GENERATED"], "GENERATED"),
    (&["UNIQUE"], "UNIQUE"),
    (&["REFERENCES"], "REFERENCES"),
    (&["COLLATE"], "COLLATE"),
    (&["CHECK"], "CHECK"),
    (&["CONSTRAINT"], "the name of a constraint"),
];

/// What may stand among the columns.
pub(super) const AMONG_COLUMNS: Beginnings = &[
    (&["UNIQUE"], "UNIQUE"),
    (&["FOREIGN", "KEY"], "FOREIGN KEY"),
    (&["CHECK"], "CHECK"),
    (&["CONSTRAINT"], "the name of a constraint"),
    (&["LIKE"], "LIKE"),
];

/// What may stand behind the columns, or in their place.
pub(super) const OF_TABLE: Beginnings = &[
    (&["AS"], "CREATE TABLE AS"),
    (&["BACKUP"], "BACKUP"),
    (&["ENCODE"], "ENCODE of a table"),
    (&["SORTKEY", "AUTO"], "SORTKEY AUTO"),
];

/// What may stand between CREATE and TABLE.
const BEFORE_TABLE: Beginnings = &[
    (&["TEMP"], "a temporary table"),
    (&["TEMPORARY"], "a temporary table"),
    (&["LOCAL"], "a temporary table"),
    (&["EXTERNAL", "TABLE"], "an external table"),
];

/// The error of what begins like one of these.
pub(super) fn refuse(beginnings: Beginnings, input: &str) -> Parsed<'_, ()> {
    match beginnings.iter().find(|(words, _)| keywords(words)(input).is_ok()) {
        Some((_, what)) => fail(input, SqlErrorKind::Table(TableFault::NotKept { what })),
        None => Ok((input, ())),
    }
}

/// The error of `CREATE TEMPORARY TABLE` and the like; `input` begins behind CREATE.
pub(in crate::sql) fn refuse_temporary(input: &str) -> Parsed<'_, ()> {
    let is_table = {
        let words = input.split_whitespace().take(3);
        words.into_iter().any(|word| keyword("TABLE")(word).is_ok())
    };
    if is_table {
        refuse(BEFORE_TABLE, input)
    } else {
        Ok((input, ()))
    }
}
