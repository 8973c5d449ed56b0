//! The source of lines: the boundary to the terminal.

use crate::sql::splitter::Dialect;

/// The result of reading at the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A submitted text, which may contain several statements.
    Text(String),
    /// The user cancelled the input.
    Dropped,
    /// The input is not UTF-8.
    NotUtf8,
    /// The end: Ctrl-D, or the terminal was closed.
    End,
}

/// Reads submitted text at a terminal.
pub(super) trait LineSource {
    /// Shows the prompt and reads until a text is submitted; `initial` is the text to begin with.
    fn read(&mut self, prompt: &str, initial: &str) -> Line;

    /// Adds an entry of this dialect to the editor's history, if it has one.
    fn remember(&mut self, _entry: &str, _dialect: Dialect) {}

    /// Replaces the editor's history with these entries, the oldest first.
    fn remember_only(&mut self, _entries: &[String]) {}

    /// Discards input that was read ahead.
    fn drop_read_ahead(&mut self) {}
}
