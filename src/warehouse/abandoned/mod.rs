//! Sessions of processes that were killed: the server may have them for longer than the process had its slot, since it
//! notices a client that has gone only when it next reads from it or writes to it. Whoever gets such a slot waits here.
//!
//! What a session runs is cancelled, where the process noted how. Then it counts whether the operating system still has
//! connections to the server that nobody owns: PostgreSQL closes its side when the session is over, and not before.

mod mark;
mod orphans;

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

pub use mark::SessionMark;

use super::Cancel;
use super::cancel::CancelKey;
use super::deadline::{Deadline, Watch};
use super::transport::{TlsSettings, look_up};
use crate::url::Endpoint;

/// How long no connection without an owner must have been seen. A connection that was cut off with bytes in it is
/// gone here before the server has read of it, and a killed process frees its slot before its connection.
const QUIET: Duration = Duration::from_millis(100);

/// The same where the operating system does not tell of such connections.
const BLIND_QUIET: Duration = Duration::from_secs(1);

/// How often the operating system is asked.
const LOOK_PAUSE: Duration = Duration::from_millis(5);

/// How long the server gets, however little patience there is for a slot.
const LEAST_PATIENCE: Duration = Duration::from_secs(2);

/// After how long the user is told what is waited for.
const SILENT: Duration = Duration::from_millis(500);

/// How long the server's addresses may take to be found. Without them only those are known that were noted.
const DNS_LIMIT: Duration = Duration::from_secs(5);

/// Sessions that killed processes may have left at a server.
#[derive(Clone, Debug)]
pub struct Abandoned<'a> {
    /// The server.
    pub endpoint: &'a Endpoint,
    /// Those of them that are known by name. A program of `exec` opens others.
    pub sessions: Vec<SessionMark>,
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
    /// Waits until the server has let go of them, for at most so long, but for 2 s in any case. `tell` is called once
    /// where that takes long enough for a user to wonder.
    ///
    /// # Errors
    /// The server keeps one, or `cancel` is set.
    pub fn await_end(&self, patience: Duration, cancel: &Cancel, tell: &mut dyn FnMut()) -> Result<(), StillThere> {
        let begin = Instant::now();
        let addresses = self.addresses(cancel);
        let (mut quiet_since, mut is_cancelled, mut is_told) = (begin, false, false);
        loop {
            let sight = orphans::sight_of(&addresses);
            if sight != Some(false) && !is_cancelled {
                is_cancelled = true;
                self.cancel_what_runs();
            }
            if sight == Some(true) {
                quiet_since = Instant::now();
            }
            if quiet_since.elapsed() >= sight.map_or(BLIND_QUIET, |_| QUIET) {
                return Ok(());
            }
            if cancel.is_set() {
                return Err(StillThere::Cancelled);
            }
            if begin.elapsed() >= patience.max(LEAST_PATIENCE) {
                return Err(StillThere::Overdue(begin.elapsed()));
            }
            if begin.elapsed() >= SILENT && !is_told {
                is_told = true;
                tell();
            }
            thread::sleep(LOOK_PAUSE);
        }
    }

    /// Where the sessions may have led.
    fn addresses(&self, cancel: &Cancel) -> Vec<SocketAddr> {
        let watch = Watch {
            cancel: Some(cancel),
            deadline: Deadline::after(Some(DNS_LIMIT)),
            silence: None,
        };
        let mut addresses: Vec<SocketAddr> = self.sessions.iter().map(SessionMark::peer).collect();
        if let Ok(Ok(found)) = look_up(&self.endpoint.host, self.endpoint.port, &watch) {
            addresses.extend(found);
        }
        addresses
    }

    fn cancel_what_runs(&self) {
        let Ok(tls) = TlsSettings::of(self.endpoint) else {
            return;
        };
        for mark in &self.sessions {
            let key = CancelKey {
                peer: mark.peer(),
                tls: tls.clone(),
                process: mark.process(),
                secret: mark.secret(),
            };
            if let Err(error) = key.request() {
                tracing::debug!("{mark:?} could not be cancelled: {error:?}");
            }
        }
    }
}
