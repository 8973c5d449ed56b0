//! The exit status that follows from a failure.

use super::{ExitStatus, Failure};
use crate::catalog::CatalogError;
use crate::secret::SecretError;
use crate::sqlstate::SqlState;
use crate::warehouse::{Stage, WarehouseError};

/// Class 28 of the SQLSTATEs: the server does not take the user or the password. A wrong password
/// is 28P01 from PostgreSQL, and 28000 from Redshift (issue aws/amazon-redshift-python-driver 237).
const CLASS_OF_USERS: &str = "28";

impl Failure {
    /// The exit status of a program that ends with this failure.
    pub fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Catalog(error) if error.is_unusable() => ExitStatus::Unusable,
            Self::File { .. } => ExitStatus::Unusable,
            Self::NoAuthorities { .. } => ExitStatus::NotStarted,
            Self::ProgramNotFound { .. } => ExitStatus::ProgramNotFound,
            Self::ProgramUnusable { .. } => ExitStatus::ProgramUnusable,
            Self::Warehouse(_) | Self::Slot(_) => self.exit_status_of_session(),
            Self::ConnectionNotOpened { failure, .. } => failure.exit_status(),
            Self::Cancelled
            | Self::Catalog(CatalogError::Interrupted)
            | Self::Secret(SecretError::Interrupted) => ExitStatus::Interrupted,
            Self::Sql(_)
            | Self::Url(_)
            | Self::Catalog(_)
            | Self::Secret(_)
            | Self::NoStoredPassword { .. }
            | Self::Exists { .. }
            | Self::NewNameExists { .. }
            | Self::Missing { .. }
            | Self::Import(_)
            | Self::NotOnWarehouse { .. }
            | Self::InUse { .. }
            | Self::JobWouldChange { .. }
            | Self::WouldBePruned { .. }
            | Self::DescribedTwice { .. }
            | Self::NotADefinition
            | Self::FileExists { .. }
            | Self::PasswordVariable { .. }
            | Self::PasswordFile { .. }
            | Self::NoTerminal { .. }
            | Self::PasswordMissing
            | Self::PasswordUnusable { .. }
            | Self::TransactionOpen
            | Self::NoTransaction
            | Self::TransactionFailed
            | Self::EndInTransaction
            | Self::InSingleTransaction
            | Self::Expected { .. }
            | Self::NothingToExpect { .. }
            | Self::ScriptUndone
            | Self::Fault { .. }
            | Self::Command { .. } => ExitStatus::Failed,
        }
    }

    /// Class 08 and 53300 are worth another try, and so is whatever else keeps a session from being
    /// opened, but for a user or a password that the server does not take. What a session that goes
    /// on refuses is the statement's fault.
    fn exit_status_of_session(&self) -> ExitStatus {
        match self {
            Self::Warehouse(WarehouseError::Cancelled { .. }) => return ExitStatus::Interrupted,
            Self::Warehouse(WarehouseError::Server { stage: Stage::Query, message }) => {
                return if message.ends_session() {
                    ExitStatus::NoConnection
                } else {
                    ExitStatus::Failed
                };
            }
            Self::Warehouse(error) if error.stage() != Stage::Query => {
                let is_user = error.sqlstate().starts_with(CLASS_OF_USERS);
                return if is_user {
                    ExitStatus::Failed
                } else {
                    ExitStatus::NoConnection
                };
            }
            _ => {}
        }
        let state = self.sqlstate();
        if state.class() == "08" || state == SqlState::TooManyConnections {
            ExitStatus::NoConnection
        } else if state == SqlState::QueryCanceled {
            ExitStatus::Interrupted
        } else {
            ExitStatus::Failed
        }
    }
}
