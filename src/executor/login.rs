//! The ways in which a connection's user logs in.

use secrecy::SecretString;

use super::Executor;
use crate::catalog::{Definition, SecretReference};
use crate::definition::ConnectionKind;
use crate::error::Error;

/// The way in which a connection's user logs in.
pub(super) enum Login {
    /// With a password.
    Password(Password),
}

/// A password that is at hand, or its place in a secret store.
pub(super) enum Password {
    Given(SecretString),
    Stored(SecretReference),
}

impl Login {
    /// The login of a connection that the catalog has.
    pub fn from_catalog(definition: &Definition) -> Self {
        match definition.kind {
            ConnectionKind::Redshift => Self::Password(Password::Stored(definition.secret.clone())),
        }
    }
}

impl Executor {
    /// The password that the server is told; None where the secret store has none.
    pub(super) fn password_of(&mut self, login: &Login) -> Result<Option<SecretString>, Error> {
        match login {
            Login::Password(Password::Given(password)) => Ok(Some(password.clone())),
            Login::Password(Password::Stored(reference)) => {
                let catalog_id = self.reader()?.catalog_id().to_owned();
                self.secrets.stored(&catalog_id, reference)
            }
        }
    }
}
