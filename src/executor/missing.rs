//! What the catalog lacks: the error, with the name that was probably meant.

use std::ops::Range;

use super::Executor;
use crate::error::{Error, Failure};
use crate::name::{ConnectionName, Identifier, Object};
use crate::sql::keyword::nearest;

/// How many names are looked through for the one that was meant.
pub(super) const NAMES_TO_GUESS_FROM: usize = 10_000;

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
            Object::Table(name) => self.nearest_table(name).map(|name| name.to_string()),
        };
        Error::at(Failure::Missing { object, nearest }, span)
    }

    pub(super) fn no_such_connection(&mut self, name: &ConnectionName, span: Range<usize>) -> Error {
        self.no_such(Object::Connection(name.clone()), span)
    }
}

fn nearest_printed(name: &str, names: &[String]) -> Option<String> {
    nearest(name, names.iter().map(String::as_str)).map(|nearest| Identifier(nearest).to_string())
}
