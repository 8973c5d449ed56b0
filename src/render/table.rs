//! Tables with borders, drawn by comfy-table piece by piece, so that memory does not grow with the
//! rows.

use std::io::{self, Write};

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table,
    TableStyle, Width, presets::UTF8_FULL_CONDENSED,
};

use super::cell;
use super::layout::Layout;
use super::sanitize::one_line;
use crate::value::{ResultSet, Value};

/// The maximum size of a piece in terminal columns, over all its lines.
const PIECE_COLUMNS: usize = 256 * 1024;

/// The maximum number of rows in a piece.
const PIECE_ROWS: usize = 1_000;

/// The padding of a cell.
const PADDING: usize = 2;

/// Writes the number of rows.
pub(super) fn write_count(rows: usize, out: &mut impl Write) -> io::Result<()> {
    match rows {
        1 => writeln!(out, "(1 row)"),
        rows => writeln!(out, "({rows} rows)"),
    }
}

/// Writes a whole table.
pub(super) fn write(rows: &ResultSet, layout: &Layout, out: &mut impl Write) -> io::Result<()> {
    let edges = Edges { is_first: true, is_last: true };
    write_part(rows, layout, edges, out)
}

/// The ends of a table that a part of it includes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edges {
    /// True if the part has the heading.
    pub(super) is_first: bool,
    /// True if the part has the lower border.
    pub(super) is_last: bool,
}

/// Writes a part of a table: the first piece of the first part has the heading, the last piece of
/// the last part the lower border.
pub(super) fn write_part(
    rows: &ResultSet,
    layout: &Layout,
    edges: Edges,
    out: &mut impl Write,
) -> io::Result<()> {
    let size = (PIECE_COLUMNS / layout.table_width()).clamp(1, PIECE_ROWS);
    let mut rest = rows.rows.as_slice();
    let mut is_first = edges.is_first;
    loop {
        let (piece, after) = rest.split_at(rest.len().min(size));
        let mut table = empty_table(style(is_first, edges.is_last && after.is_empty()));
        if is_first {
            table.set_header(rows.columns.iter().map(|column| one_line(&column.name)));
        }
        write_piece(table, piece, layout, out)?;
        if after.is_empty() {
            return Ok(());
        }
        (rest, is_first) = (after, false);
    }
}

/// comfy-table's borders with solid lines between the columns. A piece that is neither first nor
/// last has none.
fn style(is_first: bool, is_last: bool) -> TableStyle {
    let border = |drawn: bool, line: LineStyle| if drawn { line } else { LineStyle::none() };
    let between = ContentLineStyle::new('│', '│', '│');
    UTF8_FULL_CONDENSED
        .header_lines(between)
        .content_lines(between)
        .top_border(border(is_first, LineStyle::new('┌', '─', '┬', '┐')))
        .bottom_border(border(is_last, LineStyle::new('└', '─', '┴', '┘')))
}

fn empty_table(style: TableStyle) -> Table {
    let mut table = Table::new();
    table.load_style(style).set_content_arrangement(ContentArrangement::Disabled);
    table
}

fn write_piece(
    mut table: Table,
    rows: &[Vec<Value>],
    layout: &Layout,
    out: &mut impl Write,
) -> io::Result<()> {
    for row in rows {
        table.add_row(
            row.iter()
                .map(|value| Cell::new_owned(cell::text(value, one_line).into_owned())),
        );
    }
    for (column, (&width, &numeric)) in
        table.column_iter_mut().zip(layout.widths.iter().zip(&layout.numeric))
    {
        let width = u16::try_from(width + PADDING).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        if numeric {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.lines().try_for_each(|line| writeln!(out, "{line}"))
}
