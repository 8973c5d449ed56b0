//! The type and the encoding of a column.

use super::Expectation;
use super::walk::Walk;
use crate::sql::data_type::{ENCODINGS, TYPES};
use crate::sql::token::TokenKind;

/// Every name that a type has.
fn type_names() -> impl Iterator<Item = &'static str> {
    TYPES
        .iter()
        .flat_map(|spec| std::iter::once(spec.name).chain(spec.aliases.iter().copied()))
}

/// The first words of the types, each once: names first, then the other names.
pub(super) fn type_words() -> Vec<&'static str> {
    let aliases = TYPES.iter().flat_map(|spec| spec.aliases.iter().copied());
    let mut words = Vec::new();
    for name in TYPES.iter().map(|spec| spec.name).chain(aliases) {
        let word = name.split(' ').next().unwrap_or(name);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

impl Walk<'_> {
    /// A type of one or several words, with its limits in parentheses where some are given.
    pub(super) fn data_type(&self, position: usize) -> Vec<usize> {
        if position >= self.list.tokens.len() {
            self.note(Expectation::DataType);
            return Vec::new();
        }
        let mut ends = Vec::new();
        for name in type_names() {
            ends.extend(self.words(name, position));
        }
        let limited: Vec<usize> = ends.iter().filter_map(|end| self.limits(*end)).collect();
        ends.extend(limited);
        ends
    }

    /// `(10)`, `(12, 2)` or `(MAX)`.
    fn limits(&self, position: usize) -> Option<usize> {
        if !self.list.is_symbol(position, '(') {
            return None;
        }
        let is_limit = |position: &usize| {
            let token = &self.list.tokens[*position];
            token.kind == TokenKind::Number
                || token.is_word(self.list.source, "MAX")
                || token.kind == TokenKind::Symbol(',')
        };
        let close = (position + 1..self.list.tokens.len()).find(|position| !is_limit(position))?;
        self.sign(')', close)
    }

    pub(super) fn encoding(&self, position: usize) -> Option<usize> {
        self.token(Expectation::Encoding, position, |token| {
            ENCODINGS.iter().any(|encoding| token.is_word(self.list.source, encoding))
        })
    }
}
