//! The pieces of a script.

use std::ops::Range;

use crate::sql::error::TextError;

/// A statement or a command, cut from a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its kind.
    pub kind: PieceKind,
    /// The text: a statement with its `;`, which also replaces the command that ends it, or a
    /// command with its backslash and without the line break.
    pub text: &'a str,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The column at which it begins, in characters, from 1.
    pub column: usize,
    /// True if a piece before it on its line has the sign of a secret.
    pub follows_secret: bool,
    /// The command that ends the statement in place of a `;`, such as `\gx`.
    pub ending: Option<&'a str>,
}

/// The kind of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// SQL.
    Statement,
    /// A backslash command.
    Command,
}

/// A piece with an error, and the text so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenPiece<'a> {
    /// The error.
    pub error: TextError,
    /// The bytes of the text at which the error is; None if it is about the whole text.
    pub span: Option<Range<usize>>,
    /// The text so far, truncated if it is very long.
    pub text: &'a str,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The column at which it begins, in characters, from 1.
    pub column: usize,
    /// True if a piece before it on its line has the sign of a secret.
    pub follows_secret: bool,
}

/// A piece of a text that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its bytes, from its first character to its end.
    pub range: Range<usize>,
    /// Its kind.
    pub kind: PieceKind,
    /// True if a piece before it on its line has the sign of a secret.
    pub follows_secret: bool,
    /// True if its end has been read; only the last part may lack it.
    pub complete: bool,
}
