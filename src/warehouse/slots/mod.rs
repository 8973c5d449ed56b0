//! Slots: how many sessions a connection may have at once, over all processes of this machine that
//! use one catalog.
//!
//! A slot is the lock of a file in a folder beside the catalog, so that the end of a process frees
//! it, whatever ends it. Knows nothing of catalogs and of sessions: who wants a slot brings the
//! connection's row id and its limit.

mod claim;
mod error;
mod folder;
mod holder;
mod lock;
mod patience;
mod queue;
#[cfg(test)]
mod tests;
mod waiting;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

pub use claim::{Claim, Lent};
pub use error::SlotError;
use folder::{Folder, Listing};
pub use holder::{Holder, Purpose, Who};
pub use patience::{Patience, PatienceError};
use queue::Place;
use tempfile::TempDir;
use waiting::{Deadline, Waiting};

/// The slots of all connections of one catalog.
#[derive(Debug)]
pub struct Slots {
    folder: PathBuf,
    /// Removes the folder of a catalog in memory.
    _temporary: Option<TempDir>,
}

/// What is wanted: slots of one connection.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The connection's row in the catalog. Its name may change.
    pub connection_id: i64,
    /// What the connection is called today, for those who look.
    pub connection_name: &'a str,
    /// How many slots it has today; None: as many as are asked for.
    pub limit: Option<u32>,
    /// How many are wanted, at least 1: all of them at once, or none.
    pub count: u32,
    /// What for.
    pub purpose: &'a Purpose,
}

/// What one look at the slots has come to.
enum Attempt {
    Taken(Claim),
    /// These are held, and with them there are too few left.
    Full(Vec<u32>),
}

impl Slots {
    /// The slots that are kept in this folder, beside the catalog. It is made, for its owner alone,
    /// when the first slot is taken.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder, _temporary: None }
    }

    /// The slots of a catalog in memory, which no other process has: a temporary folder of this
    /// process.
    pub fn of_this_process() -> Result<Self, SlotError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("redwire-slots-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder =
            builder.tempdir().map_err(error::unusable(Path::new("the temporary folder")))?;
        Ok(Self {
            folder: folder.path().to_owned(),
            _temporary: Some(folder),
        })
    }

    /// Takes what is wanted if it is free, and if nobody has waited for longer.
    pub fn take(&self, wanted: &Wanted<'_>) -> Result<Claim, SlotError> {
        self.take_waiting(wanted, Duration::ZERO, &AtomicBool::new(false), &mut |_| {})
    }

    /// Takes what is wanted, and waits for it at most so long. `cancel` ends the waiting when it is
    /// set. Where it has to wait, `tell` is told who holds the slots, at once and, at the head of
    /// the queue, when that has changed.
    pub fn take_waiting(
        &self,
        wanted: &Wanted<'_>,
        patience: Duration,
        cancel: &AtomicBool,
        tell: &mut dyn FnMut(&[Holder]),
    ) -> Result<Claim, SlotError> {
        self.take_following(wanted, patience, cancel, tell, &mut || wanted.limit)
    }

    /// The same under a limit that may change while it waits: `limit` tells what it is now.
    pub fn take_following(
        &self,
        wanted: &Wanted<'_>,
        patience: Duration,
        cancel: &AtomicBool,
        tell: &mut dyn FnMut(&[Holder]),
        limit: &mut dyn FnMut() -> Option<u32>,
    ) -> Result<Claim, SlotError> {
        let begin = Instant::now();
        check(wanted)?;
        let folder = Folder::lock(&self.folder)?;
        let listing = folder.list(wanted.connection_id)?;
        let held = match self.attempt(&folder, wanted, &listing, None)? {
            Attempt::Taken(claim) => return Ok(claim),
            Attempt::Full(held) => held,
        };
        let holders = holders(&folder, wanted, &held);
        if patience.is_zero() {
            let waiting = folder.waiting(wanted.connection_id, &listing.tickets)?;
            return Err(SlotError::NoneFree {
                holders,
                ahead: waiting.len(),
                first: waiting
                    .first()
                    .and_then(|ticket| folder.waiter(wanted.connection_id, *ticket)),
                waited: Duration::ZERO,
            });
        }
        let place = Place::join(&folder, wanted.connection_id, &listing)?;
        drop(folder);
        tell(&holders);
        let deadline = Deadline { begin, patience };
        Waiting::at(self, *wanted, place, held).until(deadline, cancel, tell, limit)
    }

    /// Who holds slots now: of the connection with this row id, or of all.
    pub fn sessions(&self, connection_id: Option<i64>) -> Result<Vec<Holder>, SlotError> {
        let Some(folder) = Folder::lock_to_look(&self.folder)? else {
            return Ok(Vec::new());
        };
        let ids = connection_id.map_or_else(|| folder.connections(), |id| Ok(vec![id]))?;
        let mut holders = Vec::new();
        for id in ids {
            let listing = folder.list(id)?;
            let held = folder.held(id, &listing.slots)?;
            holders.extend(held.iter().map(|slot| folder.holder(id, *slot)));
            folder.sweep(id, &listing, &held);
        }
        Ok(holders)
    }

    fn attempt(
        &self,
        folder: &Folder<'_>,
        wanted: &Wanted<'_>,
        listing: &Listing,
        place: Option<&Place>,
    ) -> Result<Attempt, SlotError> {
        let id = wanted.connection_id;
        let is_next = match place {
            Some(place) => place.ahead() == 0,
            None => wanted.limit.is_none() || folder.waiting(id, &listing.tickets)?.is_empty(),
        };
        let most = wanted.limit.map_or(usize::MAX, |limit| limit as usize);
        let most = most.saturating_sub(wanted.count as usize);
        if wanted.limit.is_none() && is_next {
            // As many as are wanted: nothing needs to be counted.
            return Claim::take(folder, &self.folder, wanted, &[], Vec::new()).map(Attempt::Taken);
        }
        let held = folder.held(id, &listing.slots)?;
        // From a time with a higher limit. Each would be looked at again and again.
        let above = listing.slots.partition_point(|slot| Some(*slot) <= wanted.limit);
        folder.clear(id, &listing.slots[above..], &held);
        if !is_next || held.len() > most {
            return Ok(Attempt::Full(held));
        }
        let left = folder.left(id, &listing.slots, &held);
        Claim::take(folder, &self.folder, wanted, &held, left).map(Attempt::Taken)
    }
}

fn check(wanted: &Wanted<'_>) -> Result<(), SlotError> {
    match wanted.limit {
        Some(limit) if wanted.count > limit => {
            Err(SlotError::MoreThanLimit { wanted: wanted.count, limit })
        }
        _ => Ok(()),
    }
}

fn holders(folder: &Folder<'_>, wanted: &Wanted<'_>, held: &[u32]) -> Vec<Holder> {
    let holder = |slot: &u32| folder.holder(wanted.connection_id, *slot);
    held.iter().map(holder).collect()
}
