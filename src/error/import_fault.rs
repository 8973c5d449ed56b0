//! What keeps IMPORT TABLES from reading a warehouse, beside the session.

use crate::name::{ConnectionName, Name};
use crate::sqlstate::SqlState;

/// Why the tables of a warehouse cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportFault {
    /// The warehouse has no schema of that name.
    #[error("the warehouse of connection {connection} has no schema {schema}")]
    NoSuchSchema {
        /// The connection that leads to the warehouse.
        connection: ConnectionName,
        /// The schema.
        schema: Name,
        /// The schema that was probably meant, as SQL.
        nearest: Option<String>,
    },
    /// The warehouse has more tables than can be read at once.
    #[error("the warehouse of connection {connection} has too many tables to be read at once")]
    TooManyTables {
        /// The connection that leads to it.
        connection: ConnectionName,
    },
}

impl ImportFault {
    /// The SQLSTATE of the failure.
    pub fn sqlstate(&self) -> SqlState {
        match self {
            Self::NoSuchSchema { .. } => SqlState::UndefinedSchema,
            Self::TooManyTables { .. } => SqlState::ProgramLimitExceeded,
        }
    }

    /// What to type.
    pub fn hint(&self) -> String {
        match self {
            Self::NoSuchSchema { nearest: Some(nearest), .. } => format!("did you mean {nearest}?"),
            Self::NoSuchSchema { connection, .. } => {
                format!("redwire connect {connection} -c '\\dn' lists the schemas")
            }
            Self::TooManyTables { connection } => {
                format!("import them in parts: IMPORT TABLES FROM {connection}.schema LIKE 'a%'")
            }
        }
    }
}
