//! Output of results, notices and errors, in the order in which they occur: result sets go to
//! standard output or a file, everything else to standard error.

mod messages;
mod redirection;
mod rows;

use std::io::{BufWriter, Write};
use std::time::Duration;

use redirection::Sink;
use rows::BetweenResults;
pub use rows::{Paged, Pager};

use crate::definition::TerminalColor;
use crate::progress::{ProgressLine, ProgressScreen};
use crate::render::{Format, Style};
use crate::value::ResultSet;

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
    pub(in crate::shell) fn begin_progress(&self) -> ProgressLine {
        let line = ProgressLine::begin(self.progress);
        line.show("running".to_owned());
        line
    }

    /// Rings the bell if the statement ran for so long that the user may look elsewhere.
    pub(in crate::shell) fn ring_after(&self, time: Duration) {
        if let (Some(screen), Some(bell)) = (self.progress, self.bell)
            && time >= bell
        {
            (screen.write)("\x07");
        }
    }

    /// True if results go to the terminal or the pager.
    pub(in crate::shell) fn shows_rows(&self) -> bool {
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
    pub(in crate::shell) fn align(&mut self, is_aligned: bool) {
        self.style.align(is_aligned);
        self.error_style.format = self.style.format;
    }

    /// True if long results are shown in the pager, if there is one.
    pub(in crate::shell) fn pages(&self) -> bool {
        self.pages
    }

    /// The style of results.
    pub(in crate::shell) fn style(&self) -> &Style {
        &self.style
    }

    /// The styles and the switch of the pager, to be restored.
    pub(in crate::shell) fn styles(&self) -> (Style, Style, bool) {
        (self.style.clone(), self.error_style.clone(), self.pages)
    }

    /// Restores the styles and the switch of the pager.
    pub(in crate::shell) fn restore_styles(&mut self, styles: (Style, Style, bool)) {
        (self.style, self.error_style, self.pages) = styles;
    }

    /// The switch of the pager.
    pub(in crate::shell) fn pages_mut(&mut self) -> &mut bool {
        &mut self.pages
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

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
}
