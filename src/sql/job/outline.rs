//! The outline of a query: which of its names stand where a table belongs, and what is known there.
//!
//! It walks over tokens and keeps a frame for each open parenthesis, so the depth of a query costs no stack, and it
//! serves a query that no parser has looked at. Where such a query is odd, it takes a name for a table rather than not.

use std::ops::Range;

use super::scope::{ALL, Scopes, Seat};
use super::wording::Words;
use crate::sql::token::{Token, TokenKind};

/// A name where a table belongs.
#[derive(Debug)]
pub(super) struct TableName {
    /// What is known at its place.
    pub seat: Seat,
    /// Its parts: the text of each, folded and without quotes.
    pub parts: Vec<String>,
    /// Its bytes in the statement.
    pub span: Range<usize>,
    /// Whether arguments follow, as behind a function.
    pub is_call: bool,
}

/// What stands where in a query.
#[derive(Debug)]
pub(super) struct Outline {
    /// The queries and SELECTs with their names.
    pub scopes: Scopes,
    /// The names where tables belong, in order.
    pub tables: Vec<TableName>,
    /// The first token that stands where a SELECT belongs.
    pub not_a_select: Option<usize>,
    /// The INTO of a SELECT.
    pub into: Option<usize>,
    /// The token ranges inside the parentheses of subqueries, inner ones first.
    pub subqueries: Vec<Range<usize>>,
}

/// An open parenthesis, or the text itself.
#[derive(Debug)]
enum Frame {
    /// A query.
    Query {
        query: usize,
        block: Option<usize>,
        clause: Clause,
        begin: usize,
    },
    /// Tables and joins in parentheses.
    Join { block: usize, from: From },
    /// Anything else: an expression, a list of columns or arguments.
    Other { seat: Seat },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clause {
    /// A SELECT is to come.
    Start,
    With(With),
    From(From),
    /// Any other clause.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum With {
    /// A name is to come.
    Name { recursive: bool },
    /// Behind a name, before AS.
    Columns { recursive: bool, index: usize },
    /// The query of the name is to come.
    Body { recursive: bool, index: usize },
    /// Behind a query of WITH.
    After { recursive: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// A table is to come.
    Table { lateral: bool },
    /// An alias may come.
    Alias,
    /// Behind AS.
    AliasName,
    /// PIVOT or UNPIVOT: its parenthesis is to come, and then perhaps an alias.
    Pivot,
    /// Behind the alias: conditions of a join and the like.
    Joined,
}

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

/// The outline of the tokens; `outside` are the aliases that are known around them.
pub(super) fn outline(words: &Words<'_>, range: Range<usize>, is_query: bool, outside: Vec<String>) -> Outline {
    let mut scanner = Scanner {
        words,
        at: range.start,
        end: range.end,
        frames: Vec::new(),
        outline: Outline {
            scopes: Scopes::within(outside),
            tables: Vec::new(),
            not_a_select: None,
            into: None,
            subqueries: Vec::new(),
        },
    };
    if is_query {
        scanner.push_query(Seat::Outside);
    } else {
        scanner.frames.push(Frame::Other { seat: Seat::Outside });
    }
    while scanner.at < scanner.end {
        scanner.step();
    }
    scanner.outline
}

struct Scanner<'w, 's> {
    words: &'w Words<'s>,
    at: usize,
    end: usize,
    frames: Vec<Frame>,
    outline: Outline,
}

impl<'w> Scanner<'w, '_> {
    fn step(&mut self) {
        let token = &self.words.tokens[self.at];
        match token.kind {
            TokenKind::Symbol('(') => self.open(),
            TokenKind::Symbol(')') => self.close(),
            TokenKind::Symbol(',') => self.comma(),
            TokenKind::Word | TokenKind::QuotedName => return self.name(token),
            _ => {}
        }
        self.at += 1;
    }

    /// The word at the index, in upper case; empty for anything else.
    fn upper(&self, index: usize) -> String {
        match self.token(index) {
            Some(token) if token.kind == TokenKind::Word => token.text(self.words.source).to_ascii_uppercase(),
            _ => String::new(),
        }
    }

    fn token(&self, index: usize) -> Option<&'w Token> {
        self.words.tokens[..self.end].get(index)
    }

    fn is_symbol(&self, index: usize, symbol: char) -> bool {
        index < self.end && self.words.is_symbol(index, symbol)
    }

    /// Whether a query begins at the token, perhaps behind further parentheses.
    fn begins_query(&self, mut index: usize, behind_parentheses: bool) -> bool {
        while behind_parentheses && self.is_symbol(index, '(') {
            index += 1;
        }
        match self.upper(index).as_str() {
            "SELECT" | "WITH" => !self.is_symbol(index + 1, '.'),
            "VALUES" => self.is_symbol(index + 1, '('),
            _ => false,
        }
    }

    fn push_query(&mut self, seat: Seat) {
        let query = self.outline.scopes.add_query(seat);
        self.frames.push(Frame::Query {
            query,
            block: None,
            clause: Clause::Start,
            begin: self.at + 1,
        });
    }

    fn open(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        let seat = self.seat_in(frame);
        let in_from = match frame {
            Frame::Query {
                block: Some(block),
                clause: Clause::From(From::Table { .. }),
                ..
            }
            | Frame::Join {
                block,
                from: From::Table { .. },
            } => Some(*block),
            _ => None,
        };
        let is_query_of_with = matches!(
            frame,
            Frame::Query {
                clause: Clause::With(With::Body { .. }),
                ..
            }
        );
        if is_query_of_with || self.begins_query(self.at + 1, in_from.is_none()) {
            self.push_query(seat);
        } else if let Some(block) = in_from {
            let from = From::Table { lateral: false };
            self.frames.push(Frame::Join { block, from });
        } else {
            self.frames.push(Frame::Other { seat });
        }
    }

    /// What is known in a parenthesis that opens now.
    fn seat_in(&self, frame: &Frame) -> Seat {
        let in_from = |block, from| match from {
            From::Table { lateral: false } => Seat::Block { block, aliases: 0 },
            From::Table { lateral: true } => Seat::Block {
                block,
                aliases: self.outline.scopes.aliases(block),
            },
            _ => Seat::Block { block, aliases: ALL },
        };
        match *frame {
            Frame::Other { seat } => seat,
            Frame::Join { block, from } => in_from(block, from),
            Frame::Query {
                query,
                clause: Clause::With(With::Body { recursive, index }),
                ..
            } => Seat::Query {
                query,
                ctes: index + usize::from(recursive),
            },
            Frame::Query {
                block: Some(block),
                clause: Clause::From(from),
                ..
            } => in_from(block, from),
            Frame::Query {
                block: Some(block),
                clause: Clause::Other,
                ..
            } => Seat::Block { block, aliases: ALL },
            Frame::Query { query, .. } => Seat::Query { query, ctes: ALL },
        }
    }

    fn close(&mut self) {
        if let Some(Frame::Query { begin, .. }) = self.frames.pop() {
            self.outline.subqueries.push(begin..self.at);
        }
        let behind = |from| match from {
            From::Table { .. } | From::Pivot => From::Alias,
            other => other,
        };
        match self.frames.last_mut() {
            Some(Frame::Join { from, .. }) => *from = behind(*from),
            Some(Frame::Query { clause, .. }) => {
                *clause = match *clause {
                    Clause::Start => Clause::Other,
                    Clause::With(With::Body { recursive, .. }) => Clause::With(With::After { recursive }),
                    Clause::From(from) => Clause::From(behind(from)),
                    other => other,
                }
            }
            Some(Frame::Other { .. }) | None => {}
        }
    }

    fn comma(&mut self) {
        let table = From::Table { lateral: false };
        match self.frames.last_mut() {
            Some(Frame::Join { from, .. }) => *from = table,
            Some(Frame::Query { clause, .. }) => match *clause {
                Clause::From(_) => *clause = Clause::From(table),
                Clause::With(With::After { recursive }) => *clause = Clause::With(With::Name { recursive }),
                _ => {}
            },
            Some(Frame::Other { .. }) | None => {}
        }
    }

    /// A word or a quoted name; moves on behind it.
    fn name(&mut self, token: &Token) {
        let is_part = self.at > 0 && self.words.is_symbol(self.at - 1, '.');
        let word = if is_part { String::new() } else { self.upper(self.at) };
        match self.frames.last() {
            Some(Frame::Query { clause, .. }) => match *clause {
                Clause::With(with) => self.word_of_with(with, &word, token),
                Clause::Start => self.word_at_start(&word),
                Clause::From(from) => self.word_of_from(from, &word, token),
                Clause::Other => self.word_of_clause(&word),
            },
            Some(Frame::Join { from, .. }) => self.word_of_from(*from, &word, token),
            // A SELECT that no parenthesis announced: only a query that nobody checked has that.
            Some(Frame::Other { seat }) if word == "SELECT" => {
                let seat = *seat;
                self.frames.pop();
                self.push_query(seat);
            }
            Some(Frame::Other { .. }) | None => self.at += 1,
        }
    }

    fn set_clause(&mut self, new: Clause) {
        if let Some(Frame::Query { clause, .. }) = self.frames.last_mut() {
            *clause = new;
        }
    }

    fn word_at_start(&mut self, word: &str) {
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

    fn begin_select(&mut self) {
        if let Some(Frame::Query {
            query, block, clause, ..
        }) = self.frames.last_mut()
        {
            *block = Some(self.outline.scopes.add_block(*query));
            *clause = Clause::Other;
        }
    }

    fn word_of_with(&mut self, with: With, word: &str, token: &Token) {
        let next = match with {
            With::Name { .. }
                if word == "RECURSIVE" && !self.is_symbol(self.at + 1, '(') && self.upper(self.at + 1) != "AS" =>
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
    fn word_of_clause(&mut self, word: &str) {
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

    fn names_a_table(&self, index: usize) -> bool {
        let is_name = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
        self.is_symbol(index, '(') || self.token(index).is_some_and(is_name)
    }

    /// Whether FROM belongs to IS DISTINCT FROM.
    fn follows_distinct(&self) -> bool {
        self.at >= 2
            && self.upper(self.at - 1) == "DISTINCT"
            && matches!(self.upper(self.at - 2).as_str(), "IS" | "NOT")
    }

    fn begin_from(&mut self) {
        if let Some(Frame::Query {
            query, block, clause, ..
        }) = self.frames.last_mut()
        {
            if block.is_none() {
                *block = Some(self.outline.scopes.add_block(*query));
            }
            *clause = Clause::From(From::Table { lateral: false });
        }
    }

    /// Whether the word joins two queries, as UNION does.
    fn joins_queries(&self, word: &str) -> bool {
        match word {
            "UNION" | "INTERSECT" | "EXCEPT" => true,
            "MINUS" => {
                let next = self.upper(self.at + 1);
                matches!(next.as_str(), "SELECT" | "ALL" | "DISTINCT") || self.begins_query(self.at + 1, true)
            }
            _ => false,
        }
    }

    fn begin_next_select(&mut self) {
        match self.frames.last_mut() {
            Some(Frame::Query { block, clause, .. }) => {
                *block = None;
                *clause = Clause::Start;
            }
            // What looked like joins in parentheses is a query that begins with one in parentheses.
            Some(Frame::Join { block, .. }) => {
                let seat = Seat::Block {
                    block: *block,
                    aliases: 0,
                };
                self.frames.pop();
                self.push_query(seat);
            }
            Some(Frame::Other { .. }) | None => {}
        }
    }

    fn set_from(&mut self, new: From) {
        match self.frames.last_mut() {
            Some(Frame::Join { from, .. }) => *from = new,
            Some(Frame::Query { clause, .. }) => *clause = Clause::From(new),
            Some(Frame::Other { .. }) | None => {}
        }
    }

    fn word_of_from(&mut self, from: From, word: &str, token: &Token) {
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

    fn word_before_table(&mut self, word: &str) {
        let is_lonely = !self.is_symbol(self.at + 1, '.') && !self.is_symbol(self.at + 1, '(');
        match word {
            "LATERAL" => self.set_from(From::Table { lateral: true }),
            "SELECT" => self.begin_select(),
            "UNPIVOT" | "ONLY" if is_lonely && self.names_a_table(self.at + 1) => {}
            _ if is_lonely && NO_ALIAS.binary_search(&word).is_ok() => {
                self.word_behind_table(From::Joined, word, &self.words.tokens[self.at])
            }
            _ => return self.table(),
        }
        self.at += 1;
    }

    /// A word behind a table: an alias, or what leads on to the next table or out of FROM.
    fn word_behind_table(&mut self, from: From, word: &str, token: &Token) {
        let next = self.upper(self.at + 1);
        let is_by = next == "BY";
        match word {
            "JOIN" | "APPLY" if self.names_a_table(self.at + 1) => self.set_from(From::Table { lateral: false }),
            "USING" if !self.is_symbol(self.at + 1, '(') && self.names_a_table(self.at + 1) => {
                self.set_from(From::Table { lateral: false });
            }
            "PIVOT" | "UNPIVOT" => self.set_from(From::Pivot),
            "WHERE" | "HAVING" | "LIMIT" | "OFFSET" | "QUALIFY" | "FETCH" | "WINDOW" => self.set_clause(Clause::Other),
            "GROUP" | "ORDER" | "CONNECT" if is_by => self.set_clause(Clause::Other),
            "START" if next == "WITH" => self.set_clause(Clause::Other),
            "FROM" if !self.follows_distinct() => self.set_from(From::Table { lateral: false }),
            "SELECT" => self.begin_select(),
            "INTO" => {
                self.outline.into.get_or_insert(self.at);
            }
            _ if self.joins_queries(word) => self.begin_next_select(),
            "AS" if from == From::Alias => self.set_from(From::AliasName),
            "AT" if self.names_a_table(self.at + 1) => self.set_from(From::AliasName),
            _ if from == From::Alias && NO_ALIAS.binary_search(&word).is_err() => {
                self.add_alias(folded(self.words.source, token));
                self.set_from(From::Joined);
            }
            _ if from == From::Alias => self.set_from(From::Joined),
            _ => {}
        }
    }

    fn block(&self) -> Option<usize> {
        match self.frames.last() {
            Some(Frame::Query { block, .. }) => *block,
            Some(Frame::Join { block, .. }) => Some(*block),
            Some(Frame::Other { .. }) | None => None,
        }
    }

    fn add_alias(&mut self, name: String) {
        if let Some(block) = self.block() {
            self.outline.scopes.add_alias(block, name);
        }
    }

    /// The name of a table, with what follows it up to its alias.
    fn table(&mut self) {
        let (parts, last) = self.parts();
        let span = self.words.tokens[self.at].span.start..self.words.tokens[last].span.end;
        self.at = last + 1;
        self.pass_subscripts();
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
                is_call: self.is_symbol(self.at, '('),
            });
        }
        self.set_from(From::Alias);
    }

    /// The parts of the name at this place, and the index of its last token.
    fn parts(&self) -> (Vec<String>, usize) {
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
    fn pass_subscripts(&mut self) {
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
    fn has_alias(&self) -> bool {
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

/// The text of a name without quotes, its ASCII letters in lower case.
pub(super) fn folded(source: &str, token: &Token) -> String {
    match token.kind {
        TokenKind::QuotedName => source[token.inside()].replace("\"\"", "\"").to_ascii_lowercase(),
        _ => token.text(source).to_ascii_lowercase(),
    }
}
