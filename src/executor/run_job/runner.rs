//! The runner of a job: its catalog, slots and connection, and the outcomes of its windows.

use std::time::{Duration, SystemTime};

use crate::catalog::StoredJob;
use crate::definition::{AwaitedJob, Moment};
use crate::executor::Credentials;
use crate::executor::catalog_handle::CatalogHandle;
use crate::executor::slot::SessionSlots;
use crate::progress::ProgressLine;
use crate::runs::{Tally, Window};

/// A window that is loaded.
#[derive(Clone, Debug)]
pub struct LoadedWindow {
    /// The window.
    pub window: Window,
    /// The rows.
    pub tally: Tally,
    /// The time from its stage to the end of its write.
    pub took: Duration,
}

/// Runs the windows of one job.
pub(super) struct JobRunner<'a> {
    pub catalog: &'a mut CatalogHandle,
    pub slots: &'a mut SessionSlots,
    /// The way to the connection of the job.
    pub credentials: &'a Credentials,
    pub found: &'a StoredJob,
    /// UP TO.
    pub up_to: Option<Moment>,
    /// A signal does not cancel a write that has begun.
    pub lets_writes_end: bool,
    pub clock: &'a dyn Fn() -> SystemTime,
    pub progress: &'a ProgressLine,
}

/// The next run of a job of which nothing is due now.
#[derive(Clone, Debug)]
pub enum NextRun {
    /// Its next window is due after this time.
    DueIn(Duration),
    /// It waits for a job that writes a source.
    Waits(AwaitedJob),
    /// There is none: it is loaded up to its end, is paused, or runs when told.
    None,
}

impl NextRun {
    /// The time until it is due, if the clock decides.
    pub fn due_in(&self) -> Option<Duration> {
        match self {
            Self::DueIn(time) => Some(*time),
            Self::Waits(_) | Self::None => None,
        }
    }
}
