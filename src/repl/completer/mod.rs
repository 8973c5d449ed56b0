//! What can stand at the cursor: from the grammar, the catalog's names and the file system, and never from a secret.

mod command;
mod path;
mod query;

use std::path::Path;

use crate::executor::NameRange;
use crate::name::Identifier;
use crate::sql::expectation::{Expectation, expected_at};
use crate::sql::option::{OptionSpec, OptionType};
use crate::sql::splitter::{PieceKind, Splitter};
use crate::sql::token::{Token, TokenKind, tokens};

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
        Self {
            text: text.into(),
            shown: shown.into(),
        }
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

/// What can stand at the cursor, a byte of the text.
pub fn complete(text: &str, cursor: usize, names: &mut dyn Names) -> Completion {
    let before = &text[..cursor];
    let part = Splitter::parts(before).pop().filter(|part| !part.complete);
    let (start, kind) = part.map_or((cursor, PieceKind::Statement), |part| (part.range.start, part.kind));
    let mut completion = match kind {
        PieceKind::Command => command::complete(&before[start..], names),
        PieceKind::Statement => statement(&before[start..], names),
    };
    completion.start += start;
    if text[cursor..].starts_with(' ') {
        for candidate in &mut completion.candidates {
            candidate.text.truncate(candidate.text.trim_end_matches(' ').len());
        }
    }
    completion
}

/// `before` is the statement up to the cursor.
fn statement(before: &str, names: &mut dyn Names) -> Completion {
    let place = expected_at(before);
    if place.expectations.contains(&Expectation::Query) {
        return query::complete(before);
    }
    let mut statement = StatementCompleter {
        before,
        start: place.start,
        typed: &before[place.start..],
        names,
        candidates: Vec::new(),
    };
    for expectation in place.expectations {
        statement.offer(expectation);
    }
    let candidates = statement.candidates;
    let start = candidates.first().map_or(place.start, |_| place.start);
    Completion { start, candidates }
}

struct StatementCompleter<'a> {
    before: &'a str,
    start: usize,
    /// The beginning of the word, name or string that is being typed.
    typed: &'a str,
    names: &'a mut dyn Names,
    candidates: Vec<Candidate>,
}

impl StatementCompleter<'_> {
    fn offer(&mut self, expectation: Expectation) {
        match expectation {
            Expectation::Word(word) => self.offer_word(word, " "),
            Expectation::Option(option) => self.offer_option(option),
            Expectation::Name => self.offer_names(),
            Expectation::Equals if self.typed.is_empty() => self.candidates.push(Candidate::new("= ", "=")),
            Expectation::Value(option) => self.offer_value(option),
            Expectation::Text(_) if self.is_after("FILE") => self.offer_path(),
            Expectation::Equals
            | Expectation::Text(_)
            | Expectation::NewName
            | Expectation::Query
            | Expectation::End => {}
        }
    }

    fn offer_word(&mut self, word: &str, after: &str) {
        if begins(word, self.typed) {
            let word = in_case_of(self.before, self.typed, word);
            self.candidates.push(Candidate::new(format!("{word}{after}"), word));
        }
    }

    fn offer_option(&mut self, option: &OptionSpec) {
        // RESET names an option and gives it no value.
        let after = match option.kind {
            _ if self.is_after("RESET") => "",
            OptionType::Text | OptionType::NonEmptyText | OptionType::Url => " = '",
            OptionType::Password
            | OptionType::Integer { .. }
            | OptionType::Boolean
            | OptionType::Interval
            | OptionType::Moment { .. }
            | OptionType::TextOrName
            | OptionType::List => " = ",
        };
        self.offer_word(option.name, after);
    }

    fn offer_names(&mut self) {
        let quoted = self.typed.strip_prefix('"');
        let prefix = quoted.map_or_else(|| self.typed.to_owned(), |inside| inside.replace("\"\"", "\""));
        let range = self.names.connections(&prefix.to_ascii_lowercase());
        for name in range.first.into_iter().chain(range.last) {
            let text = match quoted {
                Some(_) => format!("\"{}\"", name.replace('"', "\"\"")),
                None => Identifier(&name).to_string(),
            };
            self.candidates.push(Candidate::new(text.clone(), text));
        }
    }

    fn offer_value(&mut self, option: &OptionSpec) {
        match option.kind {
            OptionType::Url if option.example.starts_with(self.typed) => {
                self.candidates.push(Candidate::new(option.example, option.example));
            }
            OptionType::Text | OptionType::NonEmptyText if self.typed.is_empty() => {
                self.candidates.push(Candidate::new("'", option.example));
            }
            OptionType::Password => {
                self.offer_word("PROMPT", "");
                self.offer_word("ENV", " '");
                self.offer_word("FILE", " '");
            }
            OptionType::Url
            | OptionType::Text
            | OptionType::NonEmptyText
            | OptionType::Integer { .. }
            | OptionType::Boolean
            | OptionType::Interval
            | OptionType::Moment { .. }
            | OptionType::TextOrName
            | OptionType::List => {}
        }
    }

    fn offer_path(&mut self) {
        let inside = match self.typed.strip_prefix('\'') {
            Some(inside) => inside.replace("''", "'"),
            None => self.typed.to_owned(),
        };
        self.candidates.extend(path::quoted(&inside, self.names));
    }

    /// Whether the word stands right before what is being typed.
    fn is_after(&self, word: &str) -> bool {
        last_token(&self.before[..self.start]).is_some_and(|token| token.is_word(self.before, word))
    }
}

/// The last token that is no comment.
fn last_token(text: &str) -> Option<Token> {
    tokens(text).filter(|token| token.kind != TokenKind::Comment).last()
}

/// Whether the word begins with what was typed, in any letter case.
fn begins(word: &str, typed: &str) -> bool {
    word.get(..typed.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

/// The word in the letter case of what was typed, or of the statement's first word where nothing was.
pub(super) fn in_case_of(statement: &str, typed: &str, word: &str) -> String {
    let model = if typed.is_empty() { statement } else { typed };
    let first = model.split_whitespace().next().unwrap_or_default();
    let is_lower =
        first.contains(|c: char| c.is_ascii_lowercase()) && !first.contains(|c: char| c.is_ascii_uppercase());
    if is_lower {
        word.to_ascii_lowercase()
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests;
