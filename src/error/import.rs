//! Errors of IMPORT and of `\d`, beside those of the session.

use std::fmt;
use std::path::Path;

use crate::definition::ForeignTool;
use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::name::{ConnectionName, Name};
use crate::sign::shown;
use crate::sqlstate::SqlState as S;

/// An error that prevents an import, or the description of a warehouse's tables.
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
    /// The warehouse has more tables than can be read at once.
    TooManyTables {
        /// The connection to the warehouse.
        connection: ConnectionName,
    },
    /// The file of another tool cannot be read.
    ForeignFile {
        tool: ForeignTool,
        path: String,
        /// A predicate: `is empty`.
        problem: String,
    },
    /// A `.pgpass` that other users can read.
    OpenPasswordFile { path: String },
    /// There is no file of another tool, and the statement names none.
    NoForeignFile {
        tool: ForeignTool,
        /// The places at which it was looked for.
        paths: Vec<String>,
    },
}

impl ImportError {
    /// The file of another tool has this problem.
    pub fn foreign_file(tool: ForeignTool, path: &Path, problem: impl fmt::Display) -> Self {
        Self::ForeignFile {
            tool,
            path: path.display().to_string(),
            problem: problem.to_string(),
        }
    }
}

fn naming_file(tool: ForeignTool) -> String {
    format!("IMPORT CONNECTIONS FROM {} 'file'", tool.keyword())
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
            Self::TooManyTables { connection } => S::ProgramLimitExceeded
                .error(format!(
                    "connection {} has too many tables to read at once",
                    connection.quoted()
                ))
                .hint(format!(
                    "import them in parts: IMPORT TABLES FROM {}.schema LIKE 'a%'",
                    connection.shown()
                )),
            Self::ForeignFile { tool, path, problem } => S::IoError
                .error(format!("file \"{}\" {problem}", shown(path)))
                .hint(format!("name another file: {}", naming_file(*tool))),
            Self::OpenPasswordFile { path } => S::IoError
                .error(format!(
                    "password file \"{}\" has group or world access; permissions should be u=rw \
                     (0600) or less",
                    shown(path)
                ))
                .hint(format!("chmod 600 {} closes it; libpq ignores it as it is", shown(path))),
            Self::NoForeignFile { tool, paths } => {
                let paths: Vec<&str> = paths.iter().map(|path| shown(path)).collect();
                let places = match paths.as_slice() {
                    [] => String::new(),
                    paths => format!("it was looked for at {}; ", paths.join(" and ")),
                };
                S::IoError
                    .error(format!("no file of {} found", tool.keyword()))
                    .hint(format!("{places}name it: {}", naming_file(*tool)))
            }
        }
    }
}
