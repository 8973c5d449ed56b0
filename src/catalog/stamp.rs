//! What a catalog's file was like when it was opened, to notice that another one has taken its
//! place.
//!
//! Looks at names and dates only: opening the file a second time would drop SQLite's locks when it
//! is closed.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::SystemTime;

/// The identity of a file; of one that is read as if nobody wrote it also its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    file: (u64, u64),
    frozen: Option<(u64, SystemTime)>,
}

impl Stamp {
    /// The stamp of the file at the path. `is_frozen`: SQLite takes for granted that nobody writes
    /// it.
    pub(super) fn of(path: &Path, is_frozen: bool) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        let state = || Some((metadata.len(), metadata.modified().ok()?));
        Some(Self {
            file: identity(&metadata),
            frozen: is_frozen.then(state).flatten(),
        })
    }

    /// True if the same file is at the path, in the same state if it counts as frozen.
    pub(super) fn fits(&self, path: &Path) -> bool {
        Self::of(path, self.frozen.is_some()).as_ref() == Some(self)
            && !(self.frozen.is_some() && has_log(path))
    }
}

/// A log beside the file: somebody writes it after all.
fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    fs::symlink_metadata(log).is_ok()
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// Elsewhere a file that is open cannot be removed.
#[cfg(not(unix))]
fn identity(_metadata: &Metadata) -> (u64, u64) {
    (0, 0)
}
