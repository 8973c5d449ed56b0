//! Completion in a statement of redwire, from its syntax.

use super::{Candidate, Completion, Names, begins, name, path, query, word};
use crate::sql::data_type::{ENCODINGS, TYPES};
use crate::sql::expectation::{Expectation, expected_at};
use crate::sql::option::{OptionSpec, OptionType, url_option_names};
use crate::sql::splitter::Dialect;
use crate::sql::token::{Token, TokenKind, code_tokens, tokens_of, undouble};

/// `before` is the statement up to the cursor.
pub(super) fn complete(before: &str, names: &mut dyn Names) -> Completion {
    if ends_in_comment(before) {
        return Completion::default();
    }
    let place = expected_at(before);
    if let Some(of) = place.query() {
        return query::complete(of, before, place.start, names);
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
    Completion {
        start: place.start,
        candidates: statement.candidates,
    }
}

fn ends_in_comment(before: &str) -> bool {
    tokens_of(before, Dialect::Catalog).last().is_some_and(|last| {
        let is_line = before[last.span.clone()].starts_with("--");
        let ends_here = last.span.end == before.len();
        last.kind == TokenKind::Comment && (!last.closed || is_line && ends_here)
    })
}

struct StatementCompleter<'a> {
    before: &'a str,
    start: usize,
    /// The typed beginning of the word, name or string.
    typed: &'a str,
    names: &'a mut dyn Names,
    candidates: Vec<Candidate>,
}

impl StatementCompleter<'_> {
    fn offer(&mut self, expectation: Expectation) {
        match expectation {
            Expectation::Word(word) => self.offer_word(word, " "),
            Expectation::Option(option) => self.offer_option(option),
            Expectation::Name(of) | Expectation::NewName(of) => {
                let is_new = expectation == Expectation::NewName(of);
                let names = name::candidates(of, is_new, self.before, self.start, self.names);
                self.candidates.extend(names);
            }
            Expectation::Sign('=') => self.offer_start("= ", "="),
            Expectation::Sign('(') => self.offer_start("(", "("),
            Expectation::Value(option) => self.offer_value(option),
            Expectation::Unit => self.offer_units(),
            Expectation::DataType => self.offer_types(),
            Expectation::Encoding => self.offer_words(ENCODINGS),
            Expectation::File => self.offer_path(),
            Expectation::Sign(_)
            | Expectation::Text(_)
            | Expectation::Expression(_)
            | Expectation::Query(_)
            | Expectation::End => {}
        }
    }

    fn offer_word(&mut self, text: &str, after: &str) {
        self.candidates.extend(word(self.before, self.typed, text, after));
    }

    fn offer_words(&mut self, words: &[&str]) {
        for word in words {
            self.offer_word(word, "");
        }
    }

    fn offer_option(&mut self, option: &OptionSpec) {
        // RESET takes the name of an option and no value.
        let after = match option.kind {
            _ if self.is_after("RESET") => "",
            OptionType::Text
            | OptionType::NonEmptyText
            | OptionType::Url
            | OptionType::Choice { .. } => " = '",
            OptionType::Password
            | OptionType::Integer { .. }
            | OptionType::Boolean
            | OptionType::Interval
            | OptionType::Moment { .. }
            | OptionType::Word { .. }
            | OptionType::TextOrName
            | OptionType::List => " = ",
        };
        self.offer_word(option.name, after);
    }

    fn offer_value(&mut self, option: &OptionSpec) {
        match option.kind {
            OptionType::Url => self.offer_url(option),
            OptionType::Text
            | OptionType::NonEmptyText
            | OptionType::Choice { .. }
            | OptionType::TextOrName => {
                self.offer_start("'", option.example);
            }
            OptionType::List => self.offer_start("('", option.example),
            OptionType::Password => {
                self.offer_word("PROMPT", "");
                self.offer_word("ENV", " '");
                self.offer_word("FILE", " '");
            }
            OptionType::Boolean => self.offer_words(&["TRUE", "FALSE"]),
            OptionType::Word { words } => self.offer_words(words),
            OptionType::Moment { words } => {
                self.offer_words(words);
                self.offer_word("TIMESTAMP", " '");
            }
            OptionType::Integer { .. } | OptionType::Interval => {}
        }
    }

    /// The start of a URL, behind which the cursor stays; behind its `?`, options.
    fn offer_url(&mut self, option: &OptionSpec) {
        const START: &str = "'jdbc:redshift://";
        let typed = self.typed;
        if START.starts_with(typed) {
            self.candidates.push(Candidate::new(START, option.example));
        } else if typed.contains(['?', ';'])
            && let Some(mark) = typed.rfind(['?', ';', '&'])
        {
            let (before, name) = typed.split_at(mark + 1);
            let names = url_option_names().filter(|option| begins(option, name));
            let candidate = |option| Candidate::new(format!("{before}{option}="), option);
            self.candidates.extend(names.map(candidate));
        }
    }

    /// The start of a value or a sign, which is offered until something is typed.
    fn offer_start(&mut self, text: &str, shown: &str) {
        if self.typed.is_empty() {
            self.candidates.push(Candidate::new(text, shown));
        }
    }

    fn offer_units(&mut self) {
        let number = self.last_token().map(|token| token.text(self.before));
        let units = match number {
            Some("1") => ["MINUTE", "HOUR", "DAY"],
            _ => ["MINUTES", "HOURS", "DAYS"],
        };
        self.offer_words(&units);
    }

    /// The data types, and their aliases once something is typed. No blank follows, since a length
    /// may.
    fn offer_types(&mut self) {
        for spec in TYPES {
            self.offer_word(spec.name, "");
            if !self.typed.is_empty() {
                self.offer_words(spec.aliases);
            }
        }
    }

    fn offer_path(&mut self) {
        let inside = match self.typed.strip_prefix('\'') {
            Some(inside) => undouble(inside, '\''),
            None => self.typed.into(),
        };
        self.candidates.extend(path::quoted(&inside, self.names));
    }

    /// True if the word comes right before the typed text.
    fn is_after(&self, word: &str) -> bool {
        self.last_token().is_some_and(|token| token.is_word(self.before, word))
    }

    /// The token before the typed text.
    fn last_token(&self) -> Option<Token> {
        code_tokens(&self.before[..self.start], Dialect::Catalog).pop()
    }
}
