//! A backslash inside a statement: `\g` and `\gx` end the statement and `\;` joins it with the next
//! one, as in psql; anything else is an error.
//!
//! No SQL has a backslash outside quotes and comments, so a statement with one is never sent.

use super::{BrokenPiece, Dialect, Piece, PieceKind, Routine, Splitter, State, Step, TextError};

/// The effect in psql on the statement before it (its documentation, "Meta-Commands"): the line
/// ends with the command. After any other word the rest of the statement is skipped.
const ENDING: [&str; 16] = [
    "bind",
    "crosstabview",
    "e",
    "edit",
    "g",
    "gdesc",
    "gexec",
    "gset",
    "gx",
    "p",
    "print",
    "q",
    "r",
    "reset",
    "w",
    "watch",
];

/// True for `\g` and `\gx` alone.
pub(super) fn ends_statement(command: &str) -> bool {
    matches!(without_end(command), "\\g" | "\\gx")
}

fn without_end(command: &str) -> &str {
    command.trim_end_matches(|c: char| c == ';' || c.is_ascii_whitespace())
}

impl Splitter {
    /// The byte behind a backslash. As in psql, `\;` is a `;` that does not end the statement of a
    /// warehouse: it is sent together with the next one.
    pub(super) fn step_backslash(&mut self, byte: u8) -> Step {
        match byte {
            b';' if self.dialect != Dialect::Catalog => {
                self.buffer.replace_range(self.opened..=self.opened, " ");
                self.routine = Routine::default();
                self.state = State::Code;
                Step::Go
            }
            byte if byte.is_ascii_alphabetic() => {
                self.state = State::Ending { in_word: true };
                Step::Go
            }
            _ => Step::Misplaced,
        }
    }

    /// A byte of the line behind a backslash and a letter.
    pub(super) fn step_ending(&mut self, in_word: bool, byte: u8) -> Step {
        match byte {
            _ if in_word && !byte.is_ascii_alphabetic() && !self.has_ending_word(self.position) => {
                return Step::Misplaced;
            }
            b'\n' => return self.step_end_of_ending(self.position),
            _ => {
                self.state = State::Ending {
                    in_word: in_word && byte.is_ascii_alphabetic(),
                }
            }
        }
        Step::Go
    }

    /// The line or the source ends here.
    fn step_end_of_ending(&self, end: usize) -> Step {
        match self.ending(end) {
            Some(_) => Step::End(PieceKind::Statement, self.buffer.len().min(end + 1)),
            None => Step::Misplaced,
        }
    }

    /// The rest of a source that ends here.
    pub(super) fn finish_ending(&mut self) -> Result<Piece<'_>, BrokenPiece<'_>> {
        let end = self.buffer.len();
        if self.ending(end).is_some() {
            Ok(self.take(PieceKind::Statement, end))
        } else {
            Err(self.misplaced())
        }
    }

    /// Some if `\g` or `\gx` is alone on the line that ends here; true for `\gx`, whose rows are
    /// shown vertically.
    fn ending(&self, end: usize) -> Option<bool> {
        match without_end(&self.buffer[self.opened..end]) {
            "\\g" => Some(false),
            "\\gx" => Some(true),
            _ => None,
        }
    }

    /// Replaces the `\g` or `\gx` at the end of the statement by a `;`, so that the statement is
    /// run and kept like others. Returns true if its rows are shown vertically.
    pub(super) fn replace_ending(&mut self, end: usize) -> bool {
        if !matches!(self.state, State::Ending { .. }) {
            return false;
        }
        let Some(is_vertical) = self.ending(end) else {
            return false;
        };
        let line_end = self.buffer[..end].trim_end_matches(['\r', '\n']).len();
        let length = line_end - self.opened;
        self.buffer.replace_range(self.opened..line_end, &format!("{:<length$}", ";"));
        is_vertical
    }

    fn word_length(&self) -> usize {
        let letters = self.buffer.as_bytes()[self.opened + 1..].iter();
        letters.take_while(|byte| byte.is_ascii_alphabetic()).count()
    }

    fn has_ending_word(&self, end: usize) -> bool {
        ENDING.contains(&&self.buffer[self.opened + 1..end])
    }

    /// The error of a command inside a statement. Its own line is skipped if the command would have
    /// ended the statement; after another word the next lines may belong to the statement, with its
    /// secrets, and are skipped too.
    pub(super) fn misplaced(&mut self) -> BrokenPiece<'_> {
        let word_end = self.opened + 1 + self.word_length();
        let follows_secret = self.follows_secret();
        let (start, line, column) = (self.start, self.line + 1, self.column + 1);
        let span = self.opened - start..word_end - start;
        if self.has_ending_word(word_end) {
            let rest = self.buffer[word_end..].find('\n');
            let end = rest.map_or(self.buffer.len(), |rest| word_end + rest + 1);
            self.position = end;
            self.reset_piece();
            self.advance(end);
        } else {
            self.pass_over(start..word_end);
            self.state = State::Code;
        }
        BrokenPiece {
            follows_secret,
            error: TextError::BackslashInStatement,
            span: Some(span),
            text: &self.buffer[start..word_end],
            line,
            column,
        }
    }
}
