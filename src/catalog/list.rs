//! The rows of SHOW CONNECTIONS, SHOW TABLES and SHOW JOBS, in the order of their names.

use rusqlite::{Params, Row, named_params};

use super::job::{CURRENT_NAME, JOIN_CURRENT_NAME};
use super::like::Pattern;
use super::names::{FROM_TABLES, read_table_name};
use super::run::JOB_STATES;
use super::views::password_place;
use super::{CatalogError, Db};
use crate::name::{ConnectionName, Name};
use crate::value::{ResultSet, Value};

/// The columns of the view `connections`. What SQLite would compute more slowly is made of its
/// columns here: endpoint and place of the password.
const CONNECTIONS: &str = "SELECT name, host, port, database_name, user_name, \
     max_concurrent_connections, secret_store, secret_id, \
     (SELECT count(*) FROM main.warehouse_table WHERE connection_id = connection.id) \
     + (SELECT count(DISTINCT job_id) FROM main.job_reference WHERE connection_id = connection.id), \
     comment FROM main.connection ORDER BY name";

/// The columns and usages of a table. They are counted only for tables that are listed.
const COUNTS: &str = "SELECT (SELECT count(*) FROM main.warehouse_column WHERE warehouse_table_id = ?1), \
     (SELECT count(DISTINCT job_id) FROM main.job_reference WHERE warehouse_table_id = ?1)";

impl Db {
    /// The rows of SHOW CONNECTIONS.
    pub fn list_connections(&self, like: Option<&str>) -> Result<ResultSet, CatalogError> {
        let columns = [
            "name",
            "endpoint",
            "user_name",
            "max_connections",
            "password",
            "usages",
            "comment",
        ];
        self.list(columns, CONNECTIONS, [], (0, like), |row| {
            Ok(vec![
                text(row, 0)?,
                endpoint(row)?.into(),
                match row.get_ref(4)?.as_str()? {
                    "" => Value::Null,
                    user => user.into(),
                },
                row.get::<_, Option<i64>>(5)?.map_or(Value::Null, Value::Integer),
                self.password(row)?.into(),
                Value::Integer(row.get(8)?),
                text(row, 9)?,
            ])
        })
    }

    /// The place of the password, from the columns 6 and 7.
    fn password(&self, row: &Row<'_>) -> rusqlite::Result<&'static str> {
        let (store, id) = (row.get_ref(6)?.as_str()?, row.get_ref(7)?.as_str()?);
        Ok(password_place(store, id, &self.process).word())
    }

    /// The rows of SHOW TABLES: all tables, those of a connection, or those of a schema. The
    /// pattern applies to the unqualified name.
    pub fn list_tables(
        &self,
        connection: Option<&ConnectionName>,
        schema: Option<&Name>,
        like: Option<&str>,
    ) -> Result<ResultSet, CatalogError> {
        let within = match (connection, schema) {
            (Some(_), Some(_)) => "WHERE c.name = :connection AND t.schema_name = :schema",
            (Some(_), None) => "WHERE c.name = :connection AND :schema IS NULL",
            (None, _) => "WHERE :connection IS NULL AND :schema IS NULL",
        };
        let sql = format!(
            "SELECT t.id, c.name, t.schema_name, t.name, t.comment {FROM_TABLES} {within} \
             ORDER BY c.name, t.schema_name, t.name"
        );
        let names = named_params! {
            ":connection": connection.map(ConnectionName::as_str),
            ":schema": schema.map(Name::as_str),
        };
        let columns = ["connection", "schema", "name", "columns", "usages", "comment"];
        self.list(columns, &sql, names, (3, like), |row| {
            let id: i64 = row.get(0)?;
            let (columns, usages) = self
                .sqlite
                .prepare_cached(COUNTS)?
                .query_row([id], |counts| Ok((counts.get(0)?, counts.get(1)?)))?;
            Ok(vec![
                text(row, 1)?,
                text(row, 2)?,
                text(row, 3)?,
                Value::Integer(columns),
                Value::Integer(usages),
                text(row, 4)?,
            ])
        })
    }

    /// The rows of SHOW JOBS. `sources` counts the tables that a job reads, each once.
    pub fn list_jobs(&self, like: Option<&str>) -> Result<ResultSet, CatalogError> {
        let sql = format!(
            "SELECT j.name, j.kind, {CURRENT_NAME}, \
             (SELECT count(*) FROM (SELECT DISTINCT s.connection_id, s.warehouse_table_id, s.database_name, \
             s.schema_name, s.table_name \
             FROM main.job_reference s WHERE s.job_id = j.id AND s.ordinal > 0)), \
             (SELECT value FROM main.job_option o WHERE o.job_id = j.id AND o.name = 'RUN_INTERVAL'), \
             m.state, m.loaded_until, j.comment FROM main.job j \
             JOIN ({JOB_STATES}) m ON m.name = j.name \
             JOIN main.job_reference u ON u.job_id = j.id AND u.ordinal = 0 {JOIN_CURRENT_NAME} \
             ORDER BY j.name"
        );
        let columns = [
            "name",
            "kind",
            "target",
            "sources",
            "run_interval",
            "state",
            "loaded_until",
            "comment",
        ];
        self.list(columns, &sql, [], (0, like), |row| {
            Ok(vec![
                text(row, 0)?,
                text(row, 1)?,
                read_table_name(row, 2)?.sql().into(),
                Value::Integer(row.get(5)?),
                text(row, 6)?,
                text(row, 7)?,
                text(row, 8)?,
                text(row, 9)?,
            ])
        })
    }

    /// The rows of a query whose name, in the column with the given index, matches the pattern.
    fn list<const N: usize>(
        &self,
        columns: [&str; N],
        sql: &str,
        parameters: impl Params,
        (name, like): (usize, Option<&str>),
        read: impl Fn(&Row<'_>) -> rusqlite::Result<Vec<Value>>,
    ) -> Result<ResultSet, CatalogError> {
        let pattern = like.map(Pattern::new);
        let mut set = ResultSet::with_columns(columns);
        self.collect(sql, parameters, |row| {
            let text = row.get_ref(name)?.as_str()?;
            if pattern.as_ref().is_none_or(|pattern| pattern.matches(text)) {
                set.rows.push(read(row)?);
            }
            Ok(())
        })?;
        Ok(set)
    }
}

/// The text in a column, or NULL.
fn text(row: &Row<'_>, index: usize) -> rusqlite::Result<Value> {
    Ok(Value::optional_text(row.get_ref(index)?.as_str_or_null()?))
}

/// `host:port/database` from the columns 1 to 3. SQLite would take twice as long to join them.
fn endpoint(row: &Row<'_>) -> rusqlite::Result<String> {
    let (host, database) = (row.get_ref(1)?.as_str()?, row.get_ref(3)?.as_str()?);
    let port = match row.get_ref(2)?.as_i64()? {
        // A cluster and its region.
        0 => return Ok([host, "/", database].concat()),
        port => port.to_string(),
    };
    let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
    Ok([open, host, close, ":", &port, "/", database].concat())
}
