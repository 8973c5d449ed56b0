//! The beginning and the end of a script or of a session at the prompt: the transaction around it,
//! and anything that its end leaves open.

use super::warehouse::{AfterLoss, Confirmation, ROLLED_BACK, StatementError};
use super::{Flow, Shell};
use crate::diagnostic::ExitStatus;
use crate::error::{Error, ScriptError};
use crate::executor::{Notice, Origin, Outcome, TransactionState};
use crate::sql::mask::Echo;
use crate::sql::{Statement, Transaction};

impl Shell {
    /// Begins the transaction of a script with `--single-transaction`.
    pub fn begin_script(&mut self) -> Result<(), Error> {
        match self.change_transaction(Transaction::Begin) {
            Err(StatementError::Failed(error)) => Err(error),
            // BEGIN returns no rows.
            Ok(_) | Err(StatementError::Output(_)) => Ok(()),
        }
    }

    /// Ends the transaction of a script with `--single-transaction`: commits it if everything
    /// succeeded.
    pub fn end_script(&mut self) -> Flow {
        self.end_expectation();
        if self.status == ExitStatus::Done && self.transaction() == TransactionState::Failed {
            self.fail(&Error::new(ScriptError::Undone));
        }
        let change = match (self.transaction(), self.status) {
            (TransactionState::None, ExitStatus::Done) => {
                self.output.warn(
                    "a statement of the script has ended the transaction, so what came after it stands by itself",
                );
                return Flow::Go;
            }
            (TransactionState::None, _) => return Flow::Go,
            (_, ExitStatus::Done) => Transaction::Commit,
            (_, _) => Transaction::Rollback,
        };
        let flow = match self.change_transaction(change) {
            Ok(outcome) => self.show_notices(&outcome),
            Err(StatementError::Failed(error)) => self.fail(&error),
            Err(StatementError::Output(error)) => self.output_failed(&error),
        };
        self.drop_lost_session(AfterLoss::End);
        flow
    }

    /// Reports an `\expect` without a statement after it.
    fn end_expectation(&mut self) {
        if let Some(expected) = self.expected.take() {
            self.fail(&Error::new(ScriptError::NothingToExpect { expected }));
        }
    }

    /// Checks at the end of the input that no transaction and no `\expect` is open.
    pub fn end_input(&mut self) -> Flow {
        self.end_expectation();
        // The loss of a transaction with its session was reported already.
        let is_stranded = self.warehouse.as_ref().is_some_and(|warehouse| warehouse.is_stranded);
        if is_stranded || self.transaction() == TransactionState::None {
            return Flow::Go;
        }
        self.give_transaction_up(Origin::Script);
        self.fail(&Error::new(ScriptError::EndInTransaction))
    }

    /// Says that a script went well if its output may look otherwise: it shows failures that were
    /// expected, or it is echoed.
    pub fn sum_up(&mut self) {
        let failures = self.expected_failures;
        if self.status != ExitStatus::Done || !(self.options.echo || failures > 0) {
            return;
        }
        let statements = match self.statements {
            1 => "1 statement".to_owned(),
            statements => format!("{statements} statements"),
        };
        let failed = match failures {
            0 => String::new(),
            _ => format!(", {failures} of them failed as expected"),
        };
        self.output.notice(&Notice::new(format!("all went well: {statements}{failed}")));
    }

    /// Ends a session at the prompt: rolls an open transaction back and says so.
    pub fn end_prompt(&mut self) {
        if self.transaction() != TransactionState::None {
            self.give_transaction_up(Origin::Prompt);
            self.output.warn(ROLLED_BACK);
        }
        self.output.end_redirection();
        self.output.flush_error();
    }

    fn change_transaction(&mut self, change: Transaction) -> Result<Outcome, StatementError> {
        match &mut self.warehouse {
            Some(warehouse) => warehouse
                .run(
                    &mut self.executor,
                    &mut self.output,
                    &Echo::new(&change.to_string(), false),
                    Confirmation::Given,
                )
                .map(|_| Outcome::default()),
            None => {
                let statement = Statement::Transaction(change);
                Ok(self.executor.execute(&statement, Origin::Script)?)
            }
        }
    }

    fn give_transaction_up(&mut self, origin: Origin) {
        match &mut self.warehouse {
            Some(warehouse) => warehouse.close(),
            None => {
                let rollback = Statement::Transaction(Transaction::Rollback);
                // An error does not matter: SQLite rolls back when the process ends.
                let _ = self.executor.execute(&rollback, origin);
            }
        }
    }
}
