//! Names and strings, for which the dialects have different rules.

use super::{Content, Dialect, Splitter, State, Step};

/// The string or quoted name that was closed last, while another quote may continue it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClosedQuote {
    /// The byte behind it.
    pub end: usize,
    /// The state inside it.
    state: State,
    /// True if a line break follows, so that PostgreSQL joins it with the next string.
    breaks: bool,
}

impl Splitter {
    /// Counts the bytes of the name that ends with this byte, and notes a word that ends before it.
    pub(super) fn step_name(&mut self, byte: u8) {
        if starts_name(byte) || (self.name_length > 0 && continues_name(byte)) {
            self.name_length += 1;
            return;
        }
        let start = self.position.checked_sub(self.name_length);
        if self.name_length > 0
            && self.dialect != Dialect::Catalog
            && let Some(word) = start.and_then(|at| self.buffer.as_bytes().get(at..self.position))
        {
            self.routine.note(word, self.parentheses > 0);
        }
        self.name_length = 0;
    }

    /// Closes the open quote.
    pub(super) fn close_quote(&mut self) {
        self.closed = Some(ClosedQuote {
            end: self.position + 1,
            state: self.state,
            breaks: false,
        });
        self.state = State::Code;
    }

    /// Notes a byte of code other than a quote: only a line break, blanks and comments to the end
    /// of a line may stand between two parts of a string.
    pub(super) fn step_between_strings(&mut self, byte: u8) {
        match byte {
            b'\n' | b'\r' => self.break_line(),
            b' ' | b'\t' | 0x0b | 0x0c => {}
            b'-' if self.state == State::Code => {}
            _ => self.closed = None,
        }
    }

    pub(super) fn break_line(&mut self) {
        if let Some(closed) = &mut self.closed {
            closed.breaks = true;
        }
    }

    /// Opens a quote. A quote right behind one of its kind is a character of the same text, and a
    /// string behind a line break continues the one before it, by the same rule for backslashes
    /// (PostgreSQL documentation, "String Constants").
    pub(super) fn open_quote(&mut self, byte: u8, prefix: Option<u8>) {
        self.content = Content::Begun;
        let closed = self.closed.take();
        let closed =
            closed.filter(|closed| (closed.state == State::DoubleQuoted) == (byte == b'"'));
        match closed {
            Some(closed) if closed.end == self.position => self.state = closed.state,
            Some(closed) if closed.breaks && byte == b'\'' && self.dialect != Dialect::Catalog => {
                self.enter(closed.state, 0);
            }
            Some(_) | None if byte == b'"' => self.enter(State::DoubleQuoted, 0),
            Some(_) | None if self.backslash_escapes(prefix) => self.enter(State::EscapeQuoted, 0),
            Some(_) | None => self.enter(State::SingleQuoted, 0),
        }
    }

    /// Returns true if a backslash is an escape in a string with this letter before it: always in
    /// `E'…'`, never in `B'…'` and `X'…'`, and else by the server's setting.
    fn backslash_escapes(&self, prefix: Option<u8>) -> bool {
        match (self.dialect, prefix) {
            (Dialect::Catalog, _) | (_, Some(b'B' | b'b' | b'X' | b'x')) => false,
            (_, Some(b'E' | b'e')) => true,
            (Dialect::Warehouse { backslash_escapes }, _) => backslash_escapes,
        }
    }

    /// The letter before the byte, if it is a name by itself.
    pub(super) fn prefix(&self) -> Option<u8> {
        match self.name_length {
            1 => self.buffer.as_bytes().get(self.position.checked_sub(1)?).copied(),
            _ => None,
        }
    }

    pub(super) fn step_tag(&mut self, byte: u8) -> Step {
        let is_first = self.position == self.opened + 1;
        if byte == b'$' {
            self.tag = self.buffer.as_bytes()[self.opened..=self.position].to_vec();
            self.state = State::DollarQuoted { matched: 0 };
        } else if !continues_name(byte) || (is_first && byte.is_ascii_digit()) {
            // A parameter such as $1, or a dollar by itself and perhaps a name.
            self.name_length = self.position - self.opened - 1;
            self.state = State::Code;
            return self.step_code(byte);
        }
        Step::Go
    }

    pub(super) fn step_dollar_quoted(&mut self, matched: usize, byte: u8) {
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
}

/// Returns true for a byte that may begin a name (PostgreSQL documentation, "Identifiers and Key
/// Words").
fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | 0x80..)
}

/// Returns true for a byte that may follow in a name.
fn continues_name(byte: u8) -> bool {
    starts_name(byte) || byte.is_ascii_digit() || byte == b'$'
}
