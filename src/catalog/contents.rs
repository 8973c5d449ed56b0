//! The whole catalog in one snapshot, for EXPORT CATALOG and for plan and apply.

use super::sqlite_error::{Attempt, translate};
use super::{CatalogError, Db, StoredConnection, StoredJob, StoredTable};
use crate::name::ConnectionName;

/// The objects in the catalog, each kind in the order of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The connections.
    pub connections: Vec<StoredConnection>,
    /// The tables.
    pub tables: Vec<StoredTable>,
    /// The jobs.
    pub jobs: Vec<StoredJob>,
}

impl Contents {
    /// The connection with this name.
    pub fn connection(&self, name: &ConnectionName) -> Option<&StoredConnection> {
        let by_name = |found: &StoredConnection| found.definition.name.cmp(name);
        let index = self.connections.binary_search_by(by_name).ok()?;
        self.connections.get(index)
    }
}

impl Db {
    /// Everything in the catalog, read in one transaction.
    pub fn contents(&self) -> Result<Contents, CatalogError> {
        if self.is_in_transaction() {
            return self.read_contents();
        }
        let translated = translate(&self.path, Attempt::Open);
        let transaction = self.sqlite.unchecked_transaction().map_err(&translated)?;
        let contents = self.read_contents()?;
        transaction.finish().map_err(&translated)?;
        Ok(contents)
    }

    fn read_contents(&self) -> Result<Contents, CatalogError> {
        let mut contents = Contents {
            connections: self.all_connections()?,
            tables: self.all_tables()?,
            jobs: self.all_jobs()?,
        };
        contents
            .jobs
            .sort_by(|one, other| one.definition.name.cmp(&other.definition.name));
        Ok(contents)
    }
}
