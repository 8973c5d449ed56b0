//! The ways to log in.

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

/// A password given in the statement, or its place in a secret store.
pub(super) enum Password {
    Given(SecretString),
    Stored(SecretReference),
}

impl Login {
    /// The login of a stored connection.
    pub fn from_catalog(definition: &Definition) -> Self {
        match definition.kind {
            ConnectionKind::Redshift => Self::Password(Password::Stored(definition.secret.clone())),
        }
    }
}

impl Executor {
    /// The password for the server; None if the secret store does not have it.
    pub(super) fn password_of(&mut self, login: &Login) -> Result<Option<SecretString>, Error> {
        match login {
            Login::Password(Password::Given(password)) => Ok(Some(password.clone())),
            Login::Password(Password::Stored(reference)) => {
                self.secrets.stored(&self.catalog.id()?, reference)
            }
        }
    }
}
