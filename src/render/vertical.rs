//! Rows as blocks of lines, one value per line, like psql's `\x`.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::cell;
use super::sanitize::{lines, one_line};
use crate::value::{ResultSet, Value};

/// The maximum length of the rule above a record without a terminal.
const RULE_COLUMNS: usize = 80;

/// Rows as blocks of lines, in one piece or in several.
pub(super) struct Records {
    names: Vec<String>,
    /// The width of the widest name.
    width: usize,
    /// The length of the rule above a record.
    rule: usize,
    /// The number of the next record, from 0.
    next: usize,
}

impl Records {
    /// Blocks with a rule as long as the widest of these rows.
    pub(super) fn new(rows: &ResultSet, terminal: Option<usize>) -> Self {
        let names = rows.columns.iter().map(|column| one_line(&column.name).into_owned());
        let names: Vec<String> = names.collect();
        let width = names.iter().map(|name| name.width()).max().unwrap_or(0);
        Self {
            names,
            width,
            rule: (width + 3 + widest_value(rows)).min(terminal.unwrap_or(RULE_COLUMNS)),
            next: 0,
        }
    }

    /// Writes the next rows.
    pub(super) fn write(&mut self, rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
        for row in &rows.rows {
            write_rule(self.next, self.width, self.rule, out)?;
            self.write_record(row, out)?;
            self.next += 1;
        }
        Ok(())
    }

    fn write_record(&self, row: &[Value], out: &mut impl Write) -> io::Result<()> {
        for (name, value) in self.names.iter().zip(row) {
            let mut left = name.as_str();
            for line in cell::text(value, lines).split('\n') {
                let blank = self.width - left.width();
                writeln!(out, "{left}{:blank$} │ {line}", "")?;
                left = "";
            }
        }
        Ok(())
    }
}

fn widest_value(rows: &ResultSet) -> usize {
    let lines_of = |value| {
        cell::text(value, lines)
            .split('\n')
            .map(UnicodeWidthStr::width)
            .max()
            .unwrap_or(0)
    };
    rows.rows.iter().flatten().map(lines_of).max().unwrap_or(0)
}

/// `─[ RECORD 1 ]──┬──────`, with the joint above the line between names and values if the label
/// leaves room.
fn write_rule(index: usize, names: usize, columns: usize, out: &mut impl Write) -> io::Result<()> {
    let label = format!("─[ RECORD {} ]─", index + 1);
    let taken = label.chars().count();
    let joint = if index == 0 { '┬' } else { '┼' };
    let rest: String = (taken..columns)
        .map(|column| if column == names + 1 { joint } else { '─' })
        .collect();
    writeln!(out, "{label}{rest}")
}
