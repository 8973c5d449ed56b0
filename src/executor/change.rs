//! CREATE, ALTER and DROP of connections.

use std::ops::Range;

use secrecy::SecretString;

use super::secrets::catalog_error;
use super::{Executor, NO_CHANGE, Notice, Origin, Outcome};
use crate::catalog::{Definition, SecretReference, StoredConnection};
use crate::error::{Error, Failure};
use crate::name::ConnectionName;
use crate::sql::option::{COMMENT, CONNECTION_STRING, MAX_CONCURRENT_CONNECTIONS, OptionSpec, PASSWORD, USER_NAME};
use crate::sql::setting::{PasswordSource, Settings};
use crate::sql::{AlterConnection, CreateConnection, DropConnection, value_span};
use crate::url::{Endpoint, UrlError};

impl Executor {
    pub(super) fn create_connection(&mut self, create: &CreateConnection, origin: Origin) -> Result<Outcome, Error> {
        let mut outcome = Outcome::done("CREATE CONNECTION");
        let endpoint = checked_endpoint(&create.settings, &mut outcome)?;
        // Looked up before anybody is asked for a password, and once more inside the transaction.
        let exists = self
            .reader()?
            .has_connection(&create.name.value)
            .map_err(catalog_error)?;
        if exists && !create.or_replace {
            return name_is_taken(create, outcome);
        }
        let source = source_of_password(create, origin)?;
        let password = self.password_for(&source, &create.settings, &create.name.value, origin, &mut outcome)?;
        self.change(&mut outcome, |executor, outcome| {
            let existing = executor
                .changing()?
                .find_connection(&create.name.value)
                .map_err(catalog_error)?;
            if existing.is_some() && !create.or_replace {
                *outcome = name_is_taken(create, std::mem::take(outcome))?;
                return Ok(());
            }
            executor.store_connection(create, endpoint, password, existing)
        })?;
        Ok(outcome)
    }

    /// Reads a password and makes sure that the store takes it: both may ask the user, so both come before the
    /// catalog is locked.
    fn password_for(
        &mut self,
        source: &PasswordSource,
        settings: &Settings,
        name: &ConnectionName,
        origin: Origin,
        outcome: &mut Outcome,
    ) -> Result<SecretString, Error> {
        let span = value_span(settings, &PASSWORD);
        let located = |error: Error| {
            if span.is_empty() {
                error
            } else {
                error.or_at(span.clone())
            }
        };
        self.reader()?.check_writable().map_err(catalog_error)?;
        let password = self.passwords.read(source, name, outcome).map_err(located)?;
        if origin == Origin::CommandLine && matches!(source, PasswordSource::Literal(_)) {
            outcome.notices.push(Notice::new(
                "the password stands on the command line, where other users of this machine can see it: use PROMPT, \
                 ENV or FILE",
            ));
        }
        let catalog_id = self.reader()?.catalog_id().to_owned();
        self.secrets.prepare(&catalog_id)?;
        Ok(password)
    }

    fn store_connection(
        &mut self,
        create: &CreateConnection,
        endpoint: Endpoint,
        password: SecretString,
        existing: Option<StoredConnection>,
    ) -> Result<(), Error> {
        let settings = &create.settings;
        let mut definition = Definition {
            name: create.name.value.clone(),
            connection_string: settings.text(&CONNECTION_STRING).unwrap_or_default().to_owned(),
            host: endpoint.host,
            port: endpoint.port,
            database: endpoint.database,
            user_name: settings.text(&USER_NAME).unwrap_or_default().to_owned(),
            secret: SecretReference {
                store: String::new(),
                id: String::new(),
            },
            max_concurrent_connections: settings.integer(&MAX_CONCURRENT_CONNECTIONS),
            comment: settings.text(&COMMENT).map(str::to_owned),
        };
        self.add_secret(&mut definition, password)?;
        let now = self.now();
        match existing {
            None => self
                .changing()?
                .insert_connection(&definition, now)
                .map_err(catalog_error),
            Some(existing) => {
                self.secrets.remove(&existing.definition.secret);
                self.changing()?
                    .update_connection(existing.id, &definition, now)
                    .map_err(catalog_error)
            }
        }
    }

    fn add_secret(&mut self, definition: &mut Definition, password: SecretString) -> Result<(), Error> {
        let catalog_id = self.changing()?.catalog_id().to_owned();
        definition.secret = self.secrets.add(&catalog_id, label(definition), password)?;
        Ok(())
    }

    pub(super) fn alter_connection(&mut self, alter: &AlterConnection, origin: Origin) -> Result<Outcome, Error> {
        let mut outcome = Outcome::done("ALTER CONNECTION");
        let endpoint = match alter.settings.find(&CONNECTION_STRING) {
            Some(_) => Some(checked_endpoint(&alter.settings, &mut outcome)?),
            None => None,
        };
        if !self
            .reader()?
            .has_connection(&alter.name.value)
            .map_err(catalog_error)?
        {
            return self.nothing_to_alter(alter);
        }
        let password = match alter.settings.password() {
            Some(source) => {
                Some(self.password_for(source, &alter.settings, &alter.name.value, origin, &mut outcome)?)
            }
            None => None,
        };
        self.change(&mut outcome, |executor, outcome| {
            match executor
                .changing()?
                .find_connection(&alter.name.value)
                .map_err(catalog_error)?
            {
                Some(found) => executor.apply(alter, found, endpoint, password),
                None => {
                    *outcome = executor.nothing_to_alter(alter)?;
                    Ok(())
                }
            }
        })?;
        Ok(outcome)
    }

    fn nothing_to_alter(&mut self, alter: &AlterConnection) -> Result<Outcome, Error> {
        if alter.if_exists {
            Ok(Outcome::done(NO_CHANGE))
        } else {
            Err(self.no_such_connection(&alter.name))
        }
    }

    fn apply(
        &mut self,
        alter: &AlterConnection,
        found: StoredConnection,
        endpoint: Option<Endpoint>,
        password: Option<SecretString>,
    ) -> Result<(), Error> {
        let mut definition = found.definition;
        if let Some(new_name) = &alter.new_name {
            if self
                .changing()?
                .has_connection(&new_name.value)
                .map_err(catalog_error)?
            {
                let failure = Failure::NewNameExists {
                    name: new_name.value.clone(),
                };
                return Err(Error::at(failure, new_name.span.clone()));
            }
            definition.name = new_name.value.clone();
        }
        if let Some(endpoint) = endpoint {
            alter
                .settings
                .text(&CONNECTION_STRING)
                .unwrap_or_default()
                .clone_into(&mut definition.connection_string);
            definition.host = endpoint.host;
            definition.port = endpoint.port;
            definition.database = endpoint.database;
        }
        apply_settings(&mut definition, &alter.settings, &alter.resets);
        if let Some(password) = password {
            self.secrets.remove(&definition.secret);
            self.add_secret(&mut definition, password)?;
        }
        let now = self.now();
        self.changing()?
            .update_connection(found.id, &definition, now)
            .map_err(catalog_error)
    }

    pub(super) fn drop_connection(&mut self, drop: &DropConnection) -> Result<Outcome, Error> {
        let mut outcome = Outcome::done("DROP CONNECTION");
        let found = self.find_to_drop(drop, &mut outcome)?;
        if found.is_empty() {
            outcome.tag = Some(NO_CHANGE);
            return Ok(outcome);
        }
        outcome.notices.clear();
        self.change(&mut outcome, |executor, outcome| {
            let found = executor.find_to_drop(drop, outcome)?;
            executor.drop_found(drop, &found, outcome)
        })?;
        Ok(outcome)
    }

    /// The connections that the statement names, each once; one that is missing is an error or a notice.
    fn find_to_drop(&mut self, drop: &DropConnection, outcome: &mut Outcome) -> Result<Vec<StoredConnection>, Error> {
        let mut found: Vec<StoredConnection> = Vec::new();
        for name in &drop.names {
            match self.reader()?.find_connection(&name.value).map_err(catalog_error)? {
                Some(connection) if found.iter().all(|other| other.id != connection.id) => found.push(connection),
                Some(_) => {}
                None if drop.if_exists => {
                    let text = format!("there is no connection {}, it is passed over", name.value);
                    outcome.notices.push(Notice::new(text));
                }
                None => return Err(self.no_such_connection(name)),
            }
        }
        Ok(found)
    }

    fn drop_found(
        &mut self,
        drop: &DropConnection,
        found: &[StoredConnection],
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let ids: Vec<i64> = found.iter().map(|connection| connection.id).collect();
        if drop.cascade {
            for dropped in self.changing()?.delete_dependents(&ids).map_err(catalog_error)? {
                outcome
                    .notices
                    .push(Notice::new(format!("dropped {} {}", dropped.kind, dropped.name)));
            }
        }
        let usages = self.changing()?.usages_of_connections(&ids).map_err(catalog_error)?;
        if !usages.is_empty() {
            let names = found
                .iter()
                .map(|connection| connection.definition.name.clone())
                .collect();
            return Err(Error::at(Failure::InUse { usages, names }, span_of_names(drop)));
        }
        for connection in found {
            self.secrets.remove(&connection.definition.secret);
            self.changing()?
                .delete_connection(connection.id)
                .map_err(catalog_error)?;
        }
        Ok(())
    }
}

/// A password that is left out is asked for at the prompt, and an error in a script.
fn source_of_password(create: &CreateConnection, origin: Origin) -> Result<PasswordSource, Error> {
    match (create.settings.password(), origin) {
        (Some(source), _) => Ok(source.clone()),
        (None, Origin::Prompt) => Ok(PasswordSource::Prompt),
        (None, Origin::CommandLine | Origin::Script) => {
            Err(Error::at(Failure::PasswordMissing, create.name.span.clone()))
        }
    }
}

/// CREATE on a name that exists: an error, or no change with IF NOT EXISTS.
fn name_is_taken(create: &CreateConnection, outcome: Outcome) -> Result<Outcome, Error> {
    if create.if_not_exists {
        return Ok(Outcome {
            tag: Some(NO_CHANGE),
            notices: Vec::new(),
            ..outcome
        });
    }
    let failure = Failure::ConnectionExists {
        name: create.name.value.clone(),
    };
    Err(Error::at(failure, create.name.span.clone()))
}

/// The endpoint of CONNECTION_STRING; what the user should know of it becomes notices.
fn checked_endpoint(settings: &Settings, outcome: &mut Outcome) -> Result<Endpoint, Error> {
    let url = settings.text(&CONNECTION_STRING).unwrap_or_default();
    let endpoint = Endpoint::parse(url).map_err(|error| {
        let span = span_in_literal(&value_span(settings, &CONNECTION_STRING), url, &error);
        Error::at(Failure::Url(error), span)
    })?;
    outcome.notices.extend(endpoint.tls_warning().map(Notice::warning));
    outcome.notices.extend(endpoint.notices().into_iter().map(Notice::new));
    Ok(endpoint)
}

/// The bytes of the statement that a place in the URL has: behind the quote, with each quote in it doubled.
fn span_in_literal(literal: &Range<usize>, url: &str, error: &UrlError) -> Range<usize> {
    let place = |offset: usize| {
        let quotes = url.as_bytes()[..offset.min(url.len())]
            .iter()
            .filter(|byte| **byte == b'\'')
            .count();
        (literal.start + 1 + offset + quotes).min(literal.end)
    };
    place(error.span.start)..place(error.span.end)
}

fn span_of_names(drop: &DropConnection) -> Range<usize> {
    let start = drop.names.first().map_or(0, |name| name.span.start);
    start..drop.names.last().map_or(start, |name| name.span.end)
}

fn apply_settings(definition: &mut Definition, settings: &Settings, resets: &[&'static OptionSpec]) {
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

/// What a keyring program shows for the password, as of the day on which it is stored.
fn label(definition: &Definition) -> String {
    let Definition {
        name,
        user_name,
        host,
        database,
        ..
    } = definition;
    format!("redwire: {} ({user_name} at {host}/{database})", name.as_str())
}
