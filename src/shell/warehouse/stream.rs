//! The sink that passes the rows of a query to the output as they arrive.

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::column_type::stream_column;
use super::plan::QueryPlan;
use crate::executor::Notice;
use crate::progress::ProgressLine;
use crate::render::{Format, RowStream, StreamColumn, one_line};
use crate::shell::Output;
use crate::value::{ResultSet, Value};
use crate::warehouse::{Cancel, ResultColumn, ResultSink, ServerMessage};

/// The number of bytes after which complete rows are written.
const CHUNK_BYTES: usize = 64 * 1024;

/// The number of bytes after which a part of a row is written.
const LARGE_ROW_BYTES: usize = 1024 * 1024;

/// Writes rows to standard output, tags and notices to standard error.
pub(super) struct RowOutput<'a> {
    buffer: RowBuffer<'a>,
    options: RowOptions,
    /// The number of rows.
    count: u64,
    /// The number of rows that the last statement returned or changed.
    affected: u64,
    /// The result set that is arriving.
    rows: Option<RowStream>,
    /// The query plan that is arriving.
    plan: Option<QueryPlan>,
}

/// Text of rows on its way to the output. A row that is larger than memory should hold is written
/// in parts.
struct RowBuffer<'a> {
    bytes: Vec<u8>,
    output: &'a mut Output,
    /// The user's interrupt, which also ends a single large row.
    cancel: Cancel,
    /// True if an interrupt has ended a row.
    is_cancelled: bool,
    /// True if the user has closed the pager.
    is_closed: bool,
    /// The error of the output.
    error: Option<io::Error>,
    /// The line that is drawn until rows are shown.
    progress: ProgressLine,
}

impl RowBuffer<'_> {
    /// Writes the text so far. Break: nobody reads the rows any more, or they cannot be written.
    fn send(&mut self) -> ControlFlow<()> {
        if !self.bytes.is_empty() && self.output.shows_rows() {
            self.end_progress();
        }
        let written = if self.is_closed {
            Ok(ControlFlow::Break(()))
        } else {
            self.output.write_rows(&self.bytes)
        };
        self.bytes.clear();
        self.check(written)
    }

    fn end_progress(&mut self) {
        self.progress = ProgressLine::none();
    }

    fn check(&mut self, written: io::Result<ControlFlow<()>>) -> ControlFlow<()> {
        match written {
            Ok(ControlFlow::Continue(())) => return ControlFlow::Continue(()),
            Ok(ControlFlow::Break(())) => self.is_closed = true,
            // The reason was kept when the row ended early.
            Err(_) if self.is_closed || self.is_cancelled => {}
            Err(error) => {
                self.error.get_or_insert(error);
            }
        }
        ControlFlow::Break(())
    }
}

impl Write for RowBuffer<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let part = &text[..text.len().min(LARGE_ROW_BYTES)];
        self.bytes.extend_from_slice(part);
        if self.bytes.len() >= LARGE_ROW_BYTES {
            self.is_cancelled |= self.cancel.is_set();
            if self.is_cancelled || self.send().is_break() {
                return Err(io::Error::other("the row is not wanted"));
            }
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The caller's choices about the rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowOptions {
    /// True if the query is stopped when nobody reads its rows; if not, the rest is skipped.
    pub may_stop: bool,
    /// True if the caller reports a result without rows itself, so that nothing is shown for it.
    pub needs_rows: bool,
}

/// The result of showing the rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    /// True if the user closed the pager before the end.
    pub is_closed: bool,
    /// True if an interrupt ended it inside a large row.
    pub is_cancelled: bool,
    /// The number of rows.
    pub count: u64,
    /// The number of rows that the last statement returned or changed.
    pub affected: u64,
}

impl<'a> RowOutput<'a> {
    pub fn new(output: &'a mut Output, options: RowOptions, cancel: Cancel) -> Self {
        let progress = output.begin_progress();
        let buffer = RowBuffer {
            bytes: Vec::new(),
            output,
            cancel,
            is_cancelled: false,
            is_closed: false,
            error: None,
            progress,
        };
        Self {
            buffer,
            options,
            count: 0,
            affected: 0,
            rows: None,
            plan: None,
        }
    }

    /// Writes the rest; a result set that has not ended was interrupted.
    pub fn finish(mut self) -> io::Result<Shown> {
        if let Some(rows) = self.rows.take() {
            let broken_off = rows.break_off(&mut self.buffer);
            let _ = self.check(broken_off);
        }
        if self.buffer.error.is_none() && !self.buffer.is_closed {
            let _ = self.buffer.send();
        }
        // The pager must end in any case.
        let ended = self.buffer.output.end_page();
        match self.buffer.error {
            Some(error) => Err(error),
            None => ended.map(|()| Shown {
                is_closed: self.buffer.is_closed,
                is_cancelled: self.buffer.is_cancelled,
                count: self.count,
                affected: self.affected,
            }),
        }
    }

    fn write(&mut self) -> ControlFlow<()> {
        let sent = self.buffer.send();
        self.settle(sent)
    }

    fn check(&mut self, result: io::Result<()>) -> ControlFlow<()> {
        let checked = self.buffer.check(result.map(ControlFlow::Continue));
        self.settle(checked)
    }

    /// Ends the query once nobody reads its rows; one that may not be stopped is read to its end.
    fn settle(&mut self, written: ControlFlow<()>) -> ControlFlow<()> {
        if written.is_continue() {
            return written;
        }
        self.rows = None;
        if self.buffer.error.is_some() || self.buffer.is_cancelled {
            return ControlFlow::Break(());
        }
        self.pass_over()
    }

    /// Nobody reads the rows any more.
    fn pass_over(&self) -> ControlFlow<()> {
        if self.options.may_stop {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl ResultSink for RowOutput<'_> {
    fn columns(&mut self, columns: &[ResultColumn]) -> ControlFlow<()> {
        if self.buffer.is_closed {
            return self.pass_over();
        }
        if let Some(kept) = self.buffer.output.kept_rows() {
            *kept = ResultSet::with_columns(columns.iter().map(|column| column.name.as_str()));
            return ControlFlow::Continue(());
        }
        if QueryPlan::has(columns) && self.buffer.output.style_mut().format == Format::Table {
            self.plan = Some(QueryPlan::default());
            return ControlFlow::Continue(());
        }
        let columns: Vec<StreamColumn> = columns.iter().map(stream_column).collect();
        self.rows = Some(self.buffer.output.begin_rows(&columns));
        ControlFlow::Continue(())
    }

    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        self.count += 1;
        self.buffer.progress.add_rows(1);
        if let Some(kept) = self.buffer.output.kept_rows() {
            let value =
                |cell: Option<&[u8]>| Value::optional_text(cell.map(String::from_utf8_lossy));
            kept.rows.push(cells.iter().copied().map(value).collect());
            return ControlFlow::Continue(());
        }
        if let (Some(plan), [Some(cell)]) = (&mut self.plan, cells) {
            for line in String::from_utf8_lossy(cell).lines() {
                plan.read(line);
                self.buffer.bytes.extend_from_slice(one_line(line).as_bytes());
                self.buffer.bytes.push(b'\n');
            }
        }
        if let Some(rows) = &mut self.rows
            && let Err(error) = rows.row(cells, &mut self.buffer)
        {
            return self.check(Err(error));
        }
        if self.buffer.bytes.len() < CHUNK_BYTES {
            return ControlFlow::Continue(());
        }
        self.write()
    }

    fn tag(&mut self, tag: &str) {
        let number = tag.rsplit(' ').next().and_then(|word| word.parse().ok());
        self.affected = number.unwrap_or(0);
        if self.buffer.output.kept_rows().is_some_and(|kept| !kept.columns.is_empty()) {
            return;
        }
        if let Some(plan) = self.plan.take() {
            let _ = self.write();
            for advice in plan.advice() {
                self.buffer.output.notice(&Notice::new(advice));
            }
            return;
        }
        // A result set shows the number of its rows itself.
        let Some(rows) = self.rows.take() else {
            if !self.buffer.is_closed {
                self.buffer.output.tag(tag, false);
            }
            return;
        };
        if self.options.needs_rows && self.count == 0 {
            return;
        }
        let finished = rows.finish(&mut self.buffer);
        if self.check(finished).is_continue() {
            let _ = self.write();
        }
    }

    fn notice(&mut self, notice: &ServerMessage) {
        self.buffer.progress.hide();
        let notice = notice_from_server(notice);
        self.buffer.output.notice_at_once(&notice);
    }
}

/// A server's notice as one of redwire's, with its detail and hint behind the message.
pub(super) fn notice_from_server(notice: &ServerMessage) -> Notice {
    let mut text = notice.message.clone();
    for (name, more) in [("detail", &notice.detail), ("hint", &notice.hint)] {
        if let Some(more) = more {
            text.extend([" (", name, ": ", more, ")"]);
        }
    }
    match notice.severity.as_str() {
        "WARNING" => Notice::warning(text),
        _ => Notice::new(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Format, Style};

    #[test]
    fn an_interrupt_ends_a_row_that_is_large_and_no_other() {
        let cell = vec![b'x'; 3 * LARGE_ROW_BYTES];
        for (length, is_set, ends) in
            [(cell.len(), true, true), (cell.len(), false, false), (10, true, false)]
        {
            let style = || Style::plain(Format::Csv);
            let sink = || Box::new(io::sink());
            let mut output = Output::new(sink(), sink(), style(), style(), false);
            let cancel = Cancel::default();
            if is_set {
                cancel.set();
            }
            let options = RowOptions { may_stop: false, needs_rows: false };
            let mut rows = RowOutput::new(&mut output, options, cancel);
            let column = ResultColumn {
                name: "a".to_owned(),
                type_oid: 25,
                type_modifier: -1,
                is_text: true,
            };
            assert!(rows.columns(&[column]).is_continue());
            assert_eq!(rows.row(&[Some(&cell[..length])]).is_break(), ends);
            rows.tag("SELECT 1");
            assert_eq!(rows.finish().unwrap().is_cancelled, ends);
        }
    }
}
