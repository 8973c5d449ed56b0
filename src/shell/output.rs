//! Where results, remarks and errors go: result sets to the standard output or a file, all else to
//! the standard error, in the order in which they came up.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::access;
use crate::error::Error;
use crate::executor::{Answer, Notice, Severity};
use crate::render::{
    Format, RowStream, StreamColumn, Style, render_answer, render_error, render_help,
    render_notice, render_tag,
};

/// Shows long texts page by page.
pub trait Pager {
    /// Takes the next part of a text of any length.
    fn take(&mut self, text: &[u8]) -> io::Result<Paged>;

    /// The text is at its end: waits until the user has read it. What it answers with is left to
    /// the caller to show.
    fn end(&mut self) -> io::Result<Vec<u8>>;
}

/// What a pager did with a part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paged {
    /// It has taken it.
    Taken,
    /// The user has closed it and wants no more.
    Closed,
    /// It cannot show anything: this, and all that follows, is left to the caller.
    Returned(Vec<u8>),
}

/// Asks for the terminal's width now, in columns; None where there is no terminal.
pub type TerminalWidth = Box<dyn Fn() -> Option<usize>>;

/// Where everything that redwire says goes.
pub struct Output {
    out: BufWriter<Box<dyn Write>>,
    error: BufWriter<Box<dyn Write>>,
    style: Style,
    error_style: Style,
    width: TerminalWidth,
    pager: Option<Box<dyn Pager>>,
    file: Option<(Box<dyn Write>, String)>,
    open: OpenFile,
    quiet: bool,
    between: BetweenResults,
    /// True if a text is being shown that may be in a pager: what goes to the terminal beside it
    /// waits.
    is_showing: bool,
    /// How long the user has been reading in the pager since this was asked for.
    reading: Duration,
}

/// Opens a file that results go to: makes it, or empties it.
pub type OpenFile = fn(&Path) -> io::Result<Box<dyn Write>>;

impl Output {
    /// Results go to `out`, all else to `error`. `quiet` leaves tags and notices out.
    pub fn new(
        out: Box<dyn Write>,
        error: Box<dyn Write>,
        style: Style,
        error_style: Style,
        quiet: bool,
    ) -> Self {
        Self {
            out: BufWriter::new(out),
            error: BufWriter::new(error),
            style,
            error_style,
            width: Box::new(|| None),
            pager: None,
            file: None,
            open: |path| Ok(Box::new(File::create(path)?)),
            quiet,
            between: BetweenResults::default(),
            is_showing: false,
            reading: Duration::ZERO,
        }
    }

    /// Wraps results to the width of the terminal as of now.
    pub fn set_width(&mut self, width: TerminalWidth) {
        self.width = width;
    }

    /// Lets results that would go to a file go nowhere; a file that could not be written is an
    /// error all the same.
    pub fn write_no_files(&mut self) {
        self.open = |path| {
            access::may_write(path)?;
            Ok(Box::new(io::sink()))
        };
    }

    /// Shows long results through a pager.
    pub fn set_pager(&mut self, pager: Box<dyn Pager>) {
        self.pager = Some(pager);
    }

    /// The style of results.
    pub fn style_mut(&mut self) -> &mut Style {
        &mut self.style
    }

    /// Changes the format of results, and with it that of errors and remarks.
    pub fn set_format(&mut self, format: Format) {
        self.style.format = format;
        self.error_style.format = format;
    }

    /// Sends results to a file, which is made or emptied, or back to the standard output.
    pub fn redirect(&mut self, path: Option<&Path>) -> io::Result<()> {
        self.file = match path {
            Some(path) => Some(((self.open)(path)?, path.display().to_string())),
            None => None,
        };
        self.between = BetweenResults::default();
        Ok(())
    }

    /// What an error calls the place that results go to.
    pub fn target(&self) -> String {
        self.file
            .as_ref()
            .map_or_else(|| "the standard output".to_owned(), |(_, name)| name.clone())
    }

    /// Writes the answer of a statement.
    pub fn answer(&mut self, answer: &Answer) -> io::Result<()> {
        self.style.width = (self.width)();
        self.between.begin(self.style.format);
        let between = self.between.take();
        if let Some((file, _)) = self.file.as_mut() {
            file.write_all(between)?;
            return render_answer(answer, &Style { width: None, ..self.style }, file);
        }
        if self.pager.is_some() {
            let mut text = between.to_vec();
            render_answer(answer, &self.style, &mut text)?;
            let _ = self.page(&text)?;
            return self.end_page();
        }
        self.flush_error();
        self.out.write_all(between)?;
        render_answer(answer, &self.style, &mut self.out)?;
        self.out.flush()
    }

    /// Shows the next part of a text on the standard output, through the pager where there is one.
    /// Break: the user wants no more of it.
    fn page(&mut self, text: &[u8]) -> io::Result<ControlFlow<()>> {
        if !self.is_showing {
            self.flush_error();
            self.is_showing = true;
        }
        let left = match &mut self.pager {
            None => return self.out.write_all(text).map(ControlFlow::Continue),
            Some(pager) => match pager.take(text)? {
                Paged::Taken => return Ok(ControlFlow::Continue(())),
                Paged::Closed => return Ok(ControlFlow::Break(())),
                Paged::Returned(left) => left,
            },
        };
        self.out.write_all(&left).map(ControlFlow::Continue)
    }

    fn end_page(&mut self) -> io::Result<()> {
        self.is_showing = false;
        if let Some(pager) = &mut self.pager {
            let started = Instant::now();
            let left = pager.end()?;
            self.reading += started.elapsed();
            self.out.write_all(&left)?;
        }
        self.out.flush()
    }

    /// How long the user has been reading since the last time that this was asked.
    pub(super) fn take_reading(&mut self) -> Duration {
        std::mem::take(&mut self.reading)
    }

    /// Begins a result set that arrives row by row; what it makes of them goes to
    /// [`Self::write_rows`].
    pub fn begin_rows(&mut self, columns: &[StreamColumn]) -> RowStream {
        let width = match self.file {
            Some(_) => None,
            None => (self.width)(),
        };
        self.between.begin(self.style.format);
        RowStream::new(columns, &Style { width, ..self.style })
    }

    /// Writes rows as a [`RowStream`] made them. Break: the user wants no more of them.
    pub fn write_rows(&mut self, bytes: &[u8]) -> io::Result<ControlFlow<()>> {
        if bytes.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let between = self.between.take();
        match &mut self.file {
            Some((file, _)) => {
                file.write_all(between)?;
                file.write_all(bytes)?;
                Ok(ControlFlow::Continue(()))
            }
            None if between.is_empty() => self.page(bytes),
            None => self.page(&[between, bytes].concat()),
        }
    }

    /// Brings the rows out, and waits until the user has read them.
    pub fn end_rows(&mut self) -> io::Result<()> {
        self.end_page()
    }

    /// Writes a text that a command answers with.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        let _ = self.page(text.as_bytes())?;
        self.end_page()
    }

    /// Writes a text of help, broken between words to the width of the terminal.
    pub fn help(&mut self, text: &str) -> io::Result<()> {
        self.style.width = (self.width)();
        let text = render_help(text, &self.style);
        self.text(&text)
    }

    /// Writes an error at once.
    pub fn error(&mut self, error: &Error) {
        self.error_style.width = (self.width)();
        let text = render_error(error, &self.error_style);
        self.remark(&text);
        self.flush_error();
    }

    /// Writes a remark; a quiet output keeps warnings only.
    pub fn notice(&mut self, notice: &Notice) {
        if !self.quiet || notice.severity == Severity::Warning {
            let text = render_notice(notice, &self.error_style);
            self.remark(&text);
        }
    }

    /// Writes a remark and brings it out: what comes next may take long.
    pub fn notice_at_once(&mut self, notice: &Notice) {
        self.notice(notice);
        self.flush_error();
    }

    /// Writes a warning at once.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.notice_at_once(&Notice::warning(text));
    }

    /// Writes a command tag; `is_trial`: of something that was not kept.
    pub fn tag(&mut self, tag: &str, is_trial: bool) {
        if !self.quiet {
            let text = render_tag(tag, is_trial, &self.error_style);
            self.remark(&text);
        }
    }

    /// Writes a line for whoever sits at the terminal; formats that programs read have no place for
    /// it.
    pub fn greeting(&mut self, line: &str) {
        if !self.quiet && !self.error_style.format.is_json() {
            self.remark(line);
            self.remark("\n");
            self.flush_error();
        }
    }

    /// Writes a prompt where no editor does so. It is no result, so it goes where remarks go.
    pub fn prompt(&mut self, prompt: &str) {
        self.remark(prompt);
        self.flush_error();
    }

    /// Writes how long a statement took.
    pub fn time(&mut self, time: Duration) {
        let text = format!("time: {:.3} ms", time.as_secs_f64() * 1000.0);
        self.notice(&Notice::new(text));
        self.flush_error();
    }

    /// Brings remarks out; they wait so that a script with many statements writes them in large
    /// pieces.
    pub fn flush_error(&mut self) {
        // When the standard error is gone there is nobody left to tell.
        let _ = self.error.flush();
    }

    fn remark(&mut self, text: &str) {
        let _ = self.error.write_all(text.as_bytes());
    }
}

/// What parts a result from the one before it: in Markdown two tables without a blank line between
/// them are one.
#[derive(Debug, Default)]
struct BetweenResults {
    /// True if a result in Markdown stands where results go.
    stands: bool,
    /// True if what is written next is the beginning of another.
    begins: bool,
}

impl BetweenResults {
    fn begin(&mut self, format: Format) {
        self.begins = format == Format::Markdown;
    }

    /// What is written before the next part of a result.
    fn take(&mut self) -> &'static [u8] {
        let begins = std::mem::take(&mut self.begins);
        if begins && std::mem::replace(&mut self.stands, true) {
            b"\n"
        } else {
            b""
        }
    }
}
