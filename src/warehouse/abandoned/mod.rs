//! Sessions of processes that were killed: the server may have them for longer than the process had
//! its slot, since it notices a client that has gone only when it next reads from it or writes to
//! it. Whoever gets such a slot waits here.
//!
//! What a session runs is cancelled, where the process noted how. After that it counts whether the
//! operating system still has connections to the server that nobody owns: PostgreSQL closes its
//! side when the session is over, and not before.

mod mark;
mod orphans;

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

pub use mark::SessionMark;

use super::Cancel;
use super::cancel::{CancelKey, REQUEST_LIMIT};
use super::deadline::{Deadline, Watch};
use super::transport::{TlsSettings, look_up};
use crate::url::Endpoint;

/// How long no connection without an owner must have been seen. A connection that was cut off with
/// bytes in it is gone here before the server has read of it, and a killed process frees its slot
/// before its connection.
const QUIET: Duration = Duration::from_millis(100);

/// The same where the operating system does not tell of such connections.
const BLIND_QUIET: Duration = Duration::from_secs(1);

/// How often the operating system is asked.
const LOOK_PAUSE: Duration = Duration::from_millis(5);

/// How long the server gets, however little patience there is for a slot.
const LEAST_PATIENCE: Duration = Duration::from_secs(2);

/// After how long the user is told what is waited for.
const SILENT: Duration = Duration::from_millis(500);

/// How long the server's addresses may take to be found. Without them only those are known that
/// were noted.
const DNS_LIMIT: Duration = Duration::from_secs(5);

/// Sessions that killed processes may have left at a server.
#[derive(Clone, Debug)]
pub struct Abandoned<'a> {
    /// The server.
    pub endpoint: &'a Endpoint,
    /// Those of them that are known by name. A program of `exec` opens others.
    pub sessions: Vec<SessionMark>,
}

/// How sure it is that the server has let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// All that was known of was ended, and nothing is seen any more.
    Sure,
    /// Nothing is seen any more, but the server could not be told to end what it may run.
    Unsure,
}

/// Why a wait for the server ended before it had let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StillThere {
    /// It took too long; how long was waited.
    Overdue(Duration),
    /// The user ended the wait.
    Cancelled,
}

impl Abandoned<'_> {
    /// Waits until the server has let go of them, for at most so long, but for 2 s in any case.
    /// `tell` is called once where that takes long enough for a user to wonder.
    ///
    /// # Errors
    /// The server keeps one, or `cancel` is set.
    pub fn await_end(
        &self,
        patience: Duration,
        cancel: &Cancel,
        tell: &mut dyn FnMut(),
    ) -> Result<Certainty, StillThere> {
        let begin = Instant::now();
        let limit = patience.max(LEAST_PATIENCE);
        let current = self.current_addresses(cancel);
        let silent = self.cancel_what_runs(limit.saturating_sub(begin.elapsed()), cancel);
        // A server that the connection has left is not the one that sessions are counted for.
        let is_sure = !current.is_empty() && !silent.iter().any(|peer| current.contains(peer));
        let addresses = [current, self.sessions.iter().map(SessionMark::peer).collect()].concat();
        let (mut quiet_since, mut is_told) = (None, false);
        loop {
            let look = Instant::now();
            let sight = orphans::sight_of(&addresses);
            // From the end of a look on: so at least one more has to see nothing, however long each
            // takes.
            quiet_since = match sight {
                Some(true) => None,
                Some(false) | None => quiet_since.or(Some(Instant::now())),
            };
            let is_quiet = |since: Instant| since.elapsed() >= sight.map_or(BLIND_QUIET, |_| QUIET);
            if quiet_since.is_some_and(is_quiet) {
                return Ok(if is_sure { Certainty::Sure } else { Certainty::Unsure });
            }
            if cancel.is_set() {
                return Err(StillThere::Cancelled);
            }
            if begin.elapsed() >= limit {
                return Err(StillThere::Overdue(begin.elapsed()));
            }
            if begin.elapsed() >= SILENT && !is_told {
                is_told = true;
                tell();
            }
            // A machine with many connections takes long to list them.
            thread::sleep(LOOK_PAUSE.max(look.elapsed()));
        }
    }

    /// The addresses that the server has now; none where they cannot be found.
    fn current_addresses(&self, cancel: &Cancel) -> Vec<SocketAddr> {
        let watch = Watch {
            cancel: Some(cancel),
            deadline: Deadline::after(Some(DNS_LIMIT)),
            silence: None,
        };
        match look_up(&self.endpoint.host, self.endpoint.port, &watch) {
            Ok(Ok(found)) => found.into_iter().collect(),
            Ok(Err(_)) | Err(_) => Vec::new(),
        }
    }

    /// Cancels them all, whether this machine still has their connections or not: the kernel
    /// forgets one that is half closed after a minute, and a tunnel may close it at once, while the
    /// server works on. One server that does not answer is asked once, and takes half of the time
    /// at most. Returns those that could not be told.
    fn cancel_what_runs(&self, limit: Duration, cancel: &Cancel) -> Vec<SocketAddr> {
        let Ok(tls) = TlsSettings::of(self.endpoint) else {
            return self.sessions.iter().map(SessionMark::peer).collect();
        };
        let watch = Watch {
            cancel: Some(cancel),
            deadline: Deadline::after(Some(REQUEST_LIMIT.min(limit / 2))),
            silence: None,
        };
        let mut silent = Vec::new();
        for mark in &self.sessions {
            let key = CancelKey {
                peer: mark.peer(),
                tls: tls.clone(),
                process: mark.process(),
                secret: mark.secret(),
            };
            if silent.contains(&key.peer) {
                continue;
            }
            if let Err(error) = key.request_within(&watch) {
                tracing::debug!("{mark:?} could not be cancelled: {error:?}");
                silent.push(key.peer);
            }
        }
        silent
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// A server that takes connections and never says a word, and sessions that it is said to have.
    fn silent_server() -> (TcpListener, Endpoint, Vec<SessionMark>) {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = server.local_addr().unwrap();
        let endpoint =
            Endpoint::parse(&format!("jdbc:redshift://{peer}/dev?sslmode=disable")).unwrap();
        let sessions = (1..=10).map(|process| SessionMark::new(peer, process, 1)).collect();
        (server, endpoint, sessions)
    }

    #[test]
    fn a_server_that_does_not_answer_costs_no_more_than_the_patience() {
        let (_server, endpoint, sessions) = silent_server();
        let endpoint = &endpoint;
        let begin = Instant::now();
        let end = Abandoned { endpoint, sessions }.await_end(
            Duration::ZERO,
            &Cancel::default(),
            &mut || {},
        );
        assert_ne!(end, Ok(Certainty::Sure));
        assert!(begin.elapsed() < LEAST_PATIENCE * 2, "{end:?} after {:?}", begin.elapsed());
    }

    #[test]
    fn an_interrupt_ends_a_request_that_is_not_answered() {
        let (_server, endpoint, sessions) = silent_server();
        let endpoint = &endpoint;
        let cancel = Cancel::default();
        cancel.set();
        let begin = Instant::now();
        let end =
            Abandoned { endpoint, sessions }.await_end(Duration::from_mins(1), &cancel, &mut || {});
        assert_eq!(end, Err(StillThere::Cancelled));
        assert!(begin.elapsed() < REQUEST_LIMIT, "{:?}", begin.elapsed());
    }

    #[test]
    fn a_server_that_cannot_be_told_to_end_them_may_have_them() {
        let (server, endpoint, sessions) = silent_server();
        drop(server);
        let end_of = |endpoint: &Endpoint, sessions: &[SessionMark]| {
            let sessions = sessions.to_vec();
            Abandoned { endpoint, sessions }.await_end(
                Duration::ZERO,
                &Cancel::default(),
                &mut || {},
            )
        };
        assert_eq!(end_of(&endpoint, &sessions), Ok(Certainty::Unsure));
        // Of those whose name is not known no more can be asked.
        assert_eq!(end_of(&endpoint, &[]), Ok(Certainty::Sure));
        // The connection leads elsewhere by now.
        let elsewhere = Endpoint::parse("jdbc:redshift://127.0.0.1:1/dev?sslmode=disable").unwrap();
        assert_eq!(end_of(&elsewhere, &sessions), Ok(Certainty::Sure));
    }
}
