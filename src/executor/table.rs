//! CREATE and ALTER TABLE: definitions are checked and recorded; the warehouse is not changed.

use std::ops::Range;

use super::lookup::{check_new_name, find_connection_id, find_table, may_create};
use super::rename::check_jobs;
use super::sync::check_circles;
use super::transaction::{CatalogChange, CatalogWriter};
use super::{Notice, Outcome};
use crate::catalog::{Db, StoredTable};
use crate::definition::{Constraint, ConstraintKind, TableColumn, TableDefinition};
use crate::error::{Error, InternalError, ObjectError};
use crate::name::{Name, Object, TableName};
use crate::sql::keyword::nearest;
use crate::sql::option::{COMMENT, OptionSpec};
use crate::sql::token::{Token, tokens};
use crate::sql::{
    self, Actions, AlterTable, CreateTable, DefinitionChange, ForeignKeyError, Like, Spanned,
    SqlErrorKind, Statement, TableChange, TableError,
};

/// Adds the notice after changes of that many tables.
pub(super) fn note_recorded(tables: usize, outcome: &mut Outcome) {
    let tables = match tables {
        0 => return,
        1 => "table in the warehouse was",
        _ => "tables in the warehouse were",
    };
    outcome
        .notices
        .push(Notice::new(format!("recorded here; the {tables} not touched")));
}

pub(super) fn create_table(
    writer: &mut CatalogWriter,
    create: &CreateTable,
) -> Result<Outcome, Error> {
    let name = &create.definition.name;
    let check = |db: &Db| {
        let connection = Some(create.connection_span.clone());
        find_connection_id(db, &name.connection, connection)?;
        let object = Object::Table(name.clone());
        let name_span = Some(create.name_span.clone());
        let is_free = may_create(db, object, create.if_not_exists, name_span)?;
        Ok(is_free.then_some(()))
    };
    writer.change_checked(Outcome::done("CREATE TABLE"), check, |change, (), outcome| {
        let definition = definition_of(create, |like| {
            find_table(change.db, &like.value, like.span.clone()).map(|found| found.definition)
        })?;
        let id = change.db.save_table(None, &definition, change.now)?;
        check_foreign_keys(change.db, id, &definition, |index| {
            create.foreign_keys.get(index).unwrap_or(&create.name_span).clone()
        })?;
        note_recorded(1, outcome);
        Ok(())
    })
}

pub(super) fn alter_table(
    writer: &mut CatalogWriter,
    alter: &AlterTable,
) -> Result<Outcome, Error> {
    let Spanned { value: name, span } = &alter.name;
    let check = |db: &Db| find_table(db, name, span.clone()).map(Some);
    writer.change_checked(Outcome::done("ALTER TABLE"), check, |change, found, outcome| {
        apply_to_table(change, alter, found, outcome)?;
        note_recorded(1, outcome);
        Ok(())
    })
}

/// The definition that the statement describes, with the columns of each LIKE. `find` looks a table
/// up.
pub(super) fn definition_of(
    create: &CreateTable,
    mut find: impl FnMut(&Spanned<TableName>) -> Result<TableDefinition, Error>,
) -> Result<TableDefinition, Error> {
    let mut definition = create.definition.clone();
    let Some(last) = create.likes.last() else {
        return Ok(definition);
    };
    for like in create.likes.iter().rev() {
        let model = find(&like.table)?;
        let columns = model.columns.into_iter().map(|column| copied(column, like));
        definition.columns.splice(like.column..like.column, columns);
        definition.backup = definition.backup.or(model.backup);
        definition.encode_auto |= model.encode_auto;
        definition.dist_style = model.dist_style;
        definition.dist_key = model.dist_key;
        definition.sort_key = model.sort_key;
    }
    checked(&definition, &last.table.span)
}

/// A column as LIKE copies it (AWS documentation, "CREATE TABLE", LIKE).
fn copied(column: TableColumn, like: &Like) -> TableColumn {
    let keeps = like.including_defaults;
    TableColumn {
        default: column.default.filter(|_| keeps),
        identity: column.identity.filter(|_| keeps),
        comment: None,
        ..column
    }
}

/// The definition as CREATE TABLE records it; what CREATE TABLE refuses is an error at `span`.
fn checked(definition: &TableDefinition, span: &Range<usize>) -> Result<TableDefinition, Error> {
    match sql::parse(&definition.to_string()) {
        Ok(Statement::CreateTable(create)) => Ok(create.definition),
        Ok(_) => Err(Error::new(InternalError("a definition reads back as another statement"))),
        Err(error) => Err(Error::at(*error.kind, span.clone())),
    }
}

/// Checks the foreign keys of the table with this id, and those of others that reference it.
/// `place` is that of a foreign key of the table.
fn check_foreign_keys(
    db: &Db,
    id: i64,
    table: &TableDefinition,
    place: impl Fn(usize) -> Range<usize>,
) -> Result<(), Error> {
    let own = table.constraints.iter().filter(|constraint| constraint.is_foreign_key());
    for (index, key) in own.enumerate() {
        let ConstraintKind::ForeignKey { table: referenced, .. } = &key.kind else {
            continue;
        };
        let other = if *referenced == table.name {
            None
        } else {
            match db.find_table(referenced)? {
                Some(found) => Some(found.definition),
                None => continue,
            }
        };
        check_reference(key, &table.name, other.as_ref().unwrap_or(table))
            .map_err(|error| Error::at(error, place(index)))?;
    }
    for (by, key) in db.foreign_keys_to(id)? {
        check_reference(&key, &by, table).map_err(|error| Error::at(error, place(usize::MAX)))?;
    }
    Ok(())
}

/// Checks a foreign key of the table `by` if it references `table`. A table whose columns are not
/// known yet has each.
fn check_reference(
    key: &Constraint,
    by: &TableName,
    table: &TableDefinition,
) -> Result<(), SqlErrorKind> {
    let ConstraintKind::ForeignKey { table: referenced, columns } = &key.kind else {
        return Ok(());
    };
    if *referenced != table.name || table.columns.is_empty() {
        return Ok(());
    }
    if let Some(name) = columns.iter().find(|name| table.column(name).is_none()) {
        let names = table.columns.iter().map(|column| column.name.as_str());
        let error = ForeignKeyError::NoColumn {
            name: name.clone(),
            nearest: nearest(name.as_str(), names).and_then(|nearest| Name::new(nearest).ok()),
            tables: format!("{} references it in {}", by.shown(), table.name.shown()),
        };
        return Err(TableError::ForeignKey(error).into());
    }
    let primary_key = table.primary_key();
    let disagrees =
        columns.is_empty() && !primary_key.is_empty() && primary_key.len() != key.columns.len();
    if disagrees {
        Err(TableError::ForeignKey(ForeignKeyError::Count).into())
    } else {
        Ok(())
    }
}

fn apply_to_table(
    change: &CatalogChange<'_>,
    alter: &AlterTable,
    found: StoredTable,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    match &alter.change {
        TableChange::Options(actions) => apply_options(change, actions, found),
        TableChange::Definition(changes) => {
            let mut definition = found.definition;
            let mut errors = Vec::new();
            for next in changes {
                match changed(change, found.id, &definition, next) {
                    Ok(result) => definition = result,
                    Err(error) => errors.push(error),
                }
                // The following changes may name the column by its new name.
                let is_rename = matches!(next.value, DefinitionChange::RenameColumn { .. });
                if is_rename && !errors.is_empty() {
                    break;
                }
            }
            Error::all(errors)?;
            change.db.save_table(Some(found.id), &definition, change.now)?;
            let last = changes.last().map_or(&alter.name.span, |last| &last.span);
            check_foreign_keys(change.db, found.id, &definition, |_| last.clone())?;
            outcome.notices.extend(jobs_to_check(change.db, found.id, changes)?);
            Ok(())
        }
    }
}

/// The definition after one more change, which the tables that reference it follow.
fn changed(
    change: &CatalogChange<'_>,
    id: i64,
    definition: &TableDefinition,
    next: &Spanned<DefinitionChange>,
) -> Result<TableDefinition, Error> {
    let mut after = definition.clone();
    next.value
        .apply(&mut after)
        .map_err(|error| Error::at(error, next.span.clone()))?;
    let after = checked(&after, &next.span)?;
    let loses_key = !definition.primary_key().is_empty() && after.primary_key().is_empty();
    update_dependents(change, id, next, loses_key)?;
    Ok(after)
}

fn apply_options(
    change: &CatalogChange<'_>,
    actions: &Actions<Name>,
    found: StoredTable,
) -> Result<(), Error> {
    let mut definition = found.definition;
    if let Some(new_name) = &actions.new_name {
        let old_name = definition.name.clone();
        definition.name.table = new_name.value.clone();
        check_new_name(change.db, Object::Table(definition.name.clone()), new_name.span.clone())?;
        for constraint in &mut definition.constraints {
            if let ConstraintKind::ForeignKey { table, .. } = &mut constraint.kind
                && *table == old_name
            {
                *table = definition.name.clone();
            }
        }
    }
    if let Some(comment) = actions.settings.text(&COMMENT) {
        definition.comment = Some(comment.to_owned());
    }
    let is_comment = |option: &&'static OptionSpec| option.name == COMMENT.name;
    if actions.resets.iter().any(is_comment) {
        definition.comment = None;
    }
    change.db.save_table(Some(found.id), &definition, change.now)?;
    match &actions.new_name {
        Some(new_name) => {
            check_jobs(&change.db.jobs_on_table(found.id)?, &new_name.span)?;
            check_circles(change.db, new_name.span.clone())
        }
        None => Ok(()),
    }
}

/// Makes the foreign keys of other tables follow the change of a column or of the primary key.
fn update_dependents(
    change: &CatalogChange<'_>,
    id: i64,
    next: &Spanned<DefinitionChange>,
    loses_key: bool,
) -> Result<(), Error> {
    let drop_keys = |to: Option<&Name>, word, name: &Name, cascade: bool| {
        let keys = change.db.foreign_keys_to_column(id, to)?;
        if !keys.is_empty() && !cascade {
            let error = ObjectError::PartInUse { word, name: name.clone(), keys };
            return Err(Error::at(error, next.span.clone()));
        }
        Ok(change.db.delete_foreign_keys_to_column(id, to)?)
    };
    match &next.value {
        DefinitionChange::RenameColumn { name, new_name } => {
            Ok(change.db.rename_referenced_column(id, name, new_name)?)
        }
        DefinitionChange::DropColumn { name, cascade } => {
            drop_keys(Some(name), "COLUMN", name, *cascade)?;
            if loses_key {
                drop_keys(None, "COLUMN", name, *cascade)?;
            }
            Ok(())
        }
        DefinitionChange::DropConstraint { name, cascade } if loses_key => {
            drop_keys(None, "CONSTRAINT", name, *cascade)
        }
        DefinitionChange::AddColumn(_)
        | DefinitionChange::ColumnType { .. }
        | DefinitionChange::ColumnEncoding { .. }
        | DefinitionChange::AddConstraint(_)
        | DefinitionChange::DropConstraint { .. }
        | DefinitionChange::DistStyle { .. }
        | DefinitionChange::SortKey(_)
        | DefinitionChange::EncodeAuto => Ok(()),
    }
}

/// A notice for each job on the table whose statement has the name of a changed column.
fn jobs_to_check(
    db: &Db,
    id: i64,
    changes: &[Spanned<DefinitionChange>],
) -> Result<Vec<Notice>, Error> {
    let columns: Vec<&Name> =
        changes.iter().filter_map(|change| change.value.touched_column()).collect();
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let mut notices = Vec::new();
    for job in db.jobs_on_table(id)? {
        let body = &job.definition.body;
        for column in &columns {
            let is_it = |token: Token| {
                token.is_name() && token.unquoted(body).eq_ignore_ascii_case(column.as_str())
            };
            if tokens(body).any(is_it) {
                let name = &job.definition.name;
                notices.push(Notice::new(format!(
                    "job {} names column {}: check it",
                    name.shown(),
                    column.shown()
                )));
            }
        }
    }
    Ok(notices)
}
