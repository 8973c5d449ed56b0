//! `redwire run`: RUN JOB of the named jobs, or of every job that runs by itself.

use std::path::Path;

use super::{Flow, Shell};
use crate::diagnostic::ExitStatus;
use crate::error::{Error, Place};
use crate::executor::{Caller, LoadedWindow, Mode, Origin, Outcome};
use crate::metrics::Metrics;
use crate::name::{JobName, Object};
use crate::sql::{RunJob, Spanned};

impl Shell {
    /// Runs what is due of the named jobs, or of every job that runs by itself, and writes the file
    /// of metrics.
    pub fn run_jobs(&mut self, names: &[String], metrics_file: Option<&Path>) -> ExitStatus {
        let mut metrics = Metrics::default();
        match self.run_due(names, metrics_file.is_some(), &mut metrics) {
            Ok(mut outcome) => {
                if names.is_empty() {
                    // That nothing is due of one of all jobs is no news.
                    outcome.notices.clear();
                }
                let failure = outcome.failure.take();
                let shown = self.show(&outcome);
                if let Some(error) = failure
                    && shown == Flow::Go
                {
                    self.fail(&error);
                }
            }
            Err(error) => {
                self.fail(&error);
            }
        }
        if let Some(path) = metrics_file.filter(|_| self.executor.mode() == Mode::Real)
            && let Err(error) = metrics.write(path, false)
        {
            self.fail(&error);
        }
        self.output.flush_error();
        self.status()
    }

    /// RUN JOB of the jobs. An error that is not at a place in the text of its job is at the job.
    fn run_due(
        &mut self,
        names: &[String],
        is_counted: bool,
        metrics: &mut Metrics,
    ) -> Result<Outcome, Error> {
        let chosen: Result<Vec<JobName>, _> = names.iter().map(|name| JobName::new(name)).collect();
        let chosen = chosen.map_err(Error::new)?;
        let jobs = self.executor.jobs_to_run(&chosen)?;
        if is_counted {
            let ids = self.executor.job_ids(&chosen)?;
            let ids = Some(ids).filter(|ids| !ids.is_empty());
            metrics.update(self.executor.scheduled_jobs(ids.as_deref())?.iter());
        }
        let names = jobs.into_iter().map(|value| Spanned { value, span: 0..0 }).collect();
        let run = RunJob { names, up_to: None };
        let output = &mut self.output;
        let mut caller = Caller {
            origin: Origin::CommandLine,
            notify: &mut |notice| output.notice_at_once(&notice),
        };
        let mut on_loaded = |job: &JobName, window: &LoadedWindow| metrics.loaded(job, window);
        let mut outcome = self.executor.run_jobs(&run, &mut caller, &mut on_loaded)?;
        if let Some(error) = outcome.failure.take() {
            for failed in std::iter::once(&error).chain(error.others()) {
                if let Some(run) = failed.run() {
                    metrics.failed(&run.job);
                }
            }
            outcome.failure = Some(at_job(error.map_others(at_job)));
        }
        Ok(outcome)
    }
}

fn at_job(error: Error) -> Error {
    let Some(run) = error.run() else { return error };
    let source = Object::Job(run.job.clone()).kind_and_shown();
    error.or_with_place(Place {
        source: Some(source),
        line: 1,
        column: 1,
        statement: None,
        excerpt: None,
    })
}
