//! Rows as blocks of lines, one value per line, like psql's `\x`.

use std::io::{self, Write};
use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use super::Style;
use super::cell;
use super::frame::RecordFrame;
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
    lines: RecordFrame,
    /// True if a rule has the number of its record.
    is_numbered: bool,
    /// The width of the widest value in the first rows.
    value_width: usize,
}

impl Records {
    /// Blocks with a rule as long as the widest of these rows.
    pub(super) fn new(rows: &ResultSet, style: &Style) -> Self {
        let terminal = style.width;
        let names = rows.columns.iter().map(|column| one_line(&column.name).into_owned());
        let names: Vec<String> = names.collect();
        let width = names.iter().map(|name| name.width()).max().unwrap_or(0);
        let room = terminal.map(|columns| columns.saturating_sub(width + 3).max(MIN_VALUE_WIDTH));
        let widest = widest_value(rows, &style.null);
        Self {
            names,
            width,
            rule: (width + 3 + widest).min(terminal.unwrap_or(RULE_COLUMNS)),
            next: 0,
            room,
            lines: RecordFrame::new(style.line_style),
            is_numbered: !style.tuples_only,
            value_width: widest.min(room.unwrap_or(RULE_COLUMNS)),
            null: Arc::clone(&style.null),
            has_colors: style.color,
        }
    }

    /// Writes the next rows.
    pub(super) fn write(&mut self, rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
        for row in &rows.rows {
            if self.is_numbered || self.next > 0 {
                let rule = self.rule();
                writeln!(out, "{}", painted(&rule, Color::Faint, self.has_colors))?;
            }
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
                let line = painted(self.lines.bar, Color::Faint, self.has_colors);
                write!(out, "{name}{:blank$} {line} ", "")
            };
            let is_faint = self.has_colors && *value == Value::Null;
            let text = cell::raw(value, &self.null);
            let mut rest = text.split('\n').peekable();
            while let Some(line) = rest.next() {
                let is_broken = rest.peek().is_some();
                let mut width = 0;
                begin_line(out)?;
                for (index, piece) in cell::pieces(line, lines).enumerate() {
                    let Some(room) = self.room else {
                        width += if is_broken { piece.width() } else { 0 };
                        out.write_all(painted(&piece, Color::Faint, is_faint).as_bytes())?;
                        continue;
                    };
                    for (part_index, part) in Wrapped::new(&piece, room).enumerate() {
                        if index + part_index > 0 {
                            out.write_all(b"\n")?;
                            begin_line(out)?;
                        }
                        width = part.width();
                        out.write_all(painted(part, Color::Faint, is_faint).as_bytes())?;
                    }
                }
                if is_broken {
                    self.write_mark(width, out)?;
                }
                out.write_all(b"\n")?;
            }
        }
        Ok(())
    }

    /// Writes the mark of a line break behind a line of this width.
    fn write_mark(&self, width: usize, out: &mut impl Write) -> io::Result<()> {
        let blank = self.value_width.saturating_sub(width);
        let mark = painted(self.lines.line_break, Color::Faint, self.has_colors);
        write!(out, "{:blank$}{mark}", "")
    }

    /// `─[ RECORD 1 ]──┬──────`, with the joint above the line between names and values if the
    /// label leaves room.
    fn rule(&self) -> String {
        let RecordFrame { line, joints: [first, other], .. } = self.lines;
        let label = if self.is_numbered {
            format!("{line}[ RECORD {} ]", self.next + 1)
        } else {
            String::new()
        };
        let joint = if self.next == 0 { first } else { other };
        let columns = label.chars().count()..self.rule;
        let rest: String = columns
            .map(|column| if column == self.width + 1 { joint } else { line })
            .collect();
        label + &rest
    }
}

fn widest_value(rows: &ResultSet, null: &str) -> usize {
    let values = rows.rows.iter().flatten();
    values
        .map(|value| cell::width(&cell::raw(value, null), lines))
        .max()
        .unwrap_or(0)
}
