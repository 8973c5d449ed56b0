//! The one error that leaves a statement, a script or the command line: what failed, where, its
//! SQLSTATE, its hint and the exit status that follows.
//!
//! Each layer below has its own error type; this one gathers them. Decisions are made on variants,
//! never on text.

use std::fmt;
use std::ops::Range;

mod failure;
mod hint;
mod import_fault;
mod message;
mod status;

pub use failure::{Failure, FileUse};
pub use import_fault::ImportFault;

use crate::catalog::Usage;
use crate::sqlstate::State;

/// The exit statuses of the program; an interface that scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// All done.
    Done = 0,
    /// A statement failed.
    Failed = 1,
    /// The command line, a file or the catalog is unusable.
    Unusable = 2,
    /// `plan --exit-code` found a difference.
    Different = 4,
    /// A connection could not be made or was lost, or no slot came free.
    NoConnection = 3,
    /// `exec` could not start its program.
    NotStarted = 125,
    /// `exec` found its program, and it cannot be run.
    ProgramUnusable = 126,
    /// `exec` did not find its program.
    ProgramNotFound = 127,
    /// Interrupted by the user.
    Interrupted = 130,
}

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

/// A failure, where it happened, and what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    failure: Box<Failure>,
    span: Option<Range<usize>>,
    place: Option<Box<Place>>,
}

impl Error {
    /// A failure that is not tied to a part of the statement.
    pub fn new(failure: Failure) -> Self {
        Self {
            failure: Box::new(failure),
            span: None,
            place: None,
        }
    }

    /// A failure at the given bytes of the statement's text, if it has a place there.
    pub fn at(failure: Failure, span: impl Into<Option<Range<usize>>>) -> Self {
        Self { span: span.into(), ..Self::new(failure) }
    }

    /// The same failure, at the given bytes unless it has a place of its own.
    #[must_use]
    pub fn or_at(mut self, span: impl Into<Option<Range<usize>>>) -> Self {
        self.span = self.span.or(span.into());
        self
    }

    /// The same failure, at a place of the user's input.
    #[must_use]
    pub fn with_place(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// What failed.
    pub fn failure(&self) -> &Failure {
        &self.failure
    }

    /// The bytes of the statement's text that it is about.
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }

    /// Where in the user's input it happened.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_deref()
    }

    /// What depends on the thing that was to be dropped.
    pub fn usages(&self) -> &[Usage] {
        match &*self.failure {
            Failure::InUse { usages, .. } => usages,
            _ => &[],
        }
    }

    /// One sentence that says what failed.
    pub fn message(&self) -> String {
        self.failure.to_string()
    }

    /// The SQLSTATE of the failure.
    pub fn sqlstate(&self) -> State {
        self.failure.sqlstate()
    }

    /// What lies behind the failure, as the outside world put it; not yet made printable.
    pub fn cause(&self) -> Option<String> {
        self.failure.cause()
    }

    /// More about the failure, as the server put it; not yet made printable.
    pub fn detail(&self) -> Option<&str> {
        self.failure.detail()
    }

    /// Where in functions and the like of the server it happened; not yet made printable.
    pub fn context(&self) -> Option<&str> {
        self.failure.context()
    }

    /// What to type next.
    pub fn hint(&self) -> Option<String> {
        self.failure.hint()
    }

    /// The exit status of a program that ends with this error.
    pub fn exit_status(&self) -> ExitStatus {
        self.failure.exit_status()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure.fmt(f)
    }
}

impl std::error::Error for Error {}
