//! What may follow at a place of a statement, for completion: a walk through the statements' syntax.
//!
//! The parsers decide what is right; a test holds that both agree.

use super::grammar::Item::{self, Actions, Name, Names, NewName, OneOf, Optional, Query, Settings, Text, Word};
use super::grammar::STATEMENTS;
use super::option::{CONNECTION_OPTIONS, OptionSpec, OptionType, connection_option};
use super::token::{Token, TokenKind, tokens};

/// What may stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// A keyword.
    Word(&'static str),
    /// The name of a connection in the catalog.
    Name,
    /// A name that may be new.
    NewName,
    /// The name of an option that is not given yet.
    Option(&'static OptionSpec),
    /// `=`
    Equals,
    /// The value of an option.
    Value(&'static OptionSpec),
    /// A string.
    Text(&'static str),
    /// SQL that SQLite reads.
    Query,
    /// The end of the statement.
    End,
}

/// A place in a statement that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionPlace {
    /// Where the token under the cursor begins; the end of the text where there is none.
    pub start: usize,
    /// What may stand there.
    pub expectations: Vec<Expectation>,
}

/// What may stand at the end of the text, which is one statement up to the cursor.
pub fn expected_at(text: &str) -> CompletionPlace {
    let mut before: Vec<Token> = tokens(text).filter(|token| token.kind != TokenKind::Comment).collect();
    let mut start = text.len();
    if let Some(last) = before.last()
        && touches_cursor(last, text)
    {
        start = last.span.start;
        before.pop();
    }
    let walk = Walk { text, tokens: &before };
    let mut expectations = Vec::new();
    for statement in STATEMENTS {
        let ends = walk.items(statement.items, vec![0], &mut expectations);
        if ends.contains(&before.len()) {
            expectations.push(Expectation::End);
        }
    }
    let mut distinct: Vec<Expectation> = Vec::new();
    for expectation in expectations {
        if !distinct.contains(&expectation) {
            distinct.push(expectation);
        }
    }
    CompletionPlace {
        start,
        expectations: distinct,
    }
}

/// Whether the token is still being typed: a word or number that ends at the cursor, or an open quote.
fn touches_cursor(token: &Token, text: &str) -> bool {
    match token.kind {
        TokenKind::Word | TokenKind::Number => token.span.end == text.len(),
        TokenKind::QuotedName | TokenKind::String => !token.closed,
        TokenKind::Comment | TokenKind::Symbol(_) => false,
    }
}

/// Follows the syntax through the tokens before the cursor; where the tokens end, it notes what may follow.
struct Walk<'a> {
    text: &'a str,
    tokens: &'a [Token],
}

impl Walk<'_> {
    /// The positions at which the items may end, for each position at which they may begin.
    fn items(&self, items: &[Item], starts: Vec<usize>, found: &mut Vec<Expectation>) -> Vec<usize> {
        let mut positions = starts;
        for item in items {
            positions = positions
                .iter()
                .flat_map(|position| self.item(item, *position, found))
                .collect();
        }
        positions
    }

    fn item(&self, item: &Item, position: usize, found: &mut Vec<Expectation>) -> Vec<usize> {
        match item {
            Word(word) => self.word(word, position, found).into_iter().collect(),
            Optional(items) => {
                let mut ends = self.items(items, vec![position], found);
                ends.push(position);
                ends
            }
            OneOf(rows) => rows
                .iter()
                .flat_map(|row| self.items(row, vec![position], found))
                .collect(),
            NewName(_) => self.name(Expectation::NewName, position, found).into_iter().collect(),
            Name => self.name(Expectation::Name, position, found).into_iter().collect(),
            Names => self.names(position, found),
            Text(what) => self
                .token(Expectation::Text(what), position, found, |token| {
                    token.kind == TokenKind::String
                })
                .into_iter()
                .collect(),
            Settings => self.settings(position, &mut Vec::new(), found),
            Actions => self.actions(position, found),
            Query => {
                found.push(Expectation::Query);
                vec![self.tokens.len()]
            }
        }
    }

    /// Takes one token, or notes what is expected where the tokens end.
    fn token(
        &self,
        expectation: Expectation,
        position: usize,
        found: &mut Vec<Expectation>,
        fits: impl Fn(&Token) -> bool,
    ) -> Option<usize> {
        match self.tokens.get(position) {
            None => {
                if position == self.tokens.len() {
                    found.push(expectation);
                }
                None
            }
            Some(token) => fits(token).then_some(position + 1),
        }
    }

    fn word(&self, word: &'static str, position: usize, found: &mut Vec<Expectation>) -> Option<usize> {
        self.token(Expectation::Word(word), position, found, |token| {
            token.is_word(self.text, word)
        })
    }

    fn name(&self, expectation: Expectation, position: usize, found: &mut Vec<Expectation>) -> Option<usize> {
        self.token(expectation, position, found, |token| match token.kind {
            TokenKind::Word => !crate::name::is_reserved(token.text(self.text)),
            TokenKind::QuotedName => true,
            TokenKind::String | TokenKind::Number | TokenKind::Comment | TokenKind::Symbol(_) => false,
        })
    }

    fn names(&self, position: usize, found: &mut Vec<Expectation>) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut next = self.name(Expectation::Name, position, found);
        while let Some(end) = next {
            ends.push(end);
            next = match self.tokens.get(end) {
                Some(token) if token.kind == TokenKind::Symbol(',') => self.name(Expectation::Name, end + 1, found),
                _ => None,
            };
        }
        ends
    }

    /// Options with values, from any position at which one may begin; `given` are not offered again.
    fn settings(
        &self,
        position: usize,
        given: &mut Vec<&'static OptionSpec>,
        found: &mut Vec<Expectation>,
    ) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut position = position;
        loop {
            let Some(token) = self.tokens.get(position) else {
                let left = CONNECTION_OPTIONS.iter().filter(|option| !given.contains(option));
                found.extend(left.map(|option| Expectation::Option(option)));
                return ends;
            };
            let Some(option) = connection_option(token.text(self.text)) else {
                return ends;
            };
            given.push(option);
            let Some(after) = self.setting_value(option, position + 1, found) else {
                return ends;
            };
            ends.push(after);
            let comma = self
                .tokens
                .get(after)
                .is_some_and(|token| token.kind == TokenKind::Symbol(','));
            position = after + usize::from(comma);
        }
    }

    fn setting_value(
        &self,
        option: &'static OptionSpec,
        position: usize,
        found: &mut Vec<Expectation>,
    ) -> Option<usize> {
        let position = self.token(Expectation::Equals, position, found, |token| {
            token.kind == TokenKind::Symbol('=')
        })?;
        let value = Expectation::Value(option);
        let is_string = |token: &Token| token.kind == TokenKind::String;
        match option.kind {
            OptionType::Text | OptionType::NonEmptyText | OptionType::Url => {
                self.token(value, position, found, is_string)
            }
            OptionType::Integer { .. } => self.token(value, position, found, |token| token.kind == TokenKind::Number),
            OptionType::Boolean
            | OptionType::Interval
            | OptionType::Moment { .. }
            | OptionType::TextOrName
            | OptionType::List => self.token(value, position, found, |_| true),
            OptionType::Password => {
                let from = self.tokens.get(position);
                let named = from.is_some_and(|t| t.is_word(self.text, "ENV") || t.is_word(self.text, "FILE"));
                if named {
                    return self.token(Expectation::Text("'…'"), position + 1, found, is_string);
                }
                self.token(value, position, found, |token| {
                    is_string(token) || token.is_word(self.text, "PROMPT")
                })
            }
        }
    }

    fn actions(&self, position: usize, found: &mut Vec<Expectation>) -> Vec<usize> {
        let mut given = Vec::new();
        let mut ends = Vec::new();
        let mut starts = vec![position];
        while let Some(start) = starts.pop() {
            let next = self.action(start, &mut given, found);
            starts.extend(next.iter().copied().filter(|end| !ends.contains(end)));
            ends.extend(next);
        }
        ends
    }

    fn action(
        &self,
        position: usize,
        given: &mut Vec<&'static OptionSpec>,
        found: &mut Vec<Expectation>,
    ) -> Vec<usize> {
        if let Some(after) = self.word("SET", position, found) {
            return self.settings(after, given, found);
        }
        if let Some(after) = self.word("RENAME", position, found) {
            return self.items(&[Word("TO"), NewName("name")], vec![after], found);
        }
        let Some(after) = self.word("RESET", position, found) else {
            return Vec::new();
        };
        match self.tokens.get(after) {
            Some(token) => {
                let option = connection_option(token.text(self.text));
                given.extend(option);
                option.map(|_| after + 1).into_iter().collect()
            }
            None => {
                let left = CONNECTION_OPTIONS
                    .iter()
                    .filter(|option| !option.required && !given.contains(option));
                found.extend(left.map(|option| Expectation::Option(option)));
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&'static str> {
        expected_at(text)
            .expectations
            .iter()
            .filter_map(|expectation| match expectation {
                Expectation::Word(word) => Some(*word),
                Expectation::Option(option) => Some(option.name),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn every_example_and_every_name_is_taken_by_parser_and_syntax_alike() {
        for statement in STATEMENTS {
            let example = statement.example;
            super::super::parse(example).unwrap();
            assert!(
                expected_at(&format!("{example} "))
                    .expectations
                    .contains(&Expectation::End),
                "{example}"
            );
            assert!(statement.example.starts_with(statement.name.split(' ').next().unwrap()));
        }
    }

    #[test]
    fn a_keyword_is_offered_where_it_can_stand() {
        assert_eq!(words("CREATE "), ["OR", "REDSHIFT"]);
        assert_eq!(words("CREATE OR REPLACE RED"), ["REDSHIFT"]);
        assert_eq!(words("DROP CONNECTION a "), ["CASCADE", "RESTRICT"]);
        assert_eq!(words("SHOW USAGES "), ["OF"]);
        assert!(words("SHOW nonsense ").is_empty());
    }

    #[test]
    fn an_option_that_is_given_is_not_offered_again() {
        let offered = words("CREATE REDSHIFT CONNECTION a USER_NAME = 'u', ");
        assert_eq!(
            offered,
            ["CONNECTION_STRING", "PASSWORD", "MAX_CONCURRENT_CONNECTIONS", "COMMENT"]
        );
    }

    #[test]
    fn only_options_with_a_default_can_be_reset() {
        assert_eq!(
            words("ALTER REDSHIFT CONNECTION a RESET "),
            ["MAX_CONCURRENT_CONNECTIONS", "COMMENT"]
        );
    }

    #[test]
    fn the_value_of_an_option_is_expected_after_its_sign() {
        let place = expected_at("CREATE REDSHIFT CONNECTION a CONNECTION_STRING = 'jdbc");
        assert_eq!(place.start, 49);
        assert_eq!(
            place.expectations,
            [Expectation::Value(&super::super::option::CONNECTION_STRING)]
        );
    }

    #[test]
    fn names_are_expected_where_connections_stand() {
        for text in [
            "DROP CONNECTION ",
            "DROP CONNECTION a, ",
            "DESCRIBE CONNECTION ",
            "ALTER REDSHIFT CONNECTION IF EXISTS ",
        ] {
            assert!(expected_at(text).expectations.contains(&Expectation::Name), "{text}");
        }
    }
}
