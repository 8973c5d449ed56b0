//! The ways to log in.

use secrecy::SecretString;

use super::Executor;
use crate::catalog::{Definition, SecretReference};
use crate::definition::ConnectionKind;
use crate::error::{Error, PasswordError};
use crate::name::ConnectionName;

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
    /// The password for the server.
    pub(super) fn password_of(
        &mut self,
        name: &ConnectionName,
        login: &Login,
    ) -> Result<SecretString, Error> {
        match login {
            Login::Password(Password::Given(password)) => Ok(password.clone()),
            Login::Password(Password::Stored(reference)) => self.stored_password(name, reference),
        }
    }

    fn stored_password(
        &mut self,
        name: &ConnectionName,
        reference: &SecretReference,
    ) -> Result<SecretString, Error> {
        let id = self.writer.catalog.id()?;
        let mut password = self.writer.secrets.stored(&id, reference)?;
        // Another process may have changed the password since the row was read: the row then
        // refers to another secret.
        if password.is_none()
            && let Some(found) = self.writer.catalog.reader()?.find_connection(name)?
        {
            password = self.writer.secrets.stored(&id, &found.definition.secret)?;
        }
        Ok(password.ok_or_else(|| PasswordError::NotStored { name: name.clone() })?)
    }
}
