//! Formats for reading: the first rows determine the widths of the columns, later ones are drawn in
//! pieces.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::render::Style;
use crate::render::grid::{Grid, GridStyle, write_count};
use crate::render::one_line;
use crate::render::vertical::Records;
use crate::value::{Column, ResultSet, Value};

/// The number of rows drawn at once; the first piece determines the widths.
const PIECE_ROWS: usize = 1_000;

/// The maximum size of the cells in a piece.
const PIECE_BYTES: usize = 1024 * 1024;

/// Rows as a table, as blocks of lines, or as Markdown.
pub(super) struct Drawn {
    shape_of_first: ShapeOfFirst,
    style: Style,
    numeric: Vec<bool>,
    /// None until the first rows are drawn.
    shape: Option<Shape>,
    /// The number of rows drawn.
    count: usize,
    /// Rows that wait until there are enough of them to draw.
    piece: ResultSet,
    piece_bytes: usize,
}

/// The shape that the first rows need; of some columns it is known that they hold numbers.
type ShapeOfFirst = fn(&ResultSet, &[bool], &Style) -> Shape;

pub(super) enum Shape {
    Grid(Grid),
    Records(Records),
}

impl Drawn {
    pub fn new(
        shape_of_first: ShapeOfFirst,
        columns: Vec<Column>,
        numeric: Vec<bool>,
        style: &Style,
    ) -> Self {
        Self {
            shape_of_first,
            style: style.clone(),
            numeric,
            shape: None,
            count: 0,
            piece: ResultSet { columns, rows: Vec::new() },
            piece_bytes: 0,
        }
    }

    /// Takes a row, and draws those before it if there are enough.
    pub fn row(&mut self, cells: &[Option<&[u8]>], out: &mut impl Write) -> io::Result<()> {
        if self.piece.rows.len() >= PIECE_ROWS || self.piece_bytes >= PIECE_BYTES {
            self.draw_piece(out)?;
        }
        let value = |cell: Option<&[u8]>| Value::optional_text(cell.map(String::from_utf8_lossy));
        self.piece.rows.push(cells.iter().copied().map(value).collect());
        self.piece_bytes += cells.iter().flatten().map(|cell| cell.len()).sum::<usize>();
        Ok(())
    }

    /// Draws the rows that wait.
    pub fn draw_piece(&mut self, out: &mut impl Write) -> io::Result<()> {
        let mut piece = std::mem::take(&mut self.piece);
        if !piece.rows.is_empty() {
            self.draw(&piece, out)?;
        }
        piece.rows.clear();
        (self.piece, self.piece_bytes) = (piece, 0);
        Ok(())
    }

    /// Draws the rows that wait, the lower border and the count.
    pub fn finish(mut self, out: &mut impl Write) -> io::Result<()> {
        let piece = std::mem::take(&mut self.piece);
        self.finish_with(&piece, out)
    }

    /// Draws these rows, the lower border and the count.
    pub fn finish_with(mut self, rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
        let has_frame = self.count > 0 || !rows.rows.is_empty() || self.style.has_headings;
        if !has_frame && !self.style.has_footer {
            return Ok(());
        }
        self.draw(rows, out)?;
        match self.shape {
            Some(Shape::Grid(grid)) => {
                if !rows.columns.is_empty() {
                    grid.write_end(out)?;
                }
                match grid.style {
                    GridStyle::Table if self.style.shows_footer() => {
                        write_count(self.count, &self.style, out)
                    }
                    GridStyle::Table | GridStyle::Markdown => Ok(()),
                }
            }
            Some(Shape::Records(_)) if self.count == 0 && self.style.shows_footer() => {
                write_count(0, &self.style, out)
            }
            Some(Shape::Records(_)) | None => Ok(()),
        }
    }

    fn draw(&mut self, rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
        self.count += rows.rows.len();
        let is_first = self.shape.is_none();
        let first = || (self.shape_of_first)(rows, &self.numeric, &self.style);
        match self.shape.get_or_insert_with(first) {
            Shape::Grid(_) if rows.columns.is_empty() => Ok(()),
            Shape::Grid(grid) => {
                if is_first {
                    write_title(&self.style, grid.width(), out)?;
                    grid.write_head(rows, out)?;
                }
                grid.write_rows(rows, out)
            }
            Shape::Records(records) => {
                if is_first {
                    write_title(&self.style, 0, out)?;
                }
                records.write(rows, out)
            }
        }
    }
}

/// Writes the title in the middle of a table of this width. As in psql, a result without headings
/// has none.
fn write_title(style: &Style, width: usize, out: &mut impl Write) -> io::Result<()> {
    match &style.title {
        Some(title) if style.shows_headings() => {
            let left = width.saturating_sub(title.width()) / 2;
            writeln!(out, "{:left$}{}", "", one_line(title))
        }
        Some(_) | None => Ok(()),
    }
}

impl Shape {
    pub fn records(first: &ResultSet, _numeric: &[bool], style: &Style) -> Self {
        Self::Records(Records::new(first, style))
    }

    pub fn markdown(first: &ResultSet, numeric: &[bool], style: &Style) -> Self {
        Self::Grid(Grid::markdown(first, numeric, style))
    }

    pub fn table_or_records(first: &ResultSet, numeric: &[bool], style: &Style) -> Self {
        let grid = Grid::table(first, numeric, style);
        match style.width {
            Some(width) if grid.layout.table_width() > width && style.vertical_when_wide => {
                Self::records(first, numeric, style)
            }
            width => Self::Grid(grid.fitted(width)),
        }
    }
}
