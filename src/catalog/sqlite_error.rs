//! Conversion of SQLite's errors into errors of the catalog.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Error, ErrorCode, ffi};

use super::CatalogError;

/// The longest wait for another process that is changing the catalog.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The operation that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    Open,
    Change,
}

/// Converts SQLite's errors into errors of the catalog at this path.
pub(super) fn translate(path: &Path, attempt: Attempt) -> impl Fn(Error) -> CatalogError + use<> {
    let path = path.to_owned();
    move |error| {
        let cause = cause_of(&error);
        let Some(code) = error.sqlite_error().copied() else {
            return CatalogError::Other { path: path.clone(), cause };
        };
        let path = path.clone();
        match code.code {
            ErrorCode::NotADatabase => CatalogError::NotADatabase(path),
            ErrorCode::DatabaseCorrupt => CatalogError::Damaged { path, cause },
            ErrorCode::ReadOnly => CatalogError::ReadOnly(path),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                CatalogError::Busy { path, seconds: BUSY_TIMEOUT.as_secs() }
            }
            ErrorCode::DiskFull => CatalogError::DiskFull(path),
            ErrorCode::OperationInterrupted => CatalogError::Interrupted,
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied if attempt == Attempt::Open => {
                CatalogError::CannotOpen { path, cause }
            }
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied => CatalogError::ReadOnly(path),
            ErrorCode::SystemIoFailure => io_failure(path, code.extended_code, cause, attempt),
            _ => CatalogError::Other { path, cause },
        }
    }
}

/// SQLite grows its log and its shared memory by ordinary writes; if those fail, the disk is full.
fn io_failure(
    path: std::path::PathBuf,
    extended_code: i32,
    cause: String,
    attempt: Attempt,
) -> CatalogError {
    match extended_code {
        ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_SHMSIZE => CatalogError::DiskFull(path),
        ffi::SQLITE_IOERR_SHORT_READ => CatalogError::Damaged { path, cause },
        // A folder or a device: the file as a whole is unusable.
        _ if attempt == Attempt::Open => CatalogError::CannotOpen { path, cause },
        _ => CatalogError::Other { path, cause },
    }
}

/// SQLite's message, without the text of the statement.
pub(super) fn cause_of(error: &Error) -> String {
    match error {
        Error::SqliteFailure(_, Some(message)) => message.clone(),
        Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}
