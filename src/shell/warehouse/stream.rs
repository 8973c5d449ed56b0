//! The sink that passes the rows of a query to the output as they arrive.

use std::io;
use std::ops::ControlFlow;

use crate::executor::Notice;
use crate::render::{CellKind, RowStream, StreamColumn};
use crate::shell::Output;
use crate::sql::mask::Echo;
use crate::warehouse::{ResultColumn, ResultSink, ServerMessage};

/// The number of bytes of rows that are written at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Writes rows to standard output, tags and notices to standard error.
pub(super) struct RowOutput<'a> {
    output: &'a mut Output,
    /// Masks the statement's secrets in notices.
    echo: &'a Echo<'a>,
    options: RowOptions,
    /// True if the user has closed the pager.
    is_closed: bool,
    /// The number of rows.
    count: u64,
    /// The result set that is arriving.
    rows: Option<RowStream>,
    buffer: Vec<u8>,
    /// The error of the output.
    output_error: Option<io::Error>,
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
    /// The number of rows.
    pub count: u64,
}

impl<'a> RowOutput<'a> {
    pub fn new(output: &'a mut Output, echo: &'a Echo<'a>, options: RowOptions) -> Self {
        Self {
            output,
            echo,
            options,
            is_closed: false,
            count: 0,
            rows: None,
            buffer: Vec::new(),
            output_error: None,
        }
    }

    /// Writes the rest; a result set that has not ended was interrupted.
    pub fn finish(mut self) -> io::Result<Shown> {
        let broken_off = match self.rows.take() {
            Some(rows) => rows.break_off(&mut self.buffer),
            None => Ok(()),
        };
        let flow = self.check(broken_off);
        if flow.is_continue() {
            let _ = self.write();
        }
        // The pager must end in any case.
        let ended = self.output.end_page();
        match self.output_error {
            Some(error) => Err(error),
            None => ended.map(|()| Shown {
                is_closed: self.is_closed,
                count: self.count,
            }),
        }
    }

    fn write(&mut self) -> ControlFlow<()> {
        let written = self.output.write_rows(&self.buffer);
        self.buffer.clear();
        match written {
            Ok(ControlFlow::Break(())) => {
                self.is_closed = true;
                self.rows = None;
                self.pass_over()
            }
            Ok(ControlFlow::Continue(())) => ControlFlow::Continue(()),
            Err(error) => self.check(Err(error)),
        }
    }

    /// Nobody reads the rows any more.
    fn pass_over(&self) -> ControlFlow<()> {
        if self.options.may_stop {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn check(&mut self, result: io::Result<()>) -> ControlFlow<()> {
        match result {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.output_error.get_or_insert(error);
                ControlFlow::Break(())
            }
        }
    }
}

impl ResultSink for RowOutput<'_> {
    fn columns(&mut self, columns: &[ResultColumn]) -> ControlFlow<()> {
        if self.is_closed {
            return self.pass_over();
        }
        let columns: Vec<StreamColumn> = columns.iter().map(column).collect();
        self.rows = Some(self.output.begin_rows(&columns));
        ControlFlow::Continue(())
    }

    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        self.count += 1;
        if let Some(rows) = &mut self.rows
            && let Err(error) = rows.row(cells, &mut self.buffer)
        {
            return self.check(Err(error));
        }
        if self.buffer.len() < CHUNK_BYTES {
            return ControlFlow::Continue(());
        }
        self.write()
    }

    fn tag(&mut self, tag: &str) {
        // A result set shows the number of its rows itself.
        let Some(rows) = self.rows.take() else {
            if !self.is_closed {
                self.output.tag(tag, false);
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
        self.output
            .notice_at_once(&notice_from_server(&without_secrets(notice, self.echo)));
    }
}

/// The message without the secrets of the statement.
pub(super) fn without_secrets(message: &ServerMessage, echo: &Echo<'_>) -> ServerMessage {
    let quiet = |text: &Option<String>| text.as_deref().map(|text| echo.without_secrets(text));
    let context = message.context.as_deref();
    ServerMessage {
        severity: echo.without_secrets(&message.severity),
        code: echo.without_secrets(&message.code),
        message: echo.without_secrets(&message.message),
        detail: quiet(&message.detail),
        hint: quiet(&message.hint),
        position: message.position,
        context: context.map(|text| echo.without_secrets_in_sql(text)),
        routine: quiet(&message.routine),
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

fn column(column: &ResultColumn) -> StreamColumn {
    StreamColumn {
        name: column.name.clone(),
        kind: if column.is_text {
            kind(column.type_oid)
        } else {
            CellKind::Text
        },
    }
}

/// The kind of values of a type, by its OID in PostgreSQL's `pg_type`, which Redshift shares (AWS's
/// JDBC driver 2.2.6, `Oid.java`).
fn kind(type_oid: u32) -> CellKind {
    match type_oid {
        16 => CellKind::Boolean,
        20 | 21 | 23 | 26 => CellKind::Integer,
        700 | 701 => CellKind::Real,
        1700 => CellKind::Decimal,
        _ => CellKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_of_a_message_keeps_a_secret_of_the_statement() {
        let said = || "syntax error at or near \"Hunter2xq\"".to_owned();
        let message = ServerMessage {
            severity: said(),
            code: said(),
            message: said(),
            detail: Some(said()),
            hint: Some(said()),
            position: Some(1),
            context: Some(said()),
            routine: Some(said()),
        };
        let statement = "CREATE USER u PASSWORD 'Hunter2xq'";
        let quiet = format!("{:?}", without_secrets(&message, &Echo::new(statement, false)));
        assert!(!quiet.contains("Hunter2"), "{quiet}");
        assert_eq!(quiet.matches("syntax error at or near \\\"***\\\"").count(), 7, "{quiet}");
        let same = without_secrets(&message, &Echo::new("CREATE USER u CREATEDB", false));
        assert_eq!(same, message);
    }
}
