//! The vault: passwords in an encrypted file, for machines without a keyring.
//!
//! Puts and deletes wait in memory until a flush replaces the file once, under a lock file beside
//! it. Deleting needs no passphrase, so a sweep never asks for one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::mem;
use std::path::{Path, PathBuf};

use super::{SecretError, SecretId, SecretStore, SecretString, StoreKind, private_file};

mod contents;
mod key;
mod passphrase;

use contents::Contents;
use key::Key;
pub use passphrase::{PassphraseReason, PassphraseSource};

/// Keeps passwords in one encrypted file.
pub struct VaultStore {
    path: PathBuf,
    source: Box<dyn PassphraseSource>,
    unlocked: Option<Unlocked>,
    waiting: Waiting,
}

/// What a flush is to do: put the secret, or delete the id where there is none.
type Waiting = BTreeMap<SecretId, Option<SecretString>>;

/// The key, and the passphrase for the case that another process creates or replaces the vault
/// meanwhile.
struct Unlocked {
    passphrase: SecretString,
    key: Key,
}

impl VaultStore {
    /// The vault in the file at the path. Nothing is opened, created or asked yet.
    pub fn new(path: impl Into<PathBuf>, source: Box<dyn PassphraseSource>) -> Self {
        Self {
            path: path.into(),
            source,
            unlocked: None,
            waiting: Waiting::new(),
        }
    }

    /// What stands in the file; None where there is none.
    fn read(&self) -> Result<Option<Contents>, SecretError> {
        match fs::read(&self.path) {
            Ok(bytes) => {
                Contents::read(&bytes).map(Some).map_err(|cause| unusable(&self.path, &cause))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(&self.path, &error)),
        }
    }

    /// The key of the file, or of a new vault where there is no file. Asks for the passphrase the
    /// first time.
    fn unlock(&mut self, contents: Option<&Contents>) -> Result<&Key, SecretError> {
        let unlocked = match self.unlocked.take() {
            Some(unlocked)
                if contents.is_none_or(|contents| contents.key == unlocked.key.wrapped()) =>
            {
                unlocked
            }
            Some(Unlocked { passphrase, .. }) => self.key_for(contents, passphrase)?,
            None => {
                let reason =
                    contents.map_or(PassphraseReason::NewVault, |_| PassphraseReason::Unlock);
                let passphrase = self.source.passphrase(&self.path, reason)?;
                self.key_for(contents, passphrase)?
            }
        };
        Ok(&self.unlocked.insert(unlocked).key)
    }

    fn key_for(
        &self,
        contents: Option<&Contents>,
        passphrase: SecretString,
    ) -> Result<Unlocked, SecretError> {
        let key = match contents {
            Some(contents) => Key::unwrap(&contents.key, &passphrase),
            None => Key::generate(&passphrase),
        };
        let key = key.map_err(|error| error.at(&self.path))?;
        Ok(Unlocked { passphrase, key })
    }

    fn apply(&mut self, waiting: &Waiting) -> Result<(), SecretError> {
        let mut found = self.read()?;
        let has_puts = waiting.values().any(Option::is_some);
        if has_puts {
            self.seal(&mut found, waiting)?;
        }
        let Some(mut contents) = found else { return Ok(()) };
        let before = contents.secrets.len();
        contents.secrets.retain(|id, _| !matches!(waiting.get(id), Some(None)));
        if has_puts || contents.secrets.len() < before {
            replace(&self.path, &contents.to_bytes())
                .map_err(|error| unusable(&self.path, &error))?;
        }
        Ok(())
    }

    fn seal(&mut self, found: &mut Option<Contents>, waiting: &Waiting) -> Result<(), SecretError> {
        let path = self.path.clone();
        let key = self.unlock(found.as_ref())?;
        let contents = found.get_or_insert_with(|| Contents::new(key.wrapped().to_owned()));
        for (id, secret) in waiting {
            if let Some(secret) = secret {
                let sealed = key.seal(id, secret).map_err(|error| error.at(&path))?;
                contents.secrets.insert(id.clone(), sealed);
            }
        }
        Ok(())
    }

    /// The lock that every process takes before it replaces the file. Freed when the handle is
    /// dropped.
    fn lock(&self) -> Result<File, SecretError> {
        let path = beside(&self.path, ".lock");
        let file = private_file::open_or_create(&path).map_err(|error| unusable(&path, &error))?;
        let is_locked = private_file::lock_within(private_file::LOCK_LIMIT, &file);
        if is_locked.map_err(|error| unusable(&path, &error))? {
            return Ok(file);
        }
        Err(SecretError::FileBusy { path: self.path.display().to_string() })
    }
}

impl SecretStore for VaultStore {
    fn kind(&self) -> StoreKind {
        StoreKind::Vault
    }

    /// Reads the file and unlocks it. A new vault appears with its first secret only.
    fn prepare(&mut self) -> Result<(), SecretError> {
        let contents = self.read()?;
        self.unlock(contents.as_ref()).map(drop)
    }

    fn new_id(&mut self) -> Result<SecretId, SecretError> {
        SecretId::random()
    }

    fn put(
        &mut self,
        id: &SecretId,
        _label: &str,
        secret: &SecretString,
    ) -> Result<(), SecretError> {
        if !contents::can_hold(id) {
            return Err(unusable(&self.path, &format!("it cannot hold the id {:?}", id.as_str())));
        }
        if self.unlocked.is_none() {
            self.prepare()?;
        }
        self.waiting.insert(id.clone(), Some(secret.clone()));
        Ok(())
    }

    fn get(&mut self, id: &SecretId) -> Result<Option<SecretString>, SecretError> {
        if let Some(waiting) = self.waiting.get(id) {
            return Ok(waiting.clone());
        }
        let Some(contents) = self.read()? else { return Ok(None) };
        let Some(sealed) = contents.secrets.get(id) else {
            return Ok(None);
        };
        let path = self.path.clone();
        let key = self.unlock(Some(&contents))?;
        key.open(id, sealed).map(Some).map_err(|error| error.at(&path))
    }

    fn delete(&mut self, id: &SecretId) -> Result<(), SecretError> {
        self.waiting.insert(id.clone(), None);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SecretError> {
        let waiting = mem::take(&mut self.waiting);
        let only_deletes = waiting.values().all(Option::is_none);
        if waiting.is_empty() || (only_deletes && self.read()?.is_none()) {
            return Ok(());
        }
        let _lock = self.lock()?;
        self.apply(&waiting)
    }
}

/// Puts the bytes in the place of the file: whoever reads it sees the old ones or the new ones.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = beside(path, ".new");
    let mut file = private_file::create_anew(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    private_file::sync_folder(path)
}

/// The path with more behind its last name.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn unusable(path: &Path, cause: &impl ToString) -> SecretError {
    SecretError::VaultUnusable {
        path: path.display().to_string(),
        cause: cause.to_string(),
    }
}

#[cfg(test)]
mod tests;
