//! Checks that a file can be written, without touching it: a dry run must fail where the real run
//! would.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// Fails like opening the file for writing with `create`.
pub fn may_write(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(_) => writable(path),
        Err(error) if error.kind() == ErrorKind::NotFound => may_create_in(folder_of(path)),
        Err(error) => Err(error),
    }
}

/// Fails like opening the file for writing with `create_new`: even a dangling link is in the way.
pub fn may_create_new(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(_) => Err(ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == ErrorKind::NotFound => may_create_in(folder_of(path)),
        Err(error) => Err(error),
    }
}

/// Like [`may_write`], if missing folders are created too.
pub fn may_write_with_folders(path: &Path) -> io::Result<()> {
    let is_missing =
        |path: &Path| fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
    let mut folder = folder_of(path);
    if !is_missing(folder) {
        return may_write(path);
    }
    while is_missing(folder) && folder != folder_of(folder) {
        folder = folder_of(folder);
    }
    may_create_in(folder)
}

/// The folder of a file; the working folder for a plain name.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => path,
    }
}

/// Fails if no file can be created in the folder.
fn may_create_in(folder: &Path) -> io::Result<()> {
    if !fs::metadata(folder)?.is_dir() {
        return Err(ErrorKind::NotADirectory.into());
    }
    writable(folder)
}

#[cfg(unix)]
fn writable(path: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};

    let wanted = if path.is_dir() {
        Access::WRITE_OK | Access::EXEC_OK
    } else {
        Access::WRITE_OK
    };
    Ok(access(path, wanted)?)
}

#[cfg(not(unix))]
fn writable(path: &Path) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    if metadata.is_file() && metadata.permissions().readonly() {
        return Err(ErrorKind::PermissionDenied.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_that_of_opening_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("there"), "").unwrap();
        let kind = |result: io::Result<()>| result.err().map(|error| error.kind());
        assert_eq!(kind(may_write(&at("there"))), None);
        assert_eq!(kind(may_write(&at("new"))), None);
        assert_eq!(kind(may_write(folder.path())), Some(ErrorKind::IsADirectory));
        assert_eq!(kind(may_write(&at("missing/new"))), Some(ErrorKind::NotFound));
        assert_eq!(kind(may_write(&at("there/new"))), Some(ErrorKind::NotADirectory));
        assert_eq!(kind(may_create_new(&at("there"))), Some(ErrorKind::AlreadyExists));
        assert_eq!(kind(may_create_new(&at("new"))), None);
        assert_eq!(kind(may_create_new(&at("missing/new"))), Some(ErrorKind::NotFound));
        assert_eq!(kind(may_write_with_folders(&at("a/b/new"))), None);
        assert_eq!(
            kind(may_write_with_folders(&at("there/b/new"))),
            Some(ErrorKind::NotADirectory)
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_dangling_link_counts_as_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        assert_eq!(may_create_new(&link).unwrap_err().kind(), ErrorKind::AlreadyExists);
    }
}
