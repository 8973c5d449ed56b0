//! Opening the catalog: creating its file, checking whose it is, bringing it to the version of this program.
//!
//! Nothing here opens or closes the catalog's files but SQLite, once it has them: closing another handle on them
//! would drop SQLite's locks (sqlite.org, "How To Corrupt An SQLite Database File", 2.2).

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::CatalogError;
use super::failure::{Attempt, translate};

/// The migrations, oldest first; the list only grows. The number of those done is the catalog's `user_version`.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("migration/0001_connections.sql")];

/// Marks an SQLite file as a catalog of redwire (`application_id`): the letters `rdwr`.
const APPLICATION_ID: i64 = 0x7264_7772;

/// How long a statement waits for another process that is changing the catalog.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many prepared statements are kept.
const STATEMENT_CACHE: usize = 32;

/// Where a catalog is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file, made when something is first written.
    File(PathBuf),
    /// This process's memory.
    Memory,
}

/// A catalog that is open: the handle on SQLite.
#[derive(Debug)]
pub struct Db {
    pub(super) sqlite: Connection,
    pub(super) path: PathBuf,
    id: String,
    /// The secret store in use.
    pub(super) kind: String,
    /// What the memory store calls this process.
    pub(super) process: String,
}

impl Db {
    /// Opens a catalog to change it; makes it where there is none. `new_id` is the id of a catalog that is made.
    pub fn open_or_create(location: &Location, new_id: &str) -> Result<Self, CatalogError> {
        match location {
            Location::Memory => Self::in_memory(new_id),
            Location::File(path) => {
                create_file(path)?;
                Self::open_file(path, new_id)
            }
        }
    }

    /// Opens a catalog to read it; where there is none, an empty one in memory stands for it, and none is made.
    pub fn open_to_read(location: &Location, new_id: &str) -> Result<(Self, bool), CatalogError> {
        match location {
            Location::File(path) if path_exists(path) => Ok((Self::open_file(path, new_id)?, true)),
            Location::File(_) => Ok((Self::in_memory(new_id)?, false)),
            Location::Memory => Ok((Self::in_memory(new_id)?, true)),
        }
    }

    /// Tells the catalog which secret store is in use, and which process this is to the memory store: rows whose
    /// secrets lie elsewhere say `missing`. To be called before the first look at the catalog.
    pub fn set_store_in_use(&mut self, kind: &str, process: &str) {
        kind.clone_into(&mut self.kind);
        process.clone_into(&mut self.process);
    }

    /// The id of the catalog, under which its secrets are kept; it stays the same for the catalog's life.
    pub fn catalog_id(&self) -> &str {
        &self.id
    }

    /// Whether the catalog cannot be written.
    pub fn is_read_only(&self) -> bool {
        self.sqlite.is_readonly("main").unwrap_or(true)
    }

    fn in_memory(new_id: &str) -> Result<Self, CatalogError> {
        let path = PathBuf::from(":memory:");
        let sqlite = Connection::open_in_memory().map_err(translate(&path, Attempt::Open))?;
        Self::prepare(sqlite, path, new_id)
    }

    fn open_file(path: &Path, new_id: &str) -> Result<Self, CatalogError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open =
            |name: &Path, flags| Connection::open_with_flags(name, flags).map_err(translate(path, Attempt::Open));
        let sqlite = open(path, flags)?;
        match Self::prepare(sqlite, path.to_owned(), new_id) {
            // A folder in which SQLite may not make its shared-memory file. With no log beside the catalog nobody is
            // writing it, and it can be read as it stands.
            Err(CatalogError::CannotOpen { .. }) if !path_exists(&beside(path, "-wal")) => {
                let flags =
                    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let uri = format!("file:{}?immutable=1", percent_encode(path));
                Self::prepare(open(Path::new(&uri), flags)?, path.to_owned(), new_id)
            }
            other => other,
        }
    }

    fn prepare(mut sqlite: Connection, path: PathBuf, new_id: &str) -> Result<Self, CatalogError> {
        sqlite.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
        sqlite
            .busy_timeout(BUSY_TIMEOUT)
            .map_err(translate(&path, Attempt::Open))?;
        let version = check_file(&sqlite, &path)?;
        if usize::try_from(version).unwrap_or(usize::MAX) < MIGRATIONS.len() {
            migrate(&mut sqlite, &path, new_id)?;
        }
        sqlite
            .execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;")
            .map_err(translate(&path, Attempt::Open))?;
        let id = sqlite
            .query_row("SELECT id FROM main.catalog", [], |row| row.get(0))
            .map_err(translate(&path, Attempt::Open))?;
        Ok(Self {
            sqlite,
            path,
            id,
            kind: String::new(),
            process: String::new(),
        })
    }
}

/// The version of the file, once it is clear that it is a catalog, or empty.
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
        _ => Err(CatalogError::NotACatalog { path: path.to_owned() }),
    }
}

/// Does the migrations that are missing, all in one transaction.
fn migrate(sqlite: &mut Connection, path: &Path, new_id: &str) -> Result<(), CatalogError> {
    let translated = translate(path, Attempt::Change);
    sqlite
        .query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
        .map_err(&translated)?;
    let transaction = sqlite
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(&translated)?;
    // Another process may have done it in the meantime.
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

/// Makes the file, which only its owner may read, in a folder that only its owner may enter.
fn create_file(path: &Path) -> Result<(), CatalogError> {
    if path_exists(path) {
        return Ok(());
    }
    let cannot = |error: std::io::Error| CatalogError::CannotOpen {
        path: path.to_owned(),
        cause: error.to_string(),
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(cannot)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        // Another process was quicker; SQLite opens what it made.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(cannot(error)),
    }
}

/// Whether something is there, also what cannot be read.
fn path_exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A path as it stands in a URI (sqlite.org, "Uniform Resource Identifiers").
fn percent_encode(path: &Path) -> String {
    path.to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}
