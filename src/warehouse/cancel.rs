//! The user's wish to end what runs, and how the server is told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use postgres_protocol::message::frontend;

use super::deadline::{Deadline, Interruption, Watch};
use super::transport::{TlsSettings, Transport, TransportError};

/// The user's wish to end what runs; a signal sets it, whoever starts the next thing takes it back.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Whether the user wants it.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// The user wants it.
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether the user wanted it; from here on a wish is another one.
    pub fn take(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}

impl From<Arc<AtomicBool>> for Cancel {
    fn from(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }
}

/// How long the second connection may take, from its first packet to its end.
pub(super) const REQUEST_LIMIT: Duration = Duration::from_secs(5);

/// What a request to cancel names, and where it goes.
#[derive(Clone)]
pub(super) struct CancelKey {
    /// The address that the session itself is connected to: another one of the same name may be
    /// another server.
    pub peer: SocketAddr,
    /// TLS as the session has it.
    pub tls: Option<TlsSettings>,
    /// The number of the server's process.
    pub process: i32,
    /// The word that proves that the session is ours.
    pub secret: i32,
}

impl CancelKey {
    /// Asks the server to cancel what the session runs. It returns once the server has closed the
    /// second connection, so that the request cannot hit what the session runs next. A second wish
    /// does not end it: it would be lost.
    pub fn request(&self) -> Result<(), TransportError> {
        let watch = Watch {
            cancel: None,
            deadline: Deadline::after(Some(REQUEST_LIMIT)),
            silence: None,
        };
        self.request_within(&watch)
    }

    /// The same for as long as the watch lets it.
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
                Err(Interruption::Closed) => return Ok(()),
                Err(interruption) => return Err(interruption.into()),
            }
        }
    }
}
