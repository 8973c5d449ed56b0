//! Runs of jobs, and the state of a job that follows from them.
//!
//! A run is written while its job runs, in a transaction of its own. It changes neither the
//! definition of the job nor its `altered_at`.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::{Row, params};

use super::names::{read_name, read_word};
use super::rows::value;
use super::{CatalogError, Db};
use crate::definition::{JobState, Moment, RunState};
use crate::name::JobName;
use crate::value::{ResultSet, Value};

/// The number of runs that are kept of each job, and its last one that is done.
const MAX_RUNS_OF_A_JOB: i64 = 1_000;

/// The states of the jobs, as `system.monitoring.jobs` has them.
pub(super) const JOB_STATES: &str = include_str!("view/monitoring_jobs.sql");

pub(super) const RUNS: &str = include_str!("view/monitoring_runs.sql");

/// The columns of SHOW RUNS.
const RUN_COLUMNS: [&str; 11] = [
    "job",
    "window_start",
    "window_end",
    "state",
    "staged",
    "inserted",
    "deleted",
    "took",
    "started_at",
    "by",
    "error",
];

/// The beginning of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// The id that the ledger gets.
    pub run_id: String,
    /// The start of the window; None is the beginning.
    pub window_start: Option<Moment>,
    /// The end of the window.
    pub window_end: Moment,
    /// The host and the process.
    pub by: String,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// The state, which is not `Running`.
    pub state: RunState,
    /// The number of rows in the stage, as far as it was filled.
    pub staged: Option<i64>,
    /// The number of rows inserted.
    pub inserted: Option<i64>,
    /// The number of rows deleted.
    pub deleted: Option<i64>,
    /// The time that the run took.
    pub took: Duration,
    /// The error of a run that has failed.
    pub error: Option<RecordedError>,
}

/// The error of a run, as the catalog keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedError {
    /// The SQLSTATE.
    pub sqlstate: String,
    /// The message, in which nothing may be secret.
    pub message: String,
}

/// The state of a job, as far as the catalog knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobStatus {
    /// The state.
    pub state: JobState,
    /// The end of its last window that is done.
    pub loaded_until: Option<Moment>,
}

impl Db {
    /// Adds a run and removes the oldest ones of the job. `now` is in seconds since 1970, UTC. Must
    /// be called outside of transactions.
    pub fn insert_run(&self, job_id: i64, run: &NewRun, now: i64) -> Result<i64, CatalogError> {
        self.in_own_transaction(|| {
            let id = self.save(
                None,
                "INSERT INTO job_run \
                 (job_id, run_id, window_start, window_end, state, started_at, started_by) \
                 VALUES (?1, ?2, ?3, ?4, 'running', ?5, ?6)",
                params![
                    job_id,
                    run.run_id,
                    run.window_start.map(Moment::microseconds),
                    run.window_end.microseconds(),
                    now,
                    run.by
                ],
            )?;
            self.change(
                "DELETE FROM job_run WHERE job_id = ?1 AND id <= (SELECT id FROM job_run \
                 WHERE job_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2) AND id IS NOT \
                 (SELECT max(id) FROM job_run WHERE job_id = ?1 AND state = 'done')",
                [job_id, MAX_RUNS_OF_A_JOB],
            )?;
            Ok(id)
        })
    }

    /// Ends the run with this id, unless its job was dropped. Must be called outside of
    /// transactions.
    pub fn finish_run(&self, id: i64, end: &RunEnd, now: i64) -> Result<(), CatalogError> {
        let error = end.error.as_ref();
        self.in_own_transaction(|| {
            self.change(
                "UPDATE job_run SET state = ?2, staged = ?3, inserted = ?4, deleted = ?5, \
                 ended_at = ?6, milliseconds = ?7, error_code = ?8, error = ?9 WHERE id = ?1",
                params![
                    id,
                    end.state.word(),
                    end.staged,
                    end.inserted,
                    end.deleted,
                    now,
                    i64::try_from(end.took.as_millis()).unwrap_or(i64::MAX),
                    error.map(|error| &error.sqlstate),
                    error.map(|error| &error.message)
                ],
            )
        })
    }

    fn in_own_transaction<T>(
        &self,
        work: impl FnOnce() -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        self.begin()?;
        let done = work().and_then(|result| self.commit().map(|()| result));
        if done.is_err() {
            // The first error is reported.
            let _ = self.rollback();
        }
        done
    }

    /// Notes that the windows of the job behind a moment run again.
    pub fn rewind_runs(&self, job_id: i64, to: Moment) -> Result<(), CatalogError> {
        self.change(
            "UPDATE job_run SET state = ?3 WHERE job_id = ?1 AND window_end > ?2 AND state = 'done'",
            params![job_id, to.microseconds(), RunState::Rewound.word()],
        )
    }

    /// Ends the runs of the job whose processes were killed: a window up to which the ledger is
    /// loaded is done. So is the window of the run that wrote the ledger last, even if its answer
    /// was lost.
    pub fn settle_runs(
        &self,
        job_id: i64,
        loaded_until: Moment,
        run_id: &str,
        now: i64,
    ) -> Result<(), CatalogError> {
        let unsettled = "SELECT 1 FROM main.job_run WHERE job_id = ?1 \
                         AND (state = 'running' OR state = 'failed' AND run_id = ?2)";
        if self.first(unsettled, params![job_id, run_id], |_| Ok(()))?.is_none() {
            return Ok(());
        }
        self.change(
            "UPDATE job_run SET ended_at = coalesce(ended_at, ?3), error_code = NULL, error = NULL, \
             state = iif(state = 'failed' OR window_end <= ?2, 'done', 'failed') \
             WHERE job_id = ?1 AND (state = 'running' OR state = 'failed' AND run_id = ?4)",
            params![job_id, loaded_until.microseconds(), now, run_id],
        )
    }

    /// True if the catalog has a run of the job.
    pub fn has_runs(&self, job_id: i64) -> Result<bool, CatalogError> {
        let sql = "SELECT 1 FROM main.job_run WHERE job_id = ?1 LIMIT 1";
        Ok(self.first(sql, [job_id], |_| Ok(()))?.is_some())
    }

    /// The end of the last window of the job that is done.
    pub fn last_done_end(&self, job_id: i64) -> Result<Option<Moment>, CatalogError> {
        let sql = "SELECT window_end FROM main.job_run WHERE job_id = ?1 AND state = 'done' \
                   ORDER BY id DESC LIMIT 1";
        self.first(sql, [job_id], |row| row.get(0).map(Moment::from_microseconds))
    }

    /// The state of the job with this id; that of a job that was dropped meanwhile is idle.
    pub fn job_status(&self, job_id: i64) -> Result<JobStatus, CatalogError> {
        let sql = format!("SELECT state FROM ({JOB_STATES} WHERE j.id = ?1)");
        let state = self.first(&sql, [job_id], |row| read_word(row, 0, JobState::from_word))?;
        Ok(JobStatus {
            state: state.unwrap_or(JobState::Idle),
            loaded_until: self.last_done_end(job_id)?,
        })
    }

    /// The jobs that have a RUN_INTERVAL and are neither paused nor ended, by their names.
    pub fn scheduled_jobs(&self) -> Result<Vec<JobName>, CatalogError> {
        let sql = format!(
            "SELECT name FROM ({JOB_STATES} JOIN main.job_option i \
             ON i.job_id = j.id AND i.name = 'RUN_INTERVAL') \
             WHERE state NOT IN ('paused', 'ended') ORDER BY name"
        );
        self.collect(&sql, [], |row| read_name(row, 0, JobName::new))
    }

    /// Each job with the end of its last window that is done.
    pub fn loaded_moments(&self) -> Result<BTreeMap<JobName, Moment>, CatalogError> {
        let sql =
            format!("SELECT name, loaded_until FROM ({JOB_STATES}) WHERE loaded_until IS NOT NULL");
        let moments = self.collect(&sql, [], |row| {
            Ok((read_name(row, 0, JobName::new)?, Moment::parse(&row.get::<_, String>(1)?)))
        })?;
        Ok(moments.into_iter().filter_map(|(job, moment)| Some((job, moment?))).collect())
    }

    /// A number that changes with each commit of another connection (SQLite documentation, PRAGMA
    /// data_version).
    pub fn data_version(&self) -> Result<i64, CatalogError> {
        Ok(self.first("PRAGMA data_version", [], |row| row.get(0))?.unwrap_or(0))
    }

    /// The jobs that are not idle, by their names, with their states.
    pub(super) fn job_states(&self) -> Result<BTreeMap<JobName, JobState>, CatalogError> {
        let sql = format!("SELECT name, state FROM ({JOB_STATES}) WHERE state <> 'idle'");
        let states = self.collect(&sql, [], |row| {
            Ok((read_name(row, 0, JobName::new)?, read_word(row, 1, JobState::from_word)?))
        })?;
        Ok(states.into_iter().collect())
    }

    /// The rows of SHOW RUNS, newest first: of the job with this id, or of all jobs.
    pub fn list_runs(&self, job_id: Option<i64>, limit: u32) -> Result<ResultSet, CatalogError> {
        let within = if job_id.is_some() {
            "WHERE r.job_id = ?1"
        } else {
            "WHERE ?1 IS NULL"
        };
        let sql = format!("{RUNS} {within} ORDER BY r.id DESC LIMIT ?2");
        let mut set = ResultSet::with_columns(RUN_COLUMNS);
        set.rows = self.collect(&sql, params![job_id, limit], |row| {
            RUN_COLUMNS.into_iter().map(|column| read_run(row, column)).collect()
        })?;
        Ok(set)
    }
}

/// A column of SHOW RUNS; an error has its SQLSTATE.
fn read_run(row: &Row<'_>, column: &str) -> rusqlite::Result<Value> {
    match column {
        "by" => row.get_ref("started_by").map(value),
        "error" => {
            let error: Option<String> = row.get("error")?;
            let sqlstate: Option<String> = row.get("error_code")?;
            Ok(Value::optional_text(
                error.zip(sqlstate).map(|(error, sqlstate)| format!("{sqlstate}: {error}")),
            ))
        }
        _ => row.get_ref(column).map(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ObjectId;
    use crate::catalog::fixture::{db, job, job_definition};

    fn end_of(hour: i64) -> Moment {
        Moment::from_seconds(hour * 3600)
    }

    fn begin(db: &Db, job: i64, hour: i64) -> i64 {
        let run = NewRun {
            run_id: format!("run {hour}"),
            window_start: (hour > 1).then(|| end_of(hour - 1)),
            window_end: end_of(hour),
            by: "host:7".to_owned(),
        };
        db.insert_run(job, &run, hour).unwrap()
    }

    fn end(db: &Db, run: i64, state: RunState) {
        let error = RecordedError {
            sqlstate: "22001".to_owned(),
            message: "too long".to_owned(),
        };
        let end = RunEnd {
            state,
            staged: Some(7),
            inserted: (state == RunState::Done).then_some(5),
            deleted: None,
            took: Duration::from_millis(3_661_004),
            error: (state == RunState::Failed).then_some(error),
        };
        db.finish_run(run, &end, 4000).unwrap();
    }

    fn status(db: &Db, job: i64) -> (&'static str, Option<String>) {
        let status = db.job_status(job).unwrap();
        (status.state.word(), status.loaded_until.map(|until| until.to_string()))
    }

    fn count(db: &Db) -> i64 {
        let sql = "SELECT count(*) FROM job_run";
        db.first(sql, [], |row| row.get(0)).unwrap().unwrap()
    }

    #[test]
    fn the_last_run_decides_on_the_state_and_the_last_done_one_on_the_time() {
        let db = db();
        let id = job(&db, "j", &["c.s.t"]);
        let loaded = Some("1970-01-01 01:00:00".to_owned());
        assert_eq!(status(&db, id), ("idle", None));
        let run = begin(&db, id, 1);
        assert_eq!(status(&db, id), ("running", None));
        end(&db, run, RunState::Done);
        assert_eq!(status(&db, id), ("idle", loaded.clone()));
        end(&db, begin(&db, id, 2), RunState::Failed);
        assert_eq!(status(&db, id), ("failed", loaded.clone()));
        db.set_paused(id, true).unwrap();
        assert_eq!(status(&db, id), ("paused", loaded.clone()));
        db.set_paused(id, false).unwrap();
        end(&db, begin(&db, id, 3), RunState::Skipped);
        assert_eq!(status(&db, id), ("idle", loaded));
        assert_eq!(db.last_done_end(id).unwrap(), Some(end_of(1)));
        let stored = db.find_job(&JobName::new("j").unwrap()).unwrap().unwrap();
        assert_eq!(stored.altered_at, "1970-01-01 00:00:00");
    }

    #[test]
    fn a_job_that_is_loaded_up_to_its_end_has_ended() {
        let db = db();
        let mut definition = job_definition(&db, "j", &["c.s.t"]);
        let mut set = |value: &str| {
            definition.options = vec![("END_AT".to_owned(), value.to_owned())];
            let id = db.find_job_id(&definition.name).unwrap();
            db.save_job(id, &definition, 0).unwrap()
        };
        let id = set("TIMESTAMP '1970-01-01 02:00:00.5'");
        end(&db, begin(&db, id, 1), RunState::Done);
        assert_eq!(status(&db, id).0, "idle");
        end(&db, begin(&db, id, 2), RunState::Done);
        assert_eq!(status(&db, id).0, "ended");
        set("NEVER");
        assert_eq!(status(&db, id).0, "idle");
        set("NOW");
        assert_eq!(status(&db, id).0, "ended");
    }

    #[test]
    fn the_oldest_runs_of_a_job_are_removed_but_not_its_last_one_that_is_done() {
        let db = db();
        let (id, other) = (job(&db, "j", &["c.s.t"]), job(&db, "other", &["c.s.t"]));
        begin(&db, other, 1);
        let runs: Vec<i64> = (1..=3).map(|hour| begin(&db, id, hour)).collect();
        end(&db, runs[1], RunState::Done);
        for hour in 4..=1_010 {
            begin(&db, id, hour);
        }
        assert_eq!(count(&db), 1 + 1 + MAX_RUNS_OF_A_JOB);
        assert_eq!(db.last_done_end(id).unwrap(), Some(end_of(2)));
        db.delete(ObjectId::Job(id)).unwrap();
        assert_eq!(count(&db), 1);
        end(&db, runs[2], RunState::Done);
        assert_eq!(status(&db, other).0, "running");
    }

    #[test]
    fn runs_are_listed_with_the_newest_first() {
        let db = db();
        let (id, other) = (job(&db, "j", &["c.s.t"]), job(&db, "other", &["c.s.t"]));
        end(&db, begin(&db, id, 1), RunState::Failed);
        begin(&db, other, 2);
        begin(&db, id, 3);
        let windows = |job, limit| -> Vec<Value> {
            let rows = db.list_runs(job, limit).unwrap().rows;
            rows.into_iter().map(|mut row| row.swap_remove(2)).collect()
        };
        let ends = |hours: &[i64]| -> Vec<Value> {
            hours.iter().map(|hour| format!("1970-01-01 0{hour}:00:00").into()).collect()
        };
        assert_eq!(windows(None, 20), ends(&[3, 2, 1]));
        assert_eq!(windows(Some(id), 20), ends(&[3, 1]));
        assert_eq!(windows(None, 1), ends(&[3]));
        let failed = db.list_runs(Some(id), 2).unwrap().rows.swap_remove(1);
        let expected: [Value; 11] = [
            "j".into(),
            Value::Null,
            "1970-01-01 01:00:00".into(),
            "failed".into(),
            7.into(),
            Value::Null,
            Value::Null,
            "3661.004 s".into(),
            "1970-01-01 00:00:01".into(),
            "host:7".into(),
            "22001: too long".into(),
        ];
        assert_eq!(failed, expected);
    }
}
