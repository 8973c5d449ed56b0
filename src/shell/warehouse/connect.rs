//! `\connect` and `\disconnect`: to a warehouse, from one to another, and back to the catalog.

use crate::error::{CommandError, Error, TransactionError};
use crate::executor::{Executor, Mode, Notice, Origin, TransactionState};
use crate::name::ConnectionName;
use crate::shell::variables::SessionFacts;
use crate::shell::{Flow, Input, Output, Shell};
use crate::warehouse::slots::Purpose;

use super::names::KnownNames;
use super::stream::notice_from_server;
use super::{AfterLoss, ROLLED_BACK, Warehouse};

impl Shell {
    /// Opens a session on a connection and sends statements to its warehouse from now on. On an
    /// error nothing changes.
    ///
    /// # Errors
    /// The session cannot be opened, or a transaction of the catalog is open.
    pub fn connect(&mut self, name: ConnectionName) -> Result<(), Error> {
        self.open_warehouse(name)?;
        if let Some(facts) = self.warehouse.as_mut().and_then(Warehouse::facts) {
            self.variables.state_session(facts);
        }
        Ok(())
    }

    fn open_warehouse(&mut self, name: ConnectionName) -> Result<(), Error> {
        if self.executor.mode() == Mode::DryRun {
            return Err(Error::new(CommandError::new(
                "a dry run opens no warehouse: what runs there cannot be tried on a copy",
            )));
        }
        match &mut self.warehouse {
            None if self.executor.transaction() != TransactionState::None => {
                Err(Error::new(TransactionError::Open))
            }
            Some(same) if same.name == name => {
                // The old session may hold the only slot.
                same.leave(&mut self.output);
                same.names.want();
                same.open(&mut self.executor, &mut self.output)
            }
            before => {
                let mut next = Warehouse::new(name, self.options.completes);
                next.open(&mut self.executor, &mut self.output)?;
                if let Some(mut before) = before.replace(next) {
                    before.leave(&mut self.output);
                }
                Ok(())
            }
        }
    }

    /// Sends statements to the catalog again. Returns the connection that was left.
    pub(in crate::shell) fn disconnect(&mut self) -> Option<ConnectionName> {
        let mut warehouse = self.warehouse.take()?;
        self.variables.forget_session();
        warehouse.leave(&mut self.output);
        self.output.set_frame(None);
        Some(warehouse.name)
    }

    /// Shows the current target.
    pub fn show_target(&mut self) {
        let connected = self.warehouse.as_ref().and_then(|warehouse| {
            let name = warehouse.name.shown();
            let to = warehouse.leads_to.as_deref()?;
            Some(format!("connected to {name}: {to}"))
        });
        if let Some(connected) = connected {
            self.output.notice_at_once(&Notice::new(connected));
        }
    }

    /// Says, after a `\connect` that failed at a warehouse's prompt, where its hint can be followed.
    pub(in crate::shell) fn note_kept_target(&mut self, input: &Input) {
        if let Some(warehouse) = self.warehouse.as_ref().filter(|_| input.origin == Origin::Prompt)
        {
            let name = warehouse.name.shown();
            self.output.notice(&Notice::new(format!(
                "still connected to {name}; redwire's own statements run after \\disconnect"
            )));
        }
    }

    /// Drops a lost session and reports it. Unless the script expected the error it ends here,
    /// whatever `--on-error` says: the following statements rely on the settings and temporary
    /// tables of the lost session.
    pub(in crate::shell) fn after_lost_session(&mut self, flow: Flow, input: &Input) -> Flow {
        let ends = flow == Flow::Failed && input.origin != Origin::Prompt;
        let after_loss = if ends { AfterLoss::End } else { AfterLoss::Reopen };
        if self.drop_lost_session(after_loss) && ends {
            return Flow::WrongTarget;
        }
        flow
    }

    /// Drops a lost session and reports it. Returns true if there was one.
    pub(in crate::shell) fn drop_lost_session(&mut self, after_loss: AfterLoss) -> bool {
        let lost = self
            .warehouse
            .as_mut()
            .and_then(|warehouse| warehouse.drop_lost_session(after_loss));
        let is_lost = lost.is_some();
        if let Some(warning) = lost {
            self.output.warn(warning);
        }
        is_lost
    }
}

impl Warehouse {
    /// The facts about the session, for variables.
    fn facts(&mut self) -> Option<SessionFacts> {
        let open = self.open.as_mut()?;
        let version = open.session().parameter("server_version").map(str::to_owned);
        let destination = open.destination();
        Some(SessionFacts {
            database: destination.endpoint.database.clone(),
            host: destination.endpoint.host.clone(),
            port: destination.endpoint.port,
            user: destination.user.clone(),
            version,
        })
    }

    /// Opens a session.
    pub(super) fn open(
        &mut self,
        executor: &mut Executor,
        output: &mut Output,
    ) -> Result<(), Error> {
        let credentials = executor.credentials(&self.name)?;
        let mut notify = |notice| output.notice_at_once(&notice);
        let mut open = executor.open_session(&credentials, &Purpose::CONNECT, &mut notify)?;
        for notice in open.session().login_notices() {
            output.notice(&notice_from_server(notice));
        }
        open.session().show_all_digits(&executor.cancel());
        let destination = open.destination();
        let user = destination.user.as_deref().unwrap_or_default();
        let leads_to = Some(format!("{user} at {}", destination.endpoint));
        if self.leads_to != leads_to {
            // The names and views known so far belong to another database.
            self.leads_to = leads_to;
            self.views = None;
            self.activity_views = None;
            self.names = KnownNames::default();
        }
        self.color = destination.color;
        output.set_frame(self.color);
        self.open = Some(open);
        self.note_strings();
        if self.completes {
            self.names.begin(executor, credentials);
        }
        Ok(())
    }

    /// Closes the session of a warehouse. The server rolls back an open transaction.
    fn leave(&mut self, output: &mut Output) {
        if self.transaction() != TransactionState::None {
            output.warn(ROLLED_BACK);
        }
        self.close();
    }
}
