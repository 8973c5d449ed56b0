//! The Secret Service over D-Bus: gnome-keyring, `KWallet`, `KeePassXC`.
//!
//! Secrets are written by the store of `keyring-core`, so that they look like those of every program that uses it. The
//! lock is looked at beside it, because that store does not tell a prompt from a keyring that hangs; and reading, which
//! each session begins with, does without it: it would connect a second time and search a second time.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::Entry;
use keyring_core::api::CredentialStoreApi;
use secret_service::EncryptionType;
use secret_service::blocking::{Item, SecretService};
use zbus_secret_service_keyring_store::Store;
use zeroize::Zeroizing;

use super::SERVICE;
use super::attempt::{Progress, Stage};
use super::failure::explain_service;
use crate::secret::SecretError;

pub(super) use super::failure::explain;

/// The name of the keyring that is created where the user has none yet.
const NEW_KEYRING: &str = "Default";

/// An open way to the Secret Service.
pub(super) struct Link {
    service: SecretService<'static>,
    /// What secrets are written by; connected when the first one is.
    store: OnceCell<Arc<Store>>,
}

impl Link {
    /// Connects to the session bus and to the service behind it.
    pub(super) fn open() -> Result<Self, SecretError> {
        let service = SecretService::connect(EncryptionType::Dh).map_err(|error| explain_service(&error))?;
        let store = OnceCell::new();
        Ok(Self { service, store })
    }

    /// Unlocks the keyring that new secrets go to, and creates it where there is none.
    pub(super) fn unlock_for_writing(&self, progress: &Progress) -> Result<(), SecretError> {
        let unlocked = match self.service.get_default_collection() {
            Ok(collection) => match collection.is_locked() {
                Ok(true) => {
                    progress.enter(Stage::Prompting)?;
                    collection.unlock()
                }
                looked => looked.map(drop),
            },
            Err(secret_service::Error::NoResult) => {
                progress.enter(Stage::Prompting)?;
                self.service.create_collection(NEW_KEYRING, "default").map(drop)
            }
            Err(error) => Err(error),
        };
        unlocked.map_err(|error| explain_service(&error))?;
        progress.enter(Stage::Working)
    }

    /// Unlocks the secret of this user name, whichever keyring it lies in.
    pub(super) fn unlock_for_reading(&self, user: &str, progress: &Progress) -> Result<(), SecretError> {
        self.unlocked(user, progress).map(drop)
    }

    /// The secret of this user name, None where there is none. Unlocks it first.
    pub(super) fn read(&self, user: &str, progress: &Progress) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        match &self.unlocked(user, progress)?[..] {
            [] => Ok(None),
            [item] => match item.get_secret() {
                Ok(secret) => Ok(Some(Zeroizing::new(secret))),
                Err(error) => Err(explain_service(&error)),
            },
            items => Err(SecretError::KeyringRefused {
                cause: format!("it keeps {} secrets of one name", items.len()),
            }),
        }
    }

    /// What is kept under this user name, after the user has unlocked it.
    fn unlocked(&self, user: &str, progress: &Progress) -> Result<Vec<Item<'_>>, SecretError> {
        let attributes = HashMap::from([("service", SERVICE), ("username", user)]);
        let found = self
            .service
            .search_items(attributes)
            .map_err(|error| explain_service(&error))?;
        if !found.locked.is_empty() {
            progress.enter(Stage::Prompting)?;
            let locked: Vec<_> = found.locked.iter().collect();
            self.service
                .unlock_all(&locked)
                .map_err(|error| explain_service(&error))?;
        }
        progress.enter(Stage::Working)?;
        Ok(found.unlocked.into_iter().chain(found.locked).collect())
    }

    /// The place of the secret of this user name, to write it. The label counts only where the secret is new.
    pub(super) fn entry(&self, user: &str, label: Option<&str>) -> Result<Entry, SecretError> {
        let label = label.filter(|label| !label.is_empty());
        let modifiers: HashMap<_, _> = label.map(|label| ("label", label)).into_iter().collect();
        let entry = self.store()?.build(SERVICE, user, Some(&modifiers));
        entry.map_err(|error| explain(&error))
    }

    fn store(&self) -> Result<&Store, SecretError> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let store = Store::new().map_err(|error| explain(&error))?;
        Ok(self.store.get_or_init(|| store))
    }
}
