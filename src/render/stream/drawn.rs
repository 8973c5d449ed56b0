//! Formats for reading: the first rows determine the widths of the columns, later ones are drawn in
//! pieces.

use std::io::{self, Write};

use crate::render::layout::Layout;
use crate::render::table::{self, Edges};
use crate::render::vertical::Records;
use crate::render::{Style, markdown, sanitize};
use crate::value::ResultSet;

/// Rows as a table, as blocks of lines, or as Markdown.
pub(super) struct Drawn {
    shape_of_first: ShapeOfFirst,
    style: Style,
    numeric: Vec<bool>,
    /// None until the first rows are drawn.
    shape: Option<Shape>,
    rows: usize,
}

/// The shape that the first rows need; of some columns it is known that they hold numbers.
type ShapeOfFirst = fn(&ResultSet, &[bool], &Style) -> Shape;

pub(super) enum Shape {
    Table(Layout),
    Records(Records),
    Markdown(Layout),
}

impl Drawn {
    pub fn new(shape_of_first: ShapeOfFirst, numeric: Vec<bool>, style: &Style) -> Self {
        Self {
            shape_of_first,
            style: *style,
            numeric,
            shape: None,
            rows: 0,
        }
    }

    /// Draws the last rows and the count of all rows.
    pub fn finish(mut self, piece: &ResultSet, out: &mut impl Write) -> io::Result<()> {
        self.draw(piece, true, out)?;
        match self.shape {
            Some(Shape::Table(_)) => table::write_count(self.rows, out),
            Some(Shape::Records(_)) if self.rows == 0 => table::write_count(0, out),
            None | Some(Shape::Records(_) | Shape::Markdown(_)) => Ok(()),
        }
    }

    /// Draws the next rows.
    pub fn draw(
        &mut self,
        piece: &ResultSet,
        is_last: bool,
        out: &mut impl Write,
    ) -> io::Result<()> {
        self.rows += piece.rows.len();
        let is_first = self.shape.is_none();
        let shape = match self.shape.take() {
            Some(shape) => shape,
            None => (self.shape_of_first)(piece, &self.numeric, &self.style),
        };
        let has_columns = !piece.columns.is_empty();
        let edges = Edges { is_first, is_last };
        match self.shape.insert(shape) {
            Shape::Table(layout) if has_columns => table::write_part(piece, layout, edges, out),
            Shape::Records(records) => records.write(piece, out),
            Shape::Markdown(layout) if has_columns => {
                if is_first {
                    markdown::write_head(piece, layout, out)?;
                }
                markdown::write_rows(piece, layout, out)
            }
            Shape::Table(_) | Shape::Markdown(_) => Ok(()),
        }
    }
}

impl Shape {
    pub fn records(first: &ResultSet, _numeric: &[bool], style: &Style) -> Self {
        Self::Records(Records::new(first, style.width))
    }

    pub fn markdown(first: &ResultSet, numeric: &[bool], _style: &Style) -> Self {
        Self::Markdown(markdown::layout(first, numeric))
    }

    pub fn table_or_records(first: &ResultSet, numeric: &[bool], style: &Style) -> Self {
        let layout = Layout::new(first, numeric, sanitize::one_line);
        match style.width {
            Some(width) if layout.table_width() > width && style.vertical_when_wide => {
                Self::records(first, numeric, style)
            }
            Some(width) => Self::Table(layout.fitted(width)),
            None => Self::Table(layout),
        }
    }
}
