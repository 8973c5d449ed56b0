//! Renders results, errors and notices: values and a style in, text out.
//!
//! Owns every format and every line that the user reads. Knows nothing of the destination: it reads
//! no environment and asks no terminal; the [`Style`] says if there is one.

use std::io::{self, Write};

mod cell;
mod check_list;
mod delimited;
mod format;
mod frame;
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
mod style;
mod tree;
mod unaligned;
mod vertical;
mod wrap;

pub use format::Format;
pub use notice::{render_echo, render_log, render_notice, render_tag};
pub use report::{render_error, render_expected_error};
pub use run_line::{RunLine, render_run_line};
pub use sanitize::{is_hidden, one_line};
pub use stream::{CellKind, RowStream, StreamColumn};
pub use style::{Border, LineStyle, Style};
pub use tree::render_tree;
pub use wrap::render_help;

use crate::executor::Answer;
use crate::value::ResultSet;

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
        Answer::Sql(_) if style.format.is_json() => render_rows(&answer.rows(), style, out),
        Answer::Sql(sql) => write_sql(sql, style, out),
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
