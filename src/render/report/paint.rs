//! Colours and their escape sequences (ECMA-48, SGR).

use crate::render::Style;

/// The role of a coloured text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Color {
    /// The label of an error, and the carets: bold and red.
    Error,
    /// The label of an error that `\expect` announced, and its carets: green.
    Expected,
    /// The label of a warning: yellow.
    Warning,
    /// The label of a notice: cyan.
    Notice,
    /// The label of a hint: cyan.
    Hint,
    /// Every other label: faint.
    Faint,
}

/// The text in a colour if the style has colours.
pub(in crate::render) fn paint(text: &str, ink: Color, style: &Style) -> String {
    if !style.color {
        return text.to_owned();
    }
    let code = match ink {
        Color::Error => "1;31",
        Color::Expected => "32",
        Color::Warning => "33",
        Color::Notice | Color::Hint => "36",
        Color::Faint => "2",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}
