//! Opening a session: credentials, a slot, a login.

use std::sync::Arc;

use super::Executor;
use crate::error::{Error, Failure};
use crate::name::ConnectionName;
use crate::warehouse::slots::{Claim, Holder, Purpose, Wanted};
use crate::warehouse::{Cancel, Login, Session};

/// A session and the slot that it takes. The session ends before the slot is given back.
#[derive(Debug)]
pub struct OpenSession {
    session: Session,
    _slot: Claim,
}

impl OpenSession {
    /// The session.
    pub fn session(&mut self) -> &mut Session {
        &mut self.session
    }
}

impl Executor {
    /// Opens a session on a connection, and waits for its slot as long as it may. Where it has to wait, `tell` is told
    /// who holds the slots, at once and when that changes.
    ///
    /// # Errors
    /// There is no such connection or no password of it, no slot came free, or the server cannot be logged in to.
    pub fn open_session(
        &mut self,
        name: &ConnectionName,
        purpose: &Purpose,
        tell: &mut dyn FnMut(&[Holder]),
    ) -> Result<OpenSession, Error> {
        let credentials = self.credentials(name, 0..0)?;
        let (patience, cancel) = (self.patience().duration(), Arc::clone(&self.cancel));
        let wanted = Wanted {
            connection_id: credentials.connection_id,
            connection_name: credentials.name.as_str(),
            limit: credentials.limit,
            count: 1,
            purpose,
        };
        let slot = self.slots()?.take_waiting(&wanted, patience, &cancel, tell);
        let slot = slot.map_err(|error| Error::new(Failure::Slot(error)))?;
        let login = Login {
            endpoint: &credentials.endpoint,
            user: &credentials.user,
            password: &credentials.password,
        };
        let session = Session::open(&login, &mut |_| {}, &Cancel::from(cancel));
        Ok(OpenSession {
            session: session.map_err(|error| Error::new(Failure::Warehouse(error)))?,
            _slot: slot,
        })
    }

    /// The user's wish to end what runs, for a query on a session.
    pub fn cancel(&self) -> Cancel {
        Cancel::from(Arc::clone(&self.cancel))
    }
}
