//! Result sets: rows that are written as they arrive, directly from the server's bytes, and
//! complete sets of rows.
//!
//! Memory does not grow with the number of rows. Formats for programs write each row at once;
//! formats for reading take the widths of their columns from the first rows.

mod drawn;
mod json_rows;

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use super::cell;
use super::delimited::{CellForm, Delimited};
use super::layout::numeric_columns;
use super::unaligned::Unaligned;
use super::{Format, Style};
use crate::value::{Column, ResultSet, Value};
use drawn::{Drawn, Shape};
use json_rows::JsonRows;

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
    /// The name of their type.
    pub type_name: String,
}

/// A result set that arrives row by row.
pub struct RowStream {
    rows: Rows,
    kinds: Vec<CellKind>,
}

enum Rows {
    Drawn(Box<Drawn>),
    Delimited(Delimited),
    Unaligned(Unaligned),
    Json(JsonRows),
}

impl Rows {
    fn new(columns: &[Column], numeric: Vec<bool>, style: &Style) -> Self {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let names = names.as_slice();
        let delimited = |separator, write_cell| {
            Self::Delimited(Delimited::new(separator, write_cell, names, style))
        };
        let drawn =
            |first| Self::Drawn(Box::new(Drawn::new(first, columns.to_vec(), numeric, style)));
        match style.format {
            Format::Table => drawn(Shape::table_or_records),
            Format::Vertical => drawn(Shape::records),
            Format::Markdown => drawn(Shape::markdown),
            Format::Unaligned => Self::Unaligned(Unaligned::new(names, style)),
            Format::Csv => delimited(b',', CellForm::Csv),
            Format::Tsv => delimited(b'\t', CellForm::Tsv),
            Format::Json => Self::Json(JsonRows::new(names, true)),
            Format::Jsonl => Self::Json(JsonRows::new(names, false)),
        }
    }
}

impl RowStream {
    /// Begins a result set in the format of the style. Nothing is written before the first row or
    /// the end.
    pub fn new(columns: &[StreamColumn], style: &Style) -> Self {
        let kinds: Vec<CellKind> = columns.iter().map(|column| column.kind).collect();
        let numeric = kinds.iter().map(|kind| kind.is_number()).collect();
        let column = |column: &StreamColumn| Column {
            name: column.name.clone(),
            type_name: style.shows_types().then(|| column.type_name.clone()),
        };
        let columns: Vec<Column> = columns.iter().map(column).collect();
        Self {
            rows: Rows::new(&columns, numeric, style),
            kinds,
        }
    }

    /// Writes a row, which has one cell per column; None is NULL. A format for reading may buffer
    /// it.
    pub fn row(&mut self, cells: &[Option<&[u8]>], out: &mut impl Write) -> io::Result<()> {
        match &mut self.rows {
            Rows::Drawn(drawn) => drawn.row(cells, out),
            Rows::Delimited(delimited) => delimited.row(cells, out),
            Rows::Unaligned(unaligned) => unaligned.row(cells, out),
            Rows::Json(objects) => objects.row(cells, &self.kinds, out),
        }
    }

    /// Writes the buffered rows and the text behind the last row.
    pub fn finish(self, out: &mut impl Write) -> io::Result<()> {
        match self.rows {
            Rows::Drawn(drawn) => drawn.finish(out),
            Rows::Delimited(mut delimited) => delimited.begin(out),
            Rows::Unaligned(unaligned) => unaligned.finish(out),
            Rows::Json(objects) => objects.finish(out),
        }
    }

    /// Writes the buffered rows of an incomplete result set. It gets no closing text, so that
    /// nobody takes it for a complete one.
    pub fn break_off(self, out: &mut impl Write) -> io::Result<()> {
        match self.rows {
            Rows::Drawn(mut drawn) => drawn.draw_piece(out),
            Rows::Delimited(_) | Rows::Unaligned(_) => Ok(()),
            Rows::Json(objects) => objects.break_off(out),
        }
    }
}

/// Writes a complete result set. Its values determine their types, and all rows the widths of the
/// columns.
pub(super) fn write_all(set: &ResultSet, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let rows = Rows::new(&set.columns, numeric_columns(set), style);
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, out);
    if let Rows::Drawn(drawn) = rows {
        drawn.finish_with(set, &mut out)?;
        return out.flush();
    }
    let mut stream = RowStream { rows, kinds: Vec::new() };
    for row in &set.rows {
        stream.kinds.clear();
        stream.kinds.extend(row.iter().map(CellKind::from));
        let texts: Vec<Option<Cow<'_, str>>> = row.iter().map(cell::exact).collect();
        let cells: Vec<Option<&[u8]>> =
            texts.iter().map(|text| text.as_ref().map(|text| text.as_bytes())).collect();
        stream.row(&cells, &mut out)?;
    }
    stream.finish(&mut out)?;
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
