//! Objects by their names. An error names the object that was probably meant.

use super::Place;
use crate::catalog::{CatalogError, Db, NameRange, StoredConnection, StoredJob, StoredTable};
use crate::error::{Error, ObjectError};
use crate::name::{ConnectionName, Identifier, JobName, Name, Object, TableName};
use crate::sql::keyword::nearest;

/// How many names are searched for the one that was meant.
const NAMES_TO_GUESS_FROM: usize = 10_000;

/// The connection of that name.
pub(super) fn find_connection(
    db: &Db,
    name: &ConnectionName,
    place: impl Into<Place>,
) -> Result<StoredConnection, Error> {
    db.find_connection(name)?.ok_or_else(|| no_such_connection(db, name, place))
}

/// The identity of the connection of that name.
pub(super) fn find_connection_id(
    db: &Db,
    name: &ConnectionName,
    place: impl Into<Place>,
) -> Result<i64, Error> {
    db.find_connection_id(name)?.ok_or_else(|| no_such_connection(db, name, place))
}

/// The table of that name.
pub(super) fn find_table(
    db: &Db,
    name: &TableName,
    place: impl Into<Place>,
) -> Result<StoredTable, Error> {
    db.find_table(name)?
        .ok_or_else(|| no_such(db, Object::Table(name.clone()), place))
}

/// The job of that name.
pub(super) fn find_job(
    db: &Db,
    name: &JobName,
    place: impl Into<Place>,
) -> Result<StoredJob, Error> {
    db.find_job(name)?.ok_or_else(|| no_such(db, Object::Job(name.clone()), place))
}

/// The error that there is no object of that name.
pub(super) fn no_such(db: &Db, object: Object, place: impl Into<Place>) -> Error {
    let nearest = match &object {
        Object::Connection(name) => {
            nearest_printed(name.as_str(), db.connection_names("", NAMES_TO_GUESS_FROM))
        }
        Object::Job(name) => nearest_printed(name.as_str(), db.job_names("", NAMES_TO_GUESS_FROM)),
        Object::Table(name) => nearest_table(db, name).map(|nearest| nearest.to_string()),
    };
    Error::at(ObjectError::Missing { object, nearest }, place)
}

/// The same for a connection.
pub(super) fn no_such_connection(db: &Db, name: &ConnectionName, place: impl Into<Place>) -> Error {
    no_such(db, Object::Connection(name.clone()), place)
}

/// A table of nearly that name: on the connection of nearly that name, under the same name in
/// another schema, or else in the same schema. A catalog that cannot be read has none.
fn nearest_table(db: &Db, name: &TableName) -> Option<TableName> {
    let mut guess = name.clone();
    if !db.has_connection(&name.connection).ok()? {
        let names = db.connection_names("", NAMES_TO_GUESS_FROM).ok()?.first;
        let connection = nearest(name.connection.as_str(), names.iter().map(String::as_str))?;
        guess.connection = ConnectionName::new(connection).ok()?;
    }
    let schemas = db.schemas_with(&guess, NAMES_TO_GUESS_FROM).ok()?;
    let likely = nearest(name.schema.as_str(), schemas.iter().map(String::as_str));
    if let Some(schema) = likely.or(schemas.first().map(String::as_str)) {
        guess.schema = Name::new(schema).ok()?;
        return Some(guess);
    }
    let beside = db.tables_beside(&guess, NAMES_TO_GUESS_FROM).ok()?;
    let table = nearest(name.table.as_str(), beside.iter().map(String::as_str))?;
    guess.table = Name::new(table).ok()?;
    Some(guess)
}

/// A catalog that cannot be read has no such name.
fn nearest_printed(name: &str, names: Result<NameRange, CatalogError>) -> Option<String> {
    let names = names.ok()?.first;
    nearest(name, names.iter().map(String::as_str)).map(|nearest| Identifier(nearest).to_string())
}
