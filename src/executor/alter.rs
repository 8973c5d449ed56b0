//! ALTER REDSHIFT CONNECTION: either all its actions take effect or none.

use secrecy::SecretString;

use super::define::{checked_endpoint, save_connection};
use super::login::{Login, Password};
use super::lookup::{check_new_name, find_connection, no_such_connection};
use super::probe::Wording;
use super::rename::check_jobs;
use super::test_connection::TestedConnection;
use super::transaction::CatalogChange;
use super::{Caller, Executor, NO_CHANGE, Notice, Outcome};
use crate::catalog::{Db, Definition, StoredConnection};
use crate::error::Error;
use crate::name::Object;
use crate::sql::setting::PasswordSource;
use crate::sql::{AlterConnection, ConnectionChanges};
use crate::url::Endpoint;

impl Executor {
    pub(super) fn alter_connection(
        &mut self,
        alter: &AlterConnection,
        caller: &mut Caller<'_>,
    ) -> Result<Outcome, Error> {
        let mut outcome = Outcome::done("ALTER CONNECTION");
        let url = alter.changes.connection_string.as_deref();
        let endpoint = url
            .map(|url| checked_endpoint(alter.kind, url, &alter.places, &mut outcome))
            .transpose()?;
        let db = self.catalog.reader()?;
        if db.find_connection_id(&alter.name.value)?.is_none() {
            return nothing_to_alter(db, alter);
        }
        let password = match &alter.changes.password {
            Some(source) => Some(self.password_for(
                source,
                alter.places.password.clone(),
                &alter.name.value,
                caller.origin,
                &mut outcome,
            )?),
            None => None,
        };
        if alter.with_test {
            self.test_altered(alter, (endpoint.as_ref(), password.as_ref()), caller, &mut outcome)?;
        }
        self.change(&mut outcome, |change, outcome| {
            match change.db.find_connection(&alter.name.value)? {
                Some(found) => outcome.add_notices(apply_to_connection(
                    change,
                    alter,
                    &found,
                    endpoint.as_ref(),
                    password,
                )?),
                None => *outcome = nothing_to_alter(change.db, alter)?,
            }
            Ok(())
        })?;
        Ok(outcome)
    }

    /// WITH TEST: opens the connection with its new definition, in its own slots.
    fn test_altered(
        &mut self,
        alter: &AlterConnection,
        (endpoint, password): (Option<&Endpoint>, Option<&SecretString>),
        caller: &mut Caller<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let name = &alter.name;
        let found = find_connection(self.catalog.reader()?, &name.value, name.span.clone())?;
        let mut definition = found.definition.clone();
        apply_changes(&mut definition, &alter.changes, endpoint);
        let candidate = TestedConnection {
            id: Some(found.id),
            login: match password {
                Some(password) => Login::Password(Password::Given(password.clone())),
                None => Login::from_catalog(&definition),
            },
            definition: &definition,
            wording: Wording::Statement {
                was_asked: matches!(alter.changes.password, Some(PasswordSource::Prompt)),
            },
        };
        self.test_before(&candidate, caller, outcome)
            .map_err(|error| error.or_at(name.span.clone()))
    }
}

fn nothing_to_alter(db: &Db, alter: &AlterConnection) -> Result<Outcome, Error> {
    if alter.if_exists {
        Ok(Outcome::done(NO_CHANGE))
    } else {
        Err(no_such_connection(db, &alter.name.value, alter.name.span.clone()))
    }
}

fn apply_to_connection(
    change: &mut CatalogChange<'_>,
    alter: &AlterConnection,
    found: &StoredConnection,
    endpoint: Option<&Endpoint>,
    password: Option<SecretString>,
) -> Result<Option<Notice>, Error> {
    let mut definition = found.definition.clone();
    if let Some(new_name) = &alter.new_name {
        definition.name = new_name.value.clone();
        let object = Object::Connection(definition.name.clone());
        check_new_name(change.db, object, new_name.span.clone())?;
    }
    apply_changes(&mut definition, &alter.changes, endpoint);
    let notice = save_connection(change, Some(found), definition, password)?;
    if let Some(new_name) = &alter.new_name {
        check_jobs(&change.db.jobs_on_connection(found.id)?, &new_name.span)?;
    }
    Ok(notice)
}

fn apply_changes(
    definition: &mut Definition,
    changes: &ConnectionChanges,
    endpoint: Option<&Endpoint>,
) {
    // The password goes to the secret store.
    let ConnectionChanges {
        connection_string,
        user_name,
        password: _,
        limit,
        comment,
    } = changes;
    if let (Some(url), Some(endpoint)) = (connection_string, endpoint) {
        definition.connection_string.clone_from(url);
        definition.host.clone_from(&endpoint.host);
        definition.port = endpoint.port;
        definition.database.clone_from(&endpoint.database);
    }
    if let Some(user_name) = user_name {
        definition.user_name.clone_from(user_name);
    }
    if let Some(change) = limit {
        definition.limit = change.new_value().copied();
    }
    if let Some(change) = comment {
        definition.comment = change.new_value().cloned();
    }
}
