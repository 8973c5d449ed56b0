//! `redwire run --watch`: runs each job when it is due, until a signal comes.
//!
//! One loop, and a thread for each job that runs. The warehouse's clock decides when a window is
//! due: each run says how long the next one has to wait, and the loop waits by a monotonic clock.

mod plan;
mod supervisor;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use crate::definition::Moment;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::error::Error;
use crate::executor::{Executor, JobEnd, JobEvent, JobReport, RunningJob};
use crate::host::Host;
use crate::metrics::Metrics;
use crate::name::JobName;
use crate::render::{RunLine, render_run_line};
use crate::shell::Output;
use plan::Plan;
use supervisor::Supervisor;

/// The longest time without a look at signals.
const TICK: Duration = Duration::from_millis(250);

/// The time between two looks at the catalog.
const CATALOG_PAUSE: Duration = Duration::from_secs(1);

/// The time between two writes of the metrics.
const METRICS_PAUSE: Duration = Duration::from_secs(15);

/// The jobs to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchRequest {
    /// The names as given; none for all jobs with a RUN_INTERVAL.
    pub names: Vec<String>,
    /// The file of metrics.
    pub metrics: Option<PathBuf>,
}

/// Runs jobs until a signal comes.
pub fn run(
    executor: Executor,
    mut output: Output,
    request: WatchRequest,
    host: &Host,
) -> ExitStatus {
    // The loop itself ends on a signal: writes that have begun must not be cut.
    let _orderly = host.signals.defer();
    let supervisor = Supervisor::from_host(host);
    match Watcher::begin(executor, &mut output, request, supervisor) {
        Ok(mut watcher) => watcher.run(),
        Err(error) => {
            output.error(&error);
            error.exit_status()
        }
    }
}

struct Watcher<'a> {
    executor: Executor,
    output: &'a mut Output,
    supervisor: Supervisor,
    /// The ids of the named jobs.
    named: Option<Vec<i64>>,
    plan: Plan,
    running: BTreeMap<i64, (JobName, RunningJob)>,
    sender: Sender<JobReport>,
    reports: Receiver<JobReport>,
    catalog: CatalogLook,
    metrics: Metrics,
    metrics_file: Option<PathBuf>,
    metrics_at: Instant,
    /// True once nobody reads the output any more.
    is_unread: bool,
}

/// The last look at the catalog.
struct CatalogLook {
    version: Option<(u64, i64)>,
    at: Instant,
    /// True after a look that failed.
    has_failed: bool,
}

impl<'a> Watcher<'a> {
    fn begin(
        mut executor: Executor,
        output: &'a mut Output,
        request: WatchRequest,
        supervisor: Supervisor,
    ) -> Result<Self, Error> {
        let names: Result<Vec<JobName>, _> =
            request.names.iter().map(|name| JobName::new(name)).collect();
        let names = names.map_err(Error::new)?;
        let ids = executor.job_ids(&names)?;
        let (sender, reports) = channel();
        let now = Instant::now();
        let mut watcher = Self {
            executor,
            output,
            supervisor,
            named: Some(ids).filter(|ids| !ids.is_empty()),
            plan: Plan::default(),
            running: BTreeMap::new(),
            sender,
            reports,
            catalog: CatalogLook {
                version: None,
                at: now,
                has_failed: false,
            },
            metrics: Metrics::default(),
            metrics_file: request.metrics,
            metrics_at: now,
            is_unread: false,
        };
        watcher.read_catalog()?;
        watcher.write_metrics(true)?;
        watcher.supervisor.ready();
        Ok(watcher)
    }

    fn run(&mut self) -> ExitStatus {
        while !self.must_end() {
            self.start_due();
            self.supervise();
            let pause = self.plan.pause(Instant::now()).unwrap_or(TICK);
            // A job whose connection is busy is due all the time.
            let pause = if pause.is_zero() { TICK } else { pause.min(TICK) };
            let has_ended = self.receive(pause);
            if has_ended || self.catalog.at.elapsed() >= CATALOG_PAUSE {
                self.look_at_catalog();
            }
            if self.metrics_at.elapsed() >= METRICS_PAUSE {
                self.renew_metrics(true);
            }
        }
        self.end();
        if self.executor.signals().is_cancelled() {
            ExitStatus::Interrupted
        } else {
            ExitStatus::Failed
        }
    }

    fn must_end(&self) -> bool {
        self.is_unread || self.executor.signals().is_cancelled()
    }

    /// Cancels what runs and waits for its end.
    fn end(&mut self) {
        self.supervisor.stopping();
        for (_, running) in self.running.values() {
            running.cancel();
        }
        while !self.running.is_empty() {
            self.receive(TICK);
            self.supervise();
        }
        self.renew_metrics(false);
        self.output.flush_error();
    }

    fn start_due(&mut self) {
        while let Some(job) = self.plan.start_next(Instant::now()) {
            match self.executor.start_job(&job.name, self.sender.clone()) {
                Ok(running) => {
                    self.running.insert(job.id, (job.name, running));
                }
                Err(error) => self.job_ended(job.id, &job.name, &JobEnd::Failed(error)),
            }
        }
    }

    fn supervise(&mut self) {
        self.supervisor.sign();
        let (jobs, running) = (self.plan.jobs().count(), self.running.len());
        self.supervisor.status(format!("{jobs} jobs, {running} running"));
    }

    /// Handles reports until there are none, and waits for the first one. True if a job has ended.
    fn receive(&mut self, pause: Duration) -> bool {
        let mut has_ended = false;
        let mut pause = pause;
        loop {
            match self.reports.recv_timeout(pause) {
                Ok(report) => has_ended |= self.handle(report),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    return has_ended;
                }
            }
            pause = Duration::ZERO;
        }
    }

    /// True if the job has ended.
    fn handle(&mut self, report: JobReport) -> bool {
        match report.event {
            JobEvent::Notice(notice) => {
                self.output.notice_at_once(&notice);
                false
            }
            JobEvent::Loaded(loaded) => {
                if let Some((job, _)) = self.running.get(&report.job) {
                    self.metrics.loaded(job, &loaded);
                    let job = job.clone();
                    self.write_line(&job, &RunLine::Loaded(&loaded));
                }
                false
            }
            JobEvent::Ended(end) => {
                if let Some((job, running)) = self.running.remove(&report.job) {
                    running.join();
                    self.job_ended(report.job, &job, &end);
                }
                true
            }
        }
    }

    fn job_ended(&mut self, id: i64, name: &JobName, end: &JobEnd) {
        let interval = self.plan.job(id).and_then(|job| job.interval);
        let boundary = interval.map_or(Duration::ZERO, until_boundary);
        let pause = self.plan.end(id, end, Instant::now(), boundary);
        let (JobEnd::Failed(error), Some(pause)) = (end, pause) else {
            return;
        };
        if error.exit_status() == ExitStatus::Interrupted && self.must_end() {
            return;
        }
        self.metrics.failed(name);
        self.write_line(name, &RunLine::Failed { error, pause });
    }

    fn write_line(&mut self, job: &JobName, line: &RunLine<'_>) {
        let format = self.output.style_mut().format;
        let line = render_run_line(line, job, Moment::from_clock(SystemTime::now()), format);
        self.is_unread |= self.output.text(&line).is_err();
    }

    /// Reads the catalog again if it has changed. An error is shown once, and the jobs go on.
    fn look_at_catalog(&mut self) {
        self.catalog.at = Instant::now();
        match self.read_catalog() {
            Ok(()) => self.catalog.has_failed = false,
            Err(error) => {
                if !std::mem::replace(&mut self.catalog.has_failed, true) {
                    self.output.error(&error);
                }
            }
        }
    }

    fn read_catalog(&mut self) -> Result<(), Error> {
        let version = self.executor.catalog_version()?;
        if self.catalog.version == Some(version) {
            return Ok(());
        }
        let jobs = self.executor.scheduled_jobs(self.named.as_deref())?;
        self.plan.update(jobs, Instant::now());
        self.metrics.update(self.plan.jobs());
        self.catalog.version = Some(version);
        Ok(())
    }

    fn renew_metrics(&mut self, is_up: bool) {
        if let Err(error) = self.write_metrics(is_up) {
            self.output.error(&error);
        }
    }

    fn write_metrics(&mut self, is_up: bool) -> Result<(), Error> {
        self.metrics_at = Instant::now();
        match &self.metrics_file {
            Some(path) => self.metrics.write(path, is_up),
            None => Ok(()),
        }
    }
}

/// The time until the next boundary of the interval by this machine's clock.
fn until_boundary(interval: Duration) -> Duration {
    // A clock before 1970 is not set.
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let over = since_1970.as_micros() % interval.as_micros().max(1);
    interval.saturating_sub(Duration::from_micros(u64::try_from(over).unwrap_or(0)))
}
