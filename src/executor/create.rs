//! CREATE REDSHIFT CONNECTION.

use secrecy::SecretString;

use super::define::{checked_endpoint, definition_of};
use super::login::{Login, Password};
use super::moved::moved;
use super::probe::Wording;
use super::test_connection::TestedConnection;
use super::transaction::CatalogChange;
use super::{Caller, Executor, NO_CHANGE, Notice, Origin, Outcome};
use crate::catalog::StoredConnection;
use crate::error::{Error, ErrorKind, ObjectError, PasswordError};
use crate::name::Object;
use crate::sql::CreateConnection;
use crate::sql::setting::PasswordSource;
use crate::url::Endpoint;

impl Executor {
    pub(super) fn create_connection(
        &mut self,
        create: &CreateConnection,
        caller: &mut Caller<'_>,
    ) -> Result<Outcome, Error> {
        let mut outcome = Outcome::done("CREATE CONNECTION");
        let endpoint = checked_endpoint(
            create.kind,
            &create.options.connection_string,
            &create.places,
            &mut outcome,
        )?;
        // Checked before anybody is asked for a password, and again inside the transaction.
        let existing = self.catalog.reader()?.find_connection_id(&create.name)?;
        if existing.is_some() && !create.or_replace {
            return name_is_taken(create, outcome);
        }
        let source = source_of_password(create, caller.origin)?;
        let password = self.password_for(
            &source,
            create.places.password.clone(),
            &create.name,
            caller.origin,
            &mut outcome,
        )?;
        if create.with_test {
            self.test_new(create, (endpoint.clone(), password.clone()), caller, &mut outcome)?;
        }
        self.change(&mut outcome, |change, outcome| {
            let existing = change.db.find_connection(&create.name)?;
            if existing.is_some() && !create.or_replace {
                *outcome = name_is_taken(create, std::mem::take(outcome))?;
                return Ok(());
            }
            outcome.add_notices(store_connection(change, create, endpoint, password, existing)?);
            Ok(())
        })?;
        Ok(outcome)
    }

    /// WITH TEST: opens the connection with its new definition. With OR REPLACE it takes the slots
    /// of the existing connection.
    fn test_new(
        &mut self,
        create: &CreateConnection,
        (endpoint, password): (Endpoint, SecretString),
        caller: &mut Caller<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let places = &create.places;
        let id = self.catalog.reader()?.find_connection_id(&create.name)?;
        let candidate = TestedConnection {
            id,
            definition: &definition_of(create, endpoint),
            login: Login::Password(Password::Given(password)),
            wording: Wording::Statement {
                was_asked: matches!(create.options.password, None | Some(PasswordSource::Prompt)),
            },
        };
        self.test_before(&candidate, caller, outcome)
            .map_err(|error| error.or_at(places.name.clone()))
    }
}

fn store_connection(
    change: &mut CatalogChange<'_>,
    create: &CreateConnection,
    endpoint: Endpoint,
    password: SecretString,
    existing: Option<StoredConnection>,
) -> Result<Option<Notice>, Error> {
    let mut definition = definition_of(create, endpoint);
    change.add_secret(&mut definition, password)?;
    match existing {
        None => {
            change.db.insert_connection(&definition, change.now)?;
            Ok(None)
        }
        Some(existing) => {
            change.secrets.remove(&existing.definition.secret);
            change.db.update_connection(existing.id, &definition, change.now)?;
            moved(change.db, &existing, &definition)
        }
    }
}

/// A missing PASSWORD option is a prompt at the terminal, and an error in a script.
fn source_of_password(create: &CreateConnection, origin: Origin) -> Result<PasswordSource, Error> {
    match (&create.options.password, origin) {
        (Some(source), _) => Ok(source.clone()),
        (None, Origin::Prompt) => Ok(PasswordSource::Prompt),
        (None, Origin::CommandLine | Origin::Script) => {
            Err(Error::at(PasswordError::Missing, create.places.name.clone()))
        }
    }
}

/// The name exists: an error, or no change with IF NOT EXISTS.
fn name_is_taken(create: &CreateConnection, outcome: Outcome) -> Result<Outcome, Error> {
    if create.if_not_exists {
        return Ok(Outcome {
            tag: Some(NO_CHANGE),
            notices: Vec::new(),
            ..outcome
        });
    }
    let failure = ErrorKind::Object(ObjectError::Exists {
        object: Object::Connection(create.name.clone()),
    });
    Err(Error::at(failure, create.places.name.clone()))
}
