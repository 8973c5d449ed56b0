//! The Secret Service over D-Bus: gnome-keyring, `KWallet`, `KeePassXC`.
//!
//! Secrets are written by the store of `keyring-core`, so that they look like those of every
//! program that uses it. The lock is looked at beside it, because that store does not tell a prompt
//! from a keyring that hangs; and reading, which each session with a warehouse begins with, makes
//! its own few calls.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::Entry;
use keyring_core::api::CredentialStoreApi;
use secret_service::EncryptionType;
use secret_service::blocking::SecretService;
use zbus::blocking::Connection;
use zbus_secret_service_keyring_store::Store;
use zeroize::Zeroizing;

use super::SERVICE;
use super::attempt::{Progress, Stage};
use crate::secret::SecretError;
use failure::{explain_bus, explain_service, refused};
use reading::{Fetched, Reader};

mod failure;
mod key_exchange;
mod reading;

pub(super) use failure::explain;

/// The name of the keyring that is created where the user has none yet.
const NEW_KEYRING: &str = "Default";

/// An open way to the Secret Service. What only some operations need is connected when the first of
/// them is done.
pub(super) struct Link {
    bus: Connection,
    /// What locks are looked at and opened with. No secret passes through it.
    service: OnceCell<SecretService<'static>>,
    /// What secrets are written by.
    store: OnceCell<Arc<Store>>,
    /// What secrets are read with.
    reader: OnceCell<Reader>,
}

impl Link {
    /// Connects to the session bus.
    pub(super) fn open() -> Result<Self, SecretError> {
        let bus = Connection::session().map_err(|error| explain_bus(&error))?;
        Ok(Self {
            bus,
            service: OnceCell::new(),
            store: OnceCell::new(),
            reader: OnceCell::new(),
        })
    }

    /// Unlocks the keyring that new secrets go to, and creates it where there is none.
    pub(super) fn unlock_for_writing(&self, progress: &Progress) -> Result<(), SecretError> {
        let service = self.service()?;
        let unlocked = match service.get_default_collection() {
            Ok(collection) => match collection.is_locked() {
                Ok(true) => {
                    progress.enter(Stage::Prompting)?;
                    collection.unlock()
                }
                looked => looked.map(drop),
            },
            Err(secret_service::Error::NoResult) => {
                progress.enter(Stage::Prompting)?;
                service.create_collection(NEW_KEYRING, "default").map(drop)
            }
            Err(error) => Err(error),
        };
        unlocked.map_err(|error| explain_service(&error))?;
        progress.enter(Stage::Working)
    }

    /// Unlocks the secret of this user name, whichever keyring it lies in.
    pub(super) fn unlock_for_reading(
        &self,
        user: &str,
        progress: &Progress,
    ) -> Result<(), SecretError> {
        let service = self.service()?;
        let found = service
            .search_items(attributes(user))
            .map_err(|error| explain_service(&error))?;
        if !found.locked.is_empty() {
            progress.enter(Stage::Prompting)?;
            let locked: Vec<_> = found.locked.iter().collect();
            service.unlock_all(&locked).map_err(|error| explain_service(&error))?;
        }
        progress.enter(Stage::Working)
    }

    /// The secret of this user name, None where there is none. Unlocks it first.
    pub(super) fn read(
        &self,
        user: &str,
        progress: &Progress,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        let reader = self.reader()?;
        let found = reader.search(&attributes(user))?;
        if found.locked.is_empty() {
            progress.enter(Stage::Working)?;
        } else {
            self.unlock_for_reading(user, progress)?;
        }
        let items: Vec<_> = found.unlocked.into_iter().chain(found.locked).collect();
        match &items[..] {
            [] => Ok(None),
            [item] => {
                let fetched = match reader.secret(item)? {
                    // Once in 256 times the shared secret begins with a zero. Some leave it out,
                    // and have another key then.
                    Fetched::OfOtherKey => Reader::open(&self.bus)?.secret(item)?,
                    fetched => fetched,
                };
                match fetched {
                    Fetched::Secret(secret) => Ok(Some(secret)),
                    Fetched::Gone => Ok(None),
                    Fetched::OfOtherKey => Err(refused(&"its secret cannot be decrypted")),
                }
            }
            items => Err(SecretError::KeyringRefused {
                cause: format!("it keeps {} secrets of one name", items.len()),
            }),
        }
    }

    /// The place of the secret of this user name, to write it. The label counts only where the
    /// secret is new.
    pub(super) fn entry(&self, user: &str, label: Option<&str>) -> Result<Entry, SecretError> {
        let label = label.filter(|label| !label.is_empty());
        let modifiers: HashMap<_, _> = label.map(|label| ("label", label)).into_iter().collect();
        let entry = self.store()?.build(SERVICE, user, Some(&modifiers));
        entry.map_err(|error| explain(&error))
    }

    fn service(&self) -> Result<&SecretService<'static>, SecretError> {
        made_once(&self.service, || {
            let bus = self.bus.clone();
            // Nothing here needs its exchange of keys.
            SecretService::connect_with_existing(EncryptionType::Plain, bus)
                .map_err(|error| explain_service(&error))
        })
    }

    fn store(&self) -> Result<&Store, SecretError> {
        // Once in 256 times its public key begins with a zero, which it leaves out, and KWallet
        // refuses a short one.
        let connect = || Store::new().map_err(|error| explain(&error));
        let made = made_once(&self.store, || match connect() {
            Err(SecretError::KeyringRefused { .. }) => connect(),
            other => other,
        });
        made.map(AsRef::as_ref)
    }

    fn reader(&self) -> Result<&Reader, SecretError> {
        made_once(&self.reader, || Reader::open(&self.bus))
    }
}

/// What is in the cell, or is made for it; a failure is not kept.
fn made_once<T>(
    cell: &OnceCell<T>,
    make: impl FnOnce() -> Result<T, SecretError>,
) -> Result<&T, SecretError> {
    if let Some(made) = cell.get() {
        return Ok(made);
    }
    let new = make()?;
    Ok(cell.get_or_init(|| new))
}

/// What the keyring finds a secret by: the attributes that the store writes.
fn attributes(user: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", SERVICE), ("username", user)])
}
