//! Opening a session: credentials, a slot, a login.

use super::probe::{Wording, fix_for};
use super::{Credentials, Destination, Executor, Notice};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::error::{Error, ErrorKind, OpeningError};
use crate::name::ConnectionName;
use crate::sql::Spanned;
use crate::warehouse::slots::{Claim, Purpose};
use crate::warehouse::{Cancel, Session, Stage, WarehouseError};

/// A session and the slot that it takes. The session ends before the slot is given back.
#[derive(Debug)]
pub struct OpenSession {
    session: Session,
    destination: Destination,
    slot: Claim,
}

/// Keeps the note of the slot if the server may still have the session. Without a limit sessions are
/// not counted.
impl Drop for OpenSession {
    fn drop(&mut self) {
        if self.destination.limit.is_some() && !self.session.close() {
            self.slot.keep_notes();
        }
    }
}

impl OpenSession {
    /// The session.
    pub fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The connection and its endpoint.
    pub fn destination(&self) -> &Destination {
        &self.destination
    }
}

impl Destination {
    /// The error of who could not get there: it names the connection, and what mends it.
    #[must_use]
    pub fn not_opened(&self, error: Error) -> Error {
        if error.exit_status() == ExitStatus::Interrupted {
            return error;
        }
        let failure = error.kind().clone();
        // The hint of a slot knows who has the slots.
        let fix = if matches!(failure, ErrorKind::Slot(_)) {
            None
        } else {
            fix_for(&failure, &self.connection_string, Wording::Alter(&self.name))
        };
        Error::new(OpeningError {
            name: self.name.clone(),
            fix,
            kind: Box::new(failure),
            failed: (1, 1),
        })
    }
}

impl Executor {
    /// Opens a session on a connection, and waits for its slot as long as it may; `tell` takes what
    /// cannot wait for the end. The name stands at the given bytes of a statement, or nowhere.
    ///
    /// # Errors
    /// There is no such connection or no password of it, no slot came free, or the server cannot be
    /// logged in to.
    pub fn open_session(
        &mut self,
        name: &Spanned<ConnectionName>,
        purpose: &Purpose,
        tell: &mut dyn FnMut(Notice),
    ) -> Result<OpenSession, Error> {
        let credentials = self.credentials(&name.value, Some(name.span.clone()))?;
        self.open_session_with(&credentials, purpose, tell)
    }

    /// The same with credentials that are there.
    ///
    /// # Errors
    /// No slot came free, or the server cannot be logged in to.
    pub fn open_session_with(
        &mut self,
        credentials: &Credentials,
        purpose: &Purpose,
        tell: &mut dyn FnMut(Notice),
    ) -> Result<OpenSession, Error> {
        let _orderly = self.signals.defer();
        let destination = &credentials.destination;
        let slot = self.take_slots(&destination.wanted(1, purpose), &destination.endpoint, tell);
        let mut slot = slot.map_err(|error| destination.not_opened(error))?;
        let session = Session::open(&credentials.request(), &mut |_| {}, &self.cancel());
        let mut session = session.map_err(|error| {
            keep_note_after(&error, &mut slot);
            destination.not_opened(Error::new(error))
        })?;
        if destination.limit.is_none() {
            session.leave_at_once();
        }
        note_session(&session, &mut slot)?;
        Ok(OpenSession {
            session,
            destination: destination.clone(),
            slot,
        })
    }

    /// The user's wish to end what runs, for a query on a session.
    pub fn cancel(&self) -> Cancel {
        Cancel::from(self.signals.cancel())
    }
}

/// Notes the session beside its slot: should this process be killed, the next holder has it
/// cancelled.
pub(super) fn note_session(session: &Session, slot: &mut Claim) -> Result<(), Error> {
    match session.mark() {
        Some(mark) => slot.note_session(&mark.to_string()).map_err(Error::new),
        None => Ok(()),
    }
}

/// Keeps the note of the slot if the server may have a session although opening it failed.
pub(super) fn keep_note_after(error: &WarehouseError, slot: &mut Claim) {
    let is_refused = matches!(error, WarehouseError::Server { .. });
    if matches!(error.stage(), Stage::Login | Stage::Query) && !is_refused {
        slot.keep_notes();
    }
}
