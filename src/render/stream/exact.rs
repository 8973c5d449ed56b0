//! Formats for programs: each row is written when it arrives.

use std::io;

use super::{CellKind, StreamColumn};
use crate::render::json::{self, MAX_SAFE_INTEGER};
use crate::render::{Format, Style, delimited, sanitize};
use crate::value::ResultSet;

/// Rows as csv, tsv, json or jsonl.
pub(super) struct Exact {
    format: Format,
    /// The headings, or the keys of JSON, each with its kind.
    columns: Vec<(String, CellKind)>,
    has_begun: bool,
    /// Whether the rows go to a terminal.
    is_shown: bool,
}

impl Exact {
    pub fn new(columns: &[StreamColumn], style: &Style) -> Self {
        let format = style.format;
        let names = || columns.iter().map(|column| column.name.as_str());
        let names = if format.is_json() {
            json::keys(&ResultSet::with_columns(names()))
        } else {
            names().map(str::to_owned).collect()
        };
        Self {
            format,
            columns: names.into_iter().zip(columns.iter().map(|column| column.kind)).collect(),
            has_begun: false,
            is_shown: style.width.is_some(),
        }
    }

    pub fn row(&mut self, cells: &[Option<&[u8]>], out: &mut Vec<u8>) -> io::Result<()> {
        let is_first = !self.has_begun;
        self.begin(out);
        match self.format {
            Format::Csv | Format::Tsv if self.is_shown => self.shown(cells, out)?,
            Format::Csv => delimited::write_csv_cells(cells, out),
            Format::Tsv => delimited::write_tsv_cells(cells, out)?,
            Format::Jsonl => {
                self.object(cells, out)?;
                out.push(b'\n');
            }
            _ => {
                out.extend_from_slice(if is_first { b"" } else { b",\n" });
                self.object(cells, out)?;
            }
        }
        Ok(())
    }

    pub fn finish(mut self, out: &mut Vec<u8>) {
        let has_rows = self.has_begun;
        match self.format {
            Format::Json if has_rows => out.extend_from_slice(b"\n]\n"),
            Format::Json => out.extend_from_slice(b"[]\n"),
            _ => self.begin(out),
        }
    }

    /// An array in JSON stays open: it must not read as a whole one.
    pub fn break_off(self, out: &mut Vec<u8>) {
        if self.format == Format::Json && self.has_begun {
            out.push(b'\n');
        }
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.has_begun, true) {
            return;
        }
        let names: Vec<Option<&[u8]>> =
            self.columns.iter().map(|(name, _)| Some(name.as_bytes())).collect();
        match self.format {
            // Text into memory cannot fail.
            Format::Csv | Format::Tsv if self.is_shown => drop(self.shown(&names, out)),
            Format::Csv => delimited::write_csv_cells(&names, out),
            Format::Tsv => drop(delimited::write_tsv_cells(&names, out)),
            Format::Json => out.extend_from_slice(b"[\n"),
            _ => {}
        }
    }

    /// The same where a terminal would obey what is in the cells.
    fn shown(&self, cells: &[Option<&[u8]>], out: &mut Vec<u8>) -> io::Result<()> {
        let printable = |cell: &[u8]| sanitize::lines(&String::from_utf8_lossy(cell)).into_owned();
        let printable: Vec<Option<String>> = cells.iter().map(|cell| cell.map(printable)).collect();
        let cells: Vec<Option<&[u8]>> =
            printable.iter().map(|cell| cell.as_ref().map(String::as_bytes)).collect();
        match self.format {
            Format::Csv => {
                delimited::write_csv_cells(&cells, out);
                Ok(())
            }
            _ => delimited::write_tsv_cells(&cells, out),
        }
    }

    fn object(&self, cells: &[Option<&[u8]>], out: &mut Vec<u8>) -> io::Result<()> {
        let mut before: &[u8] = b"{";
        for ((key, kind), cell) in self.columns.iter().zip(cells) {
            out.extend_from_slice(before);
            out.extend_from_slice(key.as_bytes());
            out.extend_from_slice(b": ");
            match cell {
                None => out.extend_from_slice(b"null"),
                Some(cell) => write_json(cell, *kind, out)?,
            }
            before = b", ";
        }
        out.extend_from_slice(if self.columns.is_empty() { b"{}" } else { b"}" });
        Ok(())
    }
}

fn write_json(cell: &[u8], kind: CellKind, out: &mut Vec<u8>) -> io::Result<()> {
    let typed = match kind {
        CellKind::Boolean => match cell {
            b"t" => Some(&b"true"[..]),
            b"f" => Some(&b"false"[..]),
            _ => None,
        },
        CellKind::Integer => is_safe_integer(cell).then_some(cell),
        // NaN and the infinities are no numbers of JSON.
        CellKind::Real => serde_json::from_slice::<f64>(cell).is_ok().then_some(cell),
        CellKind::Decimal | CellKind::Text => None,
    };
    match typed {
        Some(typed) => out.extend_from_slice(typed),
        None => json::write_string(&String::from_utf8_lossy(cell), out)?,
    }
    Ok(())
}

/// Whether every reader of JSON gets the integer right, and it is written as JSON has it.
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
