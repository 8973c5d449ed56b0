//! Statements that go to a warehouse as they stand, over a session that is opened again when it is lost.

pub(super) mod listing;
mod statement;
mod stream;

use std::io;

use super::{Flow, Shell};
use crate::error::{Error, Failure};
use crate::executor::{OpenSession, TransactionState};
use crate::name::ConnectionName;
use crate::sql::Spanned;
use crate::sql::mask::Echo;
use crate::sql::splitter::Dialect;
use crate::warehouse::slots::Purpose;
use crate::warehouse::views::{Listing, Views};
use crate::warehouse::{TransactionStatus, WarehouseError, quote_literal};

use statement::{Change, span_at};
use stream::{Streamed, quieted, remark};

/// The warehouse that a shell talks with.
pub(super) struct Warehouse {
    name: ConnectionName,
    /// None where the session was lost.
    open: Option<OpenSession>,
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
    fn transaction(&mut self) -> TransactionState {
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

    fn dialect(&mut self) -> Dialect {
        let setting = self.open.as_mut().and_then(|open| {
            let setting = open.session().parameter("standard_conforming_strings");
            setting.map(|setting| setting == "on")
        });
        Dialect::Warehouse {
            // Redshift does not report the setting, and a backslash escapes there.
            backslash_escapes: setting != Some(true),
        }
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
    /// Lets statements go to the warehouse of a connection; its session is opened now.
    ///
    /// # Errors
    /// The session cannot be opened.
    pub fn connect(&mut self, name: ConnectionName) -> Result<(), Error> {
        let mut warehouse = Warehouse {
            name,
            open: None,
            is_stranded: false,
            views: None,
        };
        self.open(&mut warehouse)?;
        self.warehouse = Some(warehouse);
        Ok(())
    }

    /// How the splitter cuts what comes next.
    pub fn dialect(&mut self) -> Dialect {
        self.warehouse.as_mut().map_or(Dialect::Catalog, Warehouse::dialect)
    }

    /// Whether a transaction is open, or has failed.
    pub fn transaction(&mut self) -> TransactionState {
        match &mut self.warehouse {
            Some(warehouse) => warehouse.transaction(),
            None => self.executor.transaction(),
        }
    }

    fn open(&mut self, warehouse: &mut Warehouse) -> Result<(), Error> {
        let output = &mut self.output;
        let name = Spanned {
            value: warehouse.name.clone(),
            span: 0..0,
        };
        let mut open = self
            .executor
            .open_session(&name, &Purpose::connect(), &mut |notice| output.notice_at_once(&notice))?;
        for notice in open.session().login_notices() {
            self.output.notice(&remark(notice));
        }
        warehouse.open = Some(open);
        Ok(())
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
        let echo = Echo::of(text);
        let mut sink = Streamed::to(&mut self.output, &echo);
        let asked = match &mut warehouse.open {
            Some(open) => open.session().query(text, &mut sink, &cancel),
            None => Err(WarehouseError::Gone),
        };
        drop(orderly);
        sink.finish().map_err(Trouble::Output)?;
        asked.map_err(|mut error| {
            if let WarehouseError::Server { message, .. } = &mut error {
                **message = quieted(message, &echo);
            }
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

    /// Shows what the warehouse has of something.
    pub(super) fn list(&mut self, listing: &Listing) -> Flow {
        let asked = self.find_views().and_then(|views| {
            let dialect = self.dialect();
            let conforming = dialect
                == (Dialect::Warehouse {
                    backslash_escapes: false,
                });
            let sql = listing.sql(views, |text| quote_literal(text, conforming));
            self.ask_warehouse(&sql)
        });
        let flow = match asked {
            Ok(()) => Flow::Go,
            Err(Trouble::Failed(error)) => self.fail_command(Error::new(error.failure().clone())),
            Err(Trouble::Output(error)) => self.output_failed(&error),
        };
        self.tell_of_lost_session();
        flow
    }

    fn find_views(&mut self) -> Result<Views, Trouble> {
        let Some(mut warehouse) = self.warehouse.take() else {
            return Ok(Views::PostgreSql);
        };
        let found = self.find_views_of(&mut warehouse);
        self.warehouse = Some(warehouse);
        found
    }

    fn find_views_of(&mut self, warehouse: &mut Warehouse) -> Result<Views, Trouble> {
        if let Some(views) = warehouse.views {
            return Ok(views);
        }
        self.make_ready(warehouse)?;
        let _orderly = self.executor.orderly();
        let asked = match &mut warehouse.open {
            Some(open) => Views::of(open.session(), &self.executor.cancel()),
            None => Err(WarehouseError::Gone),
        };
        let views = asked.map_err(|error| Error::new(Failure::Warehouse(error)))?;
        Ok(*warehouse.views.insert(views))
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

    /// Tells of a session that is lost, and lets go of it.
    pub(super) fn tell_of_lost_session(&mut self) {
        let told = self.warehouse.as_mut().and_then(Warehouse::let_go_of_lost);
        if let Some(told) = told {
            self.warn(told);
        }
    }

    /// Ends the transaction that the end of a script leaves open.
    pub(super) fn end_warehouse_input(&mut self) -> Flow {
        if self.transaction() == TransactionState::None {
            return Flow::Go;
        }
        if let Some(warehouse) = &mut self.warehouse {
            // The server rolls back what a session leaves open.
            warehouse.open = None;
            warehouse.is_stranded = false;
        }
        self.fail(&Error::new(Failure::EndInTransaction))
    }

    /// Ends the transaction of a script that ran as a whole on the warehouse.
    pub(super) fn end_warehouse_script(&mut self, is_done: bool) -> Flow {
        match self.transaction() {
            TransactionState::None if is_done => {
                self.warn(
                    "a statement of the script has ended the transaction, so what came after it stands by itself",
                );
                return Flow::Go;
            }
            TransactionState::None => return Flow::Go,
            TransactionState::Open | TransactionState::Failed => {}
        }
        match self.ask_warehouse(if is_done { "COMMIT" } else { "ROLLBACK" }) {
            Ok(()) => Flow::Go,
            Err(Trouble::Failed(error)) => self.fail(&error),
            Err(Trouble::Output(error)) => self.output_failed(&error),
        }
    }

    /// Where errors of the warehouse's statements point, and what the log shows, is masked by other rules.
    pub(super) fn masking(&self) -> super::place::Masking {
        if self.warehouse.is_some() {
            super::place::masked_for_warehouse
        } else {
            super::place::masked_for_catalog
        }
    }
}
