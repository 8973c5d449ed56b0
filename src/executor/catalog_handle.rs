//! The catalog of a run: opened when a statement first reads or changes it, and closed when its
//! file is removed or replaced.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::Mode;
use crate::catalog::{Db, Location};
use crate::error::Error;
use crate::secret::SecretId;

/// The catalog, and a stand-in for one that does not exist.
pub(super) struct CatalogHandle {
    pub mode: Mode,
    location: Location,
    /// The id of this process in the memory store, by which the catalog tells which passwords are
    /// missing.
    process: String,
    /// Stops the statements of the catalog.
    cancel: Arc<AtomicBool>,
    open: Option<OpenCatalog>,
    /// The number of catalogs that were opened.
    opened: u64,
    /// True if the user named the catalog, and does not know yet that it does not exist.
    reports_missing: bool,
}

struct OpenCatalog {
    db: Db,
    /// True for an empty catalog in memory, which is read while there is no other.
    is_stand_in: bool,
}

impl CatalogHandle {
    pub fn new(mode: Mode, location: Location, process: String, cancel: Arc<AtomicBool>) -> Self {
        Self {
            mode,
            location,
            process,
            cancel,
            open: None,
            opened: 0,
            reports_missing: false,
        }
    }

    /// The catalog for reading; never creates one. A dry run reads a copy in memory.
    pub fn reader(&mut self) -> Result<&mut Db, Error> {
        self.close_outdated();
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                let id = new_catalog_id()?;
                let (db, is_real) = match self.mode {
                    Mode::Real => Db::open_to_read(&self.location, &id)?,
                    Mode::DryRun => (Db::copy_of(&self.location, &id)?, true),
                };
                self.opened(db, !is_real)?
            }
        };
        Ok(&mut self.open.insert(open).db)
    }

    /// The catalog for changes, created if it does not exist. A new one gets the id of its
    /// stand-in, since the secret store may already be open under that id.
    pub fn writer(&mut self) -> Result<&Db, Error> {
        self.close_outdated();
        if self.mode == Mode::Real && self.open.as_ref().is_none_or(|open| open.is_stand_in) {
            let stand_in = self.open.take();
            let id =
                stand_in.map_or_else(new_catalog_id, |open| Ok(open.db.catalog_id().to_owned()))?;
            let db = Db::open_or_create(&self.location, &id)?;
            self.open = Some(self.opened(db, false)?);
        }
        self.reader().map(|db| &*db)
    }

    /// The catalog if its transaction has begun: nothing read from it can change before the next
    /// step.
    pub fn in_transaction(&self) -> Option<&Db> {
        self.open.as_ref().map(|open| &open.db).filter(|db| db.is_in_transaction())
    }

    /// The catalog's id, under which secret stores keep its passwords.
    pub fn id(&mut self) -> Result<String, Error> {
        Ok(self.reader()?.catalog_id().to_owned())
    }

    /// From now on, [`Self::missing`] tells of a catalog that does not exist.
    pub fn report_missing(&mut self) {
        self.reports_missing = true;
    }

    /// The path of a catalog that was read and does not exist, once.
    pub fn missing(&mut self) -> Option<PathBuf> {
        let is_missing = self.open.as_ref().is_some_and(|open| open.is_stand_in);
        (is_missing && std::mem::take(&mut self.reports_missing))
            .then(|| self.location.beside(""))
            .flatten()
    }

    /// The path of a file beside the catalog; None for one in memory.
    pub fn beside(&self, suffix: &str) -> Option<PathBuf> {
        self.location.beside(suffix)
    }

    /// Changes with each commit of another connection, and when another catalog is opened.
    pub fn version(&mut self) -> Result<(u64, i64), Error> {
        let version = self.reader()?.data_version()?;
        Ok((self.opened, version))
    }

    /// A handle of the same catalog for a thread.
    pub fn for_thread(&self) -> Self {
        let (location, process) = (self.location.clone(), self.process.clone());
        Self::new(self.mode, location, process, Arc::default())
    }

    fn opened(&mut self, mut db: Db, is_stand_in: bool) -> Result<OpenCatalog, Error> {
        self.opened += 1;
        db.set_process(&self.process)?;
        db.stop_on(Arc::clone(&self.cancel))?;
        Ok(OpenCatalog { db, is_stand_in })
    }

    /// Closes a catalog whose file was removed or replaced, and a stand-in if there is a catalog
    /// now.
    fn close_outdated(&mut self) {
        let location = &self.location;
        self.open.take_if(|open| {
            if open.is_stand_in {
                location.has_catalog()
            } else {
                !(open.db.is_in_transaction() || open.db.is_current())
            }
        });
    }
}

fn new_catalog_id() -> Result<String, Error> {
    Ok(SecretId::random()?.as_str().to_owned())
}
