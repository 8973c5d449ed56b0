//! The runs of a job in the catalog: a row is made before each run and finished after it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::runner::{JobRunner, LoadedWindow};
use crate::catalog::{NewRun, RecordedError, RunEnd};
use crate::definition::{Moment, RunState};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::executor::Notice;
use crate::executor::transaction::seconds_since_1970;
use crate::runs::{LedgerError, LedgerState, RunError, RunnableJob, Tally, Window};
use crate::secret::SecretId;

/// A run that has begun.
pub(super) struct BegunRun {
    /// The id of its row in the catalog.
    pub row: i64,
    pub run_id: String,
    pub window: Window,
    pub begun: Instant,
    pub staged: Option<u64>,
}

impl JobRunner<'_> {
    /// Settles the runs of processes that were killed or lost the answer, and stops if the catalog
    /// knows of a later window than the ledger.
    pub(super) fn compare_with_catalog(&mut self, state: &LedgerState) -> Result<(), Error> {
        let (loaded_until, now) = (state.loaded_until, self.now());
        let db = self.catalog.writer()?;
        db.settle_runs(self.found.id, loaded_until, &state.run_id, now)?;
        match db.last_done_end(self.found.id)? {
            Some(catalog) if catalog > loaded_until => Err(RunError::from(LedgerError::Behind {
                job: self.found.definition.name.clone(),
                ledger: loaded_until,
                catalog,
            })
            .into()),
            Some(_) | None => Ok(()),
        }
    }

    /// Tells of a ledger in which the job is loaded further than the catalog knows: another catalog
    /// has run it, or a job that had its name.
    pub(super) fn tell_of_older_ledger(
        &mut self,
        job: &RunnableJob,
        state: &LedgerState,
        notify: &mut dyn FnMut(Notice),
    ) -> Result<(), Error> {
        let is_known = self.catalog.reader()?.has_runs(self.found.id)?;
        let start = job.schedule.earliest_start();
        let is_further = start.is_none_or(|start| state.loaded_until > start);
        if !is_known && !state.run_id.is_empty() && is_further {
            let name = job.name.shown();
            notify(Notice::new(format!(
                "the ledger has job {name} loaded until {}, and it goes on from there; \
                 REWIND JOB {name} TO BEGINNING begins anew",
                state.loaded_until
            )));
        }
        Ok(())
    }

    /// Begins a run for each window that has none yet.
    pub(super) fn begin_all(
        &mut self,
        windows: &[Window],
        begun: &mut VecDeque<BegunRun>,
    ) -> Result<(), Error> {
        for window in windows {
            let run = self.begin(*window)?;
            begun.push_back(run);
        }
        Ok(())
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

    pub(super) fn loaded(
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
        let took = self.finish(run, RunState::Done, Some(tally), None)?;
        loaded(&LoadedWindow { window: run.window, tally, took });
        Ok(())
    }

    /// Ends the run. Returns the time that it took.
    pub(super) fn finish(
        &mut self,
        run: &BegunRun,
        state: RunState,
        tally: Option<Tally>,
        error: Option<&Error>,
    ) -> Result<Duration, Error> {
        let took = run.begun.elapsed();
        let number = |rows: Option<u64>| rows.and_then(|rows| i64::try_from(rows).ok());
        let end = RunEnd {
            state,
            staged: number(run.staged),
            inserted: number(tally.and_then(|tally| tally.inserted)),
            deleted: number(tally.and_then(|tally| tally.deleted)),
            took,
            error: error.map(|error| RecordedError {
                sqlstate: error.sqlstate().code().to_owned(),
                message: error.message(),
            }),
        };
        let now = self.now();
        self.catalog.writer()?.finish_run(run.row, &end, now)?;
        Ok(took)
    }

    /// Ends runs that have not written: the first with the error.
    pub(super) fn fail_all(
        &mut self,
        begun: &VecDeque<BegunRun>,
        error: &Error,
    ) -> Result<(), Error> {
        for (index, run) in begun.iter().enumerate() {
            self.finish(run, RunState::Failed, None, (index == 0).then_some(error))?;
        }
        Ok(())
    }

    pub(super) fn now(&self) -> i64 {
        seconds_since_1970((self.clock)())
    }
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
