//! Formats for reading: the first rows say how wide the columns are, later ones are drawn in
//! pieces.

use std::io;

use super::StreamColumn;
use crate::render::layout::Layout;
use crate::render::table::{self, Edges};
use crate::render::vertical::Records;
use crate::render::{Format, Style, markdown, sanitize};
use crate::value::{ResultSet, Value};

/// How many rows are drawn at once; from the first of these pieces come the widths.
const PIECE_ROWS: usize = 1_000;

/// How many bytes of cells are drawn at once.
const PIECE_BYTES: usize = 1024 * 1024;

/// Rows as a table, as blocks of lines, or as Markdown.
pub(super) struct Drawn {
    style: Style,
    numeric: Vec<bool>,
    piece: ResultSet,
    piece_bytes: usize,
    /// How the rows are drawn; None until the first piece is.
    shape: Option<Shape>,
    rows: usize,
}

enum Shape {
    Table(Layout),
    Records(Records),
    Markdown(Layout),
}

impl Drawn {
    pub fn new(columns: &[StreamColumn], style: &Style) -> Self {
        Self {
            style: *style,
            numeric: columns.iter().map(|column| column.kind.is_number()).collect(),
            piece: ResultSet::with_columns(columns.iter().map(|column| column.name.as_str())),
            piece_bytes: 0,
            shape: None,
            rows: 0,
        }
    }

    pub fn row(&mut self, cells: &[Option<&[u8]>], out: &mut Vec<u8>) -> io::Result<()> {
        if self.piece.rows.len() >= PIECE_ROWS || self.piece_bytes >= PIECE_BYTES {
            self.draw(false, out)?;
        }
        let value = |cell: Option<&[u8]>| match cell {
            None => Value::Null,
            Some(cell) => Value::Text(String::from_utf8_lossy(cell).into()),
        };
        self.piece.rows.push(cells.iter().copied().map(value).collect());
        self.piece_bytes += cells.iter().flatten().map(|cell| cell.len()).sum::<usize>();
        self.rows += 1;
        Ok(())
    }

    pub fn finish(mut self, out: &mut Vec<u8>) -> io::Result<()> {
        self.draw(true, out)?;
        match self.shape {
            Some(Shape::Table(_)) => table::write_count(self.rows, out),
            Some(Shape::Records(_)) if self.rows == 0 => table::write_count(0, out),
            _ => Ok(()),
        }
    }

    pub fn break_off(mut self, out: &mut Vec<u8>) -> io::Result<()> {
        if self.piece.rows.is_empty() {
            return Ok(());
        }
        self.draw(false, out)
    }

    fn draw(&mut self, is_last: bool, out: &mut Vec<u8>) -> io::Result<()> {
        let is_first = self.shape.is_none();
        let shape = match self.shape.take() {
            Some(shape) => shape,
            None => self.shape_of_first(),
        };
        let has_columns = !self.piece.columns.is_empty();
        let edges = Edges { is_first, is_last };
        let shape = self.shape.insert(shape);
        match shape {
            Shape::Table(layout) if has_columns => {
                table::write_part(&self.piece, layout, edges, out)?;
            }
            Shape::Records(records) => records.write(&self.piece, out)?,
            Shape::Markdown(layout) if has_columns => {
                if is_first {
                    markdown::write_head(&self.piece, layout, out)?;
                }
                markdown::write_rows(&self.piece, layout, out)?;
            }
            Shape::Table(_) | Shape::Markdown(_) => {}
        }
        self.piece.rows.clear();
        self.piece_bytes = 0;
        Ok(())
    }

    fn shape_of_first(&self) -> Shape {
        let numeric = self.numeric.clone();
        match self.style.format {
            Format::Vertical => Shape::Records(Records::of(&self.piece, self.style.width)),
            Format::Markdown => {
                Shape::Markdown(Layout { numeric, ..markdown::layout(&self.piece) })
            }
            _ => self.table_or_records(Layout {
                numeric,
                ..Layout::of(&self.piece, sanitize::one_line)
            }),
        }
    }

    fn table_or_records(&self, layout: Layout) -> Shape {
        match self.style.width {
            Some(width) if layout.table_width() > width && self.style.vertical_when_wide => {
                Shape::Records(Records::of(&self.piece, self.style.width))
            }
            Some(width) => Shape::Table(layout.fitted(width)),
            None => Shape::Table(layout),
        }
    }
}
