//! Rows in columns: tables with borders, and tables of GitHub Flavored Markdown (its specification,
//! "Tables (extension)").
//!
//! comfy-table draws the tables piece by piece, so that memory does not grow with the rows. A row
//! that is too large for it is drawn line by line.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table, Width,
    presets::UTF8_FULL_CONDENSED,
};
use unicode_width::UnicodeWidthStr;

use super::cell;
use super::frame::{Rule, TableFrame};
use super::layout::Layout;
use super::report::paint::{Color, paint, painted};
use super::sanitize::{broken_lines, is_hidden, push_escape};
use super::style::Style;
use super::wrap::Wrapped;
use crate::definition::TerminalColor;
use crate::value::{ResultSet, Value};

/// The maximum width of a column in a table with borders. A cell may have many megabytes, and its
/// neighbours would be padded as wide.
const MAX_COLUMN_WIDTH: usize = 65_533;

/// The maximum size of a piece in terminal columns, over all its lines.
const MAX_PIECE_SIZE: usize = 256 * 1024;

/// The padding of a cell.
const PADDING: usize = 2;

/// The narrowest column of Markdown: its delimiter is `---` or `--:`.
const MIN_MARKDOWN_WIDTH: usize = 3;

/// The maximum width to which a column of Markdown is padded. Its cells are never broken.
const MAX_MARKDOWN_WIDTH: usize = 256;

/// The style of a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GridStyle {
    Table,
    Markdown,
}

/// The drawing of rows in columns.
pub(super) struct Grid {
    pub style: GridStyle,
    pub layout: Layout,
    pub lines: &'static TableFrame,
    pub has_headings: bool,
    /// True if lines, headings and NULL are painted.
    has_colors: bool,
    /// The colour of the outer lines, if they are not faint.
    frame: Option<TerminalColor>,
}

impl Grid {
    /// A table with the widths that the rows need.
    pub fn table(rows: &ResultSet, numeric: &[bool], style: &Style) -> Self {
        Self {
            style: GridStyle::Table,
            layout: Layout::new(rows, numeric, broken_lines, &style.null, 0..=MAX_COLUMN_WIDTH),
            lines: TableFrame::new(style.border, style.line_style),
            has_headings: style.shows_headings(),
            has_colors: style.color,
            frame: style.frame,
        }
    }

    /// The width of the table.
    pub fn width(&self) -> usize {
        let columns = self.layout.widths.len();
        let without = match (self.lines.is_full(), self.lines.padding) {
            (true, _) => 0,
            (false, 0) => 2 * columns + 1,
            (false, _) => 2,
        };
        self.layout.table_width() - without
    }

    /// A table of Markdown with the widths that the rows need.
    pub fn markdown(rows: &ResultSet, numeric: &[bool], style: &Style) -> Self {
        let widths = MIN_MARKDOWN_WIDTH..=MAX_MARKDOWN_WIDTH;
        let layout = Layout::new(rows, numeric, escape_markdown, &style.null, widths);
        Self {
            style: GridStyle::Markdown,
            layout,
            lines: &TableFrame::USUAL,
            has_headings: true,
            has_colors: false,
            frame: None,
        }
    }

    /// The table with its wide columns narrowed to this width of the terminal.
    #[must_use]
    pub fn fitted(self, width: Option<usize>) -> Self {
        match width {
            Some(width) => Self {
                layout: self.layout.fitted(width),
                ..self
            },
            None => self,
        }
    }

    /// The table of a list at this width of the terminal; None if it does not fit.
    pub fn of_list(self, width: usize) -> Option<Self> {
        Some(Self {
            layout: self.layout.of_list(width)?,
            ..self
        })
    }

    /// Writes a whole grid.
    pub fn write(&self, rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
        self.write_head(rows, out)?;
        self.write_rows(rows, out)?;
        self.write_end(out)
    }

    /// Writes the headings and the lines above and below them.
    pub fn write_head(&self, rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
        let names = rows.columns.iter();
        let headings: Vec<Cow<'_, str>> = names.map(|column| column.name.as_str().into()).collect();
        let types = rows.columns.iter().filter_map(|column| column.type_name.as_deref());
        let types: Vec<Cow<'_, str>> = types.map(Cow::Borrowed).collect();
        match self.style {
            GridStyle::Table if !self.has_headings => self.write_border(self.lines.top, out),
            GridStyle::Table => self.write_table_head(&headings, &types, out),
            GridStyle::Markdown => {
                self.write_markdown_row(&headings, out)?;
                self.write_delimiters(out)
            }
        }
    }

    /// Writes the data rows.
    pub fn write_rows(&self, rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
        let mut piece = Piece::default();
        for row in &rows.rows {
            let cells: Vec<Cow<'_, str>> =
                row.iter().map(|value| cell::raw(value, &self.layout.null)).collect();
            match self.style {
                GridStyle::Table if self.has_colors => {
                    self.write_lines(&cells, Part::Values(row), out)?;
                }
                GridStyle::Table => self.write_table_row(&cells, row, &mut piece, out)?,
                GridStyle::Markdown => self.write_markdown_row(&cells, out)?,
            }
        }
        self.write_piece(piece, out)
    }

    /// Writes the lower border.
    pub fn write_end(&self, out: &mut impl Write) -> io::Result<()> {
        match self.style {
            GridStyle::Table => self.write_border(self.lines.bottom, out),
            GridStyle::Markdown => Ok(()),
        }
    }

    fn write_table_head(
        &self,
        headings: &[Cow<'_, str>],
        types: &[Cow<'_, str>],
        out: &mut impl Write,
    ) -> io::Result<()> {
        if !self.has_colors
            && types.is_empty()
            && let Some(row) = self.drawable(headings)
        {
            let mut table = empty_table(LineStyle::new('┌', '─', '┬', '┐'));
            table.set_header(row.cells);
            return self.draw(table, out);
        }
        self.write_border(self.lines.top, out)?;
        self.write_lines(headings, Part::Headings, out)?;
        if !types.is_empty() {
            self.write_lines(types, Part::Types, out)?;
        }
        self.write_border(Some(self.lines.head), out)
    }

    /// Adds a row to the piece, and draws those before it if they are enough.
    fn write_table_row(
        &self,
        cells: &[Cow<'_, str>],
        row_values: &[Value],
        piece: &mut Piece,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let row = self.drawable(cells);
        let size = row.as_ref().map_or(MAX_PIECE_SIZE, |row| row.size);
        if piece.size + size > MAX_PIECE_SIZE {
            self.write_piece(std::mem::take(piece), out)?;
        }
        match row {
            Some(row) => {
                piece.size += row.size;
                piece.rows.push(row.cells);
                Ok(())
            }
            None => self.write_lines(cells, Part::Values(row_values), out),
        }
    }

    /// The row for comfy-table, which gets every cell already wrapped; None if it would take too
    /// much memory there, if a character is wider than its column, or if there are line breaks.
    fn drawable(&self, cells: &[Cow<'_, str>]) -> Option<DrawableRow> {
        let width = self.layout.table_width();
        let bytes: usize = cells.iter().map(|cell| cell.len()).sum();
        let has_breaks = cells.iter().any(|cell| cell.contains('\n'));
        if width.max(bytes) > MAX_PIECE_SIZE || !self.lines.is_usual() || has_breaks {
            return None;
        }
        let mut row = DrawableRow {
            cells: Vec::with_capacity(cells.len()),
            size: width,
        };
        for (cell, &column) in cells.iter().zip(&self.layout.widths) {
            let cell = (self.layout.printable)(cell);
            if cell.width() <= column {
                row.cells.push(cell.into_owned());
                continue;
            }
            let lines: Vec<&str> = Wrapped::new(&cell, column).collect();
            row.size = row.size.max(lines.len() * width);
            if row.size > MAX_PIECE_SIZE || lines.iter().any(|line| line.width() > column) {
                return None;
            }
            row.cells.push(lines.join("\n"));
        }
        Some(row)
    }

    fn write_piece(&self, piece: Piece, out: &mut impl Write) -> io::Result<()> {
        if piece.rows.is_empty() {
            return Ok(());
        }
        let mut table = empty_table(LineStyle::none());
        table.add_rows(piece.rows);
        self.draw(table, out)
    }

    fn draw(&self, mut table: Table, out: &mut impl Write) -> io::Result<()> {
        let columns = self.layout.widths.iter().zip(&self.layout.numeric);
        for (column, (&width, &numeric)) in table.column_iter_mut().zip(columns) {
            let width = u16::try_from(width + PADDING).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
            if numeric {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.lines().try_for_each(|line| writeln!(out, "{line}"))
    }

    /// A part of the outer lines; blanks around it are not painted.
    fn edge(&self, text: &str) -> String {
        match self.frame {
            Some(color) if self.has_colors && !text.trim().is_empty() => {
                text.replacen(text.trim(), &color.paint(text.trim()), 1)
            }
            Some(_) | None => self.line(text),
        }
    }

    /// A part of the inner lines; blanks around it are not painted.
    fn line(&self, text: &str) -> String {
        let line = text.trim();
        if line.is_empty() {
            return text.to_owned();
        }
        text.replacen(line, &painted(line, Color::Faint, self.has_colors), 1)
    }

    /// A line of the cell in this column.
    fn cell<'a>(&self, line: &'a str, column: usize, part: Part<'_>) -> Cow<'a, str> {
        match part {
            Part::Headings => painted(line, Color::Heading, self.has_colors),
            Part::Types => painted(line, Color::Faint, self.has_colors),
            Part::Values(row) if row.get(column) == Some(&Value::Null) => {
                painted(line, Color::Faint, self.has_colors)
            }
            Part::Values(_) => Cow::Borrowed(line),
        }
    }

    fn write_border(&self, rule: Option<Rule>, out: &mut impl Write) -> io::Result<()> {
        let Some([left, line, joint, right]) = rule else {
            return Ok(());
        };
        let widths = self.layout.widths.iter();
        let lines = widths.map(|width| line.repeat(width + self.lines.padding));
        let lines = lines.collect::<Vec<String>>().join(joint);
        writeln!(out, "{}", self.edge(&format!("{left}{lines}{right}")))
    }

    fn write_delimiters(&self, out: &mut impl Write) -> io::Result<()> {
        for (&width, numeric) in self.layout.widths.iter().zip(&self.layout.numeric) {
            if *numeric {
                write!(out, "| {:->1$}: ", "", width - 1)?;
            } else {
                write!(out, "| {:->width$} ", "")?;
            }
        }
        out.write_all(b"|\n")
    }

    /// Writes a row of a table line by line. A cell that is wider than its column takes several
    /// lines.
    fn write_lines(
        &self,
        cells: &[Cow<'_, str>],
        part: Part<'_>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let is_head = matches!(part, Part::Headings | Part::Types);
        let columns = cells.iter().zip(&self.layout.widths);
        let mut wrapped: Vec<_> = columns.map(|(cell, width)| self.wrapped(cell, *width)).collect();
        loop {
            let line: Vec<Option<CellLine>> = wrapped.iter_mut().map(Iterator::next).collect();
            if line.iter().all(Option::is_none) {
                return Ok(());
            }
            let [begin, between, end] = self.lines.row;
            let last = self.layout.widths.len() - 1;
            let mut text = self.edge(begin);
            let mut was_broken = false;
            let columns = self.layout.widths.iter().zip(&self.layout.numeric);
            for (index, (line, (width, numeric))) in line.into_iter().zip(columns).enumerate() {
                let CellLine { text: line, is_broken } = line.unwrap_or_default();
                let blank = width.saturating_sub(line.width());
                let left = match numeric {
                    _ if is_head && !self.lines.is_usual() => blank / 2,
                    true => blank,
                    false => 0,
                };
                let is_open = !is_head && index == last && !self.lines.is_full();
                let right = if is_open && !is_broken { 0 } else { blank - left };
                if index > 0 {
                    text.push_str(&self.line(&self.marked(between, was_broken)));
                }
                was_broken = is_broken;
                let line = self.cell(&line, index, part);
                // Writing to a String cannot fail.
                let _ = write!(text, "{:left$}{line}{:right$}", "", "");
            }
            let end = if is_head { end } else { end.trim_end() };
            text.push_str(&self.edge(&self.marked(end, was_broken)));
            writeln!(out, "{text}")?;
        }
    }

    /// The line behind a cell, with the mark of a line break in place of its first blank.
    fn marked<'a>(&self, line: &'a str, is_broken: bool) -> Cow<'a, str> {
        if is_broken {
            let rest = line.strip_prefix(' ').unwrap_or(line);
            Cow::Owned(format!("{}{rest}", self.lines.line_break))
        } else {
            Cow::Borrowed(line)
        }
    }

    /// The lines of a cell in its column. Pieces of a large cell are wrapped one by one.
    fn wrapped<'a>(&self, cell: &'a str, width: usize) -> impl Iterator<Item = CellLine> + use<'a> {
        cell::pieces(cell, self.layout.printable).flat_map(move |piece| {
            let mut lines = Vec::new();
            for line in piece.split('\n') {
                if let Some(CellLine { is_broken, .. }) = lines.last_mut() {
                    *is_broken = true;
                }
                let parts = Wrapped::new(line, width).map(str::to_owned);
                lines.extend(parts.map(|text| CellLine { text, is_broken: false }));
            }
            lines
        })
    }

    fn write_markdown_row(&self, cells: &[Cow<'_, str>], out: &mut impl Write) -> io::Result<()> {
        let columns = self.layout.widths.iter().zip(&self.layout.numeric);
        for (cell, (width, numeric)) in cells.iter().zip(columns) {
            out.write_all(b"| ")?;
            let blank = width.saturating_sub(cell::width(cell, self.layout.printable));
            if *numeric {
                write!(out, "{:blank$}", "")?;
            }
            for piece in cell::pieces(cell, self.layout.printable) {
                out.write_all(piece.as_bytes())?;
            }
            if !numeric {
                write!(out, "{:blank$}", "")?;
            }
            out.write_all(b" ")?;
        }
        out.write_all(b"|\n")
    }
}

/// The part of a table in a line.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part<'a> {
    Headings,
    /// The types of the columns.
    Types,
    /// The values of the row.
    Values(&'a [Value]),
}

/// A line of a cell.
#[derive(Clone, Debug, Default)]
struct CellLine {
    text: String,
    /// True if a line break of the value ends it.
    is_broken: bool,
}

/// Rows of a table that comfy-table draws at once.
#[derive(Default)]
struct Piece {
    rows: Vec<Vec<String>>,
    size: usize,
}

/// A row with its cells wrapped, and its size in terminal columns, over all its lines.
struct DrawableRow {
    cells: Vec<String>,
    size: usize,
}

/// A table with this upper border and no lower one.
fn empty_table(top: LineStyle) -> Table {
    let between = ContentLineStyle::new('│', '│', '│');
    let style = UTF8_FULL_CONDENSED
        .header_lines(between)
        .content_lines(between)
        .top_border(top)
        .bottom_border(LineStyle::none());
    let mut table = Table::new();
    table.load_style(style).set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// Writes the number of rows.
pub(super) fn write_count(rows: usize, style: &Style, out: &mut impl Write) -> io::Result<()> {
    let count = match rows {
        1 => "(1 row)".to_owned(),
        rows => format!("({rows} rows)"),
    };
    writeln!(out, "{}", paint(&count, Color::Faint, style))
}

/// Escapes characters that would end the cell or the row, or start HTML; a line break becomes
/// `<br>`.
fn escape_markdown(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| matches!(c, '|' | '\\' | '<' | '&') || is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '|' | '\\' | '<' | '&' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("<br>"),
            '\t' => escaped.push(' '),
            c if is_hidden(c) => {
                escaped.push('\\');
                push_escape(&mut escaped, c);
            }
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_row_has_the_same_lines_whether_comfy_table_draws_it_or_not(
            rows in proptest::collection::vec(
                proptest::collection::vec("[ab é漢e\u{301}👩👧\u{200d}|]{0,30}", 3),
                1..4,
            ),
            width in 20_usize..60,
        ) {
            let mut set = ResultSet::with_columns(["id", "a long name", "c"]);
            set.rows = rows
                .iter()
                .map(|row| row.iter().map(|cell| Value::from(cell.as_str())).collect())
                .collect();
            let style = Style::plain(crate::render::Format::Table);
            let grid = Grid::table(&set, &[true, false, false], &style).fitted(Some(width));
            let mut drawn = Vec::new();
            grid.write(&set, &mut drawn).unwrap();
            let mut lines = Vec::new();
            let headings = set.columns.iter().map(|column| Cow::from(column.name.as_str()));
            let headings: Vec<Cow<'_, str>> = headings.collect();
            grid.write_border(grid.lines.top, &mut lines).unwrap();
            grid.write_lines(&headings, Part::Headings, &mut lines).unwrap();
            grid.write_border(Some(grid.lines.head), &mut lines).unwrap();
            for (row, values) in rows.iter().zip(&set.rows) {
                let cells: Vec<Cow<'_, str>> = row.iter().map(Cow::from).collect();
                grid.write_lines(&cells, Part::Values(values), &mut lines).unwrap();
            }
            grid.write_end(&mut lines).unwrap();
            proptest::prop_assert_eq!(
                String::from_utf8(drawn).unwrap(),
                String::from_utf8(lines).unwrap()
            );
        }
    }
}
