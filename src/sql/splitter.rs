//! The one splitter: it cuts a script into statements and backslash commands, for the prompt, `-c`, `-f` and stdin.
//!
//! A state machine without look-ahead: text may arrive in any pieces. Blanks and comments before a statement are
//! dropped as they come, so that they take no memory.

use std::ops::Range;

pub use super::dialect::Dialect;
use super::error::{MAX_NESTING, MAX_STATEMENT_BYTES, SqlError, SqlErrorKind};
use super::token::{TokenKind, tokens};

/// A statement or a command, cut from a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What it is.
    pub kind: PieceKind,
    /// Its text: a statement with its `;`, a command with its backslash and without the line break.
    pub text: &'a str,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The column at which it begins, in characters, from 1.
    pub column: usize,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// SQL.
    Statement,
    /// A backslash command.
    Command,
}

/// A piece that cannot be one: what is wrong, and the text so far; the error's span is bytes of that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenPiece<'a> {
    /// What is wrong.
    pub error: SqlError,
    /// The text so far, its beginning where it is very long.
    pub text: &'a str,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The column at which it begins, in characters, from 1.
    pub column: usize,
}

/// A piece of a text that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its bytes, from its first character to its end.
    pub range: Range<usize>,
    /// What it is.
    pub kind: PieceKind,
    /// Whether its end is there; only the last part may lack it.
    pub complete: bool,
}

/// Whether the last statement of a source may end without `;`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastStatement {
    /// It runs in any case: `-c`, and what is submitted at a prompt.
    Complete,
    /// It runs if the text ends in a line break; otherwise the input was cut short: files and stdin.
    NeedsLineBreak,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Code,
    Dash,
    Slash,
    SingleQuoted,
    /// A string in which a backslash escapes the next byte.
    EscapeQuoted,
    EscapeQuotedBackslash,
    /// What may be the tag of a dollar-quoted string.
    DollarTag,
    /// Inside one; so many bytes of its closing tag have come.
    DollarQuoted {
        matched: usize,
    },
    DoubleQuoted,
    LineComment,
    BlockComment {
        depth: usize,
    },
    BlockCommentStar {
        depth: usize,
    },
    BlockCommentSlash {
        depth: usize,
    },
    Command,
}

/// How much of a statement that is too long is kept for the error.
const EXCERPT_BYTES: usize = 1024;

/// Cuts a script that arrives in any pieces.
#[derive(Debug)]
pub struct Splitter {
    buffer: String,
    /// Where the current piece begins in the buffer; what stands before it is done with.
    start: usize,
    /// The next byte to look at.
    position: usize,
    /// Where the quote or comment that is open began.
    opened: usize,
    /// Behind the quote that was closed last: where another one follows, both are one character of the text.
    closed: usize,
    state: State,
    dialect: Dialect,
    /// The tag of the dollar-quoted string that is open, with its dollars.
    tag: Vec<u8>,
    parentheses: usize,
    /// Whether the current piece has anything but blanks and comments.
    begun: bool,
    /// Whether the rest of a broken statement is being passed over.
    passing_over: bool,
    line: usize,
    column: usize,
}

impl Default for Splitter {
    fn default() -> Self {
        Self {
            buffer: String::new(),
            start: 0,
            position: 0,
            opened: 0,
            closed: 0,
            state: State::Code,
            dialect: Dialect::Catalog,
            tag: Vec::new(),
            parentheses: 0,
            begun: false,
            passing_over: false,
            line: 1,
            column: 1,
        }
    }
}

/// What one byte does to the piece.
enum Step {
    Go,
    /// The piece ends before the given byte.
    End(PieceKind, usize),
    Broken(SqlErrorKind),
}

impl Splitter {
    /// A splitter for this SQL.
    pub fn of(dialect: Dialect) -> Self {
        Self {
            dialect,
            ..Self::default()
        }
    }

    /// Cuts what comes after the last piece by the rules of this SQL.
    pub fn set_dialect(&mut self, dialect: Dialect) {
        self.dialect = dialect;
    }

    /// Takes the next part of the script.
    pub fn push(&mut self, text: &str) {
        self.buffer.drain(..self.start);
        self.position -= self.start;
        self.opened = self.opened.saturating_sub(self.start);
        self.closed = self.closed.saturating_sub(self.start);
        self.start = 0;
        self.buffer.push_str(text);
    }

    /// The next piece that is complete; None until more text is pushed.
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
            }
        }
        None
    }

    /// What is left at the end of the source.
    pub fn finish(&mut self, last: LastStatement) -> Option<Result<Piece<'_>, BrokenPiece<'_>>> {
        if self.passing_over || self.is_idle() {
            return None;
        }
        let end = self.buffer.len();
        match self.state {
            State::Command => Some(Ok(self.take(PieceKind::Command, end))),
            State::SingleQuoted | State::EscapeQuoted | State::EscapeQuotedBackslash | State::DollarQuoted { .. } => {
                Some(Err(self.broken_at(SqlErrorKind::UnfinishedString, self.opened, 1)))
            }
            State::DoubleQuoted => Some(Err(self.broken_at(SqlErrorKind::UnfinishedName, self.opened, 1))),
            State::BlockComment { .. } | State::BlockCommentStar { .. } | State::BlockCommentSlash { .. } => {
                Some(Err(self.broken_at(SqlErrorKind::UnfinishedComment, self.opened, 2)))
            }
            State::Code | State::Dash | State::Slash | State::LineComment | State::DollarTag => {
                if last == LastStatement::Complete || self.buffer.ends_with('\n') {
                    return Some(Ok(self.take(PieceKind::Statement, end)));
                }
                Some(Err(self.broken_at(SqlErrorKind::CutShort, end, 0)))
            }
        }
    }

    /// Whether nothing but blanks and comments has come since the last piece.
    pub fn is_idle(&self) -> bool {
        !self.begun && matches!(self.state, State::Code | State::LineComment)
    }

    /// Whether a text that was submitted needs no more lines: every statement in it has its end, or one of them is
    /// broken in a way that no further line mends.
    pub fn is_complete(text: &str, dialect: Dialect) -> bool {
        let mut splitter = Self::of(dialect);
        splitter.push(text);
        while let Some(piece) = splitter.next_piece() {
            if piece.is_err() {
                return true;
            }
        }
        splitter.is_idle() || splitter.state == State::Command
    }

    /// The parts of a text that is being typed; blanks and comments between them belong to none.
    pub fn parts(text: &str, dialect: Dialect) -> Vec<Part> {
        let mut splitter = Self::of(dialect);
        splitter.push(text);
        let mut parts = Vec::new();
        let mut end = 0;
        while let Some(piece) = splitter.next_piece() {
            // What is broken is passed over, up to the end of the next part.
            let Ok(Piece { kind, .. }) = piece else { continue };
            parts.extend(part(text, end..splitter.start, kind, true));
            end = splitter.start;
        }
        let kind = match splitter.state {
            State::Command => PieceKind::Command,
            _ => PieceKind::Statement,
        };
        parts.extend(part(text, end..text.len(), kind, false));
        parts
    }

    fn step(&mut self, byte: u8) -> Step {
        if byte == 0 {
            return Step::Broken(SqlErrorKind::Nul);
        }
        match (self.state, byte) {
            (State::Dash, b'-') => self.enter(State::LineComment, 1),
            (State::Slash, b'*') => self.enter(State::BlockComment { depth: 1 }, 1),
            (State::DollarTag, _) => return self.step_tag(byte),
            (State::DollarQuoted { matched }, _) => self.step_dollar_quoted(matched, byte),
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
                State::SingleQuoted | State::EscapeQuoted | State::DoubleQuoted | State::LineComment | State::Command,
                _,
            ) => {}
            (State::BlockComment { depth }, _) => self.step_comment(depth, byte),
            (State::BlockCommentStar { depth: 1 }, b'/') => self.state = State::Code,
            (State::BlockCommentStar { depth }, b'/') => self.state = State::BlockComment { depth: depth - 1 },
            (State::BlockCommentSlash { depth }, b'*') if depth >= MAX_NESTING => {
                return Step::Broken(SqlErrorKind::TooDeep);
            }
            (State::BlockCommentSlash { depth }, b'*') => self.state = State::BlockComment { depth: depth + 1 },
            (State::BlockCommentStar { depth } | State::BlockCommentSlash { depth }, _) => {
                self.step_comment(depth, byte);
            }
        }
        Step::Go
    }

    fn step_comment(&mut self, depth: usize, byte: u8) {
        self.state = match byte {
            b'*' => State::BlockCommentStar { depth },
            b'/' => State::BlockCommentSlash { depth },
            _ => State::BlockComment { depth },
        };
    }

    fn step_code(&mut self, byte: u8) -> Step {
        // A mark that did not become a comment is code of the piece.
        self.begun |= self.state != State::Code;
        self.state = State::Code;
        match byte {
            b';' if self.begun || self.passing_over => return Step::End(PieceKind::Statement, self.position + 1),
            b';' => {}
            b'\\' if !self.begun && !self.passing_over => {
                self.begun = true;
                self.state = State::Command;
            }
            b'-' => self.state = State::Dash,
            b'/' => self.state = State::Slash,
            b'\'' if self.backslash_escapes() => self.enter_quote(State::EscapeQuoted),
            b'\'' => self.enter_quote(State::SingleQuoted),
            b'$' if self.may_begin_tag() => {
                self.begun = true;
                self.enter(State::DollarTag, 0);
            }
            b'"' => self.enter_quote(State::DoubleQuoted),
            b'(' if self.parentheses >= MAX_NESTING => return Step::Broken(SqlErrorKind::TooDeep),
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

    /// Whether a backslash escapes in the string whose quote stands here: by the server's setting, or in `E'…'`.
    fn backslash_escapes(&self) -> bool {
        let Dialect::Warehouse { backslash_escapes } = self.dialect else {
            return false;
        };
        let before = &self.buffer.as_bytes()[self.start..self.position];
        let is_marked = match before {
            [.., before, b'E' | b'e'] => !continues_name(*before),
            [b'E' | b'e'] => true,
            _ => false,
        };
        backslash_escapes || is_marked
    }

    /// A dollar inside a name is a part of it.
    fn may_begin_tag(&self) -> bool {
        let before = self.buffer.as_bytes()[self.start..self.position].last();
        self.dialect != Dialect::Catalog && !before.is_some_and(|before| continues_name(*before))
    }

    fn step_tag(&mut self, byte: u8) -> Step {
        let is_first = self.position == self.opened + 1;
        if byte == b'$' {
            self.tag = self.buffer.as_bytes()[self.opened..=self.position].to_vec();
            self.state = State::DollarQuoted { matched: 0 };
        } else if !continues_name(byte) || (is_first && byte.is_ascii_digit()) {
            // A parameter such as $1, or a dollar by itself.
            self.state = State::Code;
            return self.step_code(byte);
        }
        Step::Go
    }

    fn step_dollar_quoted(&mut self, matched: usize, byte: u8) {
        let matched = match byte {
            byte if byte == self.tag[matched] => matched + 1,
            b'$' => 1,
            _ => 0,
        };
        self.state = if matched == self.tag.len() {
            State::Code
        } else {
            State::DollarQuoted { matched }
        };
    }

    fn enter_quote(&mut self, state: State) {
        self.begun = true;
        let bytes = self.buffer.as_bytes();
        if self.dialect == Dialect::Catalog
            && self.closed == self.position
            && bytes[..self.position].last() == bytes.get(self.position)
        {
            self.state = state;
        } else {
            self.enter(state, 0);
        }
    }

    /// Opens a quote or comment whose first mark stands `back` bytes before this one.
    fn enter(&mut self, state: State, back: usize) {
        self.opened = self.position - back;
        self.state = state;
    }

    /// Moves the start of the piece over blanks and comments that come before it.
    fn drop_blanks(&mut self) {
        // A byte-order mark or another blank outside of ASCII stays: the parser takes it for white space.
        self.advance(self.position);
    }

    fn take(&mut self, kind: PieceKind, end: usize) -> Piece<'_> {
        let (start, line, column) = (self.start, self.line, self.column);
        self.position = end;
        self.reset_piece();
        self.advance(end);
        Piece {
            kind,
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
                self.column = passed[last + 1..].chars().count() + 1;
            }
            None => self.column += passed.chars().count(),
        }
        self.start = end;
    }

    /// Frees the memory of a statement that is being passed over.
    fn drop_passed_over(&mut self) {
        self.advance(self.buffer.floor_char_boundary(self.position));
    }

    fn too_long(&mut self) -> BrokenPiece<'_> {
        let (start, line, column) = (self.start, self.line, self.column);
        let end = self.buffer.floor_char_boundary(start + EXCERPT_BYTES);
        self.passing_over = true;
        self.drop_passed_over();
        let error = SqlError::new(SqlErrorKind::TooLong, 0..0);
        BrokenPiece {
            error,
            text: &self.buffer[start..end],
            line,
            column,
        }
    }

    /// The byte at the position breaks the piece.
    fn broken(&mut self, kind: SqlErrorKind) -> BrokenPiece<'_> {
        let at = self.position;
        self.position += 1;
        self.broken_at(kind, at, 1)
    }

    fn broken_at(&mut self, kind: SqlErrorKind, at: usize, length: usize) -> BrokenPiece<'_> {
        self.passing_over = true;
        let (start, line, column) = (self.start, self.line, self.column);
        let error = SqlError::new(kind, at - start..at - start + length);
        BrokenPiece {
            error,
            text: &self.buffer[start..self.position.max(at + length)],
            line,
            column,
        }
    }
}

/// Whether a byte can stand within a name (PostgreSQL documentation, "Identifiers and Key Words").
fn continues_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..)
}

/// The part in the range, from its first token that is no comment; None where there is no such token.
fn part(text: &str, range: Range<usize>, kind: PieceKind, complete: bool) -> Option<Part> {
    let first = tokens(&text[range.clone()]).find(|token| token.kind != TokenKind::Comment)?;
    Some(Part {
        range: range.start + first.span.start..range.end,
        kind,
        complete,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of the pieces of SQL for a warehouse that arrives in parts of the given size.
    fn split_for_warehouse(text: &str, part: usize, backslash_escapes: bool) -> Vec<String> {
        let mut splitter = Splitter::of(Dialect::Warehouse { backslash_escapes });
        let mut found = Vec::new();
        for part in text.as_bytes().chunks(part) {
            splitter.push(std::str::from_utf8(part).unwrap());
            while let Some(piece) = splitter.next_piece() {
                found.push(piece.map_or_else(|broken| broken.error.to_string(), |piece| piece.text.to_owned()));
            }
        }
        let last = splitter.finish(LastStatement::Complete);
        found.extend(
            last.map(|piece| piece.map_or_else(|broken| broken.error.to_string(), |piece| piece.text.to_owned())),
        );
        found
    }

    #[test]
    fn statements_for_a_warehouse_end_outside_of_its_strings_only() {
        for text in [
            "SELECT $$a;b$$;",
            "SELECT $x$ ; $$ ; $y$ ; $x $x$;",
            "SELECT $1; ",
            "SELECT a$b$c; ",
            "SELECT $$a$;$$, $a$b$$a;$a$;",
            "SELECT E'it\\'s; '';';",
            "SELECT e'\\\\';",
            "SELECT E'a'';';",
            "SELECT 'a\\';",
            "SELECT type'a\\';",
            "SELECT \"E\"'\\';",
            "SELECT $é$;$é;$é$;",
            "DO $do$ BEGIN PERFORM 1; END $do$;",
        ] {
            if text.is_ascii() {
                for part in 1..5 {
                    assert_eq!(
                        split_for_warehouse(&format!("{text}SELECT 2"), part, false),
                        [text.trim(), "SELECT 2"]
                    );
                }
            }
            assert_eq!(
                split_for_warehouse(&format!("{text}SELECT 2"), 999, false),
                [text.trim(), "SELECT 2"]
            );
        }
    }

    #[test]
    fn where_the_server_escapes_by_backslash_every_string_does() {
        assert_eq!(
            split_for_warehouse("SELECT 'it\\'; ';SELECT 2", 3, true),
            ["SELECT 'it\\'; ';", "SELECT 2"]
        );
        assert_eq!(
            split_for_warehouse("SELECT 'it\\';SELECT 2", 3, false),
            ["SELECT 'it\\';", "SELECT 2"]
        );
        assert_eq!(
            split_for_warehouse("SELECT $$\\$$;SELECT 2", 3, true),
            ["SELECT $$\\$$;", "SELECT 2"]
        );
    }

    #[test]
    fn a_dollar_quote_without_its_end_is_an_unfinished_string() {
        assert_eq!(split_for_warehouse("SELECT $a$ ;$$", 4, false).len(), 1);
        assert!(split_for_warehouse("SELECT $a$ ;$$", 4, false)[0].contains("string"));
    }

    /// The pieces of a text that arrives in parts of the given size.
    fn split(text: &str, part: usize, last: LastStatement) -> Vec<(String, usize, usize)> {
        let mut splitter = Splitter::default();
        let mut pieces = Vec::new();
        let mut keep = |result: Result<Piece<'_>, BrokenPiece<'_>>| {
            pieces.push(match result {
                Ok(piece) => (piece.text.to_owned(), piece.line, piece.column),
                Err(broken) => (
                    format!("{} at {:?}", broken.error, broken.error.span),
                    broken.line,
                    broken.column,
                ),
            });
        };
        let characters: Vec<char> = text.chars().collect();
        for chunk in characters.chunks(part) {
            splitter.push(&chunk.iter().collect::<String>());
            while let Some(result) = splitter.next_piece() {
                keep(result);
            }
        }
        if let Some(result) = splitter.finish(last) {
            keep(result);
        }
        pieces
    }

    fn texts(text: &str) -> Vec<String> {
        split(text, usize::MAX, LastStatement::Complete)
            .into_iter()
            .map(|(text, ..)| text)
            .collect()
    }

    #[test]
    fn a_semicolon_ends_a_statement_but_not_inside_quotes_or_comments() {
        assert_eq!(
            texts("a ';' \"b;\" /* ; /* ; */ ; */ -- ;\n ; c;"),
            ["a ';' \"b;\" /* ; /* ; */ ; */ -- ;\n ;", "c;"]
        );
    }

    #[test]
    fn a_doubled_quote_does_not_end_a_string() {
        assert_eq!(texts("a 'it''s; ' ; b"), ["a 'it''s; ' ;", "b"]);
    }

    #[test]
    fn blanks_comments_and_lone_semicolons_are_no_statements() {
        assert!(texts(" \n;; -- nothing\n/* at all */;\r\n").is_empty());
    }

    #[test]
    fn a_string_begins_where_it_begins_whatever_is_doubled_in_it() {
        for part in [1, 9] {
            assert_eq!(
                split("a 'it''s", part, LastStatement::Complete)[0].0,
                "the string that begins here has no end at 2..3"
            );
            assert_eq!(
                split("a 'b'\"c", part, LastStatement::Complete)[0].0,
                "the quoted name that begins here has no end at 5..6"
            );
        }
    }

    #[test]
    fn a_statement_that_is_too_long_may_be_cut_inside_a_character() {
        let text = "é".repeat(MAX_STATEMENT_BYTES / 2 + 1);
        for before in ["a", "ab"] {
            let text = format!("{before}{text}; c;");
            let pieces = split(&text, 1 << 20, LastStatement::Complete);
            assert!(
                pieces[0].0.starts_with("the statement is longer than 16 MiB"),
                "{}",
                pieces[0].0
            );
            assert_eq!(pieces[1].0, "c;");
        }
    }

    #[test]
    fn a_command_ends_with_its_line() {
        assert_eq!(
            texts("\\x auto\nSHOW CONNECTIONS;\\q"),
            ["\\x auto", "SHOW CONNECTIONS;", "\\q"]
        );
    }

    #[test]
    fn a_piece_knows_its_line_and_column() {
        let pieces = split("-- é\n  a;\n é b;  c", 1, LastStatement::Complete);
        assert_eq!(pieces, [("a;".into(), 2, 3), ("é b;".into(), 3, 2), ("c".into(), 3, 8)]);
    }

    #[test]
    fn a_file_that_ends_in_mid_statement_was_cut_short() {
        assert_eq!(
            split("a; b", 9, LastStatement::NeedsLineBreak)[1].0,
            "the input was cut short: the last statement has no end at 1..1"
        );
        assert_eq!(split("a; b\n", 9, LastStatement::NeedsLineBreak)[1].0, "b");
        assert_eq!(split("a; b -- c\n", 9, LastStatement::NeedsLineBreak).len(), 2);
    }

    #[test]
    fn what_has_no_end_is_named_at_its_beginning() {
        assert_eq!(texts("a 'b"), ["the string that begins here has no end at 2..3"]);
        assert_eq!(texts("a \"b"), ["the quoted name that begins here has no end at 2..3"]);
        assert_eq!(texts("/* b"), ["the comment that begins here has no end at 0..2"]);
        assert_eq!(
            texts("a; /* b"),
            ["a;", "the comment that begins here has no end at 0..2"]
        );
    }

    #[test]
    fn a_statement_over_the_limit_is_passed_over() {
        for length in [1, 3] {
            let text = format!("a é'{}'; b;", "é".repeat(MAX_STATEMENT_BYTES * length / 2));
            assert_eq!(texts(&text), ["the statement is longer than 16 MiB at 0..0", "b;"]);
        }
    }

    #[test]
    fn nesting_over_the_limit_is_passed_over() {
        assert_eq!(texts(&format!("{};", "(".repeat(1000))).len(), 1);
        assert_eq!(texts(&format!("a {}; b;", "(".repeat(1001)))[1], "b;");
        assert!(texts(&format!("a {}; b;", "(".repeat(1001)))[0].contains("deeper than 1000"));
        let comments = format!("a {} ok {}; b;", "/*".repeat(1001), "*/".repeat(1001));
        assert!(texts(&comments)[0].contains("deeper than 1000"));
    }

    #[test]
    fn a_nul_is_refused_at_its_place() {
        assert_eq!(texts("a \0; b;"), ["the input holds a NUL character at 2..3", "b;"]);
    }

    #[test]
    fn long_comments_take_no_memory() {
        let mut splitter = Splitter::default();
        for _ in 0..100 {
            splitter.push(&"-- a remark that nobody keeps\n".repeat(1000));
            assert!(splitter.next_piece().is_none());
            assert!(splitter.is_idle());
            splitter.push("");
            assert!(splitter.buffer.is_empty());
        }
    }

    proptest::proptest! {
        #[test]
        fn the_size_of_the_parts_makes_no_difference(text in "[ab;'\"\\-/*\\\\\n() é]{0,60}", part in 1_usize..5) {
            let whole = split(&text, usize::MAX, LastStatement::NeedsLineBreak);
            proptest::prop_assert_eq!(split(&text, part, LastStatement::NeedsLineBreak), whole);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}|[\\x00-\\x7f]{0,200}") {
            split(&text, 7, LastStatement::Complete);
        }
    }

    #[test]
    fn the_parts_of_a_typed_text_have_their_places() {
        let text = "/* a */ SHOW x; -- b\n\\x on\n\n SELECT ';";
        let parts: Vec<(&str, PieceKind, bool)> = Splitter::parts(text, Dialect::Catalog)
            .into_iter()
            .map(|part| (&text[part.range], part.kind, part.complete))
            .collect();
        assert_eq!(
            parts,
            [
                ("SHOW x;", PieceKind::Statement, true),
                ("\\x on\n", PieceKind::Command, true),
                ("SELECT ';", PieceKind::Statement, false),
            ]
        );
        assert!(Splitter::parts(" -- only a comment", Dialect::Catalog).is_empty());
    }

    #[test]
    fn what_no_further_line_can_mend_counts_as_complete() {
        let is_complete = |text: &str| Splitter::is_complete(text, Dialect::Catalog);
        assert!(is_complete("SELECT \0"));
        assert!(is_complete(&"(".repeat(MAX_NESTING + 1)));
        assert!(!is_complete("SELECT (\n\n"));
    }

    #[test]
    fn a_text_for_a_warehouse_is_complete_by_its_own_rules() {
        for (text, by_backslash, by_standard) in [
            ("SELECT $$;", false, false),
            ("SELECT $$;$$;", true, true),
            ("SELECT $a$ $$; $a$;", true, true),
            ("SELECT 'a\\';", false, true),
            ("SELECT E'a\\';", false, false),
            ("/* /* ; */ SELECT 1;", false, false),
        ] {
            for (backslash_escapes, expected) in [(true, by_backslash), (false, by_standard)] {
                let dialect = Dialect::Warehouse { backslash_escapes };
                assert_eq!(Splitter::is_complete(text, dialect), expected, "{text}");
            }
        }
    }
}
