//! What can go wrong with the catalog's file.

use std::path::{Path, PathBuf};

use crate::sqlstate::SqlState;

/// Why the catalog could not be opened, read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// The file or its folder cannot be opened or created.
    #[error("cannot open the catalog {}", path.display())]
    CannotOpen {
        /// The catalog's file.
        path: PathBuf,
        /// What the operating system or SQLite said.
        cause: String,
    },
    /// The file is something else than an SQLite database.
    #[error("{} is not a catalog: it is no SQLite database", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// An SQLite database that redwire did not make.
    #[error("{} is not a catalog of redwire, but another SQLite database", path.display())]
    NotACatalog {
        /// The file.
        path: PathBuf,
    },
    /// The database is damaged.
    #[error("the catalog {} is damaged", path.display())]
    Damaged {
        /// The catalog's file.
        path: PathBuf,
        /// What SQLite said.
        cause: String,
    },
    /// A later redwire made it.
    #[error("the catalog {} is of version {found}, this redwire knows versions up to {known}", path.display())]
    TooNew {
        /// The catalog's file.
        path: PathBuf,
        /// The version of the file.
        found: i64,
        /// The latest version that this program knows.
        known: i64,
    },
    /// The file is no longer where it was opened.
    #[error("the catalog {} was removed or replaced while redwire had it open", path.display())]
    Removed {
        /// The path at which it was.
        path: PathBuf,
    },
    /// A change to a catalog that cannot be written.
    #[error("the catalog {} is read-only", path.display())]
    ReadOnly {
        /// The catalog's file.
        path: PathBuf,
    },
    /// Another process held the catalog for longer than the limit.
    #[error("the catalog {} is busy: another process has been changing it for {} s", path.display(), seconds)]
    Busy {
        /// The catalog's file.
        path: PathBuf,
        /// How long this process waited.
        seconds: u64,
    },
    /// No room for the change.
    #[error("the disk of the catalog {} is full", path.display())]
    DiskFull {
        /// The catalog's file.
        path: PathBuf,
    },
    /// A SELECT that reads what is not there, or does what is not allowed.
    #[error("{message}")]
    Query {
        /// What SQLite said, in redwire's words where it has better ones.
        message: String,
        /// The bytes of the statement that it is about.
        offset: Option<usize>,
        /// Its SQLSTATE.
        sqlstate: SqlState,
        /// What to type.
        hint: String,
    },
    /// A statement was cancelled.
    #[error("cancelled")]
    Interrupted,
    /// Anything else that SQLite said.
    #[error("the catalog {} failed", path.display())]
    Other {
        /// The catalog's file.
        path: PathBuf,
        /// What SQLite said.
        cause: String,
    },
}

impl CatalogError {
    /// The SQLSTATE of the failure.
    pub fn sqlstate(&self) -> SqlState {
        match self {
            Self::CannotOpen { .. } | Self::Removed { .. } => SqlState::IoError,
            Self::NotADatabase { .. }
            | Self::NotACatalog { .. }
            | Self::Damaged { .. }
            | Self::Other { .. } => SqlState::InternalError,
            Self::TooNew { .. } => SqlState::NotSupported,
            Self::ReadOnly { .. } => SqlState::ReadOnly,
            Self::Busy { .. } => SqlState::ObjectInUse,
            Self::DiskFull { .. } => SqlState::DiskFull,
            Self::Query { sqlstate, .. } => *sqlstate,
            Self::Interrupted => SqlState::QueryCanceled,
        }
    }

    /// True if the catalog as a whole is of no use: nothing that follows can work.
    pub fn is_unusable(&self) -> bool {
        match self {
            Self::CannotOpen { .. }
            | Self::NotADatabase { .. }
            | Self::NotACatalog { .. }
            | Self::Damaged { .. }
            | Self::TooNew { .. }
            | Self::Removed { .. } => true,
            Self::ReadOnly { .. }
            | Self::Busy { .. }
            | Self::DiskFull { .. }
            | Self::Query { .. }
            | Self::Interrupted
            | Self::Other { .. } => false,
        }
    }

    /// What SQLite or the operating system said, where that says more.
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::CannotOpen { cause, .. }
            | Self::Damaged { cause, .. }
            | Self::Other { cause, .. } => Some(cause),
            Self::NotADatabase { .. }
            | Self::NotACatalog { .. }
            | Self::TooNew { .. }
            | Self::Removed { .. }
            | Self::ReadOnly { .. }
            | Self::Busy { .. }
            | Self::DiskFull { .. }
            | Self::Query { .. }
            | Self::Interrupted => None,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::CannotOpen { .. } | Self::NotADatabase { .. } | Self::NotACatalog { .. } => Some(
                "name another file with --catalog, or try redwire --ephemeral, which keeps nothing"
                    .to_owned(),
            ),
            Self::Damaged { path, .. } => Some(format!(
                "keep a copy of {0} and bring back a backup; sqlite3 {0} .recover may save what is left",
                path.display()
            )),
            Self::TooNew { .. } => Some(
                "install the redwire that made it, or name another file with --catalog".to_owned(),
            ),
            Self::Removed { .. } => Some(
                "nothing was changed: look at what is there now, then run the statements again"
                    .to_owned(),
            ),
            Self::ReadOnly { path } => Some(format!(
                "give yourself the right to write {} and its folder {}",
                path.display(),
                path.parent().unwrap_or(Path::new(".")).display()
            )),
            Self::Busy { .. } => {
                Some("run the statement again when the other process is done".to_owned())
            }
            Self::DiskFull { .. } => {
                Some("make room, then run the statement again: nothing was changed".to_owned())
            }
            Self::Query { hint, .. } => Some(hint.clone()),
            Self::Interrupted | Self::Other { .. } => None,
        }
    }
}
