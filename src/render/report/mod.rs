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

/// An error, and then the others of its statement, as whole lines: one JSON object on one line in
/// the JSON formats, text in the others.
pub fn render_error(error: &Error, style: &Style) -> String {
    render(error, Report::Error, style)
}

/// The same for an error that `\expect` announced.
pub fn render_expected_error(error: &Error, style: &Style) -> String {
    render(error, Report::Expected, style)
}

fn render(error: &Error, manner: Report, style: &Style) -> String {
    let mut report = if style.format.is_json() {
        json::render(error, manner)
    } else {
        text::render(error, manner, style)
    };
    for other in error.others() {
        report.push_str(&render(other, manner, style));
    }
    report
}

#[cfg(test)]
mod tests;
