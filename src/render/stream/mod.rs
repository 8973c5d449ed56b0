//! Result sets: rows that are written while they arrive, straight from the bytes in which the server
//! sends them, and rows that are all there.
//!
//! Memory does not grow with rows that arrive. Formats for programs write each row at once; formats
//! for reading take the widths of their columns from the first rows.

mod drawn;
mod exact;

use std::io::{self, BufWriter, Write};

use super::cell;
use super::layout::numeric_columns;
use super::{Format, Style};
use crate::value::{ResultSet, Value};
use drawn::{Drawn, DrawnFormat};
use exact::{Exact, ExactFormat};

/// The rows of a piece that is drawn at once; the first piece decides on the widths.
const PIECE_ROWS: usize = 1_000;

/// The bytes of the cells of a piece.
const PIECE_BYTES: usize = 1024 * 1024;

/// The buffer between the formats and the writer, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// The meaning of a cell's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Text, or anything that is shown as it is.
    Text,
    /// `t` or `f`, or the whole word.
    Boolean,
    /// Digits, perhaps with a sign.
    Integer,
    /// A floating-point number.
    Real,
    /// A number whose digits all count, so that it is a string in JSON.
    Decimal,
}

impl CellKind {
    fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Real | Self::Decimal)
    }
}

/// A column of rows that arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamColumn {
    /// Its heading.
    pub name: String,
    /// The meaning of its cells.
    pub kind: CellKind,
}

/// The format of a style, in the kind of its code.
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

/// One result set that arrives row by row.
pub struct RowStream(Writing);

enum Writing {
    Exact(Exact, Vec<CellKind>),
    Drawn(Pieces),
}

impl RowStream {
    /// A result set in the format of the style. Nothing is written before the first row or the end.
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

    /// Writes a row, which has a cell for each column; None is NULL. A format for reading may keep
    /// it for a while.
    pub fn row(&mut self, cells: &[Option<&[u8]>], out: &mut Vec<u8>) -> io::Result<()> {
        match &mut self.0 {
            Writing::Exact(exact, kinds) => exact.row(cells, kinds, out),
            Writing::Drawn(pieces) => pieces.row(cells, out),
        }
    }

    /// Writes what is left, and what stands behind the last row.
    pub fn finish(self, out: &mut Vec<u8>) -> io::Result<()> {
        match self.0 {
            Writing::Exact(exact, _) => {
                exact.finish(out);
                Ok(())
            }
            Writing::Drawn(pieces) => pieces.drawn.finish(&pieces.piece, out),
        }
    }

    /// Writes what is left of a result set that the server broke off. It gets no end, so that it is
    /// not taken for a whole one.
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

/// Rows that wait until there are enough of them to be drawn.
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

/// Writes a result set whose rows are all there. Its values decide on their types, and all rows on
/// the widths of the columns.
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
        let texts: Vec<Option<cell::Exact<'_>>> = row.iter().map(cell::exact).collect();
        let cells: Vec<Option<&[u8]>> =
            texts.iter().map(|text| text.as_ref().map(cell::Exact::as_bytes)).collect();
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
