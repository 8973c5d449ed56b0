//! The ways to log in.

use secrecy::SecretString;

use super::transaction::CatalogWriter;
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
    /// None if it is in no store that this version has.
    Stored(Option<SecretReference>),
}

impl Login {
    /// The login of a stored connection.
    pub fn from_catalog(definition: &Definition) -> Self {
        match definition.kind {
            ConnectionKind::Redshift => Self::Password(Password::Stored(definition.secret.clone())),
        }
    }

    /// The password for the server.
    pub fn password(
        &self,
        writer: &mut CatalogWriter,
        name: &ConnectionName,
    ) -> Result<SecretString, Error> {
        match self {
            Self::Password(Password::Given(password)) => Ok(password.clone()),
            Self::Password(Password::Stored(reference)) => {
                stored_password(writer, name, reference.as_ref())
            }
        }
    }
}

fn stored_password(
    writer: &mut CatalogWriter,
    name: &ConnectionName,
    reference: Option<&SecretReference>,
) -> Result<SecretString, Error> {
    let id = writer.catalog.id()?;
    let mut password = writer.secrets.stored(&id, reference)?;
    // Another process may have changed the password since the row was read: the row then refers to
    // another secret.
    if password.is_none()
        && let Some(found) = writer.catalog.reader()?.find_connection(name)?
    {
        password = writer.secrets.stored(&id, found.definition.secret.as_ref())?;
    }
    Ok(password.ok_or_else(|| PasswordError::NotStored { name: name.clone() })?)
}
