//! CREATE and ALTER of tables: definitions that are checked and recorded; the warehouse is not
//! touched.

use super::secrets::catalog_error;
use super::{Executor, NO_CHANGE, Notice, Outcome, Place};
use crate::catalog::{Column, StoredTable, TableDefinition};
use crate::error::{Error, ErrorKind, ObjectError};
use crate::name::{Name, Object, TableName};
use crate::sql::option::{COMMENT, OptionSpec};
use crate::sql::{AlterTable, CreateTable, Spanned};

/// What is said where several tables changed at once.
pub(super) const RECORDED_OF_SEVERAL: &str =
    "recorded here; the tables in the warehouse were not touched";

/// What each change of a table says.
pub(super) const RECORDED: &str = "recorded here; the table in the warehouse was not touched";

impl Executor {
    pub(super) fn create_table(&mut self, create: &CreateTable) -> Result<Outcome, Error> {
        // Looked up before the catalog is locked or made, and once more inside the transaction.
        if !self.is_changing() && self.may_create(create)?.is_none() {
            return Ok(Outcome::done(NO_CHANGE));
        }
        let mut outcome = Outcome::done("CREATE TABLE");
        self.change(&mut outcome, |executor, outcome| {
            let Some(connection_id) = executor.may_create(create)? else {
                outcome.tag = Some(NO_CHANGE);
                return Ok(());
            };
            executor
                .changing()?
                .insert_table(connection_id, &definition_of(create), executor.now())
                .map_err(catalog_error)?;
            outcome.notices.push(Notice::new(RECORDED));
            Ok(())
        })?;
        Ok(outcome)
    }

    /// The identity of the new table's connection; None where the table exists and may.
    fn may_create(&mut self, create: &CreateTable) -> Result<Option<i64>, Error> {
        let name = &create.name;
        let Some(connection_id) =
            self.reader()?.find_connection_id(&name.connection).map_err(catalog_error)?
        else {
            return Err(self.no_such_connection(&name.connection, create.connection_span.clone()));
        };
        match self.reader()?.find_table_id(name).map_err(catalog_error)? {
            None => Ok(Some(connection_id)),
            Some(_) if create.if_not_exists => Ok(None),
            Some(_) => {
                let failure =
                    ErrorKind::Object(ObjectError::Exists { object: Object::Table(name.clone()) });
                Err(Error::at(failure, create.name_span.clone()))
            }
        }
    }

    pub(super) fn alter_table(&mut self, alter: &AlterTable) -> Result<Outcome, Error> {
        let Spanned { value: name, span } = &alter.name;
        if !self.is_changing() {
            self.find_table(name, span.clone())?;
        }
        let mut outcome = Outcome::done("ALTER TABLE");
        self.change(&mut outcome, |executor, outcome| {
            let found = executor.find_table(name, span.clone())?;
            executor.apply_to_table(alter, found)?;
            outcome.notices.push(Notice::new(RECORDED));
            Ok(())
        })?;
        Ok(outcome)
    }

    fn apply_to_table(&self, alter: &AlterTable, found: StoredTable) -> Result<(), Error> {
        let mut definition = found.definition;
        if let Some(new_name) = &alter.actions.new_name {
            definition.name = self.free_table_name(&definition.name, new_name)?;
        }
        if let Some(comment) = alter.actions.settings.text(&COMMENT) {
            definition.comment = Some(comment.to_owned());
        }
        let is_comment = |option: &&'static OptionSpec| option.name == COMMENT.name;
        if alter.actions.resets.iter().any(is_comment) {
            definition.comment = None;
        }
        self.changing()?
            .update_table(found.id, &definition, self.now())
            .map_err(catalog_error)?;
        match &alter.actions.new_name {
            Some(new_name) => self.check_jobs_on_table(found.id, &new_name.span),
            None => Ok(()),
        }
    }

    /// A name for RENAME TO, which no table of the schema may have; not even the table itself, as
    /// in PostgreSQL.
    fn free_table_name(&self, old: &TableName, new: &Spanned<Name>) -> Result<TableName, Error> {
        let name = TableName { table: new.value.clone(), ..old.clone() };
        if self.changing()?.find_table_id(&name).map_err(catalog_error)?.is_some() {
            let object = Object::Table(name);
            return Err(Error::at(ObjectError::NewNameExists { object }, new.span.clone()));
        }
        Ok(name)
    }

    /// The table of that name, or the error that there is none.
    pub(super) fn find_table(
        &mut self,
        name: &TableName,
        span: impl Into<Place>,
    ) -> Result<StoredTable, Error> {
        match self.reader()?.find_table(name).map_err(catalog_error)? {
            Some(found) => Ok(found),
            None => Err(self.no_such(Object::Table(name.clone()), span)),
        }
    }
}

/// What the catalog keeps of the statement.
pub(super) fn definition_of(create: &CreateTable) -> TableDefinition {
    let columns = create.columns.iter().map(|column| Column {
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
