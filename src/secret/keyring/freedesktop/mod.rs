//! The Secret Service over D-Bus: gnome-keyring, `KWallet`, `KeePassXC`.
//!
//! The store of `keyring-core` writes secrets, so that they look like those of every program that
//! uses it. `secret-service` does the rest, because that store cannot tell a prompt from a keyring
//! that hangs, and needs a second connection.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::api::CredentialStoreApi;
use secret_service::EncryptionType;
use secret_service::blocking::{Item, SecretService};
use zbus_secret_service_keyring_store::Store;
use zeroize::Zeroizing;

use super::SERVICE;
use super::attempt::{KeyringStage, Progress};
use crate::secret::SecretError;
use error::{explain, explain_store, is_gone};

mod error;

/// The name of the keyring that is created for a user without one.
const NEW_KEYRING: &str = "Default";

/// A session with the Secret Service.
pub(super) struct ServiceLink {
    service: SecretService<'static>,
    /// Connected for the first secret that is written.
    store: OnceCell<Arc<Store>>,
}

impl ServiceLink {
    /// Opens an encrypted session over the session bus.
    pub(super) fn open() -> Result<Self, SecretError> {
        let service =
            SecretService::connect(EncryptionType::Dh).map_err(|error| explain(&error))?;
        Ok(Self { service, store: OnceCell::new() })
    }

    /// Unlocks the keyring that new secrets go to, and creates it if there is none.
    pub(super) fn unlock_for_writing(&self, progress: &Progress) -> Result<(), SecretError> {
        let unlocked = match self.service.get_default_collection() {
            Ok(collection) => match collection.is_locked() {
                Ok(true) => {
                    progress.enter(KeyringStage::Prompting)?;
                    collection.unlock()
                }
                looked => looked.map(drop),
            },
            Err(secret_service::Error::NoResult) => {
                progress.enter(KeyringStage::Prompting)?;
                self.service.create_collection(NEW_KEYRING, "default").map(drop)
            }
            Err(error) => Err(error),
        };
        unlocked.map_err(|error| explain(&error))?;
        progress.enter(KeyringStage::Working)
    }

    /// Writes the secret of this user name. The label counts only for a new secret.
    pub(super) fn write(&self, user: &str, label: &str, secret: &[u8]) -> Result<(), SecretError> {
        let label = Some(label).filter(|label| !label.is_empty());
        let modifiers: HashMap<_, _> = label.map(|label| ("label", label)).into_iter().collect();
        let entry = self.store()?.build(SERVICE, user, Some(&modifiers));
        entry
            .and_then(|entry| entry.set_secret(secret))
            .map_err(|error| explain_store(&error))
    }

    /// Reads the secret of this user name, None if there is none. Unlocks it first.
    pub(super) fn read(
        &self,
        user: &str,
        progress: &Progress,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        let Some(item) = self.find(user, progress)? else {
            return Ok(None);
        };
        match item.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(explain(&error)),
        }
    }

    /// Deletes the secret of this user name, if there is one. Unlocks it first.
    pub(super) fn delete(&self, user: &str, progress: &Progress) -> Result<(), SecretError> {
        let Some(item) = self.find(user, progress)? else {
            return Ok(());
        };
        match item.delete() {
            Err(error) if !is_gone(&error) => Err(explain(&error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Finds the secret of this user name by the attributes that the store writes, whichever
    /// keyring it is in, and unlocks it.
    fn find(&self, user: &str, progress: &Progress) -> Result<Option<Item<'_>>, SecretError> {
        let attributes = HashMap::from([("service", SERVICE), ("username", user)]);
        let found = self.service.search_items(attributes).map_err(|error| explain(&error))?;
        if !found.locked.is_empty() {
            progress.enter(KeyringStage::Prompting)?;
            let locked: Vec<_> = found.locked.iter().collect();
            self.service.unlock_all(&locked).map_err(|error| explain(&error))?;
        }
        progress.enter(KeyringStage::Working)?;
        let mut items: Vec<_> = found.unlocked.into_iter().chain(found.locked).collect();
        let item = items.pop();
        if items.is_empty() {
            return Ok(item);
        }
        Err(SecretError::KeyringRefused(format!(
            "it keeps {} secrets of one name",
            items.len() + 1
        )))
    }

    fn store(&self) -> Result<&Store, SecretError> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let store = Store::new().map_err(|error| explain_store(&error))?;
        Ok(self.store.get_or_init(|| store))
    }
}
