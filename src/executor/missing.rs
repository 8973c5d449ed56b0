//! What the catalog lacks: the error, with the name that was probably meant.

use std::ops::Range;

use super::{Executor, secrets::catalog_error};
use crate::error::{Error, Failure};
use crate::name::{ConnectionName, Identifier, Object, TableName};
use crate::sql::keyword::nearest;

/// How many names are looked through for the one that was meant.
const NAMES_TO_GUESS_FROM: usize = 10_000;

impl Executor {
    /// There is no object of that name, which stands at the given bytes of the statement.
    pub(super) fn no_such(&mut self, object: Object, span: Range<usize>) -> Error {
        let nearest = match &object {
            Object::Connection(name) => {
                let names = self.connection_names("", NAMES_TO_GUESS_FROM).first;
                nearest_printed(name.as_str(), &names)
            }
            Object::Job(name) => {
                let names = self.job_names("", NAMES_TO_GUESS_FROM).first;
                nearest_printed(name.as_str(), &names)
            }
            Object::Table(name) => self.nearest_table(name),
        };
        Error::at(Failure::Missing { object, nearest }, span)
    }

    pub(super) fn no_such_connection(&mut self, name: &ConnectionName, span: Range<usize>) -> Error {
        self.no_such(Object::Connection(name.clone()), span)
    }

    /// A table whose name is like the wanted one in each of its parts; those of the same schema come first.
    fn nearest_table(&mut self, wanted: &TableName) -> Option<String> {
        let of_schema = format!("{}.{}.", wanted.connection, wanted.schema);
        [of_schema.as_str(), ""].iter().find_map(|prefix| {
            let names = self
                .reader()
                .and_then(|db| db.table_names(prefix, NAMES_TO_GUESS_FROM).map_err(catalog_error))
                .unwrap_or_default();
            let alike: Vec<String> = names
                .first
                .iter()
                .filter(|name| is_alike(wanted, name))
                .map(ToString::to_string)
                .collect();
            nearest(&wanted.to_string(), alike.iter().map(String::as_str)).map(str::to_owned)
        })
    }
}

fn nearest_printed(name: &str, names: &[String]) -> Option<String> {
    nearest(name, names.iter().map(String::as_str)).map(|nearest| Identifier(nearest).to_string())
}

fn is_alike(wanted: &TableName, name: &TableName) -> bool {
    let parts = |name: &TableName| {
        [&name.table, &name.schema]
            .map(|part| part.as_str().to_owned())
            .into_iter()
            .chain([name.connection.as_str().to_owned()])
            .collect::<Vec<_>>()
    };
    let (wanted, found) = (parts(wanted), parts(name));
    let mut pairs = wanted.iter().zip(&found);
    pairs.all(|(wanted, found)| nearest(wanted, [found.as_str()]).is_some())
}
