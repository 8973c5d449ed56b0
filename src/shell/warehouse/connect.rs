//! Going to a warehouse, from one to another, and back to redwire's own statements.

use crate::error::{CommandError, Error, TransactionError};
use crate::executor::{Destination, Mode, Notice, Origin, TransactionState};
use crate::name::{ConnectionName, Identifier};
use crate::shell::edges::ROLLED_BACK;
use crate::shell::{Flow, Input, Shell};
use crate::warehouse::slots::Purpose;

use super::names::KnownNames;
use super::stream::remark;
use super::{GoesOn, Warehouse};

/// Who logs in there, and where it is.
fn described(destination: &Destination) -> String {
    let endpoint = &destination.endpoint;
    format!(
        "{} at {}:{}/{}",
        destination.user, endpoint.host, endpoint.port, endpoint.database
    )
}

impl Shell {
    /// Lets statements go to the warehouse of a connection; its session is opened now. Where it
    /// cannot be, everything stays as it was.
    ///
    /// # Errors
    /// The session cannot be opened, or a transaction of the catalog is open.
    pub fn connect(&mut self, name: ConnectionName) -> Result<(), Error> {
        if self.executor.mode() == Mode::Trial {
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
                // Its own session may have the only slot.
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

    /// Lets statements go to the catalog again. Answers whose warehouse it was.
    pub(in crate::shell) fn disconnect(&mut self) -> Option<ConnectionName> {
        let mut warehouse = self.warehouse.take()?;
        self.close(&mut warehouse);
        Some(warehouse.name)
    }

    /// Tells where statements go now.
    pub fn tell_of_target(&mut self) {
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
            // What was known is of another database.
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

    /// Ends the session of a warehouse that is left. The server rolls back what is open there.
    fn close(&mut self, warehouse: &mut Warehouse) {
        if warehouse.transaction() != TransactionState::None {
            self.warn(ROLLED_BACK);
        }
        warehouse.close();
    }

    /// Lets go of a session that is lost, and tells so. A script that did not expect it ends there,
    /// whatever is to happen on errors: what follows was written for a session with the settings
    /// and the temporary tables of the one before.
    pub(in crate::shell) fn after_lost_session(&mut self, flow: Flow, input: &Input) -> Flow {
        let ends = flow == Flow::Failed && input.origin != Origin::Prompt;
        let goes_on = if ends { GoesOn::No } else { GoesOn::Yes };
        if self.let_go_of_lost_session(goes_on) && ends {
            return Flow::Astray;
        }
        flow
    }

    /// Lets go of a session that is lost, and tells so. Answers whether one was.
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
