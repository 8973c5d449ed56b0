//! DROP of connections, tables and jobs: refused while anything depends on them.

use std::collections::HashSet;
use std::ops::Range;

use super::lookup::no_such;
use super::slot::SessionSlots;
use super::table::note_recorded;
use super::transaction::{CatalogChange, CatalogWriter};
use super::{NO_CHANGE, Notice, Outcome};
use crate::catalog::{Db, ObjectId, Usage, UsageKind};
use crate::error::{Error, ObjectError};
use crate::name::{ConnectionName, Object, ObjectName, shown_sql};
use crate::sql::Drop;

/// An object to drop.
type Found = (Object, ObjectId);

pub(super) fn drop_objects<N: ObjectName>(
    writer: &mut CatalogWriter,
    slots: &SessionSlots,
    tag: &'static str,
    drop: &Drop<N>,
) -> Result<Outcome, Error> {
    let mut outcome = Outcome::done(tag);
    // Checked before the catalog is locked or created, and again inside the transaction.
    if objects_to_drop(writer.catalog.reader()?, drop, &mut outcome)?.is_empty() {
        outcome.tag = Some(NO_CHANGE);
        return Ok(outcome);
    }
    outcome.notices.clear();
    let mut dropped = Vec::new();
    writer.change(&mut outcome, |change, outcome| {
        let found = objects_to_drop(change.db, drop, outcome)?;
        drop_found(change, drop, &found, outcome)?;
        dropped = found;
        Ok(())
    })?;
    for found in dropped {
        if let (Object::Connection(name), ObjectId::Connection(id)) = found {
            outcome.notices.extend(sessions_left(slots, &name, id));
        }
    }
    Ok(outcome)
}

/// A notice about the sessions of a connection that was dropped.
fn sessions_left(slots: &SessionSlots, name: &ConnectionName, id: i64) -> Option<Notice> {
    let holders = slots.holders(Some(id)).inspect_err(|error| {
        tracing::info!("could not count the sessions of {}: {error}", name.shown());
    });
    match holders.map_or(0, |holders| holders.len()) {
        0 => None,
        1 => Some(Notice::new(format!("1 session of {} goes on until it ends", name.shown()))),
        some => {
            Some(Notice::new(format!("{some} sessions of {} go on until they end", name.shown())))
        }
    }
}

/// Deletes an object that nothing depends on any more, and the password of a connection.
pub(super) fn delete(
    change: &mut CatalogChange<'_>,
    object: &Object,
    id: ObjectId,
) -> Result<(), Error> {
    if let Object::Connection(name) = object
        && let Some(found) = change.db.find_connection(name)?
        && let Some(secret) = &found.definition.secret
    {
        change.secrets.remove(secret);
    }
    Ok(change.db.delete(id)?)
}

/// The objects that the statement names, each once; a missing one is an error or a notice.
fn objects_to_drop<N: ObjectName>(
    db: &Db,
    drop: &Drop<N>,
    outcome: &mut Outcome,
) -> Result<Vec<Found>, Error> {
    let (mut found, mut ids) = (Vec::new(), HashSet::new());
    for name in &drop.names {
        let object = name.value.clone().object();
        match db.find_id(&object)? {
            Some(id) if ids.insert(id) => found.push((object, id)),
            Some(_) => {}
            None if drop.if_exists => {
                let text = format!("{} does not exist, skipping", object.in_message());
                outcome.notices.push(Notice::new(text));
            }
            None => return Err(no_such(db, object, name.span.clone())),
        }
    }
    Ok(found)
}

fn drop_found<N>(
    change: &mut CatalogChange<'_>,
    drop: &Drop<N>,
    found: &[Found],
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let used: Vec<ObjectId> = found.iter().map(|(_, id)| *id).collect();
    let mut tables = used.iter().filter(|id| matches!(id, ObjectId::Table(_))).count();
    if drop.cascade {
        let dropped = change.db.delete_dependents(&used)?;
        let is_table = |usage: &&Usage| match usage.kind {
            UsageKind::Table | UsageKind::ForeignKey => true,
            UsageKind::Job => false,
        };
        tables += dropped.iter().filter(is_table).count();
        outcome.notices.extend(dropped.iter().map(|usage| match usage.kind {
            UsageKind::Table | UsageKind::Job => {
                Notice::new(format!("dropped {} {}", usage.kind, shown_sql(&usage.name)))
            }
            UsageKind::ForeignKey => {
                let keys: Vec<&str> = usage.foreign_keys.iter().map(|key| shown_sql(key)).collect();
                let (keys, table) = (keys.join(", "), shown_sql(&usage.name));
                Notice::new(format!("dropped constraint {keys} on table {table}"))
            }
        }));
    } else {
        refuse_what_is_used(change.db, drop, found, &used)?;
    }
    let tables_to_drop = used.iter().filter_map(|id| match id {
        ObjectId::Table(id) => Some(*id),
        ObjectId::Connection(_) | ObjectId::Job(_) => None,
    });
    change.db.delete_foreign_keys_of(tables_to_drop)?;
    for (object, id) in found {
        delete(change, object, *id)?;
    }
    note_recorded(tables, outcome);
    Ok(())
}

fn refuse_what_is_used<N>(
    db: &Db,
    drop: &Drop<N>,
    found: &[Found],
    used: &[ObjectId],
) -> Result<(), Error> {
    let usages = db.usages_of(used)?;
    if usages.is_empty() {
        return Ok(());
    }
    let objects = found.iter().map(|(object, _)| object.clone()).collect();
    Err(Error::at(ObjectError::InUse { usages, objects }, span_of_names(drop)))
}

fn span_of_names<N>(drop: &Drop<N>) -> Range<usize> {
    let start = drop.names.first().map_or(0, |name| name.span.start);
    start..drop.names.last().map_or(start, |name| name.span.end)
}
