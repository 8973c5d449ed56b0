//! CREATE REDSHIFT CONNECTION.

use secrecy::SecretString;

use super::define::{checked_endpoint, definition_of, save_connection};
use super::login::{Login, Password};
use super::probe::Wording;
use super::test_connection::TestedConnection;
use super::{Caller, Executor, NO_CHANGE, Origin, Outcome};
use crate::catalog::Definition;
use crate::error::{Error, ErrorKind, ObjectError, PasswordError};
use crate::name::Object;
use crate::sql::CreateConnection;
use crate::sql::setting::PasswordSource;

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
        let definition = definition_of(create, endpoint);
        if create.with_test {
            self.test_new(create, &definition, password.clone(), caller, &mut outcome)?;
        }
        self.change(&mut outcome, |change, outcome| {
            let existing = change.db.find_connection(&create.name)?;
            if existing.is_some() && !create.or_replace {
                *outcome = name_is_taken(create, std::mem::take(outcome))?;
                return Ok(());
            }
            let before = existing.as_ref();
            outcome.add_notices(save_connection(change, before, definition, Some(password))?);
            Ok(())
        })?;
        Ok(outcome)
    }

    /// WITH TEST: opens the connection with its new definition. With OR REPLACE it takes the slots
    /// of the existing connection.
    fn test_new(
        &mut self,
        create: &CreateConnection,
        definition: &Definition,
        password: SecretString,
        caller: &mut Caller<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let places = &create.places;
        let id = self.catalog.reader()?.find_connection_id(&create.name)?;
        let candidate = TestedConnection {
            id,
            definition,
            login: Login::Password(Password::Given(password)),
            wording: Wording::Statement {
                was_asked: matches!(create.options.password, None | Some(PasswordSource::Prompt)),
            },
        };
        self.test_before(&candidate, caller, outcome)
            .map_err(|error| error.or_at(places.name.clone()))
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
