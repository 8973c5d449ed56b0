//! JSON: each row is an object, written when it arrives.

use std::io::{self, Write};

use super::CellKind;
use crate::render::json::{self, MAX_SAFE_INTEGER};

/// Rows as objects of JSON: in an array, or each on a line of its own.
pub(super) struct JsonRows {
    keys: Vec<String>,
    in_array: bool,
    has_begun: bool,
}

impl JsonRows {
    pub fn new(names: &[&str], in_array: bool) -> Self {
        Self {
            keys: json::keys(names),
            in_array,
            has_begun: false,
        }
    }

    pub fn row(
        &mut self,
        cells: &[Option<&[u8]>],
        kinds: &[CellKind],
        out: &mut impl Write,
    ) -> io::Result<()> {
        let separator: &[u8] = match (self.in_array, self.has_begun) {
            (true, true) => b",\n",
            (true, false) => b"[\n",
            (false, _) => b"",
        };
        self.has_begun = true;
        out.write_all(separator)?;
        let mut before: &[u8] = b"{";
        for ((key, kind), cell) in self.keys.iter().zip(kinds).zip(cells) {
            out.write_all(before)?;
            out.write_all(key.as_bytes())?;
            out.write_all(b": ")?;
            match cell {
                None => out.write_all(b"null")?,
                Some(cell) => write_json(cell, *kind, out)?,
            }
            before = b", ";
        }
        out.write_all(if self.keys.is_empty() { b"{}" } else { b"}" })?;
        out.write_all(if self.in_array { b"" } else { b"\n" })
    }

    pub fn finish(&self, out: &mut impl Write) -> io::Result<()> {
        match (self.in_array, self.has_begun) {
            (true, true) => out.write_all(b"\n]\n"),
            (true, false) => out.write_all(b"[]\n"),
            (false, _) => Ok(()),
        }
    }

    pub fn break_off(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(if self.in_array && self.has_begun { b"\n" } else { b"" })
    }
}

/// Writes the server's bytes if they are a JSON value of the kind, and else a string of them.
fn write_json(cell: &[u8], kind: CellKind, out: &mut impl Write) -> io::Result<()> {
    let typed = match kind {
        CellKind::Boolean => match cell {
            b"t" | b"true" => Some(&b"true"[..]),
            b"f" | b"false" => Some(&b"false"[..]),
            _ => None,
        },
        CellKind::Integer => is_safe_integer(cell).then_some(cell),
        CellKind::Real => is_number(cell).then_some(cell),
        CellKind::Decimal | CellKind::Text => None,
    };
    match typed {
        Some(typed) => out.write_all(typed),
        None => json::write_string(&String::from_utf8_lossy(cell), out),
    }
}

/// True for a number of JSON that a double holds: not NaN, not an infinity, no blanks around it.
fn is_number(cell: &[u8]) -> bool {
    cell.trim_ascii().len() == cell.len() && serde_json::from_slice::<f64>(cell).is_ok()
}

/// True for the digits of an integer that every reader of JSON reads exactly.
fn is_safe_integer(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    let is_integer =
        digits.iter().all(u8::is_ascii_digit) && (digits.len() == 1 || !digits.starts_with(b"0"));
    let value = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u64>().ok());
    is_integer && value.is_some_and(|value| value <= MAX_SAFE_INTEGER)
}
