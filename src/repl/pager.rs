//! The pager: results that are longer than the terminal is high.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

use unicode_width::UnicodeWidthStr;

use super::Surroundings;
use super::program::{in_terminal, program, user_command};
use super::terminal_mode::QuietTerminal;
use crate::shell::Pager;

/// What runs where PAGER is not set: it ends by itself on a short text, shows colours, cuts long lines, and leaves the
/// text on the screen.
const LESS: &str = "less";
const LESS_OPTIONS: &str = "-FRSX";

/// What `sh` ends with where it finds no such program, or cannot run it (POSIX, 2.8.2).
const NOT_RUN: [i32; 2] = [126, 127];

/// Pages through PAGER, or through less.
pub(super) struct TerminalPager {
    /// PAGER; None where it is not set.
    command: Option<String>,
    /// Whether LESS has the options of the user's own.
    has_less_options: bool,
    width: fn() -> Option<usize>,
    height: fn() -> Option<usize>,
    terminal: Option<Rc<QuietTerminal>>,
}

impl TerminalPager {
    /// A pager as the environment names it; None where PAGER is set to nothing.
    pub fn new(surroundings: &Surroundings, terminal: Option<Rc<QuietTerminal>>) -> Option<Self> {
        let variable = |name: &str| (surroundings.environment)(name).map(|value| value.to_string_lossy().into_owned());
        let command = variable("PAGER");
        if command.as_ref().is_some_and(|command| command.trim().is_empty()) {
            return None;
        }
        Some(Self {
            command,
            has_less_options: variable("LESS").is_some_and(|options| !options.is_empty()),
            width: surroundings.width,
            height: surroundings.height,
            terminal,
        })
    }

    fn command(&self) -> Command {
        match &self.command {
            Some(command) => user_command(command, None),
            None if self.has_less_options => program(LESS),
            None => {
                let mut less = program(LESS);
                less.arg(LESS_OPTIONS);
                less
            }
        }
    }

    fn fits(&self, text: &[u8]) -> bool {
        match ((self.width)(), (self.height)()) {
            // The prompt needs a line too.
            (Some(width), Some(height)) => !takes_more_lines(text, width.max(1), height.saturating_sub(1)),
            _ => true,
        }
    }
}

impl Pager for TerminalPager {
    fn show(&mut self, text: &[u8]) -> io::Result<bool> {
        if self.fits(text) {
            return Ok(false);
        }
        in_terminal(self.terminal.as_ref(), || {
            let Ok(mut child) = self.command().stdin(Stdio::piped()).spawn() else {
                return Ok(false);
            };
            feed(&mut child, text);
            let status = child.wait()?;
            Ok(!status.code().is_some_and(|code| NOT_RUN.contains(&code)))
        })
    }
}

/// A pager may be closed before it has read everything.
fn feed(child: &mut Child, text: &[u8]) {
    if let Some(mut input) = child.stdin.take() {
        let _ = input.write_all(text);
    }
}

/// Whether the text takes more lines of the terminal than there are; a line that is too wide takes several.
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
