//! The widths of a table's columns, and how they shrink to fit a terminal.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::cell::{self, Printable};
use crate::value::{Column, ResultSet, Value};

/// The smallest width of a wrapped column; a table with too many columns for that keeps its width.
const MIN_WRAPPED_COLUMNS: usize = 8;

/// The smallest width of a wrapped column in a list of redwire's own.
const MIN_LIST_COLUMNS: usize = 20;

/// The width of the borders and of the padding: three columns per cell, and one for the last
/// border.
const fn frame(columns: usize) -> usize {
    columns * 3 + 1
}

/// Widths and alignments of columns, in terminal columns and without padding.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The width of the widest cell, heading or type in each column.
    pub(super) widths: Vec<usize>,
    /// True for each column of numbers, which are aligned to the right.
    pub(super) numeric: Vec<bool>,
    /// The escaping of cells and headings.
    pub(super) printable: Printable,
    /// The text for NULL.
    pub(super) null: Arc<str>,
}

impl Layout {
    /// The widths in the range that the rows need with the given escaping.
    pub(super) fn new(
        rows: &ResultSet,
        numeric: &[bool],
        printable: Printable,
        null: &Arc<str>,
        range: RangeInclusive<usize>,
    ) -> Self {
        let headings = rows.columns.iter().map(|Column { name, type_name }| {
            let type_name = type_name.as_deref().unwrap_or_default();
            cell::width(name, printable).max(cell::width(type_name, printable))
        });
        let mut widths: Vec<usize> = headings.collect();
        for row in &rows.rows {
            for (width, value) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell::width(&cell::raw(value, null), printable));
            }
        }
        for width in &mut widths {
            *width = (*width).clamp(*range.start(), *range.end());
        }
        Self {
            widths,
            numeric: numeric.to_vec(),
            printable,
            null: Arc::clone(null),
        }
    }

    /// The width of a table with this layout.
    pub(super) fn table_width(&self) -> usize {
        self.widths.iter().sum::<usize>() + frame(self.widths.len())
    }

    /// The layout with its wide columns narrowed evenly until the table has the given width.
    pub(super) fn fitted(mut self, table_width: usize) -> Self {
        let columns = self.widths.len();
        let room = table_width.saturating_sub(frame(columns));
        if self.table_width() > table_width && room >= columns * MIN_WRAPPED_COLUMNS {
            self.share_out(room);
        }
        self
    }

    /// The layout of a list at this width; None if a wrapped column would be too narrow.
    pub(super) fn of_list(mut self, table_width: usize) -> Option<Self> {
        let room = table_width.saturating_sub(frame(self.widths.len()));
        let needed: usize = self.widths.iter().map(|width| (*width).min(MIN_LIST_COLUMNS)).sum();
        if needed > room {
            return None;
        }
        if self.table_width() > table_width {
            self.share_out(room);
        }
        Some(self)
    }

    /// Gives each column the width it needs, narrow ones first, or an even share of the rest.
    fn share_out(&mut self, mut room: usize) {
        let mut columns: Vec<&mut usize> = self.widths.iter_mut().collect();
        columns.sort();
        let mut waiting = columns.len();
        for width in columns {
            *width = (*width).min(room / waiting);
            room -= *width;
            waiting -= 1;
        }
    }
}

/// The columns that contain a number and otherwise only numbers and NULL.
pub(super) fn numeric_columns(rows: &ResultSet) -> Vec<bool> {
    (0..rows.columns.len()).map(|column| is_numeric(rows, column)).collect()
}

fn is_numeric(rows: &ResultSet, column: usize) -> bool {
    let values = rows.rows.iter().filter_map(|row| row.get(column));
    let mut known = values.filter(|value| !matches!(value, Value::Null)).peekable();
    known.peek().is_some() && known.all(|value| matches!(value, Value::Integer(_) | Value::Real(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::one_line;

    fn layout(widths: &[usize]) -> Layout {
        Layout {
            widths: widths.to_vec(),
            numeric: vec![false; widths.len()],
            printable: one_line,
            null: "NULL".into(),
        }
    }

    #[test]
    fn a_table_that_fits_is_left_alone() {
        assert_eq!(layout(&[10, 20]).fitted(37).widths, [10, 20]);
    }

    #[test]
    fn narrow_columns_keep_their_width_and_wide_ones_share_the_rest() {
        assert_eq!(layout(&[50, 5, 100]).fitted(70).widths, [27, 5, 28]);
    }

    #[test]
    fn a_table_of_too_many_columns_is_not_wrapped_to_shreds() {
        assert_eq!(layout(&[30; 20]).fitted(80).widths, [30; 20]);
    }
}
