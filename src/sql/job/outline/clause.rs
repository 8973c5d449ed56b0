//! Words outside of FROM: where a SELECT begins, what WITH defines, what joins two queries.

use super::{Clause, Frame, From, Scanner, With, folded};
use crate::sql::job::scope::Seat;
use crate::sql::token::{Token, TokenKind};

impl Scanner<'_, '_> {
    pub(super) fn word_at_start(&mut self, word: &str) {
        match word {
            "SELECT" => self.begin_select(),
            "WITH" => self.set_clause(Clause::With(With::Name { recursive: false })),
            "ALL" | "DISTINCT" => {}
            _ => {
                self.outline.not_a_select.get_or_insert(self.at);
                self.set_clause(Clause::Other);
            }
        }
        self.at += 1;
    }

    pub(super) fn begin_select(&mut self) {
        if let Some(Frame::Query { query, block, clause, .. }) = self.frames.last_mut() {
            *block = Some(self.outline.scopes.add_block(*query));
            *clause = Clause::Other;
        }
    }

    pub(super) fn word_of_with(&mut self, with: With, word: &str, token: &Token) {
        let next = match with {
            With::Name { .. }
                if word == "RECURSIVE"
                    && !self.is_symbol(self.at + 1, '(')
                    && self.upper(self.at + 1) != "AS" =>
            {
                With::Name { recursive: true }
            }
            With::Name { recursive } => {
                let name = folded(self.words.source, token);
                let index = match self.frames.last() {
                    Some(Frame::Query { query, .. }) => self.outline.scopes.add_cte(*query, name),
                    _ => 0,
                };
                With::Columns { recursive, index }
            }
            With::Columns { recursive, index } if word == "AS" => With::Body { recursive, index },
            With::After { .. } => return self.word_at_start(word),
            other => other,
        };
        self.set_clause(Clause::With(next));
        self.at += 1;
    }

    /// A word of a clause that is neither WITH nor FROM.
    pub(super) fn word_of_clause(&mut self, word: &str) {
        match word {
            "SELECT" => self.begin_select(),
            "FROM" if !self.follows_distinct() => self.begin_from(),
            "JOIN" | "APPLY" if self.names_a_table(self.at + 1) => self.begin_from(),
            "INTO" => {
                self.outline.into.get_or_insert(self.at);
            }
            _ if self.joins_queries(word) => self.begin_next_select(),
            _ => {}
        }
        self.at += 1;
    }

    pub(super) fn names_a_table(&self, index: usize) -> bool {
        let is_name = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
        self.is_symbol(index, '(') || self.token(index).is_some_and(is_name)
    }

    /// Whether FROM belongs to IS DISTINCT FROM.
    pub(super) fn follows_distinct(&self) -> bool {
        self.at >= 2
            && self.upper(self.at - 1) == "DISTINCT"
            && matches!(self.upper(self.at - 2).as_str(), "IS" | "NOT")
    }

    pub(super) fn begin_from(&mut self) {
        if let Some(Frame::Query { query, block, clause, .. }) = self.frames.last_mut() {
            if block.is_none() {
                *block = Some(self.outline.scopes.add_block(*query));
            }
            *clause = Clause::From(From::Table { lateral: false });
        }
    }

    /// Whether the word joins two queries, as UNION does.
    pub(super) fn joins_queries(&self, word: &str) -> bool {
        match word {
            "UNION" | "INTERSECT" | "EXCEPT" => true,
            "MINUS" => {
                let next = self.upper(self.at + 1);
                matches!(next.as_str(), "SELECT" | "ALL" | "DISTINCT")
                    || self.begins_query(self.at + 1, true)
            }
            _ => false,
        }
    }

    pub(super) fn begin_next_select(&mut self) {
        match self.frames.last_mut() {
            Some(Frame::Query { block, clause, .. }) => {
                *block = None;
                *clause = Clause::Start;
            }
            // What looked like joins in parentheses is a query that begins with one in parentheses.
            Some(Frame::Join { block, .. }) => {
                let seat = Seat::Block { block: *block, aliases: 0 };
                self.frames.pop();
                self.push_query(seat);
            }
            Some(Frame::Other { .. }) | None => {}
        }
    }
}
