//! Constraints of tables in the catalog.

use rusqlite::{Row, params};

use super::names::{read_name, read_table_name, read_word};
use super::{CatalogError, Db};
use crate::definition::{Constraint, ConstraintKind, TableDefinition};
use crate::name::{Name, TableName};

const PRIMARY_KEY: &str = "primary key";
const UNIQUE: &str = "unique";
const FOREIGN_KEY: &str = "foreign key";

impl Db {
    /// Replaces the constraints of the table with this id, and makes the foreign keys that name the
    /// table refer to it.
    pub(super) fn save_constraints(
        &self,
        id: i64,
        definition: &TableDefinition,
    ) -> Result<(), CatalogError> {
        self.change("DELETE FROM warehouse_constraint WHERE warehouse_table_id = ?1", [id])?;
        for (ordinal, constraint) in (1_i64..).zip(&definition.constraints) {
            self.insert_constraint(id, ordinal, constraint)?;
        }
        self.change(
            "UPDATE warehouse_constraint \
             SET referenced_table_id = ?1, referenced_schema_name = NULL, referenced_table_name = NULL \
             WHERE referenced_table_name = ?2 AND referenced_schema_name = ?3 AND warehouse_table_id <> ?1 \
             AND (SELECT connection_id FROM warehouse_table WHERE id = warehouse_table_id) \
             = (SELECT connection_id FROM warehouse_table WHERE id = ?1)",
            params![id, definition.name.table.as_str(), definition.name.schema.as_str()],
        )
    }

    fn insert_constraint(
        &self,
        id: i64,
        ordinal: i64,
        constraint: &Constraint,
    ) -> Result<(), CatalogError> {
        let (kind, table, referenced): (_, Option<&TableName>, &[Name]) = match &constraint.kind {
            ConstraintKind::PrimaryKey => (PRIMARY_KEY, None, &[]),
            ConstraintKind::Unique => (UNIQUE, None, &[]),
            ConstraintKind::ForeignKey { table, columns } => (FOREIGN_KEY, Some(table), columns),
        };
        let table_id = match table {
            Some(table) => self.find_table_id(table)?.filter(|table| *table != id),
            None => None,
        };
        let by_name = table.filter(|_| table_id.is_none());
        let constraint_id = self.save(
            None,
            "INSERT INTO warehouse_constraint (warehouse_table_id, ordinal, kind, name, referenced_table_id, \
             referenced_schema_name, referenced_table_name) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                id,
                ordinal,
                kind,
                constraint.name.as_ref().map(Name::as_str),
                table_id,
                by_name.map(|table| table.schema.as_str()),
                by_name.map(|table| table.table.as_str()),
            ],
        )?;
        for (index, column) in constraint.columns.iter().enumerate() {
            let referenced = referenced.get(index).map(Name::as_str);
            self.change(
                "INSERT INTO warehouse_constraint_column (constraint_id, ordinal, name, referenced_name) \
                 VALUES (?1, ?2, ?3, ?4)",
                params![constraint_id, i64::try_from(index + 1).ok(), column.as_str(), referenced],
            )?;
        }
        Ok(())
    }

    /// The constraints of the table with this id, in order; a foreign key has the current name of
    /// its table.
    pub(super) fn constraints_of(&self, id: i64) -> Result<Vec<Constraint>, CatalogError> {
        let mut constraints: Vec<(i64, Constraint)> = Vec::new();
        let rows = self.collect(
            "SELECT k.ordinal, k.kind, k.name, c.name, coalesce(r.schema_name, k.referenced_schema_name), \
             coalesce(r.name, k.referenced_table_name), o.name, o.referenced_name \
             FROM main.warehouse_constraint k JOIN main.warehouse_constraint_column o ON o.constraint_id = k.id \
             JOIN main.warehouse_table t ON t.id = k.warehouse_table_id \
             JOIN main.connection c ON c.id = t.connection_id \
             LEFT JOIN main.warehouse_table r ON r.id = k.referenced_table_id \
             WHERE k.warehouse_table_id = ?1 ORDER BY k.ordinal, o.ordinal",
            [id],
            read_constraint,
        )?;
        for (ordinal, mut next) in rows {
            match constraints.last_mut().filter(|(last, _)| *last == ordinal) {
                Some((_, last)) => {
                    last.columns.append(&mut next.columns);
                    if let (
                        ConstraintKind::ForeignKey { columns, .. },
                        ConstraintKind::ForeignKey { columns: more, .. },
                    ) = (&mut last.kind, next.kind)
                    {
                        columns.extend(more);
                    }
                }
                None => constraints.push((ordinal, next)),
            }
        }
        Ok(constraints.into_iter().map(|(_, constraint)| constraint).collect())
    }

    /// The foreign keys of other tables that reference the table with this id.
    pub fn foreign_keys_to(
        &self,
        table: i64,
    ) -> Result<Vec<(TableName, Constraint)>, CatalogError> {
        let owners = self.collect(
            "SELECT c.name, t.schema_name, t.name, t.id FROM main.connection c \
             JOIN main.warehouse_table t ON t.connection_id = c.id WHERE t.id IN \
             (SELECT warehouse_table_id FROM main.warehouse_constraint WHERE referenced_table_id = ?1)",
            [table],
            |row| Ok((read_table_name(row, 0)?, row.get::<_, i64>(3)?)),
        )?;
        let mut keys = Vec::new();
        for (name, id) in owners {
            let of_owner = self.constraints_of(id)?.into_iter();
            keys.extend(of_owner.filter(Constraint::is_foreign_key).map(|key| (name.clone(), key)));
        }
        Ok(keys)
    }

    /// Deletes the foreign keys of the tables with these ids, so that the tables can be deleted in
    /// any order.
    pub fn delete_foreign_keys_of(
        &self,
        tables: impl IntoIterator<Item = i64>,
    ) -> Result<(), CatalogError> {
        for table in tables {
            self.change(
                "DELETE FROM warehouse_constraint WHERE warehouse_table_id = ?1 AND kind = 'foreign key'",
                [table],
            )?;
        }
        Ok(())
    }

    /// Gives the column of a table its new name in the foreign keys that reference it.
    pub fn rename_referenced_column(
        &self,
        table: i64,
        name: &Name,
        new_name: &Name,
    ) -> Result<(), CatalogError> {
        self.change(
            "UPDATE warehouse_constraint_column SET referenced_name = ?3 WHERE referenced_name = ?2 \
             AND constraint_id IN (SELECT id FROM warehouse_constraint WHERE referenced_table_id = ?1)",
            params![table, name.as_str(), new_name.as_str()],
        )
    }

    /// The tables with a foreign key that references the column, or without one the primary key.
    pub fn foreign_keys_to_column(
        &self,
        table: i64,
        column: Option<&Name>,
    ) -> Result<Vec<TableName>, CatalogError> {
        self.collect(
            "SELECT DISTINCT c.name, t.schema_name, t.name FROM main.warehouse_constraint k \
             JOIN main.warehouse_constraint_column o ON o.constraint_id = k.id \
             JOIN main.warehouse_table t ON t.id = k.warehouse_table_id \
             JOIN main.connection c ON c.id = t.connection_id \
             WHERE k.referenced_table_id = ?1 AND o.referenced_name IS ?2 ORDER BY 1, 2, 3",
            params![table, column.map(Name::as_str)],
            |row| read_table_name(row, 0),
        )
    }

    /// Deletes the foreign keys that reference the column, or without one the primary key.
    pub fn delete_foreign_keys_to_column(
        &self,
        table: i64,
        column: Option<&Name>,
    ) -> Result<(), CatalogError> {
        self.change(
            "DELETE FROM warehouse_constraint WHERE referenced_table_id = ?1 AND id IN \
             (SELECT constraint_id FROM warehouse_constraint_column WHERE referenced_name IS ?2)",
            params![table, column.map(Name::as_str)],
        )
    }

    /// Deletes the foreign keys that reference the table with this id.
    pub(super) fn delete_foreign_keys_to(&self, table: i64) -> Result<(), CatalogError> {
        self.change("DELETE FROM warehouse_constraint WHERE referenced_table_id = ?1", [table])
    }
}

/// The ordinal of a constraint, and the constraint with one of its columns.
fn read_constraint(row: &Row<'_>) -> rusqlite::Result<(i64, Constraint)> {
    let name: Option<String> = row.get(2)?;
    let kind = match read_word(row, 1, StoredKind::read)? {
        StoredKind::PrimaryKey => ConstraintKind::PrimaryKey,
        StoredKind::Unique => ConstraintKind::Unique,
        StoredKind::ForeignKey => ConstraintKind::ForeignKey {
            table: read_table_name(row, 3)?,
            columns: match row.get::<_, Option<String>>(7)? {
                Some(_) => vec![read_name(row, 7, Name::new)?],
                None => Vec::new(),
            },
        },
    };
    let constraint = Constraint {
        name: name.map(|_| read_name(row, 2, Name::new)).transpose()?,
        kind,
        columns: vec![read_name(row, 6, Name::new)?],
    };
    Ok((row.get(0)?, constraint))
}

/// The word in the column `kind`.
enum StoredKind {
    PrimaryKey,
    Unique,
    ForeignKey,
}

impl StoredKind {
    fn read(word: &str) -> Option<Self> {
        match word {
            PRIMARY_KEY => Some(Self::PrimaryKey),
            UNIQUE => Some(Self::Unique),
            FOREIGN_KEY => Some(Self::ForeignKey),
            _ => None,
        }
    }
}
