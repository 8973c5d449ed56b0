//! Fetches the names of a warehouse for completion, in a background thread with its own session.
//!
//! It takes a slot only if one is free at once. It prints nothing; its errors go to the log.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::session::OpenSession;
use super::slot::SessionSlots;
use super::transaction::CatalogWriter;
use super::{Credentials, Destination};
use crate::error::Error;
use crate::name::ConnectionName;
use crate::warehouse::Cancel;
use crate::warehouse::slots::{Claim, Purpose};
use crate::warehouse::views::names::{WarehouseNames, fetch};

/// The longest wait for a cancelled fetch. If the server does not end the query by then, the thread
/// ends with the process.
const END_LIMIT: Duration = Duration::from_secs(2);

/// The time limit of its login, which is short because the user's own session has just woken the
/// server up.
const LOGIN_LIMIT: Duration = Duration::from_secs(10);

/// A message from the thread.
enum FetchEvent {
    Names(WarehouseNames),
    /// The last message: the session is closed and the slot is free.
    Over(Result<(), Error>),
}

/// A running fetch. Dropping it cancels the query on the server and waits a short time for its end.
#[derive(Debug)]
pub struct NameFetch {
    cancel: Cancel,
    words: Receiver<FetchEvent>,
    is_over: bool,
}

/// A free slot for a fetch; None if there is none at once, or the slots cannot be used.
fn free_slot(slots: &mut SessionSlots, destination: &Destination) -> Option<Claim> {
    let purpose = Purpose::COMPLETION;
    let slot = slots.slots().ok()?.take(&destination.wanted(1, &purpose));
    slot.inspect_err(|error| tracing::info!("names are not fetched: {error}"))
        .ok()
        // A background fetch does not wait for the grace after a kill.
        .filter(|slot| !slot.is_after_kill())
}

impl NameFetch {
    /// Starts to fetch names. None if no slot is free at once, or no thread can be started.
    pub(super) fn with(slots: &mut SessionSlots, credentials: Credentials) -> Option<Self> {
        let slot = free_slot(slots, &credentials.destination)?;
        Self::begin(credentials, slot)
    }

    /// Starts a fetch by the name of the connection. The secret store is opened only once a slot is
    /// taken.
    pub(super) fn of_connection(
        writer: &mut CatalogWriter,
        slots: &mut SessionSlots,
        name: &ConnectionName,
    ) -> Option<Self> {
        let destination = Destination::find(writer.catalog.reader().ok()?, name, None).ok()?;
        let slot = free_slot(slots, &destination)?;
        let credentials = Credentials::find(writer, name, None).ok()?;
        // The connection may have been replaced since its slot was taken.
        (credentials.destination.connection_id == destination.connection_id)
            .then(|| Self::begin(credentials, slot))?
    }

    fn begin(credentials: Credentials, slot: Claim) -> Option<Self> {
        let cancel = Cancel::default();
        let (sender, words) = channel();
        let cancelled = cancel.clone();
        thread::Builder::new()
            .name("names".to_owned())
            .spawn(move || work(credentials, slot, &cancelled, &sender))
            .ok()?;
        Some(Self { cancel, words, is_over: false })
    }

    /// The latest names that arrived since the last call; None if there are none.
    pub fn names(&mut self) -> Option<WarehouseNames> {
        let mut newest = None;
        while let Ok(word) = self.words.try_recv() {
            match word {
                FetchEvent::Names(names) => {
                    if let Some(older) = newest.replace(names) {
                        free(older);
                    }
                }
                FetchEvent::Over(result) => self.end(result),
            }
        }
        newest
    }

    /// True if the session is closed, so that no more names will arrive.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    fn end(&mut self, result: Result<(), Error>) {
        self.is_over = true;
        if let Err(error) = result {
            tracing::info!("names were not all fetched: {error}");
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
                Ok(FetchEvent::Names(_)) => {}
                Ok(FetchEvent::Over(_))
                | Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => {
                    self.is_over = true;
                }
            }
        }
    }
}

/// Drops names in a thread, so that the user does not wait: there may be millions.
pub fn free(names: impl Send + 'static) {
    // Without a thread they are dropped here.
    let _ = thread::Builder::new().name("names".to_owned()).spawn(|| drop(names));
}

/// The body of the thread. It does not log, since that would appear while the user types.
fn work(credentials: Credentials, slot: Claim, cancel: &Cancel, words: &Sender<FetchEvent>) {
    tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::new(), || {
        let result = run(credentials, slot, cancel, &mut |names| {
            // No receiver means that the fetch is cancelled.
            let _ = words.send(FetchEvent::Names(names));
        });
        let _ = words.send(FetchEvent::Over(result));
    });
}

fn run(
    mut credentials: Credentials,
    slot: Claim,
    cancel: &Cancel,
    publish: &mut dyn FnMut(WarehouseNames),
) -> Result<(), Error> {
    let limit = &mut credentials.destination.endpoint.options.login_timeout;
    *limit = Some(limit.map_or(LOGIN_LIMIT, |limit| limit.min(LOGIN_LIMIT)));
    let mut open = OpenSession::open(&credentials, slot, &mut |_| {}, cancel)?;
    // The password is not needed any more.
    drop(credentials);
    let user = open.destination().user.clone().unwrap_or_default();
    Ok(fetch(open.session(), &user, cancel, publish)?)
}
