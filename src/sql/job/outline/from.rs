//! Words inside of FROM: tables, their aliases, and what leads to the next table or out of FROM.

use super::{Clause, Frame, From, Scanner, TableName, folded};
use crate::sql::job::scope::Seat;
use crate::sql::token::{Token, TokenKind};

/// Words that cannot be an alias without AS, sorted.
const NO_ALIAS: &[&str] = &[
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

/// Words that look like a function before a parenthesis, and hold tables in it.
const TABLE_WORDS: [&str; 3] = ["ONLY", "TABLE", "UNPIVOT"];

impl Scanner<'_, '_> {
    pub(super) fn set_from(&mut self, new: From) {
        match self.frames.last_mut() {
            Some(Frame::Join { from, .. }) => *from = new,
            Some(Frame::Query { clause, .. }) => *clause = Clause::From(new),
            Some(Frame::Other { .. }) | None => {}
        }
    }

    pub(super) fn word_of_from(&mut self, from: From, word: &str, token: &Token) {
        match from {
            From::Table { .. } => return self.word_before_table(word),
            From::AliasName => {
                self.add_alias(folded(self.words.source, token));
                self.set_from(From::Joined);
            }
            From::Alias | From::Joined | From::Pivot => self.word_behind_table(from, word, token),
        }
        self.at += 1;
    }

    pub(super) fn word_before_table(&mut self, word: &str) {
        let is_lonely = !self.is_symbol(self.at + 1, '.') && !self.is_symbol(self.at + 1, '(');
        match word {
            "LATERAL" => self.set_from(From::Table { lateral: true }),
            "SELECT" => self.begin_select(),
            "UNPIVOT" | "ONLY" if is_lonely && self.names_a_table(self.at + 1) => {}
            _ if is_lonely && NO_ALIAS.binary_search(&word).is_ok() => {
                self.word_behind_table(From::Joined, word, &self.words.tokens[self.at]);
            }
            _ => return self.table(),
        }
        self.at += 1;
    }

    /// A word behind a table: an alias, or what leads on to the next table or out of FROM.
    pub(super) fn word_behind_table(&mut self, from: From, word: &str, token: &Token) {
        let next = self.upper(self.at + 1);
        let is_by = next == "BY";
        match word {
            "JOIN" | "APPLY" if self.names_a_table(self.at + 1) => {
                self.set_from(From::Table { lateral: false });
            }
            "USING" if !self.is_symbol(self.at + 1, '(') && self.names_a_table(self.at + 1) => {
                self.set_from(From::Table { lateral: false });
            }
            "PIVOT" | "UNPIVOT" => self.set_from(From::Pivot),
            "WHERE" | "HAVING" | "LIMIT" | "OFFSET" | "QUALIFY" | "FETCH" | "WINDOW" => {
                self.set_clause(Clause::Other);
            }
            "GROUP" | "ORDER" | "CONNECT" if is_by => self.set_clause(Clause::Other),
            "START" if next == "WITH" => self.set_clause(Clause::Other),
            "FROM" if !self.follows_distinct() => self.set_from(From::Table { lateral: false }),
            "SELECT" => self.begin_select(),
            "INTO" => {
                self.outline.into.get_or_insert(self.at);
            }
            _ if self.joins_queries(word) => self.begin_next_select(),
            "AS" if from == From::Alias => self.set_from(From::AliasName),
            "AT" if self.names_an_alias(self.at + 1) => self.set_from(From::AliasName),
            _ if from == From::Alias && NO_ALIAS.binary_search(&word).is_err() => {
                self.add_alias(folded(self.words.source, token));
                self.set_from(From::Joined);
            }
            _ if from == From::Alias => self.set_from(From::Joined),
            _ => {}
        }
    }

    pub(super) fn block(&self) -> Option<usize> {
        match self.frames.last() {
            Some(Frame::Query { block, .. }) => *block,
            Some(Frame::Join { block, .. }) => Some(*block),
            Some(Frame::Other { .. }) | None => None,
        }
    }

    pub(super) fn add_alias(&mut self, name: String) {
        if let Some(block) = self.block() {
            self.outline.scopes.add_alias(block, name);
        }
    }

    /// The name of a table, with what follows it up to its alias.
    pub(super) fn table(&mut self) {
        let (parts, last) = self.parts();
        let span = self.words.tokens[self.at].span.start..self.words.tokens[last].span.end;
        let holds_tables = last == self.at && TABLE_WORDS.contains(&self.upper(last).as_str());
        self.at = last + 1;
        self.pass_subscripts();
        let is_call = self.is_symbol(self.at, '(');
        if let Some(block) = self.block() {
            let aliases = self.outline.scopes.aliases(block);
            // Without an alias of its own, the table is known by the last part of its name.
            let has_alias = self.has_alias();
            if let (Some(name), false) = (parts.last(), has_alias) {
                self.outline.scopes.add_alias(block, name.clone());
            }
            self.outline.tables.push(TableName {
                seat: Seat::Block { block, aliases },
                parts,
                span,
                has_alias,
                is_call,
            });
        }
        self.set_from(if holds_tables && is_call {
            From::Table { lateral: false }
        } else {
            From::Alias
        });
    }

    /// Whether a name stands at the index that an alias can be without AS.
    fn names_an_alias(&self, index: usize) -> bool {
        let is_clause = NO_ALIAS.binary_search(&self.upper(index).as_str()).is_ok();
        self.names_a_table(index) && !self.is_symbol(index, '(') && !is_clause
    }

    /// The parts of the name at this place, and the index of its last token.
    pub(super) fn parts(&self) -> (Vec<String>, usize) {
        let source = self.words.source;
        let mut last = self.at;
        let mut parts = vec![folded(source, &self.words.tokens[last])];
        while self.is_symbol(last + 1, '.') {
            match self.token(last + 2) {
                Some(token) if matches!(token.kind, TokenKind::Word | TokenKind::QuotedName) => {
                    parts.push(folded(source, token));
                    last += 2;
                }
                _ => break,
            }
        }
        (parts, last)
    }

    /// Moves behind `[0].x[1]`.
    pub(super) fn pass_subscripts(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.end {
            match self.words.tokens[self.at].kind {
                TokenKind::Symbol('[') => depth += 1,
                TokenKind::Symbol(']') if depth > 0 => depth -= 1,
                TokenKind::Symbol('.') if depth == 0 => self.at += 1,
                _ if depth == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Whether an alias follows at once.
    pub(super) fn has_alias(&self) -> bool {
        match self.token(self.at) {
            Some(token) if token.kind == TokenKind::QuotedName => true,
            Some(token) if token.kind == TokenKind::Word => {
                let word = self.upper(self.at);
                NO_ALIAS.binary_search(&word.as_str()).is_err() && word != "AT"
            }
            _ => false,
        }
    }
}
