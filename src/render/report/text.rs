//! An error as text: the message, the line of input, the usages, and the hint.

use unicode_width::UnicodeWidthStr;

use super::paint::{Color, paint};
use super::{Report, excerpt};
use crate::catalog::Usage;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind, ObjectError, Place};
use crate::name::{Object, shown_sql};
use crate::render::Style;
use crate::render::grid::Grid;
use crate::render::sanitize::{lines, one_line};
use crate::render::wrap::labelled;
use crate::value::{ResultSet, Value};

/// The maximum number of usages listed at a terminal; a last line counts the rest.
const MAX_USAGES_AT_TERMINAL: usize = 50;

/// The lines of the error: message, excerpt, usages, details, place.
pub(super) fn render(error: &Error, manner: Report, style: &Style) -> String {
    let mut report = headline(error, manner, style);
    if let Some(excerpt) = error.place().and_then(|place| place.excerpt.as_ref()) {
        report.push_str(&excerpt::draw(excerpt, color_of(manner), style));
    }
    if !error.usages().is_empty() {
        report.push_str(&usages_table(error, style));
    }
    report.push_str(&details(error, style));
    report.extend(error.place().and_then(|place| position(place, style)));
    report
}

/// The color of the label and the carets.
fn color_of(manner: Report) -> Color {
    match manner {
        Report::Error => Color::Error,
        Report::Expected => Color::Good,
    }
}

/// The SQLSTATE and the message. The message about usages is documented verbatim, so nothing comes
/// before it unless it is expected.
fn headline(error: &Error, manner: Report, style: &Style) -> String {
    let message = error.message();
    let message = one_line(&message);
    if manner == Report::Expected {
        let message = format!("{} {message}", error.sqlstate().code());
        return labelled("expected:", &message, Color::Good, style);
    }
    if matches!(error.kind(), ErrorKind::Object(ObjectError::InUse { .. })) {
        return paint(&message, Color::Error, style) + "\n";
    }
    let label = format!("error[{}]:", error.sqlstate().code());
    labelled(&label, &message, Color::Error, style)
}

/// A row for each dependent object; at a terminal only the first ones.
fn usages_table(error: &Error, style: &Style) -> String {
    let usages = error.usages();
    let shown = match style.width {
        Some(_) => usages.len().min(MAX_USAGES_AT_TERMINAL),
        None => usages.len(),
    };
    let rows = ResultSet {
        rows: usages[..shown].iter().map(usage_row).collect(),
        ..ResultSet::with_columns(["usage", "name", "via"])
    };
    let grid = Grid::table(&rows, &[false; 3], style).fitted(style.width);
    let mut text = Vec::new();
    // Writing to memory cannot fail, and the text is UTF-8.
    let _ = grid.write(&rows, &mut text);
    let mut text = String::from_utf8_lossy(&text).into_owned();
    if shown < usages.len() {
        text.push_str(&more_usages(usages.len() - shown, error));
    }
    text
}

fn usage_row(usage: &Usage) -> Vec<Value> {
    vec![usage.kind.word().into(), shown_sql(&usage.name).into(), via_shown(usage).into()]
}

/// The ties of a usage, as an error shows them.
pub(super) fn via_shown(usage: &Usage) -> String {
    let ties: Vec<&str> = usage.via.iter().map(|tie| shown_sql(tie)).collect();
    ties.join(", ")
}

fn more_usages(left_out: usize, error: &Error) -> String {
    let ErrorKind::Object(ObjectError::InUse { objects, .. }) = error.kind() else {
        return format!("… and {left_out} more\n");
    };
    let kind = objects.first().map_or("object", Object::kind);
    let keyword = kind.to_ascii_uppercase();
    match objects.as_slice() {
        [object] => {
            let name = object.shown();
            let name = one_line(&name);
            format!("… and {left_out} more; SHOW USAGES OF {keyword} {name} lists all\n")
        }
        _ => format!("… and {left_out} more; SHOW USAGES OF {keyword} lists them for one {kind}\n"),
    }
}

/// The script for a terminal, if the whole one would fill it with names that the table above leaves
/// out too.
fn short_script(error: &Error, style: &Style) -> Option<String> {
    let ErrorKind::Object(ObjectError::InUse { usages, objects }) = error.kind() else {
        return None;
    };
    if style.width.is_none() || usages.len() <= MAX_USAGES_AT_TERMINAL {
        return None;
    }
    let keyword = objects.first()?.kind().to_ascii_uppercase();
    let names: Vec<String> = objects.iter().map(Object::shown).collect();
    let count = usages.len();
    Some(format!(
        "DROP {keyword} {} CASCADE; -- drops all {count} with it",
        names.join(", ")
    ))
}

/// The details beside the message, each with its label.
fn details(error: &Error, style: &Style) -> String {
    let mut text = String::new();
    let mut add = |label: &str, value: &str, ink: Color, style: &Style| {
        text.push_str(&labelled(label, value, ink, style));
    };
    let is_in_use = matches!(error.kind(), ErrorKind::Object(ObjectError::InUse { .. }));
    if is_in_use {
        add("sqlstate:", error.sqlstate().code(), Color::Faint, style);
    }
    let cause = error.cause();
    for (label, value) in [
        ("cause:", cause.as_deref()),
        ("detail:", error.detail()),
        ("query:", error.query()),
        ("context:", error.context()),
        ("run:", failed_run(error).as_deref()),
    ] {
        if let Some(value) = value {
            add(label, &lines(value).replace('\t', " "), Color::Faint, style);
        }
    }
    if let Some(hint) = short_script(error, style).or_else(|| error.hint()) {
        match style.width.filter(|_| is_in_use) {
            Some(width) => {
                let hint = one_line(&hint);
                let room = width.saturating_sub("hint: ".len());
                let style = Style { width: None, ..style.clone() };
                add("hint:", &broken_script(&hint, room), Color::Hint, &style);
            }
            None if is_in_use => add("hint:", &one_line(&hint), Color::Hint, style),
            None => add("hint:", &lines(&hint).replace('\t', " "), Color::Hint, style),
        }
    }
    text
}

/// `job load, 2026-01-31 10:00:00 to 2026-01-31 11:00:00`; None if no run had begun.
fn failed_run(error: &Error) -> Option<String> {
    let run = error.run()?;
    let job = Object::Job(run.job.clone()).kind_and_shown();
    run.window.map(|window| format!("{job}, {window}"))
}

/// The script in lines of this width. A copy of it runs: no line ends inside a name or a comment.
fn broken_script(script: &str, room: usize) -> String {
    let mut in_name = false;
    let words = script.split(|c| {
        in_name ^= c == '"';
        c == ' ' && !in_name
    });
    let (mut text, mut width, mut at, mut in_comment) = (String::new(), 0, 0, false);
    for word in words {
        let begins_comment = word == "--";
        let whole = if begins_comment { &script[at..] } else { word };
        if width > 0 && !in_comment && width + 1 + whole.width() > room {
            text.push('\n');
            width = 0;
        } else if width > 0 {
            text.push(' ');
            width += 1;
        }
        text.push_str(word);
        width += word.width();
        at += word.len() + 1;
        in_comment |= begins_comment;
    }
    text
}

/// `at load.sql:3:17, statement 2`; None at the prompt, where the excerpt shows the place.
fn position(place: &Place, style: &Style) -> Option<String> {
    let source = one_line(place.source.as_deref()?);
    let statement = place.statement.map(|statement| format!(", statement {statement}"));
    let at =
        format!("at {source}:{}:{}{}", place.line, place.column, statement.unwrap_or_default());
    Some(paint(&at, Color::Faint, style) + "\n")
}
