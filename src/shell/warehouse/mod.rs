//! Statements that go to a warehouse as they stand, over a session that is opened again when it is
//! lost.

mod connect;
mod list;
pub(super) mod listing;
mod names;
mod statement;
mod stream;

use std::io;

use super::{Flow, Input, Shell, Target, stars_for_secret};
use crate::error::{CommandError, Error, ErrorKind, InternalError, TransactionError};
use crate::executor::{Notice, OpenSession, Origin, Outcome, TransactionState};
use crate::name::ConnectionName;
use crate::sql::begins_definition;
use crate::sql::mask::{Echo, has_masked_secret};
use crate::sql::splitter::Piece;
use crate::warehouse::views::Views;
use crate::warehouse::{TransactionStatus, WarehouseError};

use names::KnownNames;
use statement::{Change, only_reads, span_at};
use stream::{Streamed, Wish, quieted};

/// The warehouse that a shell talks with.
pub(super) struct Warehouse {
    name: ConnectionName,
    /// None where the session was lost.
    open: Option<OpenSession>,
    /// Who is logged in, and where; None before the first session.
    leads_to: Option<String>,
    /// True if a backslash escapes in each string of the server's.
    backslash_escapes: bool,
    /// True if the session was lost with a transaction open: statements are refused until the user
    /// ends it.
    is_stranded: bool,
    /// What nobody knows the end of if the last statement has lost the session.
    in_doubt: Option<InDoubt>,
    /// Whose views the server has, once that was asked.
    views: Option<Views>,
    names: KnownNames,
}

/// What a server may have carried out without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InDoubt {
    /// The end of the transaction.
    Transaction,
    /// A statement that is a transaction by itself.
    Statement,
}

/// Whether statements may follow the one that has lost the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GoesOn {
    /// They do, and may open another.
    Yes,
    /// The script ends here.
    No,
}

/// Why a statement did not run to its end.
pub(super) enum Trouble {
    /// It failed.
    Failed(Error),
    /// What it brings cannot be written.
    Output(io::Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Warehouse {
    fn of(name: ConnectionName) -> Self {
        Self {
            name,
            open: None,
            leads_to: None,
            backslash_escapes: true,
            is_stranded: false,
            in_doubt: None,
            views: None,
            names: KnownNames::default(),
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

    /// Where its statements go.
    pub fn target(&self) -> Target {
        Target::Warehouse {
            connection: self.name.clone(),
            backslash_escapes: self.backslash_escapes,
        }
    }

    /// Notes how the server reads strings; what it said last holds for a session that is lost, too.
    fn note_strings(&mut self) {
        if let Some(open) = &mut self.open {
            let setting = open.session().parameter("standard_conforming_strings");
            // Redshift does not report the setting, and a backslash escapes there.
            self.backslash_escapes = setting != Some("on");
        }
    }

    /// Ends the session; the next statement opens another.
    pub fn close(&mut self) {
        self.open = None;
        self.is_stranded = false;
    }

    /// True if the session was lost, and the open transaction with it.
    pub fn is_stranded(&self) -> bool {
        self.is_stranded
    }

    /// Notes that the session is lost, and gives its slot back. Answers what the user is told.
    fn let_go_of_lost(&mut self, goes_on: GoesOn) -> Option<String> {
        let session = self.open.as_mut()?.session();
        if !session.is_lost() {
            return None;
        }
        let was_open = session.transaction_status() != TransactionStatus::Idle;
        self.is_stranded = was_open && self.in_doubt != Some(InDoubt::Transaction);
        self.open = None;
        let (lost, then) = match self.in_doubt {
            _ if self.is_stranded => (
                "the session is lost, and with it the open transaction",
                ": ROLLBACK, then the next statement opens another, without its settings and temporary tables",
            ),
            Some(InDoubt::Transaction) if was_open => (
                "the session is lost, and nobody has said whether the transaction was kept: look before you run it again",
                "",
            ),
            Some(InDoubt::Statement) => (
                "the session is lost, and nobody has said whether the statement was carried out: look before you run it again",
                "",
            ),
            Some(InDoubt::Transaction) | None => (
                "the session is lost",
                "; the next statement opens another, without its settings and temporary tables",
            ),
        };
        Some(match goes_on {
            GoesOn::Yes => format!("{lost}{then}"),
            GoesOn::No => lost.to_owned(),
        })
    }
}

impl Shell {
    /// Runs a statement on the warehouse as it stands.
    pub(super) fn run_on_warehouse(&mut self, piece: &Piece<'_>, input: &Input) -> Flow {
        let checked = self.check(piece.text, input).map_err(Trouble::Failed);
        let result = match checked.and_then(|()| self.ask_as_typed(piece)) {
            Ok(()) => Ok(Outcome::default()),
            Err(Trouble::Failed(error)) => Err(error),
            Err(Trouble::Output(error)) => return self.output_failed(&error),
        };
        let is_copy = matches!(&result, Err(error) if *error.kind() == ErrorKind::Warehouse(WarehouseError::CopyRefused));
        let is_of_catalog = result.is_err() && self.target().takes_for_own(piece.text);
        let flow = self.settle(result, piece, input);
        if is_of_catalog && flow == Flow::Failed {
            self.output.notice(&Notice::new(OF_CATALOG));
        }
        match self.after_lost_session(flow, input) {
            // What follows in a script are its data, and no statements.
            Flow::Failed if is_copy => Flow::Astray,
            flow => flow,
        }
    }

    /// Runs a statement on the warehouse; what it brings is shown while it arrives.
    pub(super) fn ask_warehouse(&mut self, text: &str) -> Result<(), Trouble> {
        self.ask_for_rows(&Echo::new(text, false), false).map(|_| ())
    }

    fn ask_as_typed(&mut self, piece: &Piece<'_>) -> Result<(), Trouble> {
        let echo = Echo::new(piece.text, piece.follows_secret);
        self.ask_for_rows(&echo, false).map(|_| ())
    }

    /// Answers how many rows came. Where it needs some and there are none, nothing is shown.
    fn ask_for_rows(&mut self, echo: &Echo<'_>, needs_rows: bool) -> Result<u64, Trouble> {
        let Some(mut warehouse) = self.warehouse.take() else {
            let what = "no warehouse is connected";
            return Err(Error::new(InternalError(what)).into());
        };
        let result = self.ask(&mut warehouse, echo, needs_rows);
        self.warehouse = Some(warehouse);
        result
    }

    fn ask(
        &mut self,
        warehouse: &mut Warehouse,
        echo: &Echo<'_>,
        needs_rows: bool,
    ) -> Result<u64, Trouble> {
        let text = echo.statement();
        if warehouse.is_stranded && Change::of(text).is_some_and(Change::ends) {
            warehouse.is_stranded = false;
            self.output.tag("ROLLBACK", false);
            return Ok(0);
        }
        self.make_ready(warehouse)?;
        // It may run for long, or until it is interrupted.
        self.output.flush_error();
        let orderly = self.executor.signals().defer();
        let cancel = self.executor.cancel();
        let wish = Wish {
            // A query that is cancelled takes the open transaction with it.
            may_stop: only_reads(text) && warehouse.transaction() == TransactionState::None,
            needs_rows,
        };
        let mut sink = Streamed::to(&mut self.output, echo, wish);
        let asked = match &mut warehouse.open {
            Some(open) => open.session().query(text, &mut sink, &cancel),
            None => Err(WarehouseError::Gone),
        };
        drop(orderly);
        let is_answered = matches!(asked, Ok(()) | Err(WarehouseError::Server { .. }));
        warehouse.in_doubt = match Change::of(text) {
            Some(Change::Commit) => Some(InDoubt::Transaction),
            Some(Change::Begin | Change::Rollback) => None,
            None => (!is_answered && !only_reads(text)).then_some(InDoubt::Statement),
        };
        warehouse.note_strings();
        if asked.is_ok() {
            warehouse.note_names(text);
        }
        let shown = sink.finish().map_err(Trouble::Output)?;
        match asked {
            // The user has closed the pager and does not want the rest.
            Err(WarehouseError::Stopped) if shown.is_closed => {
                self.output.notice(&Notice::new(STOPPED));
                Ok(shown.count)
            }
            Ok(()) => Ok(shown.count),
            Err(error) => Err(Trouble::Failed(located(error, text, echo))),
        }
    }

    /// Sees to it that there is a session that takes statements.
    fn make_ready(&mut self, warehouse: &mut Warehouse) -> Result<(), Error> {
        if warehouse.is_stranded {
            return Err(Error::new(TransactionError::Failed));
        }
        if warehouse.open.is_some() {
            return Ok(());
        }
        let before = warehouse.leads_to.clone();
        // Nothing of the statement is to blame where that fails.
        self.open(warehouse).map_err(|error| Error::new(error.kind().clone()))?;
        match &warehouse.leads_to {
            // What was meant for one database may do harm in another.
            Some(now) if before.is_some_and(|before| before != *now) => Err(leads_elsewhere(now)),
            _ => Ok(()),
        }
    }

    /// Refuses what must not go to the warehouse: what would end the transaction of a script that
    /// runs as a whole, and what has a secret in it that is not meant for the warehouse, or none
    /// where one should be.
    fn check(&self, text: &str, input: &Input) -> Result<(), Error> {
        let refused = |message: &str, hint: &str| Err(not_sent(message.to_owned(), hint));
        if self.options.single_transaction && Change::of(text).is_some() {
            return Err(Error::new(TransactionError::InSingleTransaction));
        }
        if begins_definition(text) {
            return refused(
                "this is a statement of redwire's own, so it was not sent to the warehouse",
                "\\disconnect goes to where it runs",
            );
        }
        if input.origin == Origin::Prompt && has_masked_secret(text) {
            return Err(stars_for_secret());
        }
        Ok(())
    }
}

/// What is said of a query that was cancelled because nobody wanted more of it.
const STOPPED: &str = "the query was cancelled, since the pager was closed";

/// What is said of a statement that failed, and that redwire would have understood.
const OF_CATALOG: &str = "redwire has a statement of this kind: it runs after \\disconnect";

/// The definition of the connection was changed while its session was lost.
fn leads_elsewhere(to: &str) -> Error {
    not_sent(
        format!("the connection leads to {to} now, so the statement was not sent"),
        "run it again to send it there",
    )
}

fn not_sent(message: String, hint: &str) -> Error {
    Error::new(CommandError { message, hint: Some(hint.to_owned()) })
}

fn located(mut error: WarehouseError, text: &str, echo: &Echo<'_>) -> Error {
    let mut position = None;
    if let WarehouseError::Server { message, .. } = &mut error {
        position = message.position;
        **message = quieted(message, echo);
    }
    let failure = ErrorKind::Warehouse(error);
    match position {
        Some(position) => Error::at(failure, span_at(text, position)),
        None => Error::new(failure),
    }
}
