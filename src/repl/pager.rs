//! The pager, for results that are longer than the terminal.

use std::io::{self, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::rc::Rc;

use unicode_width::UnicodeWidthStr;

use crate::host::{Host, TerminalSize};
use crate::shell::{Paged, Pager, program, user_command};
use crate::terminal::ControllingTerminal;

/// The pager if PAGER is not set; its options: quit on a short text, keep colours, truncate long
/// lines, leave the text on the screen.
const LESS: &str = "less";
const LESS_OPTIONS: &str = "-FRSX";

/// The option of less that keeps colours; its environment takes it too.
const KEEP_COLORS: &str = "-R";

/// The exit statuses of `sh` if it does not find a program or cannot run it (POSIX, 2.8.2).
const NOT_RUN: [i32; 2] = [126, 127];

/// Pages through PAGER or less, which is started once a text is longer than the terminal.
pub(super) struct TerminalPager {
    /// The value of PAGER; None if it is not set.
    command: Option<String>,
    /// The options for less; None if the user has set LESS.
    less_options: Option<&'static str>,
    terminal_size: fn() -> Option<TerminalSize>,
    terminal: Rc<ControllingTerminal>,
    text: Text,
}

/// The state of the current text.
enum Text {
    /// The text so far, which fits on the terminal.
    Held(Vec<u8>),
    /// A pager shows it.
    Paged(Page),
    /// The user has closed the pager.
    Closed,
    /// No pager can be run, so the caller shows it.
    Returned,
}

impl TerminalPager {
    /// The pager from the environment; None if PAGER is empty.
    pub fn new(host: &Host, terminal: Rc<ControllingTerminal>) -> Option<Self> {
        let variable =
            |name: &str| (host.environment)(name).map(|value| value.to_string_lossy().into_owned());
        let command = variable("PAGER");
        if command.as_ref().is_some_and(|command| command.trim().is_empty()) {
            return None;
        }
        Some(Self {
            command,
            less_options: variable("LESS")
                .is_none_or(|options| options.is_empty())
                .then_some(LESS_OPTIONS),
            terminal_size: host.terminal_size,
            terminal,
            text: Text::Held(Vec::new()),
        })
    }

    /// True unless the user's options for less would show colours as letters.
    pub fn keeps_colors(host: &Host) -> bool {
        host.variable("LESS")
            .is_none_or(|options| options.to_string_lossy().contains(['r', 'R']))
    }

    fn command(&self) -> Command {
        match &self.command {
            Some(command) => {
                let mut command = user_command(command, None);
                if self.less_options.is_some() {
                    command.env("LESS", KEEP_COLORS);
                }
                command
            }
            None => program(LESS, self.less_options),
        }
    }

    fn fits(&self, text: &[u8]) -> bool {
        // The prompt needs a line too.
        (self.terminal_size)().is_none_or(|size| {
            !takes_more_lines(text, size.width.max(1), size.height.saturating_sub(1))
        })
    }

    fn start(&mut self, text: Vec<u8>) -> io::Result<Paged> {
        match Page::start(self.command(), &self.terminal) {
            Some(page) => self.feed(page, &text),
            None => {
                self.text = Text::Returned;
                Ok(Paged::Returned(text))
            }
        }
    }

    fn feed(&mut self, mut page: Page, text: &[u8]) -> io::Result<Paged> {
        if page.feed(text) {
            self.text = Text::Paged(page);
            return Ok(Paged::Taken);
        }
        Ok(match page.end()? {
            Some(unread) => {
                self.text = Text::Returned;
                Paged::Returned(unread)
            }
            None => {
                self.text = Text::Closed;
                Paged::Closed
            }
        })
    }
}

impl Pager for TerminalPager {
    fn take(&mut self, text: &[u8]) -> io::Result<Paged> {
        match std::mem::replace(&mut self.text, Text::Returned) {
            Text::Held(mut held) => {
                held.extend_from_slice(text);
                if !self.fits(&held) {
                    return self.start(held);
                }
                self.text = Text::Held(held);
                Ok(Paged::Taken)
            }
            Text::Paged(page) => self.feed(page, text),
            Text::Closed => {
                self.text = Text::Closed;
                Ok(Paged::Closed)
            }
            Text::Returned => Ok(Paged::Returned(text.to_vec())),
        }
    }

    fn end(&mut self) -> io::Result<Vec<u8>> {
        match std::mem::replace(&mut self.text, Text::Held(Vec::new())) {
            Text::Held(held) => Ok(held),
            Text::Paged(page) => Ok(page.end()?.unwrap_or_default()),
            Text::Closed | Text::Returned => Ok(Vec::new()),
        }
    }
}

/// More than a pipe holds that its reader has not read yet (Linux, pipe(7): 64 KiB).
const PIPE_BYTES: usize = 128 * 1024;

/// A running pager, with the terminal in its usual mode.
struct Page {
    child: Child,
    input: Option<ChildStdin>,
    /// All text passed so far, while the pager may not have read any of it.
    unread: Option<Vec<u8>>,
    terminal: Rc<ControllingTerminal>,
}

impl Page {
    /// None if it cannot be started.
    fn start(mut command: Command, terminal: &Rc<ControllingTerminal>) -> Option<Self> {
        terminal.lend();
        let Ok(mut child) = command.stdin(Stdio::piped()).spawn() else {
            terminal.take_back();
            return None;
        };
        Some(Self {
            input: child.stdin.take(),
            child,
            unread: Some(Vec::new()),
            terminal: Rc::clone(terminal),
        })
    }

    /// Passes more text, as fast as the pager reads; false if the user has closed it.
    fn feed(&mut self, text: &[u8]) -> bool {
        if let Some(unread) = &mut self.unread {
            unread.extend_from_slice(text);
        }
        let is_read = self.input.as_mut().is_some_and(|input| input.write_all(text).is_ok());
        if is_read && self.unread.as_ref().is_some_and(|unread| unread.len() > PIPE_BYTES) {
            self.unread = None;
        }
        is_read
    }

    /// Waits until the user closes the pager. Returns the text if the program turns out not to
    /// exist.
    fn end(mut self) -> io::Result<Option<Vec<u8>>> {
        self.input = None;
        let status = self.child.wait();
        self.terminal.take_back();
        let is_missing = status?.code().is_some_and(|code| NOT_RUN.contains(&code));
        Ok(self.unread.filter(|_| is_missing))
    }
}

/// True if the text needs more lines than the terminal has; a long line takes several.
fn takes_more_lines(text: &[u8], width: usize, height: usize) -> bool {
    let text = String::from_utf8_lossy(text);
    let mut lines = 0;
    for line in text.lines() {
        lines += line.width().div_ceil(width).max(1);
        if lines > height {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_wrap_count_as_often_as_they_wrap() {
        assert!(!takes_more_lines(b"a\n\nb\n", 80, 3));
        assert!(takes_more_lines(b"a\n\nb\nc\n", 80, 3));
        assert!(takes_more_lines("漢字漢字".as_bytes(), 3, 2));
        assert!(!takes_more_lines("漢字漢字".as_bytes(), 4, 2));
    }
}
