//! Formats for programs: each row is written when it arrives.

use std::io;

use super::CellKind;
use crate::render::json::{self, MAX_SAFE_INTEGER};
use crate::render::{Style, delimited, sanitize};

/// A format for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExactFormat {
    Csv,
    Tsv,
    Json,
    Jsonl,
}

/// Rows as csv, tsv, json or jsonl.
pub(super) struct Exact {
    format: ExactFormat,
    /// The headings, or the keys of JSON.
    names: Vec<String>,
    has_begun: bool,
    /// True if the rows go to a terminal.
    is_shown: bool,
}

impl Exact {
    pub fn new(format: ExactFormat, names: &[&str], style: &Style) -> Self {
        let names = match format {
            ExactFormat::Json | ExactFormat::Jsonl => json::keys(names),
            ExactFormat::Csv | ExactFormat::Tsv => {
                names.iter().map(|name| (*name).to_owned()).collect()
            }
        };
        Self {
            format,
            names,
            has_begun: false,
            is_shown: style.width.is_some(),
        }
    }

    pub fn row(
        &mut self,
        cells: &[Option<&[u8]>],
        kinds: &[CellKind],
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let is_first = !self.has_begun;
        self.begin(out);
        match self.format {
            ExactFormat::Csv | ExactFormat::Tsv => self.delimited(cells, out),
            ExactFormat::Json => {
                out.extend_from_slice(if is_first { b"" } else { b",\n" });
                self.object(cells, kinds, out)?;
            }
            ExactFormat::Jsonl => {
                self.object(cells, kinds, out)?;
                out.push(b'\n');
            }
        }
        Ok(())
    }

    pub fn finish(mut self, out: &mut Vec<u8>) {
        match self.format {
            ExactFormat::Json if self.has_begun => out.extend_from_slice(b"\n]\n"),
            ExactFormat::Json => out.extend_from_slice(b"[]\n"),
            ExactFormat::Csv | ExactFormat::Tsv | ExactFormat::Jsonl => self.begin(out),
        }
    }

    /// A JSON array stays open, so that it does not parse as a complete one.
    pub fn break_off(self, out: &mut Vec<u8>) {
        if self.format == ExactFormat::Json && self.has_begun {
            out.push(b'\n');
        }
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.has_begun, true) {
            return;
        }
        match self.format {
            ExactFormat::Csv | ExactFormat::Tsv => {
                let names: Vec<Option<&[u8]>> =
                    self.names.iter().map(|name| Some(name.as_bytes())).collect();
                self.delimited(&names, out);
            }
            ExactFormat::Json => out.extend_from_slice(b"[\n"),
            ExactFormat::Jsonl => {}
        }
    }

    /// A row of csv or tsv, escaped if it goes to a terminal.
    fn delimited(&self, cells: &[Option<&[u8]>], out: &mut Vec<u8>) {
        let write = if self.format == ExactFormat::Csv {
            delimited::write_csv
        } else {
            delimited::write_tsv
        };
        if !self.is_shown {
            return write(cells, out);
        }
        let printable = |cell: &[u8]| sanitize::lines(&String::from_utf8_lossy(cell)).into_owned();
        let printable: Vec<Option<String>> = cells.iter().map(|cell| cell.map(printable)).collect();
        let cells: Vec<Option<&[u8]>> =
            printable.iter().map(|cell| cell.as_ref().map(String::as_bytes)).collect();
        write(&cells, out);
    }

    fn object(
        &self,
        cells: &[Option<&[u8]>],
        kinds: &[CellKind],
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let mut before: &[u8] = b"{";
        for ((key, kind), cell) in self.names.iter().zip(kinds).zip(cells) {
            out.extend_from_slice(before);
            out.extend_from_slice(key.as_bytes());
            out.extend_from_slice(b": ");
            match cell {
                None => out.extend_from_slice(b"null"),
                Some(cell) => write_json(cell, *kind, out)?,
            }
            before = b", ";
        }
        out.extend_from_slice(if self.names.is_empty() { b"{}" } else { b"}" });
        Ok(())
    }
}

fn write_json(cell: &[u8], kind: CellKind, out: &mut Vec<u8>) -> io::Result<()> {
    let typed = match kind {
        CellKind::Boolean => match cell {
            b"t" | b"true" => Some(&b"true"[..]),
            b"f" | b"false" => Some(&b"false"[..]),
            _ => None,
        },
        CellKind::Integer => is_safe_integer(cell).then_some(cell),
        // JSON has no NaN and no infinities.
        CellKind::Real => serde_json::from_slice::<f64>(cell).is_ok().then_some(cell),
        CellKind::Decimal | CellKind::Text => None,
    };
    match typed {
        Some(typed) => out.extend_from_slice(typed),
        None => json::write_string(&String::from_utf8_lossy(cell), out)?,
    }
    Ok(())
}

/// True for an integer that every JSON parser reads correctly.
fn is_safe_integer(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    if digits.is_empty()
        || !digits.iter().all(u8::is_ascii_digit)
        || (digits.len() > 1 && digits[0] == b'0')
    {
        return false;
    }
    let value = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u64>().ok());
    value.is_some_and(|value| value <= MAX_SAFE_INTEGER)
}
