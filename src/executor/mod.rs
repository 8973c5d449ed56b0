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
mod outcome;
mod password;
mod plan;
mod probe;
mod rename;
mod run_job;
mod schedule;
mod secrets;
mod session;
mod show;
mod slot;
mod sync;
mod table;
mod test_connection;
mod transaction;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::mpsc::Sender;
use std::time::{Duration, SystemTime};

pub use crate::catalog::{Branch, NameRange, NameScope, Usage, WarehouseObject};
pub use crate::warehouse::views::names::{ForeignKey, TableNames, WarehouseNames};
pub use credentials::{Credentials, Destination};
pub use dry_run::Mode;
pub use login::LoggedIn;
pub use name_fetch::{NameFetch, free};
pub use outcome::{Answer, NO_CHANGE, Notice, Outcome, Severity};
pub use password::{PasswordPrompt, PromptError};
pub use plan::{CreateStatement, DefinitionStatement, Prune};
pub use run_job::{JobEnd, JobEvent, JobReport, LoadedWindow, RunningJob, ScheduledJob};
pub use secrets::StoreOpener;
pub use session::OpenSession;
pub use transaction::TransactionState;

use alter::alter_connection;
use catalog_handle::CatalogHandle;
use create::create_connection;
use credentials::check_password;
use drop::drop_objects;
use dry_run::dry_run_stores;
use export::FileCreator;
use import::{import_connections, import_tables};
use job::{alter_job, create_job, pause_jobs};
use login::LoginCache;
use outcome::counted;
use password::PasswordReader;
use run_job::{rewind_job, run_jobs, test_jobs};
use secrets::Secrets;
use slot::SessionSlots;
use table::{alter_table, create_table};
use test_connection::ConnectionTester;
use transaction::CatalogWriter;

use secrecy::SecretString;

use crate::catalog::Location;
use crate::error::{Error, TransactionError};
use crate::host::Environment;
use crate::name::{ConnectionName, JobName, Object};
use crate::progress::ProgressScreen;
use crate::secret::{Journal, StoreKind};
use crate::sign::shown_path;
use crate::signals::Signals;
use crate::sql::{RunJob, Spanned, Statement};
use crate::warehouse::Cancel;
use crate::warehouse::slots::{Claim, Purpose, Slots, Wanted};

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
    /// True if every session only reads.
    pub opens_read_only: bool,
}

/// Runs statements against one catalog and its secret stores.
pub struct Executor {
    writer: CatalogWriter,
    passwords: PasswordReader,
    slots: SessionSlots,
    files: FileCreator,
    screen: Option<ProgressScreen>,
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
        let slots = resources.location.beside(".slots").map(Slots::at);
        Self {
            writer: CatalogWriter {
                catalog: CatalogHandle::new(
                    resources.mode,
                    resources.location,
                    resources.process,
                    resources.signals.cancel(),
                ),
                secrets: Secrets::new(resources.store, opener, journal),
                logins: LoginCache::default(),
                clock: resources.clock,
                transaction: TransactionState::None,
                opens_read_only: resources.opens_read_only,
            },
            passwords: PasswordReader {
                mode: resources.mode,
                prompt: resources.prompt,
                environment: resources.environment,
            },
            slots: SessionSlots {
                signals: resources.signals,
                patience: resources.patience,
                slots,
            },
            files: FileCreator {
                mode: resources.mode,
                would_exist: HashSet::new(),
            },
            screen: None,
        }
    }

    /// Draws a line at the terminal while a job runs.
    pub fn show_progress(&mut self, screen: ProgressScreen) {
        self.screen = Some(screen);
    }

    /// The user named the catalog: [`Self::missing_catalog`] tells if it does not exist.
    pub fn report_missing_catalog(&mut self) {
        self.writer.catalog.report_missing();
    }

    /// A warning, given once, about a catalog that was read and does not exist.
    pub fn missing_catalog(&mut self) -> Option<Notice> {
        let path = self.writer.catalog.missing()?;
        Some(Notice::warning(format!("catalog {} does not exist", shown_path(&path))))
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
            is_dry_run: self.mode() == Mode::DryRun,
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
        let Self { writer, passwords, slots, files, screen } = self;
        let result = match statement {
            Statement::CreateConnection(create) => {
                create_connection(writer, passwords, slots, create, caller)
            }
            Statement::AlterConnection(alter) => {
                alter_connection(writer, passwords, slots, alter, caller)
            }
            Statement::DropConnection(drop) => drop_objects(writer, slots, "DROP CONNECTION", drop),
            Statement::CreateTable(create) => create_table(writer, create),
            Statement::AlterTable(alter) => alter_table(writer, alter),
            Statement::DropTable(drop) => drop_objects(writer, slots, "DROP TABLE", drop),
            Statement::CreateJob(create) => create_job(writer, slots, create, caller),
            Statement::AlterJob(alter) => alter_job(writer, alter),
            Statement::DropJob(drop) => drop_objects(writer, slots, "DROP JOB", drop),
            Statement::RunJob(run) => run_jobs(writer, slots, run, *screen, caller, &mut |_, _| {}),
            Statement::RewindJob(rewind) => rewind_job(writer, slots, rewind, caller),
            Statement::TestJob(test) => test_jobs(writer, slots, test, caller),
            Statement::Pause(pause) => pause_jobs(writer, pause),
            Statement::Export(export) => files.export(&mut writer.catalog, export),
            Statement::Show(show) => show::show(&mut writer.catalog, slots, show),
            Statement::Test(test) => {
                ConnectionTester { writer, slots }.test_connections(test, caller)
            }
            Statement::ImportTables(import) => import_tables(writer, slots, import, caller),
            Statement::ImportConnections(import) => import_connections(writer, passwords, import),
            Statement::Query(query) => show::query(&mut writer.catalog, query),
            Statement::Transaction(change) => writer.change_transaction(*change),
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
        self.writer.catalog.mode
    }

    /// The state of the transaction.
    pub fn transaction(&self) -> TransactionState {
        self.writer.transaction
    }

    /// The signals.
    pub fn signals(&self) -> &Signals {
        &self.slots.signals
    }

    /// The environment of the process.
    pub fn environment(&self) -> &Environment {
        &self.passwords.environment
    }

    /// Cancels a query on a session when a signal arrives.
    pub fn cancel(&self) -> Cancel {
        self.slots.cancel()
    }

    /// The named jobs, or every job that runs by itself, in the order in which they wait for each
    /// other.
    pub fn jobs_to_run(&mut self, names: &[JobName]) -> Result<Vec<JobName>, Error> {
        let db = self.writer.catalog.reader()?;
        for name in names {
            lookup::find_job(db, name, None)?;
        }
        if names.is_empty() {
            sync::in_order(db, &db.scheduled_jobs()?)
        } else {
            sync::in_order(db, names)
        }
    }

    /// RUN JOB; `on_loaded` receives each window.
    pub fn run_jobs(
        &mut self,
        run: &RunJob,
        caller: &mut Caller<'_>,
        on_loaded: &mut dyn FnMut(&JobName, &LoadedWindow),
    ) -> Result<Outcome, Error> {
        let Self { writer, slots, screen, .. } = self;
        let outcome = run_jobs(writer, slots, run, *screen, caller, on_loaded)?;
        Ok(self.marked(outcome))
    }

    /// The ids of jobs.
    pub fn job_ids(&mut self, names: &[JobName]) -> Result<Vec<i64>, Error> {
        let db = self.writer.catalog.reader()?;
        names.iter().map(|name| Ok(lookup::find_job(db, name, None)?.id)).collect()
    }

    /// Changes with each change of the catalog by another process or thread.
    pub fn catalog_version(&mut self) -> Result<(u64, i64), Error> {
        self.writer.catalog.version()
    }

    /// The jobs with these ids, or every job with a RUN_INTERVAL; without those that are paused or
    /// have ended.
    pub fn scheduled_jobs(&mut self, named: Option<&[i64]>) -> Result<Vec<ScheduledJob>, Error> {
        run_job::scheduled_jobs(self.writer.catalog.reader()?, named)
    }

    /// Runs what is due of the job in a thread, which reports what it does.
    pub fn start_job(
        &mut self,
        name: &JobName,
        reports: Sender<JobReport>,
    ) -> Result<RunningJob, Error> {
        run_job::start_job(&mut self.writer, self.slots.patience, name, reports)
    }

    /// The changes that make the catalog equal to the file, as rows.
    pub fn plan(
        &mut self,
        statements: &[DefinitionStatement],
        prune: Prune,
    ) -> Result<Outcome, Error> {
        let planned = plan::plan(&mut self.writer, &mut self.passwords, statements, prune);
        planned.map(|outcome| self.marked(outcome))
    }

    /// Makes the catalog equal to the file.
    pub fn apply(
        &mut self,
        statements: &[DefinitionStatement],
        prune: Prune,
    ) -> Result<Outcome, Error> {
        let applied = plan::apply(&mut self.writer, &mut self.passwords, statements, prune);
        applied.map(|outcome| self.marked(outcome))
    }

    /// Every connection with its tables and jobs, or one connection, or one table with its jobs.
    pub fn tree(&mut self, of: Option<&Spanned<Object>>) -> Result<Vec<Branch>, Error> {
        show::tree(self.writer.catalog.reader()?, of)
    }

    /// Up to `limit` names with this prefix, and the last one. If the catalog cannot be read there
    /// are none, and no error.
    pub fn names(&mut self, scope: NameScope<'_>, prefix: &str, limit: usize) -> NameRange {
        let db = self.writer.catalog.reader().ok();
        db.and_then(|db| db.names(scope, prefix, limit).ok()).unwrap_or_default()
    }

    /// Asks for a new password of a user of a warehouse, twice and without echo.
    pub fn new_password(&mut self, user: &str) -> Result<SecretString, Error> {
        self.passwords.new_password(user)
    }

    /// Asks the user for a line.
    pub fn ask_line(&mut self, question: &str) -> Result<String, Error> {
        self.passwords.line(question)
    }

    /// Up to `limit` names that have these letters in this order; none if the catalog cannot be
    /// read.
    pub fn names_with_letters(
        &mut self,
        scope: NameScope<'_>,
        letters: &str,
        limit: usize,
    ) -> Vec<String> {
        let db = self.writer.catalog.reader().ok();
        db.and_then(|db| db.names_with_letters(scope, letters, limit).ok())
            .unwrap_or_default()
    }

    /// Asks the user a question; false unless the answer is yes.
    pub fn confirm(&mut self, question: &str) -> Result<bool, Error> {
        self.passwords.confirm(question)
    }

    /// The dependents of those objects in the warehouse of the connection with this id.
    pub fn usages_in_warehouse(
        &mut self,
        connection_id: i64,
        objects: &[WarehouseObject],
    ) -> Result<Vec<Usage>, Error> {
        Ok(self.writer.catalog.reader()?.usages_in_warehouse(connection_id, objects)?)
    }

    /// The destination of sessions on the connection. No secret store is opened.
    pub fn destination(&mut self, name: &ConnectionName) -> Result<Destination, Error> {
        Destination::find(self.writer.catalog.reader()?, name, None)
    }

    /// The credentials for a session on the connection.
    pub fn credentials(&mut self, name: &ConnectionName) -> Result<Credentials, Error> {
        Credentials::find(&mut self.writer, name, None)
    }

    /// Fails as [`Self::credentials`] would, as far as the catalog knows: no secret store is
    /// opened.
    pub fn check_password(&mut self, name: &ConnectionName) -> Result<(), Error> {
        check_password(self.writer.catalog.reader()?, name, None)
    }

    /// Takes slots for sessions at the destination; `notify` receives notices while it waits.
    pub fn take_slots(
        &mut self,
        wanted: &Wanted<'_>,
        destination: &Destination,
        notify: &mut dyn FnMut(Notice),
    ) -> Result<Claim, Error> {
        self.slots.take(&mut self.writer.catalog, wanted, destination, notify)
    }

    /// Opens a session; `notify` receives notices while it waits for a slot.
    pub fn open_session(
        &mut self,
        credentials: &Credentials,
        purpose: &Purpose,
        notify: &mut dyn FnMut(Notice),
    ) -> Result<OpenSession, Error> {
        let catalog = &mut self.writer.catalog;
        session::open_session(catalog, &mut self.slots, credentials, purpose, notify)
    }

    /// Starts to fetch names if a slot of the connection is free at once.
    pub fn fetch_names(&mut self, credentials: Credentials) -> Option<NameFetch> {
        NameFetch::with(&mut self.slots, credentials)
    }

    /// Starts a fetch by the name of the connection.
    pub fn fetch_names_of(&mut self, name: &ConnectionName) -> Option<NameFetch> {
        NameFetch::of_connection(&mut self.writer, &mut self.slots, name)
    }
}
