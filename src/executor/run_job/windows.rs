//! The windows of one job, in order, on one session after another. With RUN_PARALLELISM several
//! windows are staged at once, in sessions of their own; they are written in order.
//!
//! A session that is lost is opened once more: the ledger then says if the last window is loaded,
//! and the job goes on from there.

use std::collections::VecDeque;

use super::job::{located, runnable};
use super::lock::JobLock;
use super::record::{BegunRun, tell_of_older_ledger};
use super::runner::{JobRunner, LoadedWindow, NextRun};
use super::sessions::{OpenedSessions, stage_all};
use super::step::{RunStep, step_text};
use crate::catalog::{Db, StoredJob};
use crate::definition::{AwaitedJob, Moment, RunState};
use crate::error::{Error, ErrorKind};
use crate::executor::Notice;
use crate::executor::sync::awaited;
use crate::runs::{
    Claim, JobSession, LedgerError, LedgerState, Mapped, NextWindow, RunError, RunnableJob, Window,
    WindowError, WriteEnd,
};

/// The next windows of a job.
enum NextWindows {
    Due(Vec<Window>),
    None(NextRun),
}

impl JobRunner<'_> {
    fn show_step(&self, step: RunStep, window: Option<Window>) {
        self.progress.show(step_text(&self.found.definition.name, step, window));
    }

    /// Runs every window that is due; `loaded` receives each one that is loaded. Returns the job's
    /// next run.
    pub fn run(
        mut self,
        notify: &mut dyn FnMut(Notice),
        loaded: &mut dyn FnMut(&LoadedWindow),
    ) -> Result<NextRun, Error> {
        let name = &self.found.definition.name;
        if self.found.is_paused {
            return Err(RunError::Paused(name.clone()).into());
        }
        let _lock = JobLock::take(self.catalog, self.found.id, name)?;
        let job = runnable(self.catalog.reader()?, self.found)?;
        // The runs that have begun and not ended; only the first of them can have written.
        let mut begun = VecDeque::new();
        // The start of the window whose session was lost last.
        let mut lost_at = None;
        let mut lost_by = None;
        loop {
            let window = begun.front().map(|run: &BegunRun| run.window);
            let opened = self.open(notify).map_err(|error| error.or_in_run(name, window));
            if let Err(error) = &opened {
                self.fail_all(&begun, error)?;
            }
            let mut opened = OpenedSessions { first: opened?, others: Vec::new() };
            let orderly = self.slots.signals.defer();
            let lost = lost_by.as_ref();
            let ended = self.run_on(&mut opened, &job, &mut begun, lost, notify, loaded);
            let is_lost = opened.is_any_lost();
            drop(opened);
            drop(orderly);
            let window = begun.front().map(|run| run.window);
            let at = window.map(|window| window.start);
            match ended.map_err(|error| error.or_in_run(name, window)) {
                Err(error)
                    if let ErrorKind::Run(RunError::Ledger(LedgerError::Locked { .. })) =
                        error.kind() =>
                {
                    let error = self.with_holders(error, &job, notify);
                    self.fail_all(&begun, &error)?;
                    return Err(error);
                }
                Err(error) if is_lost && at.is_some() && at != lost_at && !self.is_cancelled() => {
                    lost_at = at;
                    lost_by = Some(error);
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
        lost_by: Option<&Error>,
        notify: &mut dyn FnMut(Notice),
        loaded: &mut dyn FnMut(&LoadedWindow),
    ) -> Result<NextRun, Error> {
        let found = self.found;
        let located = |error| located(error, found);
        self.show_step(RunStep::Reading, None);
        let mut first = self.job_session(&mut opened.first, job)?;
        let is_settled = self.settle(&mut first, begun, lost_by, loaded)?;
        // Its clock has gone on: the next window of such a job is due at once.
        if is_settled && job.schedule.interval.is_none() {
            return Ok(NextRun::None);
        }
        let is_known = self.catalog.reader()?.has_runs(found.id)?;
        let mut state = self.state(&mut first, job)?;
        if !is_known {
            tell_of_older_ledger(job, &state, notify);
        }
        let has_bounds = first.has_bounds();
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
            let mut windows = match self.next(job, has_bounds, &state, most)? {
                NextWindows::Due(windows) => windows,
                NextWindows::None(NextRun::DueIn(_)) if !is_fresh => {
                    is_fresh = true;
                    state = self.state(&mut sessions[0], job)?;
                    continue;
                }
                NextWindows::None(next) => return Ok(next),
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
            self.show_step(RunStep::Staging, whole(&windows));
            let staged = stage_all(&mut sessions, &windows);
            for (session, staged) in sessions.iter_mut().zip(staged) {
                let Some(run) = begun.front_mut() else { break };
                self.show_step(RunStep::Writing, Some(run.window));
                let end = write(session, run, staged, &mut mapped).map_err(located)?;
                if !self.finish_first(begun, end, &mut state, loaded)? {
                    state = self.state(session, job)?;
                    break;
                }
            }
            if job.schedule.interval.is_none() || !self.is_unchanged(notify)? {
                return Ok(NextRun::None);
            }
        }
    }

    /// Asks the ledger for the end of a run whose session was lost while it wrote. True if it has
    /// written; runs that were staged beside it have not.
    fn settle(
        &mut self,
        session: &mut JobSession<'_>,
        begun: &mut VecDeque<BegunRun>,
        lost_by: Option<&Error>,
        loaded: &mut dyn FnMut(&LoadedWindow),
    ) -> Result<bool, Error> {
        let mut is_settled = false;
        if let Some(run) = begun.front().filter(|run| run.staged.is_some()) {
            let is_loaded = session.is_loaded(run.window);
            is_settled = is_loaded.map_err(|error| located(error, self.found))?;
            if is_settled {
                self.loaded(run, None, loaded)?;
                begun.pop_front();
            }
        }
        if let Some(error) = lost_by {
            self.fail_all(begun, error)?;
        }
        begun.clear();
        Ok(is_settled)
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
        let awaited = awaited_by(self.catalog.reader()?, self.found)?;
        if let Some(moment) = self.up_to {
            return up_to(job, state, moment, awaited);
        }
        let clock = job.schedule.ready(state.now);
        let ready = awaited.as_ref().map_or(clock, |awaited| awaited.ready().min(clock));
        let mut windows = Vec::new();
        let mut loaded_until = state.loaded_until;
        while windows.len() < most {
            match job.schedule.next_of(has_bounds, loaded_until, ready) {
                NextWindow::Due(window) => {
                    windows.push(window);
                    loaded_until = window.end;
                }
                NextWindow::DueAt(end) if windows.is_empty() => {
                    let waits = awaited.filter(|_| end <= clock).map(NextRun::Waits);
                    let next = waits.unwrap_or(NextRun::DueIn(end.since(clock)));
                    return Ok(NextWindows::None(next));
                }
                NextWindow::Ended if windows.is_empty() => {
                    return Ok(NextWindows::None(NextRun::None));
                }
                NextWindow::DueAt(_) | NextWindow::Ended => break,
            }
            if job.schedule.interval.is_none() {
                break;
            }
        }
        Ok(NextWindows::Due(windows))
    }

    /// The job's row in the ledger, which the catalog must not be ahead of.
    fn state(
        &mut self,
        session: &mut JobSession<'_>,
        job: &RunnableJob,
    ) -> Result<LedgerState, Error> {
        let state = session.state().map_err(|error| located(error, self.found))?;
        self.compare_with_catalog(&state, job)?;
        Ok(state)
    }

    /// True if the job is as it was when it began to run. It stops before its next window if it is
    /// paused, and with a notice if it was altered or dropped.
    fn is_unchanged(&mut self, notify: &mut dyn FnMut(Notice)) -> Result<bool, Error> {
        let name = &self.found.definition.name;
        let now = self.catalog.reader()?.find_job(name)?;
        if now.as_ref() == Some(self.found) {
            return Ok(true);
        }
        let is_paused = now.is_some_and(|now| now.id == self.found.id && now.is_paused);
        if !is_paused {
            notify(Notice::new(format!(
                "job {} was changed while it ran, and stops before its next window",
                name.shown()
            )));
        }
        Ok(false)
    }
}

/// The job that the job waits for longest if it is a SYNC job.
pub(super) fn awaited_by(db: &Db, found: &StoredJob) -> Result<Option<AwaitedJob>, Error> {
    if !found.definition.is_sync {
        return Ok(None);
    }
    Ok(awaited(db, Some(found.id))?.remove(&found.definition.name))
}

/// The one window of UP TO, which must not go beyond what the sources have.
fn up_to(
    job: &RunnableJob,
    state: &LedgerState,
    moment: Moment,
    awaited: Option<AwaitedJob>,
) -> Result<NextWindows, Error> {
    let window = job.schedule.up_to(state.loaded_until, moment, state.now);
    let Some(window) = window.map_err(RunError::from)? else {
        return Ok(NextWindows::None(NextRun::None));
    };
    match awaited {
        Some(awaited) if awaited.ready() < moment => {
            Err(RunError::from(WindowError::SourcesBehind { moment, awaited }).into())
        }
        Some(_) | None => Ok(NextWindows::Due(vec![window])),
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
