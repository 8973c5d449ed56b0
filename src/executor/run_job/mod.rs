//! RUN JOB: each window that is due, in order.

mod job;

use std::time::{Duration, Instant};

use job::{located, runnable};

use super::lookup::find_job;
use super::session::open_session;
use super::slot::SessionSlots;
use super::transaction::CatalogWriter;
use super::{Answer, Caller, Credentials, OpenSession, Outcome, TransactionState};
use crate::catalog::StoredJob;
use crate::definition::Moment;
use crate::error::{Error, TransactionError};
use crate::runs::{
    Claim, JobSession, Mapped, NextWindow, RunError, RunnableJob, Tally, Window, WriteEnd,
};
use crate::secret::SecretId;
use crate::sql::RunJob;
use crate::value::{ResultSet, Value};
use crate::warehouse::slots::Purpose;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A window that is loaded.
struct DoneRun {
    window: Window,
    tally: Tally,
    took: Duration,
}

/// Runs the jobs one after another. The rows are the answer even if a job fails.
pub(super) fn run_jobs(
    writer: &mut CatalogWriter,
    slots: &mut SessionSlots,
    run: &RunJob,
    caller: &mut Caller<'_>,
) -> Result<Outcome, Error> {
    if writer.transaction != TransactionState::None {
        return Err(TransactionError::NotInTransaction { statement: "RUN JOB" }.into());
    }
    let mut found = Vec::new();
    for name in &run.names {
        found.push(find_job(writer.catalog.reader()?, &name.value, name.span.clone())?);
    }
    let columns = ["job", "window_start", "window_end", "staged", "inserted", "deleted", "took"];
    let mut rows = ResultSet::with_columns(columns);
    let mut failure = None;
    for (job, name) in found.iter().zip(&run.names) {
        let up_to = run.up_to.as_ref().map(|moment| moment.value);
        let mut done = |run: &DoneRun| rows.rows.push(row(job, run));
        let ended = JobRunner { writer, slots, found: job, up_to }.run(caller, &mut done);
        if let Err(error) = ended {
            failure = Some(error.or_at(name.span.clone()));
            break;
        }
    }
    let answer = (failure.is_none() || !rows.rows.is_empty()).then_some(Answer::List(rows));
    Ok(Outcome { answer, failure, ..Outcome::default() })
}

fn row(job: &StoredJob, run: &DoneRun) -> Vec<Value> {
    let number = |rows: u64| Value::Integer(i64::try_from(rows).unwrap_or(i64::MAX));
    let start = Some(run.window.start).filter(|start| *start != Moment::BEGINNING);
    vec![
        job.definition.name.as_str().into(),
        Value::optional_text(start.map(|start| start.to_string())),
        run.window.end.to_string().into(),
        number(run.tally.staged),
        run.tally.inserted.map_or(Value::Null, number),
        run.tally.deleted.map_or(Value::Null, number),
        format!("{:.3} s", run.took.as_secs_f64()).into(),
    ]
}

/// Runs the windows of one job.
struct JobRunner<'a> {
    writer: &'a mut CatalogWriter,
    slots: &'a mut SessionSlots,
    found: &'a StoredJob,
    up_to: Option<Moment>,
}

impl JobRunner<'_> {
    fn run(
        &mut self,
        caller: &mut Caller<'_>,
        done: &mut dyn FnMut(&DoneRun),
    ) -> Result<(), Error> {
        let job = runnable(self.writer.catalog.reader()?, self.found)?;
        let mut open = self.open(&job, caller)?;
        let orderly = self.slots.signals.defer();
        let ended = self.windows(&mut open, &job, done);
        drop(open);
        drop(orderly);
        ended
    }

    fn open(&mut self, job: &RunnableJob, caller: &mut Caller<'_>) -> Result<OpenSession, Error> {
        let connection = &job.body.target.name.table.connection;
        let credentials = Credentials::find(self.writer, connection, None)?;
        if credentials.destination.endpoint.options.read_only {
            return Err(RunError::ReadOnly.into());
        }
        let catalog = &mut self.writer.catalog;
        open_session(catalog, self.slots, &credentials, &Purpose::RUN, caller.notify)
    }

    fn windows(
        &mut self,
        open: &mut OpenSession,
        job: &RunnableJob,
        done: &mut dyn FnMut(&DoneRun),
    ) -> Result<(), Error> {
        let located = |error| located(error, self.found);
        let (patience, cancel) = (self.slots.patience, self.slots.cancel());
        let mut session = JobSession::begin(open.session(), job, &written_by(), patience, cancel)
            .map_err(located)?;
        let mut state = session.state().map_err(located)?;
        let mut mapped = None;
        while let Some(window) = self.next(job, &session, state.loaded_until, state.now)? {
            let started = Instant::now();
            let run_id = SecretId::random()?.as_str().to_owned();
            let end = load(&mut session, window, &run_id, &mut mapped).map_err(located)?;
            match end {
                WriteEnd::Done(tally) => {
                    done(&DoneRun { window, tally, took: started.elapsed() });
                    state.loaded_until = window.end;
                }
                WriteEnd::Taken => state = session.state().map_err(located)?,
            }
        }
        Ok(())
    }

    /// The next window to run; None if nothing is due.
    fn next(
        &self,
        job: &RunnableJob,
        session: &JobSession<'_>,
        loaded_until: Moment,
        now: Moment,
    ) -> Result<Option<Window>, Error> {
        let next = match self.up_to {
            Some(moment) => return Ok(job.schedule.up_to(loaded_until, moment, now)?),
            None if session.has_bounds() => job.schedule.next(loaded_until, now),
            None => job.schedule.all_due(loaded_until, now),
        };
        Ok(match next {
            NextWindow::Due(window) => Some(window),
            NextWindow::DueAt(_) | NextWindow::Ended => None,
        })
    }
}

/// Loads one window.
fn load(
    session: &mut JobSession<'_>,
    window: Window,
    run_id: &str,
    mapped: &mut Option<Mapped>,
) -> Result<WriteEnd, RunError> {
    let staged = session.stage(window)?;
    let mapped = match mapped {
        Some(mapped) => mapped,
        None => mapped.insert(session.map()?),
    };
    session.write(Claim { window, run_id, staged }, mapped)
}

/// Host, process and version.
fn written_by() -> String {
    format!("process {}, redwire {VERSION}", std::process::id())
}
