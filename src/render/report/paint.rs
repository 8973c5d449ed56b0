//! The few words that have a colour, and their escape sequences (ECMA-48, SGR).

use crate::render::Style;

/// What a colour stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Ink {
    /// What failed, and where.
    Error,
    /// Something may be wrong.
    Warning,
    /// Worth knowing.
    Notice,
    /// What to type.
    Hint,
}

/// The text in a colour where the style has colours, else as it is.
pub(in crate::render) fn paint(text: &str, ink: Ink, style: &Style) -> String {
    if !style.color {
        return text.to_owned();
    }
    let code = match ink {
        Ink::Error => "1;31",
        Ink::Warning => "33",
        Ink::Notice | Ink::Hint => "36",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}
