//! The file of a catalog.
//!
//! Only SQLite opens and closes the catalog's files once it has them open: closing another handle
//! on them would drop SQLite's locks (sqlite.org, "How To Corrupt An SQLite Database File", 2.2).

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::CatalogError;
use super::sqlite_error::{Attempt, translate};
use crate::private_file;
use crate::sign::shown_path;

/// Opens an existing file with the given access, and passes it to `prepare`. The second value is
/// the reason why the file is read as immutable and cannot be written, if it is.
pub(super) fn open_with<T>(
    path: &Path,
    access: OpenFlags,
    prepare: impl Fn(Connection) -> Result<T, CatalogError>,
) -> Result<(T, Option<CatalogError>), CatalogError> {
    refuse_what_is_no_file(path)?;
    let open = |name: &Path, flags| {
        Connection::open_with_flags(name, flags).map_err(translate(path, Attempt::Open))
    };
    // A relative path may look like a URI, or like SQLite's own name for memory.
    let name = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match open(&name, access | OpenFlags::SQLITE_OPEN_NO_MUTEX).and_then(&prepare) {
        Err(first) if may_be_read_as_immutable(path, &first) => {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
                | OpenFlags::SQLITE_OPEN_URI
                | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let Ok(sqlite) = open(Path::new(&immutable_uri(&name)), flags) else {
                return Err(first);
            };
            Ok((prepare(sqlite)?, Some(first)))
        }
        other => Ok((other?, None)),
    }
}

/// In a folder that cannot be written SQLite can create neither its log nor its shared memory. On a
/// full disk it creates both and cannot fill them. Without a log nobody is writing the catalog.
fn may_be_read_as_immutable(path: &Path, error: &CatalogError) -> bool {
    match error {
        CatalogError::CannotOpen { .. } | CatalogError::ReadOnly(_) => {
            !path_exists(&private_file::beside(path, "-wal"))
        }
        CatalogError::DiskFull(_) => !has_log(path),
        CatalogError::NotADatabase(_)
        | CatalogError::NotACatalog(_)
        | CatalogError::Damaged { .. }
        | CatalogError::TooNew { .. }
        | CatalogError::TooLarge { .. }
        | CatalogError::Removed(_)
        | CatalogError::Busy { .. }
        | CatalogError::Query { .. }
        | CatalogError::Interrupted
        | CatalogError::Other { .. } => false,
    }
}

/// True if there is a log that is not empty: a process is writing the catalog, or was killed.
pub(super) fn has_log(path: &Path) -> bool {
    let log = private_file::beside(path, "-wal").symlink_metadata();
    log.is_ok_and(|metadata| metadata.len() > 0)
}

/// SQLite would wait forever for a pipe that nobody writes, and create files beside a device.
fn refuse_what_is_no_file(path: &Path) -> Result<(), CatalogError> {
    match path.metadata() {
        // SQLite takes a file of one byte for an empty one, and would overwrite it.
        Ok(metadata) if metadata.is_file() && metadata.len() == 1 => {
            Err(CatalogError::NotADatabase(path.to_owned()))
        }
        Ok(metadata) if !metadata.is_file() => Err(CatalogError::CannotOpen {
            path: path.to_owned(),
            cause: if metadata.is_dir() {
                "Is a directory"
            } else {
                "not a regular file"
            }
            .to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Creates the file (mode 0600) and its folder (mode 0700).
pub(super) fn create_file(path: &Path) -> Result<(), CatalogError> {
    if path_exists(path) {
        return Ok(());
    }
    let cannot = |error: std::io::Error| CatalogError::CannotOpen {
        path: path.to_owned(),
        cause: error.to_string(),
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        private_file::create_folder(folder).map_err(cannot)?;
    }
    match private_file::options().write(true).create_new(true).open(path) {
        Ok(_) => {
            tracing::info!("made the catalog {}", shown_path(path));
            Ok(())
        }
        // Another process created it first; SQLite opens that one.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(cannot(error)),
    }
}

/// True if the path exists, even if it cannot be read.
pub(super) fn path_exists(path: &Path) -> bool {
    !matches!(path.symlink_metadata(), Err(error) if error.kind() == std::io::ErrorKind::NotFound)
}

/// True if the file exists and is empty: a catalog that is being created, or no catalog.
pub(super) fn is_empty(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0)
}

/// The URI of an immutable file (sqlite.org, "Uniform Resource Identifiers"). The path is absolute.
pub(super) fn immutable_uri(path: &Path) -> String {
    use std::fmt::Write as _;
    let mut uri = String::from(if cfg!(windows) { "file:///" } else { "file://" });
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b':' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                uri.push(char::from(*byte));
            }
            // Writing to a String cannot fail.
            _ => drop(write!(uri, "%{byte:02x}")),
        }
    }
    uri + "?immutable=1"
}
