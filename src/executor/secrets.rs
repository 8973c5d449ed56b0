//! Keeps passwords and the catalog in step: the order of work across the two stores.
//!
//! A password goes to the secret store under a new id before the catalog's transaction commits, and
//! an old one is deleted after it. The journal holds each id from before the first of these steps
//! until after the last. So whenever a process is killed, the next one finds and deletes the
//! secrets that no row refers to.

use secrecy::SecretString;

use super::Notice;
use crate::catalog::{Db, SecretReference};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind};
use crate::secret::{
    Journal, JournalEntry, JournalGuard, SecretError, SecretId, SecretStore, StoreKind,
};

/// Opens the secret store of this kind, for the catalog with this id.
pub type StoreOpener = Box<dyn FnMut(StoreKind, &str) -> Result<Box<dyn SecretStore>, SecretError>>;

/// A password that waits for the commit.
struct PendingPassword {
    id: SecretId,
    label: String,
    secret: SecretString,
}

/// The open secret stores, the changes that wait for the commit, and the journal.
pub(super) struct Secrets {
    in_use: StoreKind,
    opener: StoreOpener,
    stores: Vec<Box<dyn SecretStore>>,
    /// The catalog for which the stores are open.
    catalog_id: String,
    journal: Option<Journal>,
    swept: bool,
    puts: Vec<PendingPassword>,
    deletes: Vec<JournalEntry>,
}

impl Secrets {
    /// `journal` is None for a catalog in memory, which leaves nothing behind.
    pub fn new(in_use: StoreKind, opener: StoreOpener, journal: Option<Journal>) -> Self {
        Self {
            in_use,
            opener,
            stores: Vec::new(),
            catalog_id: String::new(),
            journal,
            swept: false,
            puts: Vec::new(),
            deletes: Vec::new(),
        }
    }

    /// The store for new passwords.
    pub fn kind(&self) -> StoreKind {
        self.in_use
    }

    /// Makes sure that the store in use accepts passwords now; may ask the user.
    pub fn prepare(&mut self, catalog_id: &str) -> Result<(), Error> {
        Ok(self.store(self.in_use, catalog_id)?.prepare()?)
    }

    /// Keeps a password until the commit and returns the reference for the catalog's row.
    pub fn add(
        &mut self,
        catalog_id: &str,
        label: String,
        secret: SecretString,
    ) -> Result<SecretReference, Error> {
        let id = self.store(self.in_use, catalog_id)?.new_id()?;
        let reference = SecretReference {
            store: self.in_use,
            id: id.as_str().to_owned(),
        };
        self.puts.push(PendingPassword { id, label, secret });
        Ok(reference)
    }

    /// The password of a row, also if it waits for the commit; None if the store does not have it.
    pub fn stored(
        &mut self,
        catalog_id: &str,
        reference: Option<&SecretReference>,
    ) -> Result<Option<SecretString>, Error> {
        let Some(reference) = reference else {
            return Ok(None);
        };
        if let Some(put) = self.puts.iter().find(|put| put.id.as_str() == reference.id) {
            return Ok(Some(put.secret.clone()));
        }
        Ok(self
            .store(reference.store, catalog_id)?
            .get(&SecretId::from_stored(&reference.id))?)
    }

    /// Marks a password whose row is gone, to be deleted after the commit.
    pub fn remove(&mut self, reference: &SecretReference) {
        if let Some(index) = self.puts.iter().rposition(|put| put.id.as_str() == reference.id) {
            self.puts.swap_remove(index);
        } else {
            self.deletes.push(JournalEntry {
                id: SecretId::from_stored(&reference.id),
                kind: reference.store,
            });
        }
    }

    /// Discards the changes that wait for the commit.
    pub fn discard(&mut self) {
        self.puts.clear();
        self.deletes.clear();
    }

    /// Stores new passwords, commits the catalog's transaction, and deletes passwords that no row
    /// refers to. On an error the transaction is rolled back and the new passwords are deleted.
    pub fn commit(&mut self, db: &Db) -> Result<Vec<Notice>, Error> {
        let puts = std::mem::take(&mut self.puts);
        let deletes = std::mem::take(&mut self.deletes);
        let new = |put: &PendingPassword| JournalEntry { id: put.id.clone(), kind: self.in_use };
        let added: Vec<JournalEntry> = puts.iter().map(new).collect();
        let (guard, committed) = match self.note(&added, &deletes) {
            Ok(guard) => {
                let stored = self.store_all(db.catalog_id(), &puts);
                (guard, stored.and_then(|()| Ok(db.commit()?)))
            }
            Err(error) => (None, Err(error)),
        };
        if let Err(error) = committed {
            // The first error is reported; SQLite may have rolled back already.
            let _ = db.rollback();
            let left = self.delete_unnamed(db, &added);
            self.settle(guard, left, may_still_happen(&error));
            return Err(error);
        }
        let left = self.delete(db.catalog_id(), &deletes);
        Ok(self.settle(guard, left, false))
    }

    /// Deletes journaled secrets that no row refers to: killed processes left them, or their stores
    /// could not be reached. Runs before the first change, and again after a change that left
    /// something.
    pub fn sweep(&mut self, db: &Db) -> Vec<Notice> {
        if std::mem::replace(&mut self.swept, true) {
            return Vec::new();
        }
        let Some(journal) = &self.journal else {
            return Vec::new();
        };
        match journal.try_sweep() {
            Ok(Some(mut guard)) => {
                let entries = guard.entries().to_vec();
                let left = self.delete_unnamed(db, &entries);
                tracing::info!(
                    "swept the journal: {} notes of passwords that another process left, {} stay",
                    entries.len(),
                    left.len()
                );
                let kept = guard.retain(|entry| left.iter().any(|(left, _)| left.id == entry.id));
                left_over(
                    left.into_iter().map(|(_, error)| error).chain(kept.err().map(Error::new)),
                )
            }
            Ok(None) => Vec::new(),
            Err(error) => left_over([error.into()]),
        }
    }

    /// Writes the ids to the journal that are about to be added or deleted. The memory store needs
    /// no journal.
    fn note(
        &self,
        added: &[JournalEntry],
        deleted: &[JournalEntry],
    ) -> Result<Option<JournalGuard>, Error> {
        let entries: Vec<JournalEntry> = added
            .iter()
            .chain(deleted)
            .filter(|entry| entry.kind != StoreKind::Memory)
            .cloned()
            .collect();
        let Some(journal) = self.journal.as_ref().filter(|_| !entries.is_empty()) else {
            return Ok(None);
        };
        let mut guard = journal.lock()?;
        guard.note(&entries)?;
        Ok(Some(guard))
    }

    fn store_all(&mut self, catalog_id: &str, puts: &[PendingPassword]) -> Result<(), Error> {
        if puts.is_empty() {
            return Ok(());
        }
        let store = self.store(self.in_use, catalog_id)?;
        for put in puts {
            store.put(&put.id, &put.label, &put.secret)?;
        }
        Ok(store.flush()?)
    }

    /// Ends a change: clears its journal entries if nothing is left, or else leaves them to a later
    /// sweep.
    fn settle(
        &mut self,
        guard: Option<JournalGuard>,
        left: Vec<Left>,
        keep_notes: bool,
    ) -> Vec<Notice> {
        let mut errors: Vec<Error> = left.into_iter().map(|(_, error)| error).collect();
        if let Some(mut guard) = guard.filter(|_| errors.is_empty() && !keep_notes) {
            errors.extend(guard.clear().err().map(Error::new));
        }
        self.swept &= errors.is_empty() && !keep_notes;
        left_over(errors)
    }

    /// Deletes those secrets that no row refers to. If the catalog cannot be queried the secret
    /// counts as left.
    fn delete_unnamed(&mut self, db: &Db, entries: &[JournalEntry]) -> Vec<Left> {
        let mut unnamed = Vec::new();
        let mut left = Vec::new();
        for entry in entries {
            match db.refers_to_secret(entry.id.as_str()) {
                Ok(true) => {}
                Ok(false) => unnamed.push(entry.clone()),
                Err(error) => left.push((entry.clone(), error.into())),
            }
        }
        left.extend(self.delete(db.catalog_id(), &unnamed));
        left
    }

    /// Deletes secrets. If a store fails, all of its secrets count as left: deleting one twice does
    /// no harm.
    fn delete(&mut self, catalog_id: &str, entries: &[JournalEntry]) -> Vec<Left> {
        let mut left = Vec::new();
        for kind in StoreKind::ALL.iter().copied() {
            let of_kind: Vec<&JournalEntry> =
                entries.iter().filter(|entry| entry.kind == kind).collect();
            if let Err(error) = self.delete_from(kind, catalog_id, &of_kind) {
                let of_kind = of_kind.into_iter().cloned();
                left.extend(of_kind.map(|entry| (entry, error.clone().into())));
            }
        }
        left
    }

    /// Stops at the first error: each attempt may take the store's whole time limit.
    fn delete_from(
        &mut self,
        kind: StoreKind,
        catalog_id: &str,
        entries: &[&JournalEntry],
    ) -> Result<(), SecretError> {
        if entries.is_empty() {
            return Ok(());
        }
        let store = self.store(kind, catalog_id)?;
        for entry in entries {
            store.delete(&entry.id)?;
        }
        store.flush()
    }

    /// The store, opened for this catalog. The file may have been replaced by another catalog
    /// since; the memory store serves any.
    fn store(
        &mut self,
        kind: StoreKind,
        catalog_id: &str,
    ) -> Result<&mut dyn SecretStore, SecretError> {
        if self.catalog_id != catalog_id {
            self.stores.retain(|store| store.kind() == StoreKind::Memory);
            catalog_id.clone_into(&mut self.catalog_id);
        }
        let index = match self.stores.iter().position(|store| store.kind() == kind) {
            Some(index) => index,
            None => {
                tracing::info!("using the secret store {kind}");
                self.stores.push((self.opener)(kind, catalog_id)?);
                self.stores.len() - 1
            }
        };
        Ok(self.stores[index].as_mut())
    }
}

/// A secret that could not be deleted, with the error.
type Left = (JournalEntry, Error);

/// One notice for all secrets that could not be deleted.
fn left_over(errors: impl IntoIterator<Item = Error>) -> Vec<Notice> {
    let first = errors.into_iter().next();
    let notice = |error: Error| {
        let cause = error.cause().map(|cause| format!(" ({cause})")).unwrap_or_default();
        Notice::new(format!(
            "old passwords could not be removed yet, a later change will try again: {error}{cause}"
        ))
    };
    first.map(notice).into_iter().collect()
}

/// True if a store whose time limit has passed may still store the password.
fn may_still_happen(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Secret(error) if error.may_still_happen())
}
