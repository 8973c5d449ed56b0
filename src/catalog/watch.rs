//! Stops SQLite when the user cancels, and when a step that must be short costs too much: in a
//! crafted file the pages of a table can form a circle, and then a query never ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rusqlite::Connection;

/// The number of SQLite's virtual machine steps between two looks.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// The looks that pass while a catalog is opened, which takes a few thousand steps.
pub(super) const OPENING: u64 = 1_000;

/// The looks that pass while names are read for completion: well over those of the names that are
/// looked through.
pub(super) const COMPLETION: u64 = 5_000;

const UNLIMITED: u64 = u64::MAX;

/// The flag of the user and the looks that are left, which SQLite's progress handler reads.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    cancel: Arc<AtomicBool>,
    left: Arc<AtomicU64>,
}

impl Watch {
    /// Installs the handler, which lets that many looks pass.
    pub(super) fn install(sqlite: &mut Connection, looks: u64) -> rusqlite::Result<Self> {
        let watch = Self {
            cancel: Arc::default(),
            left: Arc::new(AtomicU64::new(looks)),
        };
        watch.begin(sqlite)?;
        Ok(watch)
    }

    /// Lets the flag stop statements as well.
    pub(super) fn stop_on(
        &mut self,
        sqlite: &mut Connection,
        cancel: Arc<AtomicBool>,
    ) -> rusqlite::Result<()> {
        self.cancel = cancel;
        self.begin(sqlite)
    }

    /// Lets that many looks pass from now on.
    pub(super) fn allow(&self, looks: u64) {
        self.left.store(looks, Ordering::Relaxed);
    }

    /// Lets every statement run until it ends or the user cancels.
    pub(super) fn allow_all(&self) {
        self.allow(UNLIMITED);
    }

    /// True if no look is left.
    pub(super) fn is_over(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }

    /// True once the user has cancelled.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    fn begin(&self, sqlite: &mut Connection) -> rusqlite::Result<()> {
        let Self { cancel, left } = self.clone();
        sqlite.progress_handler(
            STEPS_BETWEEN_LOOKS,
            Some(move || {
                let one_less = |left: u64| left.checked_sub(1);
                let passes =
                    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok();
                !passes || cancel.load(Ordering::Relaxed)
            }),
        )
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ErrorCode;

    use super::*;

    const ENDLESS: &str = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) \
                           SELECT max(x) FROM n";

    fn run(sqlite: &Connection, sql: &str) -> Option<ErrorCode> {
        let result = sqlite.query_row(sql, [], |row| row.get::<_, i64>(0));
        result.err().and_then(|error| error.sqlite_error_code())
    }

    #[test]
    fn a_query_without_end_stops_when_its_looks_are_used_up_or_the_user_cancels() {
        let mut sqlite = Connection::open_in_memory().unwrap();
        let mut watch = Watch::install(&mut sqlite, 3).unwrap();
        assert_eq!(run(&sqlite, ENDLESS), Some(ErrorCode::OperationInterrupted));
        assert!(watch.is_over());
        watch.allow_all();
        let cancel = Arc::new(AtomicBool::new(true));
        watch.stop_on(&mut sqlite, Arc::clone(&cancel)).unwrap();
        assert_eq!(run(&sqlite, ENDLESS), Some(ErrorCode::OperationInterrupted));
        assert!(!watch.is_over());
        cancel.store(false, Ordering::Relaxed);
        assert_eq!(run(&sqlite, "SELECT 1"), None);
    }
}
