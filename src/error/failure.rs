//! What can fail above the layers, and what each failure says: message, SQLSTATE, cause, hint, exit status.

use std::fmt;

use super::ExitStatus;
use crate::catalog::{CatalogError, Usage, UsageKind};
use crate::name::{ConnectionName, JobName, Object};
use crate::secret::SecretError;
use crate::sql::SqlError;
use crate::sqlstate::{SqlState, State};
use crate::url::UrlError;
use crate::warehouse::slots::SlotError;
use crate::warehouse::{Stage, WarehouseError};

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
    /// A connection that was to be tested cannot be opened.
    ConnectionTest {
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
    /// Something in a file of definitions is on a connection that the file lacks, and that would be pruned.
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

/// Class 28 of the SQLSTATEs: the server does not take the user or the password. A wrong password is 28P01 from
/// PostgreSQL, and 28000 from Redshift (issue aws/amazon-redshift-python-driver 237).
const CLASS_OF_USERS: &str = "28";

const IN_SINGLE_TRANSACTION: &str =
    "BEGIN, COMMIT and ROLLBACK cannot stand in a script that runs with --single-transaction";

/// How many names the documented message about usages lists before it says how many more there are.
const MAX_NAMES_IN_MESSAGE: usize = 20;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sql(error) => error.fmt(f),
            Self::Url(error) => error.fmt(f),
            Self::Catalog(error) => error.fmt(f),
            Self::Secret(error) => error.fmt(f),
            Self::Warehouse(error) => error.fmt(f),
            Self::Slot(error) => error.fmt(f),
            Self::NoStoredPassword { name } => write!(f, "no password of connection {name} is stored"),
            Self::ConnectionTest {
                name,
                failure,
                failed: (failed, tested),
                ..
            } => {
                match **failure {
                    // It names the connection itself.
                    Self::NoStoredPassword { .. } => failure.fmt(f)?,
                    _ => write!(f, "connection {name}: {failure}")?,
                }
                if *failed > 1 {
                    write!(f, "; {failed} of {tested} connections failed")?;
                }
                Ok(())
            }
            Self::Exists { object } | Self::NewNameExists { object } => write!(f, "{object} exists"),
            Self::Missing { object, .. } => write!(f, "there is no {object}"),
            Self::NotOnWarehouse { table } => write!(f, "the warehouse has no table or view {table}"),
            Self::InUse { usages, objects } => write_usages(f, usages, objects),
            Self::JobWouldChange { name } => {
                write!(
                    f,
                    "under this name the query of job {name} would no longer read as it does"
                )
            }
            Self::WouldBePruned { connection } => {
                write!(
                    f,
                    "the file does not describe connection {connection}, which --prune would drop"
                )
            }
            Self::DescribedTwice { object } => write!(f, "{object} is described twice"),
            Self::NotADefinition => {
                f.write_str("a file for plan and apply has CREATE statements, without WITH TEST, and nothing else")
            }
            Self::FileExists { path } => write!(f, "the file '{path}' exists"),
            Self::PasswordVariable { variable, problem } => {
                write!(f, "the environment variable {} {problem}", shown(variable))
            }
            Self::PasswordFile { path, problem } => write!(f, "the password file '{path}' {problem}"),
            Self::NoTerminal { .. } => f.write_str("there is no terminal to ask for a password"),
            Self::PasswordMissing => f.write_str("the option PASSWORD is missing"),
            Self::PasswordUnusable { problem } => write!(f, "the password {problem}"),
            Self::TransactionOpen => f.write_str("a transaction is already open"),
            Self::NoTransaction => f.write_str("no transaction is open"),
            Self::TransactionFailed => {
                f.write_str("the transaction has failed: statements are refused until it is rolled back")
            }
            Self::EndInTransaction => f.write_str("the script ended inside a transaction, which was rolled back"),
            Self::InSingleTransaction => f.write_str(IN_SINGLE_TRANSACTION),
            Self::Expected {
                expected,
                happened: Some(happened),
            } => {
                write!(
                    f,
                    "expected the failure {expected}, but the statement failed with {happened}"
                )
            }
            Self::Expected {
                expected,
                happened: None,
            } => {
                write!(f, "expected the failure {expected}, but the statement succeeded")
            }
            Self::NothingToExpect { expected } => {
                write!(f, "expected the failure {expected}, but no statement followed")
            }
            Self::ScriptUndone => {
                f.write_str("a statement of the script has failed, so the whole script was rolled back")
            }
            Self::NoAuthorities { named: Some(path) } => write!(f, "SSL_CERT_FILE names {path}, which is no file"),
            Self::NoAuthorities { named: None } => {
                f.write_str("this system has no file of certificates to verify the server with")
            }
            Self::ProgramNotFound { program } => write!(f, "there is no program '{program}'"),
            Self::ProgramUnusable { program, .. } => write!(f, "the program '{program}' cannot be run"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Fault { what } => write!(f, "a fault of redwire: {what}"),
            Self::Command { message, .. } => f.write_str(message),
            Self::File {
                attempt: FileUse::Read,
                path,
                ..
            } => write!(f, "cannot read {path}"),
            Self::File {
                attempt: FileUse::Write,
                path,
                ..
            } => write!(f, "cannot write {path}"),
        }
    }
}

/// The name of a variable as it stands in a sentence: in quotes where it is no plain word.
pub(super) fn shown(variable: &str) -> String {
    let is_plain = !variable.is_empty()
        && variable
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_plain {
        variable.to_owned()
    } else {
        format!("'{variable}'")
    }
}

/// The documented message: tables joined by `, `, a space, jobs joined by `, `; the rest as a number.
fn write_usages(f: &mut fmt::Formatter<'_>, usages: &[Usage], objects: &[Object]) -> fmt::Result {
    let kind = objects.first().map_or("object", Object::kind);
    write!(f, "Cannot delete {kind} due to usages:")?;
    let shown = &usages[..usages.len().min(MAX_NAMES_IN_MESSAGE)];
    for kind in [UsageKind::Table, UsageKind::Job] {
        let names: Vec<&str> = shown
            .iter()
            .filter(|u| u.kind == kind)
            .map(|u| u.name.as_str())
            .collect();
        if !names.is_empty() {
            write!(f, " {}", names.join(", "))?;
        }
    }
    if usages.len() > MAX_NAMES_IN_MESSAGE {
        write!(f, " and {} more", usages.len() - MAX_NAMES_IN_MESSAGE)?;
    }
    Ok(())
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
                return State::new(error.sqlstate()).unwrap_or_else(|| SqlState::InternalError.into());
            }
            Self::Slot(error) => error.sqlstate(),
            Self::NoStoredPassword { .. } => SqlState::InvalidPassword,
            Self::ConnectionTest { failure, .. } => return failure.sqlstate(),
            Self::Exists { object } | Self::NewNameExists { object } | Self::DescribedTwice { object } => {
                match object {
                    Object::Connection(_) | Object::Job(_) => SqlState::DuplicateObject,
                    Object::Table(_) => SqlState::DuplicateTable,
                }
            }
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
            Self::NoAuthorities { .. } | Self::ProgramNotFound { .. } | Self::ProgramUnusable { .. } => {
                SqlState::IoError
            }
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
            Self::ConnectionTest { failure, .. } => failure.cause(),
            Self::NoTerminal { cause } | Self::File { cause, .. } | Self::ProgramUnusable { cause, .. } => {
                Some(cause.clone())
            }
            Self::Sql(_)
            | Self::Url(_)
            | Self::NoStoredPassword { .. }
            | Self::Exists { .. }
            | Self::NewNameExists { .. }
            | Self::Missing { .. }
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

    /// The exit status of a program that ends with this failure.
    pub fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Catalog(error) if error.is_unusable() => ExitStatus::Unusable,
            Self::File { .. } => ExitStatus::Unusable,
            Self::NoAuthorities { .. } => ExitStatus::NotStarted,
            Self::ProgramNotFound { .. } => ExitStatus::ProgramNotFound,
            Self::ProgramUnusable { .. } => ExitStatus::ProgramUnusable,
            Self::Warehouse(_) | Self::Slot(_) => self.exit_status_of_session(),
            Self::ConnectionTest { failure, .. } => failure.exit_status(),
            Self::Cancelled | Self::Catalog(CatalogError::Interrupted) | Self::Secret(SecretError::Interrupted) => {
                ExitStatus::Interrupted
            }
            Self::Sql(_)
            | Self::Url(_)
            | Self::Catalog(_)
            | Self::Secret(_)
            | Self::NoStoredPassword { .. }
            | Self::Exists { .. }
            | Self::NewNameExists { .. }
            | Self::Missing { .. }
            | Self::NotOnWarehouse { .. }
            | Self::InUse { .. }
            | Self::JobWouldChange { .. }
            | Self::WouldBePruned { .. }
            | Self::DescribedTwice { .. }
            | Self::NotADefinition
            | Self::FileExists { .. }
            | Self::PasswordVariable { .. }
            | Self::PasswordFile { .. }
            | Self::NoTerminal { .. }
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
            | Self::Fault { .. }
            | Self::Command { .. } => ExitStatus::Failed,
        }
    }

    /// Class 08 and 53300 are worth another try, and so is whatever else keeps a session from being opened, but for a
    /// user or a password that the server does not take. What a session that goes on refuses is the statement's fault.
    fn exit_status_of_session(&self) -> ExitStatus {
        match self {
            Self::Warehouse(WarehouseError::Cancelled { .. }) => return ExitStatus::Interrupted,
            Self::Warehouse(WarehouseError::Server {
                stage: Stage::Query,
                message,
            }) => {
                return if message.ends_session() {
                    ExitStatus::NoConnection
                } else {
                    ExitStatus::Failed
                };
            }
            Self::Warehouse(error) if error.stage() != Stage::Query => {
                let is_user = error.sqlstate().starts_with(CLASS_OF_USERS);
                return if is_user {
                    ExitStatus::Failed
                } else {
                    ExitStatus::NoConnection
                };
            }
            _ => {}
        }
        let state = self.sqlstate();
        if state.class() == "08" || state == SqlState::TooManyConnections {
            ExitStatus::NoConnection
        } else if state == SqlState::QueryCanceled {
            ExitStatus::Interrupted
        } else {
            ExitStatus::Failed
        }
    }

    /// More about the failure, as the server put it.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Warehouse(WarehouseError::Server { message, .. }) => message.detail.as_deref(),
            _ => None,
        }
    }

    /// Where in functions and the like of the server it happened.
    pub fn context(&self) -> Option<&str> {
        match self {
            Self::Warehouse(WarehouseError::Server { message, .. }) => message.context.as_deref(),
            _ => None,
        }
    }
}
