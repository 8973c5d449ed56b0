//! Paths of files: after `\i`, and after PASSWORD = FILE.

use std::path::{MAIN_SEPARATOR, Path};

use super::{Candidate, Names};
use crate::sql::StringLiteral;
use crate::sql::token::undouble;

/// Paths as the argument of a command: bare, or in single quotes if they begin with one or need
/// them.
pub(super) fn argument(typed: &str, names: &mut dyn Names) -> Vec<Candidate> {
    if let Some(inside) = typed.strip_prefix('\'') {
        return quoted(&undouble(inside, '\''), names);
    }
    let mut found = found(typed, names);
    for candidate in &mut found {
        if candidate.text.starts_with('\'') || candidate.text.ends_with([' ', ';']) {
            candidate.text = quote(&candidate.text);
        }
    }
    found
}

/// Paths as SQL strings.
pub(super) fn quoted(typed: &str, names: &mut dyn Names) -> Vec<Candidate> {
    let mut found = found(typed, names);
    for candidate in &mut found {
        candidate.text = quote(&candidate.text);
    }
    found
}

/// The path as a string, without the closing quote behind a folder.
fn quote(path: &str) -> String {
    let mut text = StringLiteral(path).to_string();
    if path.ends_with(MAIN_SEPARATOR) {
        text.pop();
    }
    text
}

/// The matching entries, in order. Hidden files are offered once their point is typed.
fn found(typed: &str, names: &mut dyn Names) -> Vec<Candidate> {
    let cut = typed.rfind(std::path::is_separator).map_or(0, |index| index + 1);
    let (folder, beginning) = typed.split_at(cut);
    let mut entries = names.entries(Path::new(if folder.is_empty() { "." } else { folder }));
    entries.retain(|entry| {
        entry.name.starts_with(beginning) && (!beginning.is_empty() || !entry.name.starts_with('.'))
    });
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    entries
        .into_iter()
        .map(|entry| {
            let mut name = entry.name;
            if entry.is_folder {
                name.push(MAIN_SEPARATOR);
            }
            Candidate::new(format!("{folder}{name}"), name)
        })
        .collect()
}
