//! Errors of the catalog.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnosis, Diagnostic, ExitStatus, display_message};
use crate::sign::shown_path;
use crate::sqlstate::SqlState as S;

/// An error while the catalog is opened, read or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogError {
    /// The file or its folder cannot be opened or created.
    CannotOpen {
        /// The catalog's file.
        path: PathBuf,
        /// The message of the operating system or of SQLite.
        cause: String,
    },
    /// The file is not an SQLite database.
    NotADatabase(PathBuf),
    /// The SQLite database was not made by redwire.
    NotACatalog(PathBuf),
    /// The database is corrupt.
    Damaged {
        /// The catalog's file.
        path: PathBuf,
        /// SQLite's message.
        cause: String,
    },
    /// A later version of redwire made the catalog.
    TooNew {
        /// The catalog's file.
        path: PathBuf,
        /// The version of the file.
        found: i64,
        /// The latest version that this program knows.
        known: i64,
    },
    /// The catalog is too large for a copy in memory.
    TooLarge {
        /// The catalog's file.
        path: PathBuf,
        /// The number of bytes that a copy may have.
        limit: u64,
    },
    /// The file was removed or replaced while it was open.
    Removed(PathBuf),
    /// The catalog is read only.
    ReadOnly(PathBuf),
    /// Another process held the lock on the catalog for longer than the time limit.
    Busy {
        /// The catalog's file.
        path: PathBuf,
        /// The time limit.
        seconds: u64,
    },
    /// The disk is full.
    DiskFull(PathBuf),
    /// A SELECT refers to something that does not exist, or does something that is not allowed.
    Query {
        /// SQLite's message, or redwire's own where it has a better one.
        message: String,
        /// The byte of the statement at which the error is.
        offset: Option<usize>,
        /// Its SQLSTATE.
        sqlstate: S,
        /// A suggested fix.
        hint: String,
    },
    /// The statement was cancelled.
    Interrupted,
    /// Any other error from SQLite.
    Other {
        /// The catalog's file.
        path: PathBuf,
        /// SQLite's message.
        cause: String,
    },
}

impl Diagnostic for CatalogError {
    fn diagnosis(&self) -> Diagnosis {
        // Errors that make the catalog as a whole unusable.
        let unusable =
            |sqlstate, message| Diagnosis::new(sqlstate, message).exits_with(ExitStatus::Unusable);
        let not_a = |path, other| {
            let message = format!("{} is not {other}", shown_path(path));
            unusable(S::InternalError, message).hint(ANOTHER_FILE)
        };
        match self {
            Self::CannotOpen { path, cause } => {
                unusable(S::IoError, format!("could not open the catalog {}", shown_path(path)))
                    .hint(ANOTHER_FILE)
                    .cause(cause)
            }
            Self::NotADatabase(path) => not_a(path, "an SQLite database"),
            Self::NotACatalog(path) => not_a(path, "a catalog of redwire"),
            Self::Damaged { path, cause } => {
                let path = shown_path(path);
                unusable(S::InternalError, format!("the catalog {path} is damaged"))
                    .hint(format!(
                        "keep a copy of {path} and bring back a backup; \
sqlite3 {path} .recover may save what is left"
                    ))
                    .cause(cause)
            }
            Self::TooNew { path, found, known } => unusable(
                S::NotSupported,
                format!(
                    "the catalog {} is of version {found}, \
this redwire knows versions up to {known}",
                    shown_path(path)
                ),
            )
            .hint("install the redwire that made it, or name another file with --catalog"),
            Self::TooLarge { path, limit } => unusable(
                S::ProgramLimitExceeded,
                format!(
                    "the catalog {} of more than {limit} bytes is too large for a copy in memory",
                    shown_path(path)
                ),
            )
            .hint("VACUUM in sqlite3 frees its unused pages; without --dry-run no copy is needed"),
            Self::Removed(path) => {
                let path = shown_path(path);
                let changed = "was removed or replaced while redwire had it open";
                unusable(S::IoError, format!("the catalog {path} {changed}")).hint(
                    "nothing was changed: look at what is there now, then run the statements again",
                )
            }
            Self::ReadOnly(path) => read_only(path),
            Self::Busy { path, seconds } => S::ObjectInUse
                .error(format!(
                    "the catalog {} is busy: another process has been changing it for {seconds} s",
                    shown_path(path)
                ))
                .hint("run the statement again when the other process is done"),
            Self::DiskFull(path) => S::DiskFull
                .error(format!("the disk of the catalog {} is full", shown_path(path)))
                .hint("make room, then run the statement again: nothing was changed"),
            Self::Query { message, sqlstate, hint, .. } => {
                Diagnosis::new(*sqlstate, message).hint(hint)
            }
            Self::Interrupted => Diagnosis::cancelled(),
            Self::Other { path, cause } => S::InternalError
                .error(format!("the catalog {} failed", shown_path(path)))
                .cause(cause),
        }
    }
}

fn read_only(path: &Path) -> Diagnosis {
    let folder = shown_path(path.parent().unwrap_or(Path::new(".")));
    let path = shown_path(path);
    S::ReadOnly
        .error(format!("the catalog {path} is read-only"))
        .hint(format!("give yourself the right to write {path} and its folder {folder}"))
}

display_message!(CatalogError);

const ANOTHER_FILE: &str =
    "name another file with --catalog, or try redwire --ephemeral, which keeps nothing";
