//! The outline of a query: its names in the position of a table, and the scope of each.
//!
//! It walks over tokens and keeps a frame for each open parenthesis, so the depth of a query costs
//! no stack, and it also works for an unchecked query. In doubt a name counts as a table.

mod clause;
mod from;

use std::ops::Range;

use compact_str::CompactString;

use super::lexed::Lexed;
use super::scope::{ALL, Scopes, Seat};
use crate::sql::token::{Token, TokenKind};

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
#[derive(Debug)]
enum Frame {
    Query {
        query: usize,
        select: Option<usize>,
        clause: Clause,
    },
    /// Tables and joins in parentheses.
    Join { select: usize, from: FromState },
    /// Anything else: an expression, a list of columns or arguments.
    Other { seat: Seat },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clause {
    /// Before a SELECT.
    Start,
    With(WithState),
    From(FromState),
    /// Any other clause.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WithState {
    /// Before a name.
    Name { recursive: bool },
    /// Behind a name, before AS.
    Columns { recursive: bool, index: usize },
    /// Before the query of the name.
    Body { recursive: bool, index: usize },
    /// Behind a query of WITH.
    After { recursive: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FromState {
    /// Before a table.
    Table { lateral: bool },
    /// Behind a table, before an optional alias.
    Alias,
    /// Behind AS.
    AliasName,
    /// PIVOT or UNPIVOT: before its parenthesis, which an alias may follow.
    Pivot,
    /// Behind the alias: join conditions and the like.
    Joined,
}

/// The outline of the tokens; `outside` are the aliases in scope around them.
pub(super) fn outline(
    lexed: &Lexed<'_>,
    range: Range<usize>,
    is_query: bool,
    outside: Vec<String>,
) -> Outline {
    let mut scanner = Scanner {
        lexed,
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
        scanner.push_query(Seat::OUTSIDE);
    } else {
        scanner.frames.push(Frame::Other { seat: Seat::OUTSIDE });
    }
    while scanner.at < scanner.end {
        scanner.step();
    }
    scanner.outline
}

struct Scanner<'w, 's> {
    lexed: &'w Lexed<'s>,
    at: usize,
    end: usize,
    frames: Vec<Frame>,
    outline: Outline,
}

impl<'w> Scanner<'w, '_> {
    fn step(&mut self) {
        let token = &self.lexed.tokens[self.at];
        match token.kind {
            TokenKind::Symbol('(') => self.open(),
            TokenKind::Symbol(')') => self.close(),
            TokenKind::Symbol(',') => self.comma(),
            TokenKind::Word | TokenKind::QuotedName => return self.name(token),
            TokenKind::Symbol(_) | TokenKind::String | TokenKind::Number | TokenKind::Comment => {}
        }
        self.at += 1;
    }

    /// The word at the index, in upper case; empty for anything else.
    fn upper(&self, index: usize) -> CompactString {
        let mut word = CompactString::default();
        if let Some(token) = self.token(index).filter(|token| token.kind == TokenKind::Word) {
            word.push_str(token.text(self.lexed.source));
            word.make_ascii_uppercase();
        }
        word
    }

    fn token(&self, index: usize) -> Option<&'w Token> {
        self.lexed.tokens[..self.end].get(index)
    }

    fn is_symbol(&self, index: usize, symbol: char) -> bool {
        index < self.end && self.lexed.is_symbol(index, symbol)
    }

    /// True if a query begins at the token, perhaps behind further parentheses.
    fn begins_query(&self, mut index: usize, behind_parentheses: bool) -> bool {
        while behind_parentheses && self.is_symbol(index, '(') {
            index += 1;
        }
        match self.upper(index).as_str() {
            "SELECT" | "WITH" => !self.is_symbol(index + 1, '.'),
            "VALUES" => self.is_symbol(index + 1, '('),
            "TABLE" => self.names_a_table(index + 1) && !self.is_symbol(index + 1, '('),
            _ => false,
        }
    }

    fn push_query(&mut self, seat: Seat) {
        let query = self.outline.scopes.add_query(seat);
        self.frames.push(Frame::Query {
            query,
            select: None,
            clause: Clause::Start,
        });
    }

    fn open(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        let seat = self.seat_in(frame);
        let in_from = match *frame {
            Frame::Query {
                select,
                clause: Clause::From(FromState::Table { .. }),
                ..
            } => select,
            Frame::Join { select, from: FromState::Table { .. } } => Some(select),
            Frame::Query { .. } | Frame::Join { .. } | Frame::Other { .. } => None,
        };
        let is_query_of_with = matches!(
            frame,
            Frame::Query {
                clause: Clause::With(WithState::Body { .. }),
                ..
            }
        );
        if is_query_of_with || self.begins_query(self.at + 1, in_from.is_none()) {
            self.push_query(seat);
        } else if let Some(select) = in_from {
            let from = FromState::Table { lateral: false };
            self.frames.push(Frame::Join { select, from });
        } else {
            self.frames.push(Frame::Other { seat });
        }
    }

    /// The scope of a parenthesis that opens now.
    fn seat_in(&self, frame: &Frame) -> Seat {
        let in_from = |select, from| {
            let known = match from {
                FromState::Table { lateral: false } => 0,
                FromState::Table { lateral: true } => self.outline.scopes.count(select),
                FromState::Alias | FromState::AliasName | FromState::Pivot | FromState::Joined => {
                    ALL
                }
            };
            Seat::new(select, known)
        };
        match *frame {
            Frame::Other { seat } => seat,
            Frame::Join { select, from } => in_from(select, from),
            Frame::Query { query, select, clause } => match (clause, select) {
                (Clause::With(WithState::Body { recursive, index }), _) => {
                    Seat::new(query, index + usize::from(recursive))
                }
                (Clause::From(from), Some(select)) => in_from(select, from),
                (Clause::Other, Some(select)) => Seat::new(select, ALL),
                (Clause::Start | Clause::With(_) | Clause::From(_) | Clause::Other, _) => {
                    Seat::new(query, ALL)
                }
            },
        }
    }

    fn close(&mut self) {
        self.frames.pop();
        let behind = |from| match from {
            FromState::Table { .. } | FromState::Pivot => FromState::Alias,
            other => other,
        };
        match self.frames.last_mut() {
            Some(Frame::Join { from, .. }) => *from = behind(*from),
            Some(Frame::Query { clause, .. }) => {
                *clause = match *clause {
                    Clause::Start => Clause::Other,
                    Clause::With(WithState::Body { recursive, .. }) => {
                        Clause::With(WithState::After { recursive })
                    }
                    Clause::From(from) => Clause::From(behind(from)),
                    other => other,
                }
            }
            Some(Frame::Other { .. }) | None => {}
        }
    }

    fn comma(&mut self) {
        let table = FromState::Table { lateral: false };
        match self.frames.last_mut() {
            Some(Frame::Join { from, .. }) => *from = table,
            Some(Frame::Query { clause, .. }) => match *clause {
                Clause::From(_) => *clause = Clause::From(table),
                Clause::With(WithState::After { recursive }) => {
                    *clause = Clause::With(WithState::Name { recursive });
                }
                Clause::Start | Clause::With(_) | Clause::Other => {}
            },
            Some(Frame::Other { .. }) | None => {}
        }
    }

    /// Handles a word or a quoted name, and moves behind it.
    fn name(&mut self, token: &Token) {
        let is_part = self.at > 0 && self.lexed.is_symbol(self.at - 1, '.');
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
            // A SELECT without parentheses of its own, which only an unchecked query has.
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
    token.unquoted(source).to_ascii_lowercase()
}
