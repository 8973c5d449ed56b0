//! The times at which jobs run, by a monotonic clock. Pure.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::definition::{Limit, Moment};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::executor::{JobEnd, ScheduledJob};
use crate::name::ConnectionName;

/// The jobs that run at once on a connection without a limit.
const DEFAULT_LIMIT: usize = 16;

/// The shortest pause before a job is looked at again: the warehouse's clock may be behind.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause after an error that may pass, in seconds, and after others, in minutes.
const LONGEST_PAUSE: u64 = 60;

/// The state of a job in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PlannedState {
    DueAt(Instant),
    Running,
    /// Until its definition changes, or the sources of a SYNC job.
    Waiting,
}

#[derive(Clone, Debug)]
struct PlannedJob {
    job: ScheduledJob,
    state: PlannedState,
    /// The number of tries in a row that failed.
    failures: u32,
    /// `awaited_until` when it last began.
    seen: Option<Moment>,
    /// The definition has changed since it began.
    is_changed: bool,
    /// It was paused or dropped since it began.
    is_gone: bool,
}

/// All jobs and their times.
#[derive(Debug, Default)]
pub(super) struct Plan {
    jobs: BTreeMap<i64, PlannedJob>,
}

impl Plan {
    /// Takes the jobs of the catalog over. A job that is new, altered or rewound is due at once.
    pub fn update(&mut self, jobs: Vec<ScheduledJob>, now: Instant) {
        for planned in self.jobs.values_mut() {
            planned.is_gone = true;
        }
        for job in jobs {
            let known = self.jobs.get_mut(&job.id);
            let Some(planned) = known else {
                let planned = PlannedJob {
                    seen: job.awaited_until,
                    job,
                    state: PlannedState::DueAt(now),
                    failures: 0,
                    is_changed: false,
                    is_gone: false,
                };
                self.jobs.insert(planned.job.id, planned);
                continue;
            };
            planned.is_gone = false;
            // Only REWIND JOB goes back.
            let is_changed =
                planned.job.version != job.version || job.loaded_until < planned.job.loaded_until;
            planned.job = job;
            match planned.state {
                PlannedState::Running => planned.is_changed |= is_changed,
                PlannedState::DueAt(_) if is_changed => {
                    planned.failures = 0;
                    planned.state = PlannedState::DueAt(now);
                }
                PlannedState::Waiting if is_changed || planned.has_news() => {
                    planned.failures = 0;
                    planned.state = PlannedState::DueAt(now);
                }
                PlannedState::DueAt(_) | PlannedState::Waiting => {}
            }
        }
        self.jobs
            .retain(|_, planned| !planned.is_gone || planned.state == PlannedState::Running);
    }

    /// The job that has been due for the longest time and whose connection is free. It counts as
    /// running from now on.
    pub fn start_next(&mut self, now: Instant) -> Option<ScheduledJob> {
        let mut running: BTreeMap<&ConnectionName, usize> = BTreeMap::new();
        for planned in self.jobs.values() {
            if planned.state == PlannedState::Running {
                *running.entry(&planned.job.connection).or_default() += 1;
            }
        }
        let is_free = |job: &ScheduledJob| {
            running.get(&job.connection).is_none_or(|count| *count < limit_of(job))
        };
        let due = self.jobs.values().filter_map(|planned| match planned.state {
            PlannedState::DueAt(at) if at <= now && is_free(&planned.job) => {
                Some((at, planned.job.id))
            }
            PlannedState::DueAt(_) | PlannedState::Running | PlannedState::Waiting => None,
        });
        let (_, id) = due.min()?;
        let planned = self.jobs.get_mut(&id)?;
        planned.state = PlannedState::Running;
        planned.seen = planned.job.awaited_until;
        Some(planned.job.clone())
    }

    /// Plans the next run of a job that ended; `boundary` is the time until the next boundary of
    /// its windows. Returns the pause after an error.
    pub fn end(
        &mut self,
        id: i64,
        end: &JobEnd,
        now: Instant,
        boundary: Duration,
    ) -> Option<Duration> {
        let planned = self.jobs.get_mut(&id)?;
        let pause = match end {
            JobEnd::Done(_) => None,
            JobEnd::Elsewhere => Some(Duration::from_secs(planned.backoff())),
            JobEnd::Failed(error) => Some(match error.exit_status() {
                ExitStatus::NoConnection => Duration::from_secs(planned.backoff()),
                ExitStatus::Done
                | ExitStatus::Failed
                | ExitStatus::Unusable
                | ExitStatus::Different
                | ExitStatus::NotStarted
                | ExitStatus::ProgramUnusable
                | ExitStatus::ProgramNotFound
                | ExitStatus::Interrupted => {
                    Duration::from_secs(60 * planned.backoff()).max(boundary)
                }
            }),
        };
        planned.failures = if pause.is_some() { planned.failures + 1 } else { 0 };
        planned.state = match (end, pause) {
            _ if std::mem::take(&mut planned.is_changed) => PlannedState::DueAt(now),
            (_, Some(pause)) => PlannedState::DueAt(now + pause),
            // Its sources were loaded further while it ran.
            (JobEnd::Done(None), None) if planned.has_news() => PlannedState::DueAt(now),
            (JobEnd::Done(Some(next)), None) => {
                PlannedState::DueAt(now + (*next).max(SHORTEST_PAUSE))
            }
            (JobEnd::Done(None) | JobEnd::Elsewhere | JobEnd::Failed(_), None) => {
                PlannedState::Waiting
            }
        };
        if planned.is_gone {
            self.jobs.remove(&id);
        }
        pause
    }

    /// The time until a job is due; zero if one is already.
    pub fn pause(&self, now: Instant) -> Option<Duration> {
        let due = self.jobs.values().filter_map(|planned| match planned.state {
            PlannedState::DueAt(at) => Some(at),
            PlannedState::Running | PlannedState::Waiting => None,
        });
        due.min().map(|at| at.saturating_duration_since(now))
    }

    /// The jobs.
    pub fn jobs(&self) -> impl Iterator<Item = &ScheduledJob> {
        self.jobs.values().map(|planned| &planned.job)
    }

    /// The job with this id.
    pub fn job(&self, id: i64) -> Option<&ScheduledJob> {
        self.jobs.get(&id).map(|planned| &planned.job)
    }
}

impl PlannedJob {
    /// True if the sources of a SYNC job have changed since it last began.
    fn has_news(&self) -> bool {
        self.job.awaited_until != self.seen
    }

    /// 1, 2, 4 … 60
    fn backoff(&self) -> u64 {
        1_u64.checked_shl(self.failures).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
    }
}

fn limit_of(job: &ScheduledJob) -> usize {
    job.limit
        .map(Limit::get)
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(DEFAULT_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, InternalError};
    use crate::name::JobName;
    use crate::runs::RunError;
    use crate::warehouse::WarehouseError;

    fn job(id: i64) -> ScheduledJob {
        ScheduledJob {
            id,
            name: JobName::new(&format!("j{id}")).unwrap(),
            connection: ConnectionName::new("c").unwrap(),
            limit: Limit::new(2),
            interval: Some(Duration::from_hours(1)),
            start: None,
            version: 1,
            loaded_until: None,
            awaited_until: None,
        }
    }

    fn started(plan: &mut Plan, now: Instant) -> Vec<i64> {
        std::iter::from_fn(|| plan.start_next(now).map(|job| job.id)).collect()
    }

    fn plan_of(jobs: Vec<ScheduledJob>) -> (Plan, Instant) {
        let (mut plan, now) = (Plan::default(), Instant::now());
        plan.update(jobs, now);
        (plan, now)
    }

    const BOUNDARY: Duration = Duration::from_secs(90);

    #[test]
    fn a_connection_has_no_more_running_jobs_than_its_limit() {
        let (mut plan, now) = plan_of(vec![job(1), job(2), job(3)]);
        assert_eq!(started(&mut plan, now), [1, 2]);
        let hour = Duration::from_hours(1);
        plan.end(1, &JobEnd::Done(Some(hour)), now, BOUNDARY);
        assert_eq!(started(&mut plan, now), [3]);
        assert_eq!(plan.pause(now), Some(hour));
        plan.end(2, &JobEnd::Done(None), now, BOUNDARY);
        assert_eq!(started(&mut plan, now + hour), [1]);
        assert_eq!(plan.pause(now), None);
    }

    #[test]
    fn errors_wait_longer_each_time_and_those_that_stay_for_a_boundary_too() {
        let (mut plan, mut now) = plan_of(vec![job(1)]);
        let pauses = |plan: &mut Plan, now: &mut Instant, end: &dyn Fn() -> JobEnd| -> Vec<u64> {
            let mut next = || {
                assert_eq!(started(plan, *now), [1]);
                let pause = plan.end(1, &end(), *now, BOUNDARY)?;
                assert_eq!(started(plan, *now), [0; 0]);
                *now += pause;
                Some(pause.as_secs())
            };
            (0..7).filter_map(|_| next()).collect()
        };
        let lost = || JobEnd::Failed(Error::new(RunError::from(WarehouseError::Gone)));
        assert_eq!(pauses(&mut plan, &mut now, &lost), [1, 2, 4, 8, 16, 32, 60]);
        plan.update(vec![ScheduledJob { version: 2, ..job(1) }], now);
        let wrong = || JobEnd::Failed(Error::new(InternalError("wrong")));
        assert_eq!(pauses(&mut plan, &mut now, &wrong), [90, 120, 240, 480, 960, 1920, 3600]);
        plan.update(vec![ScheduledJob { version: 3, ..job(1) }], now);
        let elsewhere = || JobEnd::Elsewhere;
        assert_eq!(pauses(&mut plan, &mut now, &elsewhere), [1, 2, 4, 8, 16, 32, 60]);
    }

    #[test]
    fn a_sync_job_waits_for_its_sources_and_not_for_the_clock() {
        let sync = |seconds| ScheduledJob {
            awaited_until: Some(Moment::from_seconds(seconds)),
            ..job(1)
        };
        let (mut plan, now) = plan_of(vec![sync(0)]);
        let done = JobEnd::Done(None);
        assert_eq!(started(&mut plan, now), [1]);
        plan.end(1, &done, now, BOUNDARY);
        assert_eq!(plan.pause(now), None);
        plan.update(vec![sync(0)], now);
        assert_eq!(started(&mut plan, now), [0; 0]);
        plan.update(vec![sync(3600)], now);
        assert_eq!(started(&mut plan, now), [1]);
        plan.update(vec![sync(7200)], now);
        plan.end(1, &done, now, BOUNDARY);
        assert_eq!(started(&mut plan, now), [1]);
    }

    #[test]
    fn changes_are_due_at_once_and_a_paused_job_leaves_when_it_ends() {
        let (mut plan, now) = plan_of(vec![job(1), job(2)]);
        assert_eq!(started(&mut plan, now), [1, 2]);
        plan.end(1, &JobEnd::Done(None), now, BOUNDARY);
        plan.update(vec![ScheduledJob { version: 2, ..job(1) }], now);
        assert_eq!(started(&mut plan, now), [1]);
        plan.update(vec![ScheduledJob { version: 3, ..job(1) }], now);
        plan.end(1, &JobEnd::Done(None), now, BOUNDARY);
        assert_eq!(started(&mut plan, now), [1]);
        assert!(plan.job(2).is_some());
        plan.end(2, &JobEnd::Done(None), now, BOUNDARY);
        assert!(plan.job(2).is_none());
        plan.update(vec![job(2)], now);
        assert_eq!(started(&mut plan, now), [2]);
        plan.end(2, &JobEnd::Done(None), now, BOUNDARY);
        let loaded = |seconds| ScheduledJob {
            loaded_until: Some(Moment::from_seconds(seconds)),
            ..job(2)
        };
        plan.update(vec![loaded(7200)], now);
        assert_eq!(started(&mut plan, now), [0; 0]);
        plan.update(vec![loaded(3600)], now);
        assert_eq!(started(&mut plan, now), [2]);
    }
}
