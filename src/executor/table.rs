//! CREATE, ALTER and DROP of tables: definitions that are checked and recorded; the warehouse is not touched.

use super::secrets::catalog_error;
use super::{Executor, NO_CHANGE, Notice, Outcome};
use crate::catalog::{Column, TableDefinition};
use crate::error::{Error, Failure};
use crate::name::Object;
use crate::sql::CreateTable;

/// What each change of a table says.
pub(super) const RECORDED: &str = "recorded here; the table in the warehouse was not touched";

impl Executor {
    pub(super) fn create_table(&mut self, create: &CreateTable) -> Result<Outcome, Error> {
        let mut outcome = Outcome::done("CREATE TABLE");
        outcome.notices.push(Notice::new(RECORDED));
        self.change(&mut outcome, |executor, outcome| {
            let name = &create.name.value;
            let db = executor.changing()?;
            let Some(connection) = db.find_connection(&name.connection).map_err(catalog_error)? else {
                return Err(executor.no_such_connection(&name.connection, create.name.span.clone()));
            };
            if db.find_table_id(name).map_err(catalog_error)?.is_some() {
                if create.if_not_exists {
                    *outcome = Outcome::done(NO_CHANGE);
                    return Ok(());
                }
                let failure = Failure::Exists {
                    object: Object::Table(name.clone()),
                };
                return Err(Error::at(failure, create.name.span.clone()));
            }
            db.insert_table(connection.id, &definition_of(create), executor.now())
                .map_err(catalog_error)?;
            Ok(())
        })?;
        Ok(outcome)
    }
}

/// What the catalog keeps of the statement.
fn definition_of(create: &CreateTable) -> TableDefinition {
    let columns = create.columns.iter().map(|column| Column {
        name: column.name.clone(),
        data_type: column.data_type.to_string(),
        is_nullable: !column.not_null,
        encoding: column.encoding.map(|encoding| encoding.to_string()),
    });
    let sort_style = create.sort_key.as_ref().and_then(|key| key.style);
    TableDefinition {
        name: create.name.value.clone(),
        columns: columns.collect(),
        primary_key: create.primary_key.clone(),
        dist_style: create.dist_style.map(|style| style.word().to_owned()),
        dist_key: create.dist_key.clone(),
        sort_style: sort_style.map(|style| style.word().to_owned()),
        sort_key: create
            .sort_key
            .as_ref()
            .map(|key| key.columns.clone())
            .unwrap_or_default(),
        comment: create.comment.clone(),
    }
}
