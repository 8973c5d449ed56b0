//! The statements as data: their syntax for help and reference, and what may follow at a place for completion.
//!
//! The parsers decide what is right; a test holds that both agree.

use std::fmt::Write as _;

use super::option::{CONNECTION_OPTIONS, OptionSpec, OptionType, connection_option};
use super::token::{Token, TokenKind, tokens};

/// A piece of a statement's syntax.
#[derive(Debug)]
pub enum Item {
    /// A keyword.
    Word(&'static str),
    /// Items that may be left out together.
    Optional(&'static [Item]),
    /// Exactly one of several rows of items.
    OneOf(&'static [&'static [Item]]),
    /// The name of a connection that may be new.
    NewName(&'static str),
    /// The name of a connection in the catalog.
    Name,
    /// Names of connections in the catalog, separated by commas.
    Names,
    /// A string.
    Text(&'static str),
    /// Options with values.
    Settings,
    /// The actions of ALTER.
    Actions,
    /// SQL that SQLite reads.
    Query,
}

/// One statement: its syntax and what it does.
#[derive(Debug)]
pub struct StatementSyntax {
    /// Its name: the leading keywords that are always there.
    pub name: &'static str,
    /// Its syntax.
    pub items: &'static [Item],
    /// What it does, in one line.
    pub summary: &'static str,
    /// Examples that run, one statement each.
    pub example: &'static str,
}

use Item::{Actions, Name, Names, NewName, OneOf, Optional, Query, Settings, Text, Word};

const IF_EXISTS: Item = Optional(&[Word("IF"), Word("EXISTS")]);
const IF_NOT_EXISTS: Item = Optional(&[Word("IF"), Word("NOT"), Word("EXISTS")]);

/// Every statement, in the order of the reference page.
pub static STATEMENTS: &[StatementSyntax] = &[
    StatementSyntax {
        name: "CREATE REDSHIFT CONNECTION",
        items: &[
            Word("CREATE"),
            Optional(&[Word("OR"), Word("REPLACE")]),
            Word("REDSHIFT"),
            Word("CONNECTION"),
            IF_NOT_EXISTS,
            NewName("name"),
            Settings,
        ],
        summary: "Define a connection: its definition goes to the catalog, its password to the secret store.",
        example: "CREATE REDSHIFT CONNECTION sales\n    CONNECTION_STRING = 'jdbc:redshift://sales.example.com:5439/dev'\n    USER_NAME = 'etl'\n    PASSWORD = ENV 'SALES_PASSWORD'\n    MAX_CONCURRENT_CONNECTIONS = 5\n    COMMENT = 'sales marts'",
    },
    StatementSyntax {
        name: "ALTER REDSHIFT CONNECTION",
        items: &[
            Word("ALTER"),
            Word("REDSHIFT"),
            Word("CONNECTION"),
            IF_EXISTS,
            Name,
            Actions,
        ],
        summary: "Change options of a connection, put them back to their defaults, or rename it: all of it or nothing.",
        example: "ALTER REDSHIFT CONNECTION sales SET USER_NAME = 'loader', COMMENT = 'marts' RESET MAX_CONCURRENT_CONNECTIONS",
    },
    StatementSyntax {
        name: "DROP CONNECTION",
        items: &[
            Word("DROP"),
            Optional(&[Word("REDSHIFT")]),
            Word("CONNECTION"),
            IF_EXISTS,
            Names,
            Optional(&[OneOf(&[&[Word("CASCADE")], &[Word("RESTRICT")]])]),
        ],
        summary: "Remove connections and their passwords; refused while anything depends on them, unless CASCADE is given.",
        example: "DROP CONNECTION IF EXISTS old_sales, old_marts",
    },
    StatementSyntax {
        name: "SHOW CONNECTIONS",
        items: &[
            Word("SHOW"),
            Word("CONNECTIONS"),
            Optional(&[Word("LIKE"), Text("'pattern'")]),
        ],
        summary: "List connections; in a pattern % stands for any text and _ for one character, in any letter case.",
        example: "SHOW CONNECTIONS LIKE 'sal%'",
    },
    StatementSyntax {
        name: "DESCRIBE CONNECTION",
        items: &[Word("DESCRIBE"), Word("CONNECTION"), Name],
        summary: "Show a connection's options, where they lead, and when it was made and changed.",
        example: "DESCRIBE CONNECTION sales",
    },
    StatementSyntax {
        name: "SHOW CREATE CONNECTION",
        items: &[Word("SHOW"), Word("CREATE"), Word("CONNECTION"), Name],
        summary: "Print a statement that makes the same connection, with PASSWORD = PROMPT.",
        example: "SHOW CREATE CONNECTION sales",
    },
    StatementSyntax {
        name: "SHOW USAGES OF CONNECTION",
        items: &[Word("SHOW"), Word("USAGES"), Word("OF"), Word("CONNECTION"), Name],
        summary: "List what depends on a connection.",
        example: "SHOW USAGES OF CONNECTION sales",
    },
    StatementSyntax {
        name: "SELECT",
        items: &[OneOf(&[&[Word("SELECT")], &[Word("WITH")]]), Query],
        summary: "Ask the catalog: any SELECT that SQLite takes, over the tables of system.information_schema; read only.",
        example: "SELECT host, count(*) AS connections FROM system.information_schema.connections GROUP BY host",
    },
    StatementSyntax {
        name: "BEGIN",
        items: &[
            Word("BEGIN"),
            Optional(&[OneOf(&[&[Word("TRANSACTION")], &[Word("WORK")]])]),
        ],
        summary: "Open a transaction: what follows becomes one change, passwords included.",
        example: "BEGIN",
    },
    StatementSyntax {
        name: "COMMIT",
        items: &[
            Word("COMMIT"),
            Optional(&[OneOf(&[&[Word("TRANSACTION")], &[Word("WORK")]])]),
        ],
        summary: "Make the changes of the open transaction; after an error in it, roll it back.",
        example: "COMMIT",
    },
    StatementSyntax {
        name: "ROLLBACK",
        items: &[
            Word("ROLLBACK"),
            Optional(&[OneOf(&[&[Word("TRANSACTION")], &[Word("WORK")]])]),
        ],
        summary: "Give up the changes of the open transaction, passwords included.",
        example: "ROLLBACK",
    },
];

/// The statement whose syntax the words ask for, in any letter case: all whose names begin with them.
pub fn statements_named(words: &str) -> Vec<&'static StatementSyntax> {
    let wanted: Vec<String> = words.split_whitespace().map(str::to_ascii_uppercase).collect();
    let begins = |statement: &&StatementSyntax| {
        let mut name = statement.name.split(' ');
        wanted.iter().all(|word| name.next() == Some(word.as_str()))
    };
    STATEMENTS.iter().filter(begins).collect()
}

impl StatementSyntax {
    /// Whether options stand in it.
    pub fn has_options(&self) -> bool {
        self.items.iter().any(|item| matches!(item, Settings | Actions))
    }

    /// The syntax as one line of text.
    pub fn synopsis(&self) -> String {
        let mut text = String::new();
        write_items(&mut text, self.items);
        text
    }
}

fn write_items(text: &mut String, items: &[Item]) {
    for item in items {
        if !text.is_empty() && !text.ends_with(['[', '{', ' ']) {
            text.push(' ');
        }
        write_item(text, item);
    }
}

fn write_item(text: &mut String, item: &Item) {
    match item {
        Word(word) => text.push_str(word),
        Optional(items) => {
            text.push('[');
            write_items(text, items);
            text.push(']');
        }
        OneOf(rows) => {
            for (index, row) in rows.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { " | " });
                write_items(text, row);
            }
        }
        NewName(what) | Text(what) => text.push_str(what),
        Name => text.push_str("name"),
        Names => text.push_str("name [, …]"),
        Settings => text.push_str("option = value …"),
        Actions => text.push_str("{SET option = value [[,] …] | RESET option | RENAME TO name} …"),
        Query => text.push('…'),
    }
}

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

/// The options of a statement as a text of several lines: name, type, default, meaning.
pub fn option_help() -> String {
    let mut text = String::new();
    for option in CONNECTION_OPTIONS {
        let need = if option.required {
            "required"
        } else {
            option.default.unwrap_or("optional")
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {:<27} {} ({need})", option.name, option.help);
    }
    text
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

    #[test]
    fn the_synopsis_reads_as_in_the_reference() {
        assert_eq!(
            STATEMENTS[2].synopsis(),
            "DROP [REDSHIFT] CONNECTION [IF EXISTS] name [, …] [CASCADE | RESTRICT]"
        );
    }
}
