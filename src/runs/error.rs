//! The errors of runs.

use std::time::Duration;

use crate::definition::Moment;
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
    /// UP TO or START_FROM is no boundary.
    OffTheGrid {
        /// The moment.
        moment: Moment,
        /// The boundary before it.
        before: Moment,
        /// The boundary behind it.
        after: Moment,
    },
    /// UP TO or REWIND names a moment that is still to come.
    NotOver {
        /// The moment.
        moment: Moment,
        /// The warehouse's clock.
        now: Moment,
    },
    /// UP TO is behind END_AT.
    AfterEnd {
        /// The moment.
        moment: Moment,
        /// The end of the job.
        end: Moment,
    },
    /// The warehouse lacks the target.
    NoTarget {
        /// The target, as SQL.
        table: String,
        /// The statement that makes it.
        create: String,
    },
    /// The target is no table.
    NotATable {
        /// The target, as SQL.
        table: String,
    },
    /// The target lacks a column.
    NoColumn {
        /// The column.
        column: String,
        /// The target, as SQL.
        table: String,
        /// The statement that adds it.
        add: String,
    },
    /// The query has more columns than the target.
    MoreExpressions {
        /// Columns of the query.
        query: usize,
        /// Columns of the target.
        target: usize,
    },
    /// The query has not as many columns as the list of INSERT.
    ListLength {
        /// Columns of the query.
        query: usize,
        /// Columns of the list.
        listed: usize,
    },
    /// A column with NOT NULL gets no value.
    NoValue {
        /// The column.
        column: String,
        /// The table's own name.
        table: String,
    },
    /// Keys of a MERGE are NULL.
    NullKeys {
        /// Some of the rows.
        rows: Vec<String>,
    },
    /// Keys of a MERGE are there twice.
    DuplicateKeys {
        /// Some of the keys.
        rows: Vec<String>,
    },
    /// The server reports other numbers of rows than the stage has.
    Counts {
        /// Rows in the stage.
        staged: u64,
        /// Rows of the target that the server says it inserted.
        inserted: u64,
    },
    /// The ledger is behind the catalog.
    LedgerBehind {
        /// The job.
        job: JobName,
        /// The moment in the ledger.
        ledger: Moment,
        /// The end of the last run in the catalog.
        catalog: Moment,
    },
    /// Another transaction keeps the ledger locked for longer than `--wait`.
    LedgerLocked {
        /// The ledger, as SQL.
        table: String,
        /// The time waited.
        waited: Duration,
        /// The sessions that have the lock, as far as the server tells.
        holders: Vec<String>,
    },
    /// The ledger has not the columns of this version.
    OtherLedger {
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
    /// The connection is read-only.
    ReadOnly,
}

impl RunError {
    /// True if the same run may work later.
    pub fn may_pass(&self) -> bool {
        self.exit_status() == ExitStatus::NoConnection
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

impl Diagnostic for RunError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Warehouse { error, .. } => {
                let diagnosis = error.diagnosis();
                let may_pass = is_conflict(error)
                    || diagnosis.sqlstate.class() == "08"
                    || diagnosis.sqlstate.class() == "57";
                match diagnosis.exit_status {
                    ExitStatus::Failed if may_pass => {
                        diagnosis.exits_with(ExitStatus::NoConnection)
                    }
                    _ => diagnosis,
                }
            }
            Self::Paused(job) => S::NotInPrerequisiteState
                .error(format!("job {} is paused", job.quoted()))
                .hint(format!("RESUME JOB {}", job.sql())),
            Self::Running(job) => S::JobInUse
                .error(format!("job {} is being run by another process", job.quoted()))
                .hint("SHOW RUNS shows which")
                .exits_with(ExitStatus::NoConnection),
            Self::OffTheGrid { moment, before, after } => S::InvalidParameterValue
                .error(format!("{moment} is no boundary of the job's windows"))
                .hint(format!("the nearest are TIMESTAMP '{before}' and TIMESTAMP '{after}'")),
            Self::NotOver { moment, now } => S::InvalidParameterValue
                .error(format!("{moment} is in the future"))
                .hint(format!("the warehouse's clock says {now} UTC")),
            Self::AfterEnd { moment, end } => {
                S::InvalidParameterValue.error(format!("{moment} is after END_AT, which is {end}"))
            }
            Self::NoTarget { table, create } => S::UndefinedTable
                .error(format!("relation {} does not exist", quoted(table)))
                .hint(format!("create it in the warehouse: {}", on_one_line(create))),
            Self::NotATable { table } => {
                S::WrongObjectType.error(format!("{} is not a table", quoted(table)))
            }
            Self::NoColumn { column, table, add } => S::UndefinedColumn
                .error(format!(
                    "column {} of relation {} does not exist",
                    quoted(column),
                    quoted(table)
                ))
                .hint(format!("add it in the warehouse: {add}")),
            Self::MoreExpressions { query, target } => S::SyntaxError.error(format!(
                "INSERT has more expressions than target columns: {query} and {target}"
            )),
            Self::ListLength { query, listed } if query > listed => S::SyntaxError.error(format!(
                "INSERT has more expressions than target columns: {query} and {listed}"
            )),
            Self::ListLength { query, listed } => S::SyntaxError.error(format!(
                "INSERT has more target columns than expressions: {listed} and {query}"
            )),
            Self::NoValue { column, table } => S::NotNullViolation
                .error(format!(
                    "null value in column {} of relation {} violates not-null constraint",
                    quoted(column),
                    quoted(table)
                ))
                .hint("the query has no such column, and the column has no default"),
            Self::NullKeys { rows } => S::NotNullViolation
                .error("a key of the MERGE is NULL")
                .cause(format!("rows with NULL: {}", rows.join(", "))),
            Self::DuplicateKeys { rows } => S::CardinalityViolation
                .error("MERGE command cannot affect row a second time")
                .hint("the query must have one row for each key")
                .cause(format!("keys that are there twice: {}", rows.join(", "))),
            Self::Counts { staged, inserted } => S::InternalError.error(format!(
                "the query has {staged} rows, and the server says that it inserted {inserted}"
            )),
            Self::LedgerBehind { job, ledger, catalog } => S::NotInPrerequisiteState
                .error(format!(
                    "the ledger says that job {} is loaded until {ledger}, and the catalog says \
                     {catalog}",
                    job.quoted()
                ))
                .hint(format!(
                    "REWIND JOB {} TO TIMESTAMP '{ledger}' runs the windows between them again",
                    job.sql()
                )),
            Self::LedgerLocked { table, waited, holders } => {
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
            Self::OtherLedger { table } => S::NotInPrerequisiteState
                .error(format!("the ledger {table} is of another version of redwire")),
            Self::NoRight { error, grant } => error.diagnosis().hint(grant),
            Self::ReadOnly => S::ReadOnly
                .error("cannot execute RUN JOB in a read-only transaction")
                .hint("the connection's URL has readOnly=true"),
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
