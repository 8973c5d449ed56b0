//! Running SQL of redwire's own: each text is compiled once and kept.

use rusqlite::{OptionalExtension, Params, Row};

use super::sqlite_error::{Attempt, translate};
use super::{CatalogError, Db};

impl Db {
    /// Changes rows.
    pub(super) fn change(&self, sql: &str, parameters: impl Params) -> Result<(), CatalogError> {
        let translated = translate(&self.path, Attempt::Change);
        let mut statement = self.sqlite.prepare_cached(sql).map_err(&translated)?;
        statement.execute(parameters).map_err(&translated)?;
        Ok(())
    }

    /// Every row of a query.
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

    /// The identity that a query finds, if any.
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
