//! Waiting for a slot that another process holds, and for the server after a kill.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::claim::Claim;
use super::error::SlotError;
use super::{Holder, Look, Slots, Wanted};

/// The longest pause between two looks, unless a look takes long.
const USUAL_PAUSE: Duration = Duration::from_millis(40);

/// The longest pause between two looks. Ctrl-C and a new limit are noticed after a pause.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// The length of a pause in multiples of the look before it, including the look's wait for the
/// folder's lock: waiting processes must not keep the lock from each other.
const PAUSES_A_LOOK: u32 = 4;

/// The time for which the slot of a killed process stays unused.
///
/// A server notices that its client is gone when it next reads from it: at once in an idle session,
/// and after the cancellation in one that runs a query. PostgreSQL then needs some milliseconds to
/// end the session. A second leaves room for a busy server, and for a short query of a program of
/// `exec`, which cannot be cancelled.
const GRACE: Duration = Duration::from_secs(1);

/// The interval at which the grace checks for Ctrl-C.
const GRACE_STEP: Duration = Duration::from_millis(50);

impl Slots {
    /// Takes `wanted`, and waits for it for at most `patience`; `cancel` ends the wait. If it has
    /// to wait, `notify` receives the holders of the slots, at once and when they change, and
    /// `limit` reads the limit again. Waiting processes are not served in order.
    pub fn take_waiting(
        &self,
        wanted: &Wanted<'_>,
        patience: Duration,
        cancel: &AtomicBool,
        notify: &mut dyn FnMut(&[Holder]),
        limit: &mut dyn FnMut() -> Option<u32>,
    ) -> Result<Claim, SlotError> {
        let begin = self.clock.now();
        let mut wanted = *wanted;
        let mut known: Option<Vec<u32>> = None;
        loop {
            wanted.check()?;
            let look = self.clock.now();
            let passed = look.duration_since(begin);
            let is_last = passed >= patience;
            match self.look(&wanted, known.as_deref().filter(|_| !is_last))? {
                Look::Taken(claim) => return Ok(claim),
                Look::Full(holders) if is_last => {
                    return Err(SlotError::NoneFree { holders, waited: passed });
                }
                Look::Full(holders) => {
                    notify(&holders);
                    known = Some(holders.iter().map(|holder| holder.slot).collect());
                }
                Look::Same => {}
            }
            let now = self.clock.now();
            let left = patience.saturating_sub(now.duration_since(begin));
            self.clock.sleep(pause_after(now.duration_since(look)).min(left));
            if cancel.load(Ordering::SeqCst) {
                return Err(SlotError::Cancelled);
            }
            wanted.limit = limit();
        }
    }

    /// Waits until the server has ended the sessions of killed processes.
    ///
    /// # Errors
    /// `cancel` is set.
    pub fn keep_grace(&self, cancel: &AtomicBool) -> Result<(), SlotError> {
        let begin = self.clock.now();
        loop {
            let left = GRACE.saturating_sub(self.clock.now().duration_since(begin));
            if cancel.load(Ordering::SeqCst) {
                return Err(SlotError::Cancelled);
            }
            if left.is_zero() {
                return Ok(());
            }
            self.clock.sleep(left.min(GRACE_STEP));
        }
    }
}

/// A pause of random length, so that waiting processes do not look at the same moment.
fn pause_after(look: Duration) -> Duration {
    const STEPS: u32 = 256;
    let longest = (look * PAUSES_A_LOOK).clamp(USUAL_PAUSE, LONGEST_PAUSE);
    let random = RandomState::new().hash_one(()).to_le_bytes()[0];
    longest / (2 * STEPS) * (STEPS + u32::from(random))
}
