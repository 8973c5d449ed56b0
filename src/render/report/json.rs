//! An error as one JSON object; fields that do not apply are left out.

use crate::catalog::Usage;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::render::json::JsonObject;

/// The object on one line, with its line break.
pub(super) fn render(error: &Error) -> String {
    let place = error.place();
    let mut fields = JsonObject::default()
        .text("message", &error.message())
        .text("sqlstate", error.sqlstate().code())
        .optional_text("file", place.and_then(|place| place.source.as_deref()))
        .optional_number("line", place.map(|place| place.line))
        .optional_number("column", place.map(|place| place.column))
        .optional_number("statement", place.and_then(|place| place.statement))
        .optional_text("cause", error.cause().as_deref())
        .optional_text("detail", error.detail())
        .optional_text("context", error.context())
        .optional_text("hint", error.hint().as_deref());
    if !error.usages().is_empty() {
        let usages: Vec<String> = error.usages().iter().map(usage).collect();
        fields = fields.raw("usages", &format!("[{}]", usages.join(", ")));
    }
    JsonObject::default().raw("error", &fields.into_json()).into_json() + "\n"
}

/// A row of SHOW USAGES.
fn usage(usage: &Usage) -> String {
    JsonObject::default()
        .text("usage", usage.kind.word())
        .text("name", &usage.name)
        .text("via", &usage.via.join(", "))
        .into_json()
}
