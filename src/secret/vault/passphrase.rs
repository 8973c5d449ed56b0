//! The source of the passphrase, which the caller chooses: the environment, a file or a prompt.

use std::path::Path;

use crate::secret::{SecretError, SecretString};

/// The occasion on which the vault asks for a passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassphraseReason {
    /// A vault is created. A passphrase that is typed should be typed twice.
    NewVault,
    /// An existing vault is read or written.
    Unlock,
}

/// Gives the passphrase of a vault. Asked once a process, and again only after a wrong one.
pub trait PassphraseSource {
    /// The passphrase of the vault at the path, or [`SecretError::NoPassphrase`] if there is nobody
    /// to ask.
    fn passphrase(
        &mut self,
        vault: &Path,
        reason: PassphraseReason,
    ) -> Result<SecretString, SecretError>;
}
