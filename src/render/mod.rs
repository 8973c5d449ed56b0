//! Results, errors and remarks as text: values and a style in, text out.
//!
//! Owns every format and every line that the user reads. It must not know where the text goes: it
//! reads no environment, asks no terminal and decides nothing; whether there is a terminal stands
//! in the [`Style`].

use std::io::{self, Write};

mod cell;
mod delimited;
mod format;
mod json;
mod layout;
mod markdown;
mod remark;
mod report;
mod sanitize;
mod stream;
mod table;
mod tree;
mod vertical;
mod wrap;

pub use format::{Format, UnknownFormat};
pub use remark::{render_log, render_notice, render_tag};
pub use report::render_error;
pub use sanitize::{is_hidden, one_line};
pub use stream::{CellKind, RowStream, StreamColumn};
pub use tree::render_tree;
pub use wrap::render_help;

use crate::executor::Answer;
use crate::value::{ResultSet, Value};

/// How something is to be drawn. The standard output and the standard error each have their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// The format of result sets; errors and remarks are JSON in the JSON formats, and text in the
    /// others.
    pub format: Format,
    /// True if errors and remarks may be coloured. Result sets never are.
    pub color: bool,
    /// The columns of the terminal; None where there is no terminal, and then nothing is wrapped.
    pub width: Option<usize>,
    /// True if a table that is wider than the terminal is drawn vertically instead, as `\x auto`
    /// says.
    pub vertical_when_wide: bool,
}

impl Style {
    /// A style for a file or a pipe: no colour, no width.
    #[must_use]
    pub fn plain(format: Format) -> Self {
        Self {
            format,
            color: false,
            width: None,
            vertical_when_wide: false,
        }
    }
}

/// Writes a result set in the format of the style, as a stream of rows that are all there.
pub fn render_rows(rows: &ResultSet, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    stream::write_all(rows, style, out)
}

/// Writes what a statement answers with.
///
/// SQL is written as it stands whatever the format, so that it can be run again; in the JSON
/// formats it is the one row of a result set with the column `sql`. At a terminal it is made
/// printable, as all text is there.
pub fn render_answer(answer: &Answer, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match answer {
        Answer::Rows(rows) => render_rows(rows, style, out),
        Answer::Sql(sql) if style.format.is_json() => render_rows(&sql_as_rows(sql), style, out),
        Answer::Sql(sql) => write_sql(sql, style, out),
    }
}

fn sql_as_rows(sql: &str) -> ResultSet {
    ResultSet {
        rows: vec![vec![Value::from(sql)]],
        ..ResultSet::with_columns(["sql"])
    }
}

fn write_sql(sql: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if style.width.is_some() {
        out.write_all(sanitize::lines(sql).as_bytes())?;
    } else {
        out.write_all(sql.as_bytes())?;
    }
    if sql.ends_with('\n') {
        Ok(())
    } else {
        out.write_all(b"\n")
    }
}

#[cfg(test)]
mod tests;
