//! The words outside FROM: SELECT, WITH, and words that combine two queries.

use super::{Clause, Frame, FromState, Scanner, WithState, folded};
use crate::sql::job::scope::Seat;
use crate::sql::token::Token;

impl Scanner<'_, '_> {
    pub(super) fn word_at_start(&mut self, word: &str) {
        match word {
            "SELECT" => self.begin_select(),
            "WITH" => self.set_clause(Clause::With(WithState::Name { recursive: false })),
            "ALL" | "DISTINCT" => {}
            "TABLE" => {
                self.outline.not_a_select.get_or_insert(self.at);
                self.begin_from();
            }
            _ => {
                self.outline.not_a_select.get_or_insert(self.at);
                self.set_clause(Clause::Other);
            }
        }
        self.at += 1;
    }

    pub(super) fn begin_select(&mut self) {
        if let Some(Frame::Query { query, select, clause, .. }) = self.frames.last_mut() {
            *select = Some(self.outline.scopes.add_select(*query));
            *clause = Clause::Other;
        }
    }

    pub(super) fn word_of_with(&mut self, with: WithState, word: &str, token: &Token) {
        let next = match with {
            WithState::Name { .. }
                if word == "RECURSIVE"
                    && !self.is_symbol(self.at + 1, '(')
                    && self.upper(self.at + 1) != "AS" =>
            {
                WithState::Name { recursive: true }
            }
            WithState::Name { recursive } => {
                let name = folded(self.lexed.source, token);
                let index = match self.frames.last() {
                    Some(Frame::Query { query, .. }) => self.outline.scopes.add_name(*query, name),
                    Some(Frame::Join { .. } | Frame::Other { .. }) | None => 0,
                };
                WithState::Columns { recursive, index }
            }
            WithState::Columns { recursive, index } if word == "AS" => {
                WithState::Body { recursive, index }
            }
            WithState::After { .. } => return self.word_at_start(word),
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

    /// True if there is a name or a parenthesis at the index.
    pub(super) fn names_a_table(&self, index: usize) -> bool {
        index < self.end && (self.lexed.is_symbol(index, '(') || self.lexed.is_name(index))
    }

    /// True if FROM belongs to IS DISTINCT FROM.
    pub(super) fn follows_distinct(&self) -> bool {
        self.at >= 2
            && self.upper(self.at - 1) == "DISTINCT"
            && matches!(self.upper(self.at - 2).as_str(), "IS" | "NOT")
    }

    fn begin_from(&mut self) {
        if let Some(Frame::Query { query, select, clause, .. }) = self.frames.last_mut() {
            if select.is_none() {
                *select = Some(self.outline.scopes.add_select(*query));
            }
            *clause = Clause::From(FromState::Table { lateral: false });
        }
    }

    /// True if the word combines two queries, like UNION.
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
            Some(Frame::Query { select, clause, .. }) => {
                *select = None;
                *clause = Clause::Start;
            }
            // The parenthesis held no joins but a query that begins with one in parentheses.
            Some(Frame::Join { select, .. }) => {
                let seat = Seat::new(*select, 0);
                self.frames.pop();
                self.push_query(seat);
            }
            Some(Frame::Other { .. }) | None => {}
        }
    }
}
