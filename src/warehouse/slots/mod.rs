//! Slots: they limit the open sessions of a connection, over all processes of this machine that use
//! one catalog.
//!
//! A slot is the lock of a file in a folder beside the catalog, so that any end of the process
//! frees it. Knows neither catalog nor sessions: the caller passes the connection's row id and its
//! limit.

mod claim;
mod clock;
mod error;
mod folder;
mod holder;
mod lock;
#[cfg(test)]
mod tests;
mod waiting;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub use claim::{Claim, SharedSlots};
use clock::{Clock, SystemClock};
pub use error::SlotError;
use folder::{Folder, LOCK_LIMIT, LOCK_LIMIT_UNCOUNTED};
pub use holder::{Holder, HolderNote, Purpose};
use tempfile::TempDir;

use crate::private_file;

/// The slots of all connections of one catalog.
#[derive(Debug)]
pub struct Slots {
    folder: PathBuf,
    clock: Box<dyn Clock>,
    /// Removes the folder of a catalog in memory.
    _temporary: Option<TempDir>,
}

/// A request for slots of one connection.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The id of the connection's row in the catalog. Its name may change.
    pub connection_id: i64,
    /// The connection's current name, for SHOW SESSIONS.
    pub connection_name: &'a str,
    /// The connection's current limit.
    pub limit: Option<u32>,
    /// The number of slots, at least 1: all of them at once, or none.
    pub count: u32,
    /// The purpose of the session.
    pub purpose: &'a Purpose,
}

impl Wanted<'_> {
    /// Refuses a request for more slots than the connection's limit.
    pub fn check(&self) -> Result<(), SlotError> {
        match self.limit {
            Some(limit) if self.count > limit => {
                Err(SlotError::MoreThanLimit { wanted: self.count, limit })
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// The result of one look at the slots.
enum Look {
    Taken(Claim),
    /// Too few are free.
    Full(Vec<Holder>),
    /// Too few are free, and the slots that are held are the known ones.
    Same,
}

impl Slots {
    /// The slots in this folder, beside the catalog. The first slot creates it with mode 0700.
    pub fn at(folder: PathBuf) -> Self {
        Self {
            folder,
            clock: Box::new(SystemClock),
            _temporary: None,
        }
    }

    /// The slots of a catalog in memory, which no other process uses: in a temporary folder.
    pub fn in_memory() -> Result<Self, SlotError> {
        let folder = private_file::temporary_folder("redwire-slots-")
            .map_err(error::unusable(Path::new("the temporary folder")))?;
        Ok(Self {
            folder: folder.path().to_owned(),
            clock: Box::new(SystemClock),
            _temporary: Some(folder),
        })
    }

    /// Takes `wanted` if it is free.
    pub fn take(&self, wanted: &Wanted<'_>) -> Result<Claim, SlotError> {
        let never = AtomicBool::new(false);
        self.take_waiting(wanted, Duration::ZERO, &never, &mut |_| {}, &mut || wanted.limit)
    }

    /// The current holders of slots: of the connection with this row id, or of all connections.
    pub fn sessions(&self, connection_id: Option<i64>) -> Result<Vec<Holder>, SlotError> {
        let Some(folder) = Folder::lock_existing(&self.folder, self.clock.as_ref())? else {
            return Ok(Vec::new());
        };
        let ids = connection_id.map_or_else(|| folder.connections(), |id| Ok(vec![id]))?;
        let mut holders = Vec::new();
        for id in ids {
            let slots = folder.slots(id)?;
            holders.extend(slots.held.iter().map(|slot| folder.holder(id, *slot)));
            folder.sweep(id, &slots.free);
        }
        Ok(holders)
    }

    /// Takes `wanted` if it is free. `known` are the slots that were held at the last look.
    fn look(&self, wanted: &Wanted<'_>, known: Option<&[u32]>) -> Result<Look, SlotError> {
        let id = wanted.connection_id;
        let lock_limit = if wanted.limit.is_some() {
            LOCK_LIMIT
        } else {
            LOCK_LIMIT_UNCOUNTED
        };
        let folder = Folder::lock(&self.folder, self.clock.as_ref(), lock_limit)?;
        let slots = folder.slots(id)?;
        let most = wanted.limit.map_or(usize::MAX, |limit| limit as usize);
        if slots.held.len() + wanted.count as usize <= most {
            return Claim::take(&folder, wanted, &slots).map(Look::Taken);
        }
        if known == Some(&slots.held) {
            return Ok(Look::Same);
        }
        Ok(Look::Full(slots.held.iter().map(|slot| folder.holder(id, *slot)).collect()))
    }
}
