//! The errors of runs.

mod ledger;
mod target;
mod window;

pub use ledger::LedgerError;
pub use target::TargetError;
pub use window::WindowError;

use crate::diagnostic::{Diagnosis, Diagnostic, ExitStatus, display_message};
use crate::name::{Identifier, JobName};
use crate::sqlstate::SqlState as S;
use crate::warehouse::WarehouseError;

/// A job that cannot run, or a run that failed.
#[derive(Clone, Debug, PartialEq)]
pub enum RunError {
    /// The warehouse refused a statement, or the session was lost.
    Warehouse {
        /// The error.
        error: WarehouseError,
        /// The byte of the body at which the error is.
        place: Option<usize>,
    },
    /// The job is paused.
    Paused(JobName),
    /// Another process runs the job.
    Running(JobName),
    /// The connection is read-only.
    ReadOnly {
        /// The reason for that.
        reason: String,
    },
    /// A moment cannot be the bound of a window.
    Window(WindowError),
    /// The rows of the query do not fit the target.
    Target(TargetError),
    /// The ledger cannot be used.
    Ledger(LedgerError),
}

impl RunError {
    /// True if the same run may work later.
    pub fn may_pass(&self) -> bool {
        self.exit_status() == ExitStatus::NoConnection
    }
}

impl From<WindowError> for RunError {
    fn from(error: WindowError) -> Self {
        Self::Window(error)
    }
}

impl From<TargetError> for RunError {
    fn from(error: TargetError) -> Self {
        Self::Target(error)
    }
}

impl From<LedgerError> for RunError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<WarehouseError> for RunError {
    fn from(error: WarehouseError) -> Self {
        Self::Warehouse { error, place: None }
    }
}

/// True if the server refused the transaction because of another one (PostgreSQL documentation,
/// appendix A; Redshift's 1023 is XX000: issue aws/aws-sdk-pandas 665).
pub fn is_conflict(error: &WarehouseError) -> bool {
    let WarehouseError::Server { message, .. } = error else {
        return false;
    };
    let says = |words: &str| message.message.contains(words);
    matches!(message.code.as_str(), "40001" | "40P01")
        || (message.code == "XX000" && (says("1023") || says("conflict with concurrent")))
}

/// Redshift's errors of a value, which have the SQLSTATE XX000 there, as PostgreSQL says them.
fn in_postgresqls_words(error: &WarehouseError) -> Option<Diagnosis> {
    let WarehouseError::Server { message, .. } = error else {
        return None;
    };
    let text = message.message.as_str();
    if let Some(column) = text.strip_prefix("Cannot insert a NULL value into column ") {
        let column = quoted(column.trim());
        let text = format!("null value in column {column} violates not-null constraint");
        return Some(S::NotNullViolation.error(text));
    }
    let is_too_long = text.starts_with("Value too long for character type");
    is_too_long.then(|| S::TruncatedString.error("value too long for its column"))
}

impl Diagnostic for RunError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Warehouse { error, .. } => {
                let diagnosis = error.diagnosis();
                let may_pass = is_conflict(error)
                    || diagnosis.sqlstate.class() == "08"
                    || diagnosis.sqlstate.class() == "57";
                let diagnosis = in_postgresqls_words(error).unwrap_or(diagnosis);
                if may_pass && diagnosis.exit_status == ExitStatus::Failed {
                    diagnosis.exits_with(ExitStatus::NoConnection)
                } else {
                    diagnosis
                }
            }
            Self::Paused(job) => S::NotInPrerequisiteState
                .error(format!("job {} is paused", job.quoted()))
                .hint(format!("RESUME JOB {}", job.sql())),
            Self::Running(job) => S::JobInUse
                .error(format!("job {} is being run by another process", job.quoted()))
                .hint("SHOW RUNS shows which")
                .exits_with(ExitStatus::NoConnection),
            Self::ReadOnly { reason } => S::ReadOnly
                .error("cannot execute RUN JOB in a read-only transaction")
                .hint(reason),
            Self::Window(error) => error.diagnosis(),
            Self::Target(error) => error.diagnosis(),
            Self::Ledger(error) => error.diagnosis(),
        }
    }
}

display_message!(RunError);

/// The CREATE TABLE without the line breaks between its parts.
fn on_one_line(create: &str) -> String {
    create.replace("(\n    ", "(").replace("\n    ", " ").replace("\n)", ")")
}

fn quoted(name: &str) -> String {
    // Names of the server may be of any kind; tables are SQL already.
    if name.contains('.') {
        format!("\"{name}\"")
    } else {
        Identifier(name).quoted()
    }
}
