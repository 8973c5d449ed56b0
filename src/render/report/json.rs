//! An error as one JSON object; fields that do not apply are left out.

use super::Report;
use crate::catalog::Usage;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::render::json::{object, quoted};

/// The object on one line, with its line break.
pub(super) fn render(error: &Error, report: Report) -> String {
    let place = error.place();
    let text = |text: &str| Some(quoted(text));
    let number = |number: usize| number.to_string();
    let usages: Vec<String> = error.usages().iter().map(usage).collect();
    let fields = object(&[
        ("message", text(&error.message())),
        ("sqlstate", text(error.sqlstate().code())),
        ("file", place.and_then(|place| place.source.as_deref()).and_then(text)),
        ("line", place.map(|place| number(place.line))),
        ("column", place.map(|place| number(place.column))),
        ("statement", place.and_then(|place| place.statement).map(number)),
        ("cause", error.cause().as_deref().and_then(text)),
        ("detail", error.detail().and_then(text)),
        ("query", error.query().and_then(text)),
        ("context", error.context().and_then(text)),
        ("hint", error.hint().as_deref().and_then(text)),
        ("usages", (!usages.is_empty()).then(|| format!("[{}]", usages.join(", ")))),
    ]);
    let key = match report {
        Report::Error => "error",
        Report::Expected => "expected",
    };
    object(&[(key, Some(fields))]) + "\n"
}

/// A row of SHOW USAGES.
fn usage(usage: &Usage) -> String {
    object(&[
        ("usage", Some(quoted(usage.kind.word()))),
        ("name", Some(quoted(&usage.name))),
        ("via", Some(quoted(&usage.via.join(", ")))),
    ])
}
