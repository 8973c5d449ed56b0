//! `apply`: makes the catalog equal to a file of definitions, in one transaction.

use super::diff::{DesiredCatalog, PlanAction, PlannedChange, diff};
use super::passwords::read_password;
use super::{Comparison, CreateStatement, DefinitionStatement, Prune, compare};
use crate::catalog::{Definition, ObjectId};
use crate::error::Error;
use crate::executor::define::save_connection;
use crate::executor::drop::delete;
use crate::executor::lookup::{find_connection_id, no_such_connection};
use crate::executor::password::PasswordReader;
use crate::executor::schedule::check_key_is_free;
use crate::executor::sync::check_circles;
use crate::executor::table::note_recorded;
use crate::executor::transaction::{CatalogChange, CatalogWriter};
use crate::executor::{NO_CHANGE, Notice, Outcome};
use crate::name::Object;

/// The command tag.
const TAG: &str = "APPLY";

/// Makes the catalog equal to the file. Objects that the file lacks are dropped only with
/// `--prune`. Altered objects keep their ids, and so their dependents.
pub(in crate::executor) fn apply(
    writer: &mut CatalogWriter,
    reader: &mut PasswordReader,
    statements: &[DefinitionStatement],
    prune: Prune,
) -> Result<Outcome, Error> {
    let mut outcome = Outcome::done(TAG);
    let mut compared = compare(writer, reader, statements, prune, &mut outcome)?;
    let kept = compared.changes.iter().filter(|change| change.stays(prune)).count();
    outcome.notices.extend(kept_notice(kept));
    if kept == compared.changes.len() {
        outcome.tag = Some(NO_CHANGE);
        return Ok(outcome);
    }
    prepare_to_apply(writer, reader, statements, &mut compared, &mut outcome)?;
    writer.change(&mut outcome, |change, outcome| {
        apply_changes_now(change, &compared, prune, outcome)
    })?;
    Ok(outcome)
}

/// Asks for the passwords of new connections and unlocks the store, before the catalog is
/// locked.
fn prepare_to_apply(
    writer: &mut CatalogWriter,
    reader: &mut PasswordReader,
    statements: &[DefinitionStatement],
    compared: &mut Comparison,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    writer.catalog.reader()?.check_writable()?;
    let mut needs_store = false;
    let wanted = &compared.wanted;
    for change in compared.changes.iter().filter(|change| stores_password(change, wanted)) {
        needs_store = true;
        let defines_it =
            |statement: &&DefinitionStatement| statement.create.object().0 == change.object;
        if let Some(statement) = statements.iter().find(defines_it)
            && let CreateStatement::Connection(create) = &statement.create
            && !compared.passwords.given.contains_key(&create.name)
        {
            let password = read_password(reader, create, outcome).map_err(&statement.locate)?;
            compared.passwords.given.insert(create.name.clone(), password);
        }
    }
    if needs_store {
        writer.secrets.prepare(&writer.catalog.id()?)?;
    }
    Ok(())
}

/// Applies the changes, computed again: another process may have changed the catalog since.
fn apply_changes_now(
    change: &mut CatalogChange<'_>,
    compared: &Comparison,
    prune: Prune,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let contents = change.db.contents()?;
    let differences = |stored: &Definition| compared.passwords.difference(stored);
    let mut tables = 0_usize;
    for planned in diff(&compared.wanted, &contents, differences) {
        if planned.stays(prune) {
            continue;
        }
        let (done, consequence) = match planned.action {
            PlanAction::Create => ("created", save(change, &planned, compared)?),
            PlanAction::Alter => ("altered", save(change, &planned, compared)?),
            PlanAction::Drop => {
                drop_defined(change, &planned.object)?;
                ("dropped", None)
            }
        };
        let password = if planned.replaces_password() {
            " and its password"
        } else {
            ""
        };
        outcome
            .notices
            .push(Notice::new(format!("{done} {}{password}", planned.object.kind_and_shown())));
        outcome.notices.extend(consequence);
        tables += usize::from(matches!(planned.object, Object::Table(_)));
    }
    note_recorded(tables, outcome);
    check_circles(change.db, None)
}

/// Saves the object as the file defines it.
fn save(
    change: &mut CatalogChange<'_>,
    planned: &PlannedChange,
    compared: &Comparison,
) -> Result<Option<Notice>, Error> {
    let (db, now, wanted) = (change.db, change.now, &compared.wanted);
    match &planned.object {
        Object::Connection(name) => {
            if let Some(definition) = wanted.connections.get(name) {
                return save_connection_of(change, planned, definition.clone(), compared);
            }
        }
        Object::Table(name) => {
            if let Some(definition) = wanted.tables.get(name) {
                find_connection_id(db, &name.connection, None)?;
                db.save_table(db.find_table_id(name)?, definition, now)?;
            }
        }
        Object::Job(name) => {
            if let Some(definition) = wanted.jobs.get(name) {
                for reference in &definition.references {
                    find_connection_id(db, &reference.name.table.connection, None)?;
                }
                check_key_is_free(db, definition)?;
                db.save_job(db.find_job_id(name)?, definition, now)?;
            }
        }
    }
    Ok(None)
}

fn save_connection_of(
    change: &mut CatalogChange<'_>,
    planned: &PlannedChange,
    definition: Definition,
    compared: &Comparison,
) -> Result<Option<Notice>, Error> {
    let name = &definition.name;
    let found = change.db.find_connection(name)?;
    let password = if stores_password(planned, &compared.wanted) {
        let given = compared.passwords.given.get(name).cloned();
        // Another process has dropped the connection after nobody was asked for its password.
        Some(given.ok_or_else(|| no_such_connection(change.db, name, None))?)
    } else {
        None
    };
    save_connection(change, found.as_ref(), definition, password)
}

/// True if the change stores a password: redwire's store is its keeper, and it is new or another one
/// than before.
fn stores_password(change: &PlannedChange, wanted: &DesiredCatalog) -> bool {
    let Object::Connection(name) = &change.object else {
        return false;
    };
    let is_stored = wanted.connections.get(name).is_some_and(|new| new.keeper.is_store());
    match change.action {
        PlanAction::Create => is_stored,
        PlanAction::Alter => is_stored && change.replaces_password(),
        PlanAction::Drop => false,
    }
}

fn drop_defined(change: &mut CatalogChange<'_>, object: &Object) -> Result<(), Error> {
    let Some(id) = change.db.find_id(object)? else {
        return Ok(());
    };
    if let ObjectId::Table(id) = id {
        // A job of the file may name a table that the file does not define.
        change.db.unlink_references(id)?;
    }
    delete(change, object, id)
}

fn kept_notice(kept: usize) -> Option<Notice> {
    let text = match kept {
        0 => return None,
        1 => "1 object of the catalog is not in the file and stays: --prune drops it".to_owned(),
        _ => format!(
            "{kept} objects of the catalog are not in the file and stay: --prune drops them"
        ),
    };
    Some(Notice::new(text))
}
