//! RUN JOB: each window that is due, in order.

mod job;
mod lock;
mod runner;

use runner::{JobRunner, LoadedWindow};

use super::lookup::find_job;
use super::slot::SessionSlots;
use super::transaction::CatalogWriter;
use super::{Answer, Caller, Outcome, TransactionState};
use crate::catalog::StoredJob;
use crate::definition::Moment;
use crate::error::{Error, TransactionError};
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
        let runner = JobRunner { writer, slots, found: job, up_to };
        if let Err(error) = runner.run(caller, &mut loaded) {
            failure = Some(error.or_at(name.span.clone()));
            break;
        }
    }
    let answer = (failure.is_none() || !rows.rows.is_empty()).then_some(Answer::List(rows));
    Ok(Outcome { answer, failure, ..Outcome::default() })
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
