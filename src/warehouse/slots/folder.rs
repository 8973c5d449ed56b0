//! The folder of the slots, and its lock: whoever looks at a slot or takes one does it under that
//! lock.
//!
//! ```text
//! lock              the folder's lock
//! 7/1.slot          the lock of slot 1 of connection 7
//! 7/1.who           who holds it; told apart from the lock, which on Windows keeps others from reading the file
//! 7/12.wait         the lock of a process that waits, with its id: all with a lower number come before it
//! ```

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::error::{SlotError, unusable};
use super::holder::{Holder, Who};
use super::lock::{self, Lock};

/// How long the folder's lock is waited for. It is held for microseconds, unless its process is
/// stopped.
const LOCK_LIMIT: Duration = Duration::from_secs(5);

/// The first pause before the folder's lock is tried again; each further one is twice as long.
const SHORTEST_PAUSE: Duration = Duration::from_micros(50);

/// The longest pause before the folder's lock is tried again.
const LONGEST_PAUSE: Duration = Duration::from_millis(2);

/// The most bytes that are read of what stands beside a slot.
const MAX_WHO_BYTES: u64 = 4_096;

/// A line that ends what stands beside a slot, when its holder gave it back and another program may
/// still hold it.
const ENDED: &str = "ended\n";

/// The folder under its lock. Dropping gives the lock back.
#[derive(Debug)]
pub(super) struct Folder<'a> {
    path: &'a Path,
    _lock: Lock,
}

/// A free slot whose last holder was killed.
#[derive(Debug)]
pub(super) struct Left {
    pub slot: u32,
    who: PathBuf,
    text: String,
}

impl Left {
    /// How the server knows the session that was left, where that was noted.
    pub(super) fn session(&self) -> Option<String> {
        Who::read(&self.text).session
    }

    /// Forgets it, unless another holder has been there since. Under the folder's lock.
    pub(super) fn forget(&self) -> io::Result<()> {
        match read_some(&self.who) {
            Ok(text) if text == self.text => lock::remove(&self.who),
            _ => Ok(()),
        }
    }
}

/// What lies in the folder of one connection.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The numbers of the slots, held or free, from the lowest.
    pub slots: Vec<u32>,
    /// The numbers of those who wait, or have waited, from the lowest.
    pub tickets: Vec<u64>,
}

impl<'a> Folder<'a> {
    /// Locks the folder, and makes it where it is missing.
    pub(super) fn lock(path: &'a Path) -> Result<Self, SlotError> {
        make(path).map_err(unusable(path))?;
        Self::lock_what_is_there(path)
    }

    /// Locks the folder. None: nobody has made one yet.
    pub(super) fn lock_to_look(path: &'a Path) -> Result<Option<Self>, SlotError> {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(path)(error)),
            Ok(_) => Self::lock_what_is_there(path).map(Some),
        }
    }

    fn lock_what_is_there(path: &'a Path) -> Result<Self, SlotError> {
        let file = path.join("lock");
        let begin = Instant::now();
        let mut pause = SHORTEST_PAUSE;
        loop {
            if let Some(lock) = Lock::try_take(&file).map_err(unusable(&file))? {
                return Ok(Self { path, _lock: lock });
            }
            if begin.elapsed() > LOCK_LIMIT {
                let path = file.display().to_string();
                return Err(SlotError::Busy { path });
            }
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// The connections that have had a session, from the lowest.
    pub(super) fn connections(&self) -> Result<Vec<i64>, SlotError> {
        let mut ids: Vec<i64> =
            names(self.path)?.iter().filter_map(|name| name.parse().ok()).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// Makes the folder of the connection, where it is missing.
    pub(super) fn make(&self, connection_id: i64) -> Result<(), SlotError> {
        let folder = self.folder_of(connection_id);
        make(&folder).map_err(unusable(&folder))
    }

    /// What there is of the connection; whatever has another name is not ours and is left alone.
    pub(super) fn list(&self, connection_id: i64) -> Result<Listing, SlotError> {
        let mut listing = Listing::default();
        for name in names(&self.folder_of(connection_id))? {
            match name.split_once('.') {
                Some((number, "slot")) => listing.slots.extend(number.parse::<u32>()),
                Some((number, "wait")) => listing.tickets.extend(number.parse::<u64>()),
                _ => {}
            }
        }
        listing.slots.sort_unstable();
        listing.tickets.sort_unstable();
        Ok(listing)
    }

    /// Those of the slots that are held.
    pub(super) fn held(&self, connection_id: i64, slots: &[u32]) -> Result<Vec<u32>, SlotError> {
        let mut held = Vec::new();
        for number in slots {
            let path = self.slot_path(connection_id, *number);
            if Lock::is_held(&path).map_err(unusable(&path))? {
                held.push(*number);
            }
        }
        Ok(held)
    }

    /// Who holds a slot that is held. The file is help and no more: one that cannot be read says
    /// nothing.
    pub(super) fn holder(&self, connection_id: i64, slot: u32) -> Holder {
        let text = read_some(&self.who_path(connection_id, slot)).unwrap_or_default();
        Holder {
            connection_id,
            slot,
            who: Who::read(&text),
        }
    }

    /// Those of the free slots whose last holder was killed.
    pub(super) fn left(&self, connection_id: i64, slots: &[u32], held: &[u32]) -> Vec<Left> {
        let is_free = |slot: &&u32| held.binary_search(slot).is_err();
        let left = |slot: &u32| {
            let who = self.who_path(connection_id, *slot);
            let text = read_some(&who).ok().filter(|text| !has_ended(text))?;
            Some(Left { slot: *slot, who, text })
        };
        slots.iter().filter(is_free).filter_map(left).collect()
    }

    /// Removes what is left of those of the slots that nobody holds. Of one whose process was
    /// killed that fact stays. What cannot be removed does no harm.
    pub(super) fn clear(&self, connection_id: i64, slots: &[u32], held: &[u32]) {
        for slot in slots.iter().filter(|slot| held.binary_search(slot).is_err()) {
            let who = self.who_path(connection_id, *slot);
            if !was_killed(&who) {
                drop(lock::remove(&who));
                drop(lock::remove(&self.slot_path(connection_id, *slot)));
            }
        }
    }

    /// Removes all that is left of slots and of places in the queue that nobody holds, and the
    /// folder where nothing else is left.
    pub(super) fn sweep(&self, connection_id: i64, listing: &Listing, held: &[u32]) {
        self.clear(connection_id, &listing.slots, held);
        drop(self.waiting(connection_id, &listing.tickets));
        // Fails where anything lies in it.
        drop(fs::remove_dir(self.folder_of(connection_id)));
    }

    /// Those who still wait. What others have left behind is removed.
    pub(super) fn waiting(
        &self,
        connection_id: i64,
        tickets: &[u64],
    ) -> Result<Vec<u64>, SlotError> {
        let mut waiting = Vec::new();
        for number in tickets {
            let path = self.ticket_path(connection_id, *number);
            if Lock::is_held(&path).map_err(unusable(&path))? {
                waiting.push(*number);
            } else {
                lock::remove(&path).map_err(unusable(&path))?;
            }
        }
        Ok(waiting)
    }

    /// The process that has the ticket, where it told. On Windows nobody can read it.
    pub(super) fn waiter(&self, connection_id: i64, ticket: u64) -> Option<u32> {
        let text = read_some(&self.ticket_path(connection_id, ticket)).ok()?;
        text.trim_end().parse().ok()
    }

    pub(super) fn slot_path(&self, connection_id: i64, number: u32) -> PathBuf {
        self.folder_of(connection_id).join(format!("{number}.slot"))
    }

    pub(super) fn who_path(&self, connection_id: i64, number: u32) -> PathBuf {
        self.folder_of(connection_id).join(format!("{number}.who"))
    }

    pub(super) fn ticket_path(&self, connection_id: i64, number: u64) -> PathBuf {
        self.folder_of(connection_id).join(format!("{number}.wait"))
    }

    fn folder_of(&self, connection_id: i64) -> PathBuf {
        self.path.join(connection_id.to_string())
    }
}

/// Notes beside a slot that its holder gave it back, for the case that another program still holds
/// it.
pub(super) fn note_end(who: &Path) -> io::Result<()> {
    let text = read_some(who)?;
    lock::write(who, &(text + ENDED))
}

/// Whether the last holder of a free slot never gave it back: its process was killed.
fn was_killed(who: &Path) -> bool {
    read_some(who).is_ok_and(|text| !has_ended(&text))
}

fn has_ended(text: &str) -> bool {
    text.ends_with(ENDED)
}

fn read_some(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_WHO_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Makes a folder for its owner alone, where it is missing.
fn make(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// The names in a folder, as far as they are text. A folder that is not there has none.
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
