//! While a server is asked, an interrupt cancels and does not end the process: the server has to be told of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Executor;

/// While it lives, an interrupt does not end the process.
#[derive(Debug)]
pub struct Orderly {
    ends_process: Arc<AtomicBool>,
    before: bool,
}

impl Executor {
    /// Lets an interrupt cancel what runs, and not end the process, for as long as the answer lives.
    pub fn orderly(&self) -> Orderly {
        Orderly {
            before: self.ends_process.swap(false, Ordering::SeqCst),
            ends_process: Arc::clone(&self.ends_process),
        }
    }
}

impl Drop for Orderly {
    fn drop(&mut self) {
        self.ends_process.store(self.before, Ordering::SeqCst);
    }
}
