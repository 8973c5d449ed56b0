//! Where lines come from: the border to the terminal.

/// What came of reading at the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A text that was submitted; it may hold several statements.
    Text(String),
    /// The user dropped what was being typed.
    Dropped,
    /// Bytes that are not UTF-8 were typed.
    NotUtf8,
    /// The end: Ctrl-D, or the terminal is gone.
    End,
}

/// Reads what is submitted at a terminal.
pub(super) trait LineSource {
    /// Shows the prompt and reads until something is submitted; `initial` stands there already.
    fn read(&mut self, prompt: &str, initial: &str) -> Line;

    /// Makes an entry of the history come back.
    fn remember(&mut self, entry: &str);

    /// Makes these entries come back, the oldest first, and no others.
    fn remember_only(&mut self, entries: &[String]);

    /// Drops what had been typed before the last submitted text began to run: it counted on that
    /// text to work.
    fn drop_typed_ahead(&mut self);
}
