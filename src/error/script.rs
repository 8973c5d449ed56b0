//! Errors of transactions and of scripts as a whole.

use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::sqlstate::{AnySqlState, SqlState as S};

/// A statement that is not allowed in this state of the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionError {
    /// BEGIN inside a transaction.
    Open,
    /// COMMIT or ROLLBACK outside one.
    NotOpen,
    /// A statement that cannot stand in a transaction.
    NotInTransaction {
        /// Its first words.
        statement: &'static str,
    },
    /// A statement after an error inside a transaction.
    Failed,
    /// BEGIN, COMMIT or ROLLBACK in a script that runs with `--single-transaction`.
    InSingleTransaction,
    /// Another statement has committed the transaction, as TRUNCATE does on Redshift.
    EndedBy {
        /// The first word of the statement.
        word: String,
    },
}

/// The words of PostgreSQL.
const ABORTED: &str =
    "current transaction is aborted, commands ignored until end of transaction block";

impl Diagnostic for TransactionError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Open => S::ActiveTransaction
                .error("there is already a transaction in progress")
                .hint("COMMIT or ROLLBACK ends it"),
            Self::NotOpen => S::NoActiveTransaction
                .error("there is no transaction in progress")
                .hint("BEGIN opens one"),
            Self::NotInTransaction { statement } => S::ActiveTransaction
                .error(format!("{statement} cannot run inside a transaction block"))
                .hint("COMMIT or ROLLBACK ends it"),
            Self::Failed => S::FailedTransaction.error(ABORTED).hint("ROLLBACK ends it"),
            Self::InSingleTransaction => S::ActiveTransaction
                .error("BEGIN, COMMIT and ROLLBACK are not allowed with --single-transaction")
                .hint("leave the option or the statement out"),
            Self::EndedBy { word } => S::NoActiveTransaction
                .error(format!("{word} committed the transaction; the statements before it stay"))
                .hint("run what follows in a transaction of its own"),
        }
    }
}

/// An error of a script as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptError {
    /// The script ended inside a transaction, which was rolled back.
    EndInTransaction,
    /// A statement succeeded, or failed with another SQLSTATE than `\expect` named.
    Expected {
        /// The expected SQLSTATE.
        expected: AnySqlState,
        /// The SQLSTATE of the error; None if the statement succeeded.
        happened: Option<AnySqlState>,
    },
    /// No statement follows `\expect`.
    NothingToExpect {
        /// The expected SQLSTATE.
        expected: AnySqlState,
    },
    /// An error that `\expect` allowed has rolled back a script with `--single-transaction`.
    Undone,
}

impl Diagnostic for ScriptError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::EndInTransaction => S::NoActiveTransaction
                .error("the script ended in a transaction, which was rolled back")
                .hint("end the script with COMMIT"),
            Self::Expected { expected, happened } => {
                let happened = match happened {
                    Some(state) => format!("failed with {state}"),
                    None => "succeeded".to_owned(),
                };
                S::UnexpectedOutcome
                    .error(format!("expected the failure {expected}, but the statement {happened}"))
            }
            Self::NothingToExpect { expected } => S::UnexpectedOutcome
                .error(format!("expected the failure {expected}, but no statement followed"))
                .hint("write \\expect before the statement that is to fail"),
            Self::Undone => S::FailedTransaction
                .error("a statement failed, so the whole script was rolled back")
                .hint("leave --single-transaction out where a script has \\expect in it"),
        }
    }
}
