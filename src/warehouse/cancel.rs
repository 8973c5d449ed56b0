//! Cancelling: the user's flag, and the CancelRequest to the server.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use postgres_protocol::message::frontend;

use super::WarehouseError;
use super::deadline::{Deadline, Watch};
use super::transport::{PlainTransport, TlsSettings};
use super::tunnel::Tunnel;
use crate::url::Endpoint;

/// The user's request to cancel. A signal sets the flag, and the start of the next query clears it.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// True if the flag is set.
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

/// The time limit of the connection for a CancelRequest.
pub(super) const REQUEST_LIMIT: Duration = Duration::from_secs(5);

/// The identity of a session at its server: the process id, and the secret key that can only cancel
/// its query (PostgreSQL documentation, "Canceling Requests in Progress").
#[derive(Clone, PartialEq, Eq)]
pub struct SessionMark {
    /// The peer address of the session itself: another address of the same name may be another
    /// server.
    pub(super) peer: SocketAddr,
    pub(super) process: i32,
    pub(super) secret: i32,
    /// The host and port of the server, which only a login may have found.
    pub(super) host: String,
    pub(super) port: u16,
}

impl SessionMark {
    /// Reads the text of a mark. None if it is invalid: another version of redwire may have written
    /// it.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let mark = Self {
            peer: words.next()?.parse().ok()?,
            process: words.next()?.parse().ok()?,
            secret: words.next()?.parse().ok()?,
            host: words.next()?.to_owned(),
            port: words.next()?.parse().ok()?,
        };
        words.next().is_none().then_some(mark)
    }
}

/// `127.0.0.1:5439 1234 -5678 warehouse.example.com 5439`
impl fmt::Display for SessionMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { peer, process, secret, host, port } = self;
        write!(f, "{peer} {process} {secret} {host} {port}")
    }
}

/// Cancels the queries of sessions at one server. False if not all of them could be cancelled
/// within 5 s. `tunnel` is the destination of `ssh` on the way to it; of the endpoint only the
/// options count.
///
/// The sessions are those of killed processes: the server keeps running their queries, since it
/// notices that a client is gone only when it next reads from it or writes to it.
pub fn cancel_sessions(
    endpoint: &Endpoint,
    tunnel: Option<&str>,
    sessions: &[SessionMark],
    cancel: &Cancel,
) -> bool {
    let deadline = Deadline::after(Some(REQUEST_LIMIT));
    let Some(SessionMark { host, port, .. }) = sessions.first() else {
        return true;
    };
    let endpoint = &Endpoint {
        host: host.clone(),
        port: *port,
        ..endpoint.clone()
    };
    let Some(destination) = tunnel else {
        return cancel_before(deadline, endpoint, sessions, cancel);
    };
    // The tunnel of a killed process ended with it.
    match Tunnel::open_before(deadline, destination, endpoint, cancel) {
        Ok(tunnel) => {
            let at_tunnel =
                |mark: &SessionMark| SessionMark { peer: tunnel.address(), ..mark.clone() };
            let sessions: Vec<SessionMark> = sessions.iter().map(at_tunnel).collect();
            cancel_before(deadline, endpoint, &sessions, cancel)
        }
        Err(error) => {
            tracing::info!("sessions could not be cancelled: {error}");
            false
        }
    }
}

fn cancel_before(
    deadline: Deadline,
    endpoint: &Endpoint,
    sessions: &[SessionMark],
    cancel: &Cancel,
) -> bool {
    let Ok(tls) = TlsSettings::from_endpoint(endpoint) else {
        return false;
    };
    let watch = Watch {
        cancel: Some(cancel),
        deadline,
        ..Watch::within(REQUEST_LIMIT)
    };
    let mut are_cancelled = true;
    for mark in sessions {
        let key = CancelKey { mark: mark.clone(), tls: tls.clone() };
        if let Err(error) = key.request_within(&watch) {
            tracing::info!("a session at {} could not be cancelled: {error}", mark.peer);
            are_cancelled = false;
        }
    }
    are_cancelled
}

/// The contents of a CancelRequest, and its address.
#[derive(Clone)]
pub(super) struct CancelKey {
    /// The session.
    pub mark: SessionMark,
    /// The session's settings of TLS.
    pub tls: Option<TlsSettings>,
}

impl CancelKey {
    /// Sends a CancelRequest and returns once the server has closed the second connection, so that
    /// the request cannot cancel the next query. A second Ctrl-C does not interrupt it: the request
    /// would be lost.
    pub fn request(&self) -> Result<(), WarehouseError> {
        self.request_within(&Watch::within(REQUEST_LIMIT))
    }

    /// Like [`Self::request`], with the limits of the watch.
    pub fn request_within(&self, watch: &Watch<'_>) -> Result<(), WarehouseError> {
        let plain = PlainTransport::connect(self.mark.peer, watch)?;
        let mut transport = match &self.tls {
            Some(tls) => plain.start_tls(tls, watch)?.0,
            None => plain.into(),
        };
        let mut request = BytesMut::new();
        frontend::cancel_request(self.mark.process, self.mark.secret, &mut request);
        transport.write(&request, watch)?;
        loop {
            match transport.read(&mut [0; 64], watch) {
                Ok(_) => {}
                Err(WarehouseError::Closed { .. }) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::Duration;

    use super::*;

    fn mark(peer: SocketAddr, process: i32) -> SessionMark {
        SessionMark {
            peer,
            process,
            secret: 1,
            host: peer.ip().to_string(),
            port: peer.port(),
        }
    }

    /// A server that accepts connections and never answers, and sessions at it.
    fn silent_server() -> (TcpListener, Endpoint, Vec<SessionMark>) {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = server.local_addr().unwrap();
        let endpoint =
            Endpoint::parse(&format!("jdbc:redshift://{peer}/dev?sslmode=disable")).unwrap();
        let sessions = (1..=10).map(|process| mark(peer, process)).collect();
        (server, endpoint, sessions)
    }

    #[test]
    fn a_server_that_does_not_answer_has_not_cancelled() {
        let (_server, endpoint, sessions) = silent_server();
        let over = Deadline::after(Some(Duration::ZERO));
        assert!(!cancel_before(over, &endpoint, &sessions, &Cancel::default()));
    }

    #[test]
    fn an_interrupt_ends_a_request_that_is_not_answered() {
        let (_server, endpoint, sessions) = silent_server();
        let cancel = Cancel::default();
        cancel.set();
        let never = Deadline::after(None);
        assert!(!cancel_before(never, &endpoint, &sessions, &cancel));
    }

    #[test]
    fn a_server_that_is_gone_has_not_cancelled() {
        let (server, endpoint, sessions) = silent_server();
        drop(server);
        assert!(!cancel_sessions(&endpoint, None, &sessions, &Cancel::default()));
        assert!(cancel_sessions(&endpoint, None, &[], &Cancel::default()));
    }

    #[test]
    fn a_mark_reads_back() {
        for peer in ["127.0.0.1:5439", "[2001:db8::1]:5439"] {
            let mark = mark(peer.parse().unwrap(), i32::MIN);
            assert!(SessionMark::read(&mark.to_string()) == Some(mark), "{peer}");
        }
        for text in [
            "",
            "h:1 2 3 h 4",
            "127.0.0.1:1 2 3 h",
            "127.0.0.1:1 2 3 h 4 5",
            "127.0.0.1:1 2 x h 4",
        ] {
            assert!(SessionMark::read(text).is_none(), "{text}");
        }
    }
}
