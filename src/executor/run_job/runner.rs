//! The windows of one job, in order, on one session after another.
//!
//! A session that is lost is opened once more: the ledger then says if the last window is loaded,
//! and the job goes on from there.

use std::time::{Duration, Instant, SystemTime};

use super::job::{located, runnable};
use super::lock::JobLock;
use crate::catalog::{NewRun, RecordedError, RunEnd, StoredJob};
use crate::definition::{JobState, Moment, RunState};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::executor::catalog_handle::CatalogHandle;
use crate::executor::session::open_session;
use crate::executor::slot::SessionSlots;
use crate::executor::transaction::seconds_since_1970;
use crate::executor::{Credentials, Notice, OpenSession};
use crate::runs::{
    Claim, JobSession, Mapped, NextWindow, RunError, RunnableJob, Tally, Window, WriteEnd,
};
use crate::secret::SecretId;
use crate::warehouse::slots::Purpose;

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
    pub clock: &'a dyn Fn() -> SystemTime,
}

/// A run that has begun.
struct BegunRun {
    /// The id of its row in the catalog.
    row: i64,
    run_id: String,
    window: Window,
    begun: Instant,
    staged: Option<u64>,
}

impl JobRunner<'_> {
    /// Runs every window that is due; `loaded` receives each one that is loaded. Returns the time
    /// until the next window is due, if the job has another one.
    pub fn run(
        mut self,
        notify: &mut dyn FnMut(Notice),
        loaded: &mut dyn FnMut(&LoadedWindow),
    ) -> Result<Option<Duration>, Error> {
        let name = &self.found.definition.name;
        if self.found.is_paused {
            return Err(RunError::Paused(name.clone()).into());
        }
        let _lock = JobLock::take(self.catalog, self.found.id, name)?;
        let job = runnable(self.catalog.reader()?, self.found)?;
        let mut unsettled = None;
        // The end of the window whose session was lost last.
        let mut lost_at = None;
        loop {
            let mut open = self.open(notify)?;
            let orderly = self.slots.signals.defer();
            let ended = self.run_on(&mut open, &job, &mut unsettled, loaded);
            let is_lost = open.session().is_lost();
            drop(open);
            drop(orderly);
            let at = unsettled.as_ref().map(|run: &BegunRun| run.window.end);
            match ended {
                Err(_) if is_lost && at.is_some() && at != lost_at && !self.is_cancelled() => {
                    lost_at = at;
                }
                Err(error) => {
                    if let Some(run) = unsettled.take() {
                        self.finish(&run, RunState::Failed, None, Some(&error))?;
                    }
                    return Err(error);
                }
                Ok(next) => return Ok(next),
            }
        }
    }

    fn now(&self) -> i64 {
        seconds_since_1970((self.clock)())
    }

    fn is_cancelled(&self) -> bool {
        self.slots.signals.is_cancelled()
    }

    fn open(&mut self, notify: &mut dyn FnMut(Notice)) -> Result<OpenSession, Error> {
        if self.credentials.destination.endpoint.options.read_only {
            return Err(RunError::ReadOnly.into());
        }
        open_session(self.catalog, self.slots, self.credentials, &Purpose::RUN, notify)
    }

    fn run_on(
        &mut self,
        open: &mut OpenSession,
        job: &RunnableJob,
        unsettled: &mut Option<BegunRun>,
        loaded: &mut dyn FnMut(&LoadedWindow),
    ) -> Result<Option<Duration>, Error> {
        let found = self.found;
        let located = |error| located(error, found);
        let (patience, cancel) = (self.slots.patience, self.slots.cancel());
        let mut session = JobSession::begin(open.session(), job, &written_by(), patience, cancel)
            .map_err(located)?;
        if let Some(run) = unsettled.take_if(|run| run.staged.is_some()) {
            let is_written = session.is_written(&run.run_id).map_err(located);
            match is_written {
                Ok(true) => self.loaded(&run, None, loaded)?,
                Ok(false) => self.finish(&run, RunState::Failed, None, None)?,
                Err(error) => {
                    *unsettled = Some(run);
                    return Err(error);
                }
            }
        }
        let mut state = session.state().map_err(located)?;
        self.compare_with_catalog(state.loaded_until)?;
        let mut mapped = None;
        // The clock goes on while windows run.
        let mut is_fresh = true;
        loop {
            let window = match self.next(job, &session, state.loaded_until, state.now)? {
                NextWindow::Due(window) => window,
                NextWindow::Ended => return Ok(None),
                NextWindow::DueAt(_) if !is_fresh => {
                    is_fresh = true;
                    state = session.state().map_err(located)?;
                    continue;
                }
                NextWindow::DueAt(moment) => return Ok(Some(moment.since(state.now))),
            };
            let run = match unsettled.take() {
                Some(run) if run.window == window => run,
                Some(_) | None => self.begin(window)?,
            };
            let run = unsettled.insert(run);
            let end = load(&mut session, run, &mut mapped).map_err(located)?;
            let Some(run) = unsettled.take() else {
                return Ok(None);
            };
            match end {
                WriteEnd::Done(tally) => {
                    self.loaded(&run, Some(tally), loaded)?;
                    state.loaded_until = window.end;
                    is_fresh = false;
                    if self.is_paused()? {
                        return Ok(None);
                    }
                }
                WriteEnd::Taken => {
                    self.finish(&run, RunState::Skipped, None, None)?;
                    state = session.state().map_err(located)?;
                }
            }
            if job.schedule.interval.is_none() {
                return Ok(None);
            }
        }
    }

    /// Settles the runs of processes that were killed, and stops if the catalog knows of a later
    /// window than the ledger.
    fn compare_with_catalog(&mut self, loaded_until: Moment) -> Result<(), Error> {
        let now = self.now();
        let db = self.catalog.writer()?;
        db.settle_runs(self.found.id, loaded_until, now)?;
        match db.last_done_end(self.found.id)? {
            Some(catalog) if catalog > loaded_until => Err(RunError::LedgerBehind {
                job: self.found.definition.name.clone(),
                ledger: loaded_until,
                catalog,
            }
            .into()),
            Some(_) | None => Ok(()),
        }
    }

    /// The next window to run. After UP TO there is none.
    fn next(
        &mut self,
        job: &RunnableJob,
        session: &JobSession<'_>,
        loaded_until: Moment,
        now: Moment,
    ) -> Result<NextWindow, Error> {
        if let Some(moment) = self.up_to {
            let window = job.schedule.up_to(loaded_until, moment, now)?;
            return Ok(window.map_or(NextWindow::Ended, NextWindow::Due));
        }
        let now = if self.found.definition.is_sync {
            now.min(self.sources_until()?)
        } else {
            now
        };
        Ok(job.schedule.next_of(session.has_bounds(), loaded_until, now))
    }

    /// The moment up to which all sources of a SYNC job are loaded by jobs of the catalog.
    fn sources_until(&mut self) -> Result<Moment, Error> {
        let db = self.catalog.reader()?;
        let mut until = Moment::END;
        for (id, _) in db.writers_of_sources(self.found.id)? {
            until = until.min(db.last_done_end(id)?.unwrap_or(Moment::BEGINNING));
        }
        Ok(until)
    }

    /// True if PAUSE JOB has come since the job began to run.
    fn is_paused(&mut self) -> Result<bool, Error> {
        let status = self.catalog.reader()?.job_status(self.found.id)?;
        Ok(status.state == JobState::Paused)
    }

    fn begin(&mut self, window: Window) -> Result<BegunRun, Error> {
        let run_id = SecretId::random()?.as_str().to_owned();
        let new = NewRun {
            run_id: run_id.clone(),
            window_start: Some(window.start).filter(|start| *start != Moment::BEGINNING),
            window_end: window.end,
            by: writer_name(),
        };
        let now = self.now();
        let row = self.catalog.writer()?.insert_run(self.found.id, &new, now)?;
        Ok(BegunRun {
            row,
            run_id,
            window,
            begun: Instant::now(),
            staged: None,
        })
    }

    fn loaded(
        &mut self,
        run: &BegunRun,
        tally: Option<Tally>,
        loaded: &mut dyn FnMut(&LoadedWindow),
    ) -> Result<(), Error> {
        let unknown = || Tally {
            staged: run.staged.unwrap_or(0),
            ..Tally::default()
        };
        let tally = tally.unwrap_or_else(unknown);
        self.finish(run, RunState::Done, Some(tally), None)?;
        let took = run.begun.elapsed();
        loaded(&LoadedWindow { window: run.window, tally, took });
        Ok(())
    }

    fn finish(
        &mut self,
        run: &BegunRun,
        state: RunState,
        tally: Option<Tally>,
        error: Option<&Error>,
    ) -> Result<(), Error> {
        let number = |rows: Option<u64>| rows.and_then(|rows| i64::try_from(rows).ok());
        let end = RunEnd {
            state,
            staged: number(run.staged),
            inserted: number(tally.and_then(|tally| tally.inserted)),
            deleted: number(tally.and_then(|tally| tally.deleted)),
            error: error.map(|error| RecordedError {
                sqlstate: error.sqlstate().code().to_owned(),
                message: error.message(),
            }),
        };
        let now = self.now();
        Ok(self.catalog.writer()?.finish_run(run.row, &end, now)?)
    }
}

/// Loads one window.
fn load(
    session: &mut JobSession<'_>,
    run: &mut BegunRun,
    mapped: &mut Option<Mapped>,
) -> Result<WriteEnd, RunError> {
    run.staged = None;
    let staged = session.stage(run.window)?;
    let mapped = match mapped {
        Some(mapped) => mapped,
        None => mapped.insert(session.map()?),
    };
    run.staged = Some(staged);
    session.write(
        Claim {
            window: run.window,
            run_id: &run.run_id,
            staged,
        },
        mapped,
    )
}

/// `host:process`
fn writer_name() -> String {
    format!("{}:{}", host_name(), std::process::id())
}

/// Host, process and version, for the ledger.
pub(super) fn written_by() -> String {
    format!("{} redwire {}", writer_name(), env!("CARGO_PKG_VERSION"))
}

#[cfg(unix)]
fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host_name() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "unknown".to_owned())
}
