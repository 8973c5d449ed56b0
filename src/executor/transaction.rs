//! BEGIN, COMMIT, ROLLBACK, and the transaction that each change without them has for itself.
//!
//! BEGIN takes no lock: the catalog's transaction begins with the first change, after that
//! statement's prompts.

use super::secrets::catalog_error;
use super::{Executor, Notice, Outcome};
use crate::catalog::Db;
use crate::error::{Error, TransactionError};
use crate::sql::Transaction;

/// Whether a transaction is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionState {
    /// Each statement is a transaction of its own.
    None,
    /// Between BEGIN and COMMIT.
    Open,
    /// A statement in it has failed: it can only be rolled back.
    Failed,
}

impl Executor {
    pub(super) fn change_transaction(&mut self, change: Transaction) -> Result<Outcome, Error> {
        match (change, self.transaction) {
            (Transaction::Begin, TransactionState::None) => {
                self.transaction = TransactionState::Open;
                Ok(Outcome::done(change.word()))
            }
            (Transaction::Begin, TransactionState::Open) => {
                self.fail_transaction();
                Err(Error::new(TransactionError::Open))
            }
            (Transaction::Begin, TransactionState::Failed) => {
                Err(Error::new(TransactionError::Failed))
            }
            (Transaction::Commit | Transaction::Rollback, TransactionState::None) => {
                Err(Error::new(TransactionError::NotOpen))
            }
            (Transaction::Commit, TransactionState::Open) => self.commit(),
            (Transaction::Commit, TransactionState::Failed) => {
                self.transaction = TransactionState::None;
                let mut outcome = Outcome::done(Transaction::Rollback.word());
                outcome
                    .notices
                    .push(Notice::warning("the transaction had failed, so it was rolled back"));
                Ok(outcome)
            }
            (Transaction::Rollback, TransactionState::Open | TransactionState::Failed) => {
                self.abandon();
                self.transaction = TransactionState::None;
                Ok(Outcome::done(change.word()))
            }
        }
    }

    fn commit(&mut self) -> Result<Outcome, Error> {
        self.transaction = TransactionState::None;
        let mut outcome = Outcome::done(Transaction::Commit.word());
        if let Some(db) = self.db.as_ref().filter(|db| db.is_in_transaction()) {
            outcome.notices = self.secrets.commit(db)?;
        }
        Ok(outcome)
    }

    /// Gives up the catalog's transaction and the passwords that wait for it.
    pub(super) fn abandon(&mut self) {
        self.secrets.discard();
        if let Some(db) = &self.db {
            // The transaction is over in any case: SQLite drops it with the handle.
            let _ = db.rollback();
        }
    }

    /// Makes one change: in the open transaction, or in one of its own, which it commits.
    pub(super) fn change(
        &mut self,
        outcome: &mut Outcome,
        work: impl FnOnce(&mut Self, &mut Outcome) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.begin_if_needed(outcome)?;
        let result = work(self, outcome);
        match (result, self.transaction) {
            (Ok(()), TransactionState::None) => {
                let db = self.db.as_ref().ok_or_else(super::missing_handle)?;
                outcome.remark(self.secrets.commit(db)?);
                Ok(())
            }
            (Ok(()), TransactionState::Open | TransactionState::Failed) => Ok(()),
            (Err(error), TransactionState::None) => {
                self.abandon();
                Err(error)
            }
            (Err(error), TransactionState::Open | TransactionState::Failed) => Err(error),
        }
    }

    fn begin_if_needed(&mut self, outcome: &mut Outcome) -> Result<(), Error> {
        self.writer()?;
        let db = self.db.as_ref().ok_or_else(super::missing_handle)?;
        if db.is_in_transaction() {
            return Ok(());
        }
        if !db.is_read_only() {
            outcome.remark(self.secrets.sweep(db));
        }
        db.begin().map_err(catalog_error)
    }

    /// Whether the catalog's transaction has begun: what is read now cannot change before the next
    /// step.
    pub(super) fn is_changing(&self) -> bool {
        self.db.as_ref().is_some_and(Db::is_in_transaction)
    }

    /// The catalog inside a change.
    pub(super) fn changing(&self) -> Result<&Db, Error> {
        self.db.as_ref().ok_or_else(super::missing_handle)
    }
}
