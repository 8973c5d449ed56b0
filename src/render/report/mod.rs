//! Renders errors: as text, or as one JSON object.

mod excerpt;
mod json;
pub(super) mod paint;
mod text;

use super::Style;
use crate::error::Error;

/// The manner in which an error is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Report {
    /// It was not expected.
    Error,
    /// `\expect` announced it.
    Expected,
}

/// An error as whole lines: one JSON object on one line in the JSON formats, text in the others.
pub fn render_error(error: &Error, style: &Style) -> String {
    render(error, Report::Error, style)
}

/// The same for an error that `\expect` announced.
pub fn render_expected_error(error: &Error, style: &Style) -> String {
    render(error, Report::Expected, style)
}

fn render(error: &Error, report: Report, style: &Style) -> String {
    if style.format.is_json() {
        json::render(error, report)
    } else {
        text::render(error, report, style)
    }
}

#[cfg(test)]
mod tests;
