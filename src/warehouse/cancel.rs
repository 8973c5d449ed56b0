//! Cancelling: the user's flag, and the request to the server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use postgres_protocol::message::frontend;

use super::deadline::{Deadline, WaitError, Watch};
use super::transport::{TlsSettings, Transport, TransportError};

/// The user's wish to end what runs. A signal sets the flag, and the start of the next query clears
/// it.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// True if the flag is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Sets the flag.
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Clears the flag and returns its value.
    pub fn take(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}

impl From<Arc<AtomicBool>> for Cancel {
    fn from(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }
}

/// The limit of the connection for a CancelRequest, from its first packet to its end.
pub(super) const REQUEST_LIMIT: Duration = Duration::from_secs(5);

/// The contents of a CancelRequest, and its address.
#[derive(Clone)]
pub(super) struct CancelKey {
    /// The address that the session itself is connected to: another one of the same name may be
    /// another server.
    pub peer: SocketAddr,
    /// TLS as the session has it.
    pub tls: Option<TlsSettings>,
    /// The process id at the server.
    pub process: i32,
    /// The secret key, which proves that the session is ours.
    pub secret: i32,
}

impl CancelKey {
    /// Asks the server to cancel the session's query. It returns once the server has closed the
    /// second connection, so that the request cannot hit the next query. A second Ctrl-C does not
    /// end it: the request would be lost.
    pub fn request(&self) -> Result<(), TransportError> {
        let watch = Watch {
            cancel: None,
            deadline: Deadline::after(Some(REQUEST_LIMIT)),
            silence: None,
        };
        self.request_within(&watch)
    }

    /// [`Self::request`] for as long as the watch allows.
    pub fn request_within(&self, watch: &Watch<'_>) -> Result<(), TransportError> {
        let mut transport = Transport::connect(self.peer, watch)?;
        if let Some(tls) = &self.tls {
            transport.start_tls(tls, watch)?;
        }
        let mut request = BytesMut::new();
        frontend::cancel_request(self.process, self.secret, &mut request);
        transport.write(&request, watch)?;
        loop {
            match transport.read(&mut [0; 64], watch) {
                Ok(_) => {}
                Err(WaitError::Closed) => return Ok(()),
                Err(interruption) => return Err(interruption.into()),
            }
        }
    }
}
