//! The words of FROM: tables, their aliases, and the words that lead to the next table or out of
//! FROM.

use super::{Clause, FoundTable, Scanner, folded};
use crate::sql::job::scope::Seat;
use crate::sql::token::Token;

/// Reserved words that begin a clause or a join, sorted; they cannot be aliases without AS.
const CLAUSE_OPENERS: &[&str] = &[
    "CROSS",
    "EXCEPT",
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
    "TABLESAMPLE",
    "UNION",
    "UNPIVOT",
    "USING",
    "WHERE",
];

/// Words before a parenthesis that look like functions, but contain tables.
const TABLE_WORDS: [&str; 3] = ["ONLY", "TABLE", "UNPIVOT"];

impl Scanner<'_> {
    pub(super) fn word_before_table(&mut self, word: &str, token: &Token) {
        let next = self.at + 1;
        let is_lonely = !self.list.is_symbol(next, '.') && !self.list.is_symbol(next, '(');
        match word {
            "LATERAL" => self.frame.clause = Clause::Table { lateral: true },
            "SELECT" => self.begin_select(),
            "UNPIVOT" | "ONLY" if is_lonely && self.names_a_table(next) => {}
            _ if is_lonely && self.begins_clause(self.at) => self.word_behind_table(word, token),
            _ => self.table(),
        }
    }

    /// A word behind a table: an alias, or one that leads to the next table or out of FROM.
    pub(super) fn word_behind_table(&mut self, word: &str, token: &Token) {
        if self.word_of_select(word) {
            return;
        }
        let index = self.at + 1;
        let next = self.upper(index);
        let clause = self.frame.clause;
        self.frame.clause = match word {
            "USING" if !self.list.is_symbol(index, '(') && self.names_a_table(index) => {
                Clause::Table { lateral: false }
            }
            "PIVOT" | "UNPIVOT" => Clause::Pivot,
            "ON" if self.is_merge && self.around.is_empty() => Clause::Other,
            "WHERE" | "HAVING" | "LIMIT" | "OFFSET" | "QUALIFY" => Clause::Other,
            // Neither word is reserved in Redshift: alone, each may be a column.
            "FETCH" if next == "FIRST" || next == "NEXT" => Clause::Other,
            "WINDOW" if self.upper(index + 1) == "AS" => Clause::Other,
            "GROUP" | "ORDER" | "CONNECT" if next == "BY" => Clause::Other,
            "START" if next == "WITH" => Clause::Other,
            "AS" if clause == Clause::Alias => Clause::AliasName,
            "AT" if self.names_an_alias(index) => Clause::AliasName,
            _ if clause != Clause::Alias => clause,
            _ if self.begins_clause(self.at) => Clause::Joined,
            _ => {
                self.add_alias(token);
                Clause::Joined
            }
        };
    }

    pub(super) fn add_alias(&mut self, token: &Token) {
        if let Some(select) = self.frame.select {
            self.outline.scopes.add_name(select, folded(self.list.source, token));
        }
    }

    /// The name of a table with its subscripts, up to the alias.
    fn table(&mut self) {
        let path = self.list.path_at(self.at);
        let (Some(first), Some(last)) = (path.first(), path.last()) else {
            return;
        };
        let parts: Vec<String> = path.iter().map(|part| folded(self.list.source, part)).collect();
        let holds_tables = path.len() == 1 && TABLE_WORDS.contains(&self.upper(self.at).as_str());
        let next = self.behind_subscripts(self.at + 2 * path.len() - 1);
        let is_call = self.list.is_symbol(next, '(');
        let has_alias = self.names_an_alias(next) && self.upper(next) != "AT";
        if let Some(select) = self.frame.select {
            let scopes = &mut self.outline.scopes;
            let seat = Seat::new(select, scopes.count(select));
            // The last part of the name is the alias of a table without one.
            if let (Some(name), false) = (parts.last(), has_alias) {
                scopes.add_name(select, name.clone());
            }
            let span = first.span.start..last.span.end;
            self.outline.tables.push(FoundTable { seat, parts, span, has_alias, is_call });
        }
        self.at = next - 1;
        self.frame.clause = if holds_tables && is_call {
            Clause::Table { lateral: false }
        } else {
            Clause::Alias
        };
    }

    /// True if a name at the index can be an alias without AS.
    fn names_an_alias(&self, index: usize) -> bool {
        self.list.is_name(index) && !self.begins_clause(index)
    }

    /// True if the word at the index begins a clause or a join. Of the words that Redshift does not
    /// reserve the next one decides.
    fn begins_clause(&self, index: usize) -> bool {
        let next = self.upper(index + 1);
        match self.upper(index).as_str() {
            "CONNECT" => next == "BY",
            "FETCH" => next == "FIRST" || next == "NEXT",
            "START" => next == "WITH",
            "WINDOW" => self.upper(index + 2) == "AS",
            word => CLAUSE_OPENERS.binary_search(&word).is_ok(),
        }
    }

    /// The index behind subscripts such as `[0].x[1]`.
    fn behind_subscripts(&self, mut index: usize) -> usize {
        let mut depth = 0_usize;
        while index < self.list.tokens.len() {
            if self.list.is_symbol(index, '[') {
                depth += 1;
            } else if depth > 0 {
                depth -= usize::from(self.list.is_symbol(index, ']'));
            } else if self.list.is_symbol(index, '.') {
                index += 1;
            } else {
                return index;
            }
            index += 1;
        }
        index
    }
}
