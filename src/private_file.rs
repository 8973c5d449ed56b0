//! Files and folders that only their owner can read, and the locks of files.
//!
//! Other users may be able to write to the folder of a catalog, so no file is opened through a
//! link, and none that belongs to somebody else.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The time to wait for a lock of another process; the catalog waits as long.
pub(crate) const LOCK_LIMIT: Duration = Duration::from_secs(5);

/// The pause between two tries at a lock.
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// Options for a file that is for its owner alone (mode 0600) if they create it. They open neither
/// a link nor, on systems that can wait for its other end, a pipe.
pub(crate) fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    options
}

/// Opens the file, which must be a regular one of this user or of root.
pub(crate) fn open(options: &OpenOptions, path: &Path) -> io::Result<File> {
    let file = options.open(path).map_err(|error| match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => io::Error::other("it is a symbolic link"),
        Ok(_) | Err(_) => error,
    })?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    match foreign_owner(&metadata) {
        Some(owner) => Err(io::Error::other(format!("it belongs to another user ({owner})"))),
        None => Ok(file),
    }
}

/// The content of the file.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(options().read(true), path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The rights that other users must not have on a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forbidden {
    /// To read, write or enter it.
    All,
    /// To replace its files. A folder with the sticky bit, such as /tmp, protects them.
    Replacing,
}

/// The reason why other users can interfere with a folder's files, and the fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exposure {
    pub cause: String,
    pub fix: String,
}

/// Checks owner and mode of the folder; None if nobody else has the forbidden rights.
#[cfg(unix)]
pub(crate) fn exposure(folder: &Path, forbidden: Forbidden) -> io::Result<Option<Exposure>> {
    use std::os::unix::fs::PermissionsExt;

    let metadata = match forbidden {
        Forbidden::All => fs::symlink_metadata(folder)?,
        Forbidden::Replacing => fs::metadata(folder)?,
    };
    let mode = metadata.permissions().mode();
    let (bits, rights, letters) = match forbidden {
        Forbidden::All => (0o077, "open", "rwx"),
        Forbidden::Replacing if mode & 0o1000 != 0 => (0, "", ""),
        Forbidden::Replacing => (0o022, "writable", "w"),
    };
    let path = folder.display();
    Ok(if metadata.is_symlink() {
        Some(Exposure {
            cause: "it is a symbolic link".to_owned(),
            fix: format!("remove the link {path}"),
        })
    } else if let Some(owner) = foreign_owner(&metadata) {
        Some(Exposure {
            cause: format!("it belongs to another user ({owner})"),
            fix: format!("run redwire as that user, or make {path} yours: chown"),
        })
    } else {
        (mode & bits != 0).then(|| Exposure {
            cause: format!("it is {rights} to other users (mode {:04o})", mode & 0o7777),
            fix: format!("chmod go-{letters} {path}"),
        })
    })
}

/// Finds nothing: a folder has the rights of the one above it.
#[cfg(not(unix))]
pub(crate) fn exposure(_folder: &Path, _forbidden: Forbidden) -> io::Result<Option<Exposure>> {
    Ok(None)
}

/// Checks owner and mode of an open file that holds a secret; None if nobody else can read it. The
/// group may read a file of root's, as a service's credential or a container's secret is. A pipe
/// passes: whoever started the process has opened it.
#[cfg(unix)]
pub(crate) fn file_exposure(file: &File, path: &Path) -> Option<Exposure> {
    use std::os::unix::fs::MetadataExt;

    let metadata = file.metadata().ok().filter(Metadata::is_file)?;
    let path = path.display();
    if let Some(owner) = foreign_owner(&metadata) {
        return Some(Exposure {
            cause: format!("it belongs to another user ({owner})"),
            fix: format!("make {path} yours: chown"),
        });
    }
    let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    (metadata.mode() & forbidden != 0).then(|| Exposure {
        cause: format!("it is open to other users (mode {:04o})", metadata.mode() & 0o7777),
        fix: format!("chmod go-rwx {path}"),
    })
}

/// Finds nothing: a file has the rights of its folder.
#[cfg(not(unix))]
pub(crate) fn file_exposure(_file: &File, _path: &Path) -> Option<Exposure> {
    None
}

/// The owner's number if it is neither this user nor root.
#[cfg(unix)]
fn foreign_owner(metadata: &Metadata) -> Option<u32> {
    let owner = std::os::unix::fs::MetadataExt::uid(metadata);
    is_foreign(owner, rustix::process::geteuid().as_raw()).then_some(owner)
}

#[cfg(unix)]
fn is_foreign(owner: u32, user: u32) -> bool {
    owner != 0 && owner != user
}

#[cfg(not(unix))]
fn foreign_owner(_metadata: &Metadata) -> Option<u32> {
    None
}

/// Creates the file, and replaces one that an interrupted process has left.
pub(crate) fn create_anew(path: &Path) -> io::Result<File> {
    remove(path)?;
    open(options().write(true).create_new(true), path)
}

/// Replaces the content of the file, which is created if it is missing.
pub(crate) fn write(path: &Path, content: &str) -> io::Result<()> {
    // Truncated only after the checks of `open`.
    let mut file = open(options().write(true).create(true).truncate(false), path)?;
    file.set_len(0)?;
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

/// The folder of the file; the working folder for a plain name.
pub(crate) fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Syncs the folder of the file: without that a power failure may take a new file away.
#[cfg(unix)]
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

/// Does nothing: a folder cannot be opened as a file, and the file system orders its own entries.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Opens the file for reading and writing, creates it if it is missing, and takes its lock. None if
/// another holder keeps the lock for longer than the limit.
pub(crate) fn open_locked(path: &Path, limit: Duration) -> io::Result<Option<File>> {
    let file = open(options().read(true).write(true).create(true).truncate(false), path)?;
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

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    type Way = fn(&Path) -> io::Result<()>;

    /// Each way to open a file.
    const WAYS: [(&str, Way); 4] = [
        ("read", |path| read(path).map(drop)),
        ("write", |path| write(path, "new")),
        ("lock", |path| open_locked(path, Duration::ZERO).map(drop)),
        ("append", |path| open(options().append(true), path).map(drop)),
    ];

    #[test]
    fn links_and_pipes_are_not_opened() {
        for (way, open) in WAYS {
            let folder = tempfile::tempdir().unwrap();
            let [mine, link, pipe] = ["mine", "link", "pipe"].map(|name| folder.path().join(name));
            fs::write(&mine, "mine").unwrap();
            symlink(&mine, &link).unwrap();
            rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
            assert_eq!(open(&link).unwrap_err().to_string(), "it is a symbolic link", "{way}");
            assert!(open(&pipe).is_err(), "{way}");
            assert_eq!(fs::read_to_string(&mine).unwrap(), "mine", "{way}");
            assert!(open(&mine).is_ok(), "{way}");
        }
    }

    #[test]
    fn a_link_is_replaced_and_its_target_stays() {
        let folder = tempfile::tempdir().unwrap();
        let [mine, link] = ["mine", "link"].map(|name| folder.path().join(name));
        fs::write(&mine, "mine").unwrap();
        symlink(&mine, &link).unwrap();
        create_anew(&link).unwrap().write_all(b"new").unwrap();
        assert_eq!([&mine, &link].map(|path| fs::read_to_string(path).unwrap()), ["mine", "new"]);
    }

    #[test]
    fn owners_are_this_user_and_root() {
        let foreign = |owner, user| is_foreign(owner, user).then_some(owner);
        assert_eq!(foreign(1000, 1000), None);
        assert_eq!(foreign(0, 1000), None);
        assert_eq!(foreign(1001, 1000), Some(1001));
        assert_eq!(foreign(1000, 0), Some(1000));
    }

    #[test]
    fn rights_of_others_are_found_with_their_fix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let found = |mode, forbidden| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            exposure(path, forbidden).unwrap().map(|exposure| exposure.fix)
        };
        let fix = |letters: &str| Some(format!("chmod go-{letters} {}", path.display()));
        for (mode, all, replacing) in [
            (0o700, None, None),
            (0o755, fix("rwx"), None),
            (0o710, fix("rwx"), None),
            (0o775, fix("rwx"), fix("w")),
            (0o757, fix("rwx"), fix("w")),
            (0o1777, fix("rwx"), None),
        ] {
            assert_eq!(found(mode, Forbidden::All), all, "{mode:o}");
            assert_eq!(found(mode, Forbidden::Replacing), replacing, "{mode:o}");
        }
    }
}
