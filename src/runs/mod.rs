//! Runs of jobs: each window of a job gets into its table exactly once.
//!
//! The pure part makes windows ([`Schedule`]) and statements ([`Statements`]); [`JobSession`] sends
//! them. It knows neither the catalog nor slots: the executor brings a session and a job.

mod answer;
mod engine;
mod error;
mod ledger;
mod schedule;
mod script;
mod shape;
mod state;
mod statements;
mod target;
mod translation;

pub use engine::{JobSession, Tally, WriteEnd};
pub use error::{LedgerError, RunError, TargetError, WindowError};
pub use schedule::{NextWindow, Schedule, StartFrom, Window};
pub use shape::Mapped;
pub use state::LedgerState;
pub use statements::Claim;
pub use translation::has_bounds;

use crate::definition::TableDefinition;
use crate::name::JobName;
use crate::sql::{ColumnMapping, JobBody, JobWrite, MergeKey};

/// Names of tables that runs make for themselves.
const OWN_TABLES: [&str; 3] = [ledger::TABLE, statements::STAGE, statements::GONE];

/// Refuses a target that is a table of redwire's own, and a MERGE that does not insert its key, as
/// far as its text tells.
pub fn check_target(body: &JobBody) -> Result<(), RunError> {
    if let JobWrite::Merge(parts) = &body.write {
        let is_left_out = |key: &&MergeKey| match &parts.columns {
            ColumnMapping::InOrder => false,
            ColumnMapping::Listed(names) => !names.contains(&key.target),
            ColumnMapping::ByName { except } => except.contains(&key.target),
        };
        if let Some(key) = parts.keys.iter().find(is_left_out) {
            return Err(TargetError::NoKey { column: key.target.as_str().to_owned() }.into());
        }
    }
    let table = &body.target.name.table.table;
    if OWN_TABLES.iter().any(|own| table.as_str().eq_ignore_ascii_case(own)) {
        return Err(TargetError::OwnTable { table: table.as_str().to_owned() }.into());
    }
    Ok(())
}

/// A job as its runs need it.
#[derive(Clone, Debug)]
pub struct RunnableJob {
    /// The name.
    pub name: JobName,
    /// The key of its row in the ledger; a rename keeps it.
    pub key: String,
    /// The body, with current names.
    pub body: JobBody,
    /// The times at which it runs.
    pub schedule: Schedule,
    /// RUN_PARALLELISM: windows that are staged at once.
    pub parallelism: usize,
    /// CREATE_TABLE_IF_MISSING.
    pub creates_table: bool,
    /// ADD_MISSING_COLUMNS.
    pub adds_columns: bool,
    /// The target, if the catalog has its columns.
    pub table_definition: Option<TableDefinition>,
}
