//! Errors of the ledger.

use std::time::Duration;

use super::quoted;
use crate::definition::Moment;
use crate::diagnostic::{Diagnosis, Diagnostic, ExitStatus, display_message};
use crate::name::JobName;
use crate::sqlstate::SqlState as S;
use crate::warehouse::WarehouseError;

/// The ledger cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub enum LedgerError {
    /// The ledger is behind the catalog.
    Behind {
        /// The job.
        job: JobName,
        /// The moment in the ledger.
        ledger: Moment,
        /// The end of the last run in the catalog.
        catalog: Moment,
    },
    /// Another process has moved the job's row since it was read.
    Moved {
        /// The job.
        job: JobName,
    },
    /// Another transaction keeps the ledger locked for longer than `--wait`.
    Locked {
        /// The ledger, as SQL.
        table: String,
        /// The time waited.
        waited: Duration,
        /// The sessions that have the lock, as far as the server tells.
        holders: Vec<String>,
    },
    /// The ledger has not the columns of this version.
    OtherVersion {
        /// The ledger, as SQL.
        table: String,
    },
    /// The user may not make the ledger.
    NoRight {
        /// The server's error.
        error: WarehouseError,
        /// The statement that gives the right.
        grant: String,
    },
}

impl Diagnostic for LedgerError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Behind { job, ledger, catalog } => S::NotInPrerequisiteState
                .error(format!(
                    "the ledger says that job {} is loaded until {ledger}, and the catalog says \
                     {catalog}",
                    job.quoted()
                ))
                .hint(format!(
                    "REWIND JOB {} TO TIMESTAMP '{catalog}' goes on from there; to load the \
                     windows between them again, delete their rows and REWIND to {ledger}",
                    job.sql()
                )),
            Self::Moved { job } => S::NotInPrerequisiteState
                .error(format!("job {} was loaded further by another process", job.quoted()))
                .hint("look at SHOW RUNS, then REWIND again"),
            Self::Locked { table, waited, holders } => {
                let locked = S::ObjectInUse
                    .error(format!(
                        "could not obtain lock on relation {} within {waited:?}",
                        quoted(table)
                    ))
                    .exits_with(ExitStatus::NoConnection);
                if holders.is_empty() {
                    locked.hint("--wait 5m waits longer")
                } else {
                    locked.hint(format!("it is locked by {}", holders.join(", ")))
                }
            }
            Self::OtherVersion { table } => S::NotInPrerequisiteState
                .error(format!("the ledger {table} is of another version of redwire")),
            Self::NoRight { error, grant } => error.diagnosis().hint(grant),
        }
    }
}

display_message!(LedgerError);
