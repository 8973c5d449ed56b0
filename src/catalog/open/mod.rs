//! Opening the catalog: creates its file, checks that redwire made it, and upgrades it to the
//! version of this program.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::CatalogError;
use super::file::{create_file, is_empty, open_with, path_exists};
use super::sqlite_error::{Attempt, BUSY_TIMEOUT, translate};
use super::stamp::{Stamp, state_of_files};
use super::transaction::while_others_change;
use super::views::{create_moment, create_password_place};
use super::watch::{self, Watch};
use crate::sign::shown_path;
use crate::{access, private_file};

/// The migrations, oldest first; the list only grows. The catalog's `user_version` is the number of
/// migrations applied.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../migration/0001_connections.sql"),
    include_str!("../migration/0002_tables_and_jobs.sql"),
    include_str!("../migration/0003_connection_ids.sql"),
    include_str!("../migration/0004_table_definitions.sql"),
    include_str!("../migration/0005_databases.sql"),
    include_str!("../migration/0006_own_database.sql"),
    include_str!("../migration/0007_runs.sql"),
    include_str!("../migration/0008_run_times.sql"),
    include_str!("../migration/0009_logins.sql"),
    include_str!("../migration/0010_ssh_tunnels.sql"),
    include_str!("../migration/0011_protection.sql"),
    include_str!("../migration/0012_no_protection.sql"),
];

/// The `application_id` that marks an SQLite file as a catalog of redwire: the letters `rdwr`.
const APPLICATION_ID: i64 = 0x7264_7772;

/// The pause between two attempts where SQLite itself does not wait.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// The maximum size of a value or a row: well over the size of any statement, and small enough that
/// a SELECT of one long value cannot take all memory.
const MAX_VALUE_BYTES: i32 = 64 * 1024 * 1024;

/// The looks that pass for each page of a catalog that is upgraded. A page has at most some hundred
/// rows, and a migration takes some hundred steps for each.
const LOOKS_A_PAGE: u64 = 20;

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
    /// The id of this process in the memory store.
    pub(super) process: String,
    /// The identity of the file when it was opened; None in memory.
    stamp: Option<Stamp>,
    /// The suffix of the views that may read the catalog for a SELECT; empty until the first
    /// SELECT.
    pub(super) nonce: String,
    /// The error that every change gives, if the catalog cannot be changed.
    pub(super) refusal: Option<CatalogError>,
    pub(super) watch: Watch,
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
                tracing::info!("there is no catalog {} yet", shown_path(path));
                Ok((Self::in_memory(new_id)?, false))
            }
            Location::Memory => Ok((Self::in_memory(new_id)?, true)),
        }
    }

    /// A copy of the catalog in memory, at the version of this program, for a dry run. A missing
    /// catalog gives an empty copy. A change to the copy fails if the catalog itself cannot be
    /// changed.
    pub fn copy_of(location: &Location, new_id: &str) -> Result<Self, CatalogError> {
        match location {
            Location::Memory => Self::in_memory(new_id),
            Location::File(path) if location.has_catalog() => Self::copy_of_file(path, new_id),
            Location::File(path) => {
                let mut copy = Self::in_memory(new_id)?;
                let refused = access::may_write_with_folders(path).err();
                copy.refusal = refused.map(|error| CatalogError::CannotOpen {
                    path: path.clone(),
                    cause: error.to_string(),
                });
                Ok(copy)
            }
        }
    }

    /// Sets the id of this process in the memory store: only its own passwords there are not
    /// missing.
    pub fn set_process(&mut self, process: &str) -> Result<(), CatalogError> {
        process.clone_into(&mut self.process);
        self.attempt(Attempt::Open, |sqlite| create_password_place(sqlite, process))
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

    /// Lets the flag stop each statement from now on.
    pub fn stop_on(&mut self, cancel: Arc<AtomicBool>) -> Result<(), CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        self.watch.stop_on(&mut self.sqlite, cancel).map_err(translated)
    }

    fn in_memory(new_id: &str) -> Result<Self, CatalogError> {
        let path = PathBuf::from(":memory:");
        let sqlite = Connection::open_in_memory().map_err(translate(&path, Attempt::Open))?;
        Self::prepare(sqlite, path, new_id)
    }

    fn open_file(path: &Path, new_id: &str) -> Result<Self, CatalogError> {
        let opened = open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE, |sqlite| {
            Self::prepare(sqlite, path.to_owned(), new_id)
        });
        let (mut db, is_frozen) = match opened {
            // A catalog of an older version that cannot be written is upgraded in memory.
            Err(refusal @ (CatalogError::ReadOnly(_) | CatalogError::DiskFull(_))) => {
                let mut copy = Self::copy_of_file(path, new_id)?;
                copy.refusal = Some(refusal);
                (copy, true)
            }
            opened => {
                let (mut db, frozen_by) = opened?;
                let is_frozen = frozen_by.is_some();
                db.refusal = frozen_by.filter(|error| matches!(error, CatalogError::DiskFull(_)));
                (db, is_frozen)
            }
        };
        db.stamp = Stamp::read(path, is_frozen);
        let how = if db.is_read_only() {
            "read-only"
        } else {
            "for reading and writing"
        };
        tracing::info!("opened the catalog {} {how}", shown_path(path));
        Ok(db)
    }

    /// Copies the catalog into memory and upgrades the copy. The file is opened read only, and its
    /// log stays as it is, even if this process is the last one to close it. A change to the copy
    /// fails if the file cannot be changed.
    fn copy_of_file(path: &Path, new_id: &str) -> Result<Self, CatalogError> {
        let (sqlite, frozen_by) =
            open_with(path, OpenFlags::SQLITE_OPEN_READ_ONLY, |mut sqlite| {
                sqlite.busy_timeout(BUSY_TIMEOUT).map_err(translate(path, Attempt::Open))?;
                bounded(&mut sqlite, path, |sqlite, _| version_of(sqlite, path))?;
                copy_pages(&sqlite, path)
            })?;
        let mut copy = Self::prepare(sqlite, path.to_owned(), new_id)?;
        let is_read_only = frozen_by.is_some() || access::may_write(path).is_err();
        copy.refusal = is_read_only.then(|| CatalogError::ReadOnly(path.to_owned()));
        tracing::info!("copied the catalog {} to memory", shown_path(path));
        Ok(copy)
    }

    fn prepare(mut sqlite: Connection, path: PathBuf, new_id: &str) -> Result<Self, CatalogError> {
        let (id, watch) = bounded(&mut sqlite, &path, |sqlite, watch| {
            upgrade(sqlite, watch, &path, new_id)?;
            let id = sqlite.query_row("SELECT id FROM main.catalog", [], |row| row.get(0));
            id.map_err(translate(&path, Attempt::Open))
        })?;
        Ok(Self {
            sqlite,
            path,
            id,
            stamp: None,
            nonce: String::new(),
            process: String::new(),
            refusal: None,
            watch,
        })
    }
}

/// Bounds the work of opening, in which a crafted file may hold SQLite for ever.
pub(super) fn bounded<T>(
    sqlite: &mut Connection,
    path: &Path,
    work: impl FnOnce(&mut Connection, &Watch) -> Result<T, CatalogError>,
) -> Result<(T, Watch), CatalogError> {
    let watch = Watch::install(sqlite, watch::OPENING).map_err(translate(path, Attempt::Open))?;
    let result = work(sqlite, &watch);
    let is_over = watch.is_over();
    watch.allow_all();
    match result {
        Err(CatalogError::Interrupted) if is_over => Err(CatalogError::Damaged {
            path: path.to_owned(),
            cause: "opening it does not end".to_owned(),
        }),
        result => Ok((result?, watch)),
    }
}

/// Checks the file, brings it to the version of this program, and sets SQLite up for statements.
fn upgrade(
    sqlite: &mut Connection,
    watch: &Watch,
    path: &Path,
    new_id: &str,
) -> Result<(), CatalogError> {
    let translated = translate(path, Attempt::Open);
    configure(sqlite).map_err(&translated)?;
    let version = version_of(sqlite, path)?;
    if usize::try_from(version).unwrap_or(usize::MAX) < MIGRATIONS.len() {
        let pages: u32 = sqlite
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .map_err(&translated)?;
        watch.allow(watch::OPENING + u64::from(pages) * LOOKS_A_PAGE);
        migrate(sqlite, path, new_id)?;
    }
    sqlite
        .execute_batch(
            "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; \
             PRAGMA trusted_schema = OFF;",
        )
        .map_err(&translated)
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
        APPLICATION_ID if has_only_tables(sqlite).map_err(translate(path, Attempt::Open))? => {
            Ok(version)
        }
        0 if version == 0 && number("SELECT count(*) FROM sqlite_schema")? == 0 => Ok(0),
        _ => Err(CatalogError::NotACatalog(path.to_owned())),
    }
}

/// False if there is a view or a virtual table, which redwire never makes: reading one under the
/// name of a table may never end.
fn has_only_tables(sqlite: &Connection) -> rusqlite::Result<bool> {
    let mut list = sqlite.prepare("PRAGMA main.table_list")?;
    let kinds = list.query_map([], |row| Ok((row.get("schema")?, row.get("type")?)))?;
    let kinds: Vec<(String, String)> = kinds.collect::<rusqlite::Result<_>>()?;
    Ok(kinds.iter().all(|(schema, kind)| schema != "main" || kind == "table"))
}

/// The settings of every handle on a catalog.
fn configure(sqlite: &Connection) -> rusqlite::Result<()> {
    sqlite.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    sqlite.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)?;
    create_password_place(sqlite, "")?;
    create_moment(sqlite)?;
    sqlite.busy_timeout(BUSY_TIMEOUT)
}

/// Applies the missing migrations in one transaction.
fn migrate(sqlite: &Connection, path: &Path, new_id: &str) -> Result<(), CatalogError> {
    let translated = translate(path, Attempt::Change);
    turn_on_log(sqlite).map_err(&translated)?;
    let begin =
        || Transaction::new_unchecked(sqlite, TransactionBehavior::Immediate).map_err(&translated);
    let transaction = while_others_change(begin, || state_of_files(path), || false)?;
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

/// The maximum size of a copy in memory. The number of pages of a catalog is written in the file
/// itself, and a sparse one takes no disk.
const MAX_COPY_BYTES: u64 = 1024 * 1024 * 1024;

/// Copies the pages of an open catalog into memory.
fn copy_pages(sqlite: &Connection, path: &Path) -> Result<Connection, CatalogError> {
    let translated = translate(path, Attempt::Open);
    let number = |pragma| sqlite.query_row(pragma, [], |row| row.get::<_, u32>(0));
    let pages = number("PRAGMA page_count").map_err(&translated)?;
    let page_bytes = number("PRAGMA page_size").map_err(&translated)?;
    if u64::from(pages) * u64::from(page_bytes) > MAX_COPY_BYTES {
        return Err(CatalogError::TooLarge {
            path: path.to_owned(),
            limit: MAX_COPY_BYTES,
        });
    }
    // Closing the catalog must not checkpoint its log.
    sqlite
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .map_err(&translated)?;
    let mut copy = Connection::open_in_memory().map_err(&translated)?;
    let backup = Backup::new(sqlite, &mut copy).map_err(&translated)?;
    let result = backup.step(-1).map_err(&translated)?;
    drop(backup);
    match result {
        StepResult::Done => Ok(copy),
        // SQLite has waited already.
        _ => Err(CatalogError::Busy {
            path: path.to_owned(),
            seconds: BUSY_TIMEOUT.as_secs(),
        }),
    }
}

#[cfg(test)]
mod tests;
