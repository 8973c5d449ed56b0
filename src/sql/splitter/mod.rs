//! The one splitter: it cuts a script into statements and backslash commands, for the prompt, `-c`,
//! `-f` and standard input.
//!
//! A state machine without look-ahead: text may arrive in any pieces. Blanks before a statement are
//! dropped as they arrive, and so are comments before a statement of the catalog; a warehouse gets
//! them as psql sends them. A statement ends between two tokens of the lexer in `token.rs`.

mod backslash;
mod piece;
mod routine;
mod strings;
mod typed;

use std::ops::Range;

use backslash::WordQuote;

pub use super::dialect::Dialect;
use super::error::{MAX_NESTING, MAX_STATEMENT_BYTES, StringKind, TextError};
use crate::sign::has_sign;
pub use piece::{BrokenPiece, Part, Piece, PieceKind};
use routine::Routine;
use strings::ClosedQuote;

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
    /// A backslash inside a statement.
    Backslash,
    /// The name of a command.
    CommandName,
    /// An argument that is words.
    CommandWords(WordQuote),
    /// An argument that is the rest of the line.
    CommandLine,
}

/// The content of the current piece so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Content {
    /// Nothing that belongs to the piece.
    #[default]
    Blank,
    /// Comments that are sent with the statement behind them.
    Comments,
    /// A part of a statement or a command.
    Begun,
}

/// The number of bytes of a too long statement that the error keeps.
const EXCERPT_BYTES: usize = 1024;

/// Cuts a script that arrives in any pieces.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is independent of the state")]
pub struct Splitter {
    buffer: String,
    /// The byte of the buffer at which the current piece begins; earlier ones have been processed.
    start: usize,
    /// The next byte to process.
    position: usize,
    /// The byte at which the open quote or comment began.
    opened: usize,
    /// The quote that was closed last, while the next one may continue it.
    closed: Option<ClosedQuote>,
    /// The number of bytes of the name that ends at the position.
    name_length: usize,
    state: State,
    dialect: Dialect,
    /// The tag of the open dollar-quoted string, with its dollars.
    tag: Vec<u8>,
    parentheses: usize,
    /// The byte of the outermost open parenthesis.
    parenthesis: usize,
    routine: Routine,
    content: Content,
    /// True if statements are skipped.
    skipping: bool,
    /// True if the command that is being read ends a statement.
    ends_statement: bool,
    /// The command that ended the last statement.
    ending: String,
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

    /// Takes each backslash outside of quotes for the beginning of a command, and drops what stands
    /// before it: a skipped branch of an `\if` may have an unfinished statement.
    pub fn set_skipping(&mut self, skipping: bool) {
        self.skipping = skipping;
    }

    /// Appends the next part of the script.
    pub fn push(&mut self, text: &str) {
        self.buffer.drain(..self.start);
        self.position -= self.start;
        self.opened = self.opened.saturating_sub(self.start);
        self.parenthesis = self.parenthesis.saturating_sub(self.start);
        if let Some(closed) = &mut self.closed {
            closed.end = closed.end.saturating_sub(self.start);
        }
        self.start = 0;
        self.buffer.push_str(text);
    }

    /// The next complete piece; None until more text is pushed.
    pub fn next_piece(&mut self) -> Option<Result<Piece<'_>, BrokenPiece<'_>>> {
        while self.position < self.buffer.len() {
            match self.step(self.buffer.as_bytes()[self.position]) {
                Step::Go => {
                    self.position += 1;
                    if self.content == Content::Blank && self.state == State::Code {
                        self.drop_blanks();
                    }
                    if self.position - self.start > MAX_STATEMENT_BYTES {
                        if self.content == Content::Begun && !self.passing_over {
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

    /// The last piece of the source, which may lack its `;`, as in psql. One that ends in a quote, a
    /// comment or a parenthesis was cut short.
    pub fn finish(&mut self) -> Option<Result<Piece<'_>, BrokenPiece<'_>>> {
        if self.passing_over || self.is_idle() {
            return None;
        }
        let end = self.buffer.len();
        let (error, length) = match self.state {
            State::CommandName | State::CommandWords(_) | State::CommandLine => {
                return Some(self.finish_command());
            }
            State::SingleQuoted => (TextError::UnfinishedString(StringKind::Plain), 1),
            State::EscapeQuoted | State::EscapeQuotedBackslash => {
                (TextError::UnfinishedString(StringKind::Escape), 1)
            }
            State::DollarQuoted { .. } => (TextError::UnfinishedString(StringKind::Dollar), 1),
            State::DoubleQuoted => (TextError::UnfinishedName, 1),
            State::BlockComment { .. } => (TextError::UnfinishedComment, 2),
            State::Backslash => return Some(Err(self.misplaced())),
            State::Code | State::Dash | State::Slash | State::LineComment | State::DollarTag => {
                if self.dialect == Dialect::Catalog || self.parentheses == 0 {
                    return Some(Ok(self.take(PieceKind::Statement, end)));
                }
                self.opened = self.parenthesis;
                (TextError::UnfinishedParenthesis, 1)
            }
        };
        Some(Err(self.broken_at(error, self.opened, length)))
    }

    /// Returns true if only blanks and comments follow the last piece.
    pub fn is_idle(&self) -> bool {
        self.content != Content::Begun && matches!(self.state, State::Code | State::LineComment)
    }

    fn step(&mut self, byte: u8) -> Step {
        if byte == 0 {
            return self.step_nul();
        }
        match (self.state, byte) {
            (State::Dash, b'-') => self.enter_comment(State::LineComment),
            (State::Slash, b'*') => {
                self.enter_comment(State::BlockComment { depth: 1, before: 0 });
            }
            (State::DollarTag, _) => return self.step_tag(byte),
            (State::DollarQuoted { matched }, _) => self.step_dollar_quoted(matched, byte),
            (State::Backslash, _) if !self.passing_over => return self.step_backslash(byte),
            (State::CommandName, _) => return self.step_command_name(byte),
            (State::CommandWords(quote), _) => return self.step_command_words(quote, byte),
            (State::CommandLine, _) => return self.step_command_line(byte),
            (State::Code | State::Dash | State::Slash | State::Backslash, _) => {
                return self.step_code(byte);
            }
            (State::EscapeQuoted, b'\\') => self.state = State::EscapeQuotedBackslash,
            (State::EscapeQuotedBackslash, _) => self.state = State::EscapeQuoted,
            (State::SingleQuoted | State::EscapeQuoted, b'\'') | (State::DoubleQuoted, b'"') => {
                self.close_quote();
            }
            (State::LineComment, b'\n' | b'\r') => {
                self.state = State::Code;
                self.break_line();
            }
            (
                State::SingleQuoted
                | State::EscapeQuoted
                | State::DoubleQuoted
                | State::LineComment,
                _,
            ) => {}
            (State::BlockComment { depth, before }, _) => {
                return self.step_block_comment(depth, before, byte);
            }
        }
        Step::Go
    }

    /// A NUL, which no statement may have. It also ends a mark.
    fn step_nul(&mut self) -> Step {
        match self.state {
            State::Dash | State::Slash | State::DollarTag | State::Backslash => {
                self.state = State::Code;
            }
            State::CommandName | State::CommandWords(_) | State::CommandLine => {
                let ends_statement = std::mem::take(&mut self.ends_statement);
                self.state = if ends_statement {
                    State::Code
                } else {
                    State::CommandLine
                };
            }
            State::Code
            | State::SingleQuoted
            | State::EscapeQuoted
            | State::EscapeQuotedBackslash
            | State::DollarQuoted { .. }
            | State::DoubleQuoted
            | State::LineComment
            | State::BlockComment { .. } => {}
        }
        self.name_length = 0;
        Step::Broken(TextError::Nul)
    }

    fn step_block_comment(&mut self, depth: usize, before: u8, byte: u8) -> Step {
        let (depth, before) = match (before, byte) {
            (b'*', b'/') => (depth - 1, 0),
            (b'/', b'*') => (depth + 1, 0),
            _ => (depth, byte),
        };
        let is_too_deep = depth > MAX_NESTING && before == 0 && !self.passing_over;
        self.state = match depth {
            0 => State::Code,
            depth => State::BlockComment { depth, before },
        };
        if is_too_deep {
            return Step::Broken(TextError::TooDeep);
        }
        Step::Go
    }

    fn step_code(&mut self, byte: u8) -> Step {
        let prefix = self.prefix();
        self.step_name(byte);
        // A mark that did not begin a comment belongs to the piece.
        if self.state != State::Code {
            self.content = Content::Begun;
            self.closed = None;
            self.state = State::Code;
        }
        if !matches!(byte, b'\'' | b'"') {
            self.step_between_strings(byte);
        }
        match byte {
            b';' if self.is_inside() => {}
            b';' if self.content == Content::Begun || self.passing_over => {
                return Step::End(PieceKind::Statement, self.position + 1);
            }
            b';' => self.content = Content::Blank,
            b'\\' if self.skipping || (self.content != Content::Begun && !self.passing_over) => {
                // A command has no comment before it.
                self.reset_piece();
                self.passing_over = false;
                self.advance(self.position);
                self.content = Content::Begun;
                self.enter(State::CommandName, 0);
            }
            b'\\' if !self.passing_over => self.enter(State::Backslash, 0),
            b'-' => self.state = State::Dash,
            b'/' => self.state = State::Slash,
            b'\'' | b'"' => self.open_quote(byte, prefix),
            b'$' if self.dialect != Dialect::Catalog && self.name_length == 0 => {
                self.content = Content::Begun;
                self.enter(State::DollarTag, 0);
            }
            b'(' => return self.open_parenthesis(),
            b')' => {
                self.content = Content::Begun;
                self.parentheses = self.parentheses.saturating_sub(1);
            }
            b if b.is_ascii_whitespace() => {}
            _ => self.content = Content::Begun,
        }
        Step::Go
    }

    fn open_parenthesis(&mut self) -> Step {
        self.content = Content::Begun;
        if self.parentheses == 0 {
            self.parenthesis = self.position;
        }
        self.parentheses += 1;
        if self.parentheses > MAX_NESTING && !self.passing_over {
            return Step::Broken(TextError::TooDeep);
        }
        Step::Go
    }

    /// Returns true if a `;` here does not end the statement of a warehouse, as in psql.
    fn is_inside(&self) -> bool {
        self.dialect != Dialect::Catalog && (self.parentheses > 0 || self.routine.is_open())
    }

    /// Opens a comment, whose first byte was the one before this one.
    fn enter_comment(&mut self, state: State) {
        self.enter(state, 1);
        if self.content == Content::Blank && self.dialect != Dialect::Catalog {
            self.content = Content::Comments;
        }
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
        self.replace_ending(end);
        let ends_by_command = self.ends_statement;
        self.position = end;
        self.reset_piece();
        self.advance(end);
        if !self.buffer[end..].starts_with(['\r', '\n']) && has_sign(&self.buffer[start..end]) {
            self.secret_line = Some(self.line);
        }
        Piece {
            follows_secret,
            kind,
            ending: ends_by_command.then_some(self.ending.as_str()),
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
        self.routine = Routine::default();
        self.closed = None;
        self.name_length = 0;
        self.content = Content::Blank;
        self.ends_statement = false;
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

    /// Frees the memory of a statement that is skipped, or of comments that are too long to be sent.
    fn drop_passed_over(&mut self) {
        if self.content == Content::Comments {
            self.content = Content::Blank;
        }
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

#[cfg(test)]
mod tests;
