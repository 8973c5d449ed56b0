//! Lines from a terminal without a line editor, where input is always visible.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::typing::{Line, LineSource};

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
    show: Box<dyn FnMut(&str)>,
    is_complete: Box<dyn Fn(&str) -> bool>,
    cancel: Arc<AtomicBool>,
}

impl PlainLines {
    /// Lines from the stream; an interrupt, which sets the flag, discards the unfinished input.
    pub fn new(
        stdin: Box<dyn Read>,
        show: Box<dyn FnMut(&str)>,
        is_complete: Box<dyn Fn(&str) -> bool>,
        cancel: Arc<AtomicBool>,
    ) -> Self {
        Self {
            stdin: BufReader::new(stdin),
            show,
            is_complete,
            cancel,
        }
    }
}

impl LineSource for PlainLines {
    fn read(&mut self, prompt: &str, initial: &str) -> Line {
        let mut text = initial.to_owned();
        (self.show)(&format!("{prompt}{initial}"));
        loop {
            let mut line = String::new();
            match self.stdin.read_line(&mut line) {
                Ok(1..) => {}
                Err(error) if error.kind() == ErrorKind::InvalidData => return Line::NotUtf8,
                Ok(0) | Err(_) => return Line::End,
            }
            if self.cancel.swap(false, Ordering::SeqCst) {
                text.clear();
            }
            text.push_str(&line);
            if (self.is_complete)(&text) {
                return Line::Text(text);
            }
            (self.show)(CONTINUATION);
        }
    }

    fn remember(&mut self, _entry: &str) {}

    fn remember_only(&mut self, _entries: &[String]) {}

    fn drop_typed_ahead(&mut self) {
        let waiting = self.stdin.buffer().len();
        self.stdin.consume(waiting);
    }
}

const CONTINUATION: &str = "      -> ";

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &'static str) -> PlainLines {
        PlainLines::new(
            Box::new(text.as_bytes()),
            Box::new(|_| {}),
            Box::new(|text| text.ends_with(";\n") || text.starts_with('\\')),
            Arc::default(),
        )
    }

    #[test]
    fn lines_are_read_until_the_statement_ends() {
        let mut lines = lines("SHOW\n\nCONNECTIONS;\n\\x\n");
        assert_eq!(lines.read("", ""), Line::Text("SHOW\n\nCONNECTIONS;\n".to_owned()));
        assert_eq!(lines.read("", ""), Line::Text("\\x\n".to_owned()));
        assert_eq!(lines.read("", ""), Line::End);
    }

    #[test]
    fn input_typed_ahead_can_be_dropped() {
        let mut lines = lines("a;\nb;\n");
        assert_eq!(lines.read("", ""), Line::Text("a;\n".to_owned()));
        lines.drop_typed_ahead();
        assert_eq!(lines.read("", ""), Line::End);
    }

    #[test]
    fn only_some_terminals_are_plain() {
        assert!(is_plain_terminal(Some("dumb".as_ref())));
        assert!(!is_plain_terminal(Some("xterm-256color".as_ref())));
        assert!(!is_plain_terminal(None));
    }
}
