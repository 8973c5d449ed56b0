//! A copy of the catalog in memory, for a dry run: every statement works on it, and nothing is
//! kept.
//!
//! The file is opened read only. Its write-ahead log stays as it is, even if this process is the
//! last one to close it.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::open::{open_with, version_of};
use super::pages::copy_pages;
use super::sqlite_error::{Attempt, BUSY_TIMEOUT, translate};
use super::{CatalogError, Db, Location};
use crate::access;

impl Db {
    /// Copies the catalog into memory and upgrades the copy to the version of this program. A
    /// missing catalog gives an empty copy. A change to the copy fails if the catalog itself cannot
    /// be changed.
    pub fn copy_of(location: &Location, new_id: &str) -> Result<Self, CatalogError> {
        match location {
            Location::Memory => Self::in_memory(new_id),
            Location::File(path) if location.has_catalog() => {
                let (sqlite, refusal) = copy_file(path)?;
                let mut copy = Self::prepare(sqlite, path.clone(), new_id)?;
                tracing::debug!("copied the catalog {} to memory", path.display());
                copy.refusal = refusal;
                Ok(copy)
            }
            Location::File(path) => {
                let mut copy = Self::in_memory(new_id)?;
                let refused = access::may_write_with_folders(path).err();
                copy.refusal = refused.map(|error| CatalogError::CannotOpen {
                    path: path.clone(),
                    cause: error.to_string(),
                });
                Ok(copy)
            }
        }
    }
}

/// Copies the file's pages into memory; also returns the error that a change to the file would
/// give.
fn copy_file(path: &Path) -> Result<(Connection, Option<CatalogError>), CatalogError> {
    let (copy, is_frozen) = open_with(path, OpenFlags::SQLITE_OPEN_READ_ONLY, |mut sqlite| {
        sqlite.busy_timeout(BUSY_TIMEOUT).map_err(translate(path, Attempt::Open))?;
        version_of(&mut sqlite, path)?;
        copy_pages(&sqlite, path)
    })?;
    let is_read_only = is_frozen || opens_read_only(path)?;
    Ok((copy, is_read_only.then(|| CatalogError::ReadOnly(path.to_owned()))))
}

/// True if SQLite gets no more than the right to read the file. Reads nothing from it.
fn opens_read_only(path: &Path) -> Result<bool, CatalogError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let name = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    Connection::open_with_flags(name, flags)
        .and_then(|sqlite| sqlite.is_readonly("main"))
        .map_err(translate(path, Attempt::Open))
}
