//! Dry runs: statements run on a copy of the catalog in memory and leave nothing behind.
//!
//! [`Db::copy_of`](crate::catalog::Db::copy_of) makes the copy. This module replaces the secret
//! stores.

use std::cell::RefCell;
use std::rc::Rc;

use secrecy::SecretString;

use super::StoreOpener;
use crate::secret::{MemoryStore, SecretError, SecretId, SecretStore, StoreKind};

/// The mode of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Changes are kept.
    Real,
    /// A dry run, on a copy of the catalog: nothing is kept and no file is written. RUN JOB alone
    /// opens a session, to read the ledger, and for it the secret store.
    DryRun,
}

/// Opens stores that keep what is new in memory, and read the rest. The memory store itself belongs
/// to this process and stays as it is.
pub(super) fn dry_run_stores(opener: StoreOpener) -> StoreOpener {
    let opener = Rc::new(RefCell::new(opener));
    Box::new(move |kind, catalog_id| match kind {
        StoreKind::Memory => (opener.borrow_mut())(kind, catalog_id),
        StoreKind::Keyring | StoreKind::Vault => Ok(Box::new(ReadStore {
            kept: MemoryStore::in_place_of(kind)?,
            opener: Rc::clone(&opener),
            catalog_id: catalog_id.to_owned(),
        })),
    })
}

/// A store that is read and never written.
struct ReadStore {
    /// The secrets of this dry run.
    kept: MemoryStore,
    opener: Rc<RefCell<StoreOpener>>,
    catalog_id: String,
}

impl SecretStore for ReadStore {
    fn kind(&self) -> StoreKind {
        self.kept.kind()
    }

    fn new_id(&mut self) -> Result<SecretId, SecretError> {
        self.kept.new_id()
    }

    fn put(
        &mut self,
        id: &SecretId,
        label: &str,
        secret: &SecretString,
    ) -> Result<(), SecretError> {
        self.kept.put(id, label, secret)
    }

    fn get(&mut self, id: &SecretId) -> Result<Option<SecretString>, SecretError> {
        if let Some(secret) = self.kept.get(id)? {
            return Ok(Some(secret));
        }
        (self.opener.borrow_mut())(self.kind(), &self.catalog_id)?.get(id)
    }

    fn delete(&mut self, id: &SecretId) -> Result<(), SecretError> {
        self.kept.delete(id)
    }
}
