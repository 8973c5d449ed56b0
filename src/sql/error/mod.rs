//! Errors in the text of a statement.

mod alter_table;
mod data_type;
mod job;
mod merge;
mod table;
mod text;

use std::fmt;
use std::ops::Range;

pub use alter_table::AlterTableError;
pub use data_type::TypeError;
pub use job::{JobError, QueryError};
pub use merge::MergeError;
pub use table::{ForeignKeyError, IdentityError, Key, TableError};
pub use text::{MAX_NESTING, MAX_STATEMENT_BYTES, StringKind, TextError};

use crate::definition::{ConnectionKind, Moment};
use crate::diagnostic::{Diagnosis, Diagnostic, display_message};
use crate::name::{Identifier, NameError};
use crate::sqlstate::SqlState as S;

/// The token at the place of an error, in words without a value of the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextToken {
    /// The input has ended.
    End,
    /// A token: a keyword or a symbol in double quotes, or its kind.
    Token(String),
    /// Any other word as it was typed, cut to [`MAX_WORD`] characters.
    Word(String),
}

/// The most characters of a word in a message: as many as a name of PostgreSQL has.
const MAX_WORD: usize = 63;

impl NextToken {
    /// A word of the user's.
    pub(super) fn word(text: &str) -> Self {
        Self::Word(text.chars().take(MAX_WORD).collect())
    }

    /// The token without the word of the user's, which may be a secret.
    pub(super) fn without_word(self) -> Self {
        match self {
            Self::Word(_) => Self::Token("a word".to_owned()),
            Self::End | Self::Token(_) => self,
        }
    }
}

impl fmt::Display for NextToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => f.write_str("end of input"),
            Self::Token(words) => f.write_str(words),
            Self::Word(word) => f.write_str(&Identifier(word).quoted()),
        }
    }
}

/// The kind of a syntax error. It contains only keywords and checked names, never a value that may
/// be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SqlErrorKind {
    /// The grammar requires something else at this place.
    Expected {
        /// The thing that the grammar requires, in words.
        expected: String,
        /// The token at the place, in words without its value.
        found: NextToken,
        /// A suggested fix.
        hint: Option<String>,
    },
    /// No statement begins with the first word.
    UnknownStatement {
        /// The word.
        found: NextToken,
        /// A suggested fix.
        hint: Option<String>,
    },
    /// `CREATE SNOWFLAKE CONNECTION`.
    UnknownConnectionKind,
    /// An error before the text can be parsed.
    Text(TextError),
    /// An invalid name.
    Name(NameError),
    /// A reserved word, in lower case, where a name belongs.
    ReservedWord(String),
    /// An error in an option.
    Option(OptionError),
    /// OR REPLACE and IF NOT EXISTS in one statement.
    ReplaceAndIfNotExists,
    /// An unknown type or encoding, or one whose parameters are out of range.
    Type(TypeError),
    /// An error in the definition of a table.
    Table(TableError),
    /// An error in the change of a table's definition.
    AlterTable(AlterTableError),
    /// An error in the body of a job.
    Job(JobError),
    /// An error in the query of a job.
    Query(QueryError),
    /// An error in a MERGE.
    Merge(MergeError),
}

macro_rules! kinds {
    ($($kind:ident($error:ty),)*) => {$(
        impl From<$error> for SqlErrorKind {
            fn from(error: $error) -> Self {
                Self::$kind(error)
            }
        }
    )*};
}

kinds! {
    Text(TextError),
    Name(NameError),
    Option(OptionError),
    Type(TypeError),
    Table(TableError),
    AlterTable(AlterTableError),
    Job(JobError),
    Query(QueryError),
    Merge(MergeError),
}

/// An error in an option. `option` is its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionError {
    /// An option that the statement does not have.
    Unknown {
        /// The word as written.
        name: String,
        /// A similar option.
        nearest: Option<&'static str>,
        /// The options of the statement.
        known: Vec<&'static str>,
    },
    /// An option, a clause or RENAME TO, given twice.
    Duplicate(&'static str),
    /// A required option is missing.
    Missing {
        /// The option.
        option: &'static str,
        /// An example of a value.
        example: &'static str,
    },
    /// A value of another type.
    WrongType {
        /// The option.
        option: &'static str,
        /// The type of the option, in words.
        expected: &'static str,
        /// The token at the place, in words without its value.
        found: String,
        /// An example of a value.
        example: String,
    },
    /// A number outside its limits.
    OutOfRange {
        /// The option.
        option: &'static str,
        /// The smallest number.
        minimum: i64,
        /// The largest number.
        maximum: i64,
        /// A suggested fix.
        fix: String,
    },
    /// An empty string for an option that requires a text.
    EmptyValue(&'static str),
    /// An invalid timestamp after TIMESTAMP.
    NotATimestamp(String),
    /// A RUN_INTERVAL that neither divides a day nor is a number of days.
    UnevenInterval {
        /// The interval.
        interval: String,
        /// The nearest intervals that are even.
        nearest: Vec<String>,
    },
    /// A START_FROM that is no boundary of RUN_INTERVAL.
    OffGrid {
        /// The interval.
        interval: String,
        /// The boundaries before and after it.
        nearest: [Moment; 2],
    },
    /// A text with too many bytes.
    TooLong {
        /// The option.
        option: &'static str,
        /// The most bytes.
        maximum: usize,
    },
    /// ALTER of an option that cannot be changed.
    Immutable(&'static str),
    /// ALTER of START_FROM.
    ImmutableStart,
    /// RESET of an option without a default.
    ResetOfRequired(&'static str),
}

/// A syntax error at a place of the statement's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlError {
    /// The kind.
    pub kind: Box<SqlErrorKind>,
    /// The place, in bytes of the text; empty at its end.
    pub span: Range<usize>,
    /// Further errors of the statement that do not follow from this one.
    pub others: Vec<Self>,
}

impl SqlError {
    /// An error at this place.
    pub fn new(kind: impl Into<SqlErrorKind>, span: Range<usize>) -> Self {
        Self {
            kind: Box::new(kind.into()),
            span,
            others: Vec::new(),
        }
    }

    /// The error with a hint for the token at its place, unless it has one.
    pub(super) fn with_suggestion(mut self, suggest: impl FnOnce(usize) -> Option<String>) -> Self {
        if let SqlErrorKind::Expected { hint: hint @ None, .. }
        | SqlErrorKind::UnknownStatement { hint: hint @ None, .. } = &mut *self.kind
        {
            *hint = suggest(self.span.start);
        }
        self
    }

    /// The error without the word that was found: the text may have a secret.
    pub(super) fn without_word(mut self) -> Self {
        if let SqlErrorKind::Expected { found, .. } | SqlErrorKind::UnknownStatement { found, .. } =
            &mut *self.kind
        {
            *found = found.clone().without_word();
        }
        self.others = self.others.into_iter().map(Self::without_word).collect();
        self
    }
}

display_message!(SqlError, SqlErrorKind, TextError);

impl Diagnostic for SqlError {
    fn diagnosis(&self) -> Diagnosis {
        self.kind.diagnosis()
    }
}

impl Diagnostic for SqlErrorKind {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Expected { expected, found, hint } => {
                let hint = hint.as_deref().unwrap_or("\\h shows the syntax of each statement");
                syntax(
                    match found {
                        NextToken::End => format!("syntax error at {found}: expected {expected}"),
                        NextToken::Token(_) | NextToken::Word(_) => {
                            format!("syntax error at or near {found}: expected {expected}")
                        }
                    },
                    hint,
                )
            }
            Self::UnknownStatement { found, hint } => syntax(
                format!("syntax error at or near {found}"),
                hint.as_deref().unwrap_or("\\h lists the statements"),
            ),
            Self::UnknownConnectionKind => {
                let known: Vec<_> = ConnectionKind::all().map(ConnectionKind::keyword).collect();
                S::NotSupported
                    .error("unknown kind of connection")
                    .hint(format!("the kinds are: {}", known.join(", ")))
            }
            Self::Text(error) => error.diagnosis(),
            Self::Name(error) => error.diagnosis(),
            Self::ReservedWord(word) => syntax(
                format!("{word} is a reserved word"),
                format!("write it in double quotes: \"{word}\""),
            ),
            Self::Option(error) => error.diagnosis(),
            Self::ReplaceAndIfNotExists => syntax(
                "conflicting OR REPLACE and IF NOT EXISTS",
                "OR REPLACE changes a connection that exists, IF NOT EXISTS leaves it alone: \
                 choose one",
            ),
            Self::Type(error) => error.diagnosis(),
            Self::Table(error) => error.diagnosis(),
            Self::AlterTable(error) => error.diagnosis(),
            Self::Job(error) => error.diagnosis(),
            Self::Query(error) => error.diagnosis(),
            Self::Merge(error) => error.diagnosis(),
        }
    }
}

impl Diagnostic for OptionError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Unknown { name, nearest, known } => S::SyntaxError
                .error(format!("option {} not recognized", Identifier(name).quoted()))
                .did_you_mean(*nearest, format!("the options are: {}", known.join(", "))),
            Self::Duplicate(option) => {
                syntax(format!("{option} specified more than once"), "leave one of the two out")
            }
            Self::Missing { option, example } => {
                syntax(format!("{option} must be specified"), format!("add {option} = {example}"))
            }
            Self::WrongType { option, expected, found, example } => invalid_value(
                format!("{option} requires {expected}, not {found}"),
                format!("write {option} = {example}"),
            ),
            Self::OutOfRange { option, minimum, maximum, fix } => invalid_value(
                format!("value is outside the valid range for {option} ({minimum} .. {maximum})"),
                fix,
            ),
            Self::EmptyValue(option) => invalid_value(
                format!("{option} cannot be empty"),
                "write something between the quotes",
            ),
            Self::NotATimestamp(text) => invalid_value(
                format!("invalid input syntax for type timestamp: \"{text}\""),
                "write TIMESTAMP '2026-01-31 10:00:00'; it is UTC",
            ),
            Self::UnevenInterval { interval, nearest } => {
                let nearest: Vec<String> =
                    nearest.iter().map(|nearest| format!("RUN_INTERVAL = {nearest}")).collect();
                invalid_value(
                    format!("RUN_INTERVAL = {interval} neither divides a day nor is whole days"),
                    format!("write {}", nearest.join(" or ")),
                )
            }
            Self::OffGrid { interval, nearest: [before, after] } => invalid_value(
                format!("START_FROM is no boundary of RUN_INTERVAL = {interval}"),
                format!("write TIMESTAMP '{before}' or TIMESTAMP '{after}'"),
            ),
            Self::TooLong { option, maximum } => invalid_value(
                format!("value too long for {option} ({maximum} bytes)"),
                "write a shorter one",
            ),
            Self::Immutable(option) => S::NotSupported
                .error(format!("{option} cannot be changed"))
                .hint("drop it and create it again with the other value"),
            // With its old key a new job goes on from where the ledger has the old one.
            Self::ImmutableStart => S::NotSupported.error("START_FROM cannot be changed").hint(
                "REWIND JOB loads again from a later moment on; for an earlier one drop the job \
                 and create it again, with another RUN_KEY too",
            ),
            Self::ResetOfRequired(option) => syntax(
                format!("{option} is required and has no default"),
                format!("write SET {option} = … to change it"),
            ),
        }
    }
}

fn syntax(message: impl Into<String>, hint: impl Into<String>) -> Diagnosis {
    S::SyntaxError.error(message).hint(hint)
}

fn invalid_value(message: impl Into<String>, hint: impl Into<String>) -> Diagnosis {
    S::InvalidParameterValue.error(message).hint(hint)
}
