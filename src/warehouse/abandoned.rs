//! Sessions of killed processes. The server goes on with what they run, since it notices a client
//! that is gone only when it next reads from it or writes to it. Each session is noted beside its
//! slot, so that the next process to use the slot can cancel it.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use super::Cancel;
use super::cancel::{CancelKey, REQUEST_LIMIT};
use super::deadline::{Deadline, Watch};
use super::transport::TlsSettings;
use crate::url::Endpoint;

/// Cancels the queries of sessions at one server. A server that does not answer is asked once, for
/// at most 5 s. False: not all of them could be cancelled.
pub fn cancel_sessions(endpoint: &Endpoint, sessions: &[SessionMark], cancel: &Cancel) -> bool {
    let deadline = Deadline::after(Some(REQUEST_LIMIT));
    cancel_before(deadline, endpoint, sessions, cancel)
}

fn cancel_before(
    deadline: Deadline,
    endpoint: &Endpoint,
    sessions: &[SessionMark],
    cancel: &Cancel,
) -> bool {
    let Ok(tls) = TlsSettings::from_endpoint(endpoint) else {
        return sessions.is_empty();
    };
    let watch = Watch {
        cancel: Some(cancel),
        deadline,
        silence: None,
    };
    let mut silent = Vec::new();
    for mark in sessions {
        if silent.contains(&mark.peer) {
            continue;
        }
        if let Err(error) = mark.key(tls.clone()).request_within(&watch) {
            tracing::debug!("{mark:?} could not be cancelled: {error:?}");
            silent.push(mark.peer);
        }
    }
    silent.is_empty()
}

/// A session as its server knows it: the process id, and the secret key that cancels its query and
/// can do nothing else (PostgreSQL documentation, "Canceling Requests in Progress").
#[derive(Clone, PartialEq, Eq)]
pub struct SessionMark {
    peer: SocketAddr,
    process: i32,
    secret: i32,
}

impl SessionMark {
    pub(super) fn new(peer: SocketAddr, process: i32, secret: i32) -> Self {
        Self { peer, process, secret }
    }

    fn key(&self, tls: Option<TlsSettings>) -> CancelKey {
        CancelKey {
            peer: self.peer,
            tls,
            process: self.process,
            secret: self.secret,
        }
    }
}

/// `127.0.0.1:5439 1234 -5678`
impl fmt::Display for SessionMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.peer, self.process, self.secret)
    }
}

impl fmt::Debug for SessionMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionMark")
            .field("peer", &self.peer)
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}

/// The text is not that of a [`SessionMark`]: another version of redwire may have written it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionMarkError;

impl FromStr for SessionMark {
    type Err = SessionMarkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = text.split(' ').collect();
        let [peer, process, secret] = words[..] else {
            return Err(SessionMarkError);
        };
        Ok(Self {
            peer: peer.parse().map_err(|_| SessionMarkError)?,
            process: process.parse().map_err(|_| SessionMarkError)?,
            secret: secret.parse().map_err(|_| SessionMarkError)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::Duration;

    use super::*;

    /// A server that accepts connections and never answers, and sessions at it.
    fn silent_server() -> (TcpListener, Endpoint, Vec<SessionMark>) {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = server.local_addr().unwrap();
        let endpoint =
            Endpoint::parse(&format!("jdbc:redshift://{peer}/dev?sslmode=disable")).unwrap();
        let sessions = (1..=10).map(|process| SessionMark::new(peer, process, 1)).collect();
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
        assert!(!cancel_sessions(&endpoint, &sessions, &Cancel::default()));
        assert!(cancel_sessions(&endpoint, &[], &Cancel::default()));
    }

    #[test]
    fn a_mark_reads_back() {
        for peer in ["127.0.0.1:5439", "[2001:db8::1]:5439"] {
            let mark = SessionMark::new(peer.parse().unwrap(), 42, i32::MIN);
            assert_eq!(mark.to_string().parse(), Ok(mark));
        }
        for text in ["", "h:1 2 3", "127.0.0.1:1 2", "127.0.0.1:1 2 3 4", "127.0.0.1:1 2 x"] {
            assert_eq!(text.parse::<SessionMark>(), Err(SessionMarkError), "{text}");
        }
    }

    #[test]
    fn the_word_that_cancels_is_not_shown() {
        let mark = SessionMark::new("127.0.0.1:5439".parse().unwrap(), 42, 9_876_543);
        assert!(!format!("{mark:?}").contains("9876543"));
    }
}
