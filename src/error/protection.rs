//! Statements that the protection of a connection holds back.

use crate::diagnostic::{Diagnosis, Diagnostic, display_message};
use crate::name::ConnectionName;
use crate::sqlstate::SqlState;

/// A statement that is not sent to its warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProtectionError {
    /// The session only reads.
    ReadOnly {
        /// The command tag of the statement.
        tag: String,
        /// The reason for that.
        reason: String,
    },
    /// Nobody can be asked to confirm the statement.
    NotConfirmed {
        /// The statement in words.
        statement: String,
        /// The connection.
        connection: ConnectionName,
    },
    /// The user did not confirm the statement.
    Declined,
}

impl Diagnostic for ProtectionError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::ReadOnly { tag, reason } => SqlState::ReadOnly
                .error(format!("cannot execute {tag} in a read-only transaction"))
                .hint(reason),
            Self::NotConfirmed { statement, connection } => SqlState::NotInPrerequisiteState
                .error(format!(
                    "{statement} must be confirmed on connection {}",
                    connection.quoted()
                ))
                .hint("--yes confirms every statement of the script"),
            Self::Declined => {
                SqlState::QueryCanceled.error("the statement was not confirmed, so it was not sent")
            }
        }
    }
}

display_message!(ProtectionError);
