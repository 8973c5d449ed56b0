//! A job on a session: its stage and its writes.
//!
//! An error does not always mean that nothing was written: the answer to COMMIT may be lost, and
//! Redshift was seen to report as aborted what it then did by itself
//! (issue awslabs/aws-lambda-redshift-loader 239). So the ledger is asked after each error of a
//! write.

use std::thread;
use std::time::Duration;

use super::answer::{ServerAnswer, row_count};
use super::error::{TargetError, is_conflict};
use super::ledger::Ledger;
use super::shape::Mapped;
use super::statements::{Claim, Statements, Write};
use super::translation::Translation;
use super::{RunError, RunnableJob, Window};
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

/// The longest time without a look at the user's Ctrl-C.
const LOOK: Duration = Duration::from_millis(50);

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
    pub(super) ledger: Ledger,
    pub(super) views: Views,
    cancel: Cancel,
    /// A write that has begun goes on to its end whatever the user wants.
    lets_writes_end: bool,
    /// The longest wait for the ledger's lock.
    pub(super) patience: Duration,
    /// The user who logged in, as SQL.
    pub(super) user: String,
    /// The names of the query's columns, once asked for.
    pub(super) described: Option<Vec<String>>,
    /// The statements that only the first window of a dry run needs.
    pub(super) unmade: Vec<String>,
    /// The columns of a dry run's writes, once they are known.
    pub(super) planned: Option<Mapped>,
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
            unmade: Vec::new(),
            planned: None,
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

    pub(super) fn stage_statements(
        &self,
        window: Window,
        columns: Option<&[String]>,
    ) -> Translation {
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
    pub(super) fn positions(&mut self, window: Window) -> Result<Option<Vec<String>>, RunError> {
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
        self.check_lengths(mapped)?;
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

    /// Asks the warehouse for the plan of the query. Returns its first line.
    pub fn explain(&mut self, window: Window) -> Result<String, RunError> {
        let text = self.statements.explain(window);
        Ok(self.ask_of_user(&text)?.first_cell().unwrap_or_default())
    }

    pub(super) fn roll_back(&mut self) {
        // The server ends the transaction in any case if this cannot be sent.
        if let Err(error) = self.ask("ROLLBACK") {
            tracing::info!("ROLLBACK failed: {error}");
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

    /// Sends a message of redwire's own.
    pub(super) fn ask(&mut self, sql: &str) -> Result<ServerAnswer, RunError> {
        self.send(&Translation::from_own(sql), None)
    }

    /// Sends a message with parts of the job's text, at which errors are shown.
    pub(super) fn ask_of_user(&mut self, text: &Translation) -> Result<ServerAnswer, RunError> {
        self.send(text, None)
    }

    pub(super) fn send(
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
    let mut place = None;
    if let WarehouseError::Server { message, .. } = &error {
        place = message.position.and_then(|position| text.place_of(position));
    }
    RunError::Warehouse { error, place }
}

/// A key in a message: `(1, NULL)`.
fn key_text(row: &[Option<String>]) -> String {
    let cells: Vec<&str> = row.iter().map(|cell| cell.as_deref().unwrap_or("NULL")).collect();
    format!("({})", cells.join(", "))
}

pub(super) fn is_state(error: &RunError, code: &str) -> bool {
    matches!(error, RunError::Warehouse { error, .. } if is_server_state(error, code))
}

pub(super) fn is_server_state(error: &WarehouseError, code: &str) -> bool {
    matches!(error, WarehouseError::Server { message, .. } if message.code == code)
}
