//! Waiting for slots: what somebody in the queue does until its turn comes, or its patience ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::error::SlotError;
use super::folder::Folder;
use super::queue::Place;
use super::{Attempt, Claim, Holder, Slots, Wanted, check, holders};

/// How often the head of the queue looks for a free slot.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// How often it looks where a look takes long: a connection may have 2,000 slots.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// How many times as long as a look the pause after it is.
const PAUSES_A_LOOK: u32 = 10;

/// How often somebody who waits looks whether the user has had enough.
const CANCEL_PAUSE: Duration = Duration::from_millis(200);

/// How often somebody who waits asks whether the limit has changed.
const LIMIT_PAUSE: Duration = Duration::from_millis(250);

/// When waiting began, and how long it may last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    pub begin: Instant,
    pub patience: Duration,
}

impl Deadline {
    fn left(self) -> Duration {
        self.patience.saturating_sub(self.begin.elapsed())
    }
}

/// Somebody who waits.
pub(super) struct Waiting<'a> {
    slots: &'a Slots,
    wanted: Wanted<'a>,
    limit_read: Instant,
    place: Place,
    pause: Duration,
    /// The slots that were held at the last look.
    held: Vec<u32>,
}

impl<'a> Waiting<'a> {
    pub(super) fn at(slots: &'a Slots, wanted: Wanted<'a>, place: Place, held: Vec<u32>) -> Self {
        Self {
            slots,
            wanted,
            limit_read: Instant::now(),
            place,
            pause: SHORTEST_PAUSE,
            held,
        }
    }

    /// Waits until the slots are taken, the time is over, or the user cancels.
    pub(super) fn until(
        mut self,
        deadline: Deadline,
        cancel: &AtomicBool,
        tell: &mut dyn FnMut(&[Holder]),
        limit: &mut dyn FnMut() -> Option<u32>,
    ) -> Result<Claim, SlotError> {
        loop {
            if cancel.load(Ordering::SeqCst) {
                return Err(SlotError::Cancelled);
            }
            let left = deadline.left();
            if !self.place.sleep(self.pause, left.min(CANCEL_PAUSE)) && !left.is_zero() {
                continue;
            }
            let is_last = left.is_zero();
            if self.limit_read.elapsed() >= LIMIT_PAUSE {
                self.limit_read = Instant::now();
                self.wanted.limit = limit();
                check(&self.wanted)?;
            }
            match self.look(is_last, deadline)? {
                Look::Taken(claim) => return Ok(claim),
                Look::Changed(holders) => tell(&holders),
                Look::Same => {}
            }
        }
    }

    fn look(&mut self, is_last: bool, deadline: Deadline) -> Result<Look, SlotError> {
        let folder = Folder::lock(&self.slots.folder)?;
        let begin = Instant::now();
        let listing = folder.list(self.wanted.connection_id)?;
        if self.place.ahead() > 0 {
            self.place.line_up(&folder, &listing)?;
        }
        let held = match self.slots.attempt(&folder, &self.wanted, &listing, Some(&self.place))? {
            Attempt::Taken(claim) => {
                self.place.leave(&folder)?;
                return Ok(Look::Taken(claim));
            }
            Attempt::Full(held) => held,
        };
        self.pause = (begin.elapsed() * PAUSES_A_LOOK).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        if is_last {
            return Err(SlotError::NoneFree {
                holders: holders(&folder, &self.wanted, &held),
                ahead: self.place.ahead(),
                first: self.place.first(),
                waited: deadline.begin.elapsed(),
            });
        }
        if held == self.held {
            return Ok(Look::Same);
        }
        self.held = held;
        Ok(Look::Changed(holders(&folder, &self.wanted, &self.held)))
    }
}

/// What one look has come to.
enum Look {
    Taken(Claim),
    Changed(Vec<Holder>),
    Same,
}
