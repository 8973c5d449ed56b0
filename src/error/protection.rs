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
        /// The connection if its PROTECTION makes it so.
        connection: Option<ConnectionName>,
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

/// The reason why a session only reads: the PROTECTION of its connection, or else an option.
pub fn read_only_reason(connection: Option<&ConnectionName>) -> String {
    match connection {
        Some(name) => format!("{} has PROTECTION = READ_ONLY", name.shown()),
        None => "--read-only or readOnly=true in the URL makes it so".to_owned(),
    }
}

impl Diagnostic for ProtectionError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::ReadOnly { tag, connection } => SqlState::ReadOnly
                .error(format!("cannot execute {tag} in a read-only transaction"))
                .hint(read_only_reason(connection.as_ref())),
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
