//! The file of metrics for the textfile collector of Prometheus' node exporter.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::definition::Moment;
use crate::error::{Error, FileError};
use crate::executor::{LoadedWindow, ScheduledJob};
use crate::name::JobName;

/// The numbers of a job since the process began.
#[derive(Debug, Default)]
struct JobMetrics {
    loaded_until: Option<Moment>,
    /// The start of the first window, if it is known.
    start: Option<Moment>,
    done: u64,
    failed: u64,
    staged: u64,
    inserted: u64,
    deleted: u64,
    took: Option<Duration>,
}

/// The numbers of all jobs.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    jobs: BTreeMap<JobName, JobMetrics>,
}

impl Metrics {
    /// Takes the jobs of the catalog over, and leaves those out that are gone.
    pub fn update<'a>(&mut self, jobs: impl Iterator<Item = &'a ScheduledJob>) {
        let mut earlier = std::mem::take(&mut self.jobs);
        for job in jobs {
            let metrics = JobMetrics {
                loaded_until: job.loaded_until,
                start: job.start,
                ..earlier.remove(&job.name).unwrap_or_default()
            };
            self.jobs.insert(job.name.clone(), metrics);
        }
    }

    pub fn loaded(&mut self, job: &JobName, loaded: &LoadedWindow) {
        let Some(metrics) = self.jobs.get_mut(job) else { return };
        metrics.loaded_until = Some(loaded.window.end);
        metrics.done += 1;
        metrics.staged += loaded.tally.staged;
        metrics.inserted += loaded.tally.inserted.unwrap_or(0);
        metrics.deleted += loaded.tally.deleted.unwrap_or(0);
        metrics.took = Some(loaded.took);
    }

    pub fn failed(&mut self, job: &JobName) {
        if let Some(metrics) = self.jobs.get_mut(job) {
            metrics.failed += 1;
        }
    }

    /// Replaces the file.
    pub fn write(&self, path: &Path, is_up: bool) -> Result<(), Error> {
        let text = self.text(Moment::from_clock(SystemTime::now()), is_up);
        replace(path, &text).map_err(|error| FileError::write(path, &error).into())
    }

    fn text(&self, now: Moment, is_up: bool) -> String {
        let mut text = String::new();
        let up = u8::from(is_up);
        header(&mut text, "up", "gauge", "1 while redwire run --watch runs");
        let _ = writeln!(text, "redwire_up {up}");
        let seconds = |moment: Moment| moment.microseconds() / 1_000_000;
        self.add(&mut text, "loaded_until_seconds", "gauge", "End of the last window", |job| {
            job.loaded_until.map(|until| seconds(until).to_string())
        });
        self.add(&mut text, "lag_seconds", "gauge", "Time since loaded_until", |job| {
            let until = job.loaded_until.or(job.start);
            until.map(|until| now.since(until).as_secs().to_string())
        });
        header(&mut text, "job_runs_total", "counter", "Runs by their end");
        for (name, job) in &self.jobs {
            for (state, count) in [("done", job.done), ("failed", job.failed)] {
                let label = label(name);
                let _ = writeln!(
                    text,
                    "redwire_job_runs_total{{job=\"{label}\",state=\"{state}\"}} {count}"
                );
            }
        }
        let number = |number: u64| Some(number.to_string());
        self.add(&mut text, "staged_rows_total", "counter", "Rows of the query", |job| {
            number(job.staged)
        });
        self.add(&mut text, "inserted_rows_total", "counter", "Rows inserted", |job| {
            number(job.inserted)
        });
        self.add(&mut text, "deleted_rows_total", "counter", "Rows deleted", |job| {
            number(job.deleted)
        });
        self.add(&mut text, "last_run_seconds", "gauge", "Duration of the last run", |job| {
            job.took.map(|took| format!("{:.3}", took.as_secs_f64()))
        });
        text
    }

    fn add(
        &self,
        text: &mut String,
        name: &str,
        kind: &str,
        help: &str,
        value: impl Fn(&JobMetrics) -> Option<String>,
    ) {
        header(text, &format!("job_{name}"), kind, help);
        for (job, metrics) in &self.jobs {
            if let Some(value) = value(metrics) {
                let _ = writeln!(text, "redwire_job_{name}{{job=\"{}\"}} {value}", label(job));
            }
        }
    }
}

/// Replaces the file for its readers at once.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".redwire-metrics-");
    // The exporter runs as another user; the process's mask decides.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

fn header(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP redwire_{name} {help}.\n# TYPE redwire_{name} {kind}");
}

/// The name as the value of a label.
fn label(job: &JobName) -> String {
    job.as_str().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
