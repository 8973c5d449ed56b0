//! The folder of the slots, and its lock, under which slots are looked at and taken.
//!
//! ```text
//! lock              the folder's lock
//! 7/1.slot          the lock of slot 1 of connection 7
//! 7/1.who           the note of its holder; on Windows nobody else can read a locked file
//! ```
//!
//! The holder removes its note when it gives the slot back. A note beside a free slot is that of a
//! killed process, whose session the server may still have.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::clock::Clock;
use super::error::{SlotError, unusable};
use super::holder::{Holder, HolderNote};
use super::lock::Lock;
use crate::private_file::{self, Exposure, Forbidden};

/// The longest wait for the folder's lock. It is held for microseconds, unless its process is
/// stopped.
pub(super) const LOCK_LIMIT: Duration = Duration::from_secs(5);

/// The longest wait for a connection without a limit: its slots only serve SHOW SESSIONS.
pub(super) const LOCK_LIMIT_UNCOUNTED: Duration = Duration::from_millis(500);

/// The first pause before the folder's lock is tried again; each further one is twice as long.
const SHORTEST_PAUSE: Duration = Duration::from_micros(50);

/// The longest pause before the folder's lock is tried again.
const LONGEST_PAUSE: Duration = Duration::from_millis(2);

/// The locked folder. Dropping it releases the lock.
#[derive(Debug)]
pub(super) struct Folder<'a> {
    path: &'a Path,
    _lock: Lock,
}

/// The numbers of a connection's slots, each list in ascending order.
#[derive(Debug, Default)]
pub(super) struct KnownSlots {
    /// Those that are held.
    pub held: Vec<u32>,
    /// Free ones with the note of a killed process.
    pub left: Vec<u32>,
    /// All others that have a file.
    pub free: Vec<u32>,
}

impl<'a> Folder<'a> {
    /// Locks the folder, and creates it if it is missing.
    pub(super) fn lock(
        path: &'a Path,
        clock: &dyn Clock,
        limit: Duration,
    ) -> Result<Self, SlotError> {
        create(path)?;
        Self::wait_for_lock(path, clock, limit)
    }

    /// Locks the folder. None if it does not exist.
    pub(super) fn lock_existing(
        path: &'a Path,
        clock: &dyn Clock,
    ) -> Result<Option<Self>, SlotError> {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(path)(error)),
            Ok(_) => {
                check(path)?;
                Self::wait_for_lock(path, clock, LOCK_LIMIT).map(Some)
            }
        }
    }

    fn wait_for_lock(
        path: &'a Path,
        clock: &dyn Clock,
        limit: Duration,
    ) -> Result<Self, SlotError> {
        let file = path.join("lock");
        let begin = clock.now();
        let mut pause = SHORTEST_PAUSE;
        loop {
            if let Some(lock) = Lock::try_take(&file).map_err(unusable(&file))? {
                return Ok(Self { path, _lock: lock });
            }
            if clock.now().duration_since(begin) > limit {
                let path = file.display().to_string();
                return Err(SlotError::Busy { path });
            }
            clock.sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// The connections that have had a session, in ascending order.
    pub(super) fn connections(&self) -> Result<Vec<i64>, SlotError> {
        let mut ids: Vec<i64> =
            names(self.path)?.iter().filter_map(|name| name.parse().ok()).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// Creates the folder of the connection if it is missing.
    pub(super) fn make(&self, connection_id: i64) -> Result<(), SlotError> {
        create(&self.folder_of(connection_id))
    }

    /// The connection's slots. Other files are ignored.
    pub(super) fn slots(&self, connection_id: i64) -> Result<KnownSlots, SlotError> {
        let names = names(&self.folder_of(connection_id))?;
        let number = |name: &String| name.strip_suffix(".slot")?.parse().ok();
        let mut numbers: Vec<u32> = names.iter().filter_map(number).collect();
        numbers.sort_unstable();
        let mut slots = KnownSlots::default();
        for number in numbers {
            let path = self.slot_path(connection_id, number);
            if Lock::is_held(&path).map_err(unusable(&path))? {
                slots.held.push(number);
            } else if self.note_path(connection_id, number).exists() {
                slots.left.push(number);
            } else {
                slots.free.push(number);
            }
        }
        Ok(slots)
    }

    /// The holder of a slot, from its note; an unreadable note has no information.
    pub(super) fn holder(&self, connection_id: i64, slot: u32) -> Holder {
        let note = private_file::read(&self.note_path(connection_id, slot)).unwrap_or_default();
        Holder {
            connection_id,
            slot,
            who: HolderNote::read(&String::from_utf8_lossy(&note)),
        }
    }

    /// Removes the files of free slots, and then the folder if it is empty. A file that cannot be
    /// removed does no harm.
    pub(super) fn sweep(&self, connection_id: i64, free: &[u32]) {
        for slot in free {
            drop(private_file::remove(&self.slot_path(connection_id, *slot)));
        }
        drop(fs::remove_dir(self.folder_of(connection_id)));
    }

    pub(super) fn slot_path(&self, connection_id: i64, number: u32) -> PathBuf {
        self.folder_of(connection_id).join(format!("{number}.slot"))
    }

    pub(super) fn note_path(&self, connection_id: i64, number: u32) -> PathBuf {
        self.folder_of(connection_id).join(format!("{number}.who"))
    }

    fn folder_of(&self, connection_id: i64) -> PathBuf {
        self.path.join(connection_id.to_string())
    }
}

/// Creates the folder if it is missing.
fn create(folder: &Path) -> Result<(), SlotError> {
    private_file::create_folder(folder).map_err(unusable(folder))?;
    check(folder)
}

/// Refuses a folder in which other users could read or replace notes: a note has the number that
/// cancels a session's query.
fn check(folder: &Path) -> Result<(), SlotError> {
    let exposure = private_file::exposure(folder, Forbidden::All).map_err(unusable(folder))?;
    exposure.map_or(Ok(()), |Exposure { cause, fix }| {
        let path = folder.display().to_string();
        Err(SlotError::Exposed { path, cause, fix })
    })
}

/// The names in a folder, as far as they are UTF-8. A missing folder has none.
fn names(folder: &Path) -> Result<Vec<String>, SlotError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(unusable(folder))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.map_err(unusable(folder))?.file_name().into_string());
    }
    Ok(names)
}
