//! Where passwords lie: the stores behind one trait, and the journal that keeps a store and the
//! catalog in step.
//!
//! Knows nothing of statements and nothing of the catalog. A password is a [`SecretString`] from
//! the moment it is read; it leaves this module only through [`SecretStore::get`].

mod checksum;
mod error;
mod journal;
mod keyring;
mod memory;
mod private_file;
mod vault;

use std::fmt;
use std::str::FromStr;

pub use error::SecretError;
pub use journal::{Journal, JournalEntry, JournalGuard};
pub use keyring::KeyringStore;
pub use memory::MemoryStore;
pub use vault::{PassphraseReason, PassphraseSource, VaultStore};

pub use secrecy::SecretString;

/// The text is not the word for a secret store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret stores are keyring, vault and memory")]
pub struct UnknownStore;

/// Which store a secret went to; the catalog keeps this word beside the secret's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreKind {
    /// The keyring of the operating system.
    Keyring,
    /// An encrypted file beside the catalog.
    Vault,
    /// This process's memory: gone when it ends.
    Memory,
}

impl StoreKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: &'static [Self] = &[Self::Keyring, Self::Vault, Self::Memory];

    /// The word that stands on the command line and in the catalog.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Vault => "vault",
            Self::Memory => "memory",
        }
    }
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for StoreKind {
    type Err = UnknownStore;

    fn from_str(word: &str) -> Result<Self, UnknownStore> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word).ok_or(UnknownStore)
    }
}

/// The opaque name of one secret: 32 lower-case hexadecimal digits, never used twice.
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

    /// An id as the catalog or the journal kept it.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lower-case hexadecimal digits of the bytes.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The secret in the bytes, or None where they are not UTF-8. Makes no copy that stays behind.
fn secret_text(bytes: &[u8]) -> Option<SecretString> {
    std::str::from_utf8(bytes).ok().map(SecretString::from)
}

/// A place that keeps passwords under opaque ids.
///
/// Every method may block on the outside world, but not for ever: each store has its own deadline.
pub trait SecretStore {
    /// Which kind this is.
    fn kind(&self) -> StoreKind;

    /// Makes sure that the store can be written to now: reaches it, unlocks it, asks for its
    /// passphrase. Called before a transaction begins, so that nobody waits for a prompt while the
    /// catalog is locked.
    fn prepare(&mut self) -> Result<(), SecretError>;

    /// A fresh id for a secret of this store.
    fn new_id(&mut self) -> Result<SecretId, SecretError>;

    /// Stores the secret under a fresh id. `label` is what a keyring program shows to the user; it
    /// holds no secret.
    fn put(&mut self, id: &SecretId, label: &str, secret: &SecretString)
    -> Result<(), SecretError>;

    /// The secret under the id, or None where the store has none.
    fn get(&mut self, id: &SecretId) -> Result<Option<SecretString>, SecretError>;

    /// Deletes the secret under the id; fine where there is none.
    fn delete(&mut self, id: &SecretId) -> Result<(), SecretError>;

    /// Makes the puts and deletes since the last flush last. A store may keep them in memory until
    /// then; it gives them up where this fails. Called after the puts and before the catalog
    /// commits, and again after the deletes.
    fn flush(&mut self) -> Result<(), SecretError> {
        Ok(())
    }
}
