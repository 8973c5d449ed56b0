//! Results, errors and remarks as text: values and a style in, text out.
//!
//! Owns every format and every line that the user reads. It must not know where the text goes: it
//! reads no environment, asks no terminal and decides nothing; whether there is a terminal stands
//! in the [`Style`].

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

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

use layout::Layout;

/// How something is to be drawn. The standard output and the standard error each have their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// The format of result sets; errors and remarks are JSON in the JSON formats, and text in the
    /// others.
    pub format: Format,
    /// Whether errors and remarks may be coloured. Result sets never are.
    pub color: bool,
    /// The columns of the terminal; None where there is no terminal, and then nothing is wrapped.
    pub width: Option<usize>,
    /// Whether a table that is wider than the terminal is drawn vertically instead, as `\x auto`
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

/// The buffer between the formats and the writer, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// Writes a result set in the format of the style. The writer needs no buffer of its own.
pub fn render_rows(rows: &ResultSet, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, out);
    match style.format {
        Format::Table => write_table(rows, style, &mut out)?,
        Format::Vertical => vertical::write(rows, style.width, &mut out)?,
        Format::Markdown => markdown::write(rows, &mut out)?,
        Format::Csv => delimited::write_csv(&fit_for(style, rows), &mut out)?,
        Format::Tsv => delimited::write_tsv(&fit_for(style, rows), &mut out)?,
        Format::Json => json::write_array(rows, &mut out)?,
        Format::Jsonl => json::write_lines(rows, &mut out)?,
    }
    out.flush()
}

/// The rows as they are, or printable where they go to a terminal.
fn fit_for<'a>(style: &Style, rows: &'a ResultSet) -> Cow<'a, ResultSet> {
    if style.width.is_none() {
        return Cow::Borrowed(rows);
    }
    let printable = |value: &Value| match value {
        Value::Text(text) => Value::from(&*sanitize::lines(text)),
        other => other.clone(),
    };
    let headings: Vec<Cow<'_, str>> =
        rows.columns.iter().map(|column| sanitize::lines(&column.name)).collect();
    Cow::Owned(ResultSet {
        rows: rows.rows.iter().map(|row| row.iter().map(printable).collect()).collect(),
        ..ResultSet::with_columns(headings.iter().map(|heading| &**heading))
    })
}

/// Writes a table, or the same rows vertically where the style wants that for what is too wide.
fn write_table(rows: &ResultSet, style: &Style, out: &mut impl Write) -> io::Result<()> {
    let layout = Layout::of(rows, sanitize::one_line);
    match style.width {
        Some(width) if layout.table_width() > width && style.vertical_when_wide => {
            vertical::write(rows, style.width, out)
        }
        Some(width) => table::write_with_count(rows, &layout.fitted(width), out),
        None => table::write_with_count(rows, &layout, out),
    }
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
