//! Slots that this process holds.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Wanted;
use super::error::{SlotError, unusable};
use super::folder::{Folder, note_end, was_killed};
use super::holder::{Who, utc};
use super::lock::{self, Lock};

/// The right to as many open sessions of one connection as it has slots. Dropping gives them back, and so does any
/// end of the process.
#[derive(Debug)]
pub struct Claim {
    folder: PathBuf,
    who: Who,
    slots: Vec<Slot>,
}

#[derive(Debug)]
struct Slot {
    number: u32,
    lock: Lock,
    path: PathBuf,
    who: PathBuf,
    after_kill: bool,
}

/// Handles on slots that every program inherits that is started while this lives.
#[derive(Debug)]
#[must_use = "the slots pass to a program that is started while this lives"]
pub struct Lent {
    #[cfg(unix)]
    _handles: Vec<std::os::fd::OwnedFd>,
}

impl Claim {
    /// Takes the lowest slots that nobody holds: all that are wanted, or none. `held` are known to be held.
    pub(super) fn take(folder: &Folder<'_>, path: &Path, wanted: &Wanted<'_>, held: &[u32]) -> Result<Self, SlotError> {
        folder.make(wanted.connection_id)?;
        let mut claim = Self {
            folder: path.to_owned(),
            who: who(wanted),
            slots: Vec::new(),
        };
        let mut numbers = (1..=u32::MAX).filter(|number| held.binary_search(number).is_err());
        while claim.slots.len() < wanted.count as usize
            && let Some(number) = numbers.next()
        {
            claim.slots.extend(Slot::take(folder, wanted.connection_id, number)?);
        }
        claim.tell()?;
        Ok(claim)
    }

    /// The numbers of the slots, counted from 1 for each connection.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().map(|slot| slot.number)
    }

    /// Whether one of the slots comes from a process that was killed, or from a program of `exec`, which tells nobody of
    /// its end: the server may not have noticed yet that its session is gone.
    pub fn is_after_kill(&self) -> bool {
        self.slots.iter().any(|slot| slot.after_kill)
    }

    /// Lets a program hold the slots as well, until it ends, and all that inherit them from it: every program that is
    /// started before the answer is dropped. On Windows a lock cannot be inherited, and the slots stay with this
    /// process alone.
    ///
    /// A lock made by `flock` belongs to the open file, which parent and child share (man page flock(2)).
    pub fn lend(&mut self) -> Result<Lent, SlotError> {
        #[cfg(unix)]
        {
            let handles = self.slots.iter_mut();
            let handles = handles.map(|slot| slot.lock.share().map_err(unusable(&slot.path)));
            let handles = handles.collect::<Result<_, _>>()?;
            Ok(Lent { _handles: handles })
        }
        #[cfg(not(unix))]
        Ok(Lent {})
    }

    /// Tells others that the process with this id is the one that holds the slots: a child that got them by
    /// [`Self::lend`].
    pub fn pass_to(&mut self, process: u32) -> Result<(), SlotError> {
        self.who.process = Some(process);
        let folder = self.folder.clone();
        let _folder = Folder::lock(&folder)?;
        self.tell()
    }

    fn tell(&self) -> Result<(), SlotError> {
        let text = self.who.to_text();
        for slot in &self.slots {
            lock::write(&slot.who, &text).map_err(unusable(&slot.who))?;
        }
        Ok(())
    }
}

impl Slot {
    /// None: another holds it.
    fn take(folder: &Folder<'_>, connection_id: i64, number: u32) -> Result<Option<Self>, SlotError> {
        let path = folder.slot_path(connection_id, number);
        let Some(lock) = Lock::try_take(&path).map_err(unusable(&path))? else {
            return Ok(None);
        };
        let who = folder.who_path(connection_id, number);
        let after_kill = was_killed(&who);
        Ok(Some(Self {
            number,
            lock,
            path,
            who,
            after_kill,
        }))
    }
}

fn who(wanted: &Wanted<'_>) -> Who {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Who {
        connection_name: Some(wanted.connection_name.to_owned()),
        process: Some(std::process::id()),
        since: Some(utc(now.unwrap_or_default().as_secs())),
        purpose: Some(wanted.purpose.to_string()),
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // The lock goes last: until then nobody else writes the file.
        let noted = if self.lock.is_shared() {
            note_end(&self.who)
        } else {
            lock::remove(&self.who)
        };
        if let Err(error) = noted {
            tracing::debug!("the end of a session stays untold in {}: {error}", self.who.display());
        }
    }
}
