//! The clock of waiting. Tests use one that they move themselves.

use std::fmt::Debug;
use std::thread;
use std::time::{Duration, Instant};

/// Time, and a way to let it pass.
pub(super) trait Clock: Debug + Send + Sync {
    fn now(&self) -> Instant;
    fn sleep(&self, pause: Duration);
}

/// The clock of the machine.
#[derive(Debug)]
pub(super) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, pause: Duration) {
        thread::sleep(pause);
    }
}
