//! `apply`: makes the catalog equal to a file of definitions, in one transaction.

use super::diff::{DesiredCatalog, Difference, PlanAction, PlannedChange};
use super::passwords::Passwords;
use super::{Comparison, DefinitionError, Described, Prune, changes};
use crate::catalog::ObjectId;
use crate::error::{Error, PasswordError};
use crate::executor::define::save_connection;
use crate::executor::drop::delete;
use crate::executor::lookup::{find_connection_id, no_such_connection};
use crate::executor::table::note_recorded;
use crate::executor::transaction::CatalogChange;
use crate::executor::{Executor, NO_CHANGE, Notice, Outcome};
use crate::name::{ConnectionName, JobName, Object, TableName};

/// The command tag.
const TAG: &str = "APPLY";

impl Executor {
    /// Makes the catalog equal to the file. Objects that the file lacks are dropped only with
    /// `--prune`. Altered objects keep their ids, and so their dependents.
    pub fn apply(
        &mut self,
        described: &[Described],
        prune: Prune,
    ) -> Result<Outcome, DefinitionError> {
        let mut outcome = Outcome::done(TAG);
        let mut compared = self.compare(described, prune, &mut outcome)?;
        let kept = compared.changes.iter().filter(|change| stays(change, prune)).count();
        outcome.notices.extend(kept_notice(kept));
        if kept == compared.changes.len() {
            outcome.tag = Some(NO_CHANGE);
            return Ok(self.marked(outcome));
        }
        self.prepare_to_apply(described, &mut compared, &mut outcome)?;
        self.change(&mut outcome, |change, outcome| {
            apply_changes_now(change, &compared.wanted, &compared.passwords, prune, outcome)
        })?;
        Ok(self.marked(outcome))
    }

    /// Reads all passwords and unlocks the store, before the catalog is locked.
    fn prepare_to_apply(
        &mut self,
        described: &[Described],
        compared: &mut Comparison,
        outcome: &mut Outcome,
    ) -> Result<(), DefinitionError> {
        self.catalog.reader().and_then(|db| Ok(db.check_writable()?))?;
        let mut needs_store = false;
        for change in &compared.changes {
            let Object::Connection(name) = &change.object else {
                continue;
            };
            let is_new = change.action == PlanAction::Create;
            if is_new && !compared.passwords.given.contains_key(name) {
                let password = self.ask_for(described, name, outcome)?;
                compared.passwords.given.insert(name.clone(), password);
            }
            needs_store |= is_new || changes_password(change);
        }
        if needs_store {
            self.secrets.prepare(&self.catalog.id()?)?;
        }
        Ok(())
    }

    fn ask_for(
        &mut self,
        described: &[Described],
        name: &ConnectionName,
        outcome: &mut Outcome,
    ) -> Result<secrecy::SecretString, DefinitionError> {
        for (index, described) in described.iter().enumerate() {
            if let Described::Connection(create) = described
                && create.name == *name
            {
                return self
                    .read_password(create, outcome)
                    .map_err(DefinitionError::at_index(index));
            }
        }
        Err(Error::new(PasswordError::Missing).into())
    }
}

/// Applies the changes, computed again: another process may have changed the catalog since.
fn apply_changes_now(
    change: &mut CatalogChange<'_>,
    wanted: &DesiredCatalog,
    passwords: &Passwords,
    prune: Prune,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let contents = change.db.contents()?;
    let mut tables = 0_usize;
    for planned in changes(wanted, &contents, passwords) {
        if stays(&planned, prune) {
            continue;
        }
        let consequence = match planned.action {
            PlanAction::Create | PlanAction::Alter => make(change, &planned, wanted, passwords)?,
            PlanAction::Drop => {
                drop_described(change, &planned.object)?;
                None
            }
        };
        let done = match planned.action {
            PlanAction::Create => "created",
            PlanAction::Alter => "altered",
            PlanAction::Drop => "dropped",
        };
        outcome.notices.push(Notice::new(format!("{done} {}", planned.object)));
        outcome.notices.extend(consequence);
        tables += usize::from(matches!(planned.object, Object::Table(_)));
    }
    note_recorded(tables, outcome);
    Ok(())
}

fn make(
    change: &mut CatalogChange<'_>,
    planned: &PlannedChange,
    wanted: &DesiredCatalog,
    passwords: &Passwords,
) -> Result<Option<Notice>, Error> {
    match &planned.object {
        Object::Connection(name) => make_connection(change, planned, name, wanted, passwords),
        Object::Table(name) => make_table(change, name, wanted).map(|()| None),
        Object::Job(name) => make_job(change, name, wanted).map(|()| None),
    }
}

fn make_connection(
    change: &mut CatalogChange<'_>,
    planned: &PlannedChange,
    name: &ConnectionName,
    wanted: &DesiredCatalog,
    passwords: &Passwords,
) -> Result<Option<Notice>, Error> {
    let Some(mut definition) = wanted.connections.get(name).cloned() else {
        return Ok(None);
    };
    let found = change.db.find_connection(name)?;
    let password = if found.is_none() || changes_password(planned) {
        let password = passwords.given.get(name).cloned();
        // Another process has dropped the connection after nobody was asked for its password.
        Some(password.ok_or_else(|| no_such_connection(change.db, name, None))?)
    } else {
        None
    };
    if let Some(found) = &found {
        definition.secret = found.definition.secret.clone();
    }
    save_connection(change, found.as_ref(), definition, password)
}

fn make_table(
    change: &CatalogChange<'_>,
    name: &TableName,
    wanted: &DesiredCatalog,
) -> Result<(), Error> {
    let Some(definition) = wanted.tables.get(name) else {
        return Ok(());
    };
    find_connection_id(change.db, &name.connection, None)?;
    let id = change.db.find_table_id(name)?;
    change.db.save_table(id, definition, change.now)?;
    Ok(())
}

fn make_job(
    change: &CatalogChange<'_>,
    name: &JobName,
    wanted: &DesiredCatalog,
) -> Result<(), Error> {
    let Some(mut definition) = wanted.jobs.get(name).cloned() else {
        return Ok(());
    };
    for reference in &mut definition.references {
        reference.connection_id = find_connection_id(change.db, &reference.name.connection, None)?;
    }
    let id = change.db.find_job_id(name)?;
    change.db.save_job(id, &definition, change.now)?;
    Ok(())
}

fn drop_described(change: &mut CatalogChange<'_>, object: &Object) -> Result<(), Error> {
    let Some(id) = change.db.find_id(object)? else {
        return Ok(());
    };
    if let ObjectId::Table(id) = id {
        // A job of the file may name a table that the file does not describe.
        change.db.unlink_references(id)?;
    }
    delete(change, object, id)
}

fn stays(change: &PlannedChange, prune: Prune) -> bool {
    change.action == PlanAction::Drop && prune == Prune::No
}

fn changes_password(change: &PlannedChange) -> bool {
    let is_password = |difference: &Difference| matches!(difference, Difference::Password(_));
    change.differences.iter().any(is_password)
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
