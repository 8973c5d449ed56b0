//! File locks: taken without waiting, released when dropped or when the process ends in any way.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

#[cfg(unix)]
use crate::host::inheritable;
use crate::private_file::{self, try_lock};

/// A file whose lock is held.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    is_shared: bool,
}

impl Lock {
    /// Takes the lock of the file, which is created with mode 0600 if it is missing. None if
    /// another process holds it.
    pub(super) fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let file = private_file::open(options().create(true), path)?;
        Ok(try_lock(&file)?.then_some(Self { file, is_shared: false }))
    }

    /// Tries the lock of the file. Only under the folder's lock: for a moment a free lock looks
    /// held to every other process.
    pub(super) fn is_held(path: &Path) -> io::Result<bool> {
        match private_file::open(&options(), path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
            Ok(file) if try_lock(&file)? => {
                drop(Self { file, is_shared: false });
                Ok(false)
            }
            Ok(_) => Ok(true),
        }
    }

    /// Another handle on the same lock, which is inherited by every program started while it is
    /// open: that program then holds the lock until it ends, even if this process is killed.
    #[cfg(unix)]
    pub(super) fn share(&mut self) -> io::Result<std::os::fd::OwnedFd> {
        let handle = inheritable(&self.file)?;
        self.is_shared = true;
        Ok(handle)
    }

    /// True if another program may hold the lock as well.
    pub(super) fn is_shared(&self) -> bool {
        self.is_shared
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file would release the lock, except while another thread is starting a
        // program: until the program runs it has a copy of every handle. A shared lock is only
        // closed, or the other program would lose it too.
        if !self.is_shared
            && let Err(error) = self.file.unlock()
        {
            tracing::info!("a lock goes only with its file: {error}");
        }
    }
}

/// For reading and writing: over NFS only a file that is open for writing can be locked against all
/// others.
fn options() -> OpenOptions {
    let mut options = private_file::options();
    options.read(true).write(true);
    options
}
