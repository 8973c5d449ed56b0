//! Dry runs: statements run on a copy of the catalog in memory and leave nothing behind.
//!
//! [`Db::copy_of`](crate::catalog::Db::copy_of) makes the copy. This module replaces the secret
//! stores.

use super::StoreOpener;
use crate::secret::{SecretError, SecretId, SecretStore, SecretString, StoreKind};

/// The mode of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Changes are kept.
    Real,
    /// A dry run, on a copy of the catalog: no store is opened, nobody is asked, and no file is
    /// written.
    DryRun,
}

/// Opens stores that keep nothing, except that the memory store belongs to this process and stays
/// as it is.
pub(super) fn dry_run_stores(mut opener: StoreOpener) -> StoreOpener {
    Box::new(move |kind, catalog_id| match kind {
        StoreKind::Memory => opener(kind, catalog_id),
        StoreKind::Keyring | StoreKind::Vault => Ok(Box::new(NoStore { kind })),
    })
}

/// A store that accepts every password and keeps none.
struct NoStore {
    kind: StoreKind,
}

impl SecretStore for NoStore {
    fn kind(&self) -> StoreKind {
        self.kind
    }

    fn prepare(&mut self) -> Result<(), SecretError> {
        Ok(())
    }

    fn new_id(&mut self) -> Result<SecretId, SecretError> {
        SecretId::random()
    }

    fn put(
        &mut self,
        _id: &SecretId,
        _label: &str,
        _secret: &SecretString,
    ) -> Result<(), SecretError> {
        Ok(())
    }

    fn get(&mut self, _id: &SecretId) -> Result<Option<SecretString>, SecretError> {
        Ok(None)
    }

    fn delete(&mut self, _id: &SecretId) -> Result<(), SecretError> {
        Ok(())
    }
}
