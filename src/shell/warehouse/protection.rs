//! PROTECTION: the statements that a connection takes, and those that are confirmed first.

use super::Warehouse;
use super::statement::{Batch, BatchStatement, command_tag, stays_read_only};
use crate::definition::Protection;
use crate::error::{Cancelled, Error, ProtectionError};
use crate::executor::{Executor, OpenSession, Origin, TransactionState};
use crate::name::shown_sql;
use crate::shell::{Input, ShellOptions};
use crate::sql::{Effect, NamedKind, NamedObject, WarehouseStatement};
use crate::warehouse::views::estimated_rows;

/// The answer to a question that a statement raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shell) enum Confirmation {
    /// The user is asked.
    AtPrompt,
    /// `--yes` has given it for the whole script.
    Given,
    /// Nobody can give it.
    Missing,
}

impl Confirmation {
    pub fn new(input: &Input, options: &ShellOptions) -> Self {
        match input.origin {
            Origin::Prompt => Self::AtPrompt,
            Origin::CommandLine | Origin::Script if options.yes => Self::Given,
            Origin::CommandLine | Origin::Script => Self::Missing,
        }
    }
}

impl Warehouse {
    /// The reason why the session only reads; None if it writes.
    pub(super) fn read_only_reason(&self) -> Option<String> {
        self.open.as_ref()?.destination().read_only_reason()
    }

    /// Refuses a statement that may write if the session only reads.
    pub(super) fn check_read_only(&self, batch: &Batch<'_>) -> Result<(), Error> {
        let Some(reason) = self.read_only_reason() else {
            return Ok(());
        };
        let writes =
            |statement: &&BatchStatement<'_>| !stays_read_only(statement.text, batch.dialect);
        match batch.statements.iter().find(writes) {
            Some(statement) => {
                let tag = command_tag(statement.text);
                Err(Error::new(ProtectionError::ReadOnly { tag, reason }))
            }
            None => Ok(()),
        }
    }

    /// Has the statements confirmed that remove, change or grant something.
    pub(super) fn confirm(
        &mut self,
        executor: &mut Executor,
        batch: &Batch<'_>,
        confirmation: Confirmation,
    ) -> Result<(), Error> {
        let asks = |open: &OpenSession| open.destination().protection == Protection::Confirm;
        if confirmation == Confirmation::Given || !self.open.as_ref().is_some_and(asks) {
            return Ok(());
        }
        for change in batch.statements.iter().filter_map(|statement| statement.change.as_ref()) {
            let words = in_words(change);
            if confirmation == Confirmation::Missing {
                let connection = self.name.clone();
                let error = ProtectionError::NotConfirmed { statement: words, connection };
                return Err(Error::new(error));
            }
            let rows = self.rows_of(executor, change)?;
            let question = format!("{words}{rows} on {}. Send it? (y/N) ", self.name.shown());
            if !executor.confirm(&question)? {
                return Err(Error::new(ProtectionError::Declined));
            }
        }
        Ok(())
    }

    /// The number of rows of its tables as the server estimates it; empty if it does not know.
    fn rows_of(
        &mut self,
        executor: &Executor,
        statement: &WarehouseStatement,
    ) -> Result<String, Error> {
        let loses_rows = statement.effect != Effect::Changes;
        if statement.kind != NamedKind::Relation
            || !loses_rows
            || self.transaction() == TransactionState::Failed
        {
            return Ok(String::new());
        }
        let Some(open) = &mut self.open else {
            return Ok(String::new());
        };
        let _orderly = executor.signals().defer();
        let mut total = 0;
        for name in &statement.objects {
            let rows = estimated_rows(open.session(), &name.parts, &executor.cancel());
            total += rows.map_err(Error::new)?.unwrap_or(0);
        }
        if executor.signals().is_cancelled() {
            return Err(Error::new(Cancelled));
        }
        Ok(match total {
            0 => String::new(),
            1 => " (about 1 row)".to_owned(),
            rows => format!(" (about {rows} rows)"),
        })
    }
}

/// The statement in words: its tag, and its objects.
fn in_words(statement: &WarehouseStatement) -> String {
    let names: Vec<String> = statement.objects.iter().map(NamedObject::joined).collect();
    let names: Vec<&str> = names.iter().map(|name| shown_sql(name)).collect();
    let names = names.join(", ");
    let tag = &statement.tag;
    match (statement.effect, names.as_str()) {
        (Effect::EveryRow, names) => format!("{tag} without WHERE of {names}"),
        (Effect::Removes | Effect::Changes, "") => tag.clone(),
        (Effect::Removes, names) => format!("{tag} {names}"),
        (Effect::Changes, names) if tag == "GRANT" || tag == "REVOKE" => {
            format!("{tag} on {names}")
        }
        (Effect::Changes, names) => format!("{tag} {names}"),
    }
}
