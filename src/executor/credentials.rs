//! Everything that a session needs: endpoint, user, password, and the limit of sessions.

use std::rc::Rc;

use secrecy::SecretString;

use super::login::Login;
use super::lookup::find_connection;
use super::{Executor, StatementSpan};
use crate::catalog::Definition;
use crate::definition::{Limit, PasswordPlace};
use crate::error::{Error, PasswordError};
use crate::name::ConnectionName;
use crate::url::{Endpoint, UrlError};
use crate::warehouse::SessionRequest;
use crate::warehouse::slots::{SlotError, Slots};

/// The destination and the password of a session.
#[derive(Debug)]
pub struct Credentials {
    /// The endpoint and the user.
    pub destination: Destination,
    /// The user's password.
    pub password: SecretString,
}

impl Credentials {
    /// The parameters of the login.
    pub fn request(&self) -> SessionRequest<'_> {
        SessionRequest {
            endpoint: &self.destination.endpoint,
            user: &self.destination.user,
            password: &self.password,
        }
    }
}

/// The destination of sessions on a connection: everything they need except the password.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The id of the connection's row in the catalog.
    pub connection_id: i64,
    /// The connection's name.
    pub name: ConnectionName,
    /// The connection's URL, as stored in the catalog.
    pub connection_string: String,
    /// The endpoint that the URL describes.
    pub endpoint: Endpoint,
    /// The user who logs in.
    pub user: String,
    /// The maximum number of concurrent sessions; None means no limit.
    pub limit: Option<Limit>,
}

impl Destination {
    /// The destination of sessions on the connection with this id and definition.
    pub(super) fn new(connection_id: i64, definition: &Definition) -> Result<Self, UrlError> {
        let endpoint = definition.kind.endpoint(&definition.connection_string)?;
        Ok(Self {
            connection_id,
            name: definition.name.clone(),
            connection_string: definition.connection_string.clone(),
            endpoint,
            user: definition.user_name.clone(),
            limit: definition.limit,
        })
    }
}

impl Executor {
    /// The destination of sessions on the connection. No secret store is opened. `place` is the
    /// place of the name in the statement.
    ///
    /// # Errors
    /// The connection does not exist, or the catalog cannot be read.
    pub fn destination(
        &mut self,
        name: &ConnectionName,
        place: StatementSpan,
    ) -> Result<Destination, Error> {
        let found = find_connection(self.writer.catalog.reader()?, name, place.clone())?;
        Destination::new(found.id, &found.definition).map_err(|error| Error::at(error, place))
    }

    /// The credentials for a session on the connection. `place` is the place of the name in the
    /// statement.
    ///
    /// # Errors
    /// The connection does not exist, its password is not stored, or the catalog or the secret
    /// store cannot be read.
    pub fn credentials(
        &mut self,
        name: &ConnectionName,
        place: StatementSpan,
    ) -> Result<Credentials, Error> {
        let found = find_connection(self.writer.catalog.reader()?, name, place.clone())?;
        let password = self
            .password_of(name, &Login::from_catalog(&found.definition))
            .map_err(|error| error.or_at(place.clone()))?;
        let destination = Destination::new(found.id, &found.definition)
            .map_err(|error| Error::at(error, place))?;
        Ok(Credentials { destination, password })
    }

    /// The slots of the catalog's connections.
    ///
    /// # Errors
    /// The catalog is in memory, and no temporary folder can be created for its slots.
    pub fn slots(&mut self) -> Result<Rc<Slots>, SlotError> {
        let slots = match (&self.slots, self.writer.catalog.beside(".slots")) {
            (Some(slots), _) => Rc::clone(slots),
            (None, Some(folder)) => Rc::new(Slots::at(folder)),
            (None, None) => Rc::new(Slots::in_memory()?),
        };
        Ok(Rc::clone(self.slots.insert(slots)))
    }

    /// Fails as [`Self::credentials`] would, as far as the catalog knows: no secret store is
    /// opened.
    ///
    /// # Errors
    /// The connection does not exist, its password is not stored, or the catalog cannot be read.
    pub fn check_password(
        &mut self,
        name: &ConnectionName,
        place: StatementSpan,
    ) -> Result<(), Error> {
        match find_connection(self.writer.catalog.reader()?, name, place.clone())?.password {
            PasswordPlace::Store(_) => Ok(()),
            PasswordPlace::Missing => {
                Err(Error::at(PasswordError::NotStored { name: name.clone() }, place))
            }
        }
    }
}
