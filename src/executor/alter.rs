//! ALTER REDSHIFT CONNECTION: all its actions or none.

use secrecy::SecretString;

use super::define::checked_endpoint;
use super::probe::Wording;
use super::secrets::catalog_error;
use super::test_connection::{Candidate, Password};
use super::{Caller, Executor, NO_CHANGE, Notice, Outcome};
use crate::catalog::{Definition, StoredConnection};
use crate::error::{Error, Failure};
use crate::name::{ConnectionName, Object};
use crate::sql::option::{
    COMMENT, CONNECTION_STRING, MAX_CONCURRENT_CONNECTIONS, OptionSpec, USER_NAME,
};
use crate::sql::setting::{PasswordSource, Settings};
use crate::sql::{AlterConnection, Spanned};
use crate::url::Endpoint;

impl Executor {
    pub(super) fn alter_connection(
        &mut self,
        alter: &AlterConnection,
        caller: &mut Caller<'_>,
    ) -> Result<Outcome, Error> {
        let mut outcome = Outcome::done("ALTER CONNECTION");
        let endpoint = match alter.actions.settings.find(&CONNECTION_STRING) {
            Some(_) => Some(checked_endpoint(&alter.actions.settings, &mut outcome)?),
            None => None,
        };
        if !self.reader()?.has_connection(&alter.name.value).map_err(catalog_error)? {
            return self.nothing_to_alter(alter);
        }
        let password = match alter.actions.settings.password() {
            Some(source) => Some(self.password_for(
                source,
                &alter.actions.settings,
                &alter.name.value,
                caller.origin,
                &mut outcome,
            )?),
            None => None,
        };
        if alter.with_test {
            self.test_altered(alter, (endpoint.as_ref(), password.as_ref()), caller, &mut outcome)?;
        }
        self.change(&mut outcome, |executor, outcome| {
            match executor.changing()?.find_connection(&alter.name.value).map_err(catalog_error)? {
                Some(found) => {
                    outcome.remark(executor.apply_to_connection(
                        alter,
                        &found,
                        endpoint.as_ref(),
                        password,
                    )?);
                    Ok(())
                }
                None => {
                    *outcome = executor.nothing_to_alter(alter)?;
                    Ok(())
                }
            }
        })?;
        Ok(outcome)
    }

    /// WITH TEST: opens the connection as it would be. Which slots are its own does not change.
    fn test_altered(
        &mut self,
        alter: &AlterConnection,
        (endpoint, password): (Option<&Endpoint>, Option<&SecretString>),
        caller: &mut Caller<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let name = &alter.name;
        let found = self.stored_connection(&name.value, name.span.clone())?;
        let mut definition = found.definition.clone();
        apply_endpoint(&mut definition, alter, endpoint);
        apply_settings(&mut definition, &alter.actions.settings, &alter.actions.resets);
        let candidate = Candidate {
            id: Some(found.id),
            password: match password {
                Some(password) => Password::Given(password.clone()),
                None => Password::Stored(definition.secret.clone()),
            },
            definition: &definition,
            wording: Wording::Statement {
                was_asked: matches!(
                    alter.actions.settings.password(),
                    Some(PasswordSource::Prompt)
                ),
            },
        };
        self.test_before(&candidate, caller, outcome)
            .map_err(|error| error.or_at(name.span.clone()))
    }

    fn nothing_to_alter(&mut self, alter: &AlterConnection) -> Result<Outcome, Error> {
        if alter.if_exists {
            Ok(Outcome::done(NO_CHANGE))
        } else {
            Err(self.no_such_connection(&alter.name.value, alter.name.span.clone()))
        }
    }

    fn apply_to_connection(
        &mut self,
        alter: &AlterConnection,
        found: &StoredConnection,
        endpoint: Option<&Endpoint>,
        password: Option<SecretString>,
    ) -> Result<Option<Notice>, Error> {
        let mut definition = found.definition.clone();
        if let Some(new_name) = &alter.actions.new_name {
            definition.name = self.free_name(new_name)?;
        }
        apply_endpoint(&mut definition, alter, endpoint);
        apply_settings(&mut definition, &alter.actions.settings, &alter.actions.resets);
        if let Some(password) = password {
            self.secrets.remove(&definition.secret);
            self.add_secret(&mut definition, password)?;
        }
        let now = self.now();
        self.changing()?
            .update_connection(found.id, &definition, now)
            .map_err(catalog_error)?;
        if let Some(new_name) = &alter.actions.new_name {
            self.check_jobs_on_connection(found.id, &new_name.span)?;
        }
        self.moved(found, &definition)
    }

    /// A name for RENAME TO, which nothing may have; not even the connection itself, as in
    /// PostgreSQL.
    fn free_name(&self, name: &Spanned<ConnectionName>) -> Result<ConnectionName, Error> {
        if self.changing()?.has_connection(&name.value).map_err(catalog_error)? {
            let failure = Failure::NewNameExists {
                object: Object::Connection(name.value.clone()),
            };
            return Err(Error::at(failure, name.span.clone()));
        }
        Ok(name.value.clone())
    }
}

fn apply_endpoint(
    definition: &mut Definition,
    alter: &AlterConnection,
    endpoint: Option<&Endpoint>,
) {
    if let Some(endpoint) = endpoint {
        let url = alter.actions.settings.text(&CONNECTION_STRING);
        url.unwrap_or_default().clone_into(&mut definition.connection_string);
        definition.host.clone_from(&endpoint.host);
        definition.port = endpoint.port;
        definition.database.clone_from(&endpoint.database);
    }
}

fn apply_settings(
    definition: &mut Definition,
    settings: &Settings,
    resets: &[&'static OptionSpec],
) {
    if let Some(user_name) = settings.text(&USER_NAME) {
        user_name.clone_into(&mut definition.user_name);
    }
    if let Some(limit) = settings.integer(&MAX_CONCURRENT_CONNECTIONS) {
        definition.max_concurrent_connections = Some(limit);
    }
    if let Some(comment) = settings.text(&COMMENT) {
        definition.comment = Some(comment.to_owned());
    }
    let is_reset = |option: &OptionSpec| resets.iter().any(|reset| reset.name == option.name);
    if is_reset(&MAX_CONCURRENT_CONNECTIONS) {
        definition.max_concurrent_connections = None;
    }
    if is_reset(&COMMENT) {
        definition.comment = None;
    }
}
