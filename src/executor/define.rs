//! Steps that CREATE and ALTER share: checking the URL, reading the password, building the
//! definition.

use std::ops::Range;

use secrecy::SecretString;

use super::{Executor, Notice, Origin, Outcome, StatementSpan};
use crate::catalog::{Definition, SecretReference};
use crate::definition::ConnectionKind;
use crate::error::Error;
use crate::name::ConnectionName;
use crate::sql::setting::PasswordSource;
use crate::sql::{ConnectionPlaces, CreateConnection};
use crate::url::{Endpoint, UrlError};

impl Executor {
    /// Reads a password and makes sure that the store accepts it. Both may ask the user, so both
    /// come before the catalog is locked.
    pub(super) fn password_for(
        &mut self,
        source: &PasswordSource,
        place: StatementSpan,
        name: &ConnectionName,
        origin: Origin,
        outcome: &mut Outcome,
    ) -> Result<SecretString, Error> {
        self.catalog.reader()?.check_writable()?;
        let password =
            self.passwords.read(source, name, outcome).map_err(|error| error.or_at(place))?;
        if origin == Origin::CommandLine && matches!(source, PasswordSource::Literal(_)) {
            outcome.notices.push(Notice::new(
                "the password stands on the command line, where other users of this machine can see it: use PROMPT, \
                 ENV or FILE",
            ));
        }
        self.secrets.prepare(&self.catalog.id()?)?;
        Ok(password)
    }
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

/// The definition that the statement gives; the place of its password is filled in later.
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
        secret: SecretReference { store: String::new(), id: String::new() },
        limit: options.limit,
        comment: options.comment.clone(),
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
