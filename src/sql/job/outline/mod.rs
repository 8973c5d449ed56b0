//! The outline of a query: its names in the position of a table, and the scope of each.
//!
//! It walks over tokens and keeps a frame for each open parenthesis, so the depth of a query costs
//! no stack, and it also works for an unchecked query. In doubt a name counts as a table.

mod from;

use std::ops::Range;

use compact_str::CompactString;

use super::check::ExcerptKind;
use super::scope::{Scopes, Seat};
use crate::sql::token::{Token, TokenKind, TokenList};

/// A name in the place of a table.
#[derive(Debug)]
pub(super) struct FoundTable {
    /// Its scope.
    pub seat: Seat,
    /// Its parts, folded and without quotes.
    pub parts: Vec<String>,
    /// Its bytes in the statement.
    pub span: Range<usize>,
    pub has_alias: bool,
    /// True if arguments follow, as behind a function.
    pub is_call: bool,
}

/// The tables and scopes of a query, and tokens that a job may not have.
#[derive(Debug)]
pub(super) struct Outline {
    pub scopes: Scopes,
    /// In order.
    pub tables: Vec<FoundTable>,
    /// The first token in place of a SELECT that is not one.
    pub not_a_select: Option<usize>,
    /// The INTO of a SELECT.
    pub into: Option<usize>,
}

/// An open parenthesis, or the text itself.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// Its scope for names of WITH.
    query: usize,
    /// The scope of its SELECT, or of the one around it for joins in parentheses.
    select: Option<usize>,
    clause: Clause,
    /// WITH RECURSIVE: each name is known in its own query.
    is_recursive: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clause {
    /// No query: an expression, or a list of columns or arguments.
    Expression,
    /// Before a SELECT.
    Start,
    /// In WITH, before a name.
    Name,
    /// In WITH behind a name, before AS.
    Columns,
    /// In WITH, before the query of the name.
    Body,
    /// In WITH, behind a query.
    After,
    /// In FROM, before a table.
    Table { lateral: bool },
    /// In FROM behind a table, before an optional alias.
    Alias,
    /// In FROM, behind AS.
    AliasName,
    /// PIVOT or UNPIVOT: before its parenthesis, which an alias may follow.
    Pivot,
    /// In FROM behind the alias: join conditions and the like.
    Joined,
    /// Any other clause.
    Other,
}

/// The outline of the tokens; `outside` are the aliases in scope around them.
pub(super) fn outline(
    list: TokenList<'_, '_>,
    range: Range<usize>,
    kind: ExcerptKind,
    outside: &[String],
) -> Outline {
    let mut scopes = Scopes::within(outside);
    let frame = Frame {
        query: scopes.add_query(Seat::OUTSIDE),
        select: None,
        clause: if kind == ExcerptKind::Query {
            Clause::Start
        } else {
            Clause::Expression
        },
        is_recursive: false,
    };
    let mut scanner = Scanner {
        list: TokenList {
            tokens: &list.tokens[..range.end],
            ..list
        },
        at: range.start,
        is_merge: kind == ExcerptKind::Merge,
        frame,
        around: Vec::new(),
        outline: Outline {
            scopes,
            tables: Vec::new(),
            not_a_select: None,
            into: None,
        },
    };
    if matches!(kind, ExcerptKind::Table | ExcerptKind::Merge) {
        scanner.begin_from();
    }
    while let Some(token) = scanner.list.get(scanner.at) {
        scanner.step(token);
        scanner.at += 1;
    }
    scanner.outline
}

struct Scanner<'s> {
    /// The tokens up to the end of the part.
    list: TokenList<'s, 's>,
    at: usize,
    /// True for the clauses of a MERGE from USING on.
    is_merge: bool,
    frame: Frame,
    /// The frames around the current one.
    around: Vec<Frame>,
    outline: Outline,
}

impl Scanner<'_> {
    fn step(&mut self, token: &Token) {
        match token.kind {
            TokenKind::Symbol('(') => self.open(),
            TokenKind::Symbol(')') => self.close(),
            TokenKind::Symbol(',') => self.comma(),
            TokenKind::Word | TokenKind::QuotedName => self.name(token),
            TokenKind::Symbol(_) | TokenKind::String | TokenKind::Number | TokenKind::Comment => {}
        }
    }

    /// The word at the index, in upper case; empty for anything else.
    fn upper(&self, index: usize) -> CompactString {
        let mut word = CompactString::default();
        if let Some(token) = self.list.get(index).filter(|token| token.kind == TokenKind::Word) {
            word.push_str(token.text(self.list.source));
            word.make_ascii_uppercase();
        }
        word
    }

    /// True if a query begins at the token, perhaps behind further parentheses.
    fn begins_query(&self, mut index: usize, behind_parentheses: bool) -> bool {
        while behind_parentheses && self.list.is_symbol(index, '(') {
            index += 1;
        }
        match self.upper(index).as_str() {
            "SELECT" | "WITH" => !self.list.is_symbol(index + 1, '.'),
            "VALUES" => self.list.is_symbol(index + 1, '('),
            "TABLE" => self.list.is_name(index + 1),
            _ => false,
        }
    }

    fn open(&mut self) {
        let is_table = matches!(self.frame.clause, Clause::Table { .. });
        let is_query =
            self.frame.clause == Clause::Body || self.begins_query(self.at + 1, !is_table);
        let (select, clause) = if is_query {
            (None, Clause::Start)
        } else if is_table {
            (self.frame.select, Clause::Table { lateral: false })
        } else {
            (None, Clause::Expression)
        };
        let query = self.outline.scopes.add_query(self.seat());
        let frame = Frame {
            query,
            select,
            clause,
            is_recursive: false,
        };
        self.around.push(std::mem::replace(&mut self.frame, frame));
    }

    /// The scope of a parenthesis that opens now.
    fn seat(&self) -> Seat {
        let Frame { query, select, clause, is_recursive } = self.frame;
        let scopes = &self.outline.scopes;
        if clause == Clause::Body {
            return Seat::new(query, scopes.count(query) - usize::from(!is_recursive));
        }
        let Some(select) = select else {
            return Seat::behind_all(query);
        };
        let Clause::Table { lateral } = clause else {
            return Seat::behind_all(select);
        };
        Seat::new(select, if lateral { scopes.count(select) } else { 0 })
    }

    fn close(&mut self) {
        if let Some(around) = self.around.pop() {
            self.frame = around;
        }
        self.frame.clause = match self.frame.clause {
            Clause::Start => Clause::Other,
            Clause::Body => Clause::After,
            Clause::Table { .. } | Clause::Pivot => Clause::Alias,
            other => other,
        };
    }

    fn comma(&mut self) {
        self.frame.clause = match self.frame.clause {
            Clause::After => Clause::Name,
            Clause::Table { .. }
            | Clause::Alias
            | Clause::AliasName
            | Clause::Pivot
            | Clause::Joined => Clause::Table { lateral: false },
            other => other,
        };
    }

    /// Handles a word or a quoted name.
    fn name(&mut self, token: &Token) {
        let is_part = self.at > 0 && self.list.is_symbol(self.at - 1, '.');
        let word = if is_part {
            CompactString::default()
        } else {
            self.upper(self.at)
        };
        match self.frame.clause {
            // A SELECT without parentheses of its own, which only an unchecked query has.
            Clause::Expression if word == "SELECT" => self.begin_select(),
            Clause::Expression => {}
            Clause::Start | Clause::After => self.word_at_start(&word),
            Clause::Name if self.is_recursive(&word) => self.frame.is_recursive = true,
            Clause::Name => {
                let name = folded(self.list.source, token);
                self.outline.scopes.add_name(self.frame.query, name);
                self.frame.clause = Clause::Columns;
            }
            Clause::Columns if word == "AS" => self.frame.clause = Clause::Body,
            Clause::Columns | Clause::Body => {}
            Clause::Table { .. } => self.word_before_table(&word, token),
            Clause::AliasName => {
                self.add_alias(token);
                self.frame.clause = Clause::Joined;
            }
            Clause::Alias | Clause::Pivot | Clause::Joined => self.word_behind_table(&word, token),
            Clause::Other => {
                self.word_of_select(&word);
            }
        }
    }

    /// True for a RECURSIVE that is no name.
    fn is_recursive(&self, word: &str) -> bool {
        let next = self.at + 1;
        word == "RECURSIVE" && !self.list.is_symbol(next, '(') && self.upper(next) != "AS"
    }

    fn word_at_start(&mut self, word: &str) {
        match word {
            "SELECT" => self.begin_select(),
            "WITH" => {
                self.frame.clause = Clause::Name;
                self.frame.is_recursive = false;
            }
            "ALL" | "DISTINCT" => {}
            _ => {
                self.outline.not_a_select.get_or_insert(self.at);
                self.frame.clause = Clause::Other;
                if word == "TABLE" {
                    self.begin_from();
                }
            }
        }
    }

    fn begin_select(&mut self) {
        self.frame.select = Some(self.outline.scopes.add_select(self.frame.query));
        self.frame.clause = Clause::Other;
    }

    fn begin_from(&mut self) {
        if self.frame.select.is_none() {
            self.begin_select();
        }
        self.frame.clause = Clause::Table { lateral: false };
    }

    /// Handles a word that means the same in every clause of a SELECT; false for any other word.
    fn word_of_select(&mut self, word: &str) -> bool {
        match word {
            "SELECT" => self.begin_select(),
            "FROM" if !self.follows_distinct() => self.begin_from(),
            "JOIN" if self.names_a_table(self.at + 1) => self.begin_from(),
            "APPLY" if self.follows_cross_or_outer() => self.begin_from(),
            "INTO" => {
                self.outline.into.get_or_insert(self.at);
            }
            _ if self.joins_queries(word) => {
                self.frame.select = None;
                self.frame.clause = Clause::Start;
            }
            _ => return false,
        }
        true
    }

    /// True if there is a name or a parenthesis at the index.
    fn names_a_table(&self, index: usize) -> bool {
        self.list.is_symbol(index, '(') || self.list.is_name(index)
    }

    /// True if FROM belongs to IS DISTINCT FROM.
    fn follows_distinct(&self) -> bool {
        self.at >= 2
            && self.upper(self.at - 1) == "DISTINCT"
            && matches!(self.upper(self.at - 2).as_str(), "IS" | "NOT")
    }

    fn follows_cross_or_outer(&self) -> bool {
        self.at > 0 && matches!(self.upper(self.at - 1).as_str(), "CROSS" | "OUTER")
    }

    /// True if the word combines two queries, like UNION.
    fn joins_queries(&self, word: &str) -> bool {
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
}

/// The text of a name without quotes, its ASCII letters in lower case.
pub(super) fn folded(source: &str, token: &Token) -> String {
    token.unquoted(source).to_ascii_lowercase()
}
