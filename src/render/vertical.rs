//! Rows as blocks of lines, one value per line, like psql's `\x`.

use std::io::{self, Write};
use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use super::Style;
use super::cell;
use super::report::paint::{Color, painted};
use super::sanitize::{lines, one_line};
use super::wrap::Wrapped;
use crate::value::{ResultSet, Value};

/// The maximum length of the rule above a record without a terminal.
const RULE_COLUMNS: usize = 80;

/// The fewest columns for a value; a narrower terminal breaks its lines by itself.
const MIN_VALUE_WIDTH: usize = 20;

/// Rows as blocks of lines, in one piece or in several.
pub(super) struct Records {
    names: Vec<String>,
    /// The width of the widest name.
    width: usize,
    /// The length of the rule above a record.
    rule: usize,
    /// The number of the next record, from 0.
    next: usize,
    /// The room for a value at a terminal; None without one, and then nothing is wrapped.
    room: Option<usize>,
    /// The text for NULL.
    null: Arc<str>,
    /// True if lines, names and NULL are painted.
    has_colors: bool,
}

impl Records {
    /// Blocks with a rule as long as the widest of these rows.
    pub(super) fn new(rows: &ResultSet, style: &Style) -> Self {
        let terminal = style.width;
        let names = rows.columns.iter().map(|column| one_line(&column.name).into_owned());
        let names: Vec<String> = names.collect();
        let width = names.iter().map(|name| name.width()).max().unwrap_or(0);
        Self {
            names,
            width,
            rule: (width + 3 + widest_value(rows, &style.null))
                .min(terminal.unwrap_or(RULE_COLUMNS)),
            next: 0,
            room: terminal.map(|columns| columns.saturating_sub(width + 3).max(MIN_VALUE_WIDTH)),
            null: Arc::clone(&style.null),
            has_colors: style.color,
        }
    }

    /// Writes the next rows.
    pub(super) fn write(&mut self, rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
        for row in &rows.rows {
            let rule = rule(self.next, self.width, self.rule);
            writeln!(out, "{}", painted(&rule, Color::Faint, self.has_colors))?;
            self.write_record(row, out)?;
            self.next += 1;
        }
        Ok(())
    }

    fn write_record(&self, row: &[Value], out: &mut impl Write) -> io::Result<()> {
        for (name, value) in self.names.iter().zip(row) {
            let mut left = name.as_str();
            let mut begin_line = |out: &mut dyn Write| {
                let blank = self.width - left.width();
                let name = painted(std::mem::take(&mut left), Color::Heading, self.has_colors);
                let line = painted("│", Color::Faint, self.has_colors);
                write!(out, "{name}{:blank$} {line} ", "")
            };
            let is_faint = self.has_colors && *value == Value::Null;
            for line in cell::raw(value, &self.null).split('\n') {
                let Some(room) = self.room else {
                    begin_line(out)?;
                    for piece in cell::pieces(line, lines) {
                        out.write_all(painted(&piece, Color::Faint, is_faint).as_bytes())?;
                    }
                    out.write_all(b"\n")?;
                    continue;
                };
                for piece in cell::pieces(line, lines) {
                    for part in Wrapped::new(&piece, room) {
                        begin_line(out)?;
                        writeln!(out, "{}", painted(part, Color::Faint, is_faint))?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn widest_value(rows: &ResultSet, null: &str) -> usize {
    let values = rows.rows.iter().flatten();
    values
        .map(|value| cell::width(&cell::raw(value, null), lines))
        .max()
        .unwrap_or(0)
}

/// `─[ RECORD 1 ]──┬──────`, with the joint above the line between names and values if the label
/// leaves room.
fn rule(index: usize, names: usize, columns: usize) -> String {
    let label = format!("─[ RECORD {} ]─", index + 1);
    let taken = label.chars().count();
    let joint = if index == 0 { '┬' } else { '┼' };
    let rest: String = (taken..columns)
        .map(|column| if column == names + 1 { joint } else { '─' })
        .collect();
    label + &rest
}
