//! Dry runs: statements run on a copy of the catalog in memory and leave nothing behind.
//!
//! [`Db::copy_of`](crate::catalog::Db::copy_of) makes the copy. This module replaces the secret
//! stores.

use super::StoreOpener;
use crate::secret::{MemoryStore, StoreKind};

/// The mode of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Changes are kept.
    Real,
    /// A dry run, on a copy of the catalog: no store is opened, nobody is asked, and no file is
    /// written.
    DryRun,
}

/// Opens stores in memory, which end with the process. The memory store itself belongs to this
/// process and stays as it is.
pub(super) fn dry_run_stores(mut opener: StoreOpener) -> StoreOpener {
    Box::new(move |kind, catalog_id| match kind {
        StoreKind::Memory => opener(kind, catalog_id),
        StoreKind::Keyring | StoreKind::Vault => Ok(Box::new(MemoryStore::in_place_of(kind)?)),
    })
}
