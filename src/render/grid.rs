//! Rows in columns: tables with borders, and tables of GitHub Flavored Markdown (its specification,
//! "Tables (extension)").

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::cell;
use super::layout::Layout;
use super::sanitize::{lines, one_line};
use super::wrap::{broken, fitting};
use crate::value::ResultSet;

/// The maximum width of a column in a table with borders. A cell may have many megabytes, and its
/// neighbours would be padded as wide.
const MAX_COLUMN_WIDTH: usize = 65_533;

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
}

impl Grid {
    /// A table with the widths that the rows need.
    pub fn table(rows: &ResultSet, numeric: &[bool]) -> Self {
        let layout = Layout::new(rows, numeric, one_line, 0..=MAX_COLUMN_WIDTH);
        Self { style: GridStyle::Table, layout }
    }

    /// A table of Markdown with the widths that the rows need.
    pub fn markdown(rows: &ResultSet, numeric: &[bool]) -> Self {
        let widths = MIN_MARKDOWN_WIDTH..=MAX_MARKDOWN_WIDTH;
        let layout = Layout::new(rows, numeric, escape_markdown, widths);
        Self { style: GridStyle::Markdown, layout }
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

    /// Writes a whole grid.
    pub fn write(&self, rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
        self.write_head(rows, out)?;
        self.write_rows(rows, out)?;
        self.write_end(out)
    }

    /// Writes the headings and the lines above and below them.
    pub fn write_head(&self, rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
        let names = rows.columns.iter();
        let headings: Vec<Cow<'_, str>> =
            names.map(|column| (self.layout.printable)(&column.name)).collect();
        match self.style {
            GridStyle::Table => {
                self.write_border(["┌", "─", "┬", "┐"], out)?;
                self.write_row(&headings, out)?;
                self.write_border(["╞", "═", "╪", "╡"], out)
            }
            GridStyle::Markdown => {
                self.write_row(&headings, out)?;
                self.write_delimiters(out)
            }
        }
    }

    /// Writes the data rows.
    pub fn write_rows(&self, rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
        for row in &rows.rows {
            let cells = row.iter().map(|value| cell::text(value, self.layout.printable));
            self.write_row(&cells.collect::<Vec<_>>(), out)?;
        }
        Ok(())
    }

    /// Writes the lower border.
    pub fn write_end(&self, out: &mut impl Write) -> io::Result<()> {
        match self.style {
            GridStyle::Table => self.write_border(["└", "─", "┴", "┘"], out),
            GridStyle::Markdown => Ok(()),
        }
    }

    fn write_border(
        &self,
        [left, line, joint, right]: [&str; 4],
        out: &mut impl Write,
    ) -> io::Result<()> {
        let lines = self.layout.widths.iter().map(|width| line.repeat(width + 2));
        let lines: Vec<String> = lines.collect();
        writeln!(out, "{left}{}{right}", lines.join(joint))
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

    /// Writes a row. In a table with borders, a cell that is wider than its column takes several
    /// lines.
    fn write_row(&self, cells: &[Cow<'_, str>], out: &mut impl Write) -> io::Result<()> {
        let widths = &self.layout.widths;
        let fits = cells.iter().zip(widths).all(|(cell, width)| cell.width() <= *width);
        if fits || self.style == GridStyle::Markdown {
            return self.write_line(cells.iter().map(AsRef::as_ref), out);
        }
        let cells = cells.iter().zip(widths);
        let parts: Vec<Vec<&str>> = cells.map(|(cell, width)| wrapped(cell, *width)).collect();
        let height = parts.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let cells = parts.iter().map(|parts| parts.get(line).copied().unwrap_or_default());
            self.write_line(cells, out)?;
        }
        Ok(())
    }

    fn write_line<'a>(
        &self,
        cells: impl Iterator<Item = &'a str>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let bar = match self.style {
            GridStyle::Table => '│',
            GridStyle::Markdown => '|',
        };
        for ((cell, width), numeric) in cells.zip(&self.layout.widths).zip(&self.layout.numeric) {
            let blank = width.saturating_sub(cell.width());
            if *numeric {
                write!(out, "{bar} {:blank$}{cell} ", "")?;
            } else {
                write!(out, "{bar} {cell}{:blank$} ", "")?;
            }
        }
        writeln!(out, "{bar}")
    }
}

/// Writes the number of rows.
pub(super) fn write_count(rows: usize, out: &mut impl Write) -> io::Result<()> {
    match rows {
        1 => writeln!(out, "(1 row)"),
        rows => writeln!(out, "({rows} rows)"),
    }
}

/// Splits a cell between words, and words that are wider than the column anywhere.
fn wrapped(cell: &str, columns: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    for mut part in broken(cell, columns) {
        while part.width() > columns {
            let head = fitting(part, columns);
            if head.is_empty() {
                break;
            }
            parts.push(head);
            part = &part[head.len()..];
        }
        parts.push(part);
    }
    parts
}

/// Escapes characters that would end the cell or the row, or start HTML; a line break becomes
/// `<br>`.
fn escape_markdown(text: &str) -> Cow<'_, str> {
    let printable = lines(text);
    if !printable.contains(['|', '\\', '<', '&', '\n', '\t']) {
        return printable;
    }
    let mut escaped = String::with_capacity(printable.len() + 8);
    for c in printable.chars() {
        match c {
            '|' | '\\' | '<' | '&' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("<br>"),
            '\t' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}
