//! Runs SQL of redwire's own with cached prepared statements.

use rusqlite::{Connection, OptionalExtension, Params, Row};

use super::sqlite_error::{Attempt, translate};
use super::{CatalogError, Db};

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
