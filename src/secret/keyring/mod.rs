//! The keyring of the operating system: Keychain, Credential Manager, or the Secret Service of a
//! Linux desktop.
//!
//! Every operation runs on a thread of its own and is given up after a time limit, because the
//! libraries below wait for ever.

use std::sync::Arc;

use secrecy::ExposeSecret;

use super::{SecretError, SecretId, SecretStore, SecretString, StoreKind, secret_text};

mod attempt;
#[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
mod freedesktop;
#[cfg(not(all(unix, not(target_vendor = "apple"), not(target_os = "android"))))]
mod native;

use attempt::{KeyringStage, Progress};
#[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
use freedesktop::ServiceLink as Link;
#[cfg(not(all(unix, not(target_vendor = "apple"), not(target_os = "android"))))]
use native::NativeLink as Link;

/// The program that a keyring shows as the owner of the passwords.
const SERVICE: &str = "redwire";

/// Keeps the passwords of one catalog in the keyring.
pub struct KeyringStore {
    catalog_id: Arc<str>,
    link: Option<Link>,
}

impl KeyringStore {
    /// The store of the catalog with this id. Nothing is connected yet.
    pub fn new(catalog_id: impl Into<Arc<str>>) -> Self {
        Self {
            catalog_id: catalog_id.into(),
            link: None,
        }
    }

    /// The user name of the secret in the keyring.
    fn user(&self, id: &SecretId) -> String {
        format!("{}/{}", self.catalog_id, id.as_str())
    }

    /// Does the work over the kept link or a new one. Does it once more, over a new link, after a
    /// failure that a new link can heal.
    fn run<T, W>(&mut self, work: W) -> Result<T, SecretError>
    where
        T: Send + 'static,
        W: Fn(&Link, &Progress) -> Result<T, SecretError> + Send + 'static,
    {
        let kept = self.link.take();
        let (link, result) = attempt::run(KeyringStage::limit, move |progress| {
            let is_kept = kept.is_some();
            let open = || progress.enter(KeyringStage::Reaching).and_then(|()| Link::open());
            let over = |link: &Result<Link, SecretError>| {
                link.as_ref().map_err(Clone::clone).and_then(|link| work(link, progress))
            };
            let mut link = kept.map_or_else(open, Ok);
            let mut result = over(&link);
            if matches!(&result, Err(error) if heals_with_a_new_link(error, is_kept)) {
                link = open();
                result = over(&link);
            }
            (link.ok(), result)
        })?;
        self.link = link;
        result
    }
}

/// A keyring that was restarted does not know a kept link. And once in 256 times a key of the
/// encrypted session begins with a zero, which some services leave out or refuse.
fn heals_with_a_new_link(error: &SecretError, is_kept: bool) -> bool {
    matches!(error, SecretError::KeyringRefused(_))
        || (is_kept && matches!(error, SecretError::KeyringUnreachable(_)))
}

impl SecretStore for KeyringStore {
    fn kind(&self) -> StoreKind {
        StoreKind::Keyring
    }

    fn prepare(&mut self) -> Result<(), SecretError> {
        self.run(Link::unlock_for_writing)
    }

    fn put(
        &mut self,
        id: &SecretId,
        label: &str,
        secret: &SecretString,
    ) -> Result<(), SecretError> {
        let (user, label, secret) = (self.user(id), label.to_owned(), secret.clone());
        self.run(move |link, progress| {
            link.unlock_for_writing(progress)?;
            link.write(&user, &label, secret.expose_secret().as_bytes())
        })
    }

    fn get(&mut self, id: &SecretId) -> Result<Option<SecretString>, SecretError> {
        let user = self.user(id);
        self.run(move |link, progress| match link.read(&user, progress)? {
            Some(bytes) => secret_text(&bytes).map(Some).ok_or_else(not_text),
            None => Ok(None),
        })
    }

    fn delete(&mut self, id: &SecretId) -> Result<(), SecretError> {
        let user = self.user(id);
        self.run(move |link, progress| link.delete(&user, progress))
    }
}

fn not_text() -> SecretError {
    SecretError::KeyringRefused("what it keeps is not UTF-8".to_owned())
}
