//! Slots for sessions, and the notices while a statement waits for one.

use std::time::{Duration, Instant};

use super::catalog_handle::CatalogHandle;
use super::{Destination, Notice};
use crate::catalog::LimitInCatalog;
use crate::definition::Limit;
use crate::error::Error;
use crate::name::shown_sql;
use crate::signals::Signals;
use crate::warehouse::slots::{Claim, Holder, Purpose, SlotError, Slots, Wanted};
use crate::warehouse::{Cancel, SessionMark, cancel_sessions};

/// The maximum number of holders that a text names.
const MAX_HOLDERS: usize = 3;

/// The pause between two notices about the holders.
const NOTICE_PAUSE: Duration = Duration::from_secs(5);

impl Destination {
    /// A request for slots of the connection.
    pub fn wanted<'a>(&'a self, count: u32, purpose: &'a Purpose) -> Wanted<'a> {
        Wanted {
            connection_id: self.connection_id,
            connection_name: self.name.as_str(),
            limit: self.limit.map(Limit::get),
            count,
            purpose,
        }
    }
}

/// The slots of sessions, and the signals that cancel the wait for one or a session's query.
pub(super) struct SessionSlots {
    pub signals: Signals,
    /// The longest wait for a slot.
    pub patience: Duration,
    /// None for a catalog in memory until a session first needs a slot.
    pub slots: Option<Slots>,
}

impl SessionSlots {
    /// Cancels a query on a session when a signal arrives.
    pub fn cancel(&self) -> Cancel {
        Cancel::from(self.signals.cancel())
    }

    /// The slots of the catalog's connections.
    pub fn slots(&mut self) -> Result<&Slots, SlotError> {
        let slots = match self.slots.take() {
            Some(slots) => slots,
            None => Slots::in_memory()?,
        };
        Ok(self.slots.insert(slots))
    }

    /// The holders of slots of the connection with this id, or of all connections.
    pub fn holders(&self, id: Option<i64>) -> Result<Vec<Holder>, Error> {
        match &self.slots {
            Some(slots) => Ok(slots.sessions(id)?),
            None => Ok(Vec::new()),
        }
    }

    /// Takes slots for sessions at the destination, and waits for them as long as `--wait` says. If it
    /// has to wait, `notify` receives a notice that names the holders, at once and again when they
    /// change.
    pub fn take(
        &mut self,
        catalog: &mut CatalogHandle,
        wanted: &Wanted<'_>,
        destination: &Destination,
        notify: &mut dyn FnMut(Notice),
    ) -> Result<Claim, Error> {
        let mut claim = match self.wait_for_slots(catalog, wanted, notify) {
            // Without a limit, slots exist only for SHOW SESSIONS.
            Err(
                error @ (SlotError::Unusable { .. }
                | SlotError::Exposed { .. }
                | SlotError::Busy { .. }
                | SlotError::NoLocks { .. }
                | SlotError::DiskFull { .. }),
            ) if wanted.limit.is_none() => {
                notify(Notice::warning(format!(
                    "SHOW SESSIONS will not list this session: {error}"
                )));
                Claim::uncounted(wanted)
            }
            other => other?,
        };
        if claim.is_after_kill() {
            self.await_end_of_left(&mut claim, wanted, destination)?;
        }
        Ok(claim)
    }

    /// Cancels the sessions of killed processes whose slots were taken. If they are counted, waits
    /// until the server has ended them.
    fn await_end_of_left(
        &mut self,
        claim: &mut Claim,
        wanted: &Wanted<'_>,
        destination: &Destination,
    ) -> Result<(), Error> {
        let sessions: Vec<SessionMark> =
            claim.left_sessions().filter_map(SessionMark::read).collect();
        let Destination { endpoint, tunnel, .. } = destination;
        let are_cancelled = cancel_sessions(endpoint, tunnel.as_deref(), &sessions, &self.cancel());
        if wanted.limit.is_some() {
            let cancel = self.signals.cancel();
            self.slots()?.keep_grace(&cancel)?;
        }
        if are_cancelled {
            return Ok(claim.settle()?);
        }
        // The notes stay: if no session can be opened either, the next process tries again.
        claim.give_up_left();
        Ok(())
    }

    fn wait_for_slots(
        &mut self,
        catalog: &mut CatalogHandle,
        wanted: &Wanted<'_>,
        notify: &mut dyn FnMut(Notice),
    ) -> Result<Claim, SlotError> {
        let (patience, cancel) = (self.patience, self.signals.cancel());
        let slots = self.slots()?;
        let mut notified_at: Option<Instant> = None;
        let mut notify = |holders: &[Holder]| {
            if notified_at.is_none_or(|at| at.elapsed() >= NOTICE_PAUSE) {
                notified_at = Some(Instant::now());
                notify(waiting(wanted, holders));
            }
        };
        let id = wanted.connection_id;
        // WITH TEST uses a limit that is not in the catalog yet, and that no other process can
        // change.
        let in_catalog = limit_in_catalog(catalog, id);
        let mut limit = || match (in_catalog, limit_in_catalog(catalog, id)) {
            (LimitInCatalog::Known(before), LimitInCatalog::Known(now))
                if before.map(Limit::get) == wanted.limit =>
            {
                now.map(Limit::get)
            }
            // A connection that was dropped keeps its last limit.
            (LimitInCatalog::Known(_) | LimitInCatalog::Unknown, _) => wanted.limit,
        };
        slots.take_waiting(wanted, patience, &cancel, &mut notify, &mut limit)
    }
}

fn limit_in_catalog(catalog: &mut CatalogHandle, id: i64) -> LimitInCatalog {
    let found = catalog.reader().ok().and_then(|db| db.find_limit(id).ok());
    found.unwrap_or(LimitInCatalog::Unknown)
}

/// The notice that names the holders.
fn waiting(wanted: &Wanted<'_>, holders: &[Holder]) -> Notice {
    let slots = match wanted.count {
        1 => "a slot".to_owned(),
        count => format!("{count} slots"),
    };
    let name = shown_sql(wanted.connection_name);
    Notice::new(format!("waiting for {slots} of {name}: in use by {}", holders_text(holders)))
}

/// The holders of slots in one line.
pub(super) fn holders_text(holders: &[Holder]) -> String {
    let mut processes: Vec<String> = holders.iter().map(holder_text).collect();
    processes.dedup();
    let more = processes.len().saturating_sub(MAX_HOLDERS);
    processes.truncate(MAX_HOLDERS);
    let listed = processes.join(", ");
    match more {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

/// `process 42 (exec psql, since 2026-01-31 10:00:00 UTC)`
fn holder_text(holder: &Holder) -> String {
    let who = &holder.who;
    let process = who
        .process
        .map_or_else(|| "an unknown process".to_owned(), |id| format!("process {id}"));
    let since = who.since.as_ref().map(|since| format!("since {since} UTC"));
    let details: Vec<String> = who.purpose.iter().cloned().chain(since).collect();
    if details.is_empty() {
        process
    } else {
        format!("{process} ({})", details.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warehouse::slots::HolderNote;

    fn holder(slot: u32, process: Option<u32>) -> Holder {
        let who = HolderNote {
            process,
            since: process.map(|_| "2026-01-31 10:00:00".to_owned()),
            purpose: process.map(|_| "exec psql".to_owned()),
            ..HolderNote::default()
        };
        Holder { connection_id: 1, slot, who }
    }

    #[test]
    fn waiting_says_for_whom() {
        let text = |holders: &[Holder], count| {
            let wanted = Wanted {
                connection_id: 1,
                connection_name: "sales",
                limit: None,
                count,
                purpose: &Purpose::CONNECT,
            };
            waiting(&wanted, holders).text
        };
        assert_eq!(
            text(&[holder(1, Some(42)), holder(2, Some(42))], 1),
            "waiting for a slot of sales: in use by process 42 (exec psql, since 2026-01-31 10:00:00 UTC)"
        );
        assert_eq!(
            text(&[holder(1, None)], 2),
            "waiting for 2 slots of sales: in use by an unknown process"
        );
        let many: Vec<Holder> = (1..=5).map(|slot| holder(slot, Some(slot))).collect();
        assert!(text(&many, 1).ends_with("UTC) and 2 more"));
    }
}
