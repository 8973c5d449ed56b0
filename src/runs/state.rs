//! The state of a job: its row in the ledger.

use std::time::Duration;

use super::answer::{ServerAnswer, row_count};
use super::engine::{JobSession, is_server_state, is_state};
use super::error::LedgerError;
use super::translation::Translation;
use super::{RunError, Window};
use crate::definition::Moment;
use crate::warehouse::WarehouseError;

/// The least wait for a lock: without any, no answer would ever come in time.
const LEAST_PATIENCE: Duration = Duration::from_secs(1);

/// The row of a job in the ledger, and the warehouse's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerState {
    /// The moment up to which the job is loaded.
    pub loaded_until: Moment,
    /// The run, or the REWIND, that wrote the row last; empty before the first.
    pub run_id: String,
    /// The warehouse's clock.
    pub now: Moment,
}

impl JobSession<'_> {
    /// Reads the job's row in the ledger; makes ledger and row if they are missing.
    pub fn state(&mut self) -> Result<LedgerState, RunError> {
        let read = self.ledger.read();
        let found = match self.ask_ledger(&read) {
            Err(error) if is_state(&error, "42P01") => self.create_ledger(&read)?,
            Err(error) if is_state(&error, "42703") => return Err(self.other_version()),
            found => found?,
        };
        let now = match read_row(&found).ok_or_else(|| self.other_version())? {
            (Some(state), _) => return Ok(state),
            (None, now) => now,
        };
        let enter = self.ledger.enter(self.job.schedule.first_start(now));
        if let Err(error) = self.ask_ledger(&enter) {
            self.roll_back();
            return Err(error);
        }
        let found = self.ask_ledger(&read)?;
        let state = read_row(&found).and_then(|(state, _)| state);
        state.ok_or_else(|| self.other_version())
    }

    fn other_version(&self) -> RunError {
        LedgerError::OtherVersion { table: self.ledger.table.clone() }.into()
    }

    /// Creates the ledger, and reads it even if that fails: of two sessions that create it at once
    /// one may get an error in spite of IF NOT EXISTS.
    fn create_ledger(&mut self, read: &str) -> Result<ServerAnswer, RunError> {
        let create = self.ledger.create();
        let created = self.ask(&create).map_err(|error| self.no_right(error));
        match (self.ask_ledger(read), created) {
            (Ok(found), _) => Ok(found),
            (Err(_), Err(error)) | (Err(error), Ok(_)) => Err(error),
        }
    }

    /// Reads the job's row in the ledger and makes nothing: a job without a row has never run.
    pub fn peek(&mut self) -> Result<LedgerState, RunError> {
        let read = self.ledger.read();
        let found = match self.ask_ledger(&read) {
            Err(error) if is_state(&error, "42P01") => {
                self.unmade.push(self.ledger.create());
                let clock = self.ledger.read_clock();
                self.ask(&clock)?
            }
            found => found?,
        };
        let (state, now) = read_row(&found).ok_or_else(|| self.other_version())?;
        if let Some(state) = state {
            return Ok(state);
        }
        let loaded_until = self.job.schedule.first_start(now);
        self.unmade.push(self.ledger.enter(loaded_until));
        Ok(LedgerState { loaded_until, run_id: String::new(), now })
    }

    /// Begins a transaction with the ledger's lock.
    pub(super) fn lock(&mut self) -> Result<(), RunError> {
        let lock = self.ledger.lock();
        self.ask_ledger(&lock).map(|_| ())
    }

    /// The sessions that have the ledger's lock, as far as the server tells.
    pub fn lock_holders(&mut self) -> Vec<String> {
        let holders = self.ledger.lock_holders();
        let found = self.ask(&holders).unwrap_or_default();
        let holder = |row: Vec<Option<String>>| {
            let mut cells = row.into_iter().flatten();
            let process = cells.next()?;
            let user = cells.next().map(|user| format!(" of {}", user.trim_end()));
            Some(format!("session {process}{}", user.unwrap_or_default()))
        };
        found.results.into_iter().flatten().filter_map(holder).collect()
    }

    /// Asks the ledger if a window is loaded, behind all transactions that write it. Another
    /// process may have gone on from there since.
    pub fn is_loaded(&mut self, window: Window) -> Result<bool, RunError> {
        self.lock()?;
        let read = self.ledger.read();
        let found = self.ask(&read);
        self.roll_back();
        let state = read_row(&found?).and_then(|(state, _)| state);
        Ok(state.is_some_and(|state| state.loaded_until >= window.end))
    }

    /// Moves the job's row from one moment to another.
    pub fn rewind(&mut self, from: Moment, to: Moment, run_id: &str) -> Result<(), RunError> {
        self.lock()?;
        let text = format!("{}; COMMIT", self.ledger.rewind(from, to, run_id));
        let answer = self.ask(&text);
        if answer.is_err() {
            self.roll_back();
        }
        match answer?.tags.first().and_then(|tag| row_count(tag)) {
            Some(0) => Err(LedgerError::Moved { job: self.job.name.clone() }.into()),
            Some(_) | None => Ok(()),
        }
    }

    fn no_right(&self, error: RunError) -> RunError {
        match error {
            RunError::Warehouse { error, .. } if is_server_state(&error, "42501") => {
                let schema = self.job.body.target.name.table.schema.sql();
                let grant = format!("GRANT CREATE ON SCHEMA {schema} TO {}", self.user);
                LedgerError::NoRight { error, grant }.into()
            }
            other => other,
        }
    }

    /// Sends a message that may have to wait for whoever holds the ledger's lock.
    fn ask_ledger(&mut self, sql: &str) -> Result<ServerAnswer, RunError> {
        let limit = self.patience.max(LEAST_PATIENCE);
        match self.send(&Translation::from_own(sql), Some(limit)) {
            Err(RunError::Warehouse {
                error: WarehouseError::TimedOut { .. }, ..
            }) => Err(LedgerError::Locked {
                table: self.ledger.table.clone(),
                waited: limit,
                holders: Vec::new(),
            }
            .into()),
            sent => sent,
        }
    }
}

/// The job's row, if it has one, and the clock; None if the answer is none of the ledger.
fn read_row(found: &ServerAnswer) -> Option<(Option<LedgerState>, Moment)> {
    let row = found.results.first()?.first()?;
    let [loaded_until, run_id, now] = row.as_slice() else {
        return None;
    };
    let now = Moment::parse(now.as_deref()?)?;
    let Some(loaded_until) = loaded_until else {
        return Some((None, now));
    };
    let state = LedgerState {
        loaded_until: Moment::parse(loaded_until)?,
        run_id: run_id.clone()?,
        now,
    };
    Some((Some(state), now))
}
