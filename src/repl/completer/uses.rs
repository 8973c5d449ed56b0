//! The number of times that words stand in statements.

use std::collections::HashMap;

use crate::sql::splitter::Dialect;
use crate::sql::token::{Token, tokens_of};

/// The number of times that each name and word was used, in any letter case.
#[derive(Clone, Debug, Default)]
pub struct Uses(HashMap<String, usize>);

impl Uses {
    /// Counts the words of a text of this dialect.
    pub fn count(&mut self, text: &str, dialect: Dialect) {
        for token in tokens_of(text, dialect).filter(Token::is_name) {
            *self.0.entry(token.unquoted(text).to_ascii_lowercase()).or_default() += 1;
        }
    }

    /// The number of uses of the word.
    pub fn of(&self, word: &str) -> usize {
        if self.0.is_empty() {
            return 0;
        }
        self.0.get(&word.to_ascii_lowercase()).copied().unwrap_or(0)
    }

    /// The words that begin with the text, which is in lower case.
    pub fn begun<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.keys().map(String::as_str).filter(move |word| word.starts_with(text))
    }
}

/// The uses in the history and in the statement that is being typed.
pub(super) struct UsesHere<'a> {
    pub history: &'a Uses,
    pub statement: Uses,
}

impl<'a> UsesHere<'a> {
    pub fn new(history: &'a Uses) -> Self {
        Self { history, statement: Uses::default() }
    }

    /// The number of uses of the word.
    pub fn of(&self, word: &str) -> usize {
        self.history.of(word) + self.statement.of(word)
    }
}
