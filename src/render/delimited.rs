//! CSV and TSV for other programs: the data is exact; only at a terminal it is escaped.

use std::io::{self, Write};

use super::sanitize;
use super::style::Style;

/// The form of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum CellForm {
    Csv,
    Tsv,
}

/// Rows as csv or tsv, under a row of headings.
pub(super) struct Delimited {
    separator: u8,
    form: CellForm,
    /// None once they are written.
    headings: Option<Vec<String>>,
    /// True if the rows go to a terminal.
    is_shown: bool,
    /// The text for NULL; None for that of the format.
    null: Option<String>,
}

impl Delimited {
    /// Rows under these headings.
    pub fn new(separator: u8, form: CellForm, names: &[&str], style: &Style) -> Self {
        let headings = names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            separator,
            form,
            headings: Some(headings).filter(|_| style.shows_headings()),
            is_shown: style.width.is_some(),
            null: style.exact_null.clone(),
        }
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[Option<&[u8]>], out: &mut impl Write) -> io::Result<()> {
        self.begin(out)?;
        self.line(cells.iter().copied(), out)
    }

    /// Writes the headings.
    pub fn begin(&mut self, out: &mut impl Write) -> io::Result<()> {
        match self.headings.take() {
            Some(names) => self.line(names.iter().map(|name| Some(name.as_bytes())), out),
            None => Ok(()),
        }
    }

    fn line<'a>(
        &self,
        cells: impl Iterator<Item = Option<&'a [u8]>>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                out.write_all(&[self.separator])?;
            }
            let cell = cell.or(self.null.as_deref().map(str::as_bytes));
            match cell {
                Some(cell) if self.is_shown => {
                    let text = String::from_utf8_lossy(cell);
                    self.cell(Some(sanitize::lines(&text).as_bytes()), out)?;
                }
                cell => self.cell(cell, out)?,
            }
        }
        out.write_all(b"\n")
    }

    /// Writes a cell; None is NULL.
    fn cell(&self, cell: Option<&[u8]>, out: &mut impl Write) -> io::Result<()> {
        match self.form {
            CellForm::Csv => write_csv(cell, out),
            CellForm::Tsv => write_tsv(cell, out),
        }
    }
}

/// Writes a cell of CSV (RFC 4180, except that lines end in a line feed). NULL is an empty field,
/// empty text is `""`. `\.` is quoted as psql does it: alone on a line it would end COPY.
fn write_csv(cell: Option<&[u8]>, out: &mut impl Write) -> io::Result<()> {
    let is_special = |byte: &u8| matches!(byte, b'"' | b',' | b'\n' | b'\r');
    match cell {
        None => Ok(()),
        Some([]) => out.write_all(b"\"\""),
        Some(cell) if cell == b"\\." || cell.iter().any(is_special) => {
            out.write_all(b"\"")?;
            write_escaped(cell, |byte| (byte == b'"').then_some(b"\"\""), out)?;
            out.write_all(b"\"")
        }
        Some(cell) => out.write_all(cell),
    }
}

/// Writes a cell of the text format of `PostgreSQL`'s COPY (its documentation, COPY, "Text
/// Format").
fn write_tsv(cell: Option<&[u8]>, out: &mut impl Write) -> io::Result<()> {
    match cell {
        None => out.write_all(b"\\N"),
        Some(cell) => write_escaped(cell, copy_escape, out),
    }
}

/// The escape in COPY for a byte that needs one.
fn copy_escape(byte: u8) -> Option<&'static [u8; 2]> {
    match byte {
        b'\\' => Some(b"\\\\"),
        b'\t' => Some(b"\\t"),
        b'\n' => Some(b"\\n"),
        b'\r' => Some(b"\\r"),
        0x08 => Some(b"\\b"),
        0x0b => Some(b"\\v"),
        0x0c => Some(b"\\f"),
        _ => None,
    }
}

fn write_escaped(
    cell: &[u8],
    escape: impl Fn(u8) -> Option<&'static [u8; 2]>,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut written = 0;
    for (at, byte) in cell.iter().enumerate() {
        if let Some(escape) = escape(*byte) {
            out.write_all(&cell[written..at])?;
            out.write_all(escape)?;
            written = at + 1;
        }
    }
    out.write_all(&cell[written..])
}
