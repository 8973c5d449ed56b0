//! The candidates for a place in a statement for a warehouse.

use std::collections::HashSet;

use super::mention::Mention;
use crate::executor::WarehouseNames;
use crate::render::is_hidden;
use crate::repl::completer::name::NamePart;
use crate::repl::completer::place::PlaceKind;
use crate::repl::completer::{Candidate, begins, word};
use crate::sql::keyword::warehouse::{EXPRESSION_WORDS, FOLLOWERS, OPENINGS, WORDS};
use crate::sql::keyword::written;
use crate::sql::token::{Token, TokenKind};

/// The maximum number of names of one kind; together with the last name they give the common
/// prefix.
const MAX_NAMES: usize = 1_000;

/// Collects the candidates at the cursor.
pub(super) struct Offer<'a> {
    names: &'a WarehouseNames,
    /// The statement up to the cursor.
    before: &'a str,
    /// The text that is being typed.
    typed: &'a str,
    part: &'a NamePart,
    pub candidates: Vec<Candidate>,
    offered: HashSet<String>,
}

impl<'a> Offer<'a> {
    pub fn new(
        names: &'a WarehouseNames,
        before: &'a str,
        start: usize,
        part: &'a NamePart,
    ) -> Self {
        Self {
            names,
            before,
            typed: &before[start..],
            part,
            candidates: Vec::new(),
            offered: HashSet::new(),
        }
    }

    /// Adds the tables in the search path, the queries of WITH, and schemas; or after a schema its
    /// tables.
    pub fn tables(&mut self, defined: &[String]) {
        let names = self.names;
        match self.part.parents.as_slice() {
            [] => {
                for schema in names.search_path() {
                    self.tables_of(schema);
                }
                // The system tables are always in the search path, and would hide the others until
                // something is typed.
                if !self.part.prefix.is_empty() {
                    self.tables_of("pg_catalog");
                }
                self.names(defined.iter().map(String::as_str), "");
                self.schemas(".");
            }
            [.., schema] => self.tables_of(schema),
        }
    }

    fn tables_of(&mut self, schema: &str) {
        if let Some(schema) = self.names.schema(schema) {
            self.names(schema.tables(&self.part.prefix), "");
        }
    }

    /// Adds schemas, each followed by `after`; system schemas only once something is typed.
    pub fn schemas(&mut self, after: &str) {
        if !self.part.parents.is_empty() {
            return;
        }
        let (names, prefix) = (self.names, &self.part.prefix);
        let is_wanted = |schema: &&str| !prefix.is_empty() || !is_system(schema);
        self.names(names.schemas(prefix).filter(is_wanted), after);
    }

    /// Adds the columns of the tables that the statement names, and their qualifiers.
    pub fn columns(&mut self, mentions: &[Mention]) {
        match self.part.parents.as_slice() {
            [] => {
                for mention in mentions {
                    self.columns_of(mention);
                }
                if !self.typed.is_empty() {
                    self.qualifiers(mentions);
                }
            }
            [qualifier] => {
                let called: Vec<&Mention> =
                    mentions.iter().filter(|table| table.is_called(qualifier)).collect();
                for mention in &called {
                    self.columns_of(mention);
                }
                if called.is_empty() {
                    self.columns_of(&Mention {
                        name: vec![qualifier.clone()],
                        alias: None,
                    });
                    self.tables_of(qualifier);
                }
            }
            parents => self.columns_of(&Mention { name: parents.to_vec(), alias: None }),
        }
    }

    /// Adds the columns of one table.
    pub fn columns_of(&mut self, mention: &Mention) {
        let columns = mention.columns(self.names);
        self.names(columns.into_iter(), "");
    }

    fn qualifiers(&mut self, mentions: &[Mention]) {
        let names = mentions.iter().filter_map(|table| table.alias.as_ref().or(table.name.last()));
        self.names(names.map(String::as_str), ".");
    }

    /// Adds the words that may follow the tokens.
    pub fn words(&mut self, place: PlaceKind, leading: &[Token]) {
        if self.typed.starts_with('"') {
            return;
        }
        let (before, typed) = (self.before, self.typed);
        let opening: Option<Vec<&str>> = leading
            .iter()
            .map(|token| (token.kind == TokenKind::Word).then(|| token.text(before)))
            .collect();
        if let Some(opening) = opening {
            self.openings(&opening);
        }
        let words = match place {
            PlaceKind::Begin if leading.is_empty() => Vec::new(),
            PlaceKind::Begin => vec!["SELECT", "WITH", "VALUES"],
            _ if typed.is_empty() => Vec::new(),
            PlaceKind::Word => WORDS.iter().copied().collect(),
            PlaceKind::Expression => EXPRESSION_WORDS.to_vec(),
            PlaceKind::Table
            | PlaceKind::NewTable
            | PlaceKind::Schema
            | PlaceKind::ColumnOf(_)
            | PlaceKind::Nothing => Vec::new(),
        };
        let follows = leading.last().filter(|last| last.kind == TokenKind::Word);
        let follows = follows.map(|last| last.text(before).to_ascii_uppercase());
        let followers = FOLLOWERS.iter().find(|(word, _)| follows.as_deref() == Some(*word));
        let followers = followers.map_or(&[][..], |(_, words)| *words);
        for word in followers.iter().copied().chain(words) {
            self.word(word);
        }
    }

    /// Adds the next words of statements that begin like this.
    fn openings(&mut self, opening: &[&str]) {
        for statement in OPENINGS.iter() {
            let mut words = statement.split(' ');
            let begins_so = opening.iter().all(|word| {
                let known = words.next();
                known.is_some_and(|known| known.eq_ignore_ascii_case(word))
            });
            if let Some(next) = words.next().filter(|_| begins_so) {
                self.word(next);
            }
        }
    }

    fn word(&mut self, text: &str) {
        if let Some(candidate) = word(self.before, self.typed, text, " ") {
            self.push(candidate);
        }
    }

    /// Adds the names that begin with the typed text, quoted if necessary and followed by `after`;
    /// of very many the first ones and the last.
    fn names<'n>(&mut self, names: impl DoubleEndedIterator<Item = &'n str>, after: &str) {
        let part = self.part;
        let mut names = names.filter(|name| begins(name, &part.prefix));
        let mut first: Vec<&str> = names.by_ref().take(MAX_NAMES).collect();
        first.extend(names.next_back());
        for name in first.into_iter().filter(|name| !name.contains(is_hidden)) {
            let text = format!("{}{after}", part.written(name, written));
            self.push(Candidate::new(text.clone(), text));
        }
    }

    fn push(&mut self, candidate: Candidate) {
        if self.offered.insert(candidate.text.clone()) {
            self.candidates.push(candidate);
        }
    }
}

/// True for a system schema.
fn is_system(schema: &str) -> bool {
    schema.starts_with("pg_") || schema == "information_schema"
}
