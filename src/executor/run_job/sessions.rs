//! The sessions of a job: one, and with RUN_PARALLELISM others that stage further windows.

use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use super::job::located;
use super::record::written_by;
use super::runner::JobRunner;
use crate::error::{Error, ErrorKind};
use crate::executor::session::open_session;
use crate::executor::{Notice, OpenSession};
use crate::runs::{JobSession, LedgerError, RunError, RunnableJob, Window};
use crate::warehouse::slots::Purpose;

/// The sessions of a job: one, and with RUN_PARALLELISM others that stage further windows.
pub(super) struct OpenedSessions {
    pub first: OpenSession,
    pub others: Vec<OpenSession>,
}

impl OpenedSessions {
    pub fn is_any_lost(&mut self) -> bool {
        self.first.session().is_lost()
            || self.others.iter_mut().any(|other| other.session().is_lost())
    }
}

impl JobRunner<'_> {
    pub(super) fn open(&mut self, notify: &mut dyn FnMut(Notice)) -> Result<OpenSession, Error> {
        if let Some(reason) = self.credentials.destination.read_only_reason() {
            return Err(RunError::ReadOnly { reason }.into());
        }
        open_session(self.catalog, self.slots, self.credentials, &Purpose::RUN, notify)
    }

    /// Prepares an open session for the job.
    pub(super) fn job_session<'s>(
        &self,
        open: &'s mut OpenSession,
        job: &'s RunnableJob,
    ) -> Result<JobSession<'s>, Error> {
        let (patience, cancel) = (self.slots.patience, self.slots.cancel());
        let mut session = JobSession::begin(open.session(), job, &written_by(), patience, cancel)
            .map_err(|error| located(error, self.found))?;
        if self.lets_writes_end {
            session.let_writes_end();
        }
        Ok(session)
    }

    /// Opens sessions in the slots that are free; the job does with fewer.
    pub(super) fn open_others(
        &mut self,
        others: &mut Vec<OpenSession>,
        count: usize,
        notify: &mut dyn FnMut(Notice),
    ) {
        let patience = std::mem::replace(&mut self.slots.patience, Duration::ZERO);
        for _ in 0..count {
            match self.open(notify) {
                Ok(open) => others.push(open),
                Err(error) => {
                    tracing::info!("the job runs with fewer sessions: {error}");
                    break;
                }
            }
        }
        self.slots.patience = patience;
    }

    /// The error with the sessions that have the ledger's lock; they are asked for on a session of
    /// its own, since that of the job is lost.
    pub(super) fn with_holders(
        &mut self,
        error: Error,
        job: &RunnableJob,
        notify: &mut dyn FnMut(Notice),
    ) -> Error {
        let ErrorKind::Run(RunError::Ledger(LedgerError::Locked { table, waited, .. })) =
            error.kind()
        else {
            return error;
        };
        let (table, waited) = (table.clone(), *waited);
        let asked = self.open(notify).and_then(|mut open| {
            let mut session = self.job_session(&mut open, job)?;
            Ok(session.lock_holders())
        });
        match asked {
            Ok(holders) => {
                let locked = RunError::from(LedgerError::Locked { table, waited, holders });
                Error::new(locked).or_in_run(&job.name, error.run().and_then(|run| run.window))
            }
            Err(_) => error,
        }
    }
}

/// Stages each window on a session of its own, all at once.
pub(super) fn stage_all(
    sessions: &mut [JobSession<'_>],
    windows: &[Window],
) -> Vec<Result<u64, RunError>> {
    let pairs = sessions.iter_mut().zip(windows);
    if let [window] = windows {
        return pairs.map(|(session, _)| session.stage(*window)).collect();
    }
    thread::scope(|scope| {
        let threads: Vec<_> = pairs
            .map(|(session, window)| scope.spawn(move || session.stage(*window)))
            .collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic))
        };
        threads.into_iter().map(join).collect()
    })
}
