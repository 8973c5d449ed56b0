//! What a session needs: the endpoint, the user, the password, and how many sessions there may be.

use std::rc::Rc;

use secrecy::SecretString;

use super::login::Login;
use super::lookup::find_connection;
use super::{Executor, Place};
use crate::catalog::{PasswordState, StoredConnection};
use crate::definition::Limit;
use crate::error::{Error, PasswordError};
use crate::name::ConnectionName;
use crate::url::Endpoint;
use crate::warehouse::SessionRequest;
use crate::warehouse::slots::{SlotError, Slots};

/// What a session on a connection is opened with.
#[derive(Debug)]
pub struct Credentials {
    /// Where the session leads, and who logs in.
    pub destination: Destination,
    /// The user's password.
    pub password: SecretString,
}

impl Credentials {
    /// What the server is told at the login.
    pub fn request(&self) -> SessionRequest<'_> {
        SessionRequest {
            endpoint: &self.destination.endpoint,
            user: &self.destination.user,
            password: &self.password,
        }
    }
}

/// Where sessions on a connection lead: all that they need but for the password.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The connection's row in the catalog.
    pub connection_id: i64,
    /// Its name.
    pub name: ConnectionName,
    /// Its URL as the catalog has it.
    pub connection_string: String,
    /// Where it leads.
    pub endpoint: Endpoint,
    /// The user who logs in.
    pub user: String,
    /// How many sessions may be open at once; None is no limit.
    pub limit: Option<Limit>,
}

impl Executor {
    /// Where sessions on the connection lead. No secret store is asked. The name stands at that
    /// place.
    ///
    /// # Errors
    /// There is no such connection, or the catalog cannot be used.
    pub fn destination(
        &mut self,
        name: &ConnectionName,
        place: Place,
    ) -> Result<Destination, Error> {
        let found = find_connection(self.catalog.reader()?, name, place.clone())?;
        destination_of(found, place)
    }

    /// What a session on the connection is opened with. The name stands at the given bytes of a
    /// statement, or nowhere.
    ///
    /// # Errors
    /// There is no such connection, its password is not stored, or catalog or secret store cannot
    /// be used.
    pub fn credentials(
        &mut self,
        name: &ConnectionName,
        place: Place,
    ) -> Result<Credentials, Error> {
        let found = find_connection(self.catalog.reader()?, name, place.clone())?;
        let password = match self.password_of(&Login::from_catalog(&found.definition))? {
            Some(password) => password,
            // Another process may have changed the password between the two looks: its row names
            // another secret now.
            None => {
                let found = find_connection(self.catalog.reader()?, name, place.clone())?;
                let failure = PasswordError::NotStored { name: name.clone() };
                let login = Login::from_catalog(&found.definition);
                self.password_of(&login)?.ok_or_else(|| Error::at(failure, place.clone()))?
            }
        };
        Ok(Credentials {
            destination: destination_of(found, place)?,
            password,
        })
    }

    /// The slots of the catalog's connections.
    ///
    /// # Errors
    /// The catalog is in memory, and there is no temporary folder for its slots.
    pub fn slots(&mut self) -> Result<Rc<Slots>, Error> {
        self.open_slots().map_err(Error::new)
    }

    pub(super) fn open_slots(&mut self) -> Result<Rc<Slots>, SlotError> {
        let slots = match (&self.slots, self.catalog.beside(".slots")) {
            (Some(slots), _) => Rc::clone(slots),
            (None, Some(folder)) => Rc::new(Slots::at(folder)),
            (None, None) => Rc::new(Slots::in_memory()?),
        };
        Ok(Rc::clone(self.slots.insert(slots)))
    }

    /// Fails as [`Self::credentials`] would, as far as the catalog knows: no secret store is asked.
    ///
    /// # Errors
    /// There is no such connection, its password is not stored, or the catalog cannot be used.
    pub fn check_password(&mut self, name: &ConnectionName, place: Place) -> Result<(), Error> {
        match find_connection(self.catalog.reader()?, name, place.clone())?.password {
            PasswordState::Stored => Ok(()),
            PasswordState::Missing => {
                Err(Error::at(PasswordError::NotStored { name: name.clone() }, place))
            }
        }
    }
}

fn destination_of(found: StoredConnection, place: Place) -> Result<Destination, Error> {
    let definition = found.definition;
    let endpoint = definition
        .kind
        .endpoint(&definition.connection_string)
        .map_err(|error| Error::at(error, place))?;
    Ok(Destination {
        connection_id: found.id,
        name: definition.name,
        connection_string: definition.connection_string,
        endpoint,
        user: definition.user_name,
        limit: definition.limit,
    })
}
