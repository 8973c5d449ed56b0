//! Colours and their escape sequences (ECMA-48, SGR).

use std::borrow::Cow;

use crate::render::Style;

/// The role of a coloured text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Color {
    /// The label of an error, the carets, a stage that failed, an object that is missing: bold and
    /// red.
    Error,
    /// The label of an error that `\expect` announced, its carets, and a stage that is well: green.
    Good,
    /// The label of a warning, and the state of a job: yellow.
    Warning,
    /// The label of a notice: cyan.
    Notice,
    /// The label of a hint: cyan.
    Hint,
    /// A heading: bold.
    Heading,
    /// A connection in a tree: bold and blue.
    Connection,
    /// A table in a tree: cyan.
    Table,
    /// A job in a tree: green.
    Job,
    /// Every other label, the lines of tables, NULL, and the number of rows: faint.
    Faint,
}

/// The text in a colour if the style has colours.
pub(in crate::render) fn paint(text: &str, color: Color, style: &Style) -> String {
    painted(text, color, style.color).into_owned()
}

/// The text in a colour if there are colours.
pub(in crate::render) fn painted(text: &str, color: Color, has_colors: bool) -> Cow<'_, str> {
    if !has_colors || text.is_empty() {
        return Cow::Borrowed(text);
    }
    let code = match color {
        Color::Error => "1;31",
        Color::Good | Color::Job => "32",
        Color::Warning => "33",
        Color::Notice | Color::Hint | Color::Table => "36",
        Color::Heading => "1",
        Color::Connection => "1;34",
        Color::Faint => "2",
    };
    Cow::Owned(format!("\x1b[{code}m{text}\x1b[0m"))
}
