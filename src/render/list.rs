//! Lists of redwire's own, which fit themselves to the terminal.
//!
//! A pipe and the other formats get them as they are.

use std::io::{self, Write};

use super::grid::{Grid, write_count};
use super::layout::numeric_columns;
use super::{Format, Style, render_rows};
use crate::value::{ResultSet, Value};

/// Writes a list. A table that is too wide for the terminal leaves out the columns that are NULL
/// throughout; if wrapped cells would be too narrow, the rows are drawn vertically.
pub(super) fn render(list: &ResultSet, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let Some(width) = style.width.filter(|_| style.format == Format::Table) else {
        return render_rows(list, style, out);
    };
    let mut shown = list.clone();
    let mut numeric = numeric_columns(list);
    if Grid::table(&shown, &numeric, style).layout.table_width() > width {
        leave_out_nulls(&mut shown, &mut numeric);
    }
    let mut out = io::BufWriter::new(out);
    match Grid::table(&shown, &numeric, style).of_list(width) {
        Some(grid) => {
            grid.write(&shown, &mut out)?;
            write_count(list.rows.len(), style, &mut out)?;
        }
        None => {
            let vertical = Style {
                format: Format::Vertical,
                ..style.clone()
            };
            render_rows(&without_nulls(list), &vertical, &mut out)?;
        }
    }
    out.flush()
}

fn leave_out_nulls(list: &mut ResultSet, numeric: &mut Vec<bool>) {
    for column in (0..list.columns.len()).rev() {
        let is_null = |row: &Vec<Value>| row.get(column) == Some(&Value::Null);
        if !list.rows.is_empty() && list.rows.iter().all(is_null) {
            list.columns.remove(column);
            numeric.remove(column);
            for row in &mut list.rows {
                row.remove(column);
            }
        }
    }
}

fn without_nulls(list: &ResultSet) -> ResultSet {
    let mut shown = list.clone();
    leave_out_nulls(&mut shown, &mut numeric_columns(list));
    shown
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn connections() -> ResultSet {
        let mut list = ResultSet::with_columns([
            "name",
            "endpoint",
            "user_name",
            "max_connections",
            "password",
            "usages",
            "comment",
        ]);
        let endpoint =
            "analytics-prod.cx3xyzabc123.eu-central-1.redshift.amazonaws.com:5439/warehouse";
        list.rows.push(vec![
            "analytics".into(),
            endpoint.into(),
            "etl".into(),
            Value::Null,
            "keyring".into(),
            Value::Integer(0),
            Value::Null,
        ]);
        list
    }

    fn drawn(list: &ResultSet, width: usize, vertical_when_wide: bool) -> String {
        let style = Style {
            width: Some(width),
            vertical_when_wide,
            ..Style::plain(Format::Table)
        };
        let mut out = Vec::new();
        render(list, &style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_list_fits_80_columns_with_a_real_endpoint_at_the_prompt_and_with_a_script() {
        let expected = "\
┌───────────┬──────────────────────────────────┬───────────┬──────────┬────────┐
│ name      │ endpoint                         │ user_name │ password │ usages │
╞═══════════╪══════════════════════════════════╪═══════════╪══════════╪════════╡
│ analytics │ analytics-prod.cx3xyzabc123.     │ etl       │ keyring  │      0 │
│           │ eu-central-1.redshift.amazonaws. │           │          │        │
│           │ com:5439/warehouse               │           │          │        │
└───────────┴──────────────────────────────────┴───────────┴──────────┴────────┘
(1 row)
";
        for vertical_when_wide in [false, true] {
            assert_eq!(drawn(&connections(), 80, vertical_when_wide), expected);
        }
    }

    #[test]
    fn no_box_is_wider_than_the_terminal() {
        for width in 20..200 {
            let drawn = drawn(&connections(), width, false);
            let mut boxes = drawn.lines().filter(|line| line.starts_with(['┌', '│']));
            assert!(boxes.all(|line| line.width() <= width), "{width}:\n{drawn}");
        }
        assert!(drawn(&connections(), 60, false).starts_with("─[ RECORD 1 ]"));
    }

    #[test]
    fn a_column_of_nulls_stays_where_there_is_room() {
        assert!(drawn(&connections(), 160, false).contains("│ max_connections │"));
    }
}
