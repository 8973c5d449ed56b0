//! SHOW, DESCRIBE and SELECT: they read the catalog and nothing else.

mod connection;
pub(super) mod table;

use std::ops::Range;

use super::secrets::catalog_error;
use super::{Answer, Executor, Outcome};
use crate::catalog::{CatalogError, StoredConnection, Usage};
use crate::error::{Error, Failure};
use crate::name::{ConnectionName, Object};
use crate::sql::{Query, Show, Spanned};
use crate::value::ResultSet;

impl Executor {
    pub(super) fn show(&mut self, show: &Show) -> Result<Outcome, Error> {
        match show {
            Show::Connections { like } => self
                .reader()?
                .list_connections(like.as_deref())
                .map(Outcome::rows)
                .map_err(catalog_error),
            Show::Tables {
                connection,
                schema,
                like,
            } => self.show_tables(connection.as_ref(), schema.as_ref(), like.as_deref()),
            Show::Jobs { .. } => Err(super::missing_handle()),
            Show::Object(object) => self.describe(object),
            Show::Create(object) => self.show_create(object),
            Show::Usages(object) => self.show_usages(object),
        }
    }

    fn describe(&mut self, Spanned { value, span }: &Spanned<Object>) -> Result<Outcome, Error> {
        match value {
            Object::Connection(name) => {
                let found = self.find_shown_connection(name, span.clone())?;
                Ok(Outcome::rows(connection::describe(&found)))
            }
            Object::Table(name) => {
                let found = self.find_table(name, span.clone())?;
                Ok(Outcome::rows(table::describe(&found)))
            }
            Object::Job(_) => Err(super::missing_handle()),
        }
    }

    fn show_create(&mut self, Spanned { value, span }: &Spanned<Object>) -> Result<Outcome, Error> {
        let sql = match value {
            Object::Connection(name) => {
                let found = self.find_shown_connection(name, span.clone())?;
                connection::statement_of(&found).to_string()
            }
            Object::Table(name) => {
                let found = self.find_table(name, span.clone())?;
                table::statement_of(&found.definition)?.to_string()
            }
            Object::Job(_) => return Err(super::missing_handle()),
        };
        Ok(Outcome {
            answer: Some(Answer::Sql(format!("{sql};"))),
            ..Outcome::default()
        })
    }

    fn find_shown_connection(&mut self, name: &ConnectionName, span: Range<usize>) -> Result<StoredConnection, Error> {
        match self.reader()?.find_connection(name).map_err(catalog_error)? {
            Some(found) => Ok(found),
            None => Err(self.no_such_connection(name, span)),
        }
    }

    fn show_usages(&mut self, Spanned { value, span }: &Spanned<Object>) -> Result<Outcome, Error> {
        let usages = match value {
            Object::Connection(name) => {
                let id = self.find_shown_connection(name, span.clone())?.id;
                self.reader()?.usages_of_connections(&[id]).map_err(catalog_error)?
            }
            Object::Table(_) | Object::Job(_) => return Err(super::missing_handle()),
        };
        Ok(Outcome::rows(usage_rows(usages)))
    }

    pub(super) fn query(&mut self, query: &Query) -> Result<Outcome, Error> {
        let cancel = std::sync::Arc::clone(&self.cancel);
        self.reader()?
            .query(&query.rewritten, &cancel)
            .map(Outcome::rows)
            .map_err(|error| {
                let offset = match &error {
                    CatalogError::Query { offset, .. } => *offset,
                    _ => None,
                };
                match offset {
                    Some(offset) => Error::at(Failure::Catalog(error), query.original_span(offset)),
                    None => catalog_error(error),
                }
            })
    }
}

/// One row for each thing that depends on another.
fn usage_rows(usages: Vec<Usage>) -> ResultSet {
    let mut rows = ResultSet::with_columns(["usage", "name", "via"]);
    for usage in usages {
        rows.rows.push(vec![
            usage.kind.word().into(),
            usage.name.into(),
            usage.via.join(", ").into(),
        ]);
    }
    rows
}
