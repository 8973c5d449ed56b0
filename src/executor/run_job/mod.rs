//! RUN, REWIND and TEST JOB.

mod background;
mod job;
mod lock;
mod record;
mod runner;
mod sessions;
mod step;
mod visit;
mod windows;

pub use background::{JobEnd, JobEvent, JobReport, RunningJob, ScheduledJob};
pub(super) use background::{scheduled_jobs, start_job};
pub use runner::LoadedWindow;
pub(super) use visit::{rewind_job, test_before, test_jobs};

use runner::{JobRunner, NextRun};
use visit::statements_of_runs;

use super::lookup::find_job;
use super::slot::SessionSlots;
use super::transaction::CatalogWriter;
use super::{Answer, Caller, Credentials, Mode, Notice, Outcome, TransactionState};
use crate::catalog::StoredJob;
use crate::definition::Moment;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::error::{Error, ErrorKind, InternalError, TransactionError};
use crate::name::JobName;
use crate::progress::{ProgressLine, ProgressScreen, in_units};
use crate::runs::RunError;
use crate::sql::{RunJob, Spanned};
use crate::value::{ResultSet, Value};

/// Runs the jobs one after another, also behind one that fails. The rows are the answer even then.
pub(super) fn run_jobs(
    writer: &mut CatalogWriter,
    slots: &mut SessionSlots,
    run: &RunJob,
    screen: Option<ProgressScreen>,
    caller: &mut Caller<'_>,
    on_loaded: &mut dyn FnMut(&JobName, &LoadedWindow),
) -> Result<Outcome, Error> {
    check_outside_of_transaction(writer, "RUN JOB")?;
    let mut found = Vec::new();
    for name in &run.names {
        found.push(find_job(writer.catalog.reader()?, &name.value, name.span.clone())?);
    }
    if writer.catalog.mode == Mode::DryRun {
        return Ok(show_runs(writer, slots, run, &found, caller));
    }
    let up_to = run.up_to.as_ref().map(|moment| moment.value);
    let columns = ["job", "window_start", "window_end", "staged", "inserted", "deleted", "took"];
    let mut rows = ResultSet::with_columns(columns);
    let (mut errors, mut notices) = (Vec::new(), Vec::new());
    for (job, name) in found.iter().zip(&run.names) {
        let rows_before = rows.rows.len();
        let ran = credentials_of(writer, job).and_then(|credentials| {
            let progress = ProgressLine::begin(screen);
            let mut notify = |notice| {
                progress.hide();
                (caller.notify)(notice);
            };
            let mut loaded = |window: &LoadedWindow| {
                progress.add_rows(window.tally.staged);
                rows.rows.push(row(job, window));
                on_loaded(&job.definition.name, window);
            };
            let runner = JobRunner {
                catalog: &mut writer.catalog,
                slots,
                credentials: &credentials,
                found: job,
                up_to,
                lets_writes_end: false,
                clock: &writer.clock,
                progress: &progress,
            };
            runner.run(&mut notify, &mut loaded)
        });
        match ran {
            Ok(next) if rows.rows.len() == rows_before => notices.push(nothing_due(job, &next)),
            Ok(_) => {}
            Err(error) => {
                let is_interrupted = error.exit_status() == ExitStatus::Interrupted;
                errors.push(of_job(error, run, name));
                if is_interrupted {
                    break;
                }
            }
        }
    }
    let failure = all_of(errors);
    let answer = (failure.is_none() || !rows.rows.is_empty()).then_some(Answer::List(rows));
    Ok(Outcome {
        answer,
        notices,
        failure,
        ..Outcome::default()
    })
}

/// The error of a job that was to run, at its name or at the moment of UP TO.
fn of_job(error: Error, run: &RunJob, name: &Spanned<JobName>) -> Error {
    let is_of_window = matches!(error.kind(), ErrorKind::Run(RunError::Window(_)));
    let moment = run.up_to.as_ref().filter(|_| is_of_window);
    let place = moment.map_or(&name.span, |moment| &moment.span);
    error.or_in_run(&name.value, None).or_at(place.clone())
}

/// The errors as one, those that a repeat does not mend first.
fn all_of(mut errors: Vec<Error>) -> Option<Error> {
    errors.sort_by_key(severity);
    Error::all(errors).err()
}

/// The order of errors: the first one gives the exit status.
fn severity(error: &Error) -> u8 {
    let status = error.exit_status();
    if status == ExitStatus::Interrupted {
        0
    } else {
        1 + u8::from(status == ExitStatus::NoConnection)
    }
}

/// The statements of the runs, for a dry run, also behind a job that fails.
fn show_runs(
    writer: &mut CatalogWriter,
    slots: &mut SessionSlots,
    run: &RunJob,
    jobs: &[StoredJob],
    caller: &mut Caller<'_>,
) -> Outcome {
    let up_to = run.up_to.as_ref().map(|moment| moment.value);
    let (mut script, mut errors) = (String::new(), Vec::new());
    for (job, name) in jobs.iter().zip(&run.names) {
        match statements_of_runs(writer, slots, job, up_to, caller) {
            Ok(statements) => script.push_str(&statements),
            Err(error) => {
                let is_interrupted = error.exit_status() == ExitStatus::Interrupted;
                errors.push(of_job(error, run, name));
                if is_interrupted {
                    break;
                }
            }
        }
    }
    let failure = all_of(errors);
    let answer = (failure.is_none() || !script.is_empty()).then_some(Answer::Sql(script));
    Outcome { answer, failure, ..Outcome::default() }
}

/// The notice for a job of which nothing was due.
fn nothing_due(job: &StoredJob, next: &NextRun) -> Notice {
    let name = job.definition.name.shown();
    Notice::new(match next {
        NextRun::DueIn(time) => {
            format!("nothing of job {name} is due for another {}", in_units(*time))
        }
        NextRun::Waits(awaited) => format!("nothing of job {name} is due: {awaited}"),
        NextRun::None => format!("nothing of job {name} is left to load"),
    })
}

/// A session of a job has transactions of its own.
fn check_outside_of_transaction(
    writer: &CatalogWriter,
    statement: &'static str,
) -> Result<(), Error> {
    if writer.transaction == TransactionState::None {
        return Ok(());
    }
    Err(TransactionError::NotInTransaction { statement }.into())
}

/// The credentials for the connection that the job writes.
fn credentials_of(writer: &mut CatalogWriter, job: &StoredJob) -> Result<Credentials, Error> {
    let target = job.definition.references.first();
    let target = target.ok_or(InternalError("a job writes no table"))?;
    Credentials::find(writer, &target.name.table.connection, None)
}

fn row(job: &StoredJob, loaded: &LoadedWindow) -> Vec<Value> {
    let number = |rows: u64| Value::Integer(i64::try_from(rows).unwrap_or(i64::MAX));
    let start = Some(loaded.window.start).filter(|start| *start != Moment::BEGINNING);
    vec![
        job.definition.name.as_str().into(),
        Value::optional_text(start.map(|start| start.to_string())),
        loaded.window.end.to_string().into(),
        number(loaded.tally.staged),
        loaded.tally.inserted.map_or(Value::Null, number),
        loaded.tally.deleted.map_or(Value::Null, number),
        format!("{:.3} s", loaded.took.as_secs_f64()).into(),
    ]
}
