//! Copying a catalog's pages into memory.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;

use super::CatalogError;
use super::sqlite_error::{Attempt, BUSY_TIMEOUT, translate};

/// Copies the pages of an open catalog into memory.
pub(super) fn copy_pages(sqlite: &Connection, path: &Path) -> Result<Connection, CatalogError> {
    let translated = translate(path, Attempt::Open);
    // Closing the catalog must not checkpoint its log.
    sqlite
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .map_err(&translated)?;
    let mut copy = Connection::open_in_memory().map_err(&translated)?;
    let backup = Backup::new(sqlite, &mut copy).map_err(&translated)?;
    let result = backup.step(-1).map_err(&translated)?;
    drop(backup);
    match result {
        StepResult::Done => Ok(copy),
        // SQLite has waited already.
        _ => Err(CatalogError::Busy {
            path: path.to_owned(),
            seconds: BUSY_TIMEOUT.as_secs(),
        }),
    }
}
