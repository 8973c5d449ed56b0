//! While a server is asked, a signal cancels and does not end the process: the server has to be
//! told of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Executor;

/// While it lives, no signal ends the process at once.
#[derive(Debug)]
pub struct Orderly {
    /// What says whether signals end the process, and what it said before.
    switches: [(Arc<AtomicBool>, bool); 2],
}

impl Executor {
    /// Lets an interrupt, SIGTERM and SIGHUP cancel what runs, and not end the process, for as long
    /// as the answer lives.
    pub fn orderly(&self) -> Orderly {
        let off =
            |switch: &Arc<AtomicBool>| (Arc::clone(switch), switch.swap(false, Ordering::SeqCst));
        Orderly {
            switches: [off(&self.ends_process), off(&self.dies_at_once)],
        }
    }
}

impl Drop for Orderly {
    fn drop(&mut self) {
        for (switch, before) in &self.switches {
            switch.store(*before, Ordering::SeqCst);
        }
    }
}
