//! Result sets: rows that are written as they arrive, directly from the server's bytes, and
//! complete sets of rows.
//!
//! Memory does not grow with the number of rows. Formats for programs write each row at once;
//! formats for reading take the widths of their columns from the first rows.

mod drawn;
mod exact;

use std::io::{self, BufWriter, Write};

use super::cell;
use super::layout::numeric_columns;
use super::{Format, Style};
use crate::value::{ResultSet, Value};
use drawn::{Drawn, DrawnFormat};
use exact::{Exact, ExactFormat};

/// The number of rows drawn at once; the first piece determines the widths.
const PIECE_ROWS: usize = 1_000;

/// The maximum size of the cells in a piece.
const PIECE_BYTES: usize = 1024 * 1024;

/// The size of the buffer between the formats and the writer.
const BUFFER_BYTES: usize = 64 * 1024;

/// The kind of values in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Text, or anything else that is shown unchanged.
    Text,
    /// `t` or `f`, or the whole word.
    Boolean,
    /// Digits, perhaps with a sign.
    Integer,
    /// A floating-point number.
    Real,
    /// An exact number, which is a string in JSON so that no digit is lost.
    Decimal,
}

impl CellKind {
    fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Real | Self::Decimal)
    }
}

/// A column of a result set that arrives row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamColumn {
    /// The heading.
    pub name: String,
    /// The kind of its values.
    pub kind: CellKind,
}

/// The format of a style, grouped by the code that writes it.
enum FormatKind {
    Drawn(DrawnFormat),
    Exact(ExactFormat),
}

impl From<Format> for FormatKind {
    fn from(format: Format) -> Self {
        match format {
            Format::Table => Self::Drawn(DrawnFormat::Table),
            Format::Vertical => Self::Drawn(DrawnFormat::Vertical),
            Format::Markdown => Self::Drawn(DrawnFormat::Markdown),
            Format::Csv => Self::Exact(ExactFormat::Csv),
            Format::Tsv => Self::Exact(ExactFormat::Tsv),
            Format::Json => Self::Exact(ExactFormat::Json),
            Format::Jsonl => Self::Exact(ExactFormat::Jsonl),
        }
    }
}

/// A result set that arrives row by row.
pub struct RowStream(Writing);

enum Writing {
    Exact(Exact, Vec<CellKind>),
    Drawn(Pieces),
}

impl RowStream {
    /// Begins a result set in the format of the style. Nothing is written before the first row or
    /// the end.
    #[must_use]
    pub fn new(columns: &[StreamColumn], style: &Style) -> Self {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let kinds: Vec<CellKind> = columns.iter().map(|column| column.kind).collect();
        Self(match style.format.into() {
            FormatKind::Exact(format) => Writing::Exact(Exact::new(format, &names, style), kinds),
            FormatKind::Drawn(format) => {
                let numeric = kinds.into_iter().map(CellKind::is_number).collect();
                Writing::Drawn(Pieces::new(Drawn::new(format, numeric, style), &names))
            }
        })
    }

    /// Writes a row, which has one cell per column; None is NULL. A format for reading may buffer
    /// it.
    pub fn row(&mut self, cells: &[Option<&[u8]>], out: &mut Vec<u8>) -> io::Result<()> {
        match &mut self.0 {
            Writing::Exact(exact, kinds) => exact.row(cells, kinds, out),
            Writing::Drawn(pieces) => pieces.row(cells, out),
        }
    }

    /// Writes the buffered rows and the text behind the last row.
    pub fn finish(self, out: &mut Vec<u8>) -> io::Result<()> {
        match self.0 {
            Writing::Exact(exact, _) => {
                exact.finish(out);
                Ok(())
            }
            Writing::Drawn(pieces) => pieces.drawn.finish(&pieces.piece, out),
        }
    }

    /// Writes the buffered rows of an incomplete result set. It gets no closing text, so that
    /// nobody takes it for a complete one.
    pub fn break_off(self, out: &mut Vec<u8>) -> io::Result<()> {
        match self.0 {
            Writing::Exact(exact, _) => {
                exact.break_off(out);
                Ok(())
            }
            Writing::Drawn(mut pieces) if !pieces.piece.rows.is_empty() => pieces.draw(out),
            Writing::Drawn(_) => Ok(()),
        }
    }
}

/// Rows that are buffered until there are enough of them to draw.
struct Pieces {
    drawn: Drawn,
    piece: ResultSet,
    piece_bytes: usize,
}

impl Pieces {
    fn new(drawn: Drawn, names: &[&str]) -> Self {
        Self {
            drawn,
            piece: ResultSet::with_columns(names.iter().copied()),
            piece_bytes: 0,
        }
    }

    fn row(&mut self, cells: &[Option<&[u8]>], out: &mut Vec<u8>) -> io::Result<()> {
        if self.piece.rows.len() >= PIECE_ROWS || self.piece_bytes >= PIECE_BYTES {
            self.draw(out)?;
        }
        let value = |cell: Option<&[u8]>| Value::optional_text(cell.map(String::from_utf8_lossy));
        self.piece.rows.push(cells.iter().copied().map(value).collect());
        self.piece_bytes += cells.iter().flatten().map(|cell| cell.len()).sum::<usize>();
        Ok(())
    }

    fn draw(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        self.drawn.draw(&self.piece, false, out)?;
        self.piece.rows.clear();
        self.piece_bytes = 0;
        Ok(())
    }
}

/// Writes a complete result set. Its values determine their types, and all rows the widths of the
/// columns.
pub(super) fn write_all(rows: &ResultSet, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match style.format.into() {
        FormatKind::Drawn(format) => {
            let mut out = BufWriter::with_capacity(BUFFER_BYTES, out);
            Drawn::new(format, numeric_columns(rows), style).finish(rows, &mut out)?;
            out.flush()
        }
        FormatKind::Exact(format) => {
            let names: Vec<&str> = rows.columns.iter().map(|column| column.name.as_str()).collect();
            write_exact(rows, Exact::new(format, &names, style), out)
        }
    }
}

fn write_exact(rows: &ResultSet, mut exact: Exact, out: &mut dyn Write) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(BUFFER_BYTES);
    let mut kinds = Vec::with_capacity(rows.columns.len());
    for row in &rows.rows {
        kinds.clear();
        kinds.extend(row.iter().map(CellKind::from));
        let texts: Vec<Option<cell::ExactText<'_>>> = row.iter().map(cell::exact).collect();
        let cells: Vec<Option<&[u8]>> =
            texts.iter().map(|text| text.as_ref().map(cell::ExactText::as_bytes)).collect();
        exact.row(&cells, &kinds, &mut buffer)?;
        if buffer.len() >= BUFFER_BYTES {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    exact.finish(&mut buffer);
    out.write_all(&buffer)?;
    out.flush()
}

impl From<&Value> for CellKind {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null | Value::Text(_) => Self::Text,
            Value::Boolean(_) => Self::Boolean,
            Value::Integer(_) => Self::Integer,
            Value::Real(_) => Self::Real,
        }
    }
}

#[cfg(test)]
mod tests;
