//! The one error that leaves a statement, a script or the command line: its kind, and its place in
//! the user's input.
//!
//! Each layer below has its own error type; this one gathers them. Decisions are made on variants,
//! never on text.

use std::ops::Range;

mod import;
mod kind;
mod object;
mod password;
mod program;
mod script;

pub use import::ImportError;
pub use kind::{Cancelled, CommandError, ErrorKind, InternalError, OpeningError};
pub use object::{ObjectError, PlanError};
pub use password::PasswordError;
pub use program::{FileError, ProgramError};
pub use script::{ScriptError, TransactionError};

use crate::catalog::Usage;
use crate::diagnostic::{Diagnosis, Diagnostic, display_message};
use crate::sql::SqlError;
use crate::warehouse::{ServerMessage, WarehouseError};

/// Where in the user's input something stands. Lines and columns count from 1, columns in
/// characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name as it was given, `stdin`, `-c`, or None at the prompt.
    pub source: Option<String>,
    /// The line in that source.
    pub line: usize,
    /// The column in that line, in characters.
    pub column: usize,
    /// Which statement of the whole script it is, from 1; None at the prompt.
    pub statement: Option<usize>,
    /// The line itself, with every secret masked.
    pub excerpt: Option<Excerpt>,
}

/// The line that an error points at, with every secret masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line, masked, without its line break.
    pub line: String,
    /// The bytes of `line` to underline; empty at the end of the input.
    pub marked: Range<usize>,
}

/// An error and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    kind: Box<ErrorKind>,
    span: Option<Range<usize>>,
    place: Option<Box<Place>>,
}

impl From<SqlError> for Error {
    fn from(error: SqlError) -> Self {
        Self::at(*error.kind, error.span)
    }
}

impl Error {
    /// An error that is not tied to a part of the statement.
    pub fn new(kind: impl Into<ErrorKind>) -> Self {
        Self {
            kind: Box::new(kind.into()),
            span: None,
            place: None,
        }
    }

    /// An error at the given bytes of the statement's text, if it has a place there.
    pub fn at(kind: impl Into<ErrorKind>, span: impl Into<Option<Range<usize>>>) -> Self {
        Self { span: span.into(), ..Self::new(kind) }
    }

    /// The same error, at the given bytes unless it has a place of its own.
    #[must_use]
    pub fn or_at(mut self, span: impl Into<Option<Range<usize>>>) -> Self {
        self.span = self.span.or(span.into());
        self
    }

    /// The same error, at a place of the user's input.
    #[must_use]
    pub fn with_place(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// The kind.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The bytes of the statement's text that it is about.
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }

    /// The place in the user's input.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_deref()
    }

    /// The dependents of the object that was to be dropped.
    pub fn usages(&self) -> &[Usage] {
        if let ErrorKind::Object(ObjectError::InUse { usages, .. }) = &*self.kind {
            usages
        } else {
            &[]
        }
    }

    /// DETAIL of the server; not yet printable.
    pub fn detail(&self) -> Option<&str> {
        self.server_message()?.detail.as_deref()
    }

    /// CONTEXT of the server, the functions that it was in; not yet printable.
    pub fn context(&self) -> Option<&str> {
        self.server_message()?.context.as_deref()
    }

    fn server_message(&self) -> Option<&ServerMessage> {
        let mut kind = &*self.kind;
        while let ErrorKind::Opening(error) = kind {
            kind = &error.kind;
        }
        let ErrorKind::Warehouse(WarehouseError::Server { message, .. }) = kind else {
            return None;
        };
        Some(message)
    }
}

impl<E: Into<ErrorKind>> From<E> for Error {
    fn from(kind: E) -> Self {
        Self::new(kind)
    }
}

impl Diagnostic for Error {
    fn diagnosis(&self) -> Diagnosis {
        self.kind.diagnosis()
    }
}

display_message!(Error);
