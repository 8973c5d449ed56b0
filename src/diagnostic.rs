//! The facts that every error of redwire can state: its message, its SQLSTATE, a hint, the cause
//! behind it and the exit status that follows.

use crate::sign::STARS;
use crate::sqlstate::{AnySqlState, SqlState};

/// The exit statuses of the program; an interface that scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// All done.
    Done = 0,
    /// A statement failed.
    Failed = 1,
    /// The command line, a file or the catalog is unusable.
    Unusable = 2,
    /// A connection could not be made or was lost, no slot came free, or a job runs elsewhere.
    NoConnection = 3,
    /// `plan --exit-code` found a difference.
    Different = 4,
    /// `exec` could not start its program.
    NotStarted = 125,
    /// `exec` found its program, and it cannot be run.
    ProgramUnusable = 126,
    /// `exec` did not find its program.
    ProgramNotFound = 127,
    /// Interrupted by the user.
    Interrupted = 130,
}

/// The facts about one error. Text of a server or of the operating system is not yet printable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The SQLSTATE.
    pub sqlstate: AnySqlState,
    /// One sentence that says what failed.
    pub message: String,
    /// A suggested fix.
    pub hint: Option<String>,
    /// The words of the operating system, a library or a server behind the failure.
    pub cause: Option<String>,
    /// The exit status of a program that ends with this error.
    pub exit_status: ExitStatus,
}

impl Diagnosis {
    /// A failed statement, without a hint and a cause.
    pub fn new(sqlstate: impl Into<AnySqlState>, message: impl Into<String>) -> Self {
        Self {
            sqlstate: sqlstate.into(),
            message: message.into(),
            hint: None,
            cause: None,
            exit_status: ExitStatus::Failed,
        }
    }

    /// The user cancelled.
    pub fn cancelled() -> Self {
        Self::new(SqlState::QueryCanceled, "canceling statement due to user request")
            .exits_with(ExitStatus::Interrupted)
    }

    /// The same facts with a hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same facts with `did you mean …?` if there is a similar name that may be shown, or else
    /// with the other hint.
    #[must_use]
    pub fn did_you_mean(self, nearest: Option<&str>, otherwise: impl Into<String>) -> Self {
        match nearest {
            Some(nearest) if nearest != STARS => self.hint(format!("did you mean {nearest}?")),
            Some(_) | None => self.hint(otherwise),
        }
    }

    /// The same facts with a cause, without the number that Rust appends to the words of the
    /// operating system.
    #[must_use]
    pub fn cause(self, cause: impl Into<String>) -> Self {
        let mut cause = cause.into();
        if cause.ends_with(')')
            && let Some(end) = cause.rfind(" (os error ")
        {
            cause.truncate(end);
        }
        Self { cause: Some(cause), ..self }
    }

    /// The same facts with another exit status.
    #[must_use]
    pub fn exits_with(self, exit_status: ExitStatus) -> Self {
        Self { exit_status, ..self }
    }
}

impl SqlState {
    /// A failed statement with this state.
    pub fn error(self, message: impl Into<String>) -> Diagnosis {
        Diagnosis::new(self, message)
    }
}

/// An error that states its facts: one arm for each variant, in one place.
pub trait Diagnostic {
    /// The facts.
    fn diagnosis(&self) -> Diagnosis;

    /// One sentence that says what failed.
    fn message(&self) -> String {
        self.diagnosis().message
    }

    /// The SQLSTATE.
    fn sqlstate(&self) -> AnySqlState {
        self.diagnosis().sqlstate
    }

    /// A suggested fix.
    fn hint(&self) -> Option<String> {
        self.diagnosis().hint
    }

    /// The words of the operating system, a library or a server behind the failure.
    fn cause(&self) -> Option<String> {
        self.diagnosis().cause
    }

    /// The exit status of a program that ends with this error.
    fn exit_status(&self) -> ExitStatus {
        self.diagnosis().exit_status
    }
}

/// Displays errors as their messages.
macro_rules! display_message {
    ($($error:ty),*) => {$(
        impl std::fmt::Display for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&crate::diagnostic::Diagnostic::message(self))
            }
        }

        impl std::error::Error for $error {}
    )*};
}
pub(crate) use display_message;
