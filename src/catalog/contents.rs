//! Everything that is in the catalog, as of one moment: for a script that rebuilds it, and for what
//! a file describes.

use super::sqlite_error::{Attempt, translate};
use super::{CatalogError, Db, StoredConnection, StoredJob, StoredTable};

/// What the catalog has, each kind by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The connections.
    pub connections: Vec<StoredConnection>,
    /// The tables.
    pub tables: Vec<StoredTable>,
    /// The jobs.
    pub jobs: Vec<StoredJob>,
}

impl Db {
    /// Everything that the catalog has; no change of another process falls in between.
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
            .tables
            .sort_by(|one, other| one.definition.name.cmp(&other.definition.name));
        contents
            .jobs
            .sort_by(|one, other| one.definition.name.cmp(&other.definition.name));
        Ok(contents)
    }
}
