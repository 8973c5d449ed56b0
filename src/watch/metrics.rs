//! The file of metrics for the textfile collector of Prometheus' node exporter.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::definition::Moment;
use crate::executor::LoadedWindow;
use crate::name::JobName;

/// The numbers of a job since the process began.
#[derive(Debug, Default)]
pub(super) struct JobMetrics {
    loaded_until: Option<Moment>,
    done: u64,
    failed: u64,
    staged: u64,
    inserted: u64,
    deleted: u64,
    took: Option<Duration>,
}

/// The numbers of all jobs.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    jobs: BTreeMap<JobName, JobMetrics>,
}

impl Metrics {
    /// Takes the jobs of the catalog over, and leaves those out that are gone.
    pub fn update(&mut self, jobs: impl Iterator<Item = (JobName, Option<Moment>)>) {
        let mut earlier = std::mem::take(&mut self.jobs);
        for (job, loaded_until) in jobs {
            let metrics = earlier.remove(&job).unwrap_or_default();
            self.jobs.insert(job, JobMetrics { loaded_until, ..metrics });
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
    pub fn write(&self, path: &Path, now: Moment, is_up: bool) -> io::Result<()> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}", std::process::id()));
        let beside = PathBuf::from(beside);
        std::fs::write(&beside, self.text(now, is_up))?;
        std::fs::rename(&beside, path)
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
            job.loaded_until.map(|until| now.since(until).as_secs().to_string())
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

fn header(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP redwire_{name} {help}.\n# TYPE redwire_{name} {kind}");
}

/// The name as the value of a label.
fn label(job: &JobName) -> String {
    job.as_str().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
