//! `redwire run`: each job as RUN JOB runs it, also behind one that failed.

use super::{Flow, Shell};
use crate::diagnostic::ExitStatus;
use crate::error::{Error, Place};
use crate::executor::{Answer, Caller, Origin, Outcome};
use crate::name::{JobName, Object};
use crate::sql::{RunJob, Spanned, Statement};

impl Shell {
    /// Runs what is due of the named jobs, or of every job that runs by itself.
    pub fn run_jobs(&mut self, names: &[String]) -> ExitStatus {
        let is_named = !names.is_empty();
        let names: Result<Vec<JobName>, _> = names.iter().map(|name| JobName::new(name)).collect();
        let found = names.map_err(Error::new).and_then(|names| self.executor.jobs_to_run(&names));
        match found {
            Ok(jobs) => self.run_each(&jobs, is_named),
            Err(error) => {
                self.fail(&error);
            }
        }
        self.output.flush_error();
        self.status()
    }

    fn run_each(&mut self, jobs: &[JobName], is_named: bool) {
        let mut rows = None;
        for job in jobs {
            let flow = match self.run_job(job) {
                Ok(mut outcome) => {
                    if !is_named {
                        // That nothing is due of one of all jobs is no news.
                        outcome.notices.clear();
                    }
                    let failure = outcome.failure.take();
                    let added = self.add(&mut rows, outcome);
                    match failure {
                        Some(error) if added == Flow::Go => self.fail(&error),
                        Some(_) | None => added,
                    }
                }
                Err(error) => self.fail(&error),
            };
            if !matches!(flow, Flow::Go | Flow::Failed) {
                break;
            }
        }
        if let Some(rows) = rows {
            self.show(&rows);
        }
    }

    /// Gathers the rows of all jobs; another answer is shown at once.
    fn add(&mut self, rows: &mut Option<Outcome>, outcome: Outcome) -> Flow {
        let Some(Answer::List(more)) = &outcome.answer else {
            return self.show(&outcome);
        };
        match rows.as_mut().and_then(|outcome| outcome.answer.as_mut()) {
            Some(Answer::List(rows)) => {
                rows.rows.extend(more.rows.iter().cloned());
                self.show_notices(&outcome);
            }
            Some(_) | None => *rows = Some(outcome),
        }
        Flow::Go
    }

    /// RUN JOB of the job. An error that is not at a place in its text is at the job.
    fn run_job(&mut self, job: &JobName) -> Result<Outcome, Error> {
        let at_job = Place {
            source: Some(Object::Job(job.clone()).kind_and_shown()),
            line: 1,
            column: 1,
            statement: None,
            excerpt: None,
        };
        let name = Spanned { value: job.clone(), span: 0..0 };
        let statement = Statement::RunJob(RunJob { names: vec![name], up_to: None });
        let output = &mut self.output;
        let mut caller = Caller {
            origin: Origin::CommandLine,
            notify: &mut |notice| output.notice_at_once(&notice),
        };
        let mut outcome = self
            .executor
            .execute_for(&statement, &mut caller)
            .map_err(|error| error.or_with_place(at_job.clone()))?;
        outcome.failure = outcome.failure.map(|error| error.or_with_place(at_job));
        Ok(outcome)
    }
}
