//! The guard: a statement that removes what jobs or foreign keys of the catalog use is not sent.

use super::Warehouse;
use super::statement::{Batch, NameChange};
use crate::error::{Error, ObjectError};
use crate::executor::{Executor, TransactionState, Usage, WarehouseObject};
use crate::sql::{Effect, NamedKind, NamedObject, WarehouseStatement};
use crate::warehouse::views::visible_schemas;

/// The schemas of temporary tables, which hide others of the same name.
const TEMPORARY: &str = "pg_temp";

/// The state of the guard in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shell) enum GuardState {
    On,
    Off,
}

impl Warehouse {
    /// Refuses a batch that removes what the catalog knows as used. In a failed transaction the
    /// server refuses a statement alone anyway; a batch may end the transaction first.
    pub(super) fn check_guard(
        &mut self,
        executor: &mut Executor,
        batch: &Batch<'_>,
    ) -> Result<(), Error> {
        let has_failed = self.transaction() == TransactionState::Failed;
        if self.guard == GuardState::Off || has_failed && batch.statements.len() == 1 {
            return Ok(());
        }
        // A statement before may change the schemas in which the server looks, and in a failed
        // transaction it cannot be asked.
        let mut knows_path = !has_failed;
        for statement in &batch.statements {
            if let Some(change) = &statement.change
                && change.effect == Effect::Removes
            {
                self.check_statement(executor, change, knows_path, statement.start)?;
            }
            knows_path &= !matches!(
                NameChange::from_text(statement.text),
                Some(NameChange::SearchPath(_) | NameChange::DefaultSearchPath)
            );
        }
        Ok(())
    }

    /// `start` is the place of the statement in the batch.
    fn check_statement(
        &mut self,
        executor: &mut Executor,
        statement: &WarehouseStatement,
        knows_path: bool,
        start: usize,
    ) -> Result<(), Error> {
        let (mut objects, mut used) = (Vec::new(), Vec::new());
        for name in &statement.objects {
            let mut found = named(statement.kind, name);
            if found.is_empty() || !self.is_used(executor, &found)? {
                objects.extend(found);
                continue;
            }
            if knows_path && statement.kind == NamedKind::Relation && name.parts.len() == 1 {
                found = self.in_visible_schemas(executor, &found)?;
            }
            if self.is_used(executor, &found)? {
                used.push(name);
            }
            objects.extend(found);
        }
        let usages = self.usages(executor, &objects)?;
        let (Some(first), Some(last)) = (used.first(), used.last()) else {
            return Ok(());
        };
        if usages.is_empty() {
            return Ok(());
        }
        let error = ObjectError::UsedInWarehouse {
            usages,
            tag: statement.tag.clone(),
            names: used.iter().map(|name| name.joined()).collect(),
        };
        Err(Error::at(error, start + first.span.start..start + last.span.end))
    }

    fn is_used(&self, executor: &mut Executor, objects: &[WarehouseObject]) -> Result<bool, Error> {
        Ok(!self.usages(executor, objects)?.is_empty())
    }

    fn usages(
        &self,
        executor: &mut Executor,
        objects: &[WarehouseObject],
    ) -> Result<Vec<Usage>, Error> {
        match &self.open {
            Some(open) => executor.usages_in_warehouse(open.destination().connection_id, objects),
            None => Ok(Vec::new()),
        }
    }

    /// The objects in the schemas in which the server finds their names.
    fn in_visible_schemas(
        &mut self,
        executor: &Executor,
        objects: &[WarehouseObject],
    ) -> Result<Vec<WarehouseObject>, Error> {
        let Some(open) = &mut self.open else {
            return Ok(Vec::new());
        };
        let _orderly = executor.signals().defer();
        let mut found = Vec::new();
        for object in objects {
            let table = object.table.as_deref().unwrap_or_default();
            let schemas = visible_schemas(open.session(), table, &executor.cancel());
            let schemas = schemas.map_err(Error::new)?.into_iter();
            let schemas = schemas.filter(|schema| !schema.starts_with(TEMPORARY));
            found.extend(schemas.map(|schema| WarehouseObject {
                schema: Some(schema.to_ascii_lowercase()),
                ..object.clone()
            }));
        }
        Ok(found)
    }
}

/// The object of that name, folded as Redshift folds names; none if it has too many parts.
fn named(kind: NamedKind, name: &NamedObject) -> Vec<WarehouseObject> {
    let parts: Vec<String> = name.parts.iter().map(|part| part.to_ascii_lowercase()).collect();
    let part = |from_end: usize| {
        let index = parts.len().checked_sub(from_end)?;
        parts.get(index).cloned()
    };
    let (most, object) = match kind {
        NamedKind::Relation => (
            3,
            WarehouseObject {
                table: part(1),
                schema: part(2),
                database: part(3),
            },
        ),
        NamedKind::Schema => (
            2,
            WarehouseObject {
                table: None,
                schema: part(1),
                database: part(2),
            },
        ),
        NamedKind::Database => (
            1,
            WarehouseObject {
                database: part(1),
                ..WarehouseObject::default()
            },
        ),
        NamedKind::Other => (0, WarehouseObject::default()),
    };
    if parts.len() > most { Vec::new() } else { vec![object] }
}
