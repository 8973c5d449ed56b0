//! DROP of connections, tables and jobs: refused while anything depends on them.

use std::collections::HashSet;
use std::ops::Range;

use super::lookup::no_such;
use super::table::note_recorded;
use super::transaction::CatalogChange;
use super::{Executor, NO_CHANGE, Notice, Outcome};
use crate::catalog::{CatalogError, Db, UsageKind, Used};
use crate::error::{Error, ObjectError};
use crate::name::{ConnectionName, JobName, ObjectName, TableName};
use crate::sql::Drop;

/// An object that DROP can remove.
pub(super) trait Droppable: ObjectName {
    /// The command tag.
    const TAG: &'static str;
    /// True for tables: a drop changes only the catalog, not the warehouse, and says so.
    const IS_TABLE: bool;

    /// The id of the object.
    fn find_id(&self, db: &Db) -> Result<Option<i64>, CatalogError>;

    /// The object that others may depend on; None if nothing can depend on it.
    fn used(id: i64) -> Option<Used>;

    /// Deletes the object; nothing may depend on it any more.
    fn delete(&self, id: i64, change: &mut CatalogChange<'_>) -> Result<(), Error>;

    /// A notice about something that the drop leaves behind.
    fn remains(&self, _id: i64, _executor: &mut Executor) -> Option<Notice> {
        None
    }
}

impl Droppable for ConnectionName {
    const TAG: &'static str = "DROP CONNECTION";
    const IS_TABLE: bool = false;

    fn find_id(&self, db: &Db) -> Result<Option<i64>, CatalogError> {
        db.find_connection_id(self)
    }

    fn used(id: i64) -> Option<Used> {
        Some(Used::Connection(id))
    }

    fn delete(&self, id: i64, change: &mut CatalogChange<'_>) -> Result<(), Error> {
        if let Some(found) = change.db.find_connection(self)? {
            change.secrets.remove(&found.definition.secret);
        }
        Ok(change.db.delete_connection(id)?)
    }

    fn remains(&self, id: i64, executor: &mut Executor) -> Option<Notice> {
        let sessions = match executor.sessions_of(id) {
            Ok(sessions) => sessions,
            Err(error) => {
                tracing::debug!("nobody knows whether {self} has sessions: {error}");
                0
            }
        };
        match sessions {
            0 => None,
            1 => Some(Notice::new(format!("1 session of {self} goes on until it ends"))),
            _ => Some(Notice::new(format!("{sessions} sessions of {self} go on until they end"))),
        }
    }
}

impl Droppable for TableName {
    const TAG: &'static str = "DROP TABLE";
    const IS_TABLE: bool = true;

    fn find_id(&self, db: &Db) -> Result<Option<i64>, CatalogError> {
        db.find_table_id(self)
    }

    fn used(id: i64) -> Option<Used> {
        Some(Used::Table(id))
    }

    fn delete(&self, id: i64, change: &mut CatalogChange<'_>) -> Result<(), Error> {
        Ok(change.db.delete_table(id)?)
    }
}

impl Droppable for JobName {
    const TAG: &'static str = "DROP JOB";
    const IS_TABLE: bool = false;

    fn find_id(&self, db: &Db) -> Result<Option<i64>, CatalogError> {
        db.find_job_id(self)
    }

    fn used(_id: i64) -> Option<Used> {
        None
    }

    fn delete(&self, id: i64, change: &mut CatalogChange<'_>) -> Result<(), Error> {
        Ok(change.db.delete_job(id)?)
    }
}

impl Executor {
    pub(super) fn drop_objects<N: Droppable>(&mut self, drop: &Drop<N>) -> Result<Outcome, Error> {
        let mut outcome = Outcome::done(N::TAG);
        // Checked before the catalog is locked or created, and again inside the transaction.
        if objects_to_drop(self.catalog.reader()?, drop, &mut outcome)?.is_empty() {
            outcome.tag = Some(NO_CHANGE);
            return Ok(outcome);
        }
        outcome.notices.clear();
        let mut dropped = Vec::new();
        self.change(&mut outcome, |change, outcome| {
            let found = objects_to_drop(change.db, drop, outcome)?;
            drop_found(change, drop, &found, outcome)?;
            dropped = found;
            Ok(())
        })?;
        let remains = dropped.iter().filter_map(|(name, id)| name.remains(*id, self));
        outcome.notices.extend(remains);
        Ok(outcome)
    }
}

/// The objects that the statement names, each once; a missing one is an error or a notice.
fn objects_to_drop<N: Droppable>(
    db: &Db,
    drop: &Drop<N>,
    outcome: &mut Outcome,
) -> Result<Vec<(N, i64)>, Error> {
    let (mut found, mut ids) = (Vec::new(), HashSet::new());
    for name in &drop.names {
        match name.value.find_id(db)? {
            Some(id) if ids.insert(id) => found.push((name.value.clone(), id)),
            Some(_) => {}
            None if drop.if_exists => {
                let text = format!(
                    "{} does not exist, skipping",
                    name.value.clone().object().in_message()
                );
                outcome.notices.push(Notice::new(text));
            }
            None => return Err(no_such(db, name.value.clone().object(), name.span.clone())),
        }
    }
    Ok(found)
}

fn drop_found<N: Droppable>(
    change: &mut CatalogChange<'_>,
    drop: &Drop<N>,
    found: &[(N, i64)],
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let used: Vec<Used> = found.iter().filter_map(|(_, id)| N::used(*id)).collect();
    let mut tables = if N::IS_TABLE { found.len() } else { 0 };
    if drop.cascade {
        let dropped = change.db.delete_dependents(&used)?;
        tables += dropped.iter().filter(|usage| usage.kind == UsageKind::Table).count();
        let notices = dropped
            .iter()
            .map(|usage| Notice::new(format!("dropped {} {}", usage.kind, usage.name)));
        outcome.notices.extend(notices);
    } else {
        refuse_what_is_used(change.db, drop, found, &used)?;
    }
    for (name, id) in found {
        name.delete(*id, change)?;
    }
    note_recorded(tables, outcome);
    Ok(())
}

fn refuse_what_is_used<N: Droppable>(
    db: &Db,
    drop: &Drop<N>,
    found: &[(N, i64)],
    used: &[Used],
) -> Result<(), Error> {
    let usages = db.usages_of(used)?;
    if usages.is_empty() {
        return Ok(());
    }
    let objects = found.iter().map(|(name, _)| name.clone().object()).collect();
    Err(Error::at(ObjectError::InUse { usages, objects }, span_of_names(drop)))
}

fn span_of_names<N>(drop: &Drop<N>) -> Range<usize> {
    let start = drop.names.first().map_or(0, |name| name.span.start);
    start..drop.names.last().map_or(start, |name| name.span.end)
}
