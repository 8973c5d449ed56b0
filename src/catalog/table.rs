//! Tables in the catalog.

use rusqlite::{Row, params};

use super::names::{read_name, read_table_name};
use super::{CatalogError, Db};
use crate::name::{Name, TableName};

/// A table's definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDefinition {
    /// The name.
    pub name: TableName,
    /// The columns, in order.
    pub columns: Vec<TableColumn>,
    /// The columns of the primary key, in order.
    pub primary_key: Vec<Name>,
    /// The keyword behind DISTSTYLE.
    pub dist_style: Option<String>,
    /// The column behind DISTKEY.
    pub dist_key: Option<Name>,
    /// COMPOUND or INTERLEAVED, if given.
    pub sort_style: Option<String>,
    /// The columns behind SORTKEY, in order.
    pub sort_key: Vec<Name>,
    /// The comment.
    pub comment: Option<String>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// The name.
    pub name: Name,
    /// The data type, in redwire's canonical form.
    pub data_type: String,
    /// True if it may be NULL.
    pub is_nullable: bool,
    /// The word behind ENCODE.
    pub encoding: Option<String>,
}

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

/// CROSS JOIN keeps SQLite from reading the tables first: in this order both indexes return sorted
/// rows.
pub(super) const FROM_TABLES: &str =
    "FROM main.connection c CROSS JOIN main.warehouse_table t ON t.connection_id = c.id";

const SELECT: &str = "SELECT t.id, c.name, t.schema_name, t.name, t.dist_style, t.sort_style, t.comment, \
     datetime(t.created_at, 'unixepoch'), datetime(t.altered_at, 'unixepoch')";

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
        let id = self.save(
            id,
            "INSERT INTO warehouse_table (id, connection_id, schema_name, name, dist_style, sort_style, comment, \
             created_at, altered_at) \
             VALUES (?1, (SELECT id FROM connection WHERE name = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?8) \
             ON CONFLICT (id) DO UPDATE SET schema_name = ?3, name = ?4, dist_style = ?5, sort_style = ?6, \
             comment = ?7, altered_at = ?8",
            params![
                id,
                definition.name.connection.as_str(),
                definition.name.schema.as_str(),
                definition.name.table.as_str(),
                definition.dist_style,
                definition.sort_style,
                definition.comment,
                now
            ],
        )?;
        self.change("DELETE FROM warehouse_column WHERE warehouse_table_id = ?1", [id])?;
        self.insert_columns(id, definition)?;
        self.link_references(id)?;
        Ok(id)
    }

    fn insert_columns(&self, id: i64, definition: &TableDefinition) -> Result<(), CatalogError> {
        let place = |names: &[Name], name: &Name| {
            let index = names.iter().position(|other| other == name)?;
            i64::try_from(index + 1).ok()
        };
        for (ordinal, column) in (1_i64..).zip(&definition.columns) {
            self.change(
                "INSERT INTO warehouse_column (warehouse_table_id, ordinal, name, data_type, is_nullable, encoding, \
                 is_dist_key, sort_ordinal, primary_key_ordinal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    id,
                    ordinal,
                    column.name.as_str(),
                    column.data_type,
                    column.is_nullable,
                    column.encoding,
                    definition.dist_key.as_ref() == Some(&column.name),
                    place(&definition.sort_key, &column.name),
                    place(&definition.primary_key, &column.name),
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

    /// Reads the columns of the table, and the keys that consist of them.
    fn with_columns(&self, mut table: StoredTable) -> Result<StoredTable, CatalogError> {
        let definition = &mut table.definition;
        let (mut sort_key, mut primary_key) = (Vec::new(), Vec::new());
        definition.columns = self.collect(
            "SELECT name, data_type, is_nullable, encoding, is_dist_key, sort_ordinal, primary_key_ordinal \
             FROM main.warehouse_column WHERE warehouse_table_id = ?1 ORDER BY ordinal",
            [table.id],
            |row| {
                let name = read_name(row, 0, Name::new)?;
                if row.get(4)? {
                    definition.dist_key = Some(name.clone());
                }
                for (key, index) in [(&mut sort_key, 5), (&mut primary_key, 6)] {
                    let place: Option<i64> = row.get(index)?;
                    key.extend(place.map(|place| (place, name.clone())));
                }
                Ok(TableColumn {
                    name,
                    data_type: row.get(1)?,
                    is_nullable: row.get(2)?,
                    encoding: row.get(3)?,
                })
            },
        )?;
        definition.sort_key = in_order(sort_key);
        definition.primary_key = in_order(primary_key);
        Ok(table)
    }
}

fn in_order(mut names: Vec<(i64, Name)>) -> Vec<Name> {
    names.sort();
    names.into_iter().map(|(_, name)| name).collect()
}

/// The parameters of [`WITH_NAME`].
fn name_parts(name: &TableName) -> [&str; 3] {
    [name.connection.as_str(), name.schema.as_str(), name.table.as_str()]
}

fn read_table(row: &Row<'_>) -> rusqlite::Result<StoredTable> {
    Ok(StoredTable {
        id: row.get(0)?,
        definition: TableDefinition {
            name: read_table_name(row, 1)?,
            columns: Vec::new(),
            primary_key: Vec::new(),
            dist_style: row.get(4)?,
            dist_key: None,
            sort_style: row.get(5)?,
            sort_key: Vec::new(),
            comment: row.get(6)?,
        },
        created_at: row.get(7)?,
        altered_at: row.get(8)?,
    })
}
