//! The errors of secret stores and of the journal.

use super::StoreKind;
use crate::sqlstate::SqlState;

/// A secret could not be stored, read or deleted. No variant holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is no session bus, no service behind it, or no answer in time.
    #[error("no keyring can be reached")]
    KeyringUnreachable {
        /// In the platform's words.
        cause: String,
    },
    /// The keyring stays locked: its prompt was dismissed, or there is nobody to ask.
    #[error("the keyring is locked")]
    KeyringLocked {
        /// In the platform's words.
        cause: String,
    },
    /// The keyring refused the operation or broke it off.
    #[error("the keyring refused the password")]
    KeyringRefused {
        /// In the platform's words.
        cause: String,
    },
    /// The vault's file cannot be read or written.
    #[error("the vault {path} cannot be used")]
    VaultUnusable {
        /// The vault's file.
        path: String,
        /// In the words of the operating system or the decryption.
        cause: String,
    },
    /// The passphrase does not open the vault.
    #[error("the passphrase does not open the vault {path}")]
    WrongPassphrase {
        /// The vault's file.
        path: String,
    },
    /// The vault needs a passphrase, and there is nobody to ask for it.
    #[error("the vault {path} needs its passphrase")]
    NoPassphrase {
        /// The vault's file.
        path: String,
        /// The reason why there is no passphrase.
        cause: String,
    },
    /// The user cancelled the question for the passphrase.
    #[error("cancelled")]
    Interrupted,
    /// The journal beside the catalog cannot be read or written.
    #[error("the journal of secrets {path} cannot be used")]
    JournalUnusable {
        /// The journal's file.
        path: String,
        /// In the operating system's words.
        cause: String,
    },
    /// Another process holds the lock of the vault or the journal for too long.
    #[error("another process is at work on {path}")]
    FileBusy {
        /// The locked file.
        path: String,
    },
    /// The secret is in no store that this process has open.
    #[error("the password lies in the store {kind}, which is not the one in use")]
    OtherStore {
        /// The store that has it.
        kind: StoreKind,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes")]
    NoRandomness(String),
}

impl SecretError {
    /// The SQLSTATE of the error.
    #[must_use]
    pub fn sqlstate(&self) -> SqlState {
        match self {
            Self::FileBusy { .. } => SqlState::ObjectInUse,
            Self::Interrupted => SqlState::QueryCanceled,
            Self::KeyringUnreachable { .. }
            | Self::KeyringLocked { .. }
            | Self::KeyringRefused { .. }
            | Self::VaultUnusable { .. }
            | Self::WrongPassphrase { .. }
            | Self::NoPassphrase { .. }
            | Self::JournalUnusable { .. }
            | Self::OtherStore { .. }
            | Self::NoRandomness(_) => SqlState::SystemError,
        }
    }

    /// True if the operation may still succeed later: a keyring that gave no answer in time may go
    /// on by itself.
    #[must_use]
    pub fn may_still_happen(&self) -> bool {
        match self {
            Self::KeyringUnreachable { .. } => true,
            Self::KeyringLocked { .. }
            | Self::KeyringRefused { .. }
            | Self::VaultUnusable { .. }
            | Self::WrongPassphrase { .. }
            | Self::NoPassphrase { .. }
            | Self::Interrupted
            | Self::JournalUnusable { .. }
            | Self::FileBusy { .. }
            | Self::OtherStore { .. }
            | Self::NoRandomness(_) => false,
        }
    }

    /// The platform's words, if it had any.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::KeyringUnreachable { cause }
            | Self::KeyringLocked { cause }
            | Self::KeyringRefused { cause }
            | Self::VaultUnusable { cause, .. }
            | Self::NoPassphrase { cause, .. }
            | Self::JournalUnusable { cause, .. }
            | Self::NoRandomness(cause) => Some(cause),
            Self::WrongPassphrase { .. }
            | Self::Interrupted
            | Self::FileBusy { .. }
            | Self::OtherStore { .. } => None,
        }
    }

    /// The way out.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::KeyringUnreachable { .. } => Some(
                "start a keyring (on Linux: gnome-keyring or KWallet in a D-Bus session), or keep passwords in an \
                 encrypted file: redwire --secret-store vault"
                    .to_owned(),
            ),
            Self::KeyringLocked { .. } => Some(
                "unlock the keyring and run the statement again, or keep passwords in an encrypted file: \
                 redwire --secret-store vault"
                    .to_owned(),
            ),
            Self::KeyringRefused { .. } => Some(
                "look at the keyring and run the statement again, or keep passwords in an encrypted file: \
                     redwire --secret-store vault"
                    .to_owned(),
            ),
            Self::VaultUnusable { .. } | Self::JournalUnusable { .. } => {
                Some("look at the file and its folder, then run the statement again: nothing was changed".to_owned())
            }
            Self::WrongPassphrase { .. } => {
                Some("there is no way to recover a vault without its passphrase".to_owned())
            }
            Self::NoPassphrase { .. } => {
                Some("set REDWIRE_VAULT_PASSPHRASE_FILE to a file that only you can read".to_owned())
            }
            Self::FileBusy { .. } => Some("run the statement again when the other process is done".to_owned()),
            Self::OtherStore { kind } => Some(format!("run redwire with --secret-store {kind}")),
            Self::Interrupted | Self::NoRandomness(_) => None,
        }
    }
}
