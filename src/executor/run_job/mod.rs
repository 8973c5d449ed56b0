//! RUN JOB: each window that is due, in order.

mod background;
mod job;
mod lock;
mod runner;

pub use background::{JobEnd, JobEvent, JobReport, RunningJob, ScheduledJob};
pub(super) use background::{scheduled_jobs, start_job};
pub use runner::LoadedWindow;

use runner::JobRunner;

use super::lookup::find_job;
use super::slot::SessionSlots;
use super::transaction::CatalogWriter;
use super::{Answer, Caller, Credentials, Outcome, TransactionState};
use crate::catalog::StoredJob;
use crate::definition::Moment;
use crate::error::{Error, InternalError, TransactionError};
use crate::sql::RunJob;
use crate::value::{ResultSet, Value};

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
        let mut loaded = |window: &LoadedWindow| rows.rows.push(row(job, window));
        let ran = credentials_of(writer, job).and_then(|credentials| {
            let runner = JobRunner {
                catalog: &mut writer.catalog,
                slots,
                credentials: &credentials,
                found: job,
                up_to,
                clock: &writer.clock,
            };
            runner.run(caller.notify, &mut loaded)
        });
        if let Err(error) = ran {
            failure = Some(error.or_at(name.span.clone()));
            break;
        }
    }
    let answer = (failure.is_none() || !rows.rows.is_empty()).then_some(Answer::List(rows));
    Ok(Outcome { answer, failure, ..Outcome::default() })
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
