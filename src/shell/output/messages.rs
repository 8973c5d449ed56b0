//! Errors, notices and all else that is no result, on standard error.

use std::io::Write;
use std::time::Duration;

use super::Output;
use crate::error::Error;
use crate::executor::{Notice, Severity};
use crate::render::{
    Style, render_echo, render_error, render_expected_error, render_help, render_notice, render_tag,
};

impl Output {
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
