//! The key of a vault: an X25519 identity of age, wrapped by the passphrase or to recipients. Each
//! secret is encrypted to it.
//!
//! The public half is not in the file, so that nobody who cannot open the vault can add a secret.

use std::io::{self, Read, Write};
use std::iter;
use std::path::Path;

use age::{DecryptError, Decryptor, EncryptError, Encryptor, scrypt, x25519};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::unusable;
use crate::secret::{SecretError, SecretId, SecretString, secret_text};

/// The work factor of scrypt, as a power of two: about 0.1 s and 64 MB. age's own choice depends on
/// the machine's speed on the day and takes ten times as long.
const WORK_FACTOR: u8 = 16;

/// The largest work factor that a file may ask for, four times the work of redwire's own. More
/// would let a planted file stall the process.
const MAX_WORK_FACTOR: u8 = 18;

/// The key, and its wrapped form as the file holds it.
pub(super) struct VaultKey {
    identity: x25519::Identity,
    recipient: x25519::Recipient,
    wrapped: Vec<u8>,
}

/// The owner of a wrapped key. age's format has one passphrase or recipients, never both.
pub(super) enum KeyOwner<'a> {
    Passphrase(&'a SecretString),
    Recipients(&'a [x25519::Recipient]),
}

/// True if a passphrase opens the wrapped key, false if an identity does.
pub(super) fn needs_passphrase(wrapped: &[u8], path: &Path) -> Result<bool, SecretError> {
    let decryptor = Decryptor::new_buffered(wrapped).map_err(|error| unusable(path, &error))?;
    Ok(decryptor.is_scrypt())
}

impl VaultKey {
    /// Makes a new key, wrapped for its owner.
    pub(super) fn generate(owner: &KeyOwner<'_>, path: &Path) -> Result<Self, SecretError> {
        let identity = x25519::Identity::generate();
        let text = identity.to_string();
        let wrapped = match owner {
            KeyOwner::Passphrase(passphrase) => {
                if passphrase.expose_secret().is_empty() {
                    return Err(SecretError::NoPassphrase {
                        path: path.display().to_string(),
                        cause: "the passphrase given is empty".to_owned(),
                    });
                }
                let mut recipient = scrypt::Recipient::new((*passphrase).clone());
                recipient.set_work_factor(WORK_FACTOR);
                encrypt(iter::once(&recipient as _), &text)
            }
            KeyOwner::Recipients(recipients) => {
                encrypt(recipients.iter().map(|recipient| recipient as _), &text)
            }
        };
        Ok(Self::new(identity, wrapped.map_err(|error| unusable(path, &error))?))
    }

    /// Unwraps the key of a file by its passphrase.
    pub(super) fn unwrap(
        wrapped: &[u8],
        passphrase: &SecretString,
        path: &Path,
    ) -> Result<Self, SecretError> {
        let mut opener = scrypt::Identity::new(passphrase.clone());
        opener.set_max_work_factor(MAX_WORK_FACTOR);
        let text = decrypt(iter::once(&opener as _), wrapped);
        let text = text.map_err(|error| not_unwrapped(&error, path))?;
        Self::from_text(&text, wrapped, path)
    }

    /// Unwraps the key of a file by one of the identities; None if none of them opens it.
    pub(super) fn unwrap_by_identity(
        wrapped: &[u8],
        identities: &[x25519::Identity],
        path: &Path,
    ) -> Result<Option<Self>, SecretError> {
        match decrypt(identities.iter().map(|identity| identity as _), wrapped) {
            Ok(text) => Self::from_text(&text, wrapped, path).map(Some),
            Err(DecryptError::NoMatchingKeys) => Ok(None),
            Err(error) => Err(unusable(path, &error)),
        }
    }

    fn from_text(text: &[u8], wrapped: &[u8], path: &Path) -> Result<Self, SecretError> {
        let identity = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        let identity = identity.ok_or_else(|| unusable(path, &"its key is damaged"))?;
        Ok(Self::new(identity, wrapped.to_owned()))
    }

    fn new(identity: x25519::Identity, wrapped: Vec<u8>) -> Self {
        Self {
            recipient: identity.to_public(),
            identity,
            wrapped,
        }
    }

    /// The key as the file holds it.
    pub(super) fn wrapped(&self) -> &[u8] {
        &self.wrapped
    }

    /// Encrypts the secret together with its id, so that no secret can be passed off as another.
    pub(super) fn seal(
        &self,
        id: &SecretId,
        secret: &SecretString,
        path: &Path,
    ) -> Result<Vec<u8>, SecretError> {
        let (id, secret) = (id.as_str(), secret.expose_secret());
        let mut text = Zeroizing::new(Vec::with_capacity(id.len() + 1 + secret.len()));
        text.extend_from_slice(id.as_bytes());
        text.push(b'\n');
        text.extend_from_slice(secret.as_bytes());
        age::encrypt(&self.recipient, &text).map_err(|error| unusable(path, &error))
    }

    /// Decrypts a secret that [`Self::seal`] has encrypted with this id.
    pub(super) fn open(
        &self,
        id: &SecretId,
        sealed: &[u8],
        path: &Path,
    ) -> Result<SecretString, SecretError> {
        let damaged = || unusable(path, &format!("the secret {} is damaged", id.as_str()));
        let text = decrypt(iter::once(&self.identity as _), sealed).map_err(|_| damaged())?;
        let secret = text
            .strip_prefix(id.as_str().as_bytes())
            .and_then(|rest| rest.strip_prefix(b"\n"));
        secret.and_then(secret_text).ok_or_else(damaged)
    }
}

fn encrypt<'a>(
    recipients: impl Iterator<Item = &'a dyn age::Recipient>,
    text: &SecretString,
) -> Result<Vec<u8>, EncryptError> {
    let mut wrapped = Vec::new();
    let mut writer = Encryptor::with_recipients(recipients)?.wrap_output(&mut wrapped)?;
    writer.write_all(text.expose_secret().as_bytes())?;
    writer.finish()?;
    Ok(wrapped)
}

/// Decrypts into one buffer that is never moved and is overwritten when dropped.
fn decrypt<'a>(
    identities: impl Iterator<Item = &'a dyn age::Identity>,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut text = Zeroizing::new(vec![0; sealed.len()]);
    let mut reader = Decryptor::new_buffered(sealed)?.decrypt(identities)?;
    let mut length = 0;
    loop {
        match reader.read(&mut text[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    text.truncate(length);
    Ok(text)
}

fn not_unwrapped(error: &DecryptError, path: &Path) -> SecretError {
    match error {
        DecryptError::DecryptionFailed
        | DecryptError::KeyDecryptionFailed
        | DecryptError::NoMatchingKeys => {
            SecretError::WrongPassphrase { path: path.display().to_string() }
        }
        DecryptError::ExcessiveWork { required, .. } => unusable(
            path,
            &format!(
                "its passphrase has the work factor {required}; redwire allows {MAX_WORK_FACTOR}"
            ),
        ),
        other => unusable(path, other),
    }
}
