//! Fetching the names of a warehouse for completion, in the background: a thread with a session of
//! its own.
//!
//! It takes a slot only if one is free at once, and nothing that happens to it is of any concern to
//! the user: it prints nothing, and why it failed is told to whoever asks.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::session::{doubt_after, note_session};
use super::{Credentials, Destination, Executor};
use crate::name::ConnectionName;
use crate::warehouse::slots::{Claim, Purpose};
use crate::warehouse::views::names::{WarehouseNames, fetch};
use crate::warehouse::{Cancel, Session, WarehouseError};

/// How long the end of a fetch is waited for that is not wanted any more. A server that does not
/// end what it was asked to end takes longer; then the thread ends with the process.
const END_LIMIT: Duration = Duration::from_secs(2);

/// How long its login may take: the user's own session has just woken the server up.
const LOGIN_LIMIT: Duration = Duration::from_secs(10);

/// What the thread has to say.
enum Word {
    Names(WarehouseNames),
    /// Its last word: the session is over, and the slot is free.
    Over(Result<(), WarehouseError>),
}

/// A fetch that goes on. Dropping it cancels it, on the server too, and waits for its end, but not
/// for long.
#[derive(Debug)]
pub struct NameFetch {
    cancel: Cancel,
    words: Receiver<Word>,
    is_over: bool,
}

impl Executor {
    /// Begins to fetch the names of a warehouse, if a slot of its connection is free at once. None:
    /// there is none, or the slots cannot be used, or the system has no thread to give.
    pub fn fetch_names(&mut self, credentials: Credentials) -> Option<NameFetch> {
        let slot = self.slot_for_names(&credentials.destination)?;
        NameFetch::begin(credentials, slot)
    }

    /// The same by the name of the connection. The secret store is asked only where there is a
    /// slot.
    pub fn fetch_names_of(&mut self, name: &ConnectionName) -> Option<NameFetch> {
        let destination = self.destination(name, None).ok()?;
        let slot = self.slot_for_names(&destination)?;
        let credentials = self.credentials(name, None).ok()?;
        // It may have been changed in between, and the slot is that of the other one.
        (credentials.destination.connection_id == destination.connection_id)
            .then(|| NameFetch::begin(credentials, slot))?
    }

    fn slot_for_names(&mut self, destination: &Destination) -> Option<Claim> {
        let purpose = Purpose::completion();
        let slot = self.slots().ok()?.take(&destination.wanted(1, &purpose));
        slot.inspect_err(|error| tracing::debug!("names are not fetched: {error}"))
            .ok()
            // The server may still have the session of a killed process: nobody waits for that in
            // the background.
            .filter(|slot| !slot.is_after_kill())
    }
}

impl NameFetch {
    fn begin(credentials: Credentials, slot: Claim) -> Option<Self> {
        let cancel = Cancel::default();
        let (sender, words) = channel();
        let wish = cancel.clone();
        thread::Builder::new()
            .name("names".to_owned())
            .spawn(move || work(credentials, slot, &wish, &sender))
            .ok()?;
        Some(Self { cancel, words, is_over: false })
    }

    /// The newest names that have come since this was last asked; None where none have.
    pub fn names(&mut self) -> Option<WarehouseNames> {
        let mut newest = None;
        while let Ok(word) = self.words.try_recv() {
            match word {
                Word::Names(names) => {
                    if let Some(older) = newest.replace(names) {
                        free(older);
                    }
                }
                Word::Over(result) => self.end(result),
            }
        }
        newest
    }

    /// Whether its session is over; no more names come.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    fn end(&mut self, result: Result<(), WarehouseError>) {
        self.is_over = true;
        if let Err(error) = result {
            tracing::debug!("names were not all fetched: {error}");
        }
    }
}

impl Drop for NameFetch {
    fn drop(&mut self) {
        self.cancel.set();
        let end = Instant::now() + END_LIMIT;
        while !self.is_over {
            let left = end.saturating_duration_since(Instant::now());
            match self.words.recv_timeout(left) {
                Ok(Word::Names(_)) => {}
                Ok(Word::Over(_))
                | Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => {
                    self.is_over = true;
                }
            }
        }
    }
}

/// Frees names that nobody looks at any more, without the user waiting for it: there may be
/// millions.
pub fn free(names: impl Send + 'static) {
    // Where there is no thread to be had they are freed here.
    let _ = thread::Builder::new().name("names".to_owned()).spawn(|| drop(names));
}

/// What the thread does. The log would write into what the user is typing, so it hears nothing of
/// this thread.
fn work(credentials: Credentials, mut slot: Claim, cancel: &Cancel, words: &Sender<Word>) {
    tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::new(), || {
        let result = run(credentials, &mut slot, cancel, &mut |names| {
            // Where nobody wants them any more, the fetch is cancelled as well.
            let _ = words.send(Word::Names(names));
        });
        drop(slot);
        let _ = words.send(Word::Over(result));
    });
}

fn run(
    mut credentials: Credentials,
    slot: &mut Claim,
    cancel: &Cancel,
    publish: &mut dyn FnMut(WarehouseNames),
) -> Result<(), WarehouseError> {
    let limit = &mut credentials.destination.endpoint.options.login_timeout;
    *limit = Some(limit.map_or(LOGIN_LIMIT, |limit| limit.min(LOGIN_LIMIT)));
    let session = Session::open(&credentials.request(), &mut |_| {}, cancel);
    let mut session = session.inspect_err(|error| doubt_after(error, slot))?;
    if let Err(error) = note_session(&session, slot) {
        tracing::debug!("the session is not noted: {error}");
    }
    let user = credentials.destination.user.clone();
    // The password has done its work.
    drop(credentials);
    let result = fetch(&mut session, &user, cancel, publish);
    if !session.close() {
        slot.doubt();
    }
    result
}
