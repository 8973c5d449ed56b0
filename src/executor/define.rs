//! Steps that CREATE, ALTER and apply share: checking the URL, reading the password, building the
//! definition and saving it.

use std::ops::Range;

use secrecy::SecretString;

use super::password::PasswordReader;
use super::transaction::{CatalogChange, CatalogWriter};
use super::{Notice, Origin, Outcome, counted};
use crate::catalog::{Db, Definition, StoredConnection};
use crate::definition::ConnectionKind;
use crate::error::Error;
use crate::name::ConnectionName;
use crate::sql::setting::PasswordSource;
use crate::sql::{ConnectionPlaces, CreateConnection};
use crate::url::{Endpoint, UrlError};

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
    outcome: &mut Outcome,
) -> Result<Endpoint, Error> {
    let endpoint = kind.endpoint(url).map_err(|error| {
        let literal = places.connection_string.as_ref();
        let place = literal.map(|literal| span_in_literal(literal, url, &error));
        Error::at(error, place)
    })?;
    outcome.notices.extend(endpoint.tls_warning().map(Notice::warning));
    outcome.notices.extend(endpoint.notices().into_iter().map(Notice::new));
    Ok(endpoint)
}

/// The definition that the statement gives; its password is not stored yet.
pub(super) fn definition_of(create: &CreateConnection, endpoint: Endpoint) -> Definition {
    let options = &create.options;
    Definition {
        kind: create.kind,
        name: create.name.clone(),
        connection_string: options.connection_string.clone(),
        host: endpoint.host,
        port: endpoint.port,
        database: endpoint.database,
        user_name: options.user_name.clone(),
        secret: None,
        limit: options.limit,
        comment: options.comment.clone(),
    }
}

/// Saves the definition in place of the one `before`, and the password if there is a new one. The
/// notice is about dependents that move.
pub(super) fn save_connection(
    change: &mut CatalogChange<'_>,
    before: Option<&StoredConnection>,
    mut definition: Definition,
    password: Option<SecretString>,
) -> Result<Option<Notice>, Error> {
    if let Some(password) = password {
        if let Some(secret) = before.and_then(|before| before.definition.secret.as_ref()) {
            change.secrets.remove(secret);
        }
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
    let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
    Ok(Some(Notice::new(format!(
        "{writers} now {write} to {database} on {open}{host}{close}:{port}"
    ))))
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
