//! Lines from a terminal without a line editor, where input is always visible.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::rc::Rc;

use super::typing::{Line, LineSource};
use super::{continuation, is_complete};
use crate::shell::{Shell, Target};
use crate::signals::Signals;
use crate::terminal::ControllingTerminal;

/// The terminals that rustyline does not support (rustyline 19, `tty/mod.rs`).
const PLAIN_TERMINALS: [&str; 3] = ["dumb", "cons25", "emacs"];

/// True if TERM names a terminal that rustyline does not support.
pub(super) fn is_plain_terminal(term: Option<&OsStr>) -> bool {
    let term = term.and_then(OsStr::to_str).unwrap_or_default();
    PLAIN_TERMINALS.iter().any(|plain| term.eq_ignore_ascii_case(plain))
}

/// Reads lines as the terminal delivers them.
pub(super) struct PlainLines {
    stdin: BufReader<Box<dyn Read>>,
    shell: Rc<RefCell<Shell>>,
    signals: Signals,
    terminal: Rc<ControllingTerminal>,
}

impl PlainLines {
    /// Lines from the stream, after a warning that typed secrets are visible.
    pub fn new(
        stdin: Box<dyn Read>,
        shell: Rc<RefCell<Shell>>,
        signals: Signals,
        terminal: Rc<ControllingTerminal>,
    ) -> Self {
        let advice = match shell.borrow().target() {
            Target::Catalog => ": write PASSWORD = PROMPT, which asks without showing the answer",
            Target::Warehouse { .. } => "",
        };
        let warning = "this terminal shows everything that is typed, passwords too";
        shell.borrow_mut().output().warn(format!("{warning}{advice}"));
        Self {
            stdin: BufReader::new(stdin),
            shell,
            signals,
            terminal,
        }
    }
}

impl LineSource for PlainLines {
    fn read(&mut self, prompt: &str, initial: &str) -> Line {
        let mut text = initial.to_owned();
        loop {
            let prompt = if text.ends_with('\n') {
                continuation(prompt, &text, &self.shell.borrow())
            } else {
                format!("{prompt}{text}")
            };
            self.shell.borrow_mut().output().prompt(&prompt);
            let is_interrupted = || self.signals.is_cancelled();
            if self.stdin.buffer().is_empty() && !self.terminal.wait_for_line(is_interrupted) {
                self.shell.borrow_mut().output().prompt("\n");
                return Line::Dropped;
            }
            let mut line = String::new();
            match self.stdin.read_line(&mut line) {
                Ok(1..) => {}
                Err(error) if error.kind() == ErrorKind::InvalidData => return Line::NotUtf8,
                Ok(0) | Err(_) => return Line::End,
            }
            if self.signals.is_cancelled() {
                self.signals.clear();
                text.clear();
            }
            text.push_str(&line);
            if is_complete(&text, &self.shell.borrow()) {
                return Line::Text(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_some_terminals_are_plain() {
        assert!(is_plain_terminal(Some("dumb".as_ref())));
        assert!(!is_plain_terminal(Some("xterm-256color".as_ref())));
        assert!(!is_plain_terminal(None));
    }
}
