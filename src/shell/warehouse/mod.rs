//! Statements that a warehouse receives unchanged, over a session that is reopened when it is lost.

mod activity;
mod cause;
mod column_type;
mod connect;
mod describe;
mod guard;
mod info;
mod list;
mod names;
mod password;
mod plan;
mod protection;
mod statement;
mod stream;

use std::io;

use super::{Flow, Input, Output, Shell, Target, masked_secret_error};
use crate::definition::TerminalColor;
use crate::error::{Cancelled, CommandError, Error, ErrorKind, TransactionError};
use crate::executor::{Executor, Notice, OpenSession, Origin, Outcome, TransactionState};
use crate::name::ConnectionName;
use crate::sql::mask::{Echo, has_masked_secret};
use crate::sql::splitter::{Dialect, Piece};
use crate::sql::{self, begins_definition};
use crate::warehouse::views::{ActivityViews, Views};
use crate::warehouse::{TransactionStatus, WarehouseError};

pub(super) use guard::GuardState;
use names::KnownNames;
pub(super) use protection::Confirmation;
use statement::{Batch, BatchStatement, TransactionEffect, first_keyword, span_at};
use stream::{RowOptions, RowOutput};

/// The connected warehouse.
pub(super) struct Warehouse {
    name: ConnectionName,
    /// None if the session was lost.
    open: Option<OpenSession>,
    /// The user and the endpoint; None before the first session.
    leads_to: Option<String>,
    /// True if a backslash is an escape in ordinary strings of the server.
    backslash_escapes: bool,
    /// True if the session was lost with a transaction open: statements are refused until the user
    /// ends it.
    pub is_stranded: bool,
    /// The effect that remains unknown if the last statement has lost the session.
    in_doubt: Option<InDoubt>,
    /// The server's dialect of system views, once it is known.
    views: Option<Views>,
    activity_views: Option<ActivityViews>,
    names: KnownNames,
    /// The number of rows that the last statement returned or changed.
    pub row_count: u64,
    /// The colour of its connection.
    pub color: Option<TerminalColor>,
    pub guard: GuardState,
    /// True if names are fetched, for completion.
    completes: bool,
}

/// An effect that the server may have committed without answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InDoubt {
    /// The end of the transaction.
    Transaction,
    /// A statement that is a transaction by itself.
    Statement,
}

/// The consequence of a lost session for the statements that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AfterLoss {
    /// The next one may open another session.
    Reopen,
    /// The script ends here.
    End,
}

/// The error of a statement that did not complete.
pub(super) enum StatementError {
    /// The statement failed.
    Failed(Error),
    /// Its rows cannot be written.
    Output(io::Error),
}

impl StatementError {
    /// The same error, changed if the statement failed.
    pub fn map(self, change: impl FnOnce(Error) -> Error) -> Self {
        match self {
            Self::Failed(error) => Self::Failed(change(error)),
            Self::Output(error) => Self::Output(error),
        }
    }
}

impl From<Error> for StatementError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Warehouse {
    fn new(name: ConnectionName, completes: bool) -> Self {
        Self {
            name,
            open: None,
            leads_to: None,
            backslash_escapes: true,
            is_stranded: false,
            in_doubt: None,
            views: None,
            activity_views: None,
            names: KnownNames::default(),
            row_count: 0,
            color: None,
            guard: GuardState::On,
            completes,
        }
    }

    pub fn transaction(&mut self) -> TransactionState {
        if self.is_stranded {
            return TransactionState::Failed;
        }
        let status = self.open.as_mut().map(|open| open.session().transaction_status());
        match status {
            None | Some(TransactionStatus::Idle) => TransactionState::None,
            Some(TransactionStatus::Open) => TransactionState::Open,
            Some(TransactionStatus::Failed) => TransactionState::Failed,
        }
    }

    /// The target of its statements.
    pub fn target(&self) -> Target {
        Target::Warehouse {
            connection: self.name.clone(),
            backslash_escapes: self.backslash_escapes,
        }
    }

    /// Notes the server's rule for strings; the last known one also holds after the session is
    /// lost.
    fn note_strings(&mut self) {
        if let Some(open) = &mut self.open {
            let setting = open.session().parameter("standard_conforming_strings");
            // Redshift does not report this setting, and a backslash is an escape there.
            self.backslash_escapes = setting != Some("on");
        }
    }

    /// Closes the session; the next statement opens another.
    pub fn close(&mut self) {
        self.open = None;
        self.is_stranded = false;
    }

    /// Drops a lost session and releases its slot. Returns the message for the user.
    fn drop_lost_session(&mut self, after_loss: AfterLoss) -> Option<String> {
        let session = self.open.as_mut()?.session();
        if !session.is_lost() {
            return None;
        }
        let was_open = session.transaction_status() != TransactionStatus::Idle;
        self.is_stranded = was_open && self.in_doubt != Some(InDoubt::Transaction);
        self.open = None;
        let (lost, then) = match self.in_doubt {
            _ if self.is_stranded => (
                "connection to server was lost, and with it the open transaction",
                ": ROLLBACK, then the next statement opens another, without its settings and temporary tables",
            ),
            Some(InDoubt::Transaction) if was_open => (
                "connection to server was lost; the transaction may have been committed: check before you run it again",
                "",
            ),
            Some(InDoubt::Statement) => (
                "connection to server was lost; the statement may have been executed: check before you run it again",
                "",
            ),
            Some(InDoubt::Transaction) | None => (
                "connection to server was lost",
                "; the next statement opens another, without its settings and temporary tables",
            ),
        };
        Some(match after_loss {
            AfterLoss::Reopen => format!("{lost}{then}"),
            AfterLoss::End => lost.to_owned(),
        })
    }
}

impl Shell {
    /// Shows the end of a statement that ran on the warehouse.
    pub(super) fn settle_on_warehouse(
        &mut self,
        asked: Result<u64, StatementError>,
        piece: &Piece<'_>,
        input: &Input,
    ) -> Flow {
        let result = match asked {
            Ok(_) => Ok(Outcome::default()),
            Err(StatementError::Failed(error)) => Err(error),
            Err(StatementError::Output(error)) => return self.output_failed(&error),
        };
        let is_copy = matches!(&result, Err(error) if *error.kind() == ErrorKind::Warehouse(WarehouseError::CopyRefused));
        let is_ended = matches!(
            &result,
            Err(error) if matches!(
                error.kind(),
                ErrorKind::Transaction(TransactionError::EndedBy { .. })
            )
        );
        let is_of_catalog = result.is_err() && is_own_statement(piece.text);
        let flow = self.settle(result, piece, input);
        if is_of_catalog && flow == Flow::Failed {
            self.output.notice(&Notice::new(OF_CATALOG));
        }
        match self.after_lost_session(flow, input) {
            // The next lines of the script are data for COPY, not statements.
            Flow::Failed if is_copy => Flow::WrongTarget,
            // The following statements would be committed one by one.
            Flow::Failed if is_ended && input.origin != Origin::Prompt => Flow::WrongTarget,
            flow => flow,
        }
    }
}

impl Warehouse {
    /// Runs a statement and shows its rows as they arrive.
    pub fn run(
        &mut self,
        executor: &mut Executor,
        output: &mut Output,
        echo: &Echo<'_>,
        confirmation: Confirmation,
    ) -> Result<u64, StatementError> {
        let batch = self.admit(executor, output, echo.statement(), confirmation)?;
        let was_open = self.transaction() == TransactionState::Open;
        let count = self.ask(executor, output, echo, &batch, false)?;
        if was_open && self.transaction() == TransactionState::None && !batch.ends_transaction() {
            let error = TransactionError::EndedBy { word: first_keyword(echo.statement()) };
            return Err(StatementError::Failed(Error::new(error)));
        }
        Ok(count)
    }

    /// Refuses statements that are not meant to be sent on this session, and has others confirmed.
    /// A stranded transaction can be ended without a session.
    fn admit<'a>(
        &mut self,
        executor: &mut Executor,
        output: &mut Output,
        text: &'a str,
        confirmation: Confirmation,
    ) -> Result<Batch<'a>, Error> {
        if self.is_stranded {
            return Ok(Batch::new(text, self.target().dialect()));
        }
        self.ready(executor, output)?;
        let batch = Batch::new(text, self.target().dialect());
        self.check_read_only(&batch)?;
        self.check_guard(executor, &batch)?;
        self.confirm(executor, &batch, confirmation)?;
        Ok(batch)
    }

    /// Runs a statement and returns the number of rows. With `needs_rows`, nothing is shown if
    /// there are none.
    fn ask(
        &mut self,
        executor: &mut Executor,
        output: &mut Output,
        echo: &Echo<'_>,
        batch: &Batch<'_>,
        needs_rows: bool,
    ) -> Result<u64, StatementError> {
        let text = echo.statement();
        if self.is_stranded
            && TransactionEffect::from_text(text).is_some_and(TransactionEffect::ends)
        {
            self.is_stranded = false;
            output.tag("ROLLBACK", false);
            return Ok(0);
        }
        let only_reads = batch.only_reads();
        let row_options = RowOptions {
            // A cancelled query would abort the open transaction.
            may_stop: only_reads && self.transaction() == TransactionState::None,
            needs_rows,
        };
        let open = self.ready(executor, output)?;
        // The statement may run for long, or until it is interrupted.
        output.flush_error();
        let orderly = executor.signals().defer();
        let cancel = executor.cancel();
        let mut sink = RowOutput::new(output, row_options, cancel.clone());
        let asked = open.session().query_typed(echo, &mut sink, None, &cancel);
        drop(orderly);
        let is_answered = matches!(asked, Ok(()) | Err(WarehouseError::Server { .. }));
        self.in_doubt = match TransactionEffect::from_text(text) {
            Some(TransactionEffect::Commit) => Some(InDoubt::Transaction),
            Some(TransactionEffect::Begin | TransactionEffect::Rollback) => None,
            None => (!is_answered && !only_reads).then_some(InDoubt::Statement),
        };
        self.note_strings();
        if asked.is_ok() {
            self.note_names(text);
        }
        let shown = sink.finish().map_err(StatementError::Output)?;
        self.row_count = shown.affected;
        match asked {
            Ok(()) | Err(WarehouseError::Stopped) if shown.is_cancelled => {
                Err(StatementError::Failed(Error::new(Cancelled)))
            }
            // The user has closed the pager.
            Err(WarehouseError::Stopped) if shown.is_closed => {
                output.notice(&Notice::new(STOPPED));
                Ok(shown.count)
            }
            Ok(()) => Ok(shown.count),
            Err(error) => {
                let error = self.explained(executor, text, error);
                Err(StatementError::Failed(located(error, text)))
            }
        }
    }

    /// A session that takes statements; one is opened if there is none.
    fn ready(
        &mut self,
        executor: &mut Executor,
        output: &mut Output,
    ) -> Result<&mut OpenSession, Error> {
        if self.is_stranded {
            return Err(Error::new(TransactionError::Failed));
        }
        if self.open.is_none() {
            let before = self.leads_to.clone();
            // An error here is not about a part of the statement.
            self.open(executor, output).map_err(|error| Error::new(error.kind().clone()))?;
            match &self.leads_to {
                // A statement meant for one database could do harm in another.
                Some(now) if before.is_some_and(|before| before != *now) => {
                    return Err(leads_elsewhere(now));
                }
                Some(_) | None => {}
            }
        }
        self.open.as_mut().ok_or_else(|| Error::new(WarehouseError::Gone))
    }
}

/// Refuses statements that must not go to the warehouse: those that would end the transaction of
/// `--single-transaction`, those with a secret that is not meant for the warehouse, and those whose
/// secret is masked.
pub(super) fn check(
    text: &str,
    dialect: Dialect,
    input: &Input,
    single_transaction: bool,
) -> Result<(), Error> {
    let batch = Batch::new(text, dialect);
    let changes_transaction =
        |statement: &BatchStatement<'_>| TransactionEffect::from_text(statement.text).is_some();
    if single_transaction && batch.statements.iter().any(changes_transaction) {
        return Err(Error::new(TransactionError::InSingleTransaction));
    }
    if batch.statements.iter().any(|statement| begins_definition(statement.text)) {
        let error = CommandError::new(
            "this is a statement of redwire's own, so it was not sent to the warehouse",
        );
        return Err(Error::new(error.with_hint("\\disconnect goes to where it runs")));
    }
    if input.origin == Origin::Prompt && has_masked_secret(text) {
        return Err(masked_secret_error());
    }
    Ok(())
}

/// True if redwire itself has the statement.
fn is_own_statement(text: &str) -> bool {
    sql::parse(text).is_ok_and(|statement| statement.is_redwires_own())
}

/// The warning about a transaction that was open when its session ended.
pub(super) const ROLLED_BACK: &str = "the open transaction was rolled back";

/// The notice about a query that was cancelled because the user closed the pager.
const STOPPED: &str = "the query was cancelled, since the pager was closed";

/// The hint for a failed statement that redwire itself would understand.
const OF_CATALOG: &str = "redwire has a statement of this kind: it runs after \\disconnect";

/// The connection's definition changed while its session was lost.
fn leads_elsewhere(to: &str) -> Error {
    let message = format!("the connection leads to {to} now, so the statement was not sent");
    Error::new(CommandError::new(message).with_hint("run it again to send it there"))
}

fn located(error: WarehouseError, text: &str) -> Error {
    let mut position = None;
    if let WarehouseError::Server { message, .. } = &error {
        position = message.position;
    }
    let failure = ErrorKind::Warehouse(error);
    match position {
        Some(position) => Error::at(failure, span_at(text, position)),
        None => Error::new(failure),
    }
}
