//! The one error that leaves a statement, a script or the command line: its kind, and its place in
//! the user's input.
//!
//! Each layer below has its own error type; this one gathers them. Decisions are made on variants,
//! never on text.

use std::ops::Range;

mod import;
mod kind;
mod login;
mod object;
mod password;
mod program;
mod protection;
mod script;

pub use import::ImportError;
pub use kind::{Cancelled, CommandError, ErrorKind, InternalError, OpeningError};
pub use login::LoginError;
pub use object::{ObjectError, PlanError};
pub use password::PasswordError;
pub use program::{FileError, ProgramError};
pub use protection::ProtectionError;
pub use script::{ScriptError, TransactionError};

use crate::catalog::Usage;
use crate::definition::Moment;
use crate::diagnostic::{Diagnosis, Diagnostic, display_message};
use crate::name::JobName;
use crate::runs::{RunError, Window};
use crate::sql::SqlError;
use crate::sql::mask::mask_around;
use crate::warehouse::{ServerMessage, WarehouseError};

/// A place in the user's input. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the source: the path as given, `stdin`, `-c`, or None at the prompt.
    pub source: Option<String>,
    /// The line in that source.
    pub line: usize,
    /// The column in that line, in characters.
    pub column: usize,
    /// The number of the statement in the whole script, from 1; None at the prompt.
    pub statement: Option<usize>,
    /// The line itself, with every secret masked.
    pub excerpt: Option<Excerpt>,
}

/// The line and the column of a byte, both from 1, the column in characters.
pub fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |index| index + 1);
    let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
    (line, 1 + before[line_start..].chars().count())
}

/// The line at which an error is, with every secret masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line, masked, without its line break.
    pub line: String,
    /// The bytes of `line` to underline; empty at the end of the input.
    pub marked: Range<usize>,
}

/// The run of a job that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedRun {
    /// The job.
    pub job: JobName,
    /// The window; None if none had begun.
    pub window: Option<Window>,
}

impl FailedRun {
    /// Start and end of the window.
    pub fn bounds(&self) -> Option<[Moment; 2]> {
        self.window.map(Window::bounds)
    }
}

/// An error and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    kind: Box<ErrorKind>,
    span: Option<Range<usize>>,
    place: Option<Box<Place>>,
    run: Option<Box<FailedRun>>,
    others: Box<[Self]>,
}

impl Excerpt {
    /// The line of the masked text in which the range of the text begins.
    pub fn new(text: &str, follows_secret: bool, span: &Range<usize>) -> Self {
        let masked = mask_around(text, follows_secret, Some(span));
        let length = text.len();
        let clamp = |offset: usize| masked.text.floor_char_boundary(offset.min(masked.text.len()));
        let range = masked.range(span.start.min(length)..span.end.min(length));
        let (start, end) = (clamp(range.start), clamp(range.end));
        let line_start = masked.text[..start].rfind('\n').map_or(0, |index| index + 1);
        let line_end =
            masked.text[start..].find('\n').map_or(masked.text.len(), |index| start + index);
        Self {
            line: masked.text[line_start..line_end].trim_end_matches('\r').to_owned(),
            marked: start - line_start..end.clamp(start, line_end) - line_start,
        }
    }
}

impl From<SqlError> for Error {
    fn from(error: SqlError) -> Self {
        let others = error.others.into_iter().map(Self::from).collect();
        Self {
            others,
            ..Self::at(*error.kind, error.span)
        }
    }
}

impl Error {
    /// An error that is not about a part of the statement.
    pub fn new(kind: impl Into<ErrorKind>) -> Self {
        Self {
            kind: Box::new(kind.into()),
            span: None,
            place: None,
            run: None,
            others: Box::default(),
        }
    }

    /// An error at these bytes of the statement, if given.
    pub fn at(kind: impl Into<ErrorKind>, span: impl Into<Option<Range<usize>>>) -> Self {
        Self { span: span.into(), ..Self::new(kind) }
    }

    /// The first error, with the others behind it; Ok without any.
    pub fn all(errors: Vec<Self>) -> Result<(), Self> {
        let mut errors = errors.into_iter();
        match errors.next() {
            Some(first) => Err(Self { others: errors.collect(), ..first }),
            None => Ok(()),
        }
    }

    /// The same error, at these bytes unless it has a place already.
    #[must_use]
    pub fn or_at(mut self, span: impl Into<Option<Range<usize>>>) -> Self {
        self.span = self.span.or(span.into());
        self
    }

    /// The same error, with a place in the user's input.
    #[must_use]
    pub fn with_place(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// The same error, at this place unless it has one already.
    #[must_use]
    pub fn or_with_place(self, place: Place) -> Self {
        if self.place.is_some() {
            self
        } else {
            self.with_place(place)
        }
    }

    /// The same error, in this run unless it is in one already.
    #[must_use]
    pub fn or_in_run(mut self, job: &JobName, window: Option<Window>) -> Self {
        self.run.get_or_insert_with(|| Box::new(FailedRun { job: job.clone(), window }));
        self
    }

    /// The same error, with each of the others changed.
    #[must_use]
    pub fn map_others(mut self, change: impl Fn(Self) -> Self) -> Self {
        self.others = self.others.into_iter().map(change).collect();
        self
    }

    /// The same error, with its bytes and those of the others changed.
    #[must_use]
    pub fn map_span(mut self, change: &dyn Fn(Range<usize>) -> Range<usize>) -> Self {
        self.span = self.span.map(change);
        self.map_others(|other| other.map_span(change))
    }

    /// Further errors of the statement that do not follow from this one.
    pub fn others(&self) -> &[Self] {
        &self.others
    }

    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The bytes of the statement at which the error is.
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }

    /// The place in the user's input.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_deref()
    }

    /// The run of a job that failed.
    pub fn run(&self) -> Option<&FailedRun> {
        self.run.as_deref()
    }

    /// The dependents that prevent a drop.
    pub fn usages(&self) -> &[Usage] {
        if let ErrorKind::Object(
            ObjectError::InUse { usages, .. } | ObjectError::UsedInWarehouse { usages, .. },
        ) = &*self.kind
        {
            usages
        } else {
            &[]
        }
    }

    /// The server's DETAIL, not escaped.
    pub fn detail(&self) -> Option<&str> {
        self.server_message()?.detail.as_deref()
    }

    /// The server's QUERY: the statement inside a function that failed, not escaped.
    pub fn query(&self) -> Option<&str> {
        self.server_message()?.internal_query.as_deref()
    }

    /// The server's CONTEXT: the functions in which the error occurred, not escaped.
    pub fn context(&self) -> Option<&str> {
        self.server_message()?.context.as_deref()
    }

    fn server_message(&self) -> Option<&ServerMessage> {
        let mut kind = &*self.kind;
        while let ErrorKind::Opening(error) = kind {
            kind = &error.kind;
        }
        let (ErrorKind::Warehouse(error) | ErrorKind::Run(RunError::Warehouse { error, .. })) =
            kind
        else {
            return None;
        };
        let WarehouseError::Server { message, .. } = error else {
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
