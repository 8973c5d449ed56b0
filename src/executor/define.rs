//! Steps that CREATE, ALTER and apply share: checking the URL, reading the password, building the
//! definition and saving it.

use std::ops::Range;

use secrecy::SecretString;

use super::login::{Fixes, LoginPlan, keeper};
use super::password::PasswordReader;
use super::transaction::{CatalogChange, CatalogWriter};
use super::{Notice, Origin, Outcome, counted};
use crate::catalog::{Db, Definition, StoredConnection};
use crate::definition::{ConnectionKind, LoginOption};
use crate::error::{Error, LoginError};
use crate::name::ConnectionName;
use crate::sql::setting::PasswordSource;
use crate::sql::{ConnectionPlaces, CreateConnection};
use crate::url::{Endpoint, UrlError, UrlErrorKind, UrlOptionError};

/// Reads a password and makes sure that the store accepts it. Both may ask the user, so both
/// come before the catalog is locked.
pub(super) fn password_for(
    writer: &mut CatalogWriter,
    passwords: &mut PasswordReader,
    source: &PasswordSource,
    places: &ConnectionPlaces,
    name: &ConnectionName,
    origin: Origin,
    outcome: &mut Outcome,
) -> Result<SecretString, Error> {
    writer.catalog.reader()?.check_writable()?;
    let password = passwords
        .read(source, name, outcome)
        .map_err(|error| error.or_at(places.password.clone()))?;
    if origin == Origin::CommandLine && matches!(source, PasswordSource::Literal(_)) {
        outcome.notices.push(Notice::new(
            "the password stands on the command line, where other users of this machine can see it: use PROMPT, \
             ENV or FILE",
        ));
    }
    writer.secrets.prepare(&writer.catalog.id()?)?;
    Ok(password)
}

/// The endpoint of CONNECTION_STRING; its warnings and notices are added to the outcome.
pub(super) fn checked_endpoint(
    kind: ConnectionKind,
    url: &str,
    places: &ConnectionPlaces,
    fixes: Fixes<'_>,
    outcome: &mut Outcome,
) -> Result<Endpoint, Error> {
    let endpoint = kind.endpoint(url).map_err(|error| {
        let literal = places.connection_string.as_ref();
        let place = literal.map(|literal| span_in_literal(literal, url, &error));
        match (&error.kind, fixes.with_moved_options(url)) {
            (UrlErrorKind::Option(UrlOptionError::Iam(_)), Some(fix)) => {
                Error::at(LoginError::DriverOptions { fix }, place)
            }
            _ => Error::at(error, place),
        }
    })?;
    outcome.notices.extend(endpoint.tls_warning().map(Notice::warning));
    outcome.notices.extend(endpoint.notices().into_iter().map(Notice::new));
    Ok(endpoint)
}

/// The definition that the statement gives; its password is not stored yet. Fails where options of
/// its login do not go together.
pub(super) fn definition_of(
    create: &CreateConnection,
    endpoint: &Endpoint,
) -> Result<Definition, Error> {
    let options = &create.options;
    let command = options.password.as_ref().and_then(PasswordSource::command);
    let has_secret = options.login.get(LoginOption::AwsSecret).is_some();
    let definition = Definition {
        kind: create.kind,
        name: create.name.clone(),
        connection_string: options.connection_string.clone(),
        host: endpoint.shown_host(),
        port: listed_port(endpoint),
        database: endpoint.database.clone(),
        user_name: options.user_name.clone(),
        keeper: keeper(endpoint, has_secret, command),
        secret: None,
        login: options.login.clone(),
        limit: options.limit,
        protection: options.protection,
        color: options.color,
        comment: options.comment.clone(),
    };
    let has_password = options.password.is_some();
    check_login(&definition, endpoint, has_password, Fixes::Create(create), &create.places)?;
    Ok(definition)
}

/// The port in the catalog: 0 where the URL names a cluster and no host.
pub(super) fn listed_port(endpoint: &Endpoint) -> u16 {
    if endpoint.host.is_empty() { 0 } else { endpoint.port }
}

/// Fails where options of a login do not go together.
pub(super) fn check_login(
    definition: &Definition,
    endpoint: &Endpoint,
    has_password: bool,
    fixes: Fixes<'_>,
    places: &ConnectionPlaces,
) -> Result<(), Error> {
    match LoginPlan::new(definition, endpoint, has_password) {
        Ok(_) => Ok(()),
        Err(broken) => {
            let place = places.of_option(broken.option);
            Err(Error::at(broken.error(definition, fixes), place))
        }
    }
}

/// Saves the definition in place of the one `before`, and the password if there is a new one; a stored
/// password that the definition does not use any more is deleted. The notice is about dependents that
/// move.
pub(super) fn save_connection(
    change: &mut CatalogChange<'_>,
    before: Option<&StoredConnection>,
    mut definition: Definition,
    password: Option<SecretString>,
) -> Result<Option<Notice>, Error> {
    let is_kept = password.is_none() && definition.keeper.is_store();
    if !is_kept && let Some(secret) = before.and_then(|before| before.definition.secret.as_ref()) {
        change.secrets.remove(secret);
    }
    if let Some(password) = password {
        let label = label(&definition);
        definition.secret = Some(change.secrets.add(change.db.catalog_id(), label, password)?);
    }
    change
        .db
        .save_connection(before.map(|before| before.id), &definition, change.now)?;
    match before {
        Some(before) => moved(change.db, before, &definition),
        None => Ok(None),
    }
}

/// The label of the password in a keyring program, with the names at the time it is stored.
fn label(definition: &Definition) -> String {
    let Definition { name, user_name, host, database, .. } = definition;
    let user_name = user_name.as_deref().unwrap_or_default();
    format!("redwire: {} ({user_name} at {host}/{database})", name.as_str())
}

/// Names the tables and jobs that write to another endpoint now; None if the endpoint stays or
/// there are none.
fn moved(db: &Db, before: &StoredConnection, now: &Definition) -> Result<Option<Notice>, Error> {
    if target(&before.definition) == target(now) {
        return Ok(None);
    }
    let (tables, jobs) = db.count_writers(before.id)?;
    let Some(writers) = writers(tables, jobs) else {
        return Ok(None);
    };
    let write = if tables + jobs == 1 { "writes" } else { "write" };
    let (database, host, port) = target(now);
    let address = match port {
        0 => host.to_owned(),
        port if host.contains(':') => format!("[{host}]:{port}"),
        port => format!("{host}:{port}"),
    };
    Ok(Some(Notice::new(format!("{writers} now {write} to {database} on {address}"))))
}

fn target(definition: &Definition) -> (&str, &str, u16) {
    (&definition.database, &definition.host, definition.port)
}

/// `2 tables and 1 job`; None if there are none.
fn writers(tables: i64, jobs: i64) -> Option<String> {
    match (tables, jobs) {
        (0, 0) => None,
        (_, 0) => Some(counted(&tables, "table")),
        (0, _) => Some(counted(&jobs, "job")),
        _ => Some(format!("{} and {}", counted(&tables, "table"), counted(&jobs, "job"))),
    }
}

/// Converts a place in the URL to bytes of the statement: behind the opening quote, with each quote
/// in it doubled.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_there_is_is_counted() {
        for (tables, jobs, expected) in [
            (2, 1, Some("2 tables and 1 job")),
            (1, 0, Some("1 table")),
            (0, 3, Some("3 jobs")),
            (0, 0, None),
        ] {
            assert_eq!(writers(tables, jobs).as_deref(), expected);
        }
    }
}
