//! Renders results, errors and notices: values and a style in, text out.
//!
//! Owns every format and every line that the user reads. Knows nothing of the destination: it reads
//! no environment and asks no terminal; the [`Style`] says if there is one.

use std::io::{self, Write};
use std::sync::Arc;

mod cell;
mod check_list;
mod delimited;
mod format;
mod grid;
mod history;
mod json;
mod layout;
mod list;
mod notice;
mod report;
mod run_line;
mod sanitize;
mod stream;
mod tree;
mod vertical;
mod wrap;

pub use format::Format;
pub use notice::{render_echo, render_log, render_notice, render_tag};
pub use report::{render_error, render_expected_error};
pub use run_line::{RunLine, render_run_line};
pub use sanitize::{is_hidden, one_line};
pub use stream::{CellKind, RowStream, StreamColumn};
pub use tree::render_tree;
pub use wrap::render_help;

use crate::definition::TerminalColor;
use crate::executor::Answer;
use crate::value::{ResultSet, Value};

/// The style of output. Standard output and standard error each have their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// The format of result sets; errors and notices are JSON in the JSON formats, and text in the
    /// others.
    pub format: Format,
    /// True if there are colours.
    pub color: bool,
    /// The colour of the frames of tables.
    pub frame: Option<TerminalColor>,
    /// The width of the terminal; None without a terminal, and then nothing is wrapped.
    pub width: Option<usize>,
    /// True if a table that is wider than the terminal is shown vertically instead (`\x auto`).
    pub vertical_when_wide: bool,
    /// The text for NULL in the formats for reading.
    pub null: Arc<str>,
}

impl Style {
    /// A style for a file or a pipe: no colour, no width.
    pub fn plain(format: Format) -> Self {
        Self {
            format,
            color: false,
            frame: None,
            width: None,
            vertical_when_wide: false,
            null: "NULL".into(),
        }
    }
}

/// Writes a complete result set in the format of the style.
pub fn render_rows(rows: &ResultSet, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    stream::write_all(rows, style, out)
}

/// Writes the answer of a statement.
///
/// SQL is written verbatim in every format, so that it can be run again; in the JSON formats it is
/// the single row of a result set with the column `sql`. At a terminal it is escaped, as all text
/// is there.
pub fn render_answer(answer: &Answer, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match answer {
        Answer::Rows(rows) => render_rows(rows, style, out),
        Answer::List(rows) => list::render(rows, style, out),
        Answer::Runs(rows) => history::render(rows, style, out),
        Answer::Stages(rows) => check_list::render(rows, style, out),
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
