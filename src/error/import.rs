//! Errors of IMPORT TABLES and of `\d`, beside those of the session.

use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::name::{ConnectionName, Name};
use crate::sqlstate::SqlState as S;

/// An error that prevents the description of a warehouse's tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportError {
    /// The warehouse has no schema with this name.
    NoSuchSchema {
        /// The connection to the warehouse.
        connection: ConnectionName,
        schema: Name,
        /// A similar schema, as SQL.
        nearest: Option<String>,
    },
    /// The warehouse has no table or view with this name.
    NoSuchTable {
        /// The name, as SQL.
        table: String,
    },
    /// The warehouse has more tables than can be read at once.
    TooManyTables {
        /// The connection to the warehouse.
        connection: ConnectionName,
    },
}

impl Diagnostic for ImportError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::NoSuchSchema { connection, schema, nearest } => S::UndefinedSchema
                .error(format!("schema {} does not exist", schema.quoted()))
                .did_you_mean(
                    nearest.as_deref(),
                    format!("redwire connect {} -c '\\dn' lists the schemas", connection.shown()),
                ),
            Self::NoSuchTable { table } => S::UndefinedTable
                .error(format!("relation \"{table}\" does not exist"))
                .hint("\\dt lists the tables and views"),
            Self::TooManyTables { connection } => S::ProgramLimitExceeded
                .error(format!(
                    "connection {} has too many tables to read at once",
                    connection.quoted()
                ))
                .hint(format!(
                    "import them in parts: IMPORT TABLES FROM {}.schema LIKE 'a%'",
                    connection.shown()
                )),
        }
    }
}
