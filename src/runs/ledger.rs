//! The ledger: one row a job, in the schema that the job writes. Pure.

use crate::definition::Moment;
use crate::name::Name;
use crate::warehouse::views::Views;

/// The table's name, in the schema of the target.
pub const TABLE: &str = "redwire_ledger";

/// Its columns in their order.
const COLUMNS: &str = "job, loaded_until, run_id, rows_staged, rows_total, written_by, written_at";

/// The row of one job in a ledger, as SQL.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The ledger's name.
    pub table: String,
    /// The key of the job, as a literal.
    job: String,
    /// The writer, as a literal: host, process and version.
    written_by: String,
    /// The clock, as an expression in UTC.
    clock: &'static str,
    /// The views that tell of locks.
    views: Views,
}

impl Ledger {
    /// The row of the job with this key; `quote` makes a literal for the server.
    pub fn new(
        schema: &Name,
        key: &str,
        written_by: &str,
        views: Views,
        quote: impl Fn(&str) -> String,
    ) -> Self {
        Self {
            table: format!("{}.{TABLE}", schema.sql()),
            job: quote(key),
            written_by: quote(written_by),
            clock: match views {
                // CURRENT_TIMESTAMP runs on the leader node alone (AWS documentation, "Leader
                // node-only functions").
                Views::Redshift => "getdate()",
                Views::PostgreSql => "localtimestamp",
            },
            views,
        }
    }

    /// Makes the ledger.
    pub fn create(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} (\n    \
                 job VARCHAR(127) NOT NULL,\n    \
                 loaded_until TIMESTAMP NOT NULL,\n    \
                 run_id VARCHAR(36) NOT NULL,\n    \
                 rows_staged BIGINT NOT NULL,\n    \
                 rows_total BIGINT NOT NULL,\n    \
                 written_by VARCHAR(256) NOT NULL,\n    \
                 written_at TIMESTAMP NOT NULL\n)",
            self.table
        )
    }

    /// Reads `loaded_until`, the id of the run that wrote last, and the clock; the first two are NULL
    /// if the job has no row.
    pub fn read(&self) -> String {
        let Self { table, job, clock, .. } = self;
        format!(
            "SELECT l.loaded_until, l.run_id, {clock} FROM (SELECT 1 AS one) o \
             LEFT JOIN (SELECT {COLUMNS} FROM {table} WHERE job = {job}) l ON TRUE"
        )
    }

    /// Reads the clock, as [`Self::read`] does without a row of the job.
    pub fn read_clock(&self) -> String {
        format!("SELECT NULL, NULL, {}", self.clock)
    }

    /// Waits for every writer of the ledger.
    pub fn lock(&self) -> String {
        format!("BEGIN; LOCK TABLE {}", self.table)
    }

    /// Asks for process and user of each session that has the ledger's lock.
    pub fn lock_holders(&self) -> String {
        let table = self.table.replace('\'', "''");
        match self.views {
            Views::Redshift => format!(
                "SELECT DISTINCT pid, txn_owner FROM svv_transactions \
                 WHERE relation = '{table}'::regclass::oid AND granted"
            ),
            Views::PostgreSql => format!(
                "SELECT l.pid, a.usename FROM pg_catalog.pg_locks l \
                 JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
                 WHERE l.relation = '{table}'::regclass AND l.granted"
            ),
        }
    }

    /// Adds the job's row in a transaction of its own, unless another process was faster.
    pub fn enter(&self, loaded_until: Moment) -> String {
        let Self { table, job, written_by, clock, .. } = self;
        format!(
            "{}; INSERT INTO {table} ({COLUMNS}) \
             SELECT {job}, TIMESTAMP '{loaded_until}', '', 0, 0, {written_by}, {clock} \
             WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE job = {job}); COMMIT",
            self.lock()
        )
    }

    /// The claim: moves the job's row from one moment to the next.
    pub fn claim(&self, from: Moment, to: Moment, run_id: &str, staged: u64) -> String {
        let Self { table, job, written_by, clock, .. } = self;
        format!(
            "UPDATE {table} SET loaded_until = TIMESTAMP '{to}', run_id = '{run_id}', \
             rows_staged = {staged}, rows_total = rows_total + {staged}, \
             written_by = {written_by}, written_at = {clock} \
             WHERE job = {job} AND loaded_until = TIMESTAMP '{from}'"
        )
    }

    /// The condition that the run has the claim.
    pub fn is_claimed(&self, run_id: &str) -> String {
        let Self { table, job, .. } = self;
        format!("EXISTS (SELECT 1 FROM {table} WHERE job = {job} AND run_id = '{run_id}')")
    }

    /// Sets the moment up to which the job is loaded, if it is still the one that was read.
    pub fn rewind(&self, from: Moment, to: Moment, run_id: &str) -> String {
        let Self { table, job, written_by, clock, .. } = self;
        format!(
            "UPDATE {table} SET loaded_until = TIMESTAMP '{to}', run_id = '{run_id}', \
             rows_staged = 0, written_by = {written_by}, written_at = {clock} \
             WHERE job = {job} AND loaded_until = TIMESTAMP '{from}'"
        )
    }
}
