//! Passwords and the catalog in step: the order of work across the two stores.
//!
//! A password goes to the secret store under a fresh id before the catalog's transaction commits,
//! and an old one leaves it after. The journal holds each id from before the first of these until
//! after the last; so whenever the process ends, what no row names is found and deleted by the next
//! one.

use secrecy::SecretString;

use super::Notice;
use crate::catalog::{Db, SecretReference};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind};
use crate::secret::{
    Journal, JournalEntry, JournalGuard, SecretError, SecretId, SecretStore, StoreKind,
};

/// Opens the secret store of a kind, for the catalog of the given id.
pub type StoreOpener = Box<dyn FnMut(StoreKind, &str) -> Result<Box<dyn SecretStore>, SecretError>>;

/// A password that waits for the commit.
struct Put {
    id: SecretId,
    label: String,
    secret: SecretString,
}

/// The secret stores that are open, what waits for the commit, and the journal.
pub(super) struct Secrets {
    in_use: StoreKind,
    opener: StoreOpener,
    stores: Vec<Box<dyn SecretStore>>,
    /// The catalog that the stores are open for.
    catalog_id: String,
    journal: Option<Journal>,
    swept: bool,
    puts: Vec<Put>,
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

    /// The store that new passwords go to.
    pub fn kind(&self) -> StoreKind {
        self.in_use
    }

    /// Makes sure that the store in use takes passwords now; it may ask the user.
    pub fn prepare(&mut self, catalog_id: &str) -> Result<(), Error> {
        let kind = self.in_use;
        self.store(kind, catalog_id)
            .and_then(SecretStore::prepare)
            .map_err(secret_error)
    }

    /// Keeps a password until the commit; the reference is for the catalog's row.
    pub fn add(
        &mut self,
        catalog_id: &str,
        label: String,
        secret: SecretString,
    ) -> Result<SecretReference, Error> {
        let kind = self.in_use;
        let id = self
            .store(kind, catalog_id)
            .and_then(SecretStore::new_id)
            .map_err(secret_error)?;
        let reference = SecretReference {
            store: kind.word().to_owned(),
            id: id.as_str().to_owned(),
        };
        self.puts.push(Put { id, label, secret });
        Ok(reference)
    }

    /// The password that a row names, also where it waits for the commit; None where the store has
    /// none.
    pub fn stored(
        &mut self,
        catalog_id: &str,
        reference: &SecretReference,
    ) -> Result<Option<SecretString>, Error> {
        if let Some(put) = self.puts.iter().find(|put| put.id.as_str() == reference.id) {
            return Ok(Some(put.secret.clone()));
        }
        let Ok(kind) = reference.store.parse() else {
            return Ok(None);
        };
        self.store(kind, catalog_id)
            .and_then(|store| store.get(&SecretId::from_stored(&reference.id)))
            .map_err(secret_error)
    }

    /// Notes that a row no longer names the password, so that it goes after the commit.
    pub fn remove(&mut self, reference: &SecretReference) {
        if let Some(index) = self.puts.iter().rposition(|put| put.id.as_str() == reference.id) {
            self.puts.swap_remove(index);
        } else if let Ok(kind) = reference.store.parse() {
            self.deletes.push(JournalEntry {
                id: SecretId::from_stored(&reference.id),
                kind,
            });
        }
    }

    /// Forgets what waits for the commit.
    pub fn discard(&mut self) {
        self.puts.clear();
        self.deletes.clear();
    }

    /// Stores what waits, commits the catalog's transaction, deletes what no row names any more.
    /// When it fails, the transaction is rolled back and no new password is left behind.
    pub fn commit(&mut self, db: &Db) -> Result<Vec<Notice>, Error> {
        let puts = std::mem::take(&mut self.puts);
        let deletes = std::mem::take(&mut self.deletes);
        let new = |put: &Put| JournalEntry { id: put.id.clone(), kind: self.in_use };
        let added: Vec<JournalEntry> = puts.iter().map(new).collect();
        let (guard, committed) = match self.note(&added, &deletes) {
            Ok(guard) => {
                let stored = self.store_all(db.catalog_id(), &puts);
                (guard, stored.and_then(|()| db.commit().map_err(Error::from)))
            }
            Err(error) => (None, Err(error)),
        };
        if let Err(error) = committed {
            // The first error is the one to report; SQLite may have rolled back already.
            let _ = db.rollback();
            let left = self.delete_unnamed(db, &added);
            self.settle(guard, left, may_still_happen(&error));
            return Err(error);
        }
        let left = self.delete(db.catalog_id(), &deletes);
        Ok(self.settle(guard, left, false))
    }

    /// Deletes what is noted and no row names: processes that were killed left it behind, or stores
    /// that could not be reached. Looked for before the first change, and again after one that left
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
                tracing::debug!(
                    "swept the journal: {} notes of passwords that another process left, {} stay",
                    entries.len(),
                    left.len()
                );
                let kept = guard.retain(|entry| left.iter().any(|(left, _)| left.id == entry.id));
                left_over(
                    left.into_iter().map(|(_, error)| error).chain(kept.err().map(secret_error)),
                )
            }
            Ok(None) => Vec::new(),
            Err(error) => left_over([secret_error(error)]),
        }
    }

    /// Writes down which ids are about to appear and to disappear. Memory needs no notes.
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
        let mut guard = journal.lock().map_err(secret_error)?;
        guard.note(&entries).map_err(secret_error)?;
        Ok(Some(guard))
    }

    fn store_all(&mut self, catalog_id: &str, puts: &[Put]) -> Result<(), Error> {
        if puts.is_empty() {
            return Ok(());
        }
        let kind = self.in_use;
        let store = self.store(kind, catalog_id).map_err(secret_error)?;
        for put in puts {
            store.put(&put.id, &put.label, &put.secret).map_err(secret_error)?;
        }
        store.flush().map_err(secret_error)
    }

    /// Ends a change: clears its notes if nothing of it is left, else leaves them to a later sweep.
    fn settle(
        &mut self,
        guard: Option<JournalGuard>,
        left: Vec<Left>,
        keep_notes: bool,
    ) -> Vec<Notice> {
        let mut errors: Vec<Error> = left.into_iter().map(|(_, error)| error).collect();
        if let Some(mut guard) = guard.filter(|_| errors.is_empty() && !keep_notes) {
            errors.extend(guard.clear().err().map(secret_error));
        }
        self.swept &= errors.is_empty() && !keep_notes;
        left_over(errors)
    }

    /// Deletes those secrets that no row names. One that the catalog cannot be asked about counts
    /// as left.
    fn delete_unnamed(&mut self, db: &Db, entries: &[JournalEntry]) -> Vec<Left> {
        let mut unnamed = Vec::new();
        let mut left = Vec::new();
        for entry in entries {
            match db.names_secret(entry.id.as_str()) {
                Ok(true) => {}
                Ok(false) => unnamed.push(entry.clone()),
                Err(error) => left.push((entry.clone(), error.into())),
            }
        }
        left.extend(self.delete(db.catalog_id(), &unnamed));
        left
    }

    /// Deletes secrets. Where a store fails, all of its secrets count as left: deleting one twice
    /// does no harm.
    fn delete(&mut self, catalog_id: &str, entries: &[JournalEntry]) -> Vec<Left> {
        let mut left = Vec::new();
        for kind in StoreKind::ALL.iter().copied() {
            let of_kind: Vec<&JournalEntry> =
                entries.iter().filter(|entry| entry.kind == kind).collect();
            if let Err(error) = self.delete_from(kind, catalog_id, &of_kind) {
                let of_kind = of_kind.into_iter().cloned();
                left.extend(of_kind.map(|entry| (entry, secret_error(error.clone()))));
            }
        }
        left
    }

    /// Stops at the first failure: each try may take the store's whole deadline.
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

    /// The store, open for this catalog. Another one may have taken the place of the last; memory
    /// serves any.
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
                tracing::debug!("using the secret store {kind}");
                self.stores.push((self.opener)(kind, catalog_id)?);
                self.stores.len() - 1
            }
        };
        Ok(self.stores[index].as_mut())
    }
}

/// A secret that could not be deleted now, with the reason.
type Left = (JournalEntry, Error);

/// One notice for all that could not be deleted now.
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

/// True if a store that was given up may store the password yet.
fn may_still_happen(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Secret(error) if error.may_still_happen())
}

fn secret_error(error: SecretError) -> Error {
    Error::new(error)
}
