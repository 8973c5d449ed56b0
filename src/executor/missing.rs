//! What the catalog lacks: the error, with the name that was probably meant.

use super::{Executor, Place};
use crate::error::{Error, ObjectError};
use crate::name::{ConnectionName, Identifier, Name, Object, TableName};
use crate::sql::keyword::nearest;

/// How many names are looked through for the one that was meant.
const NAMES_TO_GUESS_FROM: usize = 10_000;

impl Executor {
    /// There is no object of that name, which stands at the given bytes of the statement.
    pub(super) fn no_such(&mut self, object: Object, span: impl Into<Place>) -> Error {
        let nearest = match &object {
            Object::Connection(name) => {
                let names = self.connection_names("", NAMES_TO_GUESS_FROM).first;
                nearest_printed(name.as_str(), &names)
            }
            Object::Job(name) => {
                let names = self.job_names("", NAMES_TO_GUESS_FROM).first;
                nearest_printed(name.as_str(), &names)
            }
            Object::Table(name) => self.nearest_table(name).map(|nearest| nearest.to_string()),
        };
        Error::at(ObjectError::Missing { object, nearest }, span)
    }

    pub(super) fn no_such_connection(
        &mut self,
        name: &ConnectionName,
        span: impl Into<Place>,
    ) -> Error {
        self.no_such(Object::Connection(name.clone()), span)
    }

    /// A table that is nearly called so: on the connection of nearly that name, under the same name
    /// in another schema, or else in the same schema. A catalog that cannot be read has none.
    fn nearest_table(&mut self, name: &TableName) -> Option<TableName> {
        let db = self.reader().ok()?;
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
}

fn nearest_printed(name: &str, names: &[String]) -> Option<String> {
    nearest(name, names.iter().map(String::as_str)).map(|nearest| Identifier(nearest).to_string())
}
