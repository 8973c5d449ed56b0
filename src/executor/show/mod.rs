//! SHOW, DESCRIBE and SELECT: they read the catalog and nothing else, but for the slots that SHOW
//! SESSIONS lists.

pub(super) mod connection;
pub(super) mod job;
mod sessions;
pub(super) mod table;

use super::secrets::catalog_error;
use super::{Answer, Executor, Outcome, Place};
use crate::catalog::{CatalogError, StoredConnection, StoredJob, Usage, Used};
use crate::error::Error;
use crate::name::{ConnectionName, JobName, Object};
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
            Show::Tables { connection, schema, like } => {
                self.show_tables(connection.as_ref(), schema.as_ref(), like.as_deref())
            }
            Show::Jobs { like } => self
                .reader()?
                .list_jobs(like.as_deref())
                .map(Outcome::rows)
                .map_err(catalog_error),
            Show::Sessions { connection } => self.show_sessions(connection.as_ref()),
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
            Object::Job(name) => {
                let found = self.find_shown_job(name, span.clone())?;
                Ok(Outcome::rows(job::describe(&found)))
            }
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
            Object::Job(name) => {
                let found = self.find_shown_job(name, span.clone())?;
                job::statement_of(&found)
            }
        };
        Ok(Outcome {
            answer: Some(Answer::Sql(terminated(sql))),
            ..Outcome::default()
        })
    }

    fn find_shown_connection(
        &mut self,
        name: &ConnectionName,
        span: impl Into<Place>,
    ) -> Result<StoredConnection, Error> {
        match self.reader()?.find_connection(name).map_err(catalog_error)? {
            Some(found) => Ok(found),
            None => Err(self.no_such_connection(name, span)),
        }
    }

    fn find_shown_job(
        &mut self,
        name: &JobName,
        span: impl Into<Place>,
    ) -> Result<StoredJob, Error> {
        match self.reader()?.find_job(name).map_err(catalog_error)? {
            Some(found) => Ok(found),
            None => Err(self.no_such(Object::Job(name.clone()), span)),
        }
    }

    fn show_usages(&mut self, Spanned { value, span }: &Spanned<Object>) -> Result<Outcome, Error> {
        let used = match value {
            Object::Connection(name) => {
                let id = self.reader()?.find_connection_id(name).map_err(catalog_error)?;
                id.map(Used::Connection)
            }
            Object::Table(name) => {
                let id = self.reader()?.find_table_id(name).map_err(catalog_error)?;
                id.map(Used::Table)
            }
            Object::Job(_) => None,
        };
        let Some(used) = used else {
            return Err(self.no_such(value.clone(), span.clone()));
        };
        let usages = self.reader()?.usages_of(&[used]).map_err(catalog_error)?;
        Ok(Outcome::rows(usage_rows(usages)))
    }

    pub(super) fn query(&mut self, query: &Query) -> Result<Outcome, Error> {
        let cancel = self.signals.cancel();
        self.reader()?
            .query(&query.rewritten, &cancel)
            .map(Outcome::rows)
            .map_err(|error| {
                let offset = match &error {
                    CatalogError::Query { offset, .. } => *offset,
                    _ => None,
                };
                match offset {
                    Some(offset) => Error::at(error, query.original_span(offset)),
                    None => catalog_error(error),
                }
            })
    }
}

/// The statement with its semicolon, which a comment at its end must not swallow.
pub(super) fn terminated(sql: String) -> String {
    let has_comment = sql.lines().last().is_some_and(|line| line.contains("--"));
    sql + if has_comment { "\n;" } else { ";" }
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
