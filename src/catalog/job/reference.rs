//! The places in jobs that name tables, as foreign keys: a table that the catalog has is referred
//! to by its id, any other by its name, until a table with that name is created. A table in another
//! database than the connection's is always referred to by its name.

use rusqlite::params;

use super::JobDefinition;
use crate::catalog::names::read_name;
use crate::catalog::{CatalogError, Db};
use crate::definition::{AwaitedJob, Moment};
use crate::name::{JobName, Name, TablePath};

/// The current name of a reference; `c` is its connection, `t` its table if the catalog has it.
pub(in crate::catalog) const CURRENT_NAME: &str =
    "c.name, coalesce(t.schema_name, u.schema_name), coalesce(t.name, u.table_name)";

/// The joins behind `job_reference u` that [`CURRENT_NAME`] needs.
pub(in crate::catalog) const JOIN_CURRENT_NAME: &str = "JOIN main.connection c ON c.id = u.connection_id \
     LEFT JOIN main.warehouse_table t ON t.id = u.warehouse_table_id";

/// Looks the table up in the same statement, so that a table created meanwhile cannot be missed.
const INSERT: &str = "INSERT INTO job_reference (job_id, ordinal, tie, span_start, span_end, connection_id, \
     warehouse_table_id, schema_name, table_name, alias, database_name) \
     SELECT ?1, ?2, ?3, ?4, ?5, c.id, t.id, iif(t.id IS NULL, ?7, NULL), iif(t.id IS NULL, ?8, NULL), ?9, ?10 \
     FROM (SELECT (SELECT id FROM main.connection WHERE name = ?6) AS id) c LEFT JOIN main.warehouse_table t \
     ON t.connection_id = c.id AND t.schema_name = ?7 AND t.name = ?8 \
     AND coalesce(?10 = (SELECT lower(database_name) FROM main.connection WHERE id = c.id), true)";

/// Uses the index of references by name.
pub(in crate::catalog) const LINK_REFERENCES: &str = "UPDATE job_reference \
     SET warehouse_table_id = ?1, schema_name = NULL, table_name = NULL WHERE warehouse_table_id IS NULL \
     AND coalesce(database_name = (SELECT lower(c.database_name) FROM main.connection c \
     WHERE c.id = connection_id), true) \
     AND (connection_id, schema_name, table_name) = \
     (SELECT t.connection_id, t.schema_name, t.name FROM main.warehouse_table t WHERE t.id = ?1)";

/// The references that name the connection's tables with their database, which is another one now.
const UNLINK_DATABASE: &str = "UPDATE job_reference SET (warehouse_table_id, schema_name, table_name) = \
     (SELECT NULL, t.schema_name, t.name FROM warehouse_table t WHERE t.id = warehouse_table_id) \
     WHERE connection_id = ?1 AND database_name <> ?2 AND warehouse_table_id IS NOT NULL";

const LINK_DATABASE: &str = "UPDATE job_reference \
     SET warehouse_table_id = t.id, schema_name = NULL, table_name = NULL FROM warehouse_table t \
     WHERE job_reference.connection_id = ?1 AND database_name = ?2 AND warehouse_table_id IS NULL \
     AND t.connection_id = ?1 AND t.schema_name = job_reference.schema_name \
     AND t.name = job_reference.table_name";

/// Each job `a` with another job `b` that writes a table that it reads.
const WRITERS_OF_SOURCES: &str = "FROM main.job a \
     JOIN main.job_reference s ON s.job_id = a.id AND s.ordinal > 0 \
     JOIN main.connection c ON c.id = s.connection_id \
     JOIN main.job_reference t ON t.ordinal = 0 AND t.job_id <> a.id \
     AND t.connection_id = s.connection_id \
     AND (t.warehouse_table_id = s.warehouse_table_id \
     OR (s.warehouse_table_id IS NULL AND t.warehouse_table_id IS NULL \
     AND t.schema_name = s.schema_name AND t.table_name = s.table_name \
     AND coalesce(s.database_name = lower(c.database_name), true))) \
     JOIN main.job b ON b.id = t.job_id";

impl Db {
    /// Each SYNC job, or the one with this id, with each other job that it waits for: those that
    /// write the tables that it reads and have not ended.
    pub fn awaited_jobs(
        &self,
        job_id: Option<i64>,
    ) -> Result<Vec<(JobName, AwaitedJob)>, CatalogError> {
        let sql = format!(
            "SELECT DISTINCT a.name, b.name, d.window_end, b.is_paused {WRITERS_OF_SOURCES} \
             LEFT JOIN main.job_run d ON d.id = \
             (SELECT max(id) FROM main.job_run WHERE job_id = b.id AND state = 'done') \
             LEFT JOIN main.job_option o ON o.job_id = b.id AND o.name = 'END_AT' \
             WHERE a.is_sync AND coalesce(a.id = ?1, true) AND NOT coalesce(d.window_end >= \
             1000000 * iif(o.value = 'NOW', b.altered_at, unixepoch(substr(o.value, 12, 19))), false)"
        );
        self.collect(&sql, [job_id], |row| {
            let awaited = AwaitedJob {
                job: read_name(row, 1, JobName::new)?,
                until: row.get::<_, Option<i64>>(2)?.map(Moment::from_microseconds),
                is_paused: row.get(3)?,
            };
            Ok((read_name(row, 0, JobName::new)?, awaited))
        })
    }

    /// True if there is a SYNC job.
    pub fn has_sync_jobs(&self) -> Result<bool, CatalogError> {
        let sql = "SELECT 1 FROM main.job WHERE is_sync LIMIT 1";
        Ok(self.first(sql, [], |_| Ok(()))?.is_some())
    }

    /// Each SYNC job with each other SYNC job that it waits for.
    pub fn sync_waits(&self) -> Result<Vec<(JobName, JobName)>, CatalogError> {
        let sql = format!(
            "SELECT DISTINCT a.name, b.name {WRITERS_OF_SOURCES} WHERE a.is_sync AND b.is_sync"
        );
        self.collect(&sql, [], |row| {
            Ok((read_name(row, 0, JobName::new)?, read_name(row, 1, JobName::new)?))
        })
    }

    pub(super) fn insert_references(
        &self,
        job_id: i64,
        definition: &JobDefinition,
    ) -> Result<(), CatalogError> {
        let bytes = |offset: usize| i64::try_from(offset).unwrap_or(i64::MAX);
        for (ordinal, reference) in (0_i64..).zip(&definition.references) {
            let TablePath { database, table } = &reference.name;
            self.change(
                INSERT,
                params![
                    job_id,
                    ordinal,
                    if ordinal == 0 { "target" } else { "source" },
                    bytes(reference.span.start),
                    bytes(reference.span.end),
                    table.connection.as_str(),
                    table.schema.as_str(),
                    table.table.as_str(),
                    reference.alias.as_ref().map(Name::as_str),
                    database.as_ref().map(Name::as_str),
                ],
            )?;
        }
        Ok(())
    }

    /// Makes the references and the foreign keys to the table refer to its name instead. Must be
    /// called before a table is dropped that others still name.
    pub fn unlink_references(&self, table_id: i64) -> Result<(), CatalogError> {
        self.change(
            "UPDATE job_reference SET (warehouse_table_id, schema_name, table_name) = \
             (SELECT NULL, t.schema_name, t.name FROM warehouse_table t WHERE t.id = ?1) \
             WHERE warehouse_table_id = ?1",
            [table_id],
        )?;
        self.change(
            "UPDATE warehouse_constraint SET (referenced_table_id, referenced_schema_name, referenced_table_name) = \
             (SELECT NULL, t.schema_name, t.name FROM warehouse_table t WHERE t.id = ?1) \
             WHERE referenced_table_id = ?1",
            [table_id],
        )
    }

    /// Makes the references with the table's name refer to the table itself. Must be called when a
    /// table is created or renamed.
    pub(in crate::catalog) fn link_references(&self, table_id: i64) -> Result<(), CatalogError> {
        self.change(LINK_REFERENCES, [table_id])
    }

    /// Makes the references that name a database refer to the tables of the connection's database.
    /// Must be called when that database has changed.
    pub(in crate::catalog) fn link_database(
        &self,
        connection_id: i64,
        database: &str,
    ) -> Result<(), CatalogError> {
        let database = database.to_ascii_lowercase();
        self.change(UNLINK_DATABASE, params![connection_id, database])?;
        self.change(LINK_DATABASE, params![connection_id, database])
    }
}
