//! Files that only their owner can read, their locks, and syncing their folders.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// The time to wait for a lock of another process; the catalog waits as long.
pub(super) const LOCK_LIMIT: Duration = Duration::from_secs(5);

/// The pause between two tries at a lock.
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// Opens the file for reading and writing; creates it, for its owner alone, if it is missing.
pub(super) fn open_or_create(path: &Path) -> io::Result<File> {
    owner_only().read(true).write(true).create(true).truncate(false).open(path)
}

/// Creates the file, for its owner alone, and replaces one that an interrupted process has left.
pub(super) fn create_anew(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => owner_only().write(true).create_new(true).open(path),
    }
}

#[cfg(unix)]
fn owner_only() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
fn owner_only() -> OpenOptions {
    OpenOptions::new()
}

/// Syncs the folder of the file: without that a power failure may take a new file away.
#[cfg(unix)]
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Does nothing: a folder cannot be opened as a file, and the file system orders its own entries.
#[cfg(not(unix))]
pub(super) fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Takes the file's lock. False if another holder keeps it for longer than the limit.
pub(super) fn lock_within(limit: Duration, file: &File) -> io::Result<bool> {
    let deadline = Instant::now() + limit;
    loop {
        if try_lock(file)? {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        thread::sleep(LOCK_PAUSE);
    }
}

/// Takes the file's lock if it is free.
pub(super) fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
