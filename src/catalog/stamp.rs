//! The identity of an open catalog's file, to notice that the file has been replaced.
//!
//! Reads only names and metadata: opening the file a second time and closing it would drop SQLite's
//! locks.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::SystemTime;

use super::file::has_log;
use crate::private_file;

/// The identity of a file; for an immutable file also its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    file: (u64, u64),
    frozen: Option<(u64, SystemTime)>,
}

impl Stamp {
    /// The stamp of the file at the path. `is_frozen`: SQLite reads the file as immutable.
    pub(super) fn read(path: &Path, is_frozen: bool) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        let state = || Some((metadata.len(), metadata.modified().ok()?));
        Some(Self {
            file: identity(&metadata),
            frozen: is_frozen.then(state).flatten(),
        })
    }

    /// True if the path has the same file, and a frozen file is unchanged: a log beside it shows
    /// that a process is writing it after all.
    pub(super) fn fits(&self, path: &Path) -> bool {
        Self::read(path, self.frozen.is_some()).as_ref() == Some(self)
            && !(self.frozen.is_some() && has_log(path))
    }
}

/// The state of the file and of its log: it differs if another process has made a change.
pub(super) fn state_of_files(path: &Path) -> [Option<(u64, SystemTime)>; 2] {
    let log = private_file::beside(path, "-wal");
    [path, &log].map(|path| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.len(), metadata.modified().ok()?))
    })
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// On other systems an open file cannot be removed.
#[cfg(not(unix))]
fn identity(_metadata: &Metadata) -> (u64, u64) {
    (0, 0)
}
