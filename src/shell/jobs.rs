//! `redwire run`: RUN JOB of the named jobs, or of every job that runs by itself.

use super::{Flow, Shell};
use crate::diagnostic::ExitStatus;
use crate::error::{Error, Place};
use crate::executor::{Caller, Origin, Outcome};
use crate::name::{JobName, Object};
use crate::sql::{RunJob, Spanned, Statement};

impl Shell {
    /// Runs what is due of the named jobs, or of every job that runs by itself.
    pub fn run_jobs(&mut self, names: &[String]) -> ExitStatus {
        let is_named = !names.is_empty();
        let names: Result<Vec<JobName>, _> = names.iter().map(|name| JobName::new(name)).collect();
        let found = names.map_err(Error::new).and_then(|names| self.executor.jobs_to_run(&names));
        match found.and_then(|jobs| self.run_due(jobs)) {
            Ok(mut outcome) => {
                if !is_named {
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
        self.output.flush_error();
        self.status()
    }

    /// RUN JOB of the jobs. An error that is not at a place in the text of its job is at the job.
    fn run_due(&mut self, jobs: Vec<JobName>) -> Result<Outcome, Error> {
        let names = jobs.into_iter().map(|value| Spanned { value, span: 0..0 }).collect();
        let statement = Statement::RunJob(RunJob { names, up_to: None });
        let output = &mut self.output;
        let mut caller = Caller {
            origin: Origin::CommandLine,
            notify: &mut |notice| output.notice_at_once(&notice),
        };
        let mut outcome = self.executor.execute_for(&statement, &mut caller)?;
        outcome.failure = outcome.failure.map(|error| at_job(error.map_others(at_job)));
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
