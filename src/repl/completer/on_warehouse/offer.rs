//! The candidates for a place in a statement for a warehouse.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::source::{Source, Sources, columns_of};
use crate::executor::WarehouseNames;
use crate::render::is_hidden;
use crate::repl::completer::matching::{MIN_LETTERS, Matching};
use crate::repl::completer::name::NamePart;
use crate::repl::completer::place::PlaceKind;
use crate::repl::completer::uses::UsesHere;
use crate::repl::completer::{Candidate, begins, in_case_of, word};
use crate::sql::data_type::TYPES;
use crate::sql::keyword::warehouse::{EXPRESSION_WORDS, FOLLOWERS, FUNCTIONS, OPENINGS, WORDS};
use crate::sql::keyword::written;
use crate::sql::token::{Token, TokenKind};

/// The maximum number of names of one kind; together with the last name they give the common
/// prefix.
const MAX_NAMES: usize = 1_000;

/// Collects the candidates at the cursor.
pub(super) struct Offer<'a> {
    names: &'a WarehouseNames,
    uses: UsesHere<'a>,
    compared: Option<&'a str>,
    /// The statement up to the cursor.
    before: &'a str,
    /// The text behind the cursor.
    behind: &'a str,
    /// The text that is being typed.
    typed: &'a str,
    part: &'a NamePart,
    matching: Matching,
    /// The names found by this way of matching, best first within each call.
    found: Vec<FoundName>,
    pub candidates: Vec<Candidate>,
    offered: HashSet<String>,
}

/// A name that matches.
struct FoundName {
    text: String,
    /// The bytes at the end that are those of the compared column.
    likeness: usize,
    uses: usize,
    distance: usize,
}

/// A place for a column.
#[derive(Clone, Copy)]
pub(super) struct ColumnPlace<'a> {
    /// The number of tokens before it.
    pub token: usize,
    /// The column that it is compared with.
    pub compared: Option<&'a str>,
}

/// The text around the cursor.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    /// The statement up to the cursor.
    pub before: &'a str,
    /// The rest of it.
    pub behind: &'a str,
    /// The byte at which the typed word begins.
    pub start: usize,
}

impl<'a> Offer<'a> {
    pub fn new(
        names: &'a WarehouseNames,
        uses: UsesHere<'a>,
        around: Around<'a>,
        part: &'a NamePart,
    ) -> Self {
        Self {
            names,
            uses,
            compared: None,
            before: around.before,
            behind: around.behind,
            typed: &around.before[around.start..],
            part,
            matching: Matching::Beginning,
            found: Vec::new(),
            candidates: Vec::new(),
            offered: HashSet::new(),
        }
    }

    /// Adds the names that `add` finds: those that begin with the typed text, then `words`. Only
    /// without any such name it adds those that have it elsewhere, so that Tab still completes
    /// what all names begin with.
    pub fn collect(&mut self, add: impl Fn(&mut Self), words: impl FnOnce(&mut Self)) {
        let has_names = self.collect_by(Matching::Beginning, &add);
        words(self);
        if has_names || self.part.prefix.len() < MIN_LETTERS {
            return;
        }
        if !self.collect_by(Matching::LaterWord, &add) && self.candidates.is_empty() {
            self.collect_by(Matching::Letters, &add);
        }
    }

    fn collect_by(&mut self, matching: Matching, add: &impl Fn(&mut Self)) -> bool {
        self.matching = matching;
        add(self);
        let mut found = std::mem::take(&mut self.found);
        found.sort_by_key(|found| (Reverse(found.likeness), Reverse(found.uses), found.distance));
        let is_any = !found.is_empty();
        for found in found {
            self.push(Candidate::new(found.text.clone(), found.text));
        }
        is_any
    }

    /// Adds the tables in the search path, the queries of WITH, and schemas; or after a schema its
    /// tables.
    pub fn tables(&mut self, defined: &[Source]) {
        let names = self.names;
        match self.part.parents.as_slice() {
            [] => {
                for schema in names.search_path() {
                    self.tables_of(schema);
                }
                // The system tables are always in the search path, and would hide the others until
                // something is typed. Nobody means them by letters that stand anywhere.
                if !self.part.prefix.is_empty() && self.matching != Matching::Letters {
                    self.tables_of("pg_catalog");
                }
                self.names(defined.iter().map(|defined| defined.name[0].as_str()), "");
                self.schemas(".");
                if self.matching == Matching::LaterWord {
                    self.tables_elsewhere();
                }
            }
            [.., schema] => self.tables_of(schema),
        }
    }

    fn tables_of(&mut self, schema: &str) {
        let Some(tables) = self.names.schema(schema) else {
            return;
        };
        if self.matching != Matching::Beginning {
            return self.names(tables.all_tables(), "");
        }
        let prefix = self.part.prefix.as_str();
        // Those that were used may not be among the first of very many.
        let used = self.uses.history.begun(prefix).filter_map(|word| tables.tables(word).next());
        let used: Vec<&str> = used.filter(|table| self.uses.of(table) > 0).collect();
        self.names(used.into_iter(), "");
        self.names(tables.tables(prefix), "");
    }

    /// Adds tables outside of the search path behind their schemas.
    fn tables_elsewhere(&mut self) {
        let names = self.names;
        let is_elsewhere = |schema: &&str| {
            !is_system(schema) && !names.search_path().iter().any(|known| known == schema)
        };
        for schema in names.schemas("").filter(is_elsewhere) {
            let tables = names.schema(schema).into_iter();
            for table in tables.flat_map(|tables| tables.tables(&self.part.prefix)).take(MAX_NAMES)
            {
                self.found.push(FoundName {
                    text: format!("{}.{}", written(schema), self.part.written(table, written)),
                    likeness: 0,
                    uses: self.uses.of(table),
                    distance: 0,
                });
            }
        }
    }

    /// Adds schemas, each followed by `after`; system schemas only once something is typed.
    pub fn schemas(&mut self, after: &str) {
        if !self.part.parents.is_empty() {
            return;
        }
        let (names, prefix) = (self.names, &self.part.prefix);
        let is_wanted = |schema: &&str| !prefix.is_empty() || !is_system(schema);
        let beginning = if self.matching == Matching::Beginning {
            prefix
        } else {
            ""
        };
        self.names(names.schemas(beginning).filter(is_wanted), after);
    }

    /// Adds the columns that the SELECT may name, the qualifiers of its tables, and the user's
    /// functions.
    pub fn columns(&mut self, sources: &Sources<'_>, place: ColumnPlace<'a>) {
        let block = sources.block_at(place.token);
        self.compared = place.compared;
        match self.part.parents.as_slice() {
            [] => {
                if !self.typed.is_empty() {
                    let aliases = sources.of(block).filter_map(|source| source.alias.as_deref());
                    let aliases: Vec<&str> = aliases.collect();
                    self.names(aliases.into_iter(), ".");
                }
                for source in sources.nearest_first(block) {
                    self.columns_of(sources, source);
                }
                self.names(sources.outputs_before(place.token).iter().map(String::as_str), "");
                if !self.typed.is_empty() {
                    let visible = sources.visible(block);
                    let names = visible.iter().filter_map(|source| source.qualifier());
                    self.names(names.map(String::as_str), ".");
                    let others = sources.nearest_first(block);
                    let names = others.iter().filter_map(|source| source.qualifier());
                    self.names(names.map(String::as_str), ".");
                }
                if self.part.prefix.len() >= MIN_LETTERS {
                    for schema in self.names.search_path() {
                        self.functions_of(schema);
                    }
                }
            }
            [qualifier] => {
                let mut called = sources.nearest_first(block);
                called.retain(|source| source.is_called(qualifier));
                for source in &called {
                    self.columns_of(sources, source);
                }
                if called.is_empty() {
                    self.known_columns(std::slice::from_ref(qualifier));
                    self.tables_of(qualifier);
                    self.functions_of(qualifier);
                }
            }
            parents => self.known_columns(parents),
        }
    }

    /// Adds the columns of one table or query.
    pub fn columns_of(&mut self, sources: &Sources<'_>, source: &Source) {
        let columns = sources.columns(source);
        self.names(columns.iter().map(String::as_str), "");
    }

    fn known_columns(&mut self, table: &[String]) {
        self.names(columns_of(self.names, table).into_iter(), "");
    }

    /// Adds conditions that join the last table before the cursor to the others.
    pub fn conditions(&mut self, conditions: Vec<String>) {
        let typed = self.typed.to_lowercase();
        for text in conditions.into_iter().filter(|text| text.starts_with(&typed)) {
            self.push(Candidate::new(text.clone(), text));
        }
    }

    /// Adds Redshift's functions, in the letter case of the typed text.
    fn functions(&mut self) {
        if self.typed.len() < MIN_LETTERS {
            return;
        }
        let begun = FUNCTIONS.iter().filter(|name| begins(name, self.typed));
        let mut begun: Vec<&str> = begun.copied().collect();
        begun.sort_by_key(|name| Reverse(self.uses.of(name)));
        let after = self.behind_function();
        for name in begun {
            let text = format!("{}{after}", in_case_of(self.before, self.typed, name));
            self.push(Candidate::new(text.clone(), text));
        }
    }

    /// Adds the user's functions in a schema.
    fn functions_of(&mut self, schema: &str) {
        if let Some(schema) = self.names.schema(schema) {
            self.names(schema.functions(), self.behind_function());
        }
    }

    fn behind_function(&self) -> &'static str {
        if self.behind.starts_with('(') { "" } else { "(" }
    }

    /// Adds the types of data, and their other names once something is typed.
    fn types(&mut self) {
        let is_typed = !self.typed.is_empty();
        let names = TYPES.iter().map(|spec| spec.name);
        let aliases = TYPES.iter().flat_map(|spec| spec.aliases).filter(|_| is_typed);
        let mut known: Vec<&str> = names.chain(aliases.copied()).collect();
        known.sort_by_key(|name| Reverse(self.uses.of(name)));
        for name in known {
            if let Some(candidate) = word(self.before, self.typed, name, "") {
                self.push(candidate);
            }
        }
    }

    /// Adds functions, types, and the words that may follow the tokens.
    pub fn words(&mut self, place: PlaceKind, leading: &[Token]) {
        if !self.part.parents.is_empty() || self.typed.starts_with('"') {
            return;
        }
        match place {
            PlaceKind::Nothing | PlaceKind::ColumnOf(_) => return,
            PlaceKind::Expression => self.functions(),
            PlaceKind::Type => self.types(),
            PlaceKind::Table
            | PlaceKind::NewTable
            | PlaceKind::Schema
            | PlaceKind::Begin
            | PlaceKind::Word => {}
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
            | PlaceKind::Type
            | PlaceKind::Nothing => Vec::new(),
        };
        let follows = leading.last().filter(|last| last.kind == TokenKind::Word);
        let follows = follows.map(|last| last.text(before).to_ascii_uppercase());
        let followers = FOLLOWERS.iter().find(|(word, _)| follows.as_deref() == Some(*word));
        let followers = followers.map_or(&[][..], |(_, words)| *words);
        let mut words: Vec<&str> = followers.iter().copied().chain(words).collect();
        words.retain(|word| begins(word, typed));
        words.sort_by_key(|word| Reverse(self.uses.of(word)));
        for word in words {
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

    /// Adds the names that match the typed text, quoted if necessary and followed by `after`; of
    /// very many the first ones and the last.
    fn names<'n>(&mut self, names: impl DoubleEndedIterator<Item = &'n str>, after: &str) {
        let (part, matching) = (self.part, self.matching);
        let mut matches = names.filter_map(|name| {
            let distance = matching.distance(name, &part.prefix)?;
            Some((distance, name))
        });
        let matches: Vec<(usize, &str)> = if matching == Matching::Beginning {
            let mut first: Vec<_> = matches.by_ref().take(MAX_NAMES).collect();
            first.extend(matches.next_back());
            first
        } else {
            let mut all: Vec<_> = matches.collect();
            all.sort_by_key(|(distance, _)| *distance);
            all.truncate(MAX_NAMES);
            all
        };
        for (distance, name) in matches.into_iter().filter(|(_, name)| !name.contains(is_hidden)) {
            self.found.push(FoundName {
                text: format!("{}{after}", part.written(name, written)),
                likeness: self.compared.map_or(0, |compared| shared_end(compared, name)),
                uses: self.uses.of(name),
                distance,
            });
        }
    }

    fn push(&mut self, candidate: Candidate) {
        if self.offered.insert(candidate.text.clone()) {
            self.candidates.push(candidate);
        }
    }
}

/// The number of bytes that both names end in, in any letter case.
fn shared_end(one: &str, other: &str) -> usize {
    let pairs = one.bytes().rev().zip(other.bytes().rev());
    pairs.take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count()
}

/// True for a system schema.
fn is_system(schema: &str) -> bool {
    schema.starts_with("pg_") || schema == "information_schema"
}
