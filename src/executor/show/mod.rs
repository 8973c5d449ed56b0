//! SHOW, DESCRIBE and SELECT: they only read the catalog; SHOW SESSIONS also reads the slots.

pub(super) mod connection;
pub(super) mod job;
mod sessions;
pub(super) mod table;

use sessions::show_sessions;

use super::catalog_handle::CatalogHandle;
use super::lookup::{find_connection, find_job, find_table, no_such};
use super::slot::SessionSlots;
use super::{Answer, Outcome};
use crate::catalog::{Branch, CatalogError, Db, ObjectId, Usage};
use crate::error::Error;
use crate::name::Object;
use crate::sql::mask::Echo;
use crate::sql::{Query, Show, Spanned};
use crate::value::ResultSet;

/// The runs that SHOW RUNS lists without LIMIT.
const DEFAULT_RUNS: u32 = 20;

pub(super) fn show(
    catalog: &mut CatalogHandle,
    slots: &SessionSlots,
    show: &Show,
) -> Result<Outcome, Error> {
    match show {
        Show::Connections { like } => {
            Ok(Outcome::list(catalog.reader()?.list_connections(like.as_deref())?))
        }
        Show::Tables { connection, schema, like } => table::list(
            catalog.reader()?,
            connection.as_ref(),
            schema.as_ref().map(|schema| &schema.value),
            like.as_deref(),
        ),
        Show::Jobs { like } => Ok(Outcome::list(catalog.reader()?.list_jobs(like.as_deref())?)),
        Show::Runs { job, limit } => {
            let db = catalog.reader()?;
            let job = match job {
                Some(Spanned { value, span }) => Some(find_job(db, value, span.clone())?.id),
                None => None,
            };
            let runs = db.list_runs(job, limit.unwrap_or(DEFAULT_RUNS))?;
            Ok(Outcome {
                answer: Some(Answer::Runs(runs)),
                ..Outcome::default()
            })
        }
        Show::Sessions { connection } => show_sessions(catalog, slots, connection.as_ref()),
        Show::Object(object) => describe(catalog.reader()?, object),
        Show::Create(object) => show_create(catalog.reader()?, object),
        Show::Usages(object) => show_usages(catalog.reader()?, object),
    }
}

/// Every connection with its tables and jobs, or one connection, or one table with its jobs.
pub(super) fn tree(db: &Db, of: Option<&Spanned<Object>>) -> Result<Vec<Branch>, Error> {
    let Some(Spanned { value, span }) = of else {
        return Ok(db.tree(None)?);
    };
    match db.find_id(value)? {
        Some(ObjectId::Connection(id)) => Ok(db.tree(Some(id))?),
        Some(ObjectId::Table(id)) => Ok(db.tree_of_table(id)?),
        // A job has no dependents.
        Some(ObjectId::Job(_)) | None => Err(no_such(db, value.clone(), span.clone())),
    }
}

pub(super) fn query(catalog: &mut CatalogHandle, query: &Query) -> Result<Outcome, Error> {
    match catalog.reader()?.query(&query.rewritten) {
        Ok(rows) => Ok(Outcome {
            answer: Some(Answer::Rows(rows)),
            ..Outcome::default()
        }),
        Err(mut error) => {
            let mut place = None;
            if let CatalogError::Query { message, offset, .. } = &mut error {
                // SQLite repeats what it does not understand, as a server does.
                *message = Echo::new(&query.text, false).without_secrets(message);
                place = offset.map(|offset| query.original_span(offset));
            }
            Err(Error::at(error, place))
        }
    }
}

fn describe(db: &Db, Spanned { value, span }: &Spanned<Object>) -> Result<Outcome, Error> {
    Ok(Outcome::list(match value {
        Object::Connection(name) => connection::describe(&find_connection(db, name, span.clone())?),
        Object::Table(name) => table::describe(&find_table(db, name, span.clone())?),
        Object::Job(name) => {
            let found = find_job(db, name, span.clone())?;
            job::describe(&found, &db.job_status(found.id)?)
        }
    }))
}

fn show_create(db: &Db, Spanned { value, span }: &Spanned<Object>) -> Result<Outcome, Error> {
    let sql = match value {
        Object::Connection(name) => {
            connection::statement_of(&find_connection(db, name, span.clone())?).to_string()
        }
        Object::Table(name) => find_table(db, name, span.clone())?.definition.to_string(),
        Object::Job(name) => job::statement_of(&find_job(db, name, span.clone())?),
    };
    Ok(Outcome {
        answer: Some(Answer::Sql(terminated(sql))),
        ..Outcome::default()
    })
}

fn show_usages(db: &Db, Spanned { value, span }: &Spanned<Object>) -> Result<Outcome, Error> {
    match db.find_id(value)? {
        Some(used) => Ok(Outcome::list(usage_rows(db.usages_of(&[used])?))),
        None => Err(no_such(db, value.clone(), span.clone())),
    }
}

/// The statement with a semicolon, on a new line if the statement ends in a comment.
pub(super) fn terminated(sql: String) -> String {
    let has_comment = sql.lines().last().is_some_and(|line| line.contains("--"));
    sql + if has_comment { "\n;" } else { ";" }
}

/// One row per dependent.
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
