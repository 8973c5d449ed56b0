//! What can go wrong with the catalog's file.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnosis, Diagnostic, ExitStatus, display_message};
use crate::sqlstate::SqlState as S;

/// Why the catalog could not be opened, read or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogError {
    /// The file or its folder cannot be opened or created.
    CannotOpen {
        /// The catalog's file.
        path: PathBuf,
        /// What the operating system or SQLite said.
        cause: String,
    },
    /// The file is something else than an SQLite database.
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// An SQLite database that redwire did not make.
    NotACatalog {
        /// The file.
        path: PathBuf,
    },
    /// The database is damaged.
    Damaged {
        /// The catalog's file.
        path: PathBuf,
        /// What SQLite said.
        cause: String,
    },
    /// A later redwire made it.
    TooNew {
        /// The catalog's file.
        path: PathBuf,
        /// The version of the file.
        found: i64,
        /// The latest version that this program knows.
        known: i64,
    },
    /// The file is no longer where it was opened.
    Removed {
        /// The path at which it was.
        path: PathBuf,
    },
    /// A change to a catalog that cannot be written.
    ReadOnly {
        /// The catalog's file.
        path: PathBuf,
    },
    /// Another process held the catalog for longer than the limit.
    Busy {
        /// The catalog's file.
        path: PathBuf,
        /// How long this process waited.
        seconds: u64,
    },
    /// No room for the change.
    DiskFull {
        /// The catalog's file.
        path: PathBuf,
    },
    /// A SELECT that reads what is not there, or does what is not allowed.
    Query {
        /// What SQLite said, in redwire's words where it has better ones.
        message: String,
        /// The bytes of the statement that it is about.
        offset: Option<usize>,
        /// Its SQLSTATE.
        sqlstate: S,
        /// What to type.
        hint: String,
    },
    /// A statement was cancelled.
    Interrupted,
    /// Anything else that SQLite said.
    Other {
        /// The catalog's file.
        path: PathBuf,
        /// What SQLite said.
        cause: String,
    },
}

impl Diagnostic for CatalogError {
    fn diagnosis(&self) -> Diagnosis {
        // A catalog that is of no use as a whole.
        let unusable =
            |sqlstate, message| Diagnosis::new(sqlstate, message).exits_with(ExitStatus::Unusable);
        match self {
            Self::CannotOpen { path, cause } => {
                unusable(S::IoError, format!("could not open the catalog {}", path.display()))
                    .hint(ANOTHER_FILE)
                    .cause(cause)
            }
            Self::NotADatabase { path } => unusable(
                S::InternalError,
                format!("{} is not an SQLite database", path.display()),
            )
            .hint(ANOTHER_FILE),
            Self::NotACatalog { path } => unusable(
                S::InternalError,
                format!("{} is not a catalog of redwire", path.display()),
            )
            .hint(ANOTHER_FILE),
            Self::Damaged { path, cause } => {
                let path = path.display();
                unusable(S::InternalError, format!("the catalog {path} is damaged"))
                    .hint(format!(
                        "keep a copy of {path} and bring back a backup; sqlite3 {path} .recover may \
                         save what is left"
                    ))
                    .cause(cause)
            }
            Self::TooNew { path, found, known } => unusable(
                S::NotSupported,
                format!(
                    "the catalog {} is of version {found}, this redwire knows versions up to {known}",
                    path.display()
                ),
            )
            .hint("install the redwire that made it, or name another file with --catalog"),
            Self::Removed { path } => unusable(
                S::IoError,
                format!(
                    "the catalog {} was removed or replaced while redwire had it open",
                    path.display()
                ),
            )
            .hint("nothing was changed: look at what is there now, then run the statements again"),
            Self::ReadOnly { path } => {
                let folder = path.parent().unwrap_or(Path::new(".")).display();
                let path = path.display();
                S::ReadOnly.error(format!("the catalog {path} is read-only"))
                    .hint(format!("give yourself the right to write {path} and its folder {folder}"))
            }
            Self::Busy { path, seconds } => S::ObjectInUse.error(format!(
                    "the catalog {} is busy: another process has been changing it for {seconds} s",
                    path.display()
                ),
            )
            .hint("run the statement again when the other process is done"),
            Self::DiskFull { path } => {
                S::DiskFull.error(format!("the disk of the catalog {} is full", path.display()))
                    .hint("make room, then run the statement again: nothing was changed")
            }
            Self::Query { message, sqlstate, hint, .. } => {
                Diagnosis::new(*sqlstate, message).hint(hint)
            }
            Self::Interrupted => Diagnosis::cancelled(),
            Self::Other { path, cause } => {
                S::InternalError.error(format!("the catalog {} failed", path.display()))
                    .cause(cause)
            }
        }
    }
}

display_message!(CatalogError);

const ANOTHER_FILE: &str =
    "name another file with --catalog, or try redwire --ephemeral, which keeps nothing";
