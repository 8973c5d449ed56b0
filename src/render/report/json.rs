//! An error as one JSON object; fields that do not apply are left out.

use super::Report;
use super::text::via_shown;
use crate::catalog::Usage;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, FailedRun};
use crate::name::shown_sql;
use crate::render::json::{object, quoted};
use crate::render::run_line::window_fields;

/// The object on one line, with its line break.
pub(super) fn render(error: &Error, report: Report) -> String {
    let place = error.place();
    let text = |text: &str| Some(quoted(text));
    let number = |number: usize| number.to_string();
    let run = error.run();
    let [window_start, window_end] = window_fields(run.and_then(FailedRun::bounds));
    let usages: Vec<String> = error.usages().iter().map(usage).collect();
    let fields = object(&[
        ("message", text(&error.message())),
        ("sqlstate", text(error.sqlstate().code())),
        ("file", place.and_then(|place| place.source.as_deref()).and_then(text)),
        ("line", place.map(|place| number(place.line))),
        ("column", place.map(|place| number(place.column))),
        ("statement", place.and_then(|place| place.statement).map(number)),
        ("job", run.and_then(|run| text(run.job.as_str()))),
        window_start,
        window_end,
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
        ("name", Some(quoted(shown_sql(&usage.name)))),
        ("via", Some(quoted(&via_shown(usage)))),
    ])
}
