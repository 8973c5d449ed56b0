//! Output of results, notices and errors, in the order in which they occur: result sets go to
//! standard output or a file, everything else to standard error.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::child::Pipe;
use crate::access;
use crate::definition::TerminalColor;
use crate::error::Error;
use crate::executor::{Answer, Notice, Severity};
use crate::progress::{ProgressLine, ProgressScreen};
use crate::render::{
    Format, RowStream, StreamColumn, Style, render_answer, render_echo, render_error,
    render_expected_error, render_help, render_notice, render_tag,
};
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

/// Returns the current width of the terminal in columns; None without a terminal.
pub type TerminalWidth = Box<dyn Fn() -> Option<usize>>;

/// The output of redwire.
#[allow(clippy::struct_excessive_bools, reason = "each is independent of the others")]
pub struct Output {
    out: BufWriter<Box<dyn Write>>,
    error: BufWriter<Box<dyn Write>>,
    style: Style,
    error_style: Style,
    width: TerminalWidth,
    pager: Option<Box<dyn Pager>>,
    /// False if long results are shown without it.
    pages: bool,
    redirected: Option<(Sink, String)>,
    writes_files: bool,
    /// The rows of the statement that runs, if they are kept instead of shown.
    kept: Option<ResultSet>,
    quiet: bool,
    /// The colour of the frames of tables.
    frame: Option<TerminalColor>,
    between: BetweenResults,
    /// True while a text may be shown in a pager; other output to the terminal waits.
    is_showing: bool,
    /// The time that the user spent in the pager since it was last read.
    reading: Duration,
    /// The screen for the progress of queries.
    progress: Option<ProgressScreen>,
    /// The time after which the bell rings.
    bell: Option<Duration>,
}

impl Output {
    /// Results go to `out`, everything else to `error`. With `quiet`, tags and notices are left
    /// out.
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
            pages: true,
            redirected: None,
            writes_files: true,
            kept: None,
            quiet,
            between: BetweenResults::default(),
            is_showing: false,
            reading: Duration::ZERO,
            frame: None,
            progress: None,
            bell: None,
        }
    }

    /// Wraps results to the current width of the terminal.
    pub fn set_width(&mut self, width: TerminalWidth) {
        self.width = width;
    }

    /// Discards results for files in a dry run; a file that cannot be written is still an error.
    pub fn write_no_files(&mut self) {
        self.writes_files = false;
    }

    /// Draws the frames of tables in this colour where colours are shown.
    pub fn set_frame(&mut self, frame: Option<TerminalColor>) {
        self.frame = frame;
    }

    /// Shows on the screen how long a query has run, and rings the bell after one that ran for
    /// this long.
    pub fn show_progress(&mut self, screen: ProgressScreen, bell: Option<Duration>) {
        self.progress = Some(screen);
        self.bell = bell;
    }

    /// The line of a query that begins.
    pub(super) fn begin_progress(&self) -> ProgressLine {
        let line = ProgressLine::begin(self.progress);
        line.show("running".to_owned());
        line
    }

    /// Rings the bell if the statement ran for so long that the user may look elsewhere.
    pub(super) fn ring_after(&self, time: Duration) {
        if let (Some(screen), Some(bell)) = (self.progress, self.bell)
            && time >= bell
        {
            (screen.write)("\x07");
        }
    }

    /// True if results go to the terminal or the pager.
    pub(super) fn shows_rows(&self) -> bool {
        self.redirected.is_none()
    }

    /// Shows long results in a pager.
    pub fn set_pager(&mut self, pager: Box<dyn Pager>) {
        self.pager = Some(pager);
    }

    /// The style of results.
    pub fn style_mut(&mut self) -> &mut Style {
        &mut self.style
    }

    /// Changes the format of results, and with it that of errors and notices.
    pub fn set_format(&mut self, format: Format) {
        self.style.format = format;
        self.error_style.format = format;
    }

    /// Writes values in columns, or with a separator between them.
    pub(super) fn align(&mut self, is_aligned: bool) {
        self.style.align(is_aligned);
        self.error_style.format = self.style.format;
    }

    /// True if long results are shown in the pager, if there is one.
    pub(super) fn pages(&self) -> bool {
        self.pages
    }

    /// The style of results.
    pub(super) fn style(&self) -> &Style {
        &self.style
    }

    /// The switch of the pager.
    pub(super) fn pages_mut(&mut self) -> &mut bool {
        &mut self.pages
    }

    /// Redirects results to a file, which is created or truncated.
    pub(super) fn redirect_to_file(&mut self, path: &Path) -> io::Result<()> {
        let sink = if self.writes_files {
            Sink::File(File::create(path)?)
        } else {
            access::may_write(path)?;
            Sink::Nothing
        };
        self.replace_redirection(Some((sink, path.display().to_string())));
        Ok(())
    }

    /// Redirects results to a program, which is started with a pipe; in a dry run it is not.
    pub(super) fn redirect_to_program(&mut self, mut command: Command) -> io::Result<()> {
        self.flush_error();
        self.out.flush()?;
        let sink = if self.writes_files {
            Sink::Program(Pipe::start(&mut command)?)
        } else {
            Sink::Nothing
        };
        self.replace_redirection(Some((sink, "a command".to_owned())));
        Ok(())
    }

    /// Sends results to standard output again.
    pub fn end_redirection(&mut self) {
        self.replace_redirection(None);
    }

    /// Sets the present redirection aside; standard output has the results.
    pub(super) fn set_redirection_aside(&mut self) -> Redirection {
        Redirection(self.redirected.take())
    }

    /// Ends the present redirection and goes back to the one that was set aside.
    pub(super) fn restore_redirection(&mut self, before: Redirection) {
        self.replace_redirection(before.0);
    }

    /// Waits for a program that gets no more results, and warns if it failed.
    fn replace_redirection(&mut self, next: Option<(Sink, String)>) {
        let before = std::mem::replace(&mut self.redirected, next);
        self.between = BetweenResults::default();
        if let Some((Sink::Program(pipe), _)) = before
            && let Some(problem) = pipe.finish()
        {
            self.warn(problem);
        }
    }

    /// The name of the target in errors.
    pub fn target(&self) -> String {
        self.redirected
            .as_ref()
            .map_or_else(|| "the standard output".to_owned(), |(_, name)| name.clone())
    }

    /// Keeps the rows of the next statement instead of showing them.
    pub(super) fn keep_rows(&mut self) {
        self.kept = Some(ResultSet::default());
    }

    /// The rows that were kept; rows are shown again.
    pub(super) fn take_kept_rows(&mut self) -> ResultSet {
        self.kept.take().unwrap_or_default()
    }

    /// The rows to be kept, if they are not shown.
    pub(super) fn kept_rows(&mut self) -> Option<&mut ResultSet> {
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
    pub(super) fn take_reading_time(&mut self) -> Duration {
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
    pub(super) fn print(&mut self, text: &str) -> io::Result<()> {
        self.flush_error();
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }

    /// Writes a text of the script's own between results.
    pub(super) fn print_as_result(&mut self, text: &str) -> io::Result<()> {
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

    /// Writes an error and flushes it.
    pub fn error(&mut self, error: &Error) {
        self.error_style.width = (self.width)();
        let text = render_error(error, &self.error_style);
        self.write_error(&text);
        self.flush_error();
    }

    /// Writes an error that `\expect` announced.
    pub fn expected_error(&mut self, error: &Error) {
        self.error_style.width = (self.width)();
        let text = render_expected_error(error, &self.error_style);
        self.write_error(&text);
        self.flush_error();
    }

    /// Writes a part of the script that is about to run.
    pub fn echo(&mut self, text: &str) {
        let text = render_echo(text, &self.error_style);
        self.write_error(&text);
        self.flush_error();
    }

    /// Writes a notice; with `quiet` only warnings.
    pub fn notice(&mut self, notice: &Notice) {
        if !self.quiet || notice.severity == Severity::Warning {
            let text = render_notice(notice, &self.error_style);
            self.write_error(&text);
        }
    }

    /// Writes a notice and flushes it, before something that may take long.
    pub fn notice_at_once(&mut self, notice: &Notice) {
        self.notice(notice);
        self.flush_error();
    }

    /// Writes a warning at once.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.notice_at_once(&Notice::warning(text));
    }

    /// Writes a command tag; `is_dry_run` marks a dry run.
    pub fn tag(&mut self, tag: &str, is_dry_run: bool) {
        if !self.quiet {
            let text = render_tag(tag, is_dry_run, &self.error_style);
            self.write_error(&text);
        }
    }

    /// Writes a line for the user at the terminal; formats for programs have no place for it.
    pub fn greeting(&mut self, line: &str) {
        if !self.quiet && !self.error_style.format.is_json() {
            let style = Style {
                width: (self.width)(),
                ..self.error_style.clone()
            };
            let line = render_help(line, &style).into_owned();
            self.write_error(line.trim_end_matches('\n'));
            self.write_error("\n");
            self.flush_error();
        }
    }

    /// Writes a prompt if there is no editor. It goes to standard error, since it is no result.
    pub fn prompt(&mut self, prompt: &str) {
        self.write_error(prompt);
        self.flush_error();
    }

    /// Writes the time that a statement took.
    pub fn time(&mut self, time: Duration) {
        let text = format!("time: {:.3} ms", time.as_secs_f64() * 1000.0);
        self.notice(&Notice::new(text));
        self.flush_error();
    }

    /// Flushes notices; they are buffered so that a script with many statements writes them in
    /// large pieces.
    pub fn flush_error(&mut self) {
        // If standard error is closed there is nobody to tell.
        let _ = self.error.flush();
    }

    fn write_error(&mut self, text: &str) {
        let _ = self.error.write_all(text.as_bytes());
    }
}

/// A redirection that waits while another one holds.
pub(super) struct Redirection(Option<(Sink, String)>);

/// The place of redirected results.
enum Sink {
    File(File),
    Program(Pipe),
    /// A dry run writes none.
    Nothing,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Program(pipe) => pipe.write(bytes),
            Self::Nothing => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Program(_) | Self::Nothing => Ok(()),
        }
    }
}

/// The separator between results: in Markdown two tables need a blank line between them.
#[derive(Debug, Default)]
struct BetweenResults {
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
    fn the_bell_rings_after_a_long_statement_only() {
        thread_local!(static RUNG: std::cell::Cell<usize> = const { std::cell::Cell::new(0) });
        let style = Style::plain(Format::Table);
        let sink = || Box::new(io::sink());
        let mut output = Output::new(sink(), sink(), style.clone(), style, false);
        let screen = ProgressScreen {
            write: |text| {
                assert_eq!(text, "\x07");
                RUNG.set(RUNG.get() + 1);
            },
            size: || None,
        };
        let limit = Duration::from_secs(10);
        output.show_progress(screen, Some(limit));
        output.ring_after(limit / 2);
        assert_eq!(RUNG.get(), 0);
        output.ring_after(limit);
        assert_eq!(RUNG.get(), 1);
        output.show_progress(screen, None);
        output.ring_after(limit);
        assert_eq!(RUNG.get(), 1);
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
