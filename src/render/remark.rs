//! Notices, warnings and command tags: a line each.

use super::Style;
use super::json::Object;
use super::report::paint::{Ink, paint};
use super::sanitize::one_line;
use crate::executor::{Notice, Severity};

/// A notice or a warning as one line, with its line break.
pub fn render_notice(notice: &Notice, style: &Style) -> String {
    let word = notice.severity.word();
    if style.format.is_json() {
        return Object::default().text(word, &notice.text).into_json() + "\n";
    }
    let ink = match notice.severity {
        Severity::Notice => Ink::Notice,
        Severity::Warning => Ink::Warning,
    };
    let label = paint(&format!("{word}:"), ink, style);
    format!("{label} {}\n", one_line(&notice.text))
}

/// A command tag as one line, with its line break.
pub fn render_tag(tag: &str, style: &Style) -> String {
    if style.format.is_json() {
        return Object::default().text("tag", tag).into_json() + "\n";
    }
    format!("{}\n", one_line(tag))
}
