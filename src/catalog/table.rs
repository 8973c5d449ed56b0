//! Tables in the catalog.

use rusqlite::{Row, params};

use super::names::{FROM_TABLES, read_name, read_optional_word, read_table_name};
use super::{CatalogError, Db};
use crate::definition::{
    Collation, DistStyle, Identity, SortKey, SortStyle, TableColumn, TableDefinition,
};
use crate::name::{Name, TableName};

/// A table as stored: its definition, id and dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTable {
    /// The row's id; a rename keeps it.
    pub id: i64,
    /// The definition.
    pub definition: TableDefinition,
    /// The creation time: `YYYY-MM-DD hh:mm:ss`, UTC.
    pub created_at: String,
    /// The time of the last change, in the same form.
    pub altered_at: String,
}

const SELECT: &str = "SELECT t.id, c.name, t.schema_name, t.name, t.dist_style, t.sort_style, t.comment, \
     datetime(t.created_at, 'unixepoch'), datetime(t.altered_at, 'unixepoch'), t.backup, t.is_sort_auto, \
     t.is_encode_auto";

const WITH_NAME: &str = "WHERE c.name = ?1 AND t.schema_name = ?2 AND t.name = ?3";

impl Db {
    /// Saves the definition of the table with this id, or of a new one, and returns its id. `now`
    /// is in seconds since 1970, UTC. The name must be free, and its connection must exist.
    pub fn save_table(
        &self,
        id: Option<i64>,
        definition: &TableDefinition,
        now: i64,
    ) -> Result<i64, CatalogError> {
        let sort_key = definition.sort_key.as_ref();
        let id = self.save(
            id,
            "INSERT INTO warehouse_table (id, connection_id, schema_name, name, dist_style, sort_style, comment, \
             created_at, altered_at, backup, is_sort_auto, is_encode_auto) \
             VALUES (?1, (SELECT id FROM connection WHERE name = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?11) \
             ON CONFLICT (id) DO UPDATE SET schema_name = ?3, name = ?4, dist_style = ?5, sort_style = ?6, \
             comment = ?7, altered_at = ?8, backup = ?9, is_sort_auto = ?10, is_encode_auto = ?11",
            params![
                id,
                definition.name.connection.as_str(),
                definition.name.schema.as_str(),
                definition.name.table.as_str(),
                definition.dist_style.map(DistStyle::word),
                sort_key.and_then(SortKey::style).map(SortStyle::word),
                definition.comment,
                now,
                definition.backup,
                sort_key == Some(&SortKey::Auto),
                definition.encode_auto,
            ],
        )?;
        self.change("DELETE FROM warehouse_column WHERE warehouse_table_id = ?1", [id])?;
        self.insert_columns(id, definition)?;
        self.save_constraints(id, definition)?;
        self.link_references(id)?;
        Ok(id)
    }

    fn insert_columns(&self, id: i64, definition: &TableDefinition) -> Result<(), CatalogError> {
        let sort_ordinal = |name: &Name| {
            let index = definition.sort_columns().iter().position(|other| other == name)?;
            i64::try_from(index + 1).ok()
        };
        for (ordinal, column) in (1_i64..).zip(&definition.columns) {
            let identity = column.identity.as_ref();
            self.change(
                "INSERT INTO warehouse_column (warehouse_table_id, ordinal, name, data_type, is_nullable, encoding, \
                 is_dist_key, sort_ordinal, default_expression, identity_seed, identity_step, \
                 is_identity_by_default, collation, comment) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                params![
                    id,
                    ordinal,
                    column.name.as_str(),
                    column.data_type,
                    column.is_nullable,
                    column.encoding,
                    definition.dist_key.as_ref() == Some(&column.name),
                    sort_ordinal(&column.name),
                    column.default,
                    identity.map(|identity| identity.seed),
                    identity.map(|identity| identity.step),
                    identity.map(|identity| identity.by_default),
                    column.collation.map(Collation::word),
                    column.comment,
                ],
            )?;
        }
        Ok(())
    }

    /// The id of the table with this name.
    pub fn find_table_id(&self, name: &TableName) -> Result<Option<i64>, CatalogError> {
        let sql = format!("SELECT t.id {FROM_TABLES} {WITH_NAME}");
        self.first(&sql, name_parts(name), |row| row.get(0))
    }

    /// The table with this name.
    pub fn find_table(&self, name: &TableName) -> Result<Option<StoredTable>, CatalogError> {
        let found = self.first(
            &format!("{SELECT} {FROM_TABLES} {WITH_NAME}"),
            name_parts(name),
            read_table,
        )?;
        found.map(|table| self.with_columns(table)).transpose()
    }

    /// The table with this id.
    pub(super) fn find_table_by_id(&self, id: i64) -> Result<Option<StoredTable>, CatalogError> {
        let sql = format!("{SELECT} {FROM_TABLES} WHERE t.id = ?1");
        let found = self.first(&sql, [id], read_table)?;
        found.map(|table| self.with_columns(table)).transpose()
    }

    /// Every table, in the order of their names.
    pub fn all_tables(&self) -> Result<Vec<StoredTable>, CatalogError> {
        let sql = format!("{SELECT} {FROM_TABLES} ORDER BY c.name, t.schema_name, t.name");
        let tables = self.collect(&sql, [], read_table)?.into_iter();
        tables.map(|table| self.with_columns(table)).collect()
    }

    /// The tables of a connection, or of one of its schemas, in the order of their names, each with
    /// the number of jobs that use it.
    pub fn tables_of(
        &self,
        connection_id: i64,
        schema: Option<&Name>,
    ) -> Result<Vec<(TableName, i64)>, CatalogError> {
        self.collect(
            &format!(
                "SELECT (SELECT count(DISTINCT job_id) FROM main.job_reference WHERE warehouse_table_id = t.id), \
                 c.name, t.schema_name, t.name {FROM_TABLES} \
                 WHERE c.id = ?1 AND (?2 IS NULL OR t.schema_name = ?2) ORDER BY t.schema_name, t.name"
            ),
            params![connection_id, schema.map(Name::as_str)],
            |row| Ok((read_table_name(row, 1)?, row.get(0)?)),
        )
    }

    /// Up to `limit` schemas of the connection that have a table with this name.
    pub fn schemas_with(
        &self,
        name: &TableName,
        limit: usize,
    ) -> Result<Vec<String>, CatalogError> {
        let sql = format!(
            "SELECT t.schema_name {FROM_TABLES} WHERE c.name = ?1 AND t.name = ?2 \
             ORDER BY 1 LIMIT {limit}"
        );
        let names = [name.connection.as_str(), name.table.as_str()];
        self.collect(&sql, names, |row| row.get(0))
    }

    /// Reads the columns of the table, its keys and its constraints.
    fn with_columns(&self, mut table: StoredTable) -> Result<StoredTable, CatalogError> {
        let definition = &mut table.definition;
        let mut sort_key = Vec::new();
        definition.columns = self.collect(
            "SELECT name, data_type, is_nullable, encoding, is_dist_key, sort_ordinal, default_expression, \
             identity_seed, identity_step, is_identity_by_default, collation, comment \
             FROM main.warehouse_column WHERE warehouse_table_id = ?1 ORDER BY ordinal",
            [table.id],
            |row| {
                let column = read_column(row)?;
                if row.get(4)? {
                    definition.dist_key = Some(column.name.clone());
                }
                let place: Option<i64> = row.get(5)?;
                sort_key.extend(place.map(|place| (place, column.name.clone())));
                Ok(column)
            },
        )?;
        sort_key.sort();
        if let Some(SortKey::Columns(_, columns)) = &mut definition.sort_key {
            columns.extend(sort_key.into_iter().map(|(_, name)| name));
        }
        if definition.sort_columns().is_empty() && definition.sort_key != Some(SortKey::Auto) {
            definition.sort_key = None;
        }
        definition.constraints = self.constraints_of(table.id)?;
        Ok(table)
    }
}

fn read_column(row: &Row<'_>) -> rusqlite::Result<TableColumn> {
    let seed: Option<i64> = row.get(7)?;
    let identity = match seed {
        None => None,
        Some(seed) => Some(Identity {
            seed,
            step: row.get(8)?,
            by_default: row.get(9)?,
        }),
    };
    Ok(TableColumn {
        name: read_name(row, 0, Name::new)?,
        data_type: row.get(1)?,
        is_nullable: row.get(2)?,
        encoding: row.get(3)?,
        default: row.get(6)?,
        identity,
        collation: read_optional_word(row, 10, Collation::named)?,
        comment: row.get(11)?,
    })
}

/// The parameters of [`WITH_NAME`].
fn name_parts(name: &TableName) -> [&str; 3] {
    [name.connection.as_str(), name.schema.as_str(), name.table.as_str()]
}

fn read_table(row: &Row<'_>) -> rusqlite::Result<StoredTable> {
    let sort_key = if row.get(10)? {
        SortKey::Auto
    } else {
        SortKey::Columns(read_optional_word(row, 5, SortStyle::named)?, Vec::new())
    };
    Ok(StoredTable {
        id: row.get(0)?,
        definition: TableDefinition {
            dist_style: read_optional_word(row, 4, DistStyle::named)?,
            sort_key: Some(sort_key),
            comment: row.get(6)?,
            backup: row.get(9)?,
            encode_auto: row.get(11)?,
            ..TableDefinition::new(read_table_name(row, 1)?)
        },
        created_at: row.get(7)?,
        altered_at: row.get(8)?,
    })
}
