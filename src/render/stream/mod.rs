//! Rows that are written while they arrive, straight from the bytes in which the server sends them.
//!
//! Memory does not grow with the rows. Formats for programs write each row at once; formats for
//! reading take the widths of their columns from the first rows.

mod drawn;
mod exact;

use std::io;

use super::{Format, Style};
use drawn::Drawn;
use exact::Exact;

/// What the text of a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Text, or anything that is shown as it is.
    Text,
    /// `t` or `f`.
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
    /// What its cells are.
    pub kind: CellKind,
}

/// One result set that arrives row by row.
pub struct RowStream(Writing);

enum Writing {
    Exact(Exact),
    Drawn(Drawn),
}

impl RowStream {
    /// A result set in the format of the style. Nothing is written before the first row or the end.
    #[must_use]
    pub fn new(columns: &[StreamColumn], style: &Style) -> Self {
        Self(match style.format {
            Format::Table | Format::Vertical | Format::Markdown => {
                Writing::Drawn(Drawn::new(columns, style))
            }
            Format::Csv | Format::Tsv | Format::Json | Format::Jsonl => {
                Writing::Exact(Exact::new(columns, style))
            }
        })
    }

    /// Writes a row, which has a cell for each column; None is NULL. A format for reading may keep
    /// it for a while.
    pub fn row(&mut self, cells: &[Option<&[u8]>], out: &mut Vec<u8>) -> io::Result<()> {
        match &mut self.0 {
            Writing::Exact(exact) => exact.row(cells, out),
            Writing::Drawn(drawn) => drawn.row(cells, out),
        }
    }

    /// Writes what is left, and what stands behind the last row.
    pub fn finish(self, out: &mut Vec<u8>) -> io::Result<()> {
        match self.0 {
            Writing::Exact(exact) => {
                exact.finish(out);
                Ok(())
            }
            Writing::Drawn(drawn) => drawn.finish(out),
        }
    }

    /// Writes what is left of a result set that the server broke off. It gets no end, so that it is
    /// not taken for a whole one.
    pub fn break_off(self, out: &mut Vec<u8>) -> io::Result<()> {
        match self.0 {
            Writing::Exact(exact) => {
                exact.break_off(out);
                Ok(())
            }
            Writing::Drawn(drawn) => drawn.break_off(out),
        }
    }
}

#[cfg(test)]
mod tests;
