//! Opening the catalog: creates its file, checks that redwire made it, and upgrades it to the
//! version of this program.
//!
//! Only SQLite opens and closes the catalog's files once it has them open: closing another handle
//! on them would drop SQLite's locks (sqlite.org, "How To Corrupt An SQLite Database File", 2.2).

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::CatalogError;
use super::pages::copy_pages;
use super::sqlite_error::{Attempt, BUSY_TIMEOUT, translate};
use super::stamp::Stamp;
use crate::private_file;
use crate::sign::shown_path;

/// The migrations, oldest first; the list only grows. The catalog's `user_version` is the number of
/// migrations applied.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../migration/0001_connections.sql"),
    include_str!("../migration/0002_tables_and_jobs.sql"),
    include_str!("../migration/0003_connection_ids.sql"),
    include_str!("../migration/0004_table_definitions.sql"),
];

/// The `application_id` that marks an SQLite file as a catalog of redwire: the letters `rdwr`.
const APPLICATION_ID: i64 = 0x7264_7772;

/// The pause between two attempts where SQLite itself does not wait.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// The maximum size of a value or a row: well over the size of any statement, and small enough that
/// a SELECT of one long value cannot take all memory.
const MAX_VALUE_BYTES: i32 = 64 * 1024 * 1024;

/// The number of prepared statements that are kept.
const STATEMENT_CACHE: usize = 64;

/// The place of a catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file, created by the first change.
    File(PathBuf),
    /// The memory of this process.
    Memory,
}

impl Location {
    /// The path of another file that belongs to the catalog: the catalog's path with a suffix. A
    /// symbolic link is followed, so that all names of a catalog share the file. None in memory.
    pub fn beside(&self, suffix: &str) -> Option<PathBuf> {
        match self {
            Self::File(path) if path.is_symlink() => {
                let real = path.canonicalize();
                Some(private_file::beside(real.as_ref().unwrap_or(path), suffix))
            }
            Self::File(path) => Some(private_file::beside(path, suffix)),
            Self::Memory => None,
        }
    }

    /// True if there is a catalog to open. An empty file is not a catalog yet, and reading creates
    /// none.
    pub fn has_catalog(&self) -> bool {
        match self {
            Self::File(path) => path_exists(path) && !is_empty(path),
            Self::Memory => true,
        }
    }
}

/// An open catalog.
#[derive(Debug)]
pub struct Db {
    pub(super) sqlite: Connection,
    pub(super) path: PathBuf,
    id: String,
    /// The identity of the file when it was opened; None in memory.
    stamp: Option<Stamp>,
    /// The suffix of the views that may read the catalog for a SELECT; empty until the first
    /// SELECT.
    pub(super) nonce: String,
    /// The secret store in use.
    pub(super) kind: String,
    /// The id of this process in the memory store.
    pub(super) process: String,
    /// The error that every change gives, if this is a copy of a catalog that cannot be changed.
    pub(super) refusal: Option<CatalogError>,
}

impl Db {
    /// Opens a catalog for changes, and creates it if it does not exist. `new_id` is the id of a
    /// new catalog.
    pub fn open_or_create(location: &Location, new_id: &str) -> Result<Self, CatalogError> {
        match location {
            Location::Memory => Self::in_memory(new_id),
            Location::File(path) => {
                create_file(path)?;
                Self::open_file(path, new_id)
            }
        }
    }

    /// Opens a catalog for reading. If it does not exist or is just being created, returns an empty
    /// one in memory; no file is created.
    pub fn open_to_read(location: &Location, new_id: &str) -> Result<(Self, bool), CatalogError> {
        match location {
            Location::File(path) if location.has_catalog() => {
                Ok((Self::open_file(path, new_id)?, true))
            }
            Location::File(path) => {
                tracing::debug!("there is no catalog {} yet", shown_path(path));
                Ok((Self::in_memory(new_id)?, false))
            }
            Location::Memory => Ok((Self::in_memory(new_id)?, true)),
        }
    }

    /// Sets the secret store in use and the id of this process in the memory store: rows whose
    /// secrets lie elsewhere say `missing`. Must be called before the first query.
    pub fn set_store_in_use(&mut self, kind: &str, process: &str) {
        kind.clone_into(&mut self.kind);
        process.clone_into(&mut self.process);
    }

    /// The id of the catalog, under which its secrets are kept. It never changes.
    pub fn catalog_id(&self) -> &str {
        &self.id
    }

    /// True if the catalog cannot be written.
    pub fn is_read_only(&self) -> bool {
        self.refusal.is_some() || self.sqlite.is_readonly("main").unwrap_or(true)
    }

    /// True unless the file was removed or replaced since it was opened.
    pub fn is_current(&self) -> bool {
        self.stamp.as_ref().is_none_or(|stamp| stamp.fits(&self.path))
    }

    pub(super) fn in_memory(new_id: &str) -> Result<Self, CatalogError> {
        let path = PathBuf::from(":memory:");
        let sqlite = Connection::open_in_memory().map_err(translate(&path, Attempt::Open))?;
        Self::prepare(sqlite, path, new_id)
    }

    fn open_file(path: &Path, new_id: &str) -> Result<Self, CatalogError> {
        let (mut db, is_frozen) = open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE, |sqlite| {
            Self::prepare(sqlite, path.to_owned(), new_id)
        })?;
        db.stamp = Stamp::read(path, is_frozen || db.refusal.is_some());
        let how = if db.is_read_only() {
            "read-only"
        } else {
            "for reading and writing"
        };
        tracing::debug!("opened the catalog {} {how}", shown_path(path));
        Ok(db)
    }

    pub(super) fn prepare(
        mut sqlite: Connection,
        path: PathBuf,
        new_id: &str,
    ) -> Result<Self, CatalogError> {
        let translated = translate(&path, Attempt::Open);
        configure(&sqlite).map_err(&translated)?;
        let version = version_of(&mut sqlite, &path)?;
        let mut refusal = None;
        if usize::try_from(version).unwrap_or(usize::MAX) < MIGRATIONS.len() {
            (sqlite, refusal) = upgraded(sqlite, &path, new_id)?;
        }
        sqlite
            .execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;")
            .map_err(&translated)?;
        let id = sqlite
            .query_row("SELECT id FROM main.catalog", [], |row| row.get(0))
            .map_err(&translated)?;
        Ok(Self {
            sqlite,
            path,
            id,
            stamp: None,
            nonce: String::new(),
            kind: String::new(),
            process: String::new(),
            refusal,
        })
    }
}

/// Opens an existing file with the given access, and passes it to `prepare`; the second value is
/// true if the file is read as immutable and cannot be written.
pub(super) fn open_with<T>(
    path: &Path,
    access: OpenFlags,
    prepare: impl Fn(Connection) -> Result<T, CatalogError>,
) -> Result<(T, bool), CatalogError> {
    refuse_what_is_no_file(path)?;
    let open = |name: &Path, flags| {
        Connection::open_with_flags(name, flags).map_err(translate(path, Attempt::Open))
    };
    // A relative path may look like a URI, or like SQLite's own name for memory.
    let name = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match open(&name, access | OpenFlags::SQLITE_OPEN_NO_MUTEX).and_then(&prepare) {
        // In a folder that cannot be written SQLite can create neither its log nor its shared
        // memory. Without a log nobody is writing the catalog, so it can be read as immutable.
        Err(first @ (CatalogError::CannotOpen { .. } | CatalogError::ReadOnly(_)))
            if !path_exists(&private_file::beside(path, "-wal")) =>
        {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
                | OpenFlags::SQLITE_OPEN_URI
                | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let sqlite = open(Path::new(&immutable_uri(&name)), flags).map_err(|_| first)?;
            Ok((prepare(sqlite)?, true))
        }
        other => Ok((other?, false)),
    }
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

/// The version of the file. A file that is refused stays unchanged: closing it does not checkpoint
/// its log.
pub(super) fn version_of(sqlite: &mut Connection, path: &Path) -> Result<i64, CatalogError> {
    let translated = translate(path, Attempt::Open);
    let keep_log = |sqlite: &Connection, keep| {
        sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep)
    };
    keep_log(sqlite, path_exists(&private_file::beside(path, "-wal"))).map_err(&translated)?;
    // One transaction, so that everything is read in one snapshot: another process may be creating
    // the catalog.
    let transaction = sqlite.transaction().map_err(&translated)?;
    let version = check_file(&transaction, path)?;
    transaction.finish().map_err(&translated)?;
    keep_log(sqlite, false).map_err(&translated)?;
    Ok(version)
}

/// The version of the file, after checking that it is a catalog or empty.
fn check_file(sqlite: &Connection, path: &Path) -> Result<i64, CatalogError> {
    let number = |pragma: &str| {
        sqlite
            .query_row(pragma, [], |row| row.get::<_, i64>(0))
            .map_err(translate(path, Attempt::Open))
    };
    let (application, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    match application {
        APPLICATION_ID if version > known => Err(CatalogError::TooNew {
            path: path.to_owned(),
            found: version,
            known,
        }),
        APPLICATION_ID => Ok(version),
        0 if version == 0 && number("SELECT count(*) FROM sqlite_schema")? == 0 => Ok(0),
        _ => Err(CatalogError::NotACatalog(path.to_owned())),
    }
}

/// The settings of every handle on a catalog.
fn configure(sqlite: &Connection) -> rusqlite::Result<()> {
    sqlite.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    sqlite.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)?;
    sqlite.busy_timeout(BUSY_TIMEOUT)
}

/// The catalog at the version of this program. A catalog that cannot be written is copied into
/// memory and upgraded there; the second value is the error that a change gives then.
fn upgraded(
    mut sqlite: Connection,
    path: &Path,
    new_id: &str,
) -> Result<(Connection, Option<CatalogError>), CatalogError> {
    match migrate(&mut sqlite, path, new_id) {
        Ok(()) => Ok((sqlite, None)),
        Err(refusal @ CatalogError::ReadOnly(_)) => {
            let mut copy = copy_pages(&sqlite, path)?;
            configure(&copy).map_err(translate(path, Attempt::Open))?;
            migrate(&mut copy, path, new_id)?;
            tracing::debug!(
                "read a copy of {}, which is of an older version and read-only",
                shown_path(path)
            );
            Ok((copy, Some(refusal)))
        }
        Err(error) => Err(error),
    }
}

/// Applies the missing migrations in one transaction.
fn migrate(sqlite: &mut Connection, path: &Path, new_id: &str) -> Result<(), CatalogError> {
    let translated = translate(path, Attempt::Change);
    turn_on_log(sqlite).map_err(&translated)?;
    let transaction = sqlite
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(&translated)?;
    // Another process may have applied them in the meantime.
    let version = usize::try_from(check_file(&transaction, path)?).unwrap_or(usize::MAX);
    for migration in MIGRATIONS.iter().skip(version) {
        transaction.execute_batch(migration).map_err(&translated)?;
    }
    if version == 0 {
        transaction
            .execute("INSERT INTO catalog (only_row, id) VALUES (1, ?1)", [new_id])
            .map_err(&translated)?;
    }
    transaction
        .execute_batch(&format!(
            "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {};",
            MIGRATIONS.len()
        ))
        .and_then(|()| transaction.commit())
        .map_err(&translated)
}

/// Turns the write-ahead log on. If another process does the same, SQLite does not wait by itself.
fn turn_on_log(sqlite: &Connection) -> rusqlite::Result<()> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        match sqlite.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())) {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && Instant::now() < deadline =>
            {
                std::thread::sleep(BUSY_PAUSE);
            }
            result => return result,
        }
    }
}

/// Creates the file (mode 0600) and its folder (mode 0700).
fn create_file(path: &Path) -> Result<(), CatalogError> {
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
            tracing::debug!("made the catalog {}", shown_path(path));
            Ok(())
        }
        // Another process created it first; SQLite opens that one.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(cannot(error)),
    }
}

/// True if the path exists, even if it cannot be read.
fn path_exists(path: &Path) -> bool {
    !matches!(path.symlink_metadata(), Err(error) if error.kind() == std::io::ErrorKind::NotFound)
}

/// True if the file exists and is empty: a catalog that is being created, or no catalog.
fn is_empty(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0)
}

/// The URI of an immutable file (sqlite.org, "Uniform Resource Identifiers"). The path is absolute.
fn immutable_uri(path: &Path) -> String {
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

#[cfg(test)]
mod tests;
