//! `\connect` and `\disconnect`: to a warehouse, from one to another, and back to the catalog.

use crate::error::{CommandError, Error, TransactionError};
use crate::executor::{Destination, Mode, Notice, Origin, TransactionState};
use crate::name::{ConnectionName, Identifier};
use crate::shell::edges::ROLLED_BACK;
use crate::shell::{Flow, Input, Shell};
use crate::warehouse::slots::Purpose;

use super::names::KnownNames;
use super::stream::remark;
use super::{GoesOn, Warehouse};

/// The user and the endpoint, for messages.
fn described(destination: &Destination) -> String {
    let endpoint = &destination.endpoint;
    format!(
        "{} at {}:{}/{}",
        destination.user, endpoint.host, endpoint.port, endpoint.database
    )
}

impl Shell {
    /// Opens a session on a connection and sends statements to its warehouse from now on. On an
    /// error nothing changes.
    ///
    /// # Errors
    /// The session cannot be opened, or a transaction of the catalog is open.
    pub fn connect(&mut self, name: ConnectionName) -> Result<(), Error> {
        if self.executor.mode() == Mode::DryRun {
            return Err(Error::new(CommandError {
                message: "a dry run opens no warehouse: what runs there cannot be tried on a copy"
                    .to_owned(),
                hint: None,
            }));
        }
        match self.warehouse.take() {
            None if self.executor.transaction() != TransactionState::None => {
                Err(Error::new(TransactionError::Open))
            }
            Some(mut same) if same.name == name => {
                // The old session may hold the only slot.
                self.close(&mut same);
                same.names.want();
                let opened = self.open(&mut same);
                self.warehouse = Some(same);
                opened
            }
            before => self.move_to(Warehouse::of(name), before),
        }
    }

    fn move_to(&mut self, mut next: Warehouse, before: Option<Warehouse>) -> Result<(), Error> {
        let opened = self.open(&mut next);
        match (opened, before) {
            (Ok(()), before) => {
                self.warehouse = Some(next);
                if let Some(mut before) = before {
                    self.close(&mut before);
                }
                Ok(())
            }
            (Err(error), before) => {
                self.warehouse = before;
                Err(error)
            }
        }
    }

    /// Sends statements to the catalog again. Returns the connection that was left.
    pub(in crate::shell) fn disconnect(&mut self) -> Option<ConnectionName> {
        let mut warehouse = self.warehouse.take()?;
        self.close(&mut warehouse);
        Some(warehouse.name)
    }

    /// Shows the current target.
    pub fn show_target(&mut self) {
        let connected = self.warehouse.as_ref().and_then(|warehouse| {
            let name = Identifier(warehouse.name.as_str());
            let to = warehouse.leads_to.as_deref()?;
            Some(format!("connected to {name}: {to}"))
        });
        if let Some(connected) = connected {
            self.output.notice_at_once(&Notice::new(connected));
        }
    }

    pub(super) fn open(&mut self, warehouse: &mut Warehouse) -> Result<(), Error> {
        let output = &mut self.output;
        let credentials = self.executor.credentials(&warehouse.name, None)?;
        let mut open =
            self.executor
                .open_session_with(&credentials, &Purpose::connect(), &mut |notice| {
                    output.notice_at_once(&notice);
                })?;
        for notice in open.session().login_notices() {
            self.output.notice(&remark(notice));
        }
        let leads_to = Some(described(open.destination()));
        if warehouse.leads_to != leads_to {
            // The names and views known so far belong to another database.
            warehouse.leads_to = leads_to;
            warehouse.views = None;
            warehouse.names = KnownNames::default();
        }
        warehouse.open = Some(open);
        warehouse.note_strings();
        if self.options.completes {
            warehouse.names.begin(&mut self.executor, credentials);
        }
        Ok(())
    }

    /// Closes the session of a warehouse. The server rolls back an open transaction.
    fn close(&mut self, warehouse: &mut Warehouse) {
        if warehouse.transaction() != TransactionState::None {
            self.warn(ROLLED_BACK);
        }
        warehouse.close();
    }

    /// Drops a lost session and reports it. Unless the script expected the error it ends here,
    /// whatever `--on-error` says: the following statements rely on the settings and temporary
    /// tables of the lost session.
    pub(in crate::shell) fn after_lost_session(&mut self, flow: Flow, input: &Input) -> Flow {
        let ends = flow == Flow::Failed && input.origin != Origin::Prompt;
        let goes_on = if ends { GoesOn::No } else { GoesOn::Yes };
        if self.let_go_of_lost_session(goes_on) && ends {
            return Flow::Astray;
        }
        flow
    }

    /// Drops a lost session and reports it. Returns true if there was one.
    pub(in crate::shell) fn let_go_of_lost_session(&mut self, goes_on: GoesOn) -> bool {
        let told = self.warehouse.as_mut().and_then(|warehouse| warehouse.let_go_of_lost(goes_on));
        match told {
            Some(told) => {
                self.warn(told);
                true
            }
            None => false,
        }
    }
}
