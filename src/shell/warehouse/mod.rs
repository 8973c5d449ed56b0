//! Statements that go to a warehouse as they stand, over a session that is opened again when it is lost.

mod connect;
mod list;
pub(super) mod listing;
mod statement;
mod stream;

use std::io;

use super::{Flow, Input, Shell, Target};
use crate::error::{Error, Failure};
use crate::executor::{OpenSession, Outcome, TransactionState};
use crate::name::ConnectionName;
use crate::sql::splitter::Piece;
use crate::warehouse::views::Views;
use crate::warehouse::{TransactionStatus, WarehouseError};

use statement::{Change, span_at};
use stream::Streamed;

/// The warehouse that a shell talks with.
pub(super) struct Warehouse {
    name: ConnectionName,
    /// None where the session was lost.
    open: Option<OpenSession>,
    /// Whether a backslash escapes in each string of the server's.
    backslash_escapes: bool,
    /// Whether the session was lost with a transaction open: statements are refused until the user ends it.
    is_stranded: bool,
    /// Whose views the server has, once that was asked.
    views: Option<Views>,
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
            backslash_escapes: true,
            is_stranded: false,
            views: None,
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

    /// Notes that the session is lost, and gives its slot back. Answers what the user is told.
    fn let_go_of_lost(&mut self) -> Option<&'static str> {
        let session = self.open.as_mut()?.session();
        if !session.is_lost() {
            return None;
        }
        self.is_stranded = session.transaction_status() != TransactionStatus::Idle;
        self.open = None;
        Some(if self.is_stranded {
            "the session is lost, and with it the open transaction: ROLLBACK, then the next statement opens another"
        } else {
            "the session is lost; the next statement opens another"
        })
    }
}

impl Shell {
    /// Runs a statement on the warehouse as it stands.
    pub(super) fn run_on_warehouse(&mut self, piece: &Piece<'_>, input: &Input) -> Flow {
        let asked = self.check_script_transaction(piece.text).map_err(Trouble::Failed);
        let result = match asked.and_then(|()| self.ask_warehouse(piece.text)) {
            Ok(()) => Ok(Outcome::default()),
            Err(Trouble::Failed(error)) => Err(error),
            Err(Trouble::Output(error)) => return self.output_failed(&error),
        };
        let flow = self.settle(result, piece, input);
        self.tell_of_lost_session();
        flow
    }

    /// Runs a statement on the warehouse; what it brings is shown while it arrives.
    pub(super) fn ask_warehouse(&mut self, text: &str) -> Result<(), Trouble> {
        let Some(mut warehouse) = self.warehouse.take() else {
            let what = "no warehouse is connected";
            return Err(Error::new(Failure::Fault { what }).into());
        };
        let result = self.ask(&mut warehouse, text);
        self.warehouse = Some(warehouse);
        result
    }

    fn ask(&mut self, warehouse: &mut Warehouse, text: &str) -> Result<(), Trouble> {
        if warehouse.is_stranded && Change::of(text) == Some(Change::End) {
            warehouse.is_stranded = false;
            self.output.tag("ROLLBACK", false);
            return Ok(());
        }
        self.make_ready(warehouse)?;
        // It may run for long, or until it is interrupted.
        self.output.flush_error();
        let orderly = self.executor.orderly();
        let cancel = self.executor.cancel();
        let mut sink = Streamed::to(&mut self.output);
        let asked = match &mut warehouse.open {
            Some(open) => open.session().query(text, &mut sink, &cancel),
            None => Err(WarehouseError::Gone),
        };
        drop(orderly);
        warehouse.note_strings();
        sink.finish().map_err(Trouble::Output)?;
        asked.map_err(|error| {
            let position = match &error {
                WarehouseError::Server { message, .. } => message.position,
                _ => None,
            };
            let failure = Failure::Warehouse(error);
            Trouble::Failed(match position {
                Some(position) => Error::at(failure, span_at(text, position)),
                None => Error::new(failure),
            })
        })
    }

    /// Sees to it that there is a session that takes statements.
    fn make_ready(&mut self, warehouse: &mut Warehouse) -> Result<(), Error> {
        if warehouse.is_stranded {
            return Err(Error::new(Failure::TransactionFailed));
        }
        if warehouse.open.is_none() {
            self.open(warehouse)?;
        }
        Ok(())
    }

    /// Refuses what would end the transaction of a script that runs as a whole.
    pub(super) fn check_script_transaction(&self, text: &str) -> Result<(), Error> {
        if self.manners.single_transaction && Change::of(text).is_some() {
            return Err(Error::new(Failure::InSingleTransaction));
        }
        Ok(())
    }
}
