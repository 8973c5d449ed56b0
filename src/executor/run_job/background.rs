//! Jobs that run by themselves: the list of them, and a thread for one that runs.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use super::credentials_of;
use super::job::schedule;
use super::runner::{JobRunner, LoadedWindow};
use crate::catalog::{Db, StoredJob};
use crate::definition::{AwaitedJob, Limit, Moment};
use crate::error::{Error, ErrorKind, InternalError};
use crate::executor::catalog_handle::CatalogHandle;
use crate::executor::lookup::find_job;
use crate::executor::slot::SessionSlots;
use crate::executor::sync::awaited;
use crate::executor::transaction::CatalogWriter;
use crate::executor::{Credentials, Notice};
use crate::name::{ConnectionName, JobName};
use crate::progress::ProgressLine;
use crate::runs::RunError;
use crate::signals::Signals;
use crate::warehouse::slots::Slots;

/// A job that runs by itself, as far as its schedule needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledJob {
    /// The id in the catalog.
    pub id: i64,
    /// The name.
    pub name: JobName,
    /// The connection that it writes.
    pub connection: ConnectionName,
    /// The limit of the connection's sessions.
    pub limit: Option<Limit>,
    /// RUN_INTERVAL.
    pub interval: Option<Duration>,
    /// START_FROM, if it is a moment.
    pub start: Option<Moment>,
    /// Changes with the definition.
    pub version: u64,
    /// The end of its last window that is done.
    pub loaded_until: Option<Moment>,
    /// The moment up to which all sources of a SYNC job are loaded; None if it waits for none.
    pub awaited_until: Option<Moment>,
}

/// A report from a job that runs.
#[derive(Debug)]
pub struct JobReport {
    /// The id of the job.
    pub job: i64,
    /// The event.
    pub event: JobEvent,
}

/// An event of a job that runs.
#[derive(Debug)]
pub enum JobEvent {
    /// A notice while it waits.
    Notice(Notice),
    /// A window is loaded.
    Loaded(LoadedWindow),
    /// The last report.
    Ended(JobEnd),
}

/// The end of the windows that were due.
#[derive(Debug)]
pub enum JobEnd {
    /// All are loaded. The next one is due after this time, if there is one.
    Done(Option<Duration>),
    /// Another process runs the job.
    Elsewhere,
    /// A run has failed.
    Failed(Error),
}

/// A job that runs in a thread of its own.
#[derive(Debug)]
pub struct RunningJob {
    signals: Signals,
    thread: JoinHandle<()>,
}

impl RunningJob {
    /// Cancels its query; a write that has begun goes on to its end.
    pub fn cancel(&self) {
        self.signals.cancel().store(true, Ordering::SeqCst);
    }

    /// Waits for the end of the thread.
    pub fn join(self) {
        // A panic is reported as the end of the job.
        let _ = self.thread.join();
    }
}

/// The jobs with these ids, or every job with a RUN_INTERVAL; without those that are paused or have
/// ended.
pub(in crate::executor) fn scheduled_jobs(
    db: &Db,
    named: Option<&[i64]>,
) -> Result<Vec<ScheduledJob>, Error> {
    let scheduled = db.scheduled_jobs()?;
    let loaded = db.loaded_moments()?;
    let awaited = awaited(db, None)?;
    let mut limits = BTreeMap::new();
    let mut jobs = Vec::new();
    for found in db.all_jobs()? {
        let name = &found.definition.name;
        let is_wanted = match named {
            Some(ids) => ids.contains(&found.id) && !found.is_paused,
            None => scheduled.binary_search(name).is_ok(),
        };
        let Some(target) = found.definition.references.first().filter(|_| is_wanted) else {
            continue;
        };
        let connection = target.name.table.connection.clone();
        let limit = match limits.get(&connection) {
            Some(limit) => *limit,
            None => {
                let limit = db.find_connection(&connection)?.and_then(|c| c.definition.limit);
                limits.insert(connection.clone(), limit);
                limit
            }
        };
        let schedule = schedule(&found);
        let interval = schedule.interval.and_then(|length| u64::try_from(length).ok());
        jobs.push(ScheduledJob {
            id: found.id,
            name: name.clone(),
            connection,
            limit,
            interval: interval.map(Duration::from_micros),
            start: schedule.earliest_start().filter(|start| *start != Moment::BEGINNING),
            version: version_of(&found),
            loaded_until: loaded.get(name).copied(),
            awaited_until: awaited.get(name).map(AwaitedJob::ready),
        });
    }
    Ok(jobs)
}

/// The seconds of `altered_at` do not tell two changes in a row apart.
fn version_of(found: &StoredJob) -> u64 {
    let mut hasher = DefaultHasher::new();
    found.hash(&mut hasher);
    hasher.finish()
}

/// Runs what is due of the job in a thread.
pub(in crate::executor) fn start_job(
    writer: &mut CatalogWriter,
    patience: Duration,
    name: &JobName,
    reports: Sender<JobReport>,
) -> Result<RunningJob, Error> {
    let found = find_job(writer.catalog.reader()?, name, None)?;
    let credentials = credentials_of(writer, &found)?;
    let signals = Signals::default();
    let work = Work {
        catalog: writer.catalog.for_thread(),
        slots: SessionSlots {
            signals: signals.clone(),
            patience,
            slots: writer.catalog.beside(".slots").map(Slots::at),
        },
        credentials,
        found,
        reports,
    };
    let thread = thread::Builder::new()
        .name("job".to_owned())
        .spawn(move || work.run())
        .map_err(|_| InternalError("the system starts no more threads"))?;
    Ok(RunningJob { signals, thread })
}

/// The work of a thread.
struct Work {
    catalog: CatalogHandle,
    slots: SessionSlots,
    credentials: Credentials,
    found: StoredJob,
    reports: Sender<JobReport>,
}

impl Work {
    fn run(mut self) {
        let (job, reports) = (self.found.id, self.reports.clone());
        let ran = catch_unwind(AssertUnwindSafe(|| self.run_windows()));
        drop(self);
        let end = match ran {
            Ok(Ok(next)) => JobEnd::Done(next),
            Ok(Err(error)) if is_elsewhere(&error) => JobEnd::Elsewhere,
            Ok(Err(error)) => JobEnd::Failed(error),
            Err(_) => JobEnd::Failed(InternalError("a run ended unexpectedly").into()),
        };
        // Nobody is there to receive it when the process ends.
        let _ = reports.send(JobReport { job, event: JobEvent::Ended(end) });
    }

    fn run_windows(&mut self) -> Result<Option<Duration>, Error> {
        let (job, reports) = (self.found.id, &self.reports);
        let report = |event| {
            let _ = reports.send(JobReport { job, event });
        };
        let runner = JobRunner {
            catalog: &mut self.catalog,
            slots: &mut self.slots,
            credentials: &self.credentials,
            found: &self.found,
            up_to: None,
            lets_writes_end: true,
            clock: &SystemTime::now,
            progress: &ProgressLine::none(),
        };
        let ran = runner.run(&mut |notice| report(JobEvent::Notice(notice)), &mut |loaded| {
            report(JobEvent::Loaded(loaded.clone()));
        });
        ran.map(|next| next.due_in())
    }
}

fn is_elsewhere(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Run(RunError::Running(_)))
}
