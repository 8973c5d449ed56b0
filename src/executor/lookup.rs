//! Looking objects up by name. An error suggests a similar name.

use super::StatementSpan;
use crate::catalog::{Db, NameScope, StoredConnection, StoredJob, StoredTable};
use crate::error::{Error, ObjectError};
use crate::name::{ConnectionName, Identifier, JobName, Name, Object, TableName};
use crate::sql::keyword::nearest;

/// The number of names that are searched for a similar one.
const NAMES_TO_GUESS_FROM: usize = 10_000;

/// The connection with this name, or an error.
pub(super) fn find_connection(
    db: &Db,
    name: &ConnectionName,
    place: impl Into<StatementSpan>,
) -> Result<StoredConnection, Error> {
    db.find_connection(name)?.ok_or_else(|| no_such_connection(db, name, place))
}

/// The id of the connection with this name, or an error.
pub(super) fn find_connection_id(
    db: &Db,
    name: &ConnectionName,
    place: impl Into<StatementSpan>,
) -> Result<i64, Error> {
    db.find_connection_id(name)?.ok_or_else(|| no_such_connection(db, name, place))
}

/// The table with this name, or an error.
pub(super) fn find_table(
    db: &Db,
    name: &TableName,
    place: impl Into<StatementSpan>,
) -> Result<StoredTable, Error> {
    db.find_table(name)?
        .ok_or_else(|| no_such(db, Object::Table(name.clone()), place))
}

/// The job with this name, or an error.
pub(super) fn find_job(
    db: &Db,
    name: &JobName,
    place: impl Into<StatementSpan>,
) -> Result<StoredJob, Error> {
    db.find_job(name)?.ok_or_else(|| no_such(db, Object::Job(name.clone()), place))
}

/// Fails if an object has the name behind RENAME TO. As in PostgreSQL, not even the object itself
/// may have it.
pub(super) fn check_new_name(
    db: &Db,
    object: Object,
    place: impl Into<StatementSpan>,
) -> Result<(), Error> {
    match db.find_id(&object)? {
        None => Ok(()),
        Some(_) => Err(Error::at(ObjectError::NewNameExists { object }, place)),
    }
}

/// True if CREATE may create the object; false if it exists and IF NOT EXISTS is given.
pub(super) fn may_create(
    db: &Db,
    object: Object,
    if_not_exists: bool,
    place: impl Into<StatementSpan>,
) -> Result<bool, Error> {
    match db.find_id(&object)? {
        None => Ok(true),
        Some(_) if if_not_exists => Ok(false),
        Some(_) => Err(Error::at(ObjectError::Exists { object }, place)),
    }
}

/// The error that no object has this name.
pub(super) fn no_such(db: &Db, object: Object, place: impl Into<StatementSpan>) -> Error {
    let nearest = match &object {
        Object::Connection(name) => nearest_printed(db, NameScope::Connections, name.as_str()),
        Object::Job(name) => nearest_printed(db, NameScope::Jobs, name.as_str()),
        Object::Table(name) => nearest_table(db, name).map(|nearest| nearest.shown()),
    };
    Error::at(ObjectError::Missing { object, nearest }, place)
}

/// The error that no connection has this name.
pub(super) fn no_such_connection(
    db: &Db,
    name: &ConnectionName,
    place: impl Into<StatementSpan>,
) -> Error {
    no_such(db, Object::Connection(name.clone()), place)
}

/// A table with a similar name: on a connection with a similar name, with the same name in another
/// schema, or in the same schema. None if the catalog cannot be read.
fn nearest_table(db: &Db, name: &TableName) -> Option<TableName> {
    let mut guess = name.clone();
    if db.find_connection_id(&name.connection).ok()?.is_none() {
        let connection = nearest_name(db, NameScope::Connections, name.connection.as_str())?;
        guess.connection = ConnectionName::new(&connection).ok()?;
    }
    let schemas = db.schemas_with(&guess, NAMES_TO_GUESS_FROM).ok()?;
    let likely = nearest(name.schema.as_str(), schemas.iter().map(String::as_str));
    if let Some(schema) = likely.or(schemas.first().map(String::as_str)) {
        guess.schema = Name::new(schema).ok()?;
        return Some(guess);
    }
    let beside = NameScope::Tables(guess.connection.as_str(), guess.schema.as_str());
    let table = nearest_name(db, beside, name.table.as_str())?;
    guess.table = Name::new(&table).ok()?;
    Some(guess)
}

fn nearest_printed(db: &Db, scope: NameScope<'_>, name: &str) -> Option<String> {
    nearest_name(db, scope, name).map(|nearest| Identifier(&nearest).shown())
}

/// None if the catalog cannot be read.
fn nearest_name(db: &Db, scope: NameScope<'_>, name: &str) -> Option<String> {
    let names = db.names(scope, "", NAMES_TO_GUESS_FROM).ok()?.first;
    nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
}
