//! Options with values, and the actions of ALTER.

use super::Expectation;
use super::walk::Walk;
use crate::definition::{LoginOption, LoginWay};
use crate::sql::grammar::{Item, NameOf};
use crate::sql::option::{LoginRule, OptionSpec, OptionType, PASSWORD, find_option};
use crate::sql::token::{Token, TokenKind};

type Options = &'static [&'static OptionSpec];

impl Walk<'_> {
    /// Options with values, from any position at which one may begin; `given` are not offered
    /// again.
    pub(super) fn settings(
        &self,
        options: &[&'static OptionSpec],
        position: usize,
        given: &mut Vec<&'static OptionSpec>,
    ) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut position = position;
        loop {
            let Some(token) = self.list.tokens.get(position) else {
                let is_left = |option: &&&'static OptionSpec| {
                    !given.contains(option) && self.takes(option, given)
                };
                let left = options.iter().filter(is_left);
                left.for_each(|option| self.note(Expectation::Option(option)));
                return ends;
            };
            let Some(option) = find_option(options, token.text(self.list.source)) else {
                return ends;
            };
            given.push(option);
            let after = self.sign('=', position + 1).and_then(|value| self.value(option, value));
            let Some(after) = after else {
                return ends;
            };
            ends.push(after);
            position = after + usize::from(self.list.is_symbol(after, ','));
        }
    }

    /// True if the login that the URL chooses takes the option. ALTER may choose another one.
    fn takes(&self, option: &OptionSpec, given: &[&'static OptionSpec]) -> bool {
        let is_iam = |token: &Token| {
            token.kind == TokenKind::String
                && token.text(self.list.source).starts_with("'jdbc:redshift:iam:")
        };
        let secret = LoginOption::AwsSecret.spec();
        let has_secret = given.contains(&secret);
        let ways: &[LoginWay] = if self.list.is_word(0, "ALTER") {
            return true;
        } else if self.list.tokens.iter().any(is_iam) {
            &[LoginWay::ClusterUser, LoginWay::ClusterIdentity, LoginWay::Workgroup]
        } else if has_secret {
            &[LoginWay::SecretsManager]
        } else if *option == *secret && given.contains(&&PASSWORD) {
            return false;
        } else {
            &[LoginWay::Password]
        };
        let is_refused = |way| matches!(option.logins.rule(way), LoginRule::Refused(_));
        !ways.iter().copied().all(is_refused)
    }

    fn value(&self, option: &'static OptionSpec, position: usize) -> Option<usize> {
        let value = Expectation::Value(option);
        match option.kind {
            OptionType::Text
            | OptionType::NonEmptyText
            | OptionType::Url
            | OptionType::Choice { .. } => self.string(value, position),
            OptionType::Integer { .. } => {
                self.token(value, position, |token| token.kind == TokenKind::Number)
            }
            OptionType::Boolean | OptionType::Word { .. } => self.one_of_words(value, position),
            OptionType::Interval => {
                let unit = self.token(value, position, |token| token.kind == TokenKind::Number)?;
                self.one_of_words(Expectation::Unit, unit)
            }
            OptionType::Moment { .. } if self.list.is_word(position, "TIMESTAMP") => {
                self.string(Expectation::Text("'2026-01-31 10:00:00'"), position + 1)
            }
            OptionType::Moment { .. } => self.one_of_words(value, position),
            OptionType::TextOrName => self.token(value, position, |token| {
                matches!(token.kind, TokenKind::String | TokenKind::QuotedName | TokenKind::Word)
            }),
            OptionType::List => self.strings(value, position),
            OptionType::Password if self.list.is_word(position, "FILE") => {
                self.string(Expectation::File, position + 1)
            }
            OptionType::Password if self.list.is_word(position, "ENV") => {
                self.string(Expectation::Text("'NAME'"), position + 1)
            }
            OptionType::Password if self.list.is_word(position, "COMMAND") => {
                self.string(Expectation::Text("'program args'"), position + 1)
            }
            OptionType::Password => self.token(value, position, |token| {
                token.kind == TokenKind::String || token.is_word(self.list.source, "PROMPT")
            }),
        }
    }

    fn one_of_words(&self, expectation: Expectation, position: usize) -> Option<usize> {
        self.token(expectation, position, |token| {
            let is_token = |word: &&str| token.is_word(self.list.source, word);
            expectation.words().iter().any(is_token)
        })
    }

    fn strings(&self, value: Expectation, position: usize) -> Option<usize> {
        let mut position =
            self.token(value, position, |token| token.kind == TokenKind::Symbol('('))?;
        loop {
            position = self.string(Expectation::Text("'…'"), position)?;
            match self.sign(',', position) {
                Some(next) => position = next,
                None => return self.sign(')', position),
            }
        }
    }

    pub(super) fn actions(&self, options: Options, position: usize) -> Vec<usize> {
        let mut given = Vec::new();
        let mut ends = Vec::new();
        let mut starts = vec![position];
        while let Some(start) = starts.pop() {
            let next = self.action(options, start, &mut given);
            starts.extend(next.iter().copied().filter(|end| !ends.contains(end)));
            ends.extend(next);
        }
        ends
    }

    fn action(
        &self,
        options: Options,
        position: usize,
        given: &mut Vec<&'static OptionSpec>,
    ) -> Vec<usize> {
        if let Some(after) = self.word("SET", position) {
            let mutable: Vec<_> = options.iter().copied().filter(|option| option.mutable).collect();
            return self.settings(&mutable, after, given);
        }
        if let Some(after) = self.word("RESET", position) {
            return self.reset(options, after, given).into_iter().collect();
        }
        let Some(after) = self.word("RENAME", position) else {
            return Vec::new();
        };
        let new_name = Item::NewName(NameOf::Column, "name");
        self.items(&[Item::Word("TO"), new_name], vec![after])
    }

    fn reset(
        &self,
        options: Options,
        position: usize,
        given: &mut Vec<&'static OptionSpec>,
    ) -> Option<usize> {
        let can_be_reset =
            |option: &&&'static OptionSpec| option.mutable && !option.is_always_required();
        if let Some(token) = self.list.tokens.get(position) {
            let option = find_option(options, token.text(self.list.source))
                .filter(|option| can_be_reset(&option))?;
            given.push(option);
            return Some(position + 1);
        }
        let left = options.iter().filter(can_be_reset).filter(|option| !given.contains(option));
        left.for_each(|option| self.note(Expectation::Option(option)));
        None
    }
}
