//! Paths of files: after `\i`, and after PASSWORD = FILE.

use std::path::{MAIN_SEPARATOR, Path};

use super::{Candidate, Names};
use crate::sql::StringLiteral;
use crate::sql::token::undouble;

/// Paths as the argument of a command: bare, or in single quotes if they begin with one or need
/// them.
pub(super) fn argument(typed: &str, names: &mut dyn Names) -> Vec<Candidate> {
    match typed.strip_prefix('\'') {
        Some(inside) => quoted(&undouble(inside, '\''), names),
        None => found(typed, names)
            .into_iter()
            .map(|found| {
                let bare = !found.path.starts_with('\'') && !found.path.ends_with([' ', ';']);
                let text = if bare { found.path } else { quote(&found.path, true) };
                Candidate::new(text, found.name)
            })
            .collect(),
    }
}

/// Paths as SQL strings, without the closing quote behind a folder.
pub(super) fn quoted(typed: &str, names: &mut dyn Names) -> Vec<Candidate> {
    found(typed, names)
        .into_iter()
        .map(|found| Candidate::new(quote(&found.path, !found.is_folder), found.name))
        .collect()
}

fn quote(path: &str, closed: bool) -> String {
    let mut text = StringLiteral(path).to_string();
    if !closed {
        text.pop();
    }
    text
}

struct FoundPath {
    path: String,
    name: String,
    is_folder: bool,
}

/// The matching entries, in order. Hidden files are offered once their point is typed.
fn found(typed: &str, names: &mut dyn Names) -> Vec<FoundPath> {
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
            let end = if entry.is_folder {
                String::from(MAIN_SEPARATOR)
            } else {
                String::new()
            };
            FoundPath {
                path: format!("{folder}{}{end}", entry.name),
                name: format!("{}{end}", entry.name),
                is_folder: entry.is_folder,
            }
        })
        .collect()
}
