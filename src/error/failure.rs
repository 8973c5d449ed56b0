//! What can fail above the layers, with the SQLSTATE of each failure, and what the outside world
//! said of it.

use super::ImportFault;
use crate::catalog::{CatalogError, Usage};
use crate::name::{ConnectionName, JobName, Object};
use crate::secret::SecretError;
use crate::sql::SqlError;
use crate::sqlstate::{SqlState, State};
use crate::url::UrlError;
use crate::warehouse::WarehouseError;
use crate::warehouse::slots::SlotError;

/// Which file or stream could not be used, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileUse {
    /// Reading a script.
    Read,
    /// Writing a result.
    Write,
}

/// What failed.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The text is not a statement.
    Sql(SqlError),
    /// The value of CONNECTION_STRING is not a URL that redwire takes.
    Url(UrlError),
    /// The catalog could not be opened, read or changed.
    Catalog(CatalogError),
    /// A secret could not be stored, read or deleted.
    Secret(SecretError),
    /// A session could not be opened, or was lost, or the server refused what was asked.
    Warehouse(WarehouseError),
    /// No slot came free, or slots cannot be used.
    Slot(SlotError),
    /// A session needs a password that no store has.
    NoStoredPassword {
        /// The connection.
        name: ConnectionName,
    },
    /// A connection cannot be opened, or one that was tested could not be.
    ConnectionNotOpened {
        /// The first such connection.
        name: ConnectionName,
        /// Why.
        failure: Box<Failure>,
        /// What to type.
        fix: Option<String>,
        /// How many of how many connections failed.
        failed: (usize, usize),
    },
    /// CREATE on a name that exists.
    Exists {
        /// What has the name.
        object: Object,
    },
    /// RENAME TO a name that exists.
    NewNameExists {
        /// What has the name.
        object: Object,
    },
    /// The catalog has nothing of that kind and name.
    Missing {
        /// What was looked for.
        object: Object,
        /// The name of something in the catalog that is nearly it, as SQL.
        nearest: Option<String>,
    },
    /// The tables of a warehouse cannot be imported.
    Import(ImportFault),
    /// The warehouse has no table or view of that name.
    NotOnWarehouse {
        /// The name, as SQL.
        table: String,
    },
    /// A drop that would take something from under its dependents.
    InUse {
        /// What depends on it, each once.
        usages: Vec<Usage>,
        /// What was to be dropped: at least one thing, all of one kind.
        objects: Vec<Object>,
    },
    /// Something in a file of definitions is on a connection that the file lacks, and that would be
    /// pruned.
    WouldBePruned {
        /// The connection.
        connection: ConnectionName,
    },
    /// A file of definitions describes the same thing twice.
    DescribedTwice {
        /// What it describes.
        object: Object,
    },
    /// Something else than a CREATE in a file of definitions.
    NotADefinition,
    /// `EXPORT CATALOG TO` a path at which something is.
    FileExists {
        /// The path as written.
        path: String,
    },
    /// RENAME TO a name under which a job would name other tables, or none.
    JobWouldChange {
        /// The job.
        name: JobName,
    },
    /// `PASSWORD = ENV 'X'`, and X is not set, is empty, or is not UTF-8.
    PasswordVariable {
        /// The name of the environment variable.
        variable: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// `PASSWORD = FILE 'path'`, and the file cannot be read or holds no password.
    PasswordFile {
        /// The path as written.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A password is needed from a terminal, and there is none.
    NoTerminal {
        /// What the operating system said.
        cause: String,
    },
    /// CREATE without PASSWORD in a script.
    PasswordMissing,
    /// The password that was typed, read or written is empty or holds a NUL.
    PasswordUnusable {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// BEGIN inside a transaction.
    TransactionOpen,
    /// COMMIT or ROLLBACK outside one.
    NoTransaction,
    /// A statement after an error inside a transaction.
    TransactionFailed,
    /// The script ended inside a transaction, which was rolled back.
    EndInTransaction,
    /// A statement failed inside `--single-transaction`, or BEGIN stands in it.
    InSingleTransaction,
    /// `\expect` named a state, and the statement did not fail with it.
    Expected {
        /// The state that was expected.
        expected: State,
        /// What happened: another state, or success.
        happened: Option<State>,
    },
    /// `\expect` is the last thing in the script.
    NothingToExpect {
        /// The state that was expected.
        expected: State,
    },
    /// A failure that `\expect` allowed has undone a script that runs with `--single-transaction`.
    ScriptUndone,
    /// There is no file of authorities that another program could verify the server with.
    NoAuthorities {
        /// What SSL_CERT_FILE names, where it is set.
        named: Option<String>,
    },
    /// The program that was to run is nowhere.
    ProgramNotFound {
        /// Its name as given.
        program: String,
    },
    /// The program that was to run cannot be run.
    ProgramUnusable {
        /// Its name as given.
        program: String,
        /// What the operating system said.
        cause: String,
    },
    /// The statement was cancelled.
    Cancelled,
    /// Something that cannot be: a fault of redwire.
    Fault {
        /// What cannot be.
        what: &'static str,
    },
    /// A backslash command that cannot be run.
    Command {
        /// What is wrong.
        message: String,
        /// What to type.
        hint: Option<String>,
    },
    /// A file or stream that cannot be used.
    File {
        /// What was tried.
        attempt: FileUse,
        /// Its name as given.
        path: String,
        /// What the operating system said.
        cause: String,
    },
}

impl Failure {
    /// The SQLSTATE of the failure.
    pub fn sqlstate(&self) -> State {
        let state = match self {
            Self::Sql(error) => error.sqlstate(),
            Self::Url(error) => error.sqlstate(),
            Self::Catalog(error) => error.sqlstate(),
            Self::Secret(error) => error.sqlstate(),
            Self::Warehouse(error) => {
                return State::new(error.sqlstate())
                    .unwrap_or_else(|| SqlState::InternalError.into());
            }
            Self::Slot(error) => error.sqlstate(),
            Self::Import(fault) => fault.sqlstate(),
            Self::NoStoredPassword { .. } => SqlState::InvalidPassword,
            Self::ConnectionNotOpened { failure, .. } => return failure.sqlstate(),
            Self::Exists { object }
            | Self::NewNameExists { object }
            | Self::DescribedTwice { object } => match object {
                Object::Connection(_) | Object::Job(_) => SqlState::DuplicateObject,
                Object::Table(_) => SqlState::DuplicateTable,
            },
            Self::Missing { object, .. } => match object {
                Object::Connection(_) | Object::Job(_) => SqlState::UndefinedObject,
                Object::Table(_) => SqlState::UndefinedTable,
            },
            Self::NotOnWarehouse { .. } => SqlState::UndefinedTable,
            Self::InUse { .. } | Self::WouldBePruned { .. } => SqlState::DependentObjectsStillExist,
            Self::NotADefinition | Self::JobWouldChange { .. } => SqlState::NotSupported,
            Self::FileExists { .. } => SqlState::DuplicateFile,
            Self::PasswordVariable { .. } | Self::PasswordFile { .. } | Self::NoTerminal { .. } => {
                SqlState::InvalidPassword
            }
            Self::PasswordMissing | Self::Command { .. } => SqlState::SyntaxError,
            Self::PasswordUnusable { .. } => SqlState::InvalidParameterValue,
            Self::TransactionOpen | Self::InSingleTransaction => SqlState::ActiveTransaction,
            Self::NoTransaction | Self::EndInTransaction => SqlState::NoActiveTransaction,
            Self::TransactionFailed | Self::ScriptUndone => SqlState::FailedTransaction,
            Self::Expected { .. } | Self::NothingToExpect { .. } => SqlState::UnexpectedOutcome,
            Self::NoAuthorities { .. }
            | Self::ProgramNotFound { .. }
            | Self::ProgramUnusable { .. } => SqlState::IoError,
            Self::Cancelled => SqlState::QueryCanceled,
            Self::Fault { .. } => SqlState::InternalError,
            Self::File { .. } => SqlState::IoError,
        };
        state.into()
    }

    /// What lies behind the failure, as the outside world put it.
    pub fn cause(&self) -> Option<String> {
        match self {
            Self::Catalog(error) => error.cause().map(str::to_owned),
            Self::Secret(error) => error.cause().map(str::to_owned),
            Self::Warehouse(error) => error.cause(),
            Self::Slot(error) => error.cause().map(str::to_owned),
            Self::ConnectionNotOpened { failure, .. } => failure.cause(),
            Self::NoTerminal { cause }
            | Self::File { cause, .. }
            | Self::ProgramUnusable { cause, .. } => Some(cause.clone()),
            Self::Sql(_)
            | Self::Url(_)
            | Self::NoStoredPassword { .. }
            | Self::Exists { .. }
            | Self::NewNameExists { .. }
            | Self::Missing { .. }
            | Self::Import(_)
            | Self::NotOnWarehouse { .. }
            | Self::InUse { .. }
            | Self::JobWouldChange { .. }
            | Self::WouldBePruned { .. }
            | Self::DescribedTwice { .. }
            | Self::NotADefinition
            | Self::FileExists { .. }
            | Self::PasswordVariable { .. }
            | Self::PasswordFile { .. }
            | Self::PasswordMissing
            | Self::PasswordUnusable { .. }
            | Self::TransactionOpen
            | Self::NoTransaction
            | Self::TransactionFailed
            | Self::EndInTransaction
            | Self::InSingleTransaction
            | Self::Expected { .. }
            | Self::NothingToExpect { .. }
            | Self::ScriptUndone
            | Self::NoAuthorities { .. }
            | Self::ProgramNotFound { .. }
            | Self::Cancelled
            | Self::Fault { .. }
            | Self::Command { .. } => None,
        }
    }

    /// More about the failure, as the server put it.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Warehouse(WarehouseError::Server { message, .. }) => message.detail.as_deref(),
            Self::ConnectionNotOpened { failure, .. } => failure.detail(),
            _ => None,
        }
    }

    /// Where in functions and the like of the server it happened.
    pub fn context(&self) -> Option<&str> {
        match self {
            Self::Warehouse(WarehouseError::Server { message, .. }) => message.context.as_deref(),
            Self::ConnectionNotOpened { failure, .. } => failure.context(),
            _ => None,
        }
    }
}
