//! The walk: follows the syntax through the tokens before the cursor; at their end it notes what
//! may follow.
//!
//! A position is the index of a token. An item that begins at a position may end at several, since
//! only later tokens decide: the walk continues from each of them, and drops those that lead
//! nowhere.

use std::cell::RefCell;

use super::Expectation;
use crate::sql::grammar::Item::{
    self, Actions, AnyOrder, DataType, Encoding, Expression, File, Line, List, Name, NewName,
    OneOf, Optional, Query, Row, Settings, Sign, Text, Word,
};
use crate::sql::grammar::{NameOf, QueryOf};
use crate::sql::token::{Token, TokenKind, TokenList};

/// A walk through the tokens before the cursor.
pub(super) struct Walk<'a> {
    pub list: TokenList<'a, 'a>,
    found: RefCell<Vec<Expectation>>,
}

impl<'a> Walk<'a> {
    pub fn new(list: TokenList<'a, 'a>) -> Self {
        Self { list, found: RefCell::default() }
    }

    /// The things that may follow, each once, in the order of the syntax.
    pub fn found(self) -> Vec<Expectation> {
        self.found.into_inner()
    }

    pub fn note(&self, expectation: Expectation) {
        let mut found = self.found.borrow_mut();
        if !found.contains(&expectation) {
            found.push(expectation);
        }
    }

    /// Walks through one statement from its first token.
    pub fn statement(&self, items: &[Item]) {
        if self.items(items, vec![0]).contains(&self.list.tokens.len()) {
            self.note(Expectation::End);
        }
    }

    /// The positions at which the items may end, for each position at which they may begin.
    pub fn items(&self, items: &[Item], starts: Vec<usize>) -> Vec<usize> {
        let mut positions = starts;
        for item in items {
            positions = positions.iter().flat_map(|position| self.item(item, *position)).collect();
            positions.sort_unstable();
            positions.dedup();
        }
        positions
    }

    fn item(&self, item: &Item, position: usize) -> Vec<usize> {
        match item {
            Word(words) => self.words(words, position).into_iter().collect(),
            Sign(sign) => self.sign(*sign, position).into_iter().collect(),
            Optional(items) => {
                let mut ends = self.items(items, vec![position]);
                ends.push(position);
                ends
            }
            OneOf(rows) => rows.iter().flat_map(|row| self.items(row, vec![position])).collect(),
            Row(items) => self.items(items, vec![position]),
            AnyOrder(rows) => self.any_order(rows, &mut Vec::new(), position),
            List(items) => self.list(items, position),
            NewName(of, _) => {
                self.name(*of, Expectation::NewName(*of), position).into_iter().collect()
            }
            Name(of, _) => self.name(*of, Expectation::Name(*of), position).into_iter().collect(),
            Text(what) => self.string(Expectation::Text(what), position).into_iter().collect(),
            File => self.string(Expectation::File, position).into_iter().collect(),
            Settings(options) => self.settings(options, position, &mut Vec::new()),
            Actions(options) => self.actions(options, position),
            DataType => self.data_type(position),
            Encoding => self.encoding(position).into_iter().collect(),
            Expression(what) => self.expression(what, position),
            Query(of) => self.query(*of, position),
            Line => vec![position],
        }
    }

    /// Takes one token, or notes what is expected at the end of the tokens.
    pub fn token(
        &self,
        expectation: Expectation,
        position: usize,
        fits: impl Fn(&Token) -> bool,
    ) -> Option<usize> {
        match self.list.tokens.get(position) {
            None => {
                if position == self.list.tokens.len() {
                    self.note(expectation);
                }
                None
            }
            Some(token) => fits(token).then_some(position + 1),
        }
    }

    pub fn word(&self, word: &'static str, position: usize) -> Option<usize> {
        self.token(Expectation::Word(word), position, |token| token.is_word(self.list.source, word))
    }

    /// Words with blanks between them.
    pub fn words(&self, words: &'static str, position: usize) -> Option<usize> {
        words.split(' ').try_fold(position, |position, word| self.word(word, position))
    }

    pub fn sign(&self, sign: char, position: usize) -> Option<usize> {
        self.token(Expectation::Sign(sign), position, |token| token.is_symbol(sign))
    }

    pub fn string(&self, expectation: Expectation, position: usize) -> Option<usize> {
        self.token(expectation, position, |token| token.kind == TokenKind::String)
    }

    /// A name; a table's name has three parts, each of which is expected as the name of the table.
    fn name(&self, of: NameOf, expectation: Expectation, position: usize) -> Option<usize> {
        let mut position = self.part(expectation, position)?;
        if of == NameOf::Table {
            for _ in 0..2 {
                position = self.sign('.', position)?;
                position = self.part(expectation, position)?;
            }
        }
        Some(position)
    }

    fn part(&self, expectation: Expectation, position: usize) -> Option<usize> {
        self.token(expectation, position, |token| match token.kind {
            TokenKind::Word => !crate::name::is_reserved(token.text(self.list.source)),
            TokenKind::QuotedName => true,
            TokenKind::String | TokenKind::Number | TokenKind::Comment | TokenKind::Symbol(_) => {
                false
            }
        })
    }

    /// The positions behind some of the rows; `taken` are the rows behind which the walk is
    /// already.
    fn any_order(&self, rows: &[&[Item]], taken: &mut Vec<usize>, position: usize) -> Vec<usize> {
        let mut ends = vec![position];
        for (index, row) in rows.iter().enumerate() {
            if taken.contains(&index) {
                continue;
            }
            for end in self.items(row, vec![position]) {
                taken.push(index);
                ends.extend(self.any_order(rows, taken, end));
                taken.pop();
            }
        }
        ends
    }

    fn list(&self, items: &[Item], position: usize) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut starts = vec![position];
        while !starts.is_empty() {
            let new = self.items(items, std::mem::take(&mut starts));
            for end in new {
                if self.list.is_symbol(end, ',') {
                    starts.push(end + 1);
                }
                ends.push(end);
            }
        }
        ends
    }

    /// The positions at which the tokens may end one expression: each parenthesis and CASE is
    /// closed there.
    fn expression(&self, what: &'static str, position: usize) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut depth = 0_usize;
        for (index, token) in self.list.tokens.iter().enumerate().skip(position) {
            match token.kind {
                TokenKind::Symbol('(') => depth += 1,
                TokenKind::Symbol(')') if depth > 0 => depth -= 1,
                TokenKind::Symbol(')' | ',') if depth == 0 => return ends,
                TokenKind::Word
                    if depth == 0
                        && (self.list.is_word(index, "WHEN")
                            || self.list.is_word(index, "THEN")) =>
                {
                    return ends;
                }
                TokenKind::Word if self.list.is_word(index, "CASE") => depth += 1,
                TokenKind::Word if self.list.is_word(index, "END") => {
                    depth = depth.saturating_sub(1);
                }
                TokenKind::Word
                | TokenKind::QuotedName
                | TokenKind::String
                | TokenKind::Number
                | TokenKind::Comment
                | TokenKind::Symbol(_) => {}
            }
            if depth == 0 {
                ends.push(index + 1);
            }
        }
        self.note(Expectation::Expression(what));
        ends
    }

    /// A query, up to the parenthesis that closes the one around it, or to the end.
    fn query(&self, of: QueryOf, position: usize) -> Vec<usize> {
        if position >= self.list.tokens.len() {
            self.word("SELECT", position);
            self.word("WITH", position);
            return Vec::new();
        }
        if !self.begins_query(of, position) {
            return Vec::new();
        }
        let end = match of {
            QueryOf::Catalog => self.list.tokens.len(),
            QueryOf::Warehouse => self.list.end_of_group(position),
        };
        if end < self.list.tokens.len() {
            return vec![end];
        }
        if let Some(test) = self.test_behind_query(position) {
            return vec![test];
        }
        self.note(Expectation::Query(of));
        vec![end]
    }

    /// The position of a WITH at the end of the tokens, alone or with TEST, behind a query of a job.
    fn test_behind_query(&self, position: usize) -> Option<usize> {
        let end = self.list.tokens.len();
        let before = end - usize::from(self.list.is_word(end - 1, "TEST"));
        let with = before.checked_sub(1).filter(|with| self.list.is_word(*with, "WITH"))?;
        let tokens = self.list.tokens.get(position..with).filter(|query| !query.is_empty())?;
        let depth = tokens.iter().fold(0_isize, |depth, token| {
            depth + isize::from(token.is_symbol('(')) - isize::from(token.is_symbol(')'))
        });
        (depth == 0).then_some(with)
    }

    fn begins_query(&self, of: QueryOf, position: usize) -> bool {
        let opens = |index: usize| of == QueryOf::Warehouse && self.list.is_symbol(index, '(');
        let mut first = position;
        while opens(first) {
            first += 1;
        }
        self.list.is_word(first, "SELECT") || self.list.is_word(first, "WITH")
    }
}
