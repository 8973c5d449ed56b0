//! `plan` and `apply`: the changes that make the catalog equal to a file of definitions.
//!
//! Both use the list of changes that [`diff`] computes. Everything that needs the user or another
//! store comes before the catalog's transaction begins.

mod apply;
mod diff;
mod passwords;
mod statement;

pub(super) use apply::apply;
pub(super) use diff::{Difference, PasswordDifference, connection_differences, table_differences};
pub(super) use passwords::compare_password;
pub use statement::{CreateStatement, DefinitionStatement};

use std::collections::{BTreeMap, HashSet};

use diff::{DesiredCatalog, PlannedChange, diff};
use passwords::{Passwords, read_passwords};

use super::define::{checked_endpoint, definition_of};
use super::job::{self, unused_options_notice};
use super::login::Fixes;
use super::lookup::no_such_connection;
use super::password::PasswordReader;
use super::schedule::check_schedule;
use super::show::job::setting_of;
use super::transaction::CatalogWriter;
use super::{Answer, Notice, Outcome, table};
use crate::catalog::{Contents, Db, JobDefinition, StoredJob};
use crate::definition::Moment;
use crate::error::{Error, ObjectError, PlanError};
use crate::name::Object;
use crate::sql::CreateJob;
use crate::sql::option::{END_AT, RUN_KEY};
use crate::sql::setting::OptionValue;
use crate::value::{ResultSet, Value};

/// The detail of an object that is dropped only with `--prune`.
const ONLY_WITH_PRUNE: &str = "only with --prune";

/// The treatment of objects that the file does not define.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prune {
    /// They stay.
    No,
    /// They are dropped.
    Yes,
}

/// The comparison of the file with the catalog.
struct Comparison {
    wanted: DesiredCatalog,
    passwords: Passwords,
    changes: Vec<PlannedChange>,
}

/// The changes as rows. Changes nothing, asks nobody, and opens the secret store only if the
/// file gives a password for a connection that has one. A dry run does not open it at all.
pub(super) fn plan(
    writer: &mut CatalogWriter,
    reader: &mut PasswordReader,
    statements: &[DefinitionStatement],
    prune: Prune,
) -> Result<Outcome, Error> {
    let mut outcome = Outcome::default();
    let compared = compare(writer, reader, statements, prune, &mut outcome)?;
    if compared.changes.is_empty() {
        let text = "nothing to do: the catalog is what the file describes";
        outcome.notices.push(Notice::new(text));
    }
    outcome.answer = Some(Answer::List(rows(&compared.changes, prune)));
    Ok(outcome)
}

fn compare(
    writer: &mut CatalogWriter,
    reader: &mut PasswordReader,
    statements: &[DefinitionStatement],
    prune: Prune,
    outcome: &mut Outcome,
) -> Result<Comparison, Error> {
    let now = Moment::from_seconds(writer.now());
    let contents = writer.catalog.reader()?.contents()?;
    let mut wanted = DesiredCatalog::default();
    let mut notices = BTreeMap::new();
    let mut seen = HashSet::new();
    for statement in statements {
        let (object, span) = statement.create.object();
        if !seen.insert(object.clone()) {
            let error = Error::at(PlanError::DefinedTwice { object }, span);
            return Err((statement.locate)(error));
        }
        let raised = add(&mut wanted, &statement.create, &contents, now);
        let raised = raised.map_err(&statement.locate)?;
        notices.insert(object, raised);
    }
    let db = writer.catalog.reader()?;
    check_connections(db, statements, &wanted, &contents, prune)?;
    let passwords = read_passwords(writer, reader, statements, &contents, outcome)?;
    let changes = diff(&wanted, &contents, |stored| passwords.difference(stored));
    for change in &changes {
        outcome.add_notices(notices.remove(&change.object).into_iter().flatten());
    }
    Ok(Comparison { wanted, passwords, changes })
}

/// Adds the object that the statement defines, and returns the notices that CREATE would raise.
fn add(
    wanted: &mut DesiredCatalog,
    create: &CreateStatement,
    contents: &Contents,
    now: Moment,
) -> Result<Vec<Notice>, Error> {
    let mut outcome = Outcome::default();
    match create {
        CreateStatement::Connection(create) => {
            let url = &create.options.connection_string;
            let (places, fixes) = (&create.places, Fixes::Create(create));
            let endpoint = checked_endpoint(create.kind, url, places, fixes, &mut outcome)?;
            let definition = definition_of(create, &endpoint)?;
            wanted.connections.insert(create.name.clone(), definition);
        }
        CreateStatement::Table(create) => {
            let definition = table::definition_of(create, |like| {
                let stored = contents.tables.iter().map(|found| &found.definition);
                let mut known = wanted.tables.values().chain(stored);
                known.find(|known| known.name == like.value).cloned().ok_or_else(|| {
                    let object = Object::Table(like.value.clone());
                    Error::at(ObjectError::Missing { object, nearest: None }, like.span.clone())
                })
            })?;
            wanted.tables.insert(definition.name.clone(), definition);
        }
        CreateStatement::Job(create) => {
            outcome.notices.extend(unused_options_notice(&create.settings));
            let mut stored = contents.jobs.iter();
            let kept = stored.find(|stored| stored.definition.name == create.name.value);
            check_schedule(&create.settings, kept.map(|kept| &kept.definition))?;
            let mut definition = job::definition_of(create, now);
            if let Some(kept) = kept {
                keep_key_and_end(&mut definition, create, kept, now);
            }
            wanted.jobs.insert(create.name.value.clone(), definition);
        }
    }
    Ok(outcome.notices)
}

/// Takes over from the job in the catalog what the file leaves to the moment at which it was made:
/// its key, and an END_AT that NOW cannot bring back from the past.
fn keep_key_and_end(
    definition: &mut JobDefinition,
    create: &CreateJob,
    kept: &StoredJob,
    now: Moment,
) {
    if create.settings.find(&RUN_KEY).is_none() {
        // Another key would load everything again.
        definition.run_key.clone_from(&kept.definition.run_key);
    }
    let is_past = match setting_of(kept, &END_AT) {
        Some(OptionValue::Timestamp(end)) => end <= now,
        end => end.is_some_and(|end| end.is_now()),
    };
    let ends_now = create.settings.find(&END_AT).is_some_and(|end| end.value.is_now());
    if let (true, true, Some(end)) = (ends_now, is_past, kept.definition.option(END_AT.name)) {
        definition.options.retain(|(name, _)| name != END_AT.name);
        definition.options.push((END_AT.name.to_owned(), end.clone()));
    }
}

/// Each connection that an object needs must be in the file, or in the catalog without being
/// dropped.
fn check_connections(
    db: &Db,
    statements: &[DefinitionStatement],
    wanted: &DesiredCatalog,
    contents: &Contents,
    prune: Prune,
) -> Result<(), Error> {
    for statement in statements {
        for (name, span) in statement.create.needs() {
            if wanted.connections.contains_key(name) {
                continue;
            }
            let error = match (contents.connection(name), prune) {
                (Some(_), Prune::No) => continue,
                (Some(_), Prune::Yes) => {
                    Error::at(PlanError::WouldBePruned { connection: name.clone() }, span)
                }
                (None, _) => no_such_connection(db, name, span),
            };
            return Err((statement.locate)(error));
        }
    }
    Ok(())
}

fn rows(changes: &[PlannedChange], prune: Prune) -> ResultSet {
    let mut set = ResultSet::with_columns(["action", "object", "differs"]);
    for change in changes {
        let differs = if change.stays(prune) {
            ONLY_WITH_PRUNE.into()
        } else if change.differences.is_empty() {
            Value::Null
        } else {
            let differences: Vec<String> =
                change.differences.iter().map(ToString::to_string).collect();
            differences.join(", ").into()
        };
        let row = vec![change.action.word().into(), change.object.kind_and_sql().into(), differs];
        set.rows.push(row);
    }
    set
}
