//! Files and folders that only their owner can read, and the locks of files.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The time to wait for a lock of another process; the catalog waits as long.
pub(crate) const LOCK_LIMIT: Duration = Duration::from_secs(5);

/// The pause between two tries at a lock.
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// Options for a file that is for its owner alone (mode 0600) if they create it.
pub(crate) fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Creates the file, and replaces one that an interrupted process has left.
pub(crate) fn create_anew(path: &Path) -> io::Result<File> {
    remove(path)?;
    options().write(true).create_new(true).open(path)
}

/// Replaces the content of the file, which is created if it is missing.
pub(crate) fn write(path: &Path, content: &str) -> io::Result<()> {
    let mut file = options().write(true).create(true).truncate(true).open(path)?;
    file.write_all(content.as_bytes())
}

/// Removes the file if it exists.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Creates the folder for its owner alone (mode 0700), and those above it, if they are missing.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A temporary folder for its owner alone.
pub(crate) fn temporary_folder(prefix: &str) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.prefix(prefix).tempdir()
}

/// The path with a suffix to its last name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Syncs the folder of the file: without that a power failure may take a new file away.
#[cfg(unix)]
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Does nothing: a folder cannot be opened as a file, and the file system orders its own entries.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Opens the file for reading and writing, creates it if it is missing, and takes its lock. None if
/// another holder keeps the lock for longer than the limit.
pub(crate) fn open_locked(path: &Path, limit: Duration) -> io::Result<Option<File>> {
    let file = options().read(true).write(true).create(true).truncate(false).open(path)?;
    let deadline = Instant::now() + limit;
    loop {
        if try_lock(&file)? {
            return Ok(Some(file));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(LOCK_PAUSE);
    }
}

/// Takes the file's lock if it is free.
pub(crate) fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
