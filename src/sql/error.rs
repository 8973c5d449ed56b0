//! Why a text is not a statement.

use std::ops::Range;

use super::data_type::fault::TypeFault;
use super::job::error::JobError;
use super::table::fault::TableFault;
use crate::definition::ConnectionKind;
use crate::name::NameError;
use crate::sqlstate::SqlState;

/// The most bytes that one statement may have: 16 MiB, as much as Redshift takes (AWS
/// documentation, "Quotas").
pub const MAX_STATEMENT_BYTES: usize = 16 * 1024 * 1024;

/// How deep parentheses and comments may nest.
pub const MAX_NESTING: usize = 1_000;

/// What is wrong with the text; what it names is known vocabulary or checked, never a value that
/// may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SqlErrorKind {
    /// Something else stands where the grammar wants this.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What the grammar wants, in words.
        expected: String,
        /// What stands there, in words that hold no value.
        found: String,
        /// What to type.
        hint: Option<String>,
    },
    /// The first word begins no statement.
    #[error("unknown statement")]
    UnknownStatement {
        /// The statement that it may have been meant to be.
        nearest: Option<&'static str>,
    },
    /// `CREATE SNOWFLAKE CONNECTION`.
    #[error("unknown kind of connection")]
    UnknownConnectionKind,
    /// A string without its closing quote.
    #[error("the string that begins here has no end")]
    UnfinishedString,
    /// A quoted name without its closing quote.
    #[error("the quoted name that begins here has no end")]
    UnfinishedName,
    /// A block comment without its end.
    #[error("the comment that begins here has no end")]
    UnfinishedComment,
    /// The input ends in the middle of a statement.
    #[error("the input was cut short: the last statement has no end")]
    CutShort,
    /// A `)` without its `(`.
    #[error("there is no ( for this )")]
    StrayParenthesis,
    /// A backslash command, or anything like one, behind the beginning of a statement.
    #[error(
        "a backslash cannot stand in a statement outside of quotes; nothing of the statement was run"
    )]
    BackslashInStatement,
    /// A name that breaks a rule for names.
    #[error("{0}")]
    Name(NameError),
    /// A reserved word where a name belongs.
    #[error("{word} is a reserved word")]
    ReservedWord {
        /// The word, in lower case.
        word: String,
    },
    /// An option that the statement does not have.
    #[error("unknown option {name}")]
    UnknownOption {
        /// The word as written.
        name: String,
        /// The option that it may have been meant to be.
        nearest: Option<&'static str>,
        /// The options that there are.
        known: Vec<&'static str>,
    },
    /// The same option for a second time.
    #[error("the option {option} is given twice")]
    DuplicateOption {
        /// The option.
        option: &'static str,
    },
    /// A required option is not there.
    #[error("the option {option} is missing")]
    MissingOption {
        /// The option.
        option: &'static str,
        /// A value as it could be written.
        example: &'static str,
    },
    /// A value of another type.
    #[error("{option} takes {expected}, found {found}")]
    WrongType {
        /// The option.
        option: &'static str,
        /// The type that it takes, in words.
        expected: &'static str,
        /// What stands there, in words that hold no value.
        found: String,
        /// A value as it could be written.
        example: &'static str,
    },
    /// A number outside of its limits.
    #[error("{option} is out of range: it takes {minimum} to {maximum}")]
    OutOfRange {
        /// The option.
        option: &'static str,
        /// The smallest number.
        minimum: i64,
        /// The largest number.
        maximum: i64,
    },
    /// An empty text where something must stand.
    #[error("{option} cannot be empty")]
    EmptyValue {
        /// The option.
        option: &'static str,
    },
    /// A text after TIMESTAMP that is none.
    #[error("{option} takes a moment that exists, written as '2026-01-31 10:00:00'")]
    NotATimestamp {
        /// The option.
        option: &'static str,
    },
    /// ALTER of an option that stays as CREATE set it.
    #[error("{option} cannot be changed")]
    Immutable {
        /// The option.
        option: &'static str,
    },
    /// RESET of an option that has no default.
    #[error("{option} is required and has no default to go back to")]
    ResetOfRequired {
        /// The option.
        option: &'static str,
    },
    /// The same option or the name changed twice in one ALTER.
    #[error("{what} is changed twice")]
    ChangedTwice {
        /// The option, or `the name`.
        what: &'static str,
    },
    /// OR REPLACE and IF NOT EXISTS in one statement.
    #[error("OR REPLACE and IF NOT EXISTS cannot stand together")]
    ReplaceAndIfNotExists,
    /// A type or an encoding that is not there, or is out of its limits.
    #[error("{0}")]
    Type(TypeFault),
    /// The definition of a table that contradicts itself, or holds what is not kept.
    #[error("{0}")]
    Table(TableFault),
    /// A text that is not UTF-8.
    #[error("the byte {byte} of the input (0x{value:02X}) is not UTF-8")]
    NotUtf8 {
        /// Which byte of the input it is, from 1.
        byte: u64,
        /// The byte.
        value: u8,
    },
    /// The body of a job.
    #[error("{0}")]
    Job(JobError),
    /// The character NUL.
    #[error("the input holds a NUL character")]
    Nul,
    /// A statement over the limit.
    #[error("the statement is longer than {} MiB", MAX_STATEMENT_BYTES / 1024 / 1024)]
    TooLong,
    /// Nesting over the limit.
    #[error("parentheses or comments are nested deeper than {MAX_NESTING}")]
    TooDeep,
}

/// A syntax error at a place of the statement's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct SqlError {
    /// What is wrong.
    pub kind: Box<SqlErrorKind>,
    /// The bytes of the text that it is about; empty at its end.
    pub span: Range<usize>,
}

impl SqlError {
    /// An error at the given bytes of the text.
    pub fn new(kind: SqlErrorKind, span: Range<usize>) -> Self {
        Self { kind: Box::new(kind), span }
    }

    /// The SQLSTATE of the failure.
    pub fn sqlstate(&self) -> SqlState {
        self.kind.sqlstate()
    }

    /// What to type.
    pub fn hint(&self) -> String {
        self.kind.hint()
    }
}

impl SqlErrorKind {
    fn sqlstate(&self) -> SqlState {
        match self {
            Self::Type(fault) => fault.sqlstate(),
            Self::Table(fault) => fault.sqlstate(),
            Self::OutOfRange { .. }
            | Self::EmptyValue { .. }
            | Self::WrongType { .. }
            | Self::NotATimestamp { .. } => SqlState::InvalidParameterValue,
            Self::NotUtf8 { .. } | Self::Nul => SqlState::CharacterNotInRepertoire,
            Self::TooLong | Self::TooDeep => SqlState::ProgramLimitExceeded,
            Self::Name(NameError::TooLong { .. }) => SqlState::ProgramLimitExceeded,
            Self::Name(
                NameError::Empty | NameError::ControlCharacter { .. } | NameError::System,
            ) => SqlState::SyntaxError,
            Self::UnknownConnectionKind | Self::Immutable { .. } => SqlState::NotSupported,
            Self::Job(error) => error.sqlstate(),
            Self::Expected { .. }
            | Self::UnknownStatement { .. }
            | Self::UnfinishedString
            | Self::UnfinishedName
            | Self::UnfinishedComment
            | Self::CutShort
            | Self::StrayParenthesis
            | Self::BackslashInStatement
            | Self::ReservedWord { .. }
            | Self::UnknownOption { .. }
            | Self::DuplicateOption { .. }
            | Self::MissingOption { .. }
            | Self::ResetOfRequired { .. }
            | Self::ChangedTwice { .. }
            | Self::ReplaceAndIfNotExists => SqlState::SyntaxError,
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Expected { hint: Some(hint), .. } => hint.clone(),
            Self::Type(fault) => fault.hint(),
            Self::Table(fault) => fault.hint(),
            Self::Expected { hint: None, .. } => "\\h shows the syntax of each statement".to_owned(),
            Self::UnknownStatement { nearest: Some(nearest) } => format!("did you mean {nearest}?"),
            Self::UnknownStatement { nearest: None } => "\\h lists the statements".to_owned(),
            Self::UnknownConnectionKind => {
                let kinds: Vec<_> = ConnectionKind::all().map(ConnectionKind::keyword).collect();
                format!("the kinds are: {}", kinds.join(", "))
            }
            Self::UnfinishedString => {
                "close it with '; a quote inside it is written twice, and a backslash is an ordinary character"
                    .to_owned()
            }
            Self::UnfinishedName => "close it with \", and write a quote inside it twice".to_owned(),
            Self::UnfinishedComment => "close it with */; comments nest".to_owned(),
            Self::CutShort => "end it with ; or with a line break; nothing of it was run".to_owned(),
            Self::ReservedWord { word } => format!("write it in double quotes: \"{word}\""),
            Self::UnknownOption {
                nearest: Some(nearest), ..
            } => format!("did you mean {nearest}?"),
            Self::UnknownOption {
                nearest: None, known, ..
            } => format!("the options are: {}", known.join(", ")),
            Self::MissingOption { option, example } => format!("add {option} = {example}"),
            Self::WrongType { option, example, .. } => format!("write {option} = {example}"),
            Self::ReplaceAndIfNotExists => {
                "OR REPLACE changes a connection that exists, IF NOT EXISTS leaves it alone: choose one".to_owned()
            }
            Self::NotATimestamp { option } => format!("write {option} = TIMESTAMP '2026-01-31 10:00:00'; it is UTC"),
            Self::Immutable { .. } => "drop it and create it again with the other value".to_owned(),
            Self::ResetOfRequired { option } => format!("write SET {option} = … to change it"),
            Self::OutOfRange { option, maximum, .. } => {
                format!("write {option} = {maximum} for the most it takes")
            }
            Self::NotUtf8 { .. } => "save the script as UTF-8".to_owned(),
            Self::Nul => "save the script as UTF-8; a text full of NUL characters is often UTF-16".to_owned(),
            Self::BackslashInStatement => {
                "end the statement with ; or with \\g or \\gx alone, then write other commands on a line of their own"
                    .to_owned()
            }
            Self::StrayParenthesis => "take it out, or write the ( that it closes".to_owned(),
            Self::Name(NameError::Empty) => "write a name between the quotes".to_owned(),
            Self::Name(NameError::TooLong { .. }) => "letters outside of ASCII count as two to four bytes".to_owned(),
            Self::Name(NameError::ControlCharacter { .. }) => "take it out, or retype the name".to_owned(),
            Self::Name(NameError::System) => "choose another name".to_owned(),
            Self::DuplicateOption { .. } | Self::ChangedTwice { .. } => "leave one of the two out".to_owned(),
            Self::Job(error) => error.hint(),
            Self::EmptyValue { .. } => "write something between the quotes".to_owned(),
            Self::TooLong => "is the ; of an earlier statement missing, or a closing quote?".to_owned(),
            Self::TooDeep => "is a closing ) or */ missing?".to_owned(),
        }
    }
}
