//! Waits for the server: their deadlines, and their cancellation by the user.

use std::time::{Duration, Instant};

use super::{Cancel, Stage, WarehouseError};
use crate::interruptible;

/// The interval at which a wait checks the clock and the user's flag.
pub(super) const SLICE: Duration = Duration::from_millis(50);

/// The moment at which a wait ends, and the limit that it came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    at: Option<Instant>,
    limit: Duration,
}

impl Deadline {
    /// `limit` from now; None means no limit.
    pub fn after(limit: Option<Duration>) -> Self {
        Self {
            at: limit.and_then(|limit| Instant::now().checked_add(limit)),
            limit: limit.unwrap_or_default(),
        }
    }

    /// The earlier of the two.
    pub fn earlier(self, other: Self) -> Self {
        match (self.at, other.at) {
            (Some(mine), Some(theirs)) if theirs < mine => other,
            (None, Some(_)) => other,
            _ => self,
        }
    }

    /// The limit that the deadline came from.
    pub fn limit(self) -> Option<Duration> {
        self.at.map(|_| self.limit)
    }

    /// The time left; None without a limit.
    pub fn left(self) -> Option<Duration> {
        self.at.map(|at| at.saturating_duration_since(Instant::now()))
    }
}

/// A wait on the server: its limits, and its stage and host for errors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch<'a> {
    /// The stage that waits.
    pub stage: Stage,
    /// The host that is waited for.
    pub host: &'a str,
    /// The user's request to cancel.
    pub cancel: Option<&'a Cancel>,
    /// The end of the wait.
    pub deadline: Deadline,
    /// The longest silence of the server.
    pub silence: Option<Duration>,
}

impl Watch<'_> {
    /// A wait that only this limit ends. Its errors name no host and are those of an open session.
    pub fn within(limit: Duration) -> Self {
        Self {
            stage: Stage::Query,
            host: "",
            cancel: None,
            deadline: Deadline::after(Some(limit)),
            silence: None,
        }
    }

    /// Fails if the wait is over. `since` is the time at which the wait for the server's next byte
    /// began.
    pub fn look(&self, since: Option<Instant>) -> Result<(), WarehouseError> {
        let stage = self.stage;
        if self.cancel.is_some_and(Cancel::is_set) {
            return Err(WarehouseError::Cancelled { stage });
        }
        if self.deadline.left() == Some(Duration::ZERO) {
            return Err(self.overdue(self.deadline.limit));
        }
        match (self.silence, since) {
            (Some(limit), Some(since)) if since.elapsed() >= limit => {
                Err(WarehouseError::Silent { stage, limit })
            }
            _ => Ok(()),
        }
    }

    /// The error of a limit that has passed.
    pub fn overdue(&self, limit: Duration) -> WarehouseError {
        let host = self.host.to_owned();
        WarehouseError::TimedOut { stage: self.stage, host, limit }
    }

    /// The error of a connection that the server has closed.
    pub fn closed(&self) -> WarehouseError {
        WarehouseError::Closed { stage: self.stage }
    }

    /// The error of a connection that failed.
    pub fn broken(&self, cause: &impl ToString) -> WarehouseError {
        let cause = cause.to_string();
        WarehouseError::Broken { stage: self.stage, cause }
    }
}

/// Does work that cannot be interrupted on its own thread. If the wait ends first, the thread runs
/// on until the work ends.
pub(super) fn on_a_thread<T, W>(name: &str, watch: &Watch<'_>, work: W) -> Result<T, WarehouseError>
where
    T: Send + 'static,
    W: FnOnce() -> T + Send + 'static,
{
    let interval = || watch.deadline.left().map_or(SLICE, |left| left.min(SLICE));
    interruptible::on_a_thread(
        name,
        interval,
        || watch.look(None),
        |cause| watch.broken(&cause),
        work,
    )
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn watch(cancel: Option<&Cancel>, limit: Option<Duration>) -> Watch<'_> {
        Watch {
            cancel,
            deadline: Deadline::after(limit),
            ..Watch::within(Duration::ZERO)
        }
    }

    /// Work that ends with the test.
    fn endless(watch: &Watch<'_>) -> Result<(), WarehouseError> {
        let (held, waits) = mpsc::channel::<()>();
        let outcome = on_a_thread("endless", watch, move || {
            // Returns when the test drops the sender.
            let _ = waits.recv();
        });
        drop(held);
        outcome
    }

    #[test]
    fn work_within_its_limit_returns() {
        assert_eq!(on_a_thread("quick", &watch(None, None), || 42), Ok(42));
    }

    #[test]
    fn work_over_its_limit_is_given_up() {
        let limit = Duration::from_millis(20);
        let watch = watch(None, Some(limit));
        assert_eq!(endless(&watch), Err(watch.overdue(limit)));
    }

    #[test]
    fn a_wish_to_end_it_ends_the_wait() {
        let cancel = Cancel::default();
        cancel.set();
        let stage = Stage::Query;
        assert_eq!(endless(&watch(Some(&cancel), None)), Err(WarehouseError::Cancelled { stage }));
    }

    #[test]
    fn work_that_panics_is_a_failure() {
        let outcome =
            on_a_thread::<(), _>("broken", &watch(None, None), || panic!("as the test wants it"));
        assert!(matches!(outcome, Err(WarehouseError::Broken { .. })), "{outcome:?}");
    }

    #[test]
    fn the_earlier_deadline_counts() {
        let limits = |deadline: Deadline| deadline.limit;
        let (short, long, none) = (
            Deadline::after(Some(Duration::from_secs(1))),
            Deadline::after(Some(Duration::from_secs(9))),
            Deadline::after(None),
        );
        for (one, other) in [(short, long), (long, short), (none, short), (short, none)] {
            assert_eq!(limits(one.earlier(other)), Duration::from_secs(1));
        }
        assert_eq!(none.earlier(none).left(), None);
    }
}
