//! An error as a report to read: what failed, where, by what it is held up, and what to type.

use unicode_width::UnicodeWidthStr;

use super::excerpt;
use super::paint::{Ink, paint};
use crate::catalog::Usage;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind, ObjectError, Place};
use crate::name::Object;
use crate::render::Style;
use crate::render::layout::Layout;
use crate::render::sanitize::{lines, one_line};
use crate::render::table;
use crate::value::{ResultSet, Value};

/// The columns that a report keeps to where there is no terminal.
const REPORT_COLUMNS: usize = 100;

/// What the border and the names of the table of details take: `│ sqlstate │  │`.
const DETAILS_FRAME: usize = 15;

/// The usages that a report lists at a terminal before it says how many more there are.
const MAX_USAGES_AT_TERMINAL: usize = 50;

/// The report, whole lines: the message, the excerpt, the usages, a table of details, and what
/// would not go into it.
pub(super) fn render(error: &Error, style: &Style) -> String {
    let mut report = headline(error, style);
    if let Some(place) = error.place() {
        report.push_str(&excerpt_lines(place, style));
    }
    if let ErrorKind::Object(ObjectError::InUse { usages, objects }) = error.kind() {
        report.push_str(&usages_table(usages, objects, style));
    }
    report.push_str(&details(error, style));
    report
}

/// The message. The one about usages is documented to stand as it is, so nothing goes before it.
fn headline(error: &Error, style: &Style) -> String {
    let message = error.message();
    let message = one_line(&message);
    if matches!(error.kind(), ErrorKind::Object(ObjectError::InUse { .. })) {
        format!("{}\n", paint(&message, Ink::Error, style))
    } else {
        format!("{} {message}\n", paint("error:", Ink::Error, style))
    }
}

fn columns(style: &Style) -> usize {
    style.width.unwrap_or(REPORT_COLUMNS)
}

fn excerpt_lines(place: &Place, style: &Style) -> String {
    let Some(excerpt) = &place.excerpt else {
        return String::new();
    };
    let drawing = excerpt::draw(excerpt, place.line, columns(style));
    let carets = paint(&drawing.carets, Ink::Error, style);
    format!("{}\n{}{carets}\n", drawing.text, drawing.indent)
}

/// A row for each object that is in the way; a terminal gets the first ones.
fn usages_table(usages: &[Usage], objects: &[Object], style: &Style) -> String {
    let shown = match style.width {
        Some(_) => usages.len().min(MAX_USAGES_AT_TERMINAL),
        None => usages.len(),
    };
    let rows = ResultSet {
        rows: usages[..shown].iter().map(usage_row).collect(),
        ..ResultSet::with_columns(["usage", "name", "via"])
    };
    let layout = Layout::of(&rows, one_line);
    let layout = style.width.map_or(layout.clone(), |width| layout.fitted(width));
    let mut text = drawn(|out| table::write(&rows, &layout, out));
    if shown < usages.len() {
        text.push_str(&more_usages(usages.len() - shown, objects));
    }
    text
}

fn usage_row(usage: &Usage) -> Vec<Value> {
    vec![
        usage.kind.word().into(),
        usage.name.as_str().into(),
        usage.via.join(", ").into(),
    ]
}

fn more_usages(left_out: usize, objects: &[Object]) -> String {
    let kind = objects.first().map_or("object", Object::kind);
    let keyword = kind.to_ascii_uppercase();
    match objects {
        [object] => {
            let name = object.name();
            let name = one_line(&name);
            format!("… and {left_out} more; SHOW USAGES OF {keyword} {name} lists all\n")
        }
        _ => format!("… and {left_out} more; SHOW USAGES OF {keyword} lists them for one {kind}\n"),
    }
}

/// A table of what is known beside the message. Under it stands, whole, what would lose by being
/// wrapped: a value with a word that is longer than a line, and the script that drops what is in
/// the way, which is there to be copied.
fn details(error: &Error, style: &Style) -> String {
    let is_script = |name: &str| {
        name == "hint" && matches!(error.kind(), ErrorKind::Object(ObjectError::InUse { .. }))
    };
    let room = columns(style).saturating_sub(DETAILS_FRAME);
    let (inside, under): (Vec<_>, Vec<_>) = pairs(error, style)
        .into_iter()
        .partition(|(name, value)| !is_script(name) && wraps_well(value, room));
    let table = match inside.as_slice() {
        [] => String::new(),
        pairs => drawn(|out| table::write_pairs(pairs, columns(style), out)),
    };
    under
        .iter()
        .fold(table, |text, (name, value)| text + &labelled(name, value, style))
}

/// The script for a terminal where the whole one would fill it with names that the table above does
/// not show either.
fn short_script(error: &Error, style: &Style) -> Option<String> {
    let ErrorKind::Object(ObjectError::InUse { usages, objects }) = error.kind() else {
        return None;
    };
    if style.width.is_none() || usages.len() <= MAX_USAGES_AT_TERMINAL {
        return None;
    }
    let keyword = objects.first()?.kind().to_ascii_uppercase();
    let names: Vec<String> = objects.iter().map(Object::name).collect();
    let count = usages.len();
    Some(format!(
        "DROP {keyword} {} CASCADE; -- drops all {count} with it",
        names.join(", ")
    ))
}

fn labelled(name: &str, value: &str, style: &Style) -> String {
    match name {
        "hint" => format!("{} {value}\n", paint("hint:", Ink::Hint, style)),
        name => format!("{name}: {value}\n"),
    }
}

fn pairs(error: &Error, style: &Style) -> Vec<(&'static str, String)> {
    let printable = |text: &str| lines(text).replace('\t', " ");
    let cause = error.cause().map(|cause| printable(&cause));
    let hint = short_script(error, style).or_else(|| error.hint());
    let hint = hint.map(|hint| one_line(&hint).into_owned());
    let mut pairs = vec![("sqlstate", error.sqlstate().code().to_owned())];
    pairs.extend(error.place().and_then(position).map(|at| ("at", at)));
    pairs.extend(cause.map(|cause| ("cause", cause)));
    pairs.extend(error.detail().map(|detail| ("detail", printable(detail))));
    pairs.extend(error.context().map(|context| ("context", printable(context))));
    pairs.extend(hint.map(|hint| ("hint", hint)));
    pairs
}

/// `load.sql:3:17, statement 2`; nothing at the prompt, where the excerpt says it.
fn position(place: &Place) -> Option<String> {
    let source = one_line(place.source.as_deref()?);
    let statement = place.statement.map(|statement| format!(", statement {statement}"));
    Some(format!(
        "{source}:{}:{}{}",
        place.line,
        place.column,
        statement.unwrap_or_default()
    ))
}

/// Whether the value breaks between words alone when its lines have the given columns.
fn wraps_well(value: &str, columns: usize) -> bool {
    value.split_whitespace().all(|word| word.width() <= columns)
}

/// What the table writes, as text: it writes UTF-8, and memory does not fail.
fn drawn(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut bytes = Vec::new();
    let _ = write(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
