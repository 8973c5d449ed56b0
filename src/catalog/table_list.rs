//! Lists of tables: the rows of SHOW TABLES, and similar names for hints.

use rusqlite::{Row, named_params, params};

use super::like::Pattern;
use super::names::read_table_name;
use super::sqlite_error::{Attempt, translate};
use super::{CatalogError, Db};
use crate::name::{ConnectionName, Name, TableName};
use crate::value::{ResultSet, Value};

/// CROSS JOIN keeps SQLite from reading the tables first: in this order both indexes return sorted
/// rows.
const TABLES: &str =
    "FROM main.connection c CROSS JOIN main.warehouse_table t ON t.connection_id = c.id";

const COUNTS: &str = "SELECT (SELECT count(*) FROM main.warehouse_column WHERE warehouse_table_id = ?1), \
     (SELECT count(DISTINCT job_id) FROM main.job_reference WHERE warehouse_table_id = ?1)";

impl Db {
    /// The rows of SHOW TABLES, in the order of their names: all tables, those of a connection, or
    /// those of a schema. The pattern applies to the unqualified name.
    pub fn list_tables(
        &self,
        connection: Option<&ConnectionName>,
        schema: Option<&Name>,
        like: Option<&str>,
    ) -> Result<ResultSet, CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        let pattern = like.map(Pattern::new);
        let within = match (connection, schema) {
            (Some(_), Some(_)) => "WHERE c.name = :connection AND t.schema_name = :schema",
            (Some(_), None) => "WHERE c.name = :connection AND :schema IS NULL",
            (None, _) => "WHERE :connection IS NULL AND :schema IS NULL",
        };
        let sql = format!(
            "SELECT t.id, c.name, t.schema_name, t.name, t.comment {TABLES} {within} \
             ORDER BY c.name, t.schema_name, t.name"
        );
        let mut statement = self.sqlite.prepare_cached(&sql).map_err(&translated)?;
        let mut counts = self.sqlite.prepare_cached(COUNTS).map_err(&translated)?;
        let mut rows = statement
            .query(named_params! {
                ":connection": connection.map(ConnectionName::as_str),
                ":schema": schema.map(Name::as_str),
            })
            .map_err(&translated)?;
        let mut set = ResultSet::with_columns([
            "connection",
            "schema",
            "name",
            "columns",
            "usages",
            "comment",
        ]);
        while let Some(row) = rows.next().map_err(&translated)? {
            let name = row.get_ref(3).and_then(|name| Ok(name.as_str()?)).map_err(&translated)?;
            if pattern.as_ref().is_none_or(|pattern| pattern.matches(name)) {
                let cells = counts
                    .query_row([row.get::<_, i64>(0).map_err(&translated)?], |counts| {
                        read_listing(row, counts)
                    })
                    .map_err(&translated)?;
                set.rows.push(cells);
            }
        }
        Ok(set)
    }

    /// The tables of a connection, or of one of its schemas, in the order of their names, each with
    /// the number of jobs that use it.
    pub fn tables_of(
        &self,
        connection_id: i64,
        schema: Option<&Name>,
    ) -> Result<Vec<(TableName, usize)>, CatalogError> {
        self.collect(
            &format!(
                "SELECT (SELECT count(DISTINCT job_id) FROM main.job_reference WHERE warehouse_table_id = t.id), \
                 c.name, t.schema_name, t.name {TABLES} WHERE c.id = ?1 AND (?2 IS NULL OR t.schema_name = ?2) \
                 ORDER BY t.schema_name, t.name"
            ),
            params![connection_id, schema.map(Name::as_str)],
            |row| {
                let jobs: i64 = row.get(0)?;
                Ok((read_table_name(row, 1)?, usize::try_from(jobs).unwrap_or(usize::MAX)))
            },
        )
    }

    /// Up to `limit` names of tables in the schema of a missing table, to suggest a similar one.
    pub fn tables_beside(
        &self,
        name: &TableName,
        limit: usize,
    ) -> Result<Vec<String>, CatalogError> {
        let sql =
            format!("SELECT t.name {TABLES} WHERE c.name = ?1 AND t.schema_name = ?2 LIMIT ?3");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.texts(&sql, params![name.connection.as_str(), name.schema.as_str(), limit])
    }

    /// Up to `limit` schemas of the connection that have a table with this name.
    pub fn schemas_with(
        &self,
        name: &TableName,
        limit: usize,
    ) -> Result<Vec<String>, CatalogError> {
        let sql = format!(
            "SELECT t.schema_name {TABLES} WHERE c.name = ?1 AND t.name = ?2 ORDER BY 1 LIMIT ?3"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.texts(&sql, params![name.connection.as_str(), name.table.as_str(), limit])
    }

    fn texts(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<String>, CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        let mut statement = self.sqlite.prepare_cached(sql).map_err(&translated)?;
        statement
            .query_map(parameters, |row| row.get(0))
            .and_then(Iterator::collect)
            .map_err(&translated)
    }
}

fn read_listing(row: &Row<'_>, counts: &Row<'_>) -> rusqlite::Result<Vec<Value>> {
    let text = |index: usize| Ok::<Value, rusqlite::Error>(row.get_ref(index)?.as_str()?.into());
    Ok(vec![
        text(1)?,
        text(2)?,
        text(3)?,
        Value::Integer(counts.get(0)?),
        Value::Integer(counts.get(1)?),
        Value::optional_text(row.get_ref(4)?.as_str_or_null()?),
    ])
}
