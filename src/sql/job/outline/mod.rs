//! The outline of a query: which of its names stand where a table belongs, and what is known there.
//!
//! It walks over tokens and keeps a frame for each open parenthesis, so the depth of a query costs
//! no stack, and it serves a query that no parser has looked at. Where such a query is odd, it
//! takes a name for a table rather than not.

mod clause;
mod from;

use std::ops::Range;

use compact_str::CompactString;

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
    /// Whether an alias follows it.
    pub has_alias: bool,
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
}

/// An open parenthesis, or the text itself.
#[derive(Debug)]
enum Frame {
    /// A query.
    Query {
        query: usize,
        block: Option<usize>,
        clause: Clause,
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

/// The outline of the tokens; `outside` are the aliases that are known around them.
pub(super) fn outline(
    words: &Words<'_>,
    range: Range<usize>,
    is_query: bool,
    outside: Vec<String>,
) -> Outline {
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
    fn upper(&self, index: usize) -> CompactString {
        let mut word = CompactString::default();
        if let Some(token) = self.token(index).filter(|token| token.kind == TokenKind::Word) {
            word.push_str(token.text(self.words.source));
            word.make_ascii_uppercase();
        }
        word
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
            | Frame::Join { block, from: From::Table { .. } } => Some(*block),
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
        self.frames.pop();
        let behind = |from| match from {
            From::Table { .. } | From::Pivot => From::Alias,
            other => other,
        };
        match self.frames.last_mut() {
            Some(Frame::Join { from, .. }) => *from = behind(*from),
            Some(Frame::Query { clause, .. }) => {
                *clause = match *clause {
                    Clause::Start => Clause::Other,
                    Clause::With(With::Body { recursive, .. }) => {
                        Clause::With(With::After { recursive })
                    }
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
                Clause::With(With::After { recursive }) => {
                    *clause = Clause::With(With::Name { recursive });
                }
                _ => {}
            },
            Some(Frame::Other { .. }) | None => {}
        }
    }

    /// A word or a quoted name; moves on behind it.
    fn name(&mut self, token: &Token) {
        let is_part = self.at > 0 && self.words.is_symbol(self.at - 1, '.');
        let word = if is_part {
            CompactString::default()
        } else {
            self.upper(self.at)
        };
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
}

/// The text of a name without quotes, its ASCII letters in lower case.
pub(super) fn folded(source: &str, token: &Token) -> String {
    match token.kind {
        TokenKind::QuotedName => source[token.inside()].replace("\"\"", "\"").to_ascii_lowercase(),
        _ => token.text(source).to_ascii_lowercase(),
    }
}
