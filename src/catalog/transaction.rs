//! Transactions of the catalog. Each one that may write begins with BEGIN IMMEDIATE, so that it
//! waits for its lock only once, at the start.

use super::sqlite_error::Attempt;
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

    /// Begins a transaction that may write; waits up to 5 s for another process.
    pub fn begin(&self) -> Result<(), CatalogError> {
        self.check_writable()?;
        self.attempt(Attempt::Change, |sqlite| sqlite.execute_batch("BEGIN IMMEDIATE"))
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
