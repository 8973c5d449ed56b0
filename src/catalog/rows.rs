//! Runs SQL of redwire's own with cached prepared statements.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Params, Row};

use super::sqlite_error::{Attempt, translate};
use super::{CatalogError, Db};
use crate::value::Value;

impl Db {
    /// Runs the work on SQLite and translates its error.
    pub(super) fn attempt<T>(
        &self,
        attempt: Attempt,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, CatalogError> {
        work(&self.sqlite).map_err(translate(&self.path, attempt))
    }

    /// Executes a statement that changes rows.
    pub(super) fn change(&self, sql: &str, parameters: impl Params) -> Result<(), CatalogError> {
        self.attempt(Attempt::Change, |sqlite| {
            sqlite.prepare_cached(sql)?.execute(parameters).map(drop)
        })
    }

    /// Executes a statement that writes one row: the one with this id, or a new one. Returns its
    /// id.
    pub(super) fn save(
        &self,
        id: Option<i64>,
        sql: &str,
        parameters: impl Params,
    ) -> Result<i64, CatalogError> {
        self.change(sql, parameters)?;
        Ok(id.unwrap_or_else(|| self.sqlite.last_insert_rowid()))
    }

    /// All rows of a query.
    pub(super) fn collect<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, CatalogError> {
        self.attempt(Attempt::Open, |sqlite| {
            sqlite.prepare_cached(sql)?.query_map(parameters, read)?.collect()
        })
    }

    /// The first row of a query.
    pub(super) fn first<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, CatalogError> {
        self.attempt(Attempt::Open, |sqlite| {
            sqlite.prepare_cached(sql)?.query_row(parameters, read).optional()
        })
    }
}

/// A cell of a row.
pub(super) fn value(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => String::from_utf8_lossy(text).as_ref().into(),
        ValueRef::Blob(bytes) => hexadecimal(bytes).into(),
    }
}

/// Bytes in the format of PostgreSQL's bytea: `\x` and hexadecimal digits.
fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("\\x");
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
