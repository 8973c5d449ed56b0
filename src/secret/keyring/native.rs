//! Keychain and Credential Manager, as the crate `keyring` has them.
//!
//! They belong to the operating system: there is nothing to connect to, nothing to build again, and
//! their prompts come with the operation itself. Neither shows a label of ours.

use keyring_core::Entry;
use zeroize::Zeroizing;

use super::SERVICE;
use super::attempt::{KeyringStage, Progress};
use crate::secret::SecretError;

pub(super) struct NativeLink;

impl NativeLink {
    /// Chooses the keyring of this platform.
    pub(super) fn open() -> Result<Self, SecretError> {
        match keyring::Entry::store_status() {
            Ok(()) => Ok(Self),
            Err(error) => Err(SecretError::KeyringUnreachable(error.to_string())),
        }
    }

    /// The operation itself may ask the user on Apple's systems; Windows never asks.
    #[expect(clippy::unused_self, reason = "the Secret Service needs its link here")]
    pub(super) fn unlock_for_writing(&self, progress: &Progress) -> Result<(), SecretError> {
        progress.enter(if cfg!(windows) {
            KeyringStage::Working
        } else {
            KeyringStage::Prompting
        })
    }

    /// Writes the secret of this user name.
    #[expect(clippy::unused_self, reason = "the Secret Service needs its link here")]
    pub(super) fn write(&self, user: &str, _label: &str, secret: &[u8]) -> Result<(), SecretError> {
        entry(user)?.set_secret(secret).map_err(|error| explain(&error))
    }

    /// Reads the secret of this user name, None if there is none.
    pub(super) fn read(
        &self,
        user: &str,
        progress: &Progress,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        self.unlock_for_writing(progress)?;
        match entry(user)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(error) => Err(explain(&error)),
        }
    }

    /// Deletes the secret of this user name, if there is one.
    pub(super) fn delete(&self, user: &str, progress: &Progress) -> Result<(), SecretError> {
        self.unlock_for_writing(progress)?;
        match entry(user)?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
            Err(error) => Err(explain(&error)),
        }
    }
}

fn entry(user: &str) -> Result<Entry, SecretError> {
    let entry = keyring::Entry::new(SERVICE, user).map_err(|error| explain(&error))?;
    Ok(entry.inner)
}

fn explain(error: &keyring_core::Error) -> SecretError {
    let cause = error.to_string();
    match error {
        keyring_core::Error::NoDefaultStore => SecretError::KeyringUnreachable(cause),
        keyring_core::Error::NoStorageAccess(_) => SecretError::KeyringLocked(cause),
        _ => SecretError::KeyringRefused(cause),
    }
}
