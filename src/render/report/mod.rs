//! Renders errors: as text, or as one JSON object.

mod excerpt;
mod json;
pub(super) mod paint;
mod text;

use super::Style;
use crate::error::Error;

/// An error, and then the others of its statement, as whole lines: one JSON object on one line in
/// the JSON formats, text in the others.
pub fn render_error(error: &Error, style: &Style) -> String {
    let mut report = if style.format.is_json() {
        json::render(error)
    } else {
        text::render(error, style)
    };
    for other in error.others() {
        report.push_str(&render_error(other, style));
    }
    report
}

#[cfg(test)]
mod tests;
