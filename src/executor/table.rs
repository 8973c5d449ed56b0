//! CREATE and ALTER TABLE: definitions are checked and recorded; the warehouse is not changed.

use super::lookup::{check_new_name, find_connection_id, find_table, may_create};
use super::rename::check_jobs;
use super::transaction::CatalogChange;
use super::{Executor, Notice, Outcome};
use crate::catalog::{Db, StoredTable, TableColumn, TableDefinition};
use crate::error::Error;
use crate::name::Object;
use crate::sql::option::{COMMENT, OptionSpec};
use crate::sql::{AlterTable, CreateTable, Spanned};

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

impl Executor {
    pub(super) fn create_table(&mut self, create: &CreateTable) -> Result<Outcome, Error> {
        let name = &create.name;
        let check = |db: &Db| {
            find_connection_id(db, &name.connection, create.connection_span.clone())?;
            let object = Object::Table(name.clone());
            let is_free = may_create(db, object, create.if_not_exists, create.name_span.clone())?;
            Ok(is_free.then_some(()))
        };
        self.change_checked(Outcome::done("CREATE TABLE"), check, |change, (), outcome| {
            change.db.save_table(None, &definition_of(create), change.now)?;
            note_recorded(1, outcome);
            Ok(())
        })
    }

    pub(super) fn alter_table(&mut self, alter: &AlterTable) -> Result<Outcome, Error> {
        let Spanned { value: name, span } = &alter.name;
        let check = |db: &Db| find_table(db, name, span.clone()).map(Some);
        self.change_checked(Outcome::done("ALTER TABLE"), check, |change, found, outcome| {
            apply_to_table(change, alter, found)?;
            note_recorded(1, outcome);
            Ok(())
        })
    }
}

fn apply_to_table(
    change: &CatalogChange<'_>,
    alter: &AlterTable,
    found: StoredTable,
) -> Result<(), Error> {
    let mut definition = found.definition;
    if let Some(new_name) = &alter.actions.new_name {
        definition.name.table = new_name.value.clone();
        check_new_name(change.db, Object::Table(definition.name.clone()), new_name.span.clone())?;
    }
    if let Some(comment) = alter.actions.settings.text(&COMMENT) {
        definition.comment = Some(comment.to_owned());
    }
    let is_comment = |option: &&'static OptionSpec| option.name == COMMENT.name;
    if alter.actions.resets.iter().any(is_comment) {
        definition.comment = None;
    }
    change.db.save_table(Some(found.id), &definition, change.now)?;
    match &alter.actions.new_name {
        Some(new_name) => check_jobs(&change.db.jobs_on_table(found.id)?, &new_name.span),
        None => Ok(()),
    }
}

/// The definition to store.
pub(super) fn definition_of(create: &CreateTable) -> TableDefinition {
    let columns = create.columns.iter().map(|column| TableColumn {
        name: column.name.clone(),
        data_type: column.data_type.to_string(),
        is_nullable: !column.not_null,
        encoding: column.encoding.map(|encoding| encoding.to_string()),
    });
    let sort_style = create.sort_key.as_ref().and_then(|key| key.style);
    TableDefinition {
        name: create.name.clone(),
        columns: columns.collect(),
        primary_key: create.primary_key.clone(),
        dist_style: create.dist_style.map(|style| style.word().to_owned()),
        dist_key: create.dist_key.clone(),
        sort_style: sort_style.map(|style| style.word().to_owned()),
        sort_key: create.sort_key.as_ref().map_or_else(Vec::new, |key| key.columns.clone()),
        comment: create.comment.clone(),
    }
}
