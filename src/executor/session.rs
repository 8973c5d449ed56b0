//! Opening a session: credentials, a slot, a login.

use std::time::Instant;

use super::catalog_handle::CatalogHandle;
use super::login::LoggedIn;
use super::probe::{Wording, fix_for};
use super::slot::SessionSlots;
use super::{Credentials, Destination, Notice};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::error::{Error, ErrorKind, OpeningError};
use crate::warehouse::slots::{Claim, Purpose};
use crate::warehouse::{
    Cancel, CompletedStage, STEPS, Session, SessionRequest, Stage, WarehouseError,
};

/// A session and its slot. The session ends before the slot is released.
#[derive(Debug)]
pub struct OpenSession {
    session: Session,
    destination: Destination,
    slot: Claim,
}

/// Keeps the note of the slot if the server may still have the session. Without a limit sessions
/// are not counted.
impl Drop for OpenSession {
    fn drop(&mut self) {
        if self.destination.limit.is_some() && !self.session.close() {
            self.slot.keep_notes();
        }
    }
}

impl OpenSession {
    /// Logs in, and opens a session in its slot; `progress` receives each stage that is completed.
    pub(super) fn open(
        credentials: &Credentials,
        slot: Claim,
        progress: &mut dyn FnMut(&CompletedStage),
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let Credentials { destination, login } = credentials;
        let logged_in = login.log_in(destination, cancel)?;
        Self::open_as(credentials, &logged_in, slot, progress, cancel)
    }

    /// Opens a session in its slot for a user who has just logged in.
    pub(super) fn open_as(
        credentials: &Credentials,
        logged_in: &LoggedIn,
        mut slot: Claim,
        progress: &mut dyn FnMut(&CompletedStage),
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let Credentials { destination, login } = credentials;
        let mut destination = destination.of_user(logged_in);
        let mut begun = Instant::now();
        let mut progress = |reached: &CompletedStage| {
            let took = std::mem::replace(&mut begun, Instant::now()).elapsed();
            let CompletedStage { stage, detail } = reached;
            let took = took.as_secs_f64() * 1000.0;
            tracing::info!(target: STEPS, "{stage}: {detail}, {took:.1} ms");
            progress(reached);
        };
        let mut session = Session::open(&request(&destination, logged_in), &mut progress, cancel);
        if let Err(error) = &session
            && login.may_be_stale(logged_in, error)
        {
            let again = login.log_in(&credentials.destination, cancel)?;
            destination = credentials.destination.of_user(&again);
            session = Session::open(&request(&destination, &again), &mut progress, cancel);
        }
        let mut session = session.inspect_err(|error| keep_note_after(error, &mut slot))?;
        if destination.limit.is_none() {
            session.leave_at_once();
        }
        note_session(&session, &mut slot)?;
        Ok(Self { session, destination, slot })
    }

    /// The session.
    pub fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The number of its slot, counted from 1; None if the session is not counted.
    pub fn slot(&self) -> Option<u32> {
        self.slot.numbers().next()
    }

    /// The connection and its endpoint.
    pub fn destination(&self) -> &Destination {
        &self.destination
    }
}

impl Destination {
    /// The same destination, with the user and the address that a login has found.
    #[must_use]
    pub fn of_user(&self, logged_in: &LoggedIn) -> Self {
        let mut found = self.clone();
        found.user = Some(logged_in.user.clone());
        if let Some(address) = &logged_in.address {
            found.endpoint.host.clone_from(&address.host);
            found.endpoint.port = address.port;
        }
        found
    }

    /// Wraps `error` with the connection's name and a suggested fix.
    pub fn opening_error(&self, error: Error) -> Error {
        if error.exit_status() == ExitStatus::Interrupted {
            return error;
        }
        let failure = error.kind().clone();
        // The hint of a slot error names the holders.
        let fix = if matches!(failure, ErrorKind::Slot(_)) {
            None
        } else {
            fix_for(&failure, &self.connection_string, &self.keeper, Wording::Alter(&self.name))
        };
        Error::new(OpeningError {
            name: self.name.clone(),
            hint: fix.or_else(|| failure.diagnosis().hint),
            kind: Box::new(failure),
            failed: (1, 1),
        })
    }
}

/// Opens a session on a connection and waits for a slot; `notify` receives notices while it waits.
pub(super) fn open_session(
    catalog: &mut CatalogHandle,
    slots: &mut SessionSlots,
    credentials: &Credentials,
    purpose: &Purpose,
    notify: &mut dyn FnMut(Notice),
) -> Result<OpenSession, Error> {
    let _orderly = slots.signals.defer();
    let destination = &credentials.destination;
    let wanted = destination.wanted(1, purpose);
    let slot = slots.take(catalog, &wanted, destination, notify);
    slot.and_then(|slot| OpenSession::open(credentials, slot, &mut |_| {}, &slots.cancel()))
        .map_err(|error| destination.opening_error(error))
}

/// The parameters of the login at the server.
fn request<'a>(destination: &'a Destination, logged_in: &'a LoggedIn) -> SessionRequest<'a> {
    SessionRequest {
        endpoint: &destination.endpoint,
        tunnel: destination.tunnel.as_deref(),
        user: &logged_in.user,
        password: &logged_in.password,
    }
}

/// Writes the session beside its slot: if this process is killed, the next holder cancels it.
fn note_session(session: &Session, slot: &mut Claim) -> Result<(), Error> {
    match session.mark() {
        Some(mark) => Ok(slot.note_session(&mark.to_string())?),
        None => Ok(()),
    }
}

/// Keeps the note of the slot if the server may have a session although opening it failed.
fn keep_note_after(error: &WarehouseError, slot: &mut Claim) {
    let is_refused = matches!(error, WarehouseError::Server { .. });
    if matches!(error.stage(), Stage::Login | Stage::Query) && !is_refused {
        slot.keep_notes();
    }
}
