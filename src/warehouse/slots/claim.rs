//! The slots that this process holds.

use std::path::PathBuf;

use super::Wanted;
use super::error::{SlotError, unusable};
use super::folder::{Folder, KnownSlots};
use super::holder::{HolderNote, now};
use super::lock::Lock;
use crate::private_file;

/// Slots of one connection, each of which allows one open session. Dropping the claim releases
/// them, and so does any end of the process.
#[derive(Debug)]
pub struct Claim {
    who: HolderNote,
    slots: Vec<Slot>,
    /// Further slots of killed processes, held until the grace is over.
    left: Vec<Slot>,
}

/// The maximum number of slots that stay unused after kills: each costs every look some time.
const MOST_LEFT: usize = 16;

#[derive(Debug)]
struct Slot {
    number: u32,
    lock: Lock,
    path: PathBuf,
    note: PathBuf,
    /// True if the note outlives the claim, as after a kill: the server may have a session of this
    /// holder or of the one before.
    keeps_note: bool,
    /// That session's identity at the server.
    session: Option<String>,
}

/// Handles on slots that are inherited by every program started while this value lives.
#[derive(Debug)]
#[must_use = "the slots pass to a program that is started while this lives"]
pub struct SharedSlots {
    #[cfg(unix)]
    _handles: Vec<std::os::fd::OwnedFd>,
}

impl Claim {
    /// Takes the lowest free slots: all that are wanted, or none. Slots of killed holders stay
    /// unused while there are enough others, and count as sessions that the server may have.
    /// Without a limit they are taken too, so that queries of killed processes are cancelled.
    pub(super) fn take(
        folder: &Folder<'_>,
        wanted: &Wanted<'_>,
        KnownSlots { held, left, .. }: &KnownSlots,
    ) -> Result<Self, SlotError> {
        let id = wanted.connection_id;
        folder.make(id)?;
        let most = wanted.limit.map_or(usize::MAX, |limit| limit as usize);
        let count = wanted.count as usize;
        let are_aside = wanted.limit.is_some()
            && held.len() + left.len() + count <= most
            && left.len() <= MOST_LEFT;
        let is_usable = |number: &u32| {
            held.binary_search(number).is_err()
                && !(are_aside && left.binary_search(number).is_ok())
        };
        let mut claim = Self::uncounted(wanted);
        let mut numbers = (1..=u32::MAX).filter(is_usable);
        while claim.slots.len() < count
            && let Some(number) = numbers.next()
        {
            claim.slots.extend(Slot::take(folder, id, number, left)?);
        }
        if !are_aside {
            // The slots taken above are held now.
            for number in left {
                claim.left.extend(Slot::take(folder, id, *number, left)?);
            }
        }
        claim.write_notes()?;
        Ok(claim)
    }

    /// A claim without slots, for a connection without a limit whose slots cannot be used.
    pub fn uncounted(wanted: &Wanted<'_>) -> Self {
        Self {
            who: who(wanted),
            slots: Vec::new(),
            left: Vec::new(),
        }
    }

    /// The numbers of the slots, counted from 1 for each connection.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().map(|slot| slot.number)
    }

    /// True if one of the slots is that of a killed process, or of a program of `exec`, whose end
    /// is not recorded. No session may be opened before [`Self::left_sessions`] are cancelled and
    /// [`super::Slots::keep_grace`] has passed.
    pub fn is_after_kill(&self) -> bool {
        self.slots.iter().chain(&self.left).any(|slot| slot.keeps_note)
    }

    /// The sessions that killed processes left, as far as their notes say.
    pub fn left_sessions(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().chain(&self.left).filter_map(|slot| slot.session.as_deref())
    }

    /// Removes the notes of killed processes: the server has ended their sessions.
    pub fn settle(&mut self) -> Result<(), SlotError> {
        for slot in self.slots.iter_mut().chain(&mut self.left) {
            slot.keeps_note = false;
            slot.session = None;
        }
        self.left.clear();
        self.write_notes()
    }

    /// Releases the further slots of killed processes, whose sessions could not be cancelled.
    pub fn give_up_left(&mut self) {
        self.left.clear();
    }

    /// Writes the session's identity at the server to the note, in case this process is killed.
    pub fn note_session(&mut self, session: &str) -> Result<(), SlotError> {
        for slot in &mut self.slots {
            slot.session = Some(session.to_owned());
        }
        self.write_notes()
    }

    /// Keeps the notes when the slots are released, as after a kill: the server may still have the
    /// session.
    pub fn keep_notes(&mut self) {
        for slot in &mut self.slots {
            slot.keeps_note = true;
        }
    }

    /// Shares the slots with a program until it ends, and with every program that inherits them
    /// from it: that is, every program started before the result is dropped. On Windows a lock
    /// cannot be inherited, and the slots stay with this process alone.
    ///
    /// A lock made by `flock` belongs to the open file, which parent and child share (man page
    /// flock(2)).
    pub fn lend(&mut self) -> Result<SharedSlots, SlotError> {
        #[cfg(unix)]
        {
            let handles = self.slots.iter_mut();
            let handles = handles.map(|slot| slot.lock.share().map_err(unusable(&slot.path)));
            let handles = handles.collect::<Result<_, _>>()?;
            Ok(SharedSlots { _handles: handles })
        }
        #[cfg(not(unix))]
        Ok(SharedSlots {})
    }

    fn write_notes(&self) -> Result<(), SlotError> {
        for slot in &self.slots {
            let who = HolderNote {
                session: slot.session.clone(),
                ..self.who.clone()
            };
            private_file::write(&slot.note, &who.to_text()).map_err(unusable(&slot.note))?;
        }
        Ok(())
    }
}

impl Slot {
    /// None if another process holds the slot. The slots in `left` keep their notes.
    fn take(
        folder: &Folder<'_>,
        connection_id: i64,
        number: u32,
        left: &[u32],
    ) -> Result<Option<Self>, SlotError> {
        let path = folder.slot_path(connection_id, number);
        let Some(lock) = Lock::try_take(&path).map_err(unusable(&path))? else {
            return Ok(None);
        };
        let keeps_note = left.binary_search(&number).is_ok();
        let session = keeps_note.then(|| folder.holder(connection_id, number).who.session);
        Ok(Some(Self {
            number,
            lock,
            path,
            note: folder.note_path(connection_id, number),
            keeps_note,
            session: session.flatten(),
        }))
    }
}

fn who(wanted: &Wanted<'_>) -> HolderNote {
    HolderNote {
        connection_name: Some(wanted.connection_name.to_owned()),
        process: Some(std::process::id()),
        since: now(),
        purpose: Some(wanted.purpose.to_string()),
        session: None,
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // A program that shares the lock goes on, and its end will not be recorded.
        if self.keeps_note || self.lock.is_shared() {
            return;
        }
        // The lock is released last: until then nobody else writes the note.
        if let Err(error) = private_file::remove(&self.note) {
            tracing::info!("{} cannot be removed: {error}", self.note.display());
        }
    }
}
