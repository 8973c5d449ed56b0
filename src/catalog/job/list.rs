//! The rows of SHOW JOBS.

use rusqlite::Row;

use super::reference::{CURRENT_NAME, JOIN_CURRENT_NAME};
use crate::catalog::like::Pattern;
use crate::catalog::names::read_table_name;
use crate::catalog::sqlite_error::{Attempt, translate};
use crate::catalog::{CatalogError, Db};
use crate::value::{ResultSet, Value};

impl Db {
    /// The rows of SHOW JOBS, in the order of their names. `sources` counts the tables that a job
    /// reads, each once.
    pub fn list_jobs(&self, like: Option<&str>) -> Result<ResultSet, CatalogError> {
        let sql = format!(
            "SELECT j.name, j.kind, {CURRENT_NAME}, \
             (SELECT count(*) FROM (SELECT DISTINCT s.connection_id, s.warehouse_table_id, s.schema_name, s.table_name \
             FROM main.job_reference s WHERE s.job_id = j.id AND s.ordinal > 0)), \
             (SELECT value FROM main.job_option o WHERE o.job_id = j.id AND o.name = 'RUN_INTERVAL'), j.comment \
             FROM main.job j JOIN main.job_reference u ON u.job_id = j.id AND u.ordinal = 0 {JOIN_CURRENT_NAME} \
             ORDER BY j.name"
        );
        let translated = translate(&self.path, Attempt::Open);
        let pattern = like.map(Pattern::new);
        let mut statement = self.sqlite.prepare_cached(&sql).map_err(&translated)?;
        let mut rows = statement.query([]).map_err(&translated)?;
        let mut set = ResultSet::with_columns([
            "name",
            "kind",
            "target",
            "sources",
            "run_interval",
            "comment",
        ]);
        while let Some(row) = rows.next().map_err(&translated)? {
            let name = row.get_ref(0).and_then(|name| Ok(name.as_str()?)).map_err(&translated)?;
            if pattern.as_ref().is_none_or(|pattern| pattern.matches(name)) {
                set.rows.push(read_listing(row).map_err(&translated)?);
            }
        }
        Ok(set)
    }
}

fn read_listing(row: &Row<'_>) -> rusqlite::Result<Vec<Value>> {
    Ok(vec![
        row.get_ref(0)?.as_str()?.into(),
        row.get_ref(1)?.as_str()?.into(),
        read_table_name(row, 2)?.to_string().into(),
        Value::Integer(row.get(5)?),
        Value::optional_text(row.get_ref(6)?.as_str_or_null()?),
        Value::optional_text(row.get_ref(7)?.as_str_or_null()?),
    ])
}
