//! Transactions of the catalog. Each one that may write begins with BEGIN IMMEDIATE, so that it
//! waits for its lock only once, at the start.

use super::sqlite_error::Attempt;
use super::stamp::state_of_files;
use super::{CatalogError, Db};

impl Db {
    /// Fails if no transaction that writes can begin.
    pub fn check_writable(&self) -> Result<(), CatalogError> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        if self.is_read_only() {
            return Err(CatalogError::ReadOnly(self.path.clone()));
        }
        Ok(())
    }

    /// Begins a transaction that may write. Waits for other processes while they make changes, and
    /// 5 s for one that makes none.
    pub fn begin(&self) -> Result<(), CatalogError> {
        self.check_writable()?;
        while_others_change(
            || self.attempt(Attempt::Change, |sqlite| sqlite.execute_batch("BEGIN IMMEDIATE")),
            || state_of_files(&self.path),
            || self.watch.is_cancelled(),
        )
    }

    /// True if a transaction is open.
    pub fn is_in_transaction(&self) -> bool {
        !self.sqlite.is_autocommit()
    }

    /// Commits the transaction. Fails if the file was removed: the change would be lost.
    pub fn commit(&self) -> Result<(), CatalogError> {
        if !self.is_current() {
            return Err(CatalogError::Removed(self.path.clone()));
        }
        self.attempt(Attempt::Change, |sqlite| sqlite.execute_batch("COMMIT"))
    }

    /// Rolls the transaction back. Succeeds if SQLite has already done so.
    pub fn rollback(&self) -> Result<(), CatalogError> {
        if !self.is_in_transaction() {
            return Ok(());
        }
        self.attempt(Attempt::Change, |sqlite| sqlite.execute_batch("ROLLBACK"))
    }

    /// Turns each commit into a rollback, as a full disk does.
    #[cfg(test)]
    pub fn refuse_commits(&mut self) {
        drop(self.sqlite.commit_hook(Some(|| true)));
    }
}

/// The most tries, each of 5 s, for a turn among processes that all make changes.
const MOST_TRIES: usize = 12;

/// Tries again while the catalog is busy because others take their turns.
pub(super) fn while_others_change<T, State: PartialEq>(
    mut begin: impl FnMut() -> Result<T, CatalogError>,
    state: impl Fn() -> State,
    is_cancelled: impl Fn() -> bool,
) -> Result<T, CatalogError> {
    for _ in 1..MOST_TRIES {
        let before = state();
        match begin() {
            Err(CatalogError::Busy { .. }) if is_cancelled() => {
                return Err(CatalogError::Interrupted);
            }
            Err(CatalogError::Busy { .. }) if state() != before => {}
            result => return result,
        }
    }
    begin()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// The result of waiting for others that make this many changes, one during each try, and then
    /// none, and the number of tries. The lock is free at the try `free_at`.
    fn wait(changes: usize, free_at: usize) -> (bool, usize) {
        let tries = Cell::new(0);
        let begin = || {
            tries.set(tries.get() + 1);
            if tries.get() == free_at {
                return Ok(());
            }
            Err(CatalogError::Busy { path: "c".into(), seconds: 5 })
        };
        let result = while_others_change(begin, || tries.get().min(changes), || false);
        (result.is_ok(), tries.get())
    }

    #[test]
    fn a_change_waits_as_long_as_others_make_theirs() {
        assert_eq!(wait(0, 1), (true, 1));
        assert_eq!(wait(0, 2), (false, 1));
        assert_eq!(wait(3, 3), (true, 3));
        assert_eq!(wait(3, 9), (false, 4));
        assert_eq!(wait(100, 100), (false, MOST_TRIES));
    }
}
