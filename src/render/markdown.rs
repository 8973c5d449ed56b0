//! Tables of GitHub Flavored Markdown (its specification, "Tables (extension)").

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::cell;
use super::layout::Layout;
use super::sanitize::lines;
use crate::value::ResultSet;

/// The narrowest column: its delimiter is `---` or `--:`.
const MIN_COLUMNS: usize = 3;

/// The maximum width to which a column is padded. A cell may have many megabytes, and its
/// neighbours would be padded as wide.
const MAX_PADDED_COLUMNS: usize = 256;

/// The widths that the rows need.
pub(super) fn layout(rows: &ResultSet, numeric: &[bool]) -> Layout {
    let mut layout = Layout::new(rows, numeric, escape);
    layout
        .widths
        .iter_mut()
        .for_each(|width| *width = (*width).clamp(MIN_COLUMNS, MAX_PADDED_COLUMNS));
    layout
}

/// Writes the headings and the delimiter row.
pub(super) fn write_head(
    rows: &ResultSet,
    layout: &Layout,
    out: &mut impl Write,
) -> io::Result<()> {
    write_line(rows.columns.iter().map(|column| escape(&column.name)), layout, out)?;
    write_delimiters(layout, out)
}

/// Writes the data rows.
pub(super) fn write_rows(
    rows: &ResultSet,
    layout: &Layout,
    out: &mut impl Write,
) -> io::Result<()> {
    for row in &rows.rows {
        write_line(row.iter().map(|value| cell::text(value, escape)), layout, out)?;
    }
    Ok(())
}

/// Escapes characters that would end the cell or the row, or start HTML; a line break becomes
/// `<br>`.
fn escape(text: &str) -> Cow<'_, str> {
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

fn write_line<'a>(
    cells: impl Iterator<Item = Cow<'a, str>>,
    layout: &Layout,
    out: &mut impl Write,
) -> io::Result<()> {
    for ((cell, width), numeric) in cells.zip(&layout.widths).zip(&layout.numeric) {
        let blank = width.saturating_sub(cell.width());
        if *numeric {
            write!(out, "| {:blank$}{cell} ", "")?;
        } else {
            write!(out, "| {cell}{:blank$} ", "")?;
        }
    }
    out.write_all(b"|\n")
}

fn write_delimiters(layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    for (&width, numeric) in layout.widths.iter().zip(&layout.numeric) {
        if *numeric {
            write!(out, "| {:->1$}: ", "", width - 1)?;
        } else {
            write!(out, "| {:->width$} ", "")?;
        }
    }
    out.write_all(b"|\n")
}
