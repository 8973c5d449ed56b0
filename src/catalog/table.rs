//! Tables in the catalog.

use rusqlite::{Row, params};

use super::names::{read_name, read_table_name};
use super::sqlite_error::{Attempt, translate};
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

impl Db {
    /// Inserts a table on the connection with this id and returns the table's id. `now` is in
    /// seconds since 1970, UTC. The name must be free.
    pub fn insert_table(
        &self,
        connection_id: i64,
        definition: &TableDefinition,
        now: i64,
    ) -> Result<i64, CatalogError> {
        self.change(
            "INSERT INTO warehouse_table (connection_id, schema_name, name, dist_style, sort_style, comment, \
             created_at, altered_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
            params![
                connection_id,
                definition.name.schema.as_str(),
                definition.name.table.as_str(),
                definition.dist_style,
                definition.sort_style,
                definition.comment,
                now
            ],
        )?;
        let id = self.sqlite.last_insert_rowid();
        self.insert_columns(id, definition)?;
        self.link_references(id)?;
        Ok(id)
    }

    /// Replaces the definition of the table with this id; the table stays on its connection.
    pub fn update_table(
        &self,
        id: i64,
        definition: &TableDefinition,
        now: i64,
    ) -> Result<(), CatalogError> {
        self.change(
            "UPDATE warehouse_table SET schema_name = ?2, name = ?3, dist_style = ?4, sort_style = ?5, comment = ?6, \
             altered_at = ?7 WHERE id = ?1",
            params![
                id,
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
        self.link_references(id)
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
        self.find_id(
            "SELECT t.id FROM main.warehouse_table t JOIN main.connection c ON c.id = t.connection_id \
             WHERE c.name = ?1 AND t.schema_name = ?2 AND t.name = ?3",
            params![name.connection.as_str(), name.schema.as_str(), name.table.as_str()],
        )
    }

    /// The table with this name.
    pub fn find_table(&self, name: &TableName) -> Result<Option<StoredTable>, CatalogError> {
        match self.find_table_id(name)? {
            Some(id) => self.read_table(id, name).map(Some),
            None => Ok(None),
        }
    }

    /// Every table, in the order of their ids.
    pub fn all_tables(&self) -> Result<Vec<StoredTable>, CatalogError> {
        let names = self.collect(
            "SELECT t.id, c.name, t.schema_name, t.name FROM main.warehouse_table t \
             JOIN main.connection c ON c.id = t.connection_id ORDER BY t.id",
            [],
            |row| Ok((row.get(0)?, read_table_name(row, 1)?)),
        )?;
        let tables = names.iter().map(|(id, name)| self.read_table(*id, name));
        tables.collect()
    }

    /// Deletes the table with this id; a foreign key forbids it while a job uses it.
    pub fn delete_table(&self, id: i64) -> Result<(), CatalogError> {
        self.change("DELETE FROM warehouse_table WHERE id = ?1", [id])
    }

    fn read_table(&self, id: i64, name: &TableName) -> Result<StoredTable, CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        let mut statement = self
            .sqlite
            .prepare_cached(
                "SELECT id, dist_style, sort_style, comment, datetime(created_at, 'unixepoch'), \
                 datetime(altered_at, 'unixepoch') FROM main.warehouse_table WHERE id = ?1",
            )
            .map_err(&translated)?;
        let mut stored =
            statement.query_row([id], |row| read_table(name, row)).map_err(&translated)?;
        self.read_columns(id, &mut stored.definition)?;
        Ok(stored)
    }

    fn read_columns(&self, id: i64, definition: &mut TableDefinition) -> Result<(), CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        let mut statement = self
            .sqlite
            .prepare_cached(
                "SELECT name, data_type, is_nullable, encoding, is_dist_key, sort_ordinal, primary_key_ordinal \
                 FROM main.warehouse_column WHERE warehouse_table_id = ?1 ORDER BY ordinal",
            )
            .map_err(&translated)?;
        let mut rows = statement.query([id]).map_err(&translated)?;
        let (mut sort_key, mut primary_key) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next().map_err(&translated)? {
            let column = read_column(row).map_err(&translated)?;
            if row.get(4).map_err(&translated)? {
                definition.dist_key = Some(column.name.clone());
            }
            for (key, index) in [(&mut sort_key, 5), (&mut primary_key, 6)] {
                let place: Option<i64> = row.get(index).map_err(&translated)?;
                key.extend(place.map(|place| (place, column.name.clone())));
            }
            definition.columns.push(column);
        }
        definition.sort_key = in_order(sort_key);
        definition.primary_key = in_order(primary_key);
        Ok(())
    }
}

fn in_order(mut names: Vec<(i64, Name)>) -> Vec<Name> {
    names.sort();
    names.into_iter().map(|(_, name)| name).collect()
}

fn read_table(name: &TableName, row: &Row<'_>) -> rusqlite::Result<StoredTable> {
    Ok(StoredTable {
        id: row.get(0)?,
        definition: TableDefinition {
            name: name.clone(),
            columns: Vec::new(),
            primary_key: Vec::new(),
            dist_style: row.get(1)?,
            dist_key: None,
            sort_style: row.get(2)?,
            sort_key: Vec::new(),
            comment: row.get(3)?,
        },
        created_at: row.get(4)?,
        altered_at: row.get(5)?,
    })
}

fn read_column(row: &Row<'_>) -> rusqlite::Result<TableColumn> {
    Ok(TableColumn {
        name: read_name(row, 0, Name::new)?,
        data_type: row.get(1)?,
        is_nullable: row.get(2)?,
        encoding: row.get(3)?,
    })
}
