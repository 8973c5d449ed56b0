//! Result sets: rows that are written as they arrive, directly from the server's bytes, and
//! complete sets of rows.
//!
//! Memory does not grow with the number of rows. Formats for programs write each row at once;
//! formats for reading take the widths of their columns from the first rows.

mod drawn;
mod exact;

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use super::layout::numeric_columns;
use super::{Format, Style};
use super::{cell, delimited};
use crate::value::{ResultSet, Value};
use drawn::{Drawn, Shape};
use exact::{Delimited, Objects};

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

/// A result set that arrives row by row.
pub struct RowStream {
    writer: RowWriter,
    kinds: Vec<CellKind>,
}

enum RowWriter {
    Drawn(Pieces),
    Delimited(Delimited),
    Objects(Objects),
}

impl RowWriter {
    fn new(names: &[&str], numeric: Vec<bool>, style: &Style) -> Self {
        let drawn = |first| Self::Drawn(Pieces::new(Drawn::new(first, numeric, style), names));
        let is_shown = style.width.is_some();
        match style.format {
            Format::Table => drawn(Shape::table_or_records),
            Format::Vertical => drawn(Shape::records),
            Format::Markdown => drawn(Shape::markdown),
            Format::Csv => Self::Delimited(Delimited::new(delimited::write_csv, names, is_shown)),
            Format::Tsv => Self::Delimited(Delimited::new(delimited::write_tsv, names, is_shown)),
            Format::Json => Self::Objects(Objects::new(names, true)),
            Format::Jsonl => Self::Objects(Objects::new(names, false)),
        }
    }

    fn row(
        &mut self,
        cells: &[Option<&[u8]>],
        kinds: &[CellKind],
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        match self {
            Self::Drawn(pieces) => return pieces.row(cells, out),
            Self::Delimited(delimited) => delimited.row(cells, out),
            Self::Objects(objects) => objects.row(cells, kinds, out),
        }
        Ok(())
    }

    fn finish(self, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Drawn(pieces) => return pieces.drawn.finish(&pieces.piece, out),
            Self::Delimited(mut delimited) => delimited.begin(out),
            Self::Objects(objects) => objects.finish(out),
        }
        Ok(())
    }
}

impl RowStream {
    /// Begins a result set in the format of the style. Nothing is written before the first row or
    /// the end.
    pub fn new(columns: &[StreamColumn], style: &Style) -> Self {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let kinds: Vec<CellKind> = columns.iter().map(|column| column.kind).collect();
        let numeric = kinds.iter().map(|kind| kind.is_number()).collect();
        Self {
            writer: RowWriter::new(&names, numeric, style),
            kinds,
        }
    }

    /// Writes a row, which has one cell per column; None is NULL. A format for reading may buffer
    /// it.
    pub fn row(&mut self, cells: &[Option<&[u8]>], out: &mut Vec<u8>) -> io::Result<()> {
        self.writer.row(cells, &self.kinds, out)
    }

    /// Writes the buffered rows and the text behind the last row.
    pub fn finish(self, out: &mut Vec<u8>) -> io::Result<()> {
        self.writer.finish(out)
    }

    /// Writes the buffered rows of an incomplete result set. It gets no closing text, so that
    /// nobody takes it for a complete one.
    pub fn break_off(self, out: &mut Vec<u8>) -> io::Result<()> {
        match self.writer {
            RowWriter::Drawn(mut pieces) if !pieces.piece.rows.is_empty() => pieces.draw(out)?,
            RowWriter::Drawn(_) | RowWriter::Delimited(_) => {}
            RowWriter::Objects(objects) => objects.break_off(out),
        }
        Ok(())
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
    let names: Vec<&str> = rows.columns.iter().map(|column| column.name.as_str()).collect();
    let mut writer = RowWriter::new(&names, numeric_columns(rows), style);
    if let RowWriter::Drawn(pieces) = writer {
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, out);
        pieces.drawn.finish(rows, &mut out)?;
        return out.flush();
    }
    let mut buffer = Vec::with_capacity(BUFFER_BYTES);
    for row in &rows.rows {
        let kinds: Vec<CellKind> = row.iter().map(CellKind::from).collect();
        let texts: Vec<Option<Cow<'_, str>>> = row.iter().map(cell::exact).collect();
        let cells: Vec<Option<&[u8]>> =
            texts.iter().map(|text| text.as_ref().map(|text| text.as_bytes())).collect();
        writer.row(&cells, &kinds, &mut buffer)?;
        if buffer.len() >= BUFFER_BYTES {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    writer.finish(&mut buffer)?;
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
