//! The catalog of a run: opened when a statement first reads or changes it, and closed when its
//! file is removed or replaced.

use std::path::PathBuf;

use super::Mode;
use crate::catalog::{Db, Location};
use crate::error::{Error, InternalError};
use crate::secret::{SecretId, StoreKind};

/// The catalog, and a stand-in for one that does not exist.
pub(super) struct CatalogHandle {
    mode: Mode,
    location: Location,
    /// The secret store in use, and the id of this process in the memory store: the catalog needs
    /// both to tell which passwords are stored.
    store: StoreKind,
    process: String,
    db: Option<Db>,
    /// An empty catalog in memory, read while there is no other.
    stand_in: Option<Db>,
}

impl CatalogHandle {
    pub fn new(mode: Mode, location: Location, store: StoreKind, process: String) -> Self {
        Self {
            mode,
            location,
            store,
            process,
            db: None,
            stand_in: None,
        }
    }

    /// The catalog for reading; never creates one. A dry run reads a copy in memory.
    pub fn reader(&mut self) -> Result<&mut Db, Error> {
        self.close_removed();
        if self.db.is_none() {
            if self.stand_in.is_some() && !self.location.has_catalog() {
                return self.stand_in.as_mut().ok_or_else(missing_handle);
            }
            let id = new_catalog_id()?;
            let (db, is_real) = match self.mode {
                Mode::Real => Db::open_to_read(&self.location, &id)?,
                Mode::DryRun => (Db::copy_of(&self.location, &id)?, true),
            };
            let db = self.with_store_in_use(db);
            let place = if is_real { &mut self.db } else { &mut self.stand_in };
            return Ok(place.insert(db));
        }
        self.db.as_mut().ok_or_else(missing_handle)
    }

    /// The catalog for changes, created if it does not exist. A new one gets the id of its
    /// stand-in, since the secret store may already be open under that id.
    pub fn writer(&mut self) -> Result<&Db, Error> {
        if self.mode == Mode::DryRun {
            return self.reader().map(|copy| &*copy);
        }
        self.close_removed();
        if self.db.is_none() {
            let stand_in = self.stand_in.take();
            let id = stand_in.map_or_else(new_catalog_id, |db| Ok(db.catalog_id().to_owned()))?;
            let db = Db::open_or_create(&self.location, &id)?;
            self.db = Some(self.with_store_in_use(db));
        }
        self.db.as_ref().ok_or_else(missing_handle)
    }

    /// The catalog if its transaction has begun: nothing read from it can change before the next
    /// step.
    pub fn in_transaction(&self) -> Option<&Db> {
        self.db.as_ref().filter(|db| db.is_in_transaction())
    }

    /// The catalog's id, under which secret stores keep its passwords.
    pub fn id(&mut self) -> Result<String, Error> {
        Ok(self.reader()?.catalog_id().to_owned())
    }

    /// A path beside the catalog's file; None for a catalog in memory.
    pub fn beside(&self, ending: &str) -> Option<PathBuf> {
        self.location.beside(ending)
    }

    fn with_store_in_use(&self, mut db: Db) -> Db {
        db.set_store_in_use(self.store.word(), &self.process);
        db
    }

    /// Closes a catalog whose file was removed or replaced.
    fn close_removed(&mut self) {
        let is_gone = |db: &Db| !db.is_in_transaction() && !db.is_current();
        if self.db.as_ref().is_some_and(is_gone) {
            self.db = None;
        }
    }
}

fn new_catalog_id() -> Result<String, Error> {
    Ok(SecretId::random()?.as_str().to_owned())
}

/// The handle was just opened, so its absence is a bug in redwire.
fn missing_handle() -> Error {
    Error::new(InternalError("the catalog has no handle"))
}
