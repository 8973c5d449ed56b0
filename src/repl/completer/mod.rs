//! What can stand at the cursor: from the grammar, the catalog's names and the file system, and
//! never from a secret.

mod clause;
mod command;
mod name;
mod on_warehouse;
mod path;
mod query;
mod statement;
mod warehouse;

use std::path::Path;
use std::sync::Arc;

use crate::executor::{NameRange, WarehouseNames};
use crate::shell::Target;
use crate::sql::splitter::{Dialect, PieceKind, Splitter};
use crate::sql::token::{Token, code_tokens};

/// A file or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, without the folder that it lies in.
    pub name: String,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// Where names come from.
pub trait Names {
    /// The first names of connections that begin with the prefix, and the last one.
    fn connections(&mut self, prefix: &str) -> NameRange;

    /// The same of the schemas in which a connection has tables.
    fn schemas(&mut self, connection: &str, prefix: &str) -> NameRange;

    /// The same of the tables in a schema of a connection.
    fn tables(&mut self, connection: &str, schema: &str, prefix: &str) -> NameRange;

    /// The same of jobs.
    fn jobs(&mut self, prefix: &str) -> NameRange;

    /// The names of the warehouse that is connected, as far as they are known.
    fn warehouse(&mut self) -> Arc<WarehouseNames> {
        Arc::default()
    }

    /// What lies in a folder; nothing where it cannot be read.
    fn entries(&mut self, folder: &Path) -> Vec<Entry>;
}

/// Something that can stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What replaces the text from the start of the completion to the cursor.
    pub text: String,
    /// What a list shows.
    pub shown: String,
}

impl Candidate {
    fn new(text: impl Into<String>, shown: impl Into<String>) -> Self {
        Self { text: text.into(), shown: shown.into() }
    }
}

/// What can stand at the cursor, and what of the text it replaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The byte from which on the text before the cursor is replaced.
    pub start: usize,
    /// What can stand there.
    pub candidates: Vec<Candidate>,
}

/// What can stand at the cursor, a byte of a text that goes there.
pub fn complete(text: &str, cursor: usize, target: &Target, names: &mut dyn Names) -> Completion {
    let before = &text[..cursor];
    let part = Splitter::parts(before, target.dialect()).pop().filter(|part| !part.complete);
    let (start, kind) =
        part.map_or((cursor, PieceKind::Statement), |part| (part.range.start, part.kind));
    let mut completion = match (target, kind) {
        (_, PieceKind::Command) => command::complete(&before[start..], target, names),
        (Target::Catalog, PieceKind::Statement) => statement::complete(&before[start..], names),
        (Target::Warehouse { .. }, PieceKind::Statement) => on_warehouse::complete(
            &text[start..],
            cursor - start,
            target.dialect(),
            &names.warehouse(),
        ),
    };
    completion.start += start;
    if text[cursor..].starts_with(' ') {
        for candidate in &mut completion.candidates {
            candidate.text.truncate(candidate.text.trim_end_matches(' ').len());
        }
    }
    completion
}

/// The last token that is no comment.
fn last_token(text: &str) -> Option<Token> {
    code_tokens(text, Dialect::Catalog).pop()
}

/// Whether the word begins with what was typed, in any letter case.
pub(super) fn begins(word: &str, typed: &str) -> bool {
    word.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

/// The word in the letter case of what was typed, or of the statement's first word where nothing
/// was.
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
