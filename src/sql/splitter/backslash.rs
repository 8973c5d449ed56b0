//! Backslash commands: on their own, and behind a statement that they end.
//!
//! As in psql, a command ends before the next backslash outside of quotes, so that several stand on
//! one line; `\\` ends one and is none itself. The argument of some commands is the rest of the
//! line: a path or a name, which may hold a backslash. `\;` joins a statement with the next one.
//! Any other backslash in a statement is an error: no SQL has one outside quotes and comments, so a
//! statement with one is never sent.

use super::{BrokenPiece, Dialect, Piece, PieceKind, Routine, Splitter, State, Step, TextError};

/// The commands that end the statement before them and say what becomes of it.
const ENDING: [&str; 6] = ["g", "gdesc", "gexec", "gset", "gx", "watch"];

/// The commands that cannot stand in a statement here, but whose line ends with them in psql (its
/// documentation, "Meta-Commands"). After any other word the rest of the statement is skipped.
const MISPLACED: [&str; 9] = ["crosstabview", "e", "edit", "p", "print", "q", "r", "reset", "w"];

/// The commands whose argument is words, besides those that begin with `d`. The argument of every
/// other command is the rest of its line.
const WORDS: [&str; 43] = [
    "?",
    "C",
    "a",
    "c",
    "connect",
    "echo",
    "elif",
    "else",
    "endif",
    "errverbose",
    "expect",
    "f",
    "format",
    "g",
    "gdesc",
    "getenv",
    "gexec",
    "gset",
    "gx",
    "if",
    "l",
    "o",
    "p",
    "password",
    "print",
    "prompt",
    "pset",
    "q",
    "qecho",
    "r",
    "reset",
    "set",
    "setenv",
    "t",
    "timing",
    "tree",
    "unset",
    "w",
    "warn",
    "watch",
    "write",
    "x",
    "guard",
];

/// The quote that is open in the argument of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordQuote {
    None,
    Single,
    /// Behind a backslash in single quotes.
    Escape,
    Double,
    Backtick,
}

/// True if the argument of the command is words.
fn takes_words(name: &str) -> bool {
    let plain = name.trim_end_matches([';', '+', 'S']);
    plain.starts_with('d') || WORDS.contains(&plain)
}

/// True if the line is a command that ends the statement before it.
pub(super) fn ends_statement(command: &str) -> bool {
    let name = command.trim_start_matches('\\');
    ENDING.contains(&&name[..letters(name)])
}

/// The number of letters at the beginning of a text.
fn letters(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_alphabetic).count()
}

impl Splitter {
    /// The byte behind a backslash in a statement. As in psql, `\;` is a `;` that does not end the
    /// statement of a warehouse: it is sent together with the next one.
    pub(super) fn step_backslash(&mut self, byte: u8) -> Step {
        match byte {
            b';' if self.dialect != Dialect::Catalog => {
                self.buffer.replace_range(self.opened..=self.opened, " ");
                self.routine = Routine::default();
                self.state = State::Code;
                Step::Go
            }
            byte if byte.is_ascii_alphabetic() => {
                self.state = State::CommandName;
                self.ends_statement = true;
                Step::Go
            }
            _ => Step::Misplaced,
        }
    }

    /// A byte of the name of a command, or the one behind it.
    pub(super) fn step_command_name(&mut self, byte: u8) -> Step {
        if self.ends_statement {
            if byte.is_ascii_alphabetic() {
                return Step::Go;
            }
            if !ENDING.contains(&self.command_name()) && !self.is_misplaced() {
                return Step::Misplaced;
            }
        } else if byte == b'\\' && self.position == self.opened + 1 {
            self.reset_piece();
            return Step::Go;
        } else if byte != b'\\' && !byte.is_ascii_whitespace() {
            return Step::Go;
        }
        if takes_words(self.command_name()) && !self.is_misplaced() {
            self.state = State::CommandWords(WordQuote::None);
            self.step_command_words(WordQuote::None, byte)
        } else {
            self.state = State::CommandLine;
            self.step_command_line(byte)
        }
    }

    /// The name of the command between its backslash and the position.
    fn command_name(&self) -> &str {
        &self.buffer[self.opened + 1..self.position]
    }

    /// True if the command behind the statement ends its line in psql alone.
    fn is_misplaced(&self) -> bool {
        let name = &self.buffer[self.opened + 1..];
        self.ends_statement && MISPLACED.contains(&&name[..letters(name)])
    }

    /// A byte of an argument that is the rest of the line.
    pub(super) fn step_command_line(&mut self, byte: u8) -> Step {
        match byte {
            b'\n' if self.is_misplaced() => Step::Misplaced,
            b'\n' => Step::End(self.command_kind(), self.position + 1),
            _ => Step::Go,
        }
    }

    /// A byte of an argument that is words.
    pub(super) fn step_command_words(&mut self, quote: WordQuote, byte: u8) -> Step {
        let quote = match (quote, byte) {
            (_, b'\n') => return Step::End(self.command_kind(), self.position + 1),
            (WordQuote::None, b'\\') => return Step::End(self.command_kind(), self.position),
            (WordQuote::None, b'|') if self.argument_is_blank() => {
                // The line of another program.
                self.state = State::CommandLine;
                return Step::Go;
            }
            (WordQuote::None, b'\'') | (WordQuote::Escape, _) => WordQuote::Single,
            (WordQuote::Single, b'\\') => WordQuote::Escape,
            (WordQuote::None, b'"') => WordQuote::Double,
            (WordQuote::None, b'`') => WordQuote::Backtick,
            (WordQuote::Single, b'\'')
            | (WordQuote::Double, b'"')
            | (WordQuote::Backtick, b'`') => WordQuote::None,
            (quote, _) => quote,
        };
        self.state = State::CommandWords(quote);
        Step::Go
    }

    /// True if only blanks stand between the name of the command and the position.
    fn argument_is_blank(&self) -> bool {
        let command = &self.buffer[self.opened..self.position];
        let argument = command.find(char::is_whitespace);
        argument.is_some_and(|start| command[start..].trim_start().is_empty())
    }

    pub(super) fn command_kind(&self) -> PieceKind {
        if self.ends_statement {
            PieceKind::Statement
        } else {
            PieceKind::Command
        }
    }

    /// The last piece of a source that ends in a command.
    pub(super) fn finish_command(&mut self) -> Result<Piece<'_>, BrokenPiece<'_>> {
        let name = &self.buffer[self.opened + 1..];
        if self.ends_statement && !ENDING.contains(&&name[..letters(name)]) {
            return Err(self.misplaced());
        }
        let (kind, end) = (self.command_kind(), self.buffer.len());
        Ok(self.take(kind, end))
    }

    /// Replaces the command that ends the statement by a `;`, so that the statement is run and kept
    /// like others, and keeps the command.
    pub(super) fn replace_ending(&mut self, end: usize) {
        self.ending.clear();
        if self.ends_statement {
            let line_end = self.buffer[..end].trim_end_matches(['\r', '\n']).len();
            self.ending.push_str(self.buffer[self.opened..line_end].trim_end());
            let length = line_end - self.opened;
            self.buffer.replace_range(self.opened..line_end, &format!("{:<length$}", ";"));
        }
    }

    /// The error of a command inside a statement. Its own line is skipped if the command would have
    /// ended the statement; after another word the next lines may belong to the statement, with its
    /// secrets, and are skipped too.
    pub(super) fn misplaced(&mut self) -> BrokenPiece<'_> {
        let word_end = self.opened + 1 + letters(&self.buffer[self.opened + 1..]);
        let follows_secret = self.follows_secret();
        let (start, line, column) = (self.start, self.line + 1, self.column + 1);
        let span = self.opened - start..word_end - start;
        if self.is_misplaced() {
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
