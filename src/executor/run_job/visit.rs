//! REWIND JOB and TEST JOB: a job on a session, without a run.

use std::fmt::Write as _;
use std::time::Instant;

use super::check_outside_of_transaction;
use super::job::{located, located_in_statement, runnable};
use super::lock::JobLock;
use super::record::written_by;
use super::windows::awaited_by;
use crate::catalog::{JobDefinition, StoredJob};
use crate::definition::Moment;
use crate::error::Error;
use crate::executor::lookup::find_job;
use crate::executor::session::open_session;
use crate::executor::slot::SessionSlots;
use crate::executor::transaction::CatalogWriter;
use crate::executor::{Answer, Caller, Credentials, Mode, Notice, Outcome};
use crate::name::JobName;
use crate::runs::{JobSession, LedgerState, NextWindow, RunError, RunnableJob, Window};
use crate::secret::SecretId;
use crate::sql::option::SKIP_ALL_VALIDATIONS;
use crate::sql::{CreateJob, RewindJob, Spanned, TestJob, WithTest};
use crate::value::ResultSet;
use crate::warehouse::slots::Purpose;

/// Sets the moment up to which a job is loaded: its windows run again from there.
pub(in crate::executor) fn rewind_job(
    writer: &mut CatalogWriter,
    slots: &mut SessionSlots,
    rewind: &RewindJob,
    caller: &mut Caller<'_>,
) -> Result<Outcome, Error> {
    check_outside_of_transaction(writer, "REWIND JOB")?;
    let name = &rewind.name;
    let found = find_job(writer.catalog.reader()?, &name.value, name.span.clone())?;
    let mut outcome = Outcome::done("REWIND JOB");
    if writer.catalog.mode == Mode::DryRun {
        let text = format!("job {} would be rewound in the warehouse", name.value.shown());
        outcome.notices.push(Notice::new(text));
        return Ok(outcome);
    }
    let _lock = JobLock::take(&writer.catalog, found.id, &name.value)?;
    let run_id = SecretId::random()?.as_str().to_owned();
    let (to, before) = visit(writer, slots, &found, caller, |job, session| {
        let state = session.state()?;
        let to = match rewind.to.value {
            Moment::BEGINNING => job.schedule.first_start(state.now),
            moment => moment,
        };
        job.schedule.check_over(to, state.now)?;
        session.rewind(state.loaded_until, to, &run_id)?;
        Ok((to, state.loaded_until))
    })
    .map_err(|error| error.or_at(rewind.to.span.clone()))?;
    let last_done = writer.catalog.reader()?.last_done_end(found.id)?;
    let before = last_done.map_or(before, |last_done| last_done.max(before));
    writer.catalog.writer()?.rewind_runs(found.id, to)?;
    let target = found.definition.references.first().map(|target| target.name.sql());
    let stays = target.filter(|_| to < before).map(|target| {
        format!("the rows that the windows after {to} wrote stay in {target} until you delete them")
    });
    outcome.notices.extend(stays.map(Notice::warning));
    if to > before {
        let text = format!("the windows between {before} and {to} are not loaded");
        outcome.notices.push(Notice::warning(text));
    }
    Ok(outcome)
}

/// Lets the warehouse explain the queries of jobs, with a window put in. Writes nothing.
pub(in crate::executor) fn test_jobs(
    writer: &mut CatalogWriter,
    slots: &mut SessionSlots,
    test: &TestJob,
    caller: &mut Caller<'_>,
) -> Result<Outcome, Error> {
    let mut rows = ResultSet::with_columns(["job", "result", "plan"]);
    let mut outcome = Outcome::default();
    for name in &test.names {
        let found = find_job(writer.catalog.reader()?, &name.value, name.span.clone())?;
        if writer.catalog.mode == Mode::DryRun {
            outcome.notices.push(would_test(&name.value));
            continue;
        }
        let now = Moment::from_seconds(writer.now());
        let tested = visit(writer, slots, &found, caller, |job, session| {
            session.explain(any_window(job, now))
        });
        let (result, plan) = match &tested {
            Ok(plan) => ("ok".into(), plan.as_str().into()),
            Err(error) => ("failed".into(), crate::diagnostic::Diagnostic::message(error).into()),
        };
        rows.rows.push(vec![name.value.as_str().into(), result, plan]);
        if let Err(error) = tested {
            outcome.failure.get_or_insert(error.or_at(name.span.clone()));
        }
    }
    outcome.answer = (!rows.rows.is_empty()).then_some(Answer::List(rows));
    Ok(outcome)
}

/// WITH TEST: the statement fails if the warehouse cannot explain the query.
pub(in crate::executor) fn test_before(
    writer: &mut CatalogWriter,
    slots: &mut SessionSlots,
    create: &CreateJob,
    definition: JobDefinition,
    caller: &mut Caller<'_>,
) -> Result<Vec<Notice>, Error> {
    let Spanned { value: name, span } = &create.name;
    if writer.catalog.mode == Mode::DryRun {
        return Ok(vec![would_test(name)]);
    }
    let now = Moment::from_seconds(writer.now());
    let candidate = StoredJob {
        id: 0,
        definition,
        is_paused: false,
        created_at: now.to_string(),
        altered_at: now.to_string(),
    };
    let mut job = runnable(writer.catalog.reader()?, &candidate)?;
    // Its places are those of the statement.
    job.body = create.body.clone();
    let begun = Instant::now();
    let locate = |error| located_in_statement(error, &create.body);
    visit_as(writer, slots, &job, caller, locate, |session| {
        session.explain(any_window(&job, now))
    })
    .map_err(|error| error.or_at(span.clone()))?;
    let milliseconds = begun.elapsed().as_millis();
    let passed = format!("the test of job {} passed in {milliseconds} ms", name.shown());
    let mut notices = vec![Notice::new(passed)];
    if create.with_test == WithTest::Refused {
        let option = SKIP_ALL_VALIDATIONS.name;
        let text = format!("redwire's check refuses what the warehouse takes: {option} = TRUE");
        notices.push(Notice::new(text));
    }
    Ok(notices)
}

fn would_test(name: &JobName) -> Notice {
    Notice::new(format!("job {} would be tested", name.shown()))
}

/// The statements of each window that is due, for a dry run.
pub(super) fn statements_of_runs(
    writer: &mut CatalogWriter,
    slots: &mut SessionSlots,
    found: &StoredJob,
    up_to: Option<Moment>,
    caller: &mut Caller<'_>,
) -> Result<String, Error> {
    let awaited = awaited_by(writer.catalog.reader()?, found)?;
    visit(writer, slots, found, caller, |job, session| {
        let mut state = session.peek()?;
        let clock = job.schedule.ready(state.now);
        let ready = awaited.map_or(clock, |awaited| awaited.ready().min(clock));
        let mut text = String::new();
        while let Some(window) = next_due(job, session, &state, ready, up_to)? {
            let _ = writeln!(text, "-- {}: {window}", job.name.sql());
            text.push_str(&session.script(window)?);
            state.loaded_until = window.end;
            if job.schedule.interval.is_none() {
                break;
            }
        }
        Ok(text)
    })
}

fn next_due(
    job: &RunnableJob,
    session: &JobSession<'_>,
    state: &LedgerState,
    ready: Moment,
    up_to: Option<Moment>,
) -> Result<Option<Window>, RunError> {
    if let Some(moment) = up_to {
        return Ok(job.schedule.up_to(state.loaded_until, moment, state.now)?);
    }
    Ok(match job.schedule.next_of(session.has_bounds(), state.loaded_until, ready) {
        NextWindow::Due(window) => Some(window),
        NextWindow::DueAt(_) | NextWindow::Ended => None,
    })
}

/// A window like those of the job; its bounds only have to be of the right type.
fn any_window(job: &RunnableJob, now: Moment) -> Window {
    let start = job.schedule.first_start(now);
    match job.schedule.next(start, now) {
        NextWindow::Due(window) => window,
        NextWindow::DueAt(end) => Window { start, end },
        NextWindow::Ended => Window { start, end: now },
    }
}

/// Opens a session and calls `work` with the job on it.
fn visit<T>(
    writer: &mut CatalogWriter,
    slots: &mut SessionSlots,
    found: &StoredJob,
    caller: &mut Caller<'_>,
    work: impl FnOnce(&RunnableJob, &mut JobSession<'_>) -> Result<T, RunError>,
) -> Result<T, Error> {
    let job = runnable(writer.catalog.reader()?, found)?;
    let locate = |error| located(error, found);
    visit_as(writer, slots, &job, caller, locate, |session| work(&job, session))
}

/// Opens a session on the job's connection and calls `work` with it.
fn visit_as<T>(
    writer: &mut CatalogWriter,
    slots: &mut SessionSlots,
    job: &RunnableJob,
    caller: &mut Caller<'_>,
    locate: impl FnOnce(RunError) -> Error,
    work: impl FnOnce(&mut JobSession<'_>) -> Result<T, RunError>,
) -> Result<T, Error> {
    let connection = &job.body.target.name.table.connection;
    let credentials = Credentials::find(writer, connection, None)?;
    let catalog = &mut writer.catalog;
    let mut open = open_session(catalog, slots, &credentials, &Purpose::RUN, caller.notify)?;
    let _orderly = slots.signals.defer();
    let (patience, cancel) = (slots.patience, slots.cancel());
    JobSession::begin(open.session(), job, &written_by(), patience, cancel)
        .and_then(|mut session| work(&mut session))
        .map_err(locate)
}
