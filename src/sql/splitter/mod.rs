//! The one splitter: it cuts a script into statements and backslash commands, for the prompt, `-c`,
//! `-f` and standard input.
//!
//! A state machine without look-ahead: text may arrive in any pieces. Blanks and comments before a
//! statement are dropped as they arrive, so that they take no memory.

mod backslash;
mod piece;
mod strings;

use std::ops::Range;

pub use super::dialect::Dialect;
use super::error::{MAX_NESTING, MAX_STATEMENT_BYTES, TextError};
use super::token::{TokenKind, tokens};
use crate::sign::has_sign;
pub use piece::{BrokenPiece, LastStatement, Part, Piece, PieceKind};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Code,
    Dash,
    Slash,
    SingleQuoted,
    /// A string in which a backslash is an escape.
    EscapeQuoted,
    EscapeQuotedBackslash,
    /// The possible tag of a dollar-quoted string.
    DollarTag,
    /// Inside a dollar-quoted string; this many bytes of its closing tag have been read.
    DollarQuoted {
        matched: usize,
    },
    DoubleQuoted,
    LineComment,
    /// A nested comment, and the byte before the current one; 0 if that belongs to a mark.
    BlockComment {
        depth: usize,
        before: u8,
    },
    Command,
    /// A backslash inside a statement.
    Backslash,
    /// The rest of the line after a backslash and a letter.
    Ending {
        in_word: bool,
    },
}

/// The number of bytes of a too long statement that the error keeps.
const EXCERPT_BYTES: usize = 1024;

/// Cuts a script that arrives in any pieces.
#[derive(Debug, Default)]
pub struct Splitter {
    buffer: String,
    /// The byte of the buffer at which the current piece begins; earlier ones have been processed.
    start: usize,
    /// The next byte to process.
    position: usize,
    /// The byte at which the open quote or comment began.
    opened: usize,
    /// The byte behind the quote that was closed last: if another one follows, the two are one
    /// character of the text.
    closed: usize,
    state: State,
    dialect: Dialect,
    /// The tag of the open dollar-quoted string, with its dollars.
    tag: Vec<u8>,
    parentheses: usize,
    /// True if the current piece has more than blanks and comments.
    begun: bool,
    /// True while the rest of a broken statement is skipped.
    passing_over: bool,
    /// True if the statement that is skipped has the sign of a secret.
    passes_secret: bool,
    /// The line on which the last piece with the sign of a secret ends.
    secret_line: Option<usize>,
    /// The line of the current piece, from 0.
    line: usize,
    /// Its column in characters, from 0.
    column: usize,
}

/// The effect of one byte on the piece.
enum Step {
    Go,
    /// The piece ends before the given byte.
    End(PieceKind, usize),
    Broken(TextError),
    /// A backslash command inside the piece.
    Misplaced,
}

impl Splitter {
    /// A splitter for this dialect.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, ..Self::default() }
    }

    /// Cuts the next pieces by the rules of this dialect.
    pub fn set_dialect(&mut self, dialect: Dialect) {
        self.dialect = dialect;
    }

    /// Appends the next part of the script.
    pub fn push(&mut self, text: &str) {
        self.buffer.drain(..self.start);
        self.position -= self.start;
        self.opened = self.opened.saturating_sub(self.start);
        self.closed = self.closed.saturating_sub(self.start);
        self.start = 0;
        self.buffer.push_str(text);
    }

    /// The next complete piece; None until more text is pushed.
    pub fn next_piece(&mut self) -> Option<Result<Piece<'_>, BrokenPiece<'_>>> {
        while self.position < self.buffer.len() {
            match self.step(self.buffer.as_bytes()[self.position]) {
                Step::Go => {
                    self.position += 1;
                    if !self.begun && self.state == State::Code {
                        self.drop_blanks();
                    }
                    if self.position - self.start > MAX_STATEMENT_BYTES {
                        if !self.passing_over {
                            return Some(Err(self.too_long()));
                        }
                        self.drop_passed_over();
                    }
                }
                Step::End(_, end) if self.passing_over => self.finish_passing_over(end),
                Step::End(kind, end) => return Some(Ok(self.take(kind, end))),
                Step::Broken(_) if self.passing_over => self.position += 1,
                Step::Broken(kind) => return Some(Err(self.broken(kind))),
                Step::Misplaced => return Some(Err(self.misplaced())),
            }
        }
        None
    }

    /// The last piece of the source, which may lack its `;`.
    pub fn finish(&mut self, last: LastStatement) -> Option<Result<Piece<'_>, BrokenPiece<'_>>> {
        if self.passing_over || self.is_idle() {
            return None;
        }
        let end = self.buffer.len();
        let (error, length) = match self.state {
            State::Command => return Some(Ok(self.take(PieceKind::Command, end))),
            State::SingleQuoted
            | State::EscapeQuoted
            | State::EscapeQuotedBackslash
            | State::DollarQuoted { .. } => (TextError::UnfinishedString, 1),
            State::DoubleQuoted => (TextError::UnfinishedName, 1),
            State::BlockComment { .. } => (TextError::UnfinishedComment, 2),
            State::Ending { .. } => return Some(self.finish_ending()),
            State::Code
            | State::Dash
            | State::Slash
            | State::LineComment
            | State::DollarTag
            | State::Backslash => {
                if last == LastStatement::Complete || self.buffer.ends_with('\n') {
                    return Some(Ok(self.take(PieceKind::Statement, end)));
                }
                return Some(Err(self.broken_at(TextError::CutShort, end, 0)));
            }
        };
        Some(Err(self.broken_at(error, self.opened, length)))
    }

    /// Returns true if only blanks and comments follow the last piece.
    pub fn is_idle(&self) -> bool {
        !self.begun && matches!(self.state, State::Code | State::LineComment)
    }

    /// Returns true if a submitted text needs no more lines: every statement in it is complete, or
    /// one of them is broken in a way that no further line can fix.
    pub fn is_complete(text: &str, dialect: Dialect) -> bool {
        let mut splitter = Self::new(dialect);
        splitter.push(text);
        while let Some(piece) = splitter.next_piece() {
            if piece.is_err() {
                return true;
            }
        }
        splitter.is_idle() || matches!(splitter.state, State::Command | State::Ending { .. })
    }

    /// The mark of psql's PROMPT2 for a text that needs more lines: the quote, parenthesis or
    /// comment that is open at its end, else `-`.
    pub fn continuation_mark(text: &str, dialect: Dialect) -> char {
        let mut splitter = Self::new(dialect);
        splitter.push(text);
        while splitter.next_piece().is_some() {}
        match splitter.state {
            State::SingleQuoted | State::EscapeQuoted | State::EscapeQuotedBackslash => '\'',
            State::DoubleQuoted => '"',
            State::DollarQuoted { .. } => '$',
            State::BlockComment { .. } => '*',
            State::Code
            | State::Dash
            | State::Slash
            | State::DollarTag
            | State::LineComment
            | State::Command
            | State::Backslash
            | State::Ending { .. } => {
                if splitter.parentheses > 0 {
                    '('
                } else {
                    '-'
                }
            }
        }
    }

    /// The byte at which the last line begins, if it is a backslash command behind the lines of an
    /// unfinished statement, and does not end that statement.
    pub fn command_on_further_line(text: &str, dialect: Dialect) -> Option<usize> {
        let start = text.trim_end().rfind('\n')? + 1;
        let command = text[start..].trim();
        let mut splitter = Self::new(dialect);
        splitter.push(&text[..start]);
        while let Some(piece) = splitter.next_piece() {
            piece.ok()?;
        }
        let is_inside = splitter.begun && splitter.state == State::Code;
        let is_command = command.starts_with('\\');
        (is_inside && is_command && !backslash::ends_statement(command)).then_some(start)
    }

    /// The parts of a text that is being typed; blanks and comments between them belong to none.
    pub fn parts(text: &str, dialect: Dialect) -> Vec<Part> {
        let mut splitter = Self::new(dialect);
        splitter.push(text);
        let mut parts = Vec::new();
        let mut end = 0;
        while let Some(piece) = splitter.next_piece() {
            // A broken part is skipped.
            let Ok(Piece { kind, follows_secret, .. }) = piece else {
                continue;
            };
            let whole = Part {
                range: end..splitter.start,
                kind,
                follows_secret,
                complete: true,
            };
            parts.extend(from_first_token(text, &whole));
            end = splitter.start;
        }
        let kind = match splitter.state {
            State::Command => PieceKind::Command,
            _ => PieceKind::Statement,
        };
        let rest = Part {
            range: end..text.len(),
            kind,
            follows_secret: splitter.follows_secret(),
            complete: false,
        };
        parts.extend(from_first_token(text, &rest));
        parts
    }

    fn step(&mut self, byte: u8) -> Step {
        if byte == 0 {
            return Step::Broken(TextError::Nul);
        }
        match (self.state, byte) {
            (State::Dash, b'-') => self.enter(State::LineComment, 1),
            (State::Slash, b'*') => self.enter(State::BlockComment { depth: 1, before: 0 }, 1),
            (State::DollarTag, _) => return self.step_tag(byte),
            (State::DollarQuoted { matched }, _) => self.step_dollar_quoted(matched, byte),
            (State::Backslash, _) => return self.step_backslash(byte),
            (State::Ending { in_word }, _) => return self.step_ending(in_word, byte),
            (State::Code | State::Dash | State::Slash, _) => return self.step_code(byte),
            (State::EscapeQuoted, b'\\') => self.state = State::EscapeQuotedBackslash,
            (State::EscapeQuotedBackslash, _) => self.state = State::EscapeQuoted,
            (State::SingleQuoted | State::EscapeQuoted, b'\'') | (State::DoubleQuoted, b'"') => {
                self.state = State::Code;
                self.closed = self.position + 1;
            }
            (State::LineComment, b'\n' | b'\r') => self.state = State::Code,
            (State::Command, b'\n') => return Step::End(PieceKind::Command, self.position + 1),
            (
                State::SingleQuoted
                | State::EscapeQuoted
                | State::DoubleQuoted
                | State::LineComment
                | State::Command,
                _,
            ) => {}
            (State::BlockComment { depth: 1, before: b'*' }, b'/') => self.state = State::Code,
            (State::BlockComment { depth, before: b'/' }, b'*') if depth >= MAX_NESTING => {
                return Step::Broken(TextError::TooDeep);
            }
            (State::BlockComment { depth, before }, _) => {
                let (depth, before) = match (before, byte) {
                    (b'*', b'/') => (depth - 1, 0),
                    (b'/', b'*') => (depth + 1, 0),
                    _ => (depth, byte),
                };
                self.state = State::BlockComment { depth, before };
            }
        }
        Step::Go
    }

    fn step_code(&mut self, byte: u8) -> Step {
        // A mark that did not begin a comment belongs to the piece.
        self.begun |= self.state != State::Code;
        self.state = State::Code;
        match byte {
            b';' if self.begun || self.passing_over => {
                return Step::End(PieceKind::Statement, self.position + 1);
            }
            b';' => {}
            b'\\' if !self.begun && !self.passing_over => {
                self.begun = true;
                self.state = State::Command;
            }
            b'\\' if !self.passing_over => self.enter(State::Backslash, 0),
            b'-' => self.state = State::Dash,
            b'/' => self.state = State::Slash,
            b'\'' if self.backslash_escapes() => self.enter_quote(State::EscapeQuoted),
            b'\'' => self.enter_quote(State::SingleQuoted),
            b'$' if self.may_begin_tag() => {
                self.begun = true;
                self.enter(State::DollarTag, 0);
            }
            b'"' => self.enter_quote(State::DoubleQuoted),
            b'(' if self.parentheses >= MAX_NESTING => {
                return Step::Broken(TextError::TooDeep);
            }
            b'(' => {
                self.begun = true;
                self.parentheses += 1;
            }
            b')' => {
                self.begun = true;
                self.parentheses = self.parentheses.saturating_sub(1);
            }
            b if b.is_ascii_whitespace() => {}
            _ => self.begun = true,
        }
        Step::Go
    }

    /// Opens a quote or comment that began `back` bytes before this one.
    fn enter(&mut self, state: State, back: usize) {
        self.opened = self.position - back;
        self.state = state;
    }

    /// Moves the start of the piece over blanks and comments before it.
    fn drop_blanks(&mut self) {
        // A byte-order mark or another blank outside ASCII stays: the parser takes it for white
        // space.
        self.advance(self.position);
    }

    fn take(&mut self, kind: PieceKind, end: usize) -> Piece<'_> {
        let (start, line, column) = (self.start, self.line + 1, self.column + 1);
        let follows_secret = self.follows_secret();
        let is_vertical = self.replace_ending(end);
        self.position = end;
        self.reset_piece();
        self.advance(end);
        if !self.buffer[end..].starts_with(['\r', '\n']) && has_sign(&self.buffer[start..end]) {
            self.secret_line = Some(self.line);
        }
        Piece {
            follows_secret,
            kind,
            is_vertical,
            text: self.buffer[start..end].trim_end(),
            line,
            column,
        }
    }

    fn finish_passing_over(&mut self, end: usize) {
        self.position = end;
        self.passing_over = false;
        self.reset_piece();
        self.advance(end);
        if std::mem::take(&mut self.passes_secret) {
            self.secret_line = Some(self.line);
        }
    }

    /// True if the current piece begins on the line of a secret.
    pub(super) fn follows_secret(&self) -> bool {
        self.secret_line == Some(self.line)
    }

    fn reset_piece(&mut self) {
        self.state = State::Code;
        self.parentheses = 0;
        self.begun = false;
    }

    /// Moves the start of the piece, and its line and column, to the given byte.
    fn advance(&mut self, end: usize) {
        let passed = &self.buffer[self.start..end];
        match passed.rfind('\n') {
            Some(last) => {
                self.line += passed.bytes().filter(|byte| *byte == b'\n').count();
                self.column = passed[last + 1..].chars().count();
            }
            None => self.column += passed.chars().count(),
        }
        self.start = end;
    }

    /// Frees the memory of a statement that is skipped.
    fn drop_passed_over(&mut self) {
        self.advance(self.buffer.floor_char_boundary(self.position));
    }

    fn too_long(&mut self) -> BrokenPiece<'_> {
        let (start, line, column) = (self.start, self.line + 1, self.column + 1);
        let end = self.buffer.floor_char_boundary(start + EXCERPT_BYTES);
        let follows_secret = self.follows_secret();
        self.pass_over(start..end);
        self.drop_passed_over();
        BrokenPiece {
            follows_secret,
            error: TextError::TooLong,
            span: None,
            text: &self.buffer[start..end],
            line,
            column,
        }
    }

    /// Skips a broken statement, whose beginning is in the range.
    pub(super) fn pass_over(&mut self, range: Range<usize>) {
        self.passing_over = true;
        self.passes_secret = has_sign(&self.buffer[range]);
    }

    /// The error of the byte at the position.
    fn broken(&mut self, error: TextError) -> BrokenPiece<'_> {
        let at = self.position;
        self.position += 1;
        self.broken_at(error, at, 1)
    }

    fn broken_at(&mut self, error: TextError, at: usize, length: usize) -> BrokenPiece<'_> {
        let (start, line, column) = (self.start, self.line + 1, self.column + 1);
        let end = self.position.max(at + length);
        self.pass_over(start..end);
        BrokenPiece {
            follows_secret: self.follows_secret(),
            error,
            span: Some(at - start..at - start + length),
            text: &self.buffer[start..end],
            line,
            column,
        }
    }
}

/// The part from its first token on, without comments before it; None if there is no token.
fn from_first_token(text: &str, part: &Part) -> Option<Part> {
    let mut tokens = tokens(&text[part.range.clone()]);
    let first = tokens.find(|token| token.kind != TokenKind::Comment)?;
    Some(Part {
        range: part.range.start + first.span.start..part.range.end,
        ..part.clone()
    })
}

#[cfg(test)]
mod tests;
