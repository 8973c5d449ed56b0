//! A job on a session: its ledger, its stage, its writes.
//!
//! An error does not always mean that nothing was written: the answer to COMMIT may be lost, and
//! Redshift was seen to report as aborted what it then did by itself
//! (issue awslabs/aws-lambda-redshift-loader 239). So the ledger is asked after each error of a
//! write.

use std::thread;
use std::time::Duration;

use super::answer::{ServerAnswer, row_count};
use super::error::{LedgerError, TargetError, is_conflict};
use super::ledger::Ledger;
use super::shape::{Mapped, ServerField};
use super::statements::{Claim, Statements, Write};
use super::translation::Translation;
use super::{RunError, RunnableJob, Window};
use crate::definition::Moment;
use crate::sql::mask::Echo;
use crate::sql::{ColumnMapping, JobWrite};
use crate::warehouse::views::Views;
use crate::warehouse::{Cancel, Session, WarehouseError};

/// The pauses before each further try at a write that met another transaction.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(3),
];

/// The least wait for a lock: without any, no answer would ever come in time.
const LEAST_PATIENCE: Duration = Duration::from_secs(1);

/// The longest time without a look at the user's Ctrl-C.
const LOOK: Duration = Duration::from_millis(50);

/// The row of a job in the ledger, and the warehouse's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerState {
    /// The moment up to which the job is loaded.
    pub loaded_until: Moment,
    /// True if a run, or REWIND, has written the row.
    pub is_written: bool,
    /// The warehouse's clock.
    pub now: Moment,
}

/// The rows of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows of the query.
    pub staged: u64,
    /// Rows that were inserted; None if the server did not say.
    pub inserted: Option<u64>,
    /// Rows that were deleted; None if the server did not say.
    pub deleted: Option<u64>,
}

/// The end of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteEnd {
    /// The window is in the target.
    Done(Tally),
    /// Another process has loaded the window: nothing was written.
    Taken,
}

/// A job on a session.
pub struct JobSession<'a> {
    session: &'a mut Session,
    pub(super) job: &'a RunnableJob,
    pub(super) statements: Statements<'a>,
    ledger: Ledger,
    views: Views,
    cancel: Cancel,
    /// A write that has begun goes on to its end whatever the user wants.
    lets_writes_end: bool,
    /// The longest wait for the ledger's lock.
    patience: Duration,
    /// The user who logged in, as SQL.
    user: String,
    /// The names of the query's columns, once asked for.
    pub(super) described: Option<Vec<String>>,
}

impl<'a> JobSession<'a> {
    /// Prepares the session for the job.
    pub fn begin(
        session: &'a mut Session,
        job: &'a RunnableJob,
        written_by: &str,
        patience: Duration,
        cancel: Cancel,
    ) -> Result<Self, RunError> {
        let views = Views::detect(session, &cancel)?;
        let schema = &job.body.target.name.table.schema;
        let quote = |text: &str| session.quote_literal(text);
        let ledger = Ledger::new(schema, &job.key, written_by, views, quote);
        let mut settings = "SET timezone TO 'UTC'".to_owned();
        if views == Views::Redshift {
            let group = session.quote_literal(&format!("redwire:{}", job.name.as_str()));
            settings = format!("{settings}; SET query_group TO {group}");
        }
        let mut begun = Self {
            session,
            job,
            statements: Statements { body: &job.body },
            ledger,
            views,
            cancel,
            lets_writes_end: false,
            patience,
            user: String::new(),
            described: None,
        };
        let found = begun.ask(&format!("{settings}; SELECT quote_ident(current_user)"))?;
        begun.user = found.first_cell().unwrap_or_default();
        Ok(begun)
    }

    /// Lets a write that has begun go on to its end, even if the user cancels.
    pub fn let_writes_end(&mut self) {
        self.lets_writes_end = true;
    }

    /// True if the job's text asks for the bounds of its window.
    pub fn has_bounds(&self) -> bool {
        self.statements.has_bounds()
    }

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
                let clock = self.ledger.read_clock();
                self.ask(&clock)?
            }
            found => found?,
        };
        let (state, now) = read_row(&found).ok_or_else(|| self.other_version())?;
        Ok(state.unwrap_or_else(|| LedgerState {
            loaded_until: self.job.schedule.first_start(now),
            is_written: false,
            now,
        }))
    }

    /// The statements of a run, without types of columns: those are known once the stage is there.
    pub fn script(&mut self, window: Window) -> Result<String, RunError> {
        let columns = self.positions(window)?;
        let stage = self.stage_statements(window, columns.as_deref());
        let mapped = match self.statements.mapping() {
            None => Mapped::default(),
            Some(mapping) => {
                let names = self.describe(window)?.to_vec();
                let field = |name: String| ServerField {
                    name,
                    data_type: String::new(),
                    is_required: false,
                };
                let described: Vec<ServerField> = names.into_iter().map(field).collect();
                let stage: Vec<ServerField> = match columns {
                    Some(columns) => columns.into_iter().map(field).collect(),
                    None => described.clone(),
                };
                let target = self.target_fields()?.unwrap_or(described);
                self.mapped(mapping, &stage, &target)?
            }
        };
        let claim = Claim { window, run_id: "RUN", staged: 0 };
        let (write, _) = self.statements.write(&self.ledger, claim, &mapped);
        Ok(format!("{};\n{};\n{};\n", stage.sql, self.ledger.lock(), write.sql))
    }

    /// Fills the stage with the window's rows and checks them. Returns their number.
    pub fn stage(&mut self, window: Window) -> Result<u64, RunError> {
        let columns = self.positions(window)?;
        let text = self.stage_statements(window, columns.as_deref());
        let found = self.ask_of_user(&text)?;
        let counts: Vec<u64> = match found.results.first().and_then(|rows| rows.first()) {
            Some(row) => row.iter().flatten().filter_map(|count| count.parse().ok()).collect(),
            // That of CREATE TABLE AS.
            None => found.tags.last().and_then(|tag| row_count(tag)).into_iter().collect(),
        };
        let mut counts = counts.into_iter();
        let staged = counts.next().unwrap_or(0);
        if let JobWrite::Merge(parts) = &self.job.body.write {
            if counts.next() != Some(0) {
                let rows = self.keys(&Statements::null_keys(&parts.keys))?;
                return Err(TargetError::NullKeys { rows }.into());
            }
            if counts.next() != Some(0) {
                let rows = self.keys(&Statements::duplicate_keys(&parts.keys))?;
                return Err(TargetError::DuplicateKeys { rows }.into());
            }
        }
        Ok(staged)
    }

    fn stage_statements(&self, window: Window, columns: Option<&[String]>) -> Translation {
        // Redshift is not known to count in the tag.
        let has_count_in_tag = self.views == Views::PostgreSql;
        self.statements.stage(window, columns, has_count_in_tag)
    }

    /// Asks for keys of the stage, as they are shown.
    fn keys(&mut self, sql: &str) -> Result<Vec<String>, RunError> {
        let found = self.ask(sql)?;
        Ok(found.results.iter().flatten().map(|row| key_text(row)).collect())
    }

    /// The names of the stage's columns if they are not those of the query: an INSERT by position
    /// takes columns without a name, and two of one name.
    fn positions(&mut self, window: Window) -> Result<Option<Vec<String>>, RunError> {
        let by_position = match &self.job.body.write {
            JobWrite::Insert { columns, .. } => match columns {
                ColumnMapping::InOrder | ColumnMapping::Listed(_) => true,
                ColumnMapping::ByName { .. } => false,
            },
            JobWrite::Merge(_) | JobWrite::RedshiftMerge { .. } => false,
        };
        if !by_position {
            return Ok(None);
        }
        let names = self.describe(window)?;
        Ok(Some((1..=names.len()).map(|number| format!("c{number}")).collect()))
    }

    /// The names of the query's columns, which are asked for once.
    fn describe(&mut self, window: Window) -> Result<&[String], RunError> {
        if self.described.is_none() {
            let text = self.statements.describe(window);
            self.described = Some(self.ask_of_user(&text)?.columns);
        }
        Ok(self.described.as_deref().unwrap_or_default())
    }

    /// Writes the stage under the run's claim; tries again where another transaction is in the way.
    pub fn write(&mut self, claim: Claim<'_>, mapped: &Mapped) -> Result<WriteEnd, RunError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            // Without the lock nothing was written, and the ledger need not be asked.
            let (error, may_be_written) = match self.lock() {
                Err(error) => (error, false),
                Ok(()) => match self.try_write(claim, mapped) {
                    Ok(end) => return Ok(end),
                    // The transaction is committed: the ledger has nothing to add.
                    Err(error @ RunError::Target(TargetError::Counts { .. })) => return Err(error),
                    Err(error) => (error, true),
                },
            };
            if self.session.is_lost() {
                return Err(error);
            }
            self.uncancelled(Self::roll_back);
            if may_be_written && self.uncancelled(|job| job.is_loaded(claim.window))? {
                return Ok(WriteEnd::Done(Tally { staged: claim.staged, ..Tally::default() }));
            }
            let is_conflict =
                matches!(&error, RunError::Warehouse { error, .. } if is_conflict(error));
            match pauses.next().filter(|_| is_conflict) {
                Some(pause) => self.wait(pause)?,
                None => return Err(error),
            }
        }
    }

    fn try_write(&mut self, claim: Claim<'_>, mapped: &Mapped) -> Result<WriteEnd, RunError> {
        let (text, roles) = self.statements.write(&self.ledger, claim, mapped);
        let found = if self.lets_writes_end {
            self.uncancelled(|job| job.ask_of_user(&text))?
        } else {
            self.ask_of_user(&text)?
        };
        let numbers = found.tags.iter().map(|tag| row_count(tag));
        let counted: Vec<(Write, Option<u64>)> = roles.into_iter().zip(numbers).collect();
        let of = |role: Write| counted.iter().find(|(found, _)| *found == role)?.1;
        if of(Write::Claim) == Some(0) {
            return Ok(WriteEnd::Taken);
        }
        let tally = Tally {
            staged: claim.staged,
            inserted: of(Write::Insert),
            deleted: of(Write::Delete),
        };
        let is_whole = match &self.job.body.write {
            JobWrite::Insert { .. } => tally.inserted.is_none_or(|rows| rows == claim.staged),
            JobWrite::Merge(parts) => tally.inserted.is_none_or(|rows| {
                if parts.delete.is_some() {
                    rows <= claim.staged
                } else {
                    rows == claim.staged
                }
            }),
            JobWrite::RedshiftMerge { .. } => true,
        };
        match tally.inserted {
            Some(inserted) if !is_whole => {
                Err(TargetError::Counts { staged: claim.staged, inserted }.into())
            }
            Some(_) | None => Ok(WriteEnd::Done(tally)),
        }
    }

    /// Lets a write that has begun go on to its end whatever the user wants.
    fn uncancelled<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let cancel = std::mem::take(&mut self.cancel);
        let done = work(self);
        self.cancel = cancel;
        done
    }

    /// Begins a transaction with the ledger's lock.
    fn lock(&mut self) -> Result<(), RunError> {
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

    /// Asks the ledger if a window is loaded, behind all transactions that write it. Another process
    /// may have gone on from there since.
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

    /// Asks the warehouse for the plan of the query. Returns its first line.
    pub fn explain(&mut self, window: Window) -> Result<String, RunError> {
        let text = self.statements.explain(window);
        Ok(self.ask_of_user(&text)?.first_cell().unwrap_or_default())
    }

    fn roll_back(&mut self) {
        // The server ends the transaction in any case if this cannot be sent.
        if let Err(error) = self.ask("ROLLBACK") {
            tracing::debug!("ROLLBACK failed: {error}");
        }
    }

    fn wait(&self, pause: Duration) -> Result<(), RunError> {
        let mut left = pause;
        while !left.is_zero() {
            if self.cancel.is_set() {
                let stage = crate::warehouse::Stage::Query;
                return Err(WarehouseError::Cancelled { stage }.into());
            }
            let next = left.min(LOOK);
            thread::sleep(next);
            left -= next;
        }
        Ok(())
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

    /// Sends a message of redwire's own.
    pub(super) fn ask(&mut self, sql: &str) -> Result<ServerAnswer, RunError> {
        self.send(&Translation::from_own(sql), None)
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

    /// Sends a message with parts of the job's text, at which errors are shown.
    pub(super) fn ask_of_user(&mut self, text: &Translation) -> Result<ServerAnswer, RunError> {
        self.send(text, None)
    }

    fn send(
        &mut self,
        text: &Translation,
        limit: Option<Duration>,
    ) -> Result<ServerAnswer, RunError> {
        let mut found = ServerAnswer::default();
        let echo = Echo::new(&text.sql, false);
        let sent = self.session.query_typed(&echo, &mut found, limit, &self.cancel);
        match sent {
            Ok(()) => Ok(found),
            Err(error) => Err(located(error, text)),
        }
    }
}

/// The error with its place in the job's text.
fn located(error: WarehouseError, text: &Translation) -> RunError {
    let place = match &error {
        WarehouseError::Server { message, .. } => {
            message.position.and_then(|position| text.place_of(position))
        }
        _ => None,
    };
    RunError::Warehouse { error, place }
}

/// The job's row, if it has one, and the clock; None if the answer is none of the ledger.
fn read_row(found: &ServerAnswer) -> Option<(Option<LedgerState>, Moment)> {
    let row = found.results.first()?.first()?;
    let [loaded_until, is_written, now] = row.as_slice() else {
        return None;
    };
    let now = Moment::parse(now.as_deref()?)?;
    let Some(loaded_until) = loaded_until else {
        return Some((None, now));
    };
    let state = LedgerState {
        loaded_until: Moment::parse(loaded_until)?,
        is_written: is_written.as_deref() == Some("t"),
        now,
    };
    Some((Some(state), now))
}

/// A key in a message: `(1, NULL)`.
fn key_text(row: &[Option<String>]) -> String {
    let cells: Vec<&str> = row.iter().map(|cell| cell.as_deref().unwrap_or("NULL")).collect();
    format!("({})", cells.join(", "))
}

pub(super) fn is_state(error: &RunError, code: &str) -> bool {
    matches!(error, RunError::Warehouse { error, .. } if is_server_state(error, code))
}

fn is_server_state(error: &WarehouseError, code: &str) -> bool {
    matches!(error, WarehouseError::Server { message, .. } if message.code == code)
}
