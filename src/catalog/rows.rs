//! Runs SQL of redwire's own with cached prepared statements.

use rusqlite::{OptionalExtension, Params, Row};

use super::sqlite_error::{Attempt, translate};
use super::{CatalogError, Db};

impl Db {
    /// Executes a statement that changes rows.
    pub(super) fn change(&self, sql: &str, parameters: impl Params) -> Result<(), CatalogError> {
        let translated = translate(&self.path, Attempt::Change);
        let mut statement = self.sqlite.prepare_cached(sql).map_err(&translated)?;
        statement.execute(parameters).map_err(&translated)?;
        Ok(())
    }

    /// All rows of a query.
    pub(super) fn collect<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        let mut statement = self.sqlite.prepare_cached(sql).map_err(&translated)?;
        statement
            .query_map(parameters, read)
            .and_then(Iterator::collect)
            .map_err(&translated)
    }

    /// The id in the first row of a query.
    pub(super) fn find_id(
        &self,
        sql: &str,
        parameters: impl Params,
    ) -> Result<Option<i64>, CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        let mut statement = self.sqlite.prepare_cached(sql).map_err(&translated)?;
        statement
            .query_row(parameters, |row| row.get(0))
            .optional()
            .map_err(&translated)
    }
}
