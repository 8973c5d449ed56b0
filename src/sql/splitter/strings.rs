//! Strings, for which the dialects have different rules.

use super::{Dialect, Splitter, State, Step};

impl Splitter {
    /// Returns true if a backslash is an escape in the string that begins here: by the server's
    /// setting, or in `E'…'`.
    pub(super) fn backslash_escapes(&self) -> bool {
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

    /// A dollar inside a name belongs to the name.
    pub(super) fn may_begin_tag(&self) -> bool {
        let before = self.buffer.as_bytes()[self.start..self.position].last();
        self.dialect != Dialect::Catalog && !before.is_some_and(|before| continues_name(*before))
    }

    pub(super) fn step_tag(&mut self, byte: u8) -> Step {
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

    pub(super) fn enter_quote(&mut self, state: State) {
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
}

/// Returns true for a byte that may occur inside a name (PostgreSQL documentation, "Identifiers and
/// Key Words").
fn continues_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..)
}
