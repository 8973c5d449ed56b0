//! Results and other texts on standard output, in the pager or at the place of redirected results.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::Output;
use crate::executor::Answer;
use crate::render::{Format, RowStream, StreamColumn, Style, render_answer, render_help};
use crate::value::ResultSet;

/// Shows long texts page by page.
pub trait Pager {
    /// Receives the next part of a text of any length.
    fn take(&mut self, text: &[u8]) -> io::Result<Paged>;

    /// Ends the text and waits until the user has read it. The caller must show the returned bytes.
    fn end(&mut self) -> io::Result<Vec<u8>>;
}

/// The result of passing a part of a text to a pager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paged {
    /// The pager has accepted the part.
    Taken,
    /// The user has closed the pager.
    Closed,
    /// The pager does not work: the caller must show these bytes and all that follows.
    Returned(Vec<u8>),
}

impl Output {
    /// Keeps the rows of the next statement instead of showing them.
    pub(in crate::shell) fn keep_rows(&mut self) {
        self.kept = Some(ResultSet::default());
    }

    /// The rows that were kept; rows are shown again.
    pub(in crate::shell) fn take_kept_rows(&mut self) -> ResultSet {
        self.kept.take().unwrap_or_default()
    }

    /// The rows to be kept, if they are not shown.
    pub(in crate::shell) fn kept_rows(&mut self) -> Option<&mut ResultSet> {
        self.kept.as_mut()
    }

    /// Writes the answer of a statement.
    pub fn answer(&mut self, answer: &Answer) -> io::Result<()> {
        if let Some(kept) = &mut self.kept {
            *kept = answer.rows();
            return Ok(());
        }
        let mut text = Vec::new();
        render_answer(answer, &self.begin_result(), &mut text)?;
        let _ = self.write_rows(&text)?;
        self.end_page()
    }

    /// Begins a result, and returns its style: a file has no width.
    fn begin_result(&mut self) -> Style {
        let width = match self.redirected {
            Some(_) => None,
            None => (self.width)(),
        };
        self.between.begin(self.style.format);
        Style {
            width,
            color: self.style.color && self.redirected.is_none(),
            frame: self.frame,
            ..self.style.clone()
        }
    }

    /// Shows the next part of a text on standard output, in the pager if there is one. Break: the
    /// user wants no more of it.
    fn page(&mut self, text: &[u8]) -> io::Result<ControlFlow<()>> {
        if !self.is_showing {
            self.flush_error();
            self.is_showing = true;
        }
        let left = match self.pager.as_mut().filter(|_| self.pages) {
            None => return self.out.write_all(text).map(ControlFlow::Continue),
            Some(pager) => {
                // The pager reads no faster than the user does.
                let started = Instant::now();
                let taken = pager.take(text);
                self.reading += started.elapsed();
                match taken? {
                    Paged::Taken => return Ok(ControlFlow::Continue(())),
                    Paged::Closed => return Ok(ControlFlow::Break(())),
                    Paged::Returned(left) => left,
                }
            }
        };
        self.out.write_all(&left).map(ControlFlow::Continue)
    }

    /// Flushes the text and waits until the user has read it.
    pub fn end_page(&mut self) -> io::Result<()> {
        self.is_showing = false;
        if let Some(pager) = &mut self.pager {
            let started = Instant::now();
            let left = pager.end()?;
            self.reading += started.elapsed();
            self.out.write_all(&left)?;
        }
        self.out.flush()
    }

    /// The time that the user spent in the pager since the last call.
    pub(in crate::shell) fn take_reading_time(&mut self) -> Duration {
        std::mem::take(&mut self.reading)
    }

    /// Begins a result set that arrives row by row; the output of the stream goes to
    /// [`Self::write_rows`].
    pub fn begin_rows(&mut self, columns: &[StreamColumn]) -> RowStream {
        RowStream::new(columns, &self.begin_result())
    }

    /// Writes rows formatted by a [`RowStream`]. Break: the user wants no more of them.
    pub fn write_rows(&mut self, bytes: &[u8]) -> io::Result<ControlFlow<()>> {
        if bytes.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let between = self.between.take();
        match &mut self.redirected {
            Some((sink, _)) => {
                sink.write_all(between)?;
                sink.write_all(bytes)?;
                Ok(ControlFlow::Continue(()))
            }
            None if between.is_empty() => self.page(bytes),
            None => self.page(&[between, bytes].concat()),
        }
    }

    /// Writes the answer of a command.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        let _ = self.page(text.as_bytes())?;
        self.end_page()
    }

    /// Writes a text of the script's own to standard output.
    pub(in crate::shell) fn print(&mut self, text: &str) -> io::Result<()> {
        self.flush_error();
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }

    /// Writes a text of the script's own between results.
    pub(in crate::shell) fn print_as_result(&mut self, text: &str) -> io::Result<()> {
        match &mut self.redirected {
            Some((sink, _)) => sink.write_all(text.as_bytes()),
            None => self.print(text),
        }
    }

    /// Writes help, wrapped between words to the width of the terminal.
    pub fn help(&mut self, text: &str) -> io::Result<()> {
        self.style.width = (self.width)();
        let text = render_help(text, &self.style);
        self.text(&text)
    }
}

/// The separator between results: in Markdown two tables need a blank line between them.
#[derive(Debug, Default)]
pub(super) struct BetweenResults {
    /// True if a result in Markdown has been written.
    stands: bool,
    /// True if the next part begins another result.
    begins: bool,
}

impl BetweenResults {
    fn begin(&mut self, format: Format) {
        self.begins = format == Format::Markdown;
    }

    /// The bytes to write before the next part of a result.
    fn take(&mut self) -> &'static [u8] {
        let begins = std::mem::take(&mut self.begins);
        if begins && std::mem::replace(&mut self.stands, true) {
            b"\n"
        } else {
            b""
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCKED: Duration = Duration::from_millis(1);

    /// A pager whose user reads each part for that long.
    struct SlowPager;

    impl Pager for SlowPager {
        fn take(&mut self, _text: &[u8]) -> io::Result<Paged> {
            let started = Instant::now();
            while started.elapsed() < BLOCKED {}
            Ok(Paged::Taken)
        }

        fn end(&mut self) -> io::Result<Vec<u8>> {
            self.take(b"").map(|_| Vec::new())
        }
    }

    #[test]
    fn the_time_in_which_the_pager_takes_nothing_is_reading_time() {
        let style = || Style::plain(Format::Table);
        let sink = || Box::new(io::sink());
        let mut output = Output::new(sink(), sink(), style(), style(), false);
        output.set_pager(Box::new(SlowPager));
        for _ in 0..3 {
            let _ = output.write_rows(b"row\n").unwrap();
        }
        output.end_page().unwrap();
        assert!(output.take_reading_time() >= BLOCKED * 4);
    }
}
