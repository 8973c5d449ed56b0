//! Errors of slots.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::Holder;
use crate::diagnostic::{Diagnosis, Diagnostic, ExitStatus, display_message};
use crate::sqlstate::SqlState as S;

/// An error of slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotError {
    /// All slots of the connection were in use for the whole wait.
    NoneFree {
        /// The holders of the slots.
        holders: Vec<Holder>,
        /// The time waited.
        waited: Duration,
    },
    /// The request is for more slots than the connection's limit.
    MoreThanLimit {
        /// The number of slots requested.
        wanted: u32,
        /// The limit.
        limit: u32,
    },
    /// The folder of the slots, or a file in it, cannot be used.
    Unusable {
        /// The folder or file.
        path: String,
        /// The message of the operating system.
        cause: String,
    },
    /// Other users can interfere with the folder's files.
    Exposed {
        /// The folder.
        path: String,
        /// The reason.
        cause: String,
        /// A suggested fix.
        fix: String,
    },
    /// The file system of the folder does not support locks, like some network file systems.
    NoLocks {
        /// The file.
        path: String,
        /// The message of the operating system.
        cause: String,
    },
    /// The disk is full.
    DiskFull {
        /// The file.
        path: String,
    },
    /// Another process holds the folder's lock for too long.
    Busy {
        /// The folder's lock.
        path: String,
    },
    /// The user cancelled the wait.
    Cancelled,
}

impl Diagnostic for SlotError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::NoneFree { holders, waited } => S::TooManyConnections
                .error(none_free(holders.len(), *waited))
                .hint("SHOW SESSIONS says who holds the slots; --wait 5m waits for longer")
                .exits_with(ExitStatus::NoConnection),
            Self::MoreThanLimit { wanted, limit } => S::InvalidParameterValue
                .error(format!("cannot hold {wanted} slots: MAX_CONCURRENT_CONNECTIONS is {limit}"))
                .hint(format!("--slots {limit} takes all of them")),
            Self::Unusable { path, cause } => S::IoError
                .error(format!("{path} cannot be used to count sessions"))
                .hint(format!("let redwire read and write {path}"))
                .cause(cause),
            Self::Exposed { path, cause, fix } => S::IoError
                .error(format!(
                    "{path} is not safe from other users, so sessions cannot be counted"
                ))
                .hint(fix)
                .cause(cause),
            Self::NoLocks { path, cause } => S::IoError
                .error(format!(
                    "files cannot be locked where {path} lies, so sessions cannot be counted"
                ))
                .hint("keep the catalog on a disk of this machine: --catalog PATH")
                .cause(cause),
            Self::DiskFull { path } => S::DiskFull
                .error(format!("the disk is full, so {path} cannot be written"))
                .hint("make room on the disk"),
            Self::Busy { path } => S::ObjectInUse
                .error(format!("another process is at work on {path}"))
                .hint("end or continue the redwire process that is stopped, then try again"),
            Self::Cancelled => Diagnosis::cancelled(),
        }
    }
}

display_message!(SlotError);

fn none_free(held: usize, waited: Duration) -> String {
    let slots = match held {
        1 => "1 slot is".to_owned(),
        _ => format!("{held} slots are"),
    };
    match waited.as_secs() {
        0 => format!("too many connections: {slots} in use"),
        seconds => format!("too many connections: {slots} in use (waited {seconds} s)"),
    }
}

/// ENOLCK, which NFS returns without its lock service (man page flock(2)). std has no ErrorKind for
/// it.
#[cfg(unix)]
const NO_LOCKS_LEFT: Option<i32> = Some(rustix::io::Errno::NOLCK.raw_os_error());
#[cfg(not(unix))]
const NO_LOCKS_LEFT: Option<i32> = Some(-1);

/// Converts an operating system's error with this file or folder.
pub(super) fn unusable(path: &Path) -> impl FnOnce(io::Error) -> SlotError {
    let path = path.display().to_string();
    move |error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => SlotError::DiskFull { path },
        io::ErrorKind::Unsupported => SlotError::NoLocks { path, cause: error.to_string() },
        _ if error.raw_os_error() == NO_LOCKS_LEFT => {
            SlotError::NoLocks { path, cause: error.to_string() }
        }
        _ => SlotError::Unusable { path, cause: error.to_string() },
    }
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::io::Errno;

    use super::*;

    #[test]
    fn a_file_system_without_locks_is_told_from_one_that_forbids_them() {
        let of = |errno: Errno| unusable(Path::new("/nfs/catalog.db.slots/lock"))(errno.into());
        for errno in [Errno::NOLCK, Errno::NOSYS, Errno::OPNOTSUPP] {
            let error = of(errno);
            assert!(matches!(error, SlotError::NoLocks { .. }), "{error:?}");
            assert!(error.to_string().starts_with("files cannot be locked where /nfs/"));
            assert!(error.hint().is_some_and(|hint| hint.contains("--catalog PATH")));
        }
        for errno in [Errno::ACCESS, Errno::ROFS, Errno::IO] {
            assert!(matches!(of(errno), SlotError::Unusable { .. }), "{errno:?}");
        }
    }
}
