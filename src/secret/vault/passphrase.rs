//! Where the passphrase comes from is the caller's affair: the environment, a file or a prompt.

use std::path::Path;

use crate::secret::{SecretError, SecretString};

/// Why the vault asks for a passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassphraseReason {
    /// There is no vault yet. Whoever types the passphrase should type it twice.
    NewVault,
    /// To read or write the vault that is there.
    Unlock,
}

/// Gives the passphrase of a vault. Asked once a process, and again only after a wrong one.
pub trait PassphraseSource {
    /// The passphrase of the vault at the path, or [`SecretError::NoPassphrase`] where there is
    /// nobody to ask.
    fn passphrase(
        &mut self,
        vault: &Path,
        reason: PassphraseReason,
    ) -> Result<SecretString, SecretError>;
}
