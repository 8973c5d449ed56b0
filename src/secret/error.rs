//! The errors of secret stores and of the journal.

use super::StoreKind;
use crate::diagnostic::{Diagnosis, Diagnostic, display_message};
use crate::sqlstate::SqlState as S;

/// A secret could not be stored, read or deleted. No variant holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretError {
    /// There is no session bus, no service behind it, or no answer in time; in the platform's
    /// words.
    KeyringUnreachable(String),
    /// The keyring stays locked: its prompt was dismissed, or there is nobody to ask; in the
    /// platform's words.
    KeyringLocked(String),
    /// The keyring refused the operation or broke it off; in the platform's words.
    KeyringRefused(String),
    /// The file of the vault or the journal cannot be read or written.
    FileUnusable {
        /// The file, with its role.
        file: String,
        /// In the words of the operating system or the decryption.
        cause: String,
    },
    /// Other users can replace the vault.
    FolderExposed {
        /// The vault's folder.
        folder: String,
        /// The reason.
        cause: String,
        /// A suggested fix.
        fix: String,
    },
    /// The passphrase does not open the vault.
    WrongPassphrase {
        /// The vault's file.
        path: String,
    },
    /// The vault needs a passphrase, and there is nobody to ask for it.
    NoPassphrase {
        /// The vault's file.
        path: String,
        /// The reason why there is no passphrase.
        cause: String,
    },
    /// The file of identities cannot be read, or others can read it.
    IdentityUnusable {
        /// The file.
        file: String,
        /// The reason.
        cause: String,
        /// A suggested fix; None for a file with other contents.
        fix: Option<String>,
    },
    /// The vault opens with an identity, and no file of identities is given.
    NoIdentity {
        /// The vault's file.
        path: String,
    },
    /// No identity of the file opens the vault.
    WrongIdentity {
        /// The vault's file.
        path: String,
        /// The file of identities.
        file: String,
    },
    /// The vault opens with a passphrase, and a file of identities is given.
    PassphraseVault {
        /// The vault's file.
        path: String,
    },
    /// There is no vault to rekey.
    NoVault {
        /// The vault's file.
        path: String,
    },
    /// The user cancelled the question for the passphrase.
    Interrupted,
    /// Another process holds the lock of the vault or the journal for too long.
    FileBusy {
        /// The locked file.
        path: String,
    },
    /// The secret is in no store that this process has open.
    OtherStore {
        /// The store that has it.
        kind: StoreKind,
    },
    /// The operating system gave no random bytes.
    NoRandomness(String),
}

impl SecretError {
    /// True if the operation may still succeed later: a keyring that gave no answer in time
    /// may go on by itself.
    pub fn may_still_happen(&self) -> bool {
        matches!(self, Self::KeyringUnreachable(_))
    }
}

impl Diagnostic for SecretError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::KeyringUnreachable(cause) => keyring(
                "could not connect to a keyring",
                "start a keyring (on Linux: gnome-keyring or KWallet in a D-Bus session)",
                cause,
            ),
            Self::KeyringLocked(cause) => keyring("the keyring is locked", UNLOCK, cause),
            Self::KeyringRefused(cause) => {
                keyring("the keyring refused the password", LOOK_AT_KEYRING, cause)
            },
            Self::FileUnusable { file, cause } => {
                failed(format!("could not use {file}")).hint(LOOK_AT_FILE).cause(cause)
            }
            Self::FolderExposed { folder, cause, fix } => {
                failed(format!("the vault's folder {folder} is not safe from other users"))
                    .hint(fix)
                    .cause(cause)
            }
            Self::WrongPassphrase { path } => {
                failed(format!("wrong passphrase for the vault {path}"))
                    .hint("a vault opens with its passphrase only; REDWIRE_VAULT_PASSPHRASE_FILE may name a file that has it")
            }
            Self::NoPassphrase { path, cause } => {
                failed(format!("no passphrase for the vault {path}"))
                    .hint("set REDWIRE_VAULT_PASSPHRASE_FILE to a file that only you can read")
                    .cause(cause)
            }
            Self::IdentityUnusable { file, cause, fix } => {
                failed(format!("could not use the identity file {file}"))
                    .hint(fix.as_deref().unwrap_or(
                        "REDWIRE_VAULT_IDENTITY_FILE and --identity name a file that age-keygen made",
                    ))
                    .cause(cause)
            }
            Self::NoIdentity { path } => {
                failed(format!("the vault {path} opens with an identity, not with a passphrase"))
                    .hint("set REDWIRE_VAULT_IDENTITY_FILE to the file with the identity")
            }
            Self::WrongIdentity { path, file } => {
                failed(format!("no identity in {file} opens the vault {path}"))
                    .hint("set REDWIRE_VAULT_IDENTITY_FILE to the file with the vault's identity")
            }
            Self::PassphraseVault { path } => failed(format!(
                "the vault {path} opens with a passphrase, not with an identity"
            ))
            .hint(
                "encrypt it to the identities of REDWIRE_VAULT_IDENTITY_FILE: redwire vault rekey; \
                 or unset the variable",
            ),
            Self::NoVault { path } => failed(format!("there is no vault {path}"))
                .hint("the first password makes it: redwire --secret-store vault"),
            Self::Interrupted => Diagnosis::cancelled(),
            Self::FileBusy { path } => {
                S::ObjectInUse.error(format!("another process is at work on {path}"))
                    .hint("run the statement again when the other process is done")
            }
            Self::OtherStore { kind } => failed(format!(
                "the password is in the store {kind}, which is not the one in use"
            ))
            .hint(format!("run redwire with --secret-store {kind}")),
            Self::NoRandomness(cause) => {
                failed("could not generate random bytes").cause(cause)
            }
        }
    }
}

display_message!(SecretError);

const UNLOCK: &str = "unlock the keyring and run the statement again";
const LOOK_AT_KEYRING: &str = "look at the keyring and run the statement again";

/// An error of the keyring, for which a vault may stand in.
fn keyring(message: &str, fix: &str, cause: &str) -> Diagnosis {
    failed(message)
        .hint(format!(
            "{fix}, or keep passwords in an encrypted file: redwire --secret-store vault"
        ))
        .cause(cause)
}

const LOOK_AT_FILE: &str =
    "look at the file and its folder, then run the statement again: nothing was changed";

fn failed(message: impl Into<String>) -> Diagnosis {
    S::SystemError.error(message)
}
