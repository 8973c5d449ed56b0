//! Waits for the server: their deadlines, and their cancellation by the user.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::Cancel;

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

/// A wait that ended without a result.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum WaitError {
    /// The user cancelled it.
    Cancelled,
    /// The deadline has passed; this is its limit.
    Overdue(Duration),
    /// The server has sent nothing for this time.
    Silent(Duration),
    /// The server closed the connection.
    Closed,
    /// The connection failed, with the message of the operating system.
    Broken(String),
    /// The bytes are not TLS, or forged.
    Tls(rustls::Error),
}

/// The limits of a wait on the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch<'a> {
    /// The user's request to cancel.
    pub cancel: Option<&'a Cancel>,
    /// The end of the wait.
    pub deadline: Deadline,
    /// The longest silence of the server.
    pub silence: Option<Duration>,
}

impl Watch<'_> {
    /// Fails if the wait is over. `since` is the time at which the wait for the server's next byte
    /// began.
    pub fn look(&self, since: Option<Instant>) -> Result<(), WaitError> {
        if self.cancel.is_some_and(Cancel::is_set) {
            return Err(WaitError::Cancelled);
        }
        if self.deadline.left() == Some(Duration::ZERO) {
            return Err(WaitError::Overdue(self.deadline.limit));
        }
        match (self.silence, since) {
            (Some(limit), Some(since)) if since.elapsed() >= limit => Err(WaitError::Silent(limit)),
            _ => Ok(()),
        }
    }
}

/// Does work that cannot be interrupted on its own thread. If the wait ends first, the thread runs
/// on until the work ends.
pub(super) fn on_a_thread<T, W>(name: &str, watch: &Watch<'_>, work: W) -> Result<T, WaitError>
where
    T: Send + 'static,
    W: FnOnce() -> T + Send + 'static,
{
    let broken = |cause: String| WaitError::Broken(cause);
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new()
        .name(name.to_owned())
        // After the wait nobody receives the result.
        .spawn(move || drop(sender.send(work())))
        .map_err(|error| broken(error.to_string()))?;
    loop {
        watch.look(None)?;
        let slice = watch.deadline.left().map_or(SLICE, |left| left.min(SLICE));
        match receiver.recv_timeout(slice) {
            Ok(result) => return Ok(result),
            Err(RecvTimeoutError::Timeout) => {}
            Err(error @ RecvTimeoutError::Disconnected) => return Err(broken(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(cancel: Option<&Cancel>, limit: Option<Duration>) -> Watch<'_> {
        Watch {
            cancel,
            deadline: Deadline::after(limit),
            silence: None,
        }
    }

    /// Work that ends with the test.
    fn endless(watch: &Watch<'_>) -> Result<(), WaitError> {
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
        assert_eq!(endless(&watch(None, Some(limit))), Err(WaitError::Overdue(limit)));
    }

    #[test]
    fn a_wish_to_end_it_ends_the_wait() {
        let cancel = Cancel::default();
        cancel.set();
        assert_eq!(endless(&watch(Some(&cancel), None)), Err(WaitError::Cancelled));
    }

    #[test]
    fn work_that_panics_is_a_failure() {
        let outcome =
            on_a_thread::<(), _>("broken", &watch(None, None), || panic!("as the test wants it"));
        assert!(matches!(outcome, Err(WaitError::Broken(_))), "{outcome:?}");
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
