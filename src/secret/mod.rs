//! The stores of passwords behind one trait, and the journal that keeps a store and the catalog in
//! step.
//!
//! Knows neither statements nor the catalog. A password is a [`SecretString`] from the moment it is
//! read; it leaves this module only through [`SecretStore::get`].

mod checksum;
mod error;
mod journal;
mod keyring;
mod memory;
mod vault;

pub use error::SecretError;
pub use journal::{Journal, JournalEntry, JournalGuard};
pub use keyring::KeyringStore;
pub use memory::MemoryStore;
pub use vault::{
    NewVaultOwner, PassphraseReason, PassphraseSource, VaultRecipient, VaultStore, vault_recipient,
};

pub use crate::definition::{StoreKind, UnknownStoreError};
pub use secrecy::SecretString;

/// The opaque id of one secret: 32 lower-case hexadecimal digits, never used twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretId(String);

impl SecretId {
    /// A fresh random id.
    ///
    /// # Errors
    /// The operating system gave no random bytes.
    pub fn random() -> Result<Self, SecretError> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes)
            .map_err(|error| SecretError::NoRandomness(error.to_string()))?;
        Ok(Self(hexadecimal(&bytes)))
    }

    /// An id that the catalog or the journal has kept.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// True if a line of the journal or the vault can hold the id; that of a damaged catalog may be
    /// any text.
    fn is_plain(&self) -> bool {
        !self.0.is_empty() && self.0.bytes().all(|byte| byte.is_ascii_alphanumeric())
    }

    /// The digits of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lower-case hexadecimal digits of the bytes.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The secret in the bytes, None if they are not UTF-8. Leaves no copy behind.
fn secret_text(bytes: &[u8]) -> Option<SecretString> {
    std::str::from_utf8(bytes).ok().map(SecretString::from)
}

/// Keeps passwords under opaque ids.
///
/// Every method may block, but not for ever: each store has time limits of its own.
pub trait SecretStore {
    /// The kind of this store.
    fn kind(&self) -> StoreKind;

    /// Makes the store ready for writing: reaches it, unlocks it, asks for its passphrase. Called
    /// before a transaction begins, so that nobody waits for a prompt while the catalog is locked.
    fn prepare(&mut self) -> Result<(), SecretError> {
        Ok(())
    }

    /// A fresh id for a secret of this store.
    fn new_id(&mut self) -> Result<SecretId, SecretError> {
        SecretId::random()
    }

    /// Stores the secret under a fresh id. A keyring program shows `label` to the user; it holds no
    /// secret.
    fn put(&mut self, id: &SecretId, label: &str, secret: &SecretString)
    -> Result<(), SecretError>;

    /// The secret under the id, None if the store has none.
    fn get(&mut self, id: &SecretId) -> Result<Option<SecretString>, SecretError>;

    /// Deletes the secret under the id, if there is one.
    fn delete(&mut self, id: &SecretId) -> Result<(), SecretError>;

    /// Writes the puts and deletes since the last flush to disk. A store may keep them in memory
    /// until then, and drops them if this fails. Called after the puts and before the catalog
    /// commits, and again after the deletes.
    fn flush(&mut self) -> Result<(), SecretError> {
        Ok(())
    }
}
