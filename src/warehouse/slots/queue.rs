//! The queue of those who wait for a slot: first come, first served, and only the first one looks
//! at the slots.
//!
//! Each has a ticket, a locked file with a number, and sleeps until the lock of the ticket before
//! its own comes free. The kernel wakes it then, also when the one before it was killed. So a
//! hundred who wait cost as much as one.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::error::{SlotError, unusable};
use super::folder::{Folder, Listing};
use super::lock::{self, Lock};

/// How long nothing is done when the kernel does not let a thread wait.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(50);

/// A place in the queue of one connection. Dropping it gives it up.
#[derive(Debug)]
pub(super) struct Place {
    connection_id: i64,
    number: u64,
    path: PathBuf,
    /// Hears when the one before is gone; None at the head of the queue.
    before: Option<Receiver<()>>,
    ahead: usize,
    /// The process at the head of the queue, where it is another one and known.
    first: Option<u32>,
    _ticket: Lock,
}

impl Place {
    /// Joins the end of the queue.
    pub(super) fn join(
        folder: &Folder<'_>,
        connection_id: i64,
        listing: &Listing,
    ) -> Result<Self, SlotError> {
        folder.make(connection_id)?;
        let mut number = listing.tickets.last().map_or(1, |last| last.saturating_add(1));
        loop {
            let path = folder.ticket_path(connection_id, number);
            if let Some(ticket) = Lock::try_take(&path).map_err(unusable(&path))? {
                // Help and no more: others wait as well for somebody unknown.
                if let Err(error) = lock::write(&path, &std::process::id().to_string()) {
                    tracing::debug!("nobody will know who waits: {error}");
                }
                let mut place = Self {
                    connection_id,
                    number,
                    path,
                    before: None,
                    ahead: 0,
                    first: None,
                    _ticket: ticket,
                };
                place.line_up(folder, listing)?;
                return Ok(place);
            }
            number = number.saturating_add(1);
        }
    }

    /// Finds who is before it now.
    pub(super) fn line_up(
        &mut self,
        folder: &Folder<'_>,
        listing: &Listing,
    ) -> Result<(), SlotError> {
        let before = listing.tickets.iter().copied().filter(|ticket| *ticket < self.number);
        let before = folder.waiting(self.connection_id, &before.collect::<Vec<_>>())?;
        self.ahead = before.len();
        let first = before.first();
        self.first = first.and_then(|ticket| folder.waiter(self.connection_id, *ticket));
        self.before = match before.last() {
            None => None,
            Some(last) => Some(end_of(&folder.ticket_path(self.connection_id, *last))?),
        };
        Ok(())
    }

    /// How many are before it, as of the last look.
    pub(super) fn ahead(&self) -> usize {
        self.ahead
    }

    /// The process at the head of the queue as of the last look, where it is another one and known.
    pub(super) fn first(&self) -> Option<u32> {
        self.first
    }

    /// Sleeps until there may be something to do: at the head of the queue for the pause, else
    /// until the one before it is gone, for at most the limit. False: there is nothing to do.
    pub(super) fn sleep(&self, pause: Duration, limit: Duration) -> bool {
        match &self.before {
            None => {
                thread::sleep(pause.min(limit));
                true
            }
            Some(before) => match before.recv_timeout(limit) {
                Ok(()) | Err(RecvTimeoutError::Disconnected) => true,
                Err(RecvTimeoutError::Timeout) => false,
            },
        }
    }

    /// Leaves the queue, under the folder's lock.
    pub(super) fn leave(&self, _folder: &Folder<'_>) -> Result<(), SlotError> {
        lock::remove(&self.path).map_err(unusable(&self.path))
    }
}

/// Hears once the lock of the ticket is free. A lock that is waited for cannot be left, so a thread
/// does that; if nobody listens any more it stays until the other is gone, and does nothing then.
fn end_of(ticket: &Path) -> Result<Receiver<()>, SlotError> {
    let file = lock::open(ticket).map_err(unusable(ticket))?;
    let (sender, receiver) = mpsc::channel();
    let thread = thread::Builder::new().name("slots".to_owned()).stack_size(64 * 1024);
    let wait = move || {
        match file.lock() {
            Ok(()) => drop(file.unlock()),
            // A signal, perhaps. Whoever listens looks again, and not too often.
            Err(_) => thread::sleep(PAUSE_AFTER_FAILURE),
        }
        drop(sender);
    };
    thread.spawn(wait).map_err(unusable(ticket))?;
    Ok(receiver)
}
