//! The vault: passwords in an encrypted file, for machines without a keyring.
//!
//! A passphrase opens it, or identities of age do. Puts and deletes wait in memory until a flush
//! replaces the file, under a lock file beside it. Deleting needs no key, so a sweep never asks for
//! a passphrase.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::mem;
use std::path::{Path, PathBuf};

use super::{SecretError, SecretId, SecretStore, SecretString, StoreKind};
use crate::private_file::{self, Exposure, Forbidden};

mod contents;
mod identity;
mod key;
mod recipient;

use contents::VaultContents;
use key::{KeyOwner, VaultKey};
pub use recipient::{VaultRecipient, vault_recipient};

/// The owner of a vault after it is rekeyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewVaultOwner {
    /// Everyone with the passphrase.
    Passphrase {
        /// The first line of this file; None to ask for it.
        file: Option<PathBuf>,
    },
    /// Every identity in this file.
    Identity(PathBuf),
    /// Each of these recipients.
    Recipients(Vec<VaultRecipient>),
}

/// The occasion on which the vault asks for a passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PassphraseReason {
    /// A vault is created. A passphrase that is typed should be typed twice.
    NewVault,
    /// An existing vault is read or written.
    Unlock,
    /// A vault gets another passphrase, which is not that of the environment.
    Rekey {
        /// The first line of this file; None to ask for it.
        file: Option<PathBuf>,
    },
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

/// Keeps passwords in one encrypted file.
pub struct VaultStore {
    path: PathBuf,
    source: Box<dyn PassphraseSource>,
    identity_file: Option<PathBuf>,
    unlocked: Option<Unlocked>,
    pending: PendingChanges,
}

/// The work of the next flush: the secret to put under an id, None to delete the id.
type PendingChanges = BTreeMap<SecretId, Option<SecretString>>;

/// The key, and the passphrase in case another process creates or replaces the vault meanwhile. A
/// file of identities is read again, because it may be replaced too.
struct Unlocked {
    passphrase: Option<SecretString>,
    key: VaultKey,
}

impl VaultStore {
    /// The vault at the path. Nothing is opened, created or asked yet.
    pub fn new(path: impl Into<PathBuf>, source: Box<dyn PassphraseSource>) -> Self {
        Self {
            path: path.into(),
            source,
            identity_file: None,
            unlocked: None,
            pending: PendingChanges::new(),
        }
    }

    /// The same vault, opened by the identities of this file and by no passphrase.
    #[must_use]
    pub fn with_identity_file(self, identity_file: Option<PathBuf>) -> Self {
        Self { identity_file, ..self }
    }

    /// Encrypts the vault anew, with a new key, for its new owner. Returns the number of
    /// recipients, None for a passphrase.
    pub fn rekey(&mut self, owner: &NewVaultOwner) -> Result<Option<usize>, SecretError> {
        let found = self.existing()?;
        let mut old = self.key_of(&found, None)?;
        let (new, recipients) = match owner {
            NewVaultOwner::Passphrase { file } => {
                let reason = PassphraseReason::Rekey { file: file.clone() };
                (self.new_key_of_passphrase(reason)?, None)
            }
            NewVaultOwner::Identity(file) => {
                let recipients = identity::recipients(&identity::read(file)?);
                (self.new_key_of_recipients(&recipients)?, Some(recipients.len()))
            }
            NewVaultOwner::Recipients(recipients) => {
                let recipients = recipient::distinct(recipients.iter().cloned());
                (self.new_key_of_recipients(&recipients)?, Some(recipients.len()))
            }
        };
        let _lock = self.lock()?;
        let found = self.existing()?;
        if found.key != old.key.wrapped() {
            old = self.key_of(&found, old.passphrase)?;
        }
        let mut contents = VaultContents::new(new.key.wrapped().to_owned());
        for (id, sealed) in &found.secrets {
            let secret = old.key.open(id, sealed, &self.path)?;
            contents.secrets.insert(id.clone(), new.key.seal(id, &secret, &self.path)?);
        }
        replace(&self.path, &contents.to_bytes()).map_err(|error| unusable(&self.path, &error))?;
        self.unlocked = None;
        Ok(recipients)
    }

    fn existing(&self) -> Result<VaultContents, SecretError> {
        let path = || self.path.display().to_string();
        self.read()?.ok_or_else(|| SecretError::NoVault { path: path() })
    }

    /// Reads the file, None if there is none.
    fn read(&self) -> Result<Option<VaultContents>, SecretError> {
        self.check_folder()?;
        match private_file::read(&self.path) {
            Ok(bytes) => VaultContents::read(&bytes)
                .map(Some)
                .map_err(|cause| unusable(&self.path, &cause)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(&self.path, &error)),
        }
    }

    /// Refuses a folder in which other users could replace the vault.
    fn check_folder(&self) -> Result<(), SecretError> {
        let folder = private_file::folder_of(&self.path);
        let exposure = match private_file::exposure(folder, Forbidden::Replacing) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            other => other.map_err(|error| unusable(&self.path, &error))?,
        };
        exposure.map_or(Ok(()), |Exposure { cause, fix }| {
            let folder = folder.display().to_string();
            Err(SecretError::FolderExposed { folder, cause, fix })
        })
    }

    /// The key of the file, or of a new vault if there is no file. Asks for the passphrase the
    /// first time.
    fn unlock(&mut self, contents: Option<&VaultContents>) -> Result<&VaultKey, SecretError> {
        let unlocked = match (self.unlocked.take(), contents) {
            (None, None) => self.new_key()?,
            (Some(unlocked), None) => unlocked,
            (Some(unlocked), Some(contents)) if contents.key == unlocked.key.wrapped() => unlocked,
            (earlier, Some(contents)) => {
                self.check_owner(contents)?;
                self.key_of(contents, earlier.and_then(|earlier| earlier.passphrase))?
            }
        };
        Ok(&self.unlocked.insert(unlocked).key)
    }

    /// Refuses a vault with a passphrase if there is a file of identities: a service that was given
    /// one must not fall back to what it was to replace.
    fn check_owner(&self, contents: &VaultContents) -> Result<(), SecretError> {
        if self.identity_file.is_some() && key::needs_passphrase(&contents.key, &self.path)? {
            return Err(SecretError::PassphraseVault { path: self.path.display().to_string() });
        }
        Ok(())
    }

    /// The key of the file; the passphrase is that known, or else asked for.
    fn key_of(
        &mut self,
        contents: &VaultContents,
        known: Option<SecretString>,
    ) -> Result<Unlocked, SecretError> {
        if key::needs_passphrase(&contents.key, &self.path)? {
            let passphrase = match known {
                Some(passphrase) => passphrase,
                None => self.source.passphrase(&self.path, PassphraseReason::Unlock)?,
            };
            let key = VaultKey::unwrap(&contents.key, &passphrase, &self.path)?;
            return Ok(Unlocked { passphrase: Some(passphrase), key });
        }
        let path = || self.path.display().to_string();
        let file = self.identity_file.as_deref();
        let file = file.ok_or_else(|| SecretError::NoIdentity { path: path() })?;
        let identities = identity::read(file)?;
        let key = VaultKey::unwrap_by_identity(&contents.key, &identities, &self.path)?;
        let key = key.ok_or_else(|| SecretError::WrongIdentity {
            path: path(),
            file: file.display().to_string(),
        })?;
        Ok(Unlocked { passphrase: None, key })
    }

    fn new_key(&mut self) -> Result<Unlocked, SecretError> {
        match &self.identity_file {
            Some(file) => self.new_key_of_recipients(&identity::recipients(&identity::read(file)?)),
            None => self.new_key_of_passphrase(PassphraseReason::NewVault),
        }
    }

    fn new_key_of_passphrase(&mut self, reason: PassphraseReason) -> Result<Unlocked, SecretError> {
        let passphrase = self.source.passphrase(&self.path, reason)?;
        let key = VaultKey::generate(&KeyOwner::Passphrase(&passphrase), &self.path)?;
        Ok(Unlocked { passphrase: Some(passphrase), key })
    }

    fn new_key_of_recipients(
        &self,
        recipients: &[VaultRecipient],
    ) -> Result<Unlocked, SecretError> {
        let key = VaultKey::generate(&KeyOwner::Recipients(recipients), &self.path)?;
        Ok(Unlocked { passphrase: None, key })
    }

    /// Reads the file and gets its key, or that of a new vault. True if there is a file.
    fn open(&mut self) -> Result<bool, SecretError> {
        let contents = self.read()?;
        self.unlock(contents.as_ref())?;
        Ok(contents.is_some())
    }

    /// Creates the file without a secret, unless another process has done so meanwhile.
    fn create(&mut self) -> Result<(), SecretError> {
        private_file::create_folder(private_file::folder_of(&self.path))
            .map_err(|error| unusable(&self.path, &error))?;
        let _lock = self.lock()?;
        if self.read()?.is_some() {
            return Ok(());
        }
        let contents = VaultContents::new(self.unlock(None)?.wrapped().to_owned());
        replace(&self.path, &contents.to_bytes()).map_err(|error| unusable(&self.path, &error))
    }

    fn apply(&mut self, pending: &PendingChanges) -> Result<(), SecretError> {
        let mut found = self.read()?;
        let has_puts = pending.values().any(Option::is_some);
        if has_puts {
            self.seal(&mut found, pending)?;
        }
        let Some(mut contents) = found else { return Ok(()) };
        let before = contents.secrets.len();
        contents.secrets.retain(|id, _| !matches!(pending.get(id), Some(None)));
        if has_puts || contents.secrets.len() < before {
            replace(&self.path, &contents.to_bytes())
                .map_err(|error| unusable(&self.path, &error))?;
        }
        Ok(())
    }

    fn seal(
        &mut self,
        found: &mut Option<VaultContents>,
        pending: &PendingChanges,
    ) -> Result<(), SecretError> {
        let path = self.path.clone();
        let key = self.unlock(found.as_ref())?;
        let contents = found.get_or_insert_with(|| VaultContents::new(key.wrapped().to_owned()));
        for (id, secret) in pending {
            if let Some(secret) = secret {
                let sealed = key.seal(id, secret, &path)?;
                contents.secrets.insert(id.clone(), sealed);
            }
        }
        Ok(())
    }

    /// Takes the lock that every process takes before it replaces the file. Dropping the handle
    /// frees it.
    fn lock(&self) -> Result<File, SecretError> {
        let path = private_file::beside(&self.path, ".lock");
        private_file::open_locked(&path, private_file::LOCK_LIMIT)
            .map_err(|error| unusable(&path, &error))?
            .ok_or_else(|| SecretError::FileBusy { path: self.path.display().to_string() })
    }
}

impl SecretStore for VaultStore {
    fn kind(&self) -> StoreKind {
        StoreKind::Vault
    }

    /// Unlocks the file, or creates it. Deriving a key from the passphrase takes long, so it is
    /// done here, under no lock: a flush, for which others wait, finds the file's key derived.
    fn prepare(&mut self) -> Result<(), SecretError> {
        if !self.open()? {
            self.create()?;
            // Another process may have created the file, with its own key.
            self.open()?;
        }
        Ok(())
    }

    fn put(
        &mut self,
        id: &SecretId,
        _label: &str,
        secret: &SecretString,
    ) -> Result<(), SecretError> {
        if !id.is_plain() {
            return Err(unusable(&self.path, &format!("it cannot hold the id {:?}", id.as_str())));
        }
        if self.unlocked.is_none() {
            self.open()?;
        }
        self.pending.insert(id.clone(), Some(secret.clone()));
        Ok(())
    }

    fn get(&mut self, id: &SecretId) -> Result<Option<SecretString>, SecretError> {
        if let Some(pending) = self.pending.get(id) {
            return Ok(pending.clone());
        }
        let Some(contents) = self.read()? else { return Ok(None) };
        let Some(sealed) = contents.secrets.get(id) else {
            return Ok(None);
        };
        let path = self.path.clone();
        let key = self.unlock(Some(&contents))?;
        key.open(id, sealed, &path).map(Some)
    }

    fn delete(&mut self, id: &SecretId) -> Result<(), SecretError> {
        self.pending.insert(id.clone(), None);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SecretError> {
        let pending = mem::take(&mut self.pending);
        let only_deletes = pending.values().all(Option::is_none);
        if pending.is_empty() || (only_deletes && self.read()?.is_none()) {
            return Ok(());
        }
        let _lock = self.lock()?;
        self.apply(&pending)
    }
}

/// Replaces the file atomically: a reader sees the old bytes or the new ones.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = private_file::beside(path, ".new");
    let mut file = private_file::create_anew(&new)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let replaced = written.and_then(|()| fs::rename(&new, path));
    if let Err(error) = replaced {
        // The first error is the one that counts.
        let _ = private_file::remove(&new);
        return Err(error);
    }
    private_file::sync_folder(path)
}

fn unusable(path: &Path, cause: &impl ToString) -> SecretError {
    SecretError::FileUnusable {
        file: format!("the vault {}", path.display()),
        cause: cause.to_string(),
    }
}

#[cfg(test)]
mod tests;
