//! The windows of one job, in order, on one session after another. With RUN_PARALLELISM several
//! windows are staged at once, in sessions of their own; they are written in order.
//!
//! A session that is lost is opened once more: the ledger then says if the last window is loaded,
//! and the job goes on from there.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use super::job::{located, runnable};
use super::lock::JobLock;
use super::progress::{ProgressLine, RunStep};
use super::record::BegunRun;
use super::sessions::{OpenedSessions, stage_all};
use crate::catalog::StoredJob;
use crate::definition::{JobState, Moment, RunState};
use crate::error::{Error, ErrorKind};
use crate::executor::catalog_handle::CatalogHandle;
use crate::executor::slot::SessionSlots;
use crate::executor::{Credentials, Notice};
use crate::runs::{
    Claim, JobSession, LedgerError, LedgerState, Mapped, NextWindow, RunError, RunnableJob, Tally,
    Window, WriteEnd,
};

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

/// The next windows of a job.
enum NextWindows {
    Due(Vec<Window>),
    DueAt(Moment),
    Never,
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
        // The runs that have begun and not ended; only the first of them can have written.
        let mut begun = VecDeque::new();
        // The end of the window whose session was lost last.
        let mut lost_at = None;
        loop {
            let mut opened = OpenedSessions {
                first: self.open(notify)?,
                others: Vec::new(),
            };
            let orderly = self.slots.signals.defer();
            let ended = self.run_on(&mut opened, &job, &mut begun, notify, loaded);
            let is_lost = opened.is_any_lost();
            drop(opened);
            drop(orderly);
            let at = begun.front().map(|run: &BegunRun| run.window.end);
            match ended {
                Err(error)
                    if let ErrorKind::Run(RunError::Ledger(LedgerError::Locked { .. })) =
                        error.kind() =>
                {
                    let error = self.with_holders(error, &job, notify);
                    self.fail_all(&begun, &error)?;
                    return Err(error);
                }
                Err(_) if is_lost && at.is_some() && at != lost_at && !self.is_cancelled() => {
                    lost_at = at;
                }
                Err(error) => {
                    self.fail_all(&begun, &error)?;
                    return Err(error);
                }
                Ok(next) => return Ok(next),
            }
        }
    }

    fn is_cancelled(&self) -> bool {
        self.slots.signals.is_cancelled()
    }

    fn run_on(
        &mut self,
        opened: &mut OpenedSessions,
        job: &RunnableJob,
        begun: &mut VecDeque<BegunRun>,
        notify: &mut dyn FnMut(Notice),
        loaded: &mut dyn FnMut(&LoadedWindow),
    ) -> Result<Option<Duration>, Error> {
        let found = self.found;
        let located = |error| located(error, found);
        self.progress.step(RunStep::Reading, None);
        let mut first = self.job_session(&mut opened.first, job)?;
        self.settle(&mut first, begun, loaded)?;
        let mut state = first.state().map_err(located)?;
        self.compare_with_catalog(state.loaded_until)?;
        let mut sessions = vec![first];
        let mut others = (job.parallelism > 1).then_some(&mut opened.others);
        let mut mapped = None;
        // The clock goes on while windows run.
        let mut is_fresh = true;
        loop {
            let most = if others.is_some() {
                job.parallelism
            } else {
                sessions.len()
            };
            let mut windows = match self.next(job, sessions[0].has_bounds(), &state, most)? {
                NextWindows::Due(windows) => windows,
                NextWindows::Never => return Ok(None),
                NextWindows::DueAt(_) if !is_fresh => {
                    is_fresh = true;
                    state = sessions[0].state().map_err(located)?;
                    continue;
                }
                NextWindows::DueAt(moment) => return Ok(Some(moment.since(state.now))),
            };
            if windows.len() > 1
                && let Some(others) = others.take()
            {
                self.open_others(others, windows.len() - 1, notify);
                for other in others {
                    sessions.push(self.job_session(other, job)?);
                }
            }
            windows.truncate(sessions.len());
            self.begin_all(&windows, begun)?;
            is_fresh = false;
            self.progress.step(RunStep::Staging, whole(&windows));
            let staged = stage_all(&mut sessions, &windows);
            for (session, staged) in sessions.iter_mut().zip(staged) {
                let Some(run) = begun.front_mut() else { break };
                self.progress.step(RunStep::Writing, Some(run.window));
                let end = write(session, run, staged, &mut mapped).map_err(located)?;
                if !self.finish_first(begun, end, &mut state, loaded)? {
                    state = session.state().map_err(located)?;
                    break;
                }
            }
            if job.schedule.interval.is_none() || self.is_paused()? {
                return Ok(None);
            }
        }
    }

    /// Asks the ledger for the end of a run whose session was lost while it wrote. Runs that were
    /// staged beside it have not written.
    fn settle(
        &mut self,
        session: &mut JobSession<'_>,
        begun: &mut VecDeque<BegunRun>,
        loaded: &mut dyn FnMut(&LoadedWindow),
    ) -> Result<(), Error> {
        if let Some(run) = begun.front().filter(|run| run.staged.is_some()) {
            let is_loaded = session.is_loaded(run.window);
            if is_loaded.map_err(|error| located(error, self.found))? {
                self.loaded(run, None, loaded)?;
                begun.pop_front();
            }
        }
        while let Some(run) = begun.pop_front() {
            self.finish(&run, RunState::Failed, None, None)?;
        }
        Ok(())
    }

    /// Ends the first run that has begun. False if another process was faster: then the runs beside
    /// it are not needed.
    fn finish_first(
        &mut self,
        begun: &mut VecDeque<BegunRun>,
        end: WriteEnd,
        state: &mut LedgerState,
        loaded: &mut dyn FnMut(&LoadedWindow),
    ) -> Result<bool, Error> {
        match end {
            WriteEnd::Done(tally) => {
                if let Some(run) = begun.front() {
                    self.loaded(run, Some(tally), loaded)?;
                    state.loaded_until = run.window.end;
                }
                begun.pop_front();
                Ok(true)
            }
            WriteEnd::Taken => {
                while let Some(run) = begun.pop_front() {
                    self.finish(&run, RunState::Skipped, None, None)?;
                }
                Ok(false)
            }
        }
    }

    /// The next windows to run, in order, up to a number of them.
    fn next(
        &mut self,
        job: &RunnableJob,
        has_bounds: bool,
        state: &LedgerState,
        most: usize,
    ) -> Result<NextWindows, Error> {
        if let Some(moment) = self.up_to {
            let window = job.schedule.up_to(state.loaded_until, moment, state.now);
            let window = window.map_err(RunError::from)?;
            return Ok(window.map_or(NextWindows::Never, |window| NextWindows::Due(vec![window])));
        }
        let now = if self.found.definition.is_sync {
            state.now.min(self.sources_until()?)
        } else {
            state.now
        };
        let mut windows = Vec::new();
        let mut loaded_until = state.loaded_until;
        while windows.len() < most {
            match job.schedule.next_of(has_bounds, loaded_until, now) {
                NextWindow::Due(window) => {
                    windows.push(window);
                    loaded_until = window.end;
                }
                NextWindow::DueAt(moment) if windows.is_empty() => {
                    return Ok(NextWindows::DueAt(moment));
                }
                NextWindow::Ended if windows.is_empty() => return Ok(NextWindows::Never),
                NextWindow::DueAt(_) | NextWindow::Ended => break,
            }
            if job.schedule.interval.is_none() {
                break;
            }
        }
        Ok(NextWindows::Due(windows))
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
}

/// Writes a window that is staged.
fn write(
    session: &mut JobSession<'_>,
    run: &mut BegunRun,
    staged: Result<u64, RunError>,
    mapped: &mut Option<Mapped>,
) -> Result<WriteEnd, RunError> {
    let staged = staged?;
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

/// The window from the start of the first to the end of the last.
fn whole(windows: &[Window]) -> Option<Window> {
    let (first, last) = (windows.first()?, windows.last()?);
    Some(Window { start: first.start, end: last.end })
}
