//! The errors of all layers under one type.

use super::{
    FileError, ImportError, LoginError, ObjectError, PasswordError, PlanError, ProgramError,
    ProtectionError, ScriptError, TransactionError,
};
use crate::aws::AwsError;
use crate::catalog::CatalogError;
use crate::diagnostic::{Diagnosis, Diagnostic, display_message};
use crate::name::{ConnectionName, NameError};
use crate::runs::RunError;
use crate::secret::SecretError;
use crate::sql::SqlErrorKind;
use crate::sqlstate::SqlState as S;
use crate::url::UrlError;
use crate::warehouse::WarehouseError;
use crate::warehouse::slots::SlotError;

macro_rules! error_kinds {
    ($($(#[$doc:meta])* $variant:ident($error:ty),)*) => {
        /// The kind of an error, by the layer that failed.
        #[derive(Clone, Debug, PartialEq)]
        pub enum ErrorKind {
            $($(#[$doc])* $variant($error),)*
        }

        impl Diagnostic for ErrorKind {
            fn diagnosis(&self) -> Diagnosis {
                match self { $(Self::$variant(error) => error.diagnosis(),)* }
            }
        }

        $(impl From<$error> for ErrorKind {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

error_kinds! {
    /// The text is not a statement.
    Sql(SqlErrorKind),
    /// A name on the command line breaks a rule for names.
    Name(NameError),
    /// The value of CONNECTION_STRING is not a valid URL.
    Url(UrlError),
    /// The catalog could not be opened, read or changed.
    Catalog(CatalogError),
    /// A secret could not be stored, read or deleted.
    Secret(SecretError),
    /// A session could not be opened or was lost, or the server refused a statement.
    Warehouse(WarehouseError),
    /// AWS refuses, or cannot be reached.
    Aws(AwsError),
    /// Options of a login do not go together.
    Login(LoginError),
    /// No slot became free, or slots cannot be used.
    Slot(SlotError),
    /// A connection, table or job does not exist, exists already or is still in use.
    Object(ObjectError),
    /// A file of definitions cannot be planned or applied.
    Plan(PlanError),
    /// A job cannot run, or its run failed.
    Run(RunError),
    /// The tables of a warehouse cannot be described.
    Import(ImportError),
    /// A password is missing or cannot be read.
    Password(PasswordError),
    /// The protection of a connection holds a statement back.
    Protection(ProtectionError),
    /// A statement does not fit the state of the transaction.
    Transaction(TransactionError),
    /// A script failed as a whole.
    Script(ScriptError),
    /// `exec` could not start its program.
    Program(ProgramError),
    /// A file or stream cannot be used.
    File(FileError),
    /// A connection cannot be opened.
    Opening(OpeningError),
    /// A backslash command cannot be run.
    Command(CommandError),
    /// The statement was cancelled.
    Cancelled(Cancelled),
    /// A state that cannot occur: a bug in redwire.
    Internal(InternalError),
}

display_message!(ErrorKind);

/// A connection cannot be opened; after TEST, the first of those that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct OpeningError {
    /// The connection.
    pub name: ConnectionName,
    /// The error.
    pub kind: Box<ErrorKind>,
    /// A suggested fix for this connection, or the error's own hint.
    pub hint: Option<String>,
    /// The number of connections that failed, and of all that were tested.
    pub failed: (usize, usize),
}

impl Diagnostic for OpeningError {
    fn diagnosis(&self) -> Diagnosis {
        let inner = self.kind.diagnosis();
        let mut message = match &*self.kind {
            // It names the connection itself.
            ErrorKind::Password(PasswordError::NotStored { .. }) => inner.message,
            ErrorKind::Sql(_)
            | ErrorKind::Name(_)
            | ErrorKind::Url(_)
            | ErrorKind::Catalog(_)
            | ErrorKind::Secret(_)
            | ErrorKind::Warehouse(_)
            | ErrorKind::Aws(_)
            | ErrorKind::Login(_)
            | ErrorKind::Slot(_)
            | ErrorKind::Object(_)
            | ErrorKind::Plan(_)
            | ErrorKind::Run(_)
            | ErrorKind::Import(_)
            | ErrorKind::Password(_)
            | ErrorKind::Protection(_)
            | ErrorKind::Transaction(_)
            | ErrorKind::Script(_)
            | ErrorKind::Program(_)
            | ErrorKind::File(_)
            | ErrorKind::Opening(_)
            | ErrorKind::Command(_)
            | ErrorKind::Cancelled(_)
            | ErrorKind::Internal(_) => {
                format!("connection {}: {}", self.name.quoted(), inner.message)
            }
        };
        let (failed, tested) = self.failed;
        if failed > 1 {
            message = format!("{message}; {failed} of {tested} connections failed");
        }
        Diagnosis {
            message,
            hint: self.hint.clone(),
            ..inner
        }
    }
}

/// A backslash command that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandError {
    pub message: String,
    /// A suggested fix.
    pub hint: Option<String>,
    /// The state.
    pub state: S,
}

impl CommandError {
    /// An error without a suggested fix.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            state: S::SyntaxError,
        }
    }

    /// The error with a suggested fix.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The error with another state than that of a syntax error.
    #[must_use]
    pub fn with_state(self, state: S) -> Self {
        Self { state, ..self }
    }
}

impl Diagnostic for CommandError {
    fn diagnosis(&self) -> Diagnosis {
        Diagnosis {
            hint: self.hint.clone(),
            ..self.state.error(&self.message)
        }
    }
}

/// The user cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

impl Diagnostic for Cancelled {
    fn diagnosis(&self) -> Diagnosis {
        Diagnosis::cancelled()
    }
}

/// A bug in redwire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InternalError(pub &'static str);

impl Diagnostic for InternalError {
    fn diagnosis(&self) -> Diagnosis {
        S::InternalError.error(format!("internal error: {}", self.0))
    }
}
