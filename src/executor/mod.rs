//! From statement to outcome: the order of work across the catalog and the secret store.
//!
//! Prompts and unlocking come before the catalog's transaction begins. A statement that fails
//! leaves nothing behind.

mod alter;
mod catalog_handle;
mod create;
mod credentials;
mod define;
mod drop;
mod dry_run;
mod export;
mod import;
mod job;
mod login;
mod lookup;
mod name_fetch;
mod names;
mod outcome;
mod password;
mod plan;
mod probe;
mod rename;
mod secrets;
mod session;
mod show;
mod slot;
mod table;
mod test_connection;
mod transaction;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

pub use crate::catalog::{Branch, NameRange, NameScope};
pub use crate::warehouse::views::names::WarehouseNames;
pub use credentials::{Credentials, Destination};
pub use dry_run::Mode;
pub use name_fetch::{NameFetch, free};
pub use outcome::{Answer, NO_CHANGE, Notice, Outcome, Severity};
pub use password::{PasswordPrompt, PromptError};
pub use plan::{CreateStatement, DefinitionStatement, Prune};
pub use secrets::StoreOpener;
pub use session::OpenSession;
pub use transaction::TransactionState;

use catalog_handle::CatalogHandle;
use dry_run::dry_run_stores;
use job::{alter_job, create_job};
use outcome::counted;
use password::PasswordReader;
use secrets::Secrets;
use table::{alter_table, create_table};
use transaction::CatalogWriter;

use crate::catalog::Location;
use crate::error::{Error, TransactionError};
use crate::host::Environment;
use crate::secret::{Journal, StoreKind};
use crate::signals::Signals;
use crate::sql::Statement;
use crate::warehouse::slots::Slots;

/// A place in a statement, in bytes; None if an error has no place.
pub type StatementSpan = Option<Range<usize>>;

/// The origin of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Typed at the prompt: a missing password is asked for.
    Prompt,
    /// Given on the command line, which other users of the machine can see.
    CommandLine,
    /// Read from a file or from standard input.
    Script,
}

/// The caller of a statement.
pub struct Caller<'a> {
    /// The origin of the statement.
    pub origin: Origin,
    /// Receives notices that cannot wait for the end of the statement, for example about waiting
    /// for a slot.
    pub notify: &'a mut dyn FnMut(Notice),
}

/// Everything that an executor is built from.
pub struct Resources {
    /// Real, or a dry run.
    pub mode: Mode,
    /// The place of the catalog.
    pub location: Location,
    /// The store for new passwords.
    pub store: StoreKind,
    /// Opens secret stores.
    pub opener: StoreOpener,
    /// The id of this process in the memory store; passwords of rows with other ids are lost.
    pub process: String,
    /// Asks for passwords.
    pub prompt: Box<dyn PasswordPrompt>,
    /// The environment, for `PASSWORD = ENV`.
    pub environment: Environment,
    /// The clock.
    pub clock: Box<dyn Fn() -> SystemTime>,
    /// Signals cancel the running statement, and are deferred during queries.
    pub signals: Signals,
    /// The longest wait for a slot.
    pub patience: Duration,
}

/// Runs statements against one catalog and its secret stores.
pub struct Executor {
    mode: Mode,
    writer: CatalogWriter,
    passwords: PasswordReader,
    signals: Signals,
    patience: Duration,
    /// The slots, opened when a session first needs one.
    slots: Option<Rc<Slots>>,
    /// The files that a dry run would have created.
    would_exist: HashSet<PathBuf>,
}

impl Executor {
    /// Creates an executor. Nothing is opened until a statement needs it.
    pub fn new(resources: Resources) -> Self {
        let (opener, journal) = match resources.mode {
            Mode::Real => {
                (resources.opener, resources.location.beside(".secrets").map(Journal::at))
            }
            Mode::DryRun => (dry_run_stores(resources.opener), None),
        };
        Self {
            mode: resources.mode,
            writer: CatalogWriter {
                catalog: CatalogHandle::new(
                    resources.mode,
                    resources.location,
                    resources.process,
                    resources.signals.cancel(),
                ),
                secrets: Secrets::new(resources.store, opener, journal),
                clock: resources.clock,
                transaction: TransactionState::None,
            },
            passwords: PasswordReader {
                mode: resources.mode,
                prompt: resources.prompt,
                environment: resources.environment,
            },
            signals: resources.signals,
            patience: resources.patience,
            slots: None,
            would_exist: HashSet::new(),
        }
    }

    /// Runs one statement. In a transaction, an error or an outcome with a failure makes the whole
    /// transaction fail.
    pub fn execute(&mut self, statement: &Statement, origin: Origin) -> Result<Outcome, Error> {
        let notify = &mut |_| {};
        self.execute_for(statement, &mut Caller { origin, notify })
    }

    /// Runs one statement for a caller that receives notices while it runs.
    pub fn execute_for(
        &mut self,
        statement: &Statement,
        caller: &mut Caller<'_>,
    ) -> Result<Outcome, Error> {
        self.run(statement, caller).map(|outcome| self.marked(outcome))
    }

    /// Marks an outcome of a dry run.
    fn marked(&self, outcome: Outcome) -> Outcome {
        Outcome {
            is_dry_run: self.mode == Mode::DryRun,
            ..outcome
        }
    }

    fn run(&mut self, statement: &Statement, caller: &mut Caller<'_>) -> Result<Outcome, Error> {
        if let Statement::Transaction(change) = statement {
            return self.writer.change_transaction(*change);
        }
        if self.writer.transaction == TransactionState::Failed {
            return Err(TransactionError::Failed.into());
        }
        let result = match statement {
            Statement::CreateConnection(create) => self.create_connection(create, caller),
            Statement::AlterConnection(alter) => self.alter_connection(alter, caller),
            Statement::DropConnection(drop) => self.drop_objects("DROP CONNECTION", drop),
            Statement::CreateTable(create) => create_table(&mut self.writer, create),
            Statement::AlterTable(alter) => alter_table(&mut self.writer, alter),
            Statement::DropTable(drop) => self.drop_objects("DROP TABLE", drop),
            Statement::CreateJob(create) => create_job(&mut self.writer, create),
            Statement::AlterJob(alter) => alter_job(&mut self.writer, alter),
            Statement::DropJob(drop) => self.drop_objects("DROP JOB", drop),
            Statement::Export(export) => self.export(export),
            Statement::Show(show) => self.show(show),
            Statement::Test(test) => self.test_connections(test, caller),
            Statement::Import(import) => self.import_tables(import, caller),
            Statement::Query(query) => self.query(query),
            Statement::Transaction(change) => self.writer.change_transaction(*change),
        };
        if result.as_ref().map_or(true, |outcome| outcome.failure.is_some()) {
            self.fail_transaction();
        }
        result
    }

    /// Marks the open transaction as failed after an error outside a statement, such as a syntax
    /// error.
    pub fn fail_transaction(&mut self) {
        self.writer.fail();
    }

    /// Real, or a dry run.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The state of the transaction.
    pub fn transaction(&self) -> TransactionState {
        self.writer.transaction
    }

    /// The signals.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }

    /// True if the user has cancelled the running statement.
    pub fn is_cancelled(&self) -> bool {
        self.signals.is_cancelled()
    }
}
