//! Errors of a text that cannot be cut into tokens and statements.

use super::syntax;
use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::sqlstate::SqlState as S;

/// The maximum size of a statement: 16 MiB, as on Redshift (AWS documentation, "Quotas").
pub const MAX_STATEMENT_BYTES: usize = 16 * 1024 * 1024;

/// The maximum nesting of parentheses and comments.
pub const MAX_NESTING: usize = 1_000;

/// An error in a text that cannot be cut into tokens and statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// A string without its closing quote.
    UnfinishedString(StringKind),
    /// A quoted name without its closing quote.
    UnfinishedName,
    /// A block comment without its end.
    UnfinishedComment,
    /// A `(` without its `)` at the end of the input.
    UnfinishedParenthesis,
    /// A `)` without its `(`.
    StrayParenthesis,
    /// A backslash command, or anything like one, behind the beginning of a statement.
    BackslashInStatement,
    /// A text that is not UTF-8.
    NotUtf8 {
        /// The position of the byte in the input, from 1.
        byte: u64,
        /// The byte.
        value: u8,
    },
    /// A NUL character.
    Nul,
    /// A statement over the limit.
    TooLong,
    /// Nesting over the limit.
    TooDeep,
}

/// The rule by which a string ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StringKind {
    /// `'…'`, in which a backslash is an ordinary character.
    Plain,
    /// `E'…'`, or any string of a server on which a backslash is an escape.
    Escape,
    /// `$tag$ … $tag$`.
    Dollar,
}

impl StringKind {
    fn hint(self) -> &'static str {
        match self {
            Self::Plain => {
                "close it with '; a quote inside it is written twice, and a backslash is an \
                 ordinary character"
            }
            Self::Escape => {
                "close it with '; a quote inside it is written twice, and so is a backslash, \
                 which else escapes the character behind it"
            }
            Self::Dollar => "close it with the $tag$ that opens it; $$ is a tag without a name",
        }
    }
}

impl Diagnostic for TextError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::UnfinishedString(kind) => syntax("unterminated quoted string", kind.hint()),
            Self::UnfinishedName => syntax(
                "unterminated quoted identifier",
                "close it with \", and write a quote inside it twice",
            ),
            Self::UnfinishedComment => {
                syntax("unterminated /* comment", "close it with */; comments nest")
            }
            Self::UnfinishedParenthesis => syntax(
                "syntax error at end of input: a ( is not closed",
                "close it with ); nothing of the statement was run",
            ),
            Self::StrayParenthesis => syntax(
                "syntax error at or near \")\": no ( is open",
                "take it out, or write the ( that it closes",
            ),
            Self::BackslashInStatement => syntax(
                "a backslash cannot stand in a statement outside of quotes; nothing of the \
                 statement was run",
                "end the statement with ; or with \\g or \\gx, then write other commands; \\; \
                 sends two statements of a warehouse as one query",
            ),
            Self::NotUtf8 { byte, value } => S::CharacterNotInRepertoire
                .error(format!(
                    "invalid byte sequence for encoding \"UTF8\": 0x{value:02x} at byte {byte}"
                ))
                .hint("save the script as UTF-8"),
            Self::Nul => S::CharacterNotInRepertoire
                .error("invalid byte sequence for encoding \"UTF8\": 0x00")
                .hint("save the script as UTF-8; a text full of NUL characters is often UTF-16"),
            Self::TooLong => {
                let limit = MAX_STATEMENT_BYTES / 1024 / 1024;
                let message = format!("the statement is longer than {limit} MiB");
                S::ProgramLimitExceeded
                    .error(message)
                    .hint("is the ; of an earlier statement missing, or a closing quote?")
            }
            Self::TooDeep => S::ProgramLimitExceeded
                .error(format!("parentheses or comments are nested deeper than {MAX_NESTING}"))
                .hint("is a closing ) or */ missing?"),
        }
    }
}
