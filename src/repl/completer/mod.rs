//! Completion at the cursor: from the grammar, the catalog's names and the file system; never from
//! a secret.

mod command;
mod matching;
mod name;
mod on_warehouse;
mod path;
mod place;
mod query;
mod statement;
mod uses;
mod variable;

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use crate::executor::{NameRange, NameScope, WarehouseNames};
use crate::shell::Target;
use crate::sql::splitter::{Dialect, PieceKind, Splitter};
use crate::sql::token::{Token, tokens_of};
pub use uses::Uses;

/// A file or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name, without the folder that contains it.
    pub name: String,
    /// True for a folder.
    pub is_folder: bool,
}

/// The source of names.
pub trait Names {
    /// The first names in the catalog with this prefix, and the last one.
    fn catalog(&mut self, scope: NameScope<'_>, prefix: &str) -> NameRange;

    /// Names in the catalog that have these letters in this order.
    fn catalog_by_letters(&mut self, _scope: NameScope<'_>, _letters: &str) -> Vec<String> {
        Vec::new()
    }

    /// The names of the connected warehouse fetched so far.
    fn warehouse(&mut self) -> Arc<WarehouseNames> {
        Arc::default()
    }

    /// The words that were used in earlier statements.
    fn uses(&mut self) -> Rc<Uses> {
        Rc::default()
    }

    /// The names of named queries.
    fn queries(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// The names of the variables.
    fn variables(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// The entries of a folder; none if it cannot be read.
    fn entries(&mut self, folder: &Path) -> Vec<Entry>;
}

/// A candidate at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The replacement for the text from the start of the completion to the cursor.
    pub text: String,
    /// The text in a list.
    pub shown: String,
}

impl Candidate {
    fn new(text: impl Into<String>, shown: impl Into<String>) -> Self {
        Self { text: text.into(), shown: shown.into() }
    }
}

/// The candidates at the cursor, and the start of the text that they replace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The byte at which the replaced text begins.
    pub start: usize,
    /// The candidates.
    pub candidates: Vec<Candidate>,
}

/// Completes a statement or command for the target; `cursor` is a byte of the text.
pub fn complete(text: &str, cursor: usize, target: &Target, names: &mut dyn Names) -> Completion {
    let before = &text[..cursor];
    let part = Splitter::parts(before, target.dialect()).pop().filter(|part| !part.complete);
    let (start, kind) =
        part.map_or((cursor, PieceKind::Statement), |part| (part.range.start, part.kind));
    let (start, kind) = match command_at_end(&before[start..], target.dialect()) {
        Some(command) if kind == PieceKind::Statement => (start + command, PieceKind::Command),
        Some(_) | None => (start, kind),
    };
    let variables = variable::complete(&before[start..], &text[cursor..], kind, target, names);
    let mut completion = variables.unwrap_or_else(|| match (target, kind) {
        (_, PieceKind::Command) => command::complete(&before[start..], target, names),
        (Target::Catalog, PieceKind::Statement) => statement::complete(&before[start..], names),
        (Target::Warehouse { .. }, PieceKind::Statement) => on_warehouse::complete(
            &text[start..],
            cursor - start,
            target.dialect(),
            &names.warehouse(),
            &names.uses(),
        ),
    });
    completion.start += start;
    if text[cursor..].starts_with(' ') {
        for candidate in &mut completion.candidates {
            candidate.text.truncate(candidate.text.trim_end_matches(' ').len());
        }
    }
    completion
}

/// The byte at which a command on the last line of the statement begins, such as `\\g`.
fn command_at_end(statement: &str, dialect: Dialect) -> Option<usize> {
    let line = statement.rfind('\n').map_or(0, |end| end + 1);
    if !statement[line..].contains('\\') {
        return None;
    }
    let backslash = |token: &Token| token.is_symbol('\\') && token.span.start >= line;
    let found = tokens_of(statement, dialect).find(backslash)?;
    Some(found.span.start)
}

/// The word and the text that follows it, if it begins with the typed text.
fn word(statement: &str, typed: &str, word: &str, after: &str) -> Option<Candidate> {
    begins(word, typed).then(|| {
        let word = in_case_of(statement, typed, word);
        Candidate::new(format!("{word}{after}"), word)
    })
}

/// True if the word begins with the typed text, in any letter case.
pub(super) fn begins(word: &str, typed: &str) -> bool {
    word.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

/// The word in the letter case of the typed text or, if that is empty, of the statement's first
/// word.
pub(super) fn in_case_of(statement: &str, typed: &str, word: &str) -> String {
    let model = if typed.is_empty() { statement } else { typed };
    let first = model.split_whitespace().next().unwrap_or_default();
    let is_lower = first.contains(|c: char| c.is_ascii_lowercase())
        && !first.contains(|c: char| c.is_ascii_uppercase());
    if is_lower {
        word.to_ascii_lowercase()
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests;
