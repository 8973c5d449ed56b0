//! The words of FROM: tables, their aliases, and the words that lead to the next table or out of
//! FROM.

use super::{Clause, FoundTable, Frame, FromState, Scanner, folded};
use crate::sql::job::scope::Seat;
use crate::sql::token::Token;

/// Words that begin a clause or a join, sorted; they cannot be aliases without AS.
const CLAUSE_OPENERS: &[&str] = &[
    "CONNECT",
    "CROSS",
    "EXCEPT",
    "FETCH",
    "FOR",
    "FULL",
    "GROUP",
    "HAVING",
    "INNER",
    "INTERSECT",
    "JOIN",
    "LATERAL",
    "LEFT",
    "LIMIT",
    "MINUS",
    "NATURAL",
    "OFFSET",
    "ON",
    "ORDER",
    "OUTER",
    "PIVOT",
    "QUALIFY",
    "RIGHT",
    "START",
    "TABLESAMPLE",
    "UNION",
    "UNPIVOT",
    "USING",
    "WHERE",
    "WINDOW",
];

/// Words before a parenthesis that look like functions, but contain tables.
const TABLE_WORDS: [&str; 3] = ["ONLY", "TABLE", "UNPIVOT"];

impl Scanner<'_, '_> {
    fn set_from(&mut self, new: FromState) {
        match self.frames.last_mut() {
            Some(Frame::Join { from, .. }) => *from = new,
            Some(Frame::Query { clause, .. }) => *clause = Clause::From(new),
            Some(Frame::Other { .. }) | None => {}
        }
    }

    pub(super) fn word_of_from(&mut self, from: FromState, word: &str, token: &Token) {
        match from {
            FromState::Table { .. } => return self.word_before_table(word),
            FromState::AliasName => {
                self.add_alias(folded(self.lexed.source, token));
                self.set_from(FromState::Joined);
            }
            FromState::Alias | FromState::Joined | FromState::Pivot => {
                self.word_behind_table(from, word, token);
            }
        }
        self.at += 1;
    }

    fn word_before_table(&mut self, word: &str) {
        let is_lonely = !self.is_symbol(self.at + 1, '.') && !self.is_symbol(self.at + 1, '(');
        match word {
            "LATERAL" => self.set_from(FromState::Table { lateral: true }),
            "SELECT" => self.begin_select(),
            "UNPIVOT" | "ONLY" if is_lonely && self.names_a_table(self.at + 1) => {}
            _ if is_lonely && CLAUSE_OPENERS.binary_search(&word).is_ok() => {
                self.word_behind_table(FromState::Joined, word, &self.lexed.tokens[self.at]);
            }
            _ => return self.table(),
        }
        self.at += 1;
    }

    /// A word behind a table: an alias, or one that leads to the next table or out of FROM.
    fn word_behind_table(&mut self, from: FromState, word: &str, token: &Token) {
        let next = self.upper(self.at + 1);
        let is_by = next == "BY";
        match word {
            "JOIN" | "APPLY" if self.names_a_table(self.at + 1) => {
                self.set_from(FromState::Table { lateral: false });
            }
            "USING" if !self.is_symbol(self.at + 1, '(') && self.names_a_table(self.at + 1) => {
                self.set_from(FromState::Table { lateral: false });
            }
            "PIVOT" | "UNPIVOT" => self.set_from(FromState::Pivot),
            "WHERE" | "HAVING" | "LIMIT" | "OFFSET" | "QUALIFY" => self.set_clause(Clause::Other),
            // Neither word is reserved in Redshift: alone, each may be a column.
            "FETCH" if next == "FIRST" || next == "NEXT" => self.set_clause(Clause::Other),
            "WINDOW" if self.upper(self.at + 2) == "AS" => self.set_clause(Clause::Other),
            "GROUP" | "ORDER" | "CONNECT" if is_by => self.set_clause(Clause::Other),
            "START" if next == "WITH" => self.set_clause(Clause::Other),
            "FROM" if !self.follows_distinct() => {
                self.set_from(FromState::Table { lateral: false });
            }
            "SELECT" => self.begin_select(),
            "INTO" => {
                self.outline.into.get_or_insert(self.at);
            }
            _ if self.joins_queries(word) => self.begin_next_select(),
            "AS" if from == FromState::Alias => self.set_from(FromState::AliasName),
            "AT" if self.names_an_alias(self.at + 1) => self.set_from(FromState::AliasName),
            _ if from == FromState::Alias && CLAUSE_OPENERS.binary_search(&word).is_err() => {
                self.add_alias(folded(self.lexed.source, token));
                self.set_from(FromState::Joined);
            }
            _ if from == FromState::Alias => self.set_from(FromState::Joined),
            _ => {}
        }
    }

    fn select(&self) -> Option<usize> {
        match self.frames.last() {
            Some(Frame::Query { select, .. }) => *select,
            Some(Frame::Join { select, .. }) => Some(*select),
            Some(Frame::Other { .. }) | None => None,
        }
    }

    fn add_alias(&mut self, name: String) {
        if let Some(select) = self.select() {
            self.outline.scopes.add_name(select, name);
        }
    }

    /// The name of a table with its subscripts, up to the alias.
    fn table(&mut self) {
        let (parts, last) = self.parts();
        let span = self.lexed.tokens[self.at].span.start..self.lexed.tokens[last].span.end;
        let holds_tables = last == self.at && TABLE_WORDS.contains(&self.upper(last).as_str());
        self.at = last + 1;
        self.pass_subscripts();
        let is_call = self.is_symbol(self.at, '(');
        if let Some(select) = self.select() {
            let aliases = self.outline.scopes.count(select);
            // The last part of the name is the alias of a table without one.
            let has_alias = self.has_alias();
            if let (Some(name), false) = (parts.last(), has_alias) {
                self.outline.scopes.add_name(select, name.clone());
            }
            self.outline.tables.push(FoundTable {
                seat: Seat::new(select, aliases),
                parts,
                span,
                has_alias,
                is_call,
            });
        }
        self.set_from(if holds_tables && is_call {
            FromState::Table { lateral: false }
        } else {
            FromState::Alias
        });
    }

    /// True if a name at the index can be an alias without AS.
    fn names_an_alias(&self, index: usize) -> bool {
        let is_clause = CLAUSE_OPENERS.binary_search(&self.upper(index).as_str()).is_ok();
        self.names_a_table(index) && !self.is_symbol(index, '(') && !is_clause
    }

    /// The parts of the name that begins here, and the index of its last token.
    fn parts(&self) -> (Vec<String>, usize) {
        let source = self.lexed.source;
        let mut last = self.at;
        let mut parts = vec![folded(source, &self.lexed.tokens[last])];
        while self.is_symbol(last + 1, '.')
            && let Some(token) = self.token(last + 2).filter(|token| token.is_name())
        {
            parts.push(folded(source, token));
            last += 2;
        }
        (parts, last)
    }

    /// Skips subscripts such as `[0].x[1]`.
    fn pass_subscripts(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.end {
            if self.is_symbol(self.at, '[') {
                depth += 1;
            } else if depth > 0 {
                depth -= usize::from(self.is_symbol(self.at, ']'));
            } else if self.is_symbol(self.at, '.') {
                self.at += 1;
            } else {
                return;
            }
            self.at += 1;
        }
    }

    /// True if an alias follows.
    fn has_alias(&self) -> bool {
        // A quoted name has no word.
        let word = self.upper(self.at);
        self.token(self.at).is_some_and(Token::is_name)
            && CLAUSE_OPENERS.binary_search(&word.as_str()).is_err()
            && word != "AT"
    }
}
