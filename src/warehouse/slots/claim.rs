//! Slots that this process holds.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Wanted;
use super::error::{SlotError, unusable};
use super::folder::{Folder, Left, note_end};
use super::holder::{Who, utc};
use super::lock::{self, Lock};

/// The right to as many open sessions of one connection as it has slots. Dropping gives them back,
/// and so does any end of the process.
#[derive(Debug)]
pub struct Claim {
    folder: PathBuf,
    who: Who,
    slots: Vec<Slot>,
    /// Slots of killed processes that the server may still have sessions of; some may be among
    /// those that were taken.
    left: Vec<Left>,
}

/// More slots than this do not stay aside for what the server may still have: each is looked at
/// again and again.
const MOST_LEFT: usize = 16;

#[derive(Debug)]
struct Slot {
    number: u32,
    lock: Lock,
    path: PathBuf,
    who: PathBuf,
    /// The server may have a session of the holder before, or of this one.
    in_doubt: bool,
    /// How the server knows that session.
    session: Option<String>,
}

/// Handles on slots that every program inherits that is started while this lives.
#[derive(Debug)]
#[must_use = "the slots pass to a program that is started while this lives"]
pub struct Lent {
    #[cfg(unix)]
    _handles: Vec<std::os::fd::OwnedFd>,
}

impl Claim {
    /// Takes the lowest slots that nobody holds: all that are wanted, or none. `held` are known to
    /// be held, and `left` come from processes that were killed: these stay aside for as long as
    /// there are others.
    pub(super) fn take(
        folder: &Folder<'_>,
        path: &Path,
        wanted: &Wanted<'_>,
        held: &[u32],
        left: Vec<Left>,
    ) -> Result<Self, SlotError> {
        folder.make(wanted.connection_id)?;
        let most = wanted.limit.map_or(usize::MAX, |limit| limit as usize);
        let has_others =
            held.len() + left.len() + wanted.count as usize <= most && left.len() <= MOST_LEFT;
        let find = |number: u32| left.iter().find(|left| left.slot == number);
        let mut claim = Self {
            folder: path.to_owned(),
            who: who(wanted),
            slots: Vec::new(),
            left: Vec::new(),
        };
        let mut numbers = (1..=u32::MAX).filter(|number| {
            held.binary_search(number).is_err() && !(has_others && find(*number).is_some())
        });
        while claim.slots.len() < wanted.count as usize
            && let Some(number) = numbers.next()
        {
            let slot = Slot::take(folder, wanted.connection_id, number, find(number))?;
            claim.slots.extend(slot);
        }
        if !has_others {
            claim.left = left;
        }
        claim.tell()?;
        Ok(claim)
    }

    /// Stands for slots that nobody counts, of a connection that has no limit: their folder cannot
    /// be used.
    pub fn uncounted(wanted: &Wanted<'_>) -> Self {
        Self {
            folder: PathBuf::new(),
            who: who(wanted),
            slots: Vec::new(),
            left: Vec::new(),
        }
    }

    /// The numbers of the slots, counted from 1 for each connection.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().map(|slot| slot.number)
    }

    /// Whether the server may still have as many sessions as it is allowed: a process that held a
    /// slot was killed, or a program of `exec`, which tells nobody of its end, has ended. No
    /// session may be opened before [`Self::is_let_go`] was told that the server has none of them
    /// any more.
    pub fn is_after_kill(&self) -> bool {
        !self.left.is_empty()
    }

    /// How the server knows the sessions that were left, as far as that was noted.
    pub fn left_sessions(&self) -> Vec<String> {
        self.left.iter().filter_map(Left::session).collect()
    }

    /// The server has none of the sessions any more that were left before the slots were taken.
    pub fn is_let_go(&mut self) -> Result<(), SlotError> {
        let folder = self.folder.clone();
        let _folder = Folder::lock(&folder)?;
        for slot in &mut self.slots {
            slot.in_doubt = false;
            slot.session = None;
        }
        self.tell()?;
        for left in self.left.drain(..) {
            if let Err(error) = left.forget() {
                tracing::debug!("slot {} counts as one that was left: {error}", left.slot);
            }
        }
        Ok(())
    }

    /// Notes how the server knows the session, for the case that this process is killed.
    pub fn note_session(&mut self, session: &str) -> Result<(), SlotError> {
        for slot in &mut self.slots {
            slot.session = Some(session.to_owned());
        }
        self.tell()
    }

    /// Gives the slots back, when that comes, as a kill would: the server may still have the
    /// session.
    pub fn doubt(&mut self) {
        for slot in &mut self.slots {
            slot.in_doubt = true;
        }
    }

    /// Lets a program hold the slots as well, until it ends, and all that inherit them from it:
    /// every program that is started before the answer is dropped. On Windows a lock cannot be
    /// inherited, and the slots stay with this process alone.
    ///
    /// A lock made by `flock` belongs to the open file, which parent and child share (man page
    /// flock(2)).
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

    /// Tells others that the process with this id is the one that holds the slots: a child that got
    /// them by [`Self::lend`].
    pub fn pass_to(&mut self, process: u32) -> Result<(), SlotError> {
        self.who.process = Some(process);
        let folder = self.folder.clone();
        let _folder = Folder::lock(&folder)?;
        self.tell()
    }

    fn tell(&self) -> Result<(), SlotError> {
        for slot in &self.slots {
            let who = Who {
                session: slot.session.clone(),
                ..self.who.clone()
            };
            lock::write(&slot.who, &who.to_text()).map_err(unusable(&slot.who))?;
        }
        Ok(())
    }
}

impl Slot {
    /// None: another holds it.
    fn take(
        folder: &Folder<'_>,
        connection_id: i64,
        number: u32,
        left: Option<&Left>,
    ) -> Result<Option<Self>, SlotError> {
        let path = folder.slot_path(connection_id, number);
        let Some(lock) = Lock::try_take(&path).map_err(unusable(&path))? else {
            return Ok(None);
        };
        Ok(Some(Self {
            number,
            lock,
            path,
            who: folder.who_path(connection_id, number),
            in_doubt: left.is_some(),
            session: left.and_then(Left::session),
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
        session: None,
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // The lock goes last: until then nobody else writes the file.
        let noted = if self.in_doubt {
            Ok(())
        } else if self.lock.is_shared() {
            note_end(&self.who)
        } else {
            lock::remove(&self.who)
        };
        if let Err(error) = noted {
            tracing::debug!("the end of a session stays untold in {}: {error}", self.who.display());
        }
    }
}
