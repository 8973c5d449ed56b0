//! BEGIN, COMMIT, ROLLBACK, and the implicit transaction of each change outside them.
//!
//! BEGIN takes no lock: the catalog's transaction begins with the first change, after that
//! statement's prompts.

use std::time::{Duration, SystemTime};

use super::catalog_handle::CatalogHandle;
use super::login::LoginCache;
use super::secrets::Secrets;
use super::{NO_CHANGE, Notice, Outcome};
use crate::catalog::Db;
use crate::definition::Protection;
use crate::error::{Error, TransactionError};
use crate::sql::Transaction;

/// The state of the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionState {
    /// No transaction: each statement commits by itself.
    None,
    /// Between BEGIN and COMMIT.
    Open,
    /// A statement in it has failed: it can only be rolled back.
    Failed,
}

/// The catalog and its passwords, which change together.
pub(super) struct CatalogWriter {
    pub catalog: CatalogHandle,
    pub secrets: Secrets,
    /// Credentials of AWS that are still valid.
    pub logins: LoginCache,
    pub clock: Box<dyn Fn() -> SystemTime>,
    pub transaction: TransactionState,
    /// True if every session only reads.
    pub opens_read_only: bool,
    /// The protection of connections that have none of their own.
    pub protection: Protection,
}

impl CatalogWriter {
    pub fn change_transaction(&mut self, change: Transaction) -> Result<Outcome, Error> {
        match (change, self.transaction) {
            (Transaction::Begin, TransactionState::None) => {
                self.transaction = TransactionState::Open;
                Ok(Outcome::done(change.word()))
            }
            (Transaction::Begin, TransactionState::Open) => {
                self.fail();
                Err(TransactionError::Open.into())
            }
            (Transaction::Begin, TransactionState::Failed) => Err(TransactionError::Failed.into()),
            (Transaction::Commit | Transaction::Rollback, TransactionState::None) => {
                Err(TransactionError::NotOpen.into())
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
        if let Some(db) = self.catalog.in_transaction() {
            outcome.notices = self.secrets.commit(db)?;
        }
        Ok(outcome)
    }

    /// Rolls the catalog's transaction back and discards the passwords that wait for it.
    fn abandon(&mut self) {
        self.secrets.discard();
        if let Some(db) = self.catalog.in_transaction() {
            // The transaction ends in any case: SQLite rolls it back when the handle is closed.
            let _ = db.rollback();
        }
    }

    /// Makes the open transaction fail.
    pub fn fail(&mut self) {
        if self.transaction == TransactionState::Open {
            self.abandon();
            self.transaction = TransactionState::Failed;
        }
    }

    /// Makes a change that is checked before the catalog is locked or created, and again inside the
    /// transaction. If the check finds nothing to change, the outcome says so.
    pub fn change_checked<T>(
        &mut self,
        mut outcome: Outcome,
        check: impl Fn(&Db) -> Result<Option<T>, Error>,
        work: impl FnOnce(&mut CatalogChange<'_>, T, &mut Outcome) -> Result<(), Error>,
    ) -> Result<Outcome, Error> {
        if self.catalog.in_transaction().is_none() && check(self.catalog.reader()?)?.is_none() {
            return Ok(Outcome::done(NO_CHANGE));
        }
        self.change(&mut outcome, |change, outcome| {
            match check(change.db)? {
                Some(checked) => work(change, checked, outcome)?,
                None => *outcome = Outcome::done(NO_CHANGE),
            }
            Ok(())
        })?;
        Ok(outcome)
    }

    /// Makes one change: in the open transaction, or in one of its own, which it commits.
    pub fn change(
        &mut self,
        outcome: &mut Outcome,
        work: impl FnOnce(&mut CatalogChange<'_>, &mut Outcome) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let now = self.now();
        let db = self.catalog.writer()?;
        begin_if_needed(db, &mut self.secrets, outcome)?;
        let mut change = CatalogChange { db, secrets: &mut self.secrets, now };
        let result = work(&mut change, outcome);
        match (result, self.transaction) {
            (Ok(()), TransactionState::None) => {
                outcome.add_notices(self.secrets.commit(db)?);
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

    /// The time in seconds since 1970, UTC.
    pub fn now(&self) -> i64 {
        seconds_since_1970((self.clock)())
    }
}

/// Seconds from 1970 to the end of 9999, the last year of which SQLite can make a date.
pub(super) fn seconds_since_1970(time: SystemTime) -> i64 {
    const END_OF_9999: i64 = 253_402_300_799;
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_secs()).unwrap_or(END_OF_9999).min(END_OF_9999)
}

fn begin_if_needed(db: &Db, secrets: &mut Secrets, outcome: &mut Outcome) -> Result<(), Error> {
    if db.is_in_transaction() {
        return Ok(());
    }
    if !db.is_read_only() {
        outcome.add_notices(secrets.sweep(db));
    }
    Ok(db.begin()?)
}

/// A change of the catalog inside its transaction.
pub(super) struct CatalogChange<'a> {
    pub db: &'a Db,
    /// The passwords that wait for the commit.
    pub secrets: &'a mut Secrets,
    /// Seconds since 1970, UTC.
    pub now: i64,
}
