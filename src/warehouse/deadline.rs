//! How long something is waited for, and who may end the wait.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::Cancel;

/// How often a wait looks at the clock and at the user's wish to end it. What is waited for ends it
/// at once.
pub(super) const SLICE: Duration = Duration::from_millis(50);

/// A moment by which something must be done, and the limit that it came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    at: Option<Instant>,
    limit: Duration,
}

impl Deadline {
    /// So long from now; None is no limit.
    pub fn after(limit: Option<Duration>) -> Self {
        Self {
            at: limit.and_then(|limit| Instant::now().checked_add(limit)),
            limit: limit.unwrap_or_default(),
        }
    }

    /// The earlier one of both.
    pub fn earlier(self, other: Self) -> Self {
        match (self.at, other.at) {
            (Some(mine), Some(theirs)) if theirs < mine => other,
            (None, Some(_)) => other,
            _ => self,
        }
    }

    /// What it was counted from, None without a limit.
    pub fn limit(self) -> Option<Duration> {
        self.at.map(|_| self.limit)
    }

    /// The time that is left, None without a limit.
    pub fn left(self) -> Option<Duration> {
        self.at.map(|at| at.saturating_duration_since(Instant::now()))
    }
}

/// Why a wait ended without what was waited for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Interruption {
    /// The user ended it.
    Cancelled,
    /// The deadline has passed; its limit.
    Overdue(Duration),
    /// The server sent nothing for so long.
    Silent(Duration),
    /// The server closed the connection.
    Closed,
    /// The connection failed, in the words of the operating system.
    Broken(String),
    /// What came is not TLS, or TLS found it forged.
    Tls(rustls::Error),
}

/// What a wait on the server looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch<'a> {
    /// The user's wish to end it.
    pub cancel: Option<&'a Cancel>,
    /// When it must be over.
    pub deadline: Deadline,
    /// The longest silence of the server.
    pub silence: Option<Duration>,
}

impl Watch<'_> {
    /// Whether the wait goes on; `since` is when the wait for the server's next byte began.
    pub fn look(&self, since: Option<Instant>) -> Result<(), Interruption> {
        if self.cancel.is_some_and(Cancel::is_set) {
            return Err(Interruption::Cancelled);
        }
        if self.deadline.left() == Some(Duration::ZERO) {
            return Err(Interruption::Overdue(self.deadline.limit));
        }
        match (self.silence, since) {
            (Some(limit), Some(since)) if since.elapsed() >= limit => {
                Err(Interruption::Silent(limit))
            }
            _ => Ok(()),
        }
    }
}

/// Does work that cannot be interrupted on a thread of its own. Given up, the thread stays until
/// the work ends.
pub(super) fn on_a_thread<T, W>(name: &str, watch: &Watch<'_>, work: W) -> Result<T, Interruption>
where
    T: Send + 'static,
    W: FnOnce() -> T + Send + 'static,
{
    let broken = |cause: String| Interruption::Broken(cause);
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new()
        .name(name.to_owned())
        // Nobody may wait any more: then what came of it is dropped.
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

    /// Work that ends only when the test does.
    fn endless(watch: &Watch<'_>) -> Result<(), Interruption> {
        let (held, waits) = mpsc::channel::<()>();
        let outcome = on_a_thread("endless", watch, move || {
            // The end of the test is what it waits for.
            let _ = waits.recv();
        });
        drop(held);
        outcome
    }

    #[test]
    fn what_is_done_in_time_comes_back() {
        assert_eq!(on_a_thread("quick", &watch(None, None), || 42), Ok(42));
    }

    #[test]
    fn what_takes_too_long_is_given_up() {
        let limit = Duration::from_millis(20);
        assert_eq!(endless(&watch(None, Some(limit))), Err(Interruption::Overdue(limit)));
    }

    #[test]
    fn a_wish_to_end_it_ends_the_wait() {
        let cancel = Cancel::default();
        cancel.set();
        assert_eq!(endless(&watch(Some(&cancel), None)), Err(Interruption::Cancelled));
    }

    #[test]
    fn work_that_panics_is_a_failure() {
        let outcome =
            on_a_thread::<(), _>("broken", &watch(None, None), || panic!("as the test wants it"));
        assert!(matches!(outcome, Err(Interruption::Broken(_))), "{outcome:?}");
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
