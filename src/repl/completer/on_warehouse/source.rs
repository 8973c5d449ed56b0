//! The tables and queries that a statement reads, with their aliases and columns.

use crate::executor::{ForeignKey, TableNames, WarehouseNames};
use crate::repl::completer::place::{PlaceKind, TypedStatement};
use crate::sql::keyword::is_reserved_on_warehouse;
use crate::sql::keyword::warehouse::is_word;
use crate::sql::token::{Token, TokenKind, TokenList};

/// The maximum number of tables and queries of one statement.
const MAX_SOURCES: usize = 100;

/// The maximum depth of queries that take their columns from one another; WITH RECURSIVE has
/// circles.
const MAX_DEPTH: usize = 8;

/// A table or a query that a statement reads, or a query that WITH defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// The parts of its name, without quotes; the last one is the table. A query in parentheses
    /// has none.
    pub name: Vec<String>,
    /// Its alias in the statement.
    pub alias: Option<String>,
    /// The first token of its query, if it is one.
    query: Option<usize>,
    /// The columns that the statement lists behind its name.
    listed: Vec<String>,
    /// The SELECT that it belongs to.
    block: usize,
    /// Its first token.
    start: usize,
}

/// The tables and queries of a statement.
pub(super) struct Sources<'a> {
    list: TokenList<'a, 'a>,
    names: &'a WarehouseNames,
    blocks: Blocks,
    /// The queries that WITH defines.
    pub defined: Vec<Source>,
    read: Vec<Source>,
}

impl<'a> Sources<'a> {
    pub fn new(statement: &TypedStatement<'a>, names: &'a WarehouseNames) -> Self {
        let list = TokenList {
            source: statement.text,
            tokens: statement.tokens,
        };
        let mut sources = Self {
            list,
            names,
            blocks: Blocks::new(list),
            defined: Vec::new(),
            read: Vec::new(),
        };
        sources.find_defined();
        let mut at = 0;
        while at < list.tokens.len() && sources.read.len() < MAX_SOURCES {
            let is_source = is_name(list, at) || sources.begins_query(at);
            if !is_source || statement.place(&list.tokens[..at]) != PlaceKind::Table {
                at += 1;
                continue;
            }
            let (source, next) = sources.source_at(at);
            sources.read.push(source);
            at = next;
        }
        sources
    }

    /// True if the token is a parenthesis around a query.
    fn begins_query(&self, at: usize) -> bool {
        self.list.is_symbol(at, '(') && begins_query(self.list, at + 1)
    }

    /// The source that begins with the token, and the index of the token behind its name or
    /// parenthesis.
    pub fn source_at(&self, at: usize) -> (Source, usize) {
        let list = self.list;
        let is_query = self.begins_query(at);
        let name: Vec<String> =
            list.path_at(at).iter().map(|token| folded(list.source, token)).collect();
        let (query, behind, next) = if is_query {
            (Some(at + 1), list.end_of_group(at + 1) + 1, at + 1)
        } else {
            let behind = at + (2 * name.len()).saturating_sub(1);
            let next = (behind + usize::from(list.is_symbol(behind, '.'))).max(at + 1);
            (None, next, next)
        };
        let has_as = list.is_word(behind, "AS");
        let at_alias = behind + usize::from(has_as);
        let is_alias =
            |token: &&Token| token.is_name() && (has_as || !is_word(token.text(list.source)));
        let alias = list.get(at_alias).filter(is_alias).map(|token| folded(list.source, token));
        let listed = if alias.is_some() {
            self.listed(at_alias + 1)
        } else {
            Vec::new()
        };
        let block = self.block_at(at);
        (
            Source {
                name,
                alias,
                query,
                listed,
                block,
                start: at,
            },
            next,
        )
    }

    /// The names in parentheses at the token.
    fn listed(&self, at: usize) -> Vec<String> {
        if !self.list.is_symbol(at, '(') {
            return Vec::new();
        }
        let tokens = self.list.tokens[at + 1..].iter();
        let inside = tokens.take_while(|token| token.is_name() || token.is_symbol(','));
        let names = inside.filter(|token| token.is_name());
        names.map(|token| folded(self.list.source, token)).collect()
    }

    /// Finds the queries of WITH: `name AS (` and `name (a, b) AS (`.
    fn find_defined(&mut self) {
        let list = self.list;
        if !list.tokens.iter().any(|token| token.is_word(list.source, "WITH")) {
            return;
        }
        for at in 1..list.tokens.len() {
            let is_next = list.is_symbol(at - 1, ',') && at >= 2 && list.is_symbol(at - 2, ')');
            let is_first = list.is_word(at - 1, "WITH") || list.is_word(at - 1, "RECURSIVE");
            if !(is_first || is_next) || !is_name(list, at) {
                continue;
            }
            let listed = self.listed(at + 1);
            let behind = if list.is_symbol(at + 1, '(') {
                list.end_of_group(at + 2) + 1
            } else {
                at + 1
            };
            if list.is_word(behind, "AS") || behind > at + 1 {
                self.defined.push(Source {
                    name: vec![folded(list.source, &list.tokens[at])],
                    alias: None,
                    query: list.is_symbol(behind + 1, '(').then_some(behind + 2),
                    listed,
                    block: self.block_at(at),
                    start: at,
                });
            }
        }
    }

    /// The SELECT at the token with this index, or at the end.
    pub fn block_at(&self, index: usize) -> usize {
        self.blocks.at[index]
    }

    /// The sources of the SELECT.
    pub fn of(&self, block: usize) -> impl Iterator<Item = &Source> {
        self.read.iter().filter(move |source| source.block == block)
    }

    /// The sources of the SELECT that begin before the token.
    pub fn before(&self, block: usize, token: usize) -> Vec<&Source> {
        self.of(block).filter(|source| source.start < token).collect()
    }

    /// The sources of the statement, those of the SELECT first, then those around it, then the
    /// others.
    pub fn nearest_first(&self, block: usize) -> Vec<&Source> {
        let mut sources: Vec<&Source> = self.read.iter().collect();
        sources.sort_by_key(|source| self.blocks.distance(block, source.block));
        sources
    }

    /// The sources of the SELECT and of those around it.
    pub fn visible(&self, block: usize) -> Vec<&Source> {
        let mut sources = self.nearest_first(block);
        sources.retain(|source| self.blocks.distance(block, source.block) < usize::MAX);
        sources
    }

    /// The columns of the source, in order; none if it is unknown.
    pub fn columns(&self, source: &Source) -> Vec<String> {
        self.columns_within(source, MAX_DEPTH)
    }

    fn columns_within(&self, source: &Source, depth: usize) -> Vec<String> {
        if depth == 0 {
            return Vec::new();
        }
        if !source.listed.is_empty() {
            return source.listed.clone();
        }
        if let Some(query) = source.query {
            return self.outputs(query, depth - 1);
        }
        if let Some(defined) = self.definition(source) {
            return self.columns_within(defined, depth - 1);
        }
        columns_of(self.names, &source.name).into_iter().map(str::to_owned).collect()
    }

    /// The query of WITH that has the source's name.
    fn definition(&self, source: &Source) -> Option<&Source> {
        let [name] = source.name.as_slice() else {
            return None;
        };
        self.defined.iter().find(|defined| defined.name[0] == *name)
    }

    /// The foreign keys between the sources: the columns of the one, and those of the other.
    pub fn keys(&self, one: &Source, other: &Source) -> Vec<(&'a [String], &'a [String])> {
        let (Some(one), Some(other)) = (self.table(one), self.table(other)) else {
            return Vec::new();
        };
        let refers = |key: &&ForeignKey, table: &TableNames| {
            let referenced = self.names.schema(&key.schema).and_then(|it| it.table(&key.table));
            referenced.is_some_and(|referenced| std::ptr::eq(referenced, table))
        };
        let theirs = one.keys().iter().filter(|key| refers(key, other));
        let ours = other.keys().iter().filter(|key| refers(key, one));
        theirs
            .map(|key| (key.columns.as_slice(), key.referenced.as_slice()))
            .chain(ours.map(|key| (key.referenced.as_slice(), key.columns.as_slice())))
            .collect()
    }

    /// The table that the source is; None if it is a query or unknown.
    fn table(&self, source: &Source) -> Option<&'a TableNames> {
        let is_query = source.query.is_some() || self.definition(source).is_some();
        table_of(self.names, &source.name).filter(|_| !is_query)
    }

    /// The names that the SELECT around the token gives its columns, if they are before it: ORDER
    /// BY may name them.
    pub fn outputs_before(&self, token: usize) -> Vec<String> {
        let (list, block) = (self.list, self.block_at(token));
        let is_select = |at: &usize| self.block_at(*at + 1) == block && list.is_word(*at, "SELECT");
        let Some(select) = (0..token).find(is_select) else {
            return Vec::new();
        };
        let ends = |at: usize| ends_list(list.tokens[at].text(list.source));
        if (select..token).any(|at| self.block_at(at + 1) == block && ends(at)) {
            self.outputs(select, 1)
        } else {
            Vec::new()
        }
    }

    /// The names of the columns of the query that begins with the token.
    fn outputs(&self, start: usize, depth: usize) -> Vec<String> {
        let list = self.list;
        let (mut nesting, mut first) = (0_usize, None);
        let mut outputs = Vec::new();
        for at in start..list.end_of_group(start) {
            let token = &list.tokens[at];
            match token.kind {
                TokenKind::Symbol('(') => nesting += 1,
                TokenKind::Symbol(')') => nesting = nesting.saturating_sub(1),
                _ if nesting > 0 => {}
                TokenKind::Word if first.is_none() => {
                    first = token.is_word(list.source, "SELECT").then_some(at + 1);
                }
                TokenKind::Word if ends_list(token.text(list.source)) => {
                    outputs.extend(first.map(|first| self.output(first..at, depth)));
                    return outputs.concat();
                }
                TokenKind::Symbol(',') => {
                    outputs.extend(first.map(|first| self.output(first..at, depth)));
                    first = first.map(|_| at + 1);
                }
                TokenKind::Word
                | TokenKind::QuotedName
                | TokenKind::String
                | TokenKind::Number
                | TokenKind::Comment
                | TokenKind::Symbol(_) => {}
            }
        }
        let end = list.end_of_group(start);
        outputs.extend(first.map(|first| self.output(first..end, depth)));
        outputs.concat()
    }

    /// The names of one item of a list behind SELECT; a star has several.
    fn output(&self, item: std::ops::Range<usize>, depth: usize) -> Vec<String> {
        let text = self.list.source;
        let block = self.block_at(item.start);
        match &self.list.tokens[item] {
            [qualifier, point, star] if star.is_symbol('*') && point.is_symbol('.') => {
                let qualifier = folded(text, qualifier);
                let called = self.of(block).filter(|source| source.is_called(&qualifier));
                called.flat_map(|source| self.columns_within(source, depth)).collect()
            }
            [] => Vec::new(),
            [.., star] if star.is_symbol('*') => {
                self.of(block).flat_map(|source| self.columns_within(source, depth)).collect()
            }
            [function, open, .., close] if open.is_symbol('(') && close.is_symbol(')') => {
                vec![folded(text, function)]
            }
            [.., before, type_name] if before.is_symbol(':') && type_name.is_name() => Vec::new(),
            [.., last] if begins_name(text, last) => vec![folded(text, last)],
            _ => Vec::new(),
        }
    }
}

impl Source {
    /// True if a column of the source may have this qualifier.
    pub fn is_called(&self, qualifier: &str) -> bool {
        self.qualifier().is_some_and(|name| name.eq_ignore_ascii_case(qualifier))
    }

    /// The qualifier of its columns.
    pub fn qualifier(&self) -> Option<&String> {
        self.alias.as_ref().or(self.name.last())
    }
}

/// The SELECTs of a statement: each query in parentheses and each operand of UNION.
struct Blocks {
    /// The SELECT at each token, and at the end.
    at: Vec<usize>,
    /// The SELECT around each.
    around: Vec<Option<usize>>,
}

impl Blocks {
    fn new(list: TokenList<'_, '_>) -> Self {
        let (mut around, mut open, mut current) = (vec![None], Vec::new(), 0);
        let mut at = vec![0];
        for (index, token) in list.tokens.iter().enumerate() {
            let text = token.text(list.source);
            if token.is_symbol('(') {
                open.push(current);
                if begins_query(list, index + 1) {
                    around.push(Some(current));
                    current = around.len() - 1;
                }
            } else if token.is_symbol(')') {
                current = open.pop().unwrap_or(0);
            } else if token.kind == TokenKind::Word && is_set_operator(text) {
                around.push(around[current]);
                current = around.len() - 1;
            }
            at.push(current);
        }
        Self { at, around }
    }

    /// The number of steps from one SELECT out to the other; the maximum if that is not around it.
    fn distance(&self, from: usize, to: usize) -> usize {
        let around = std::iter::successors(Some(from), |block| self.around[*block]);
        around.take(MAX_SOURCES).position(|block| block == to).unwrap_or(usize::MAX)
    }
}

/// The columns of the table with this name; none if it is unknown.
pub(super) fn columns_of<'a>(names: &'a WarehouseNames, name: &[String]) -> Vec<&'a str> {
    table_of(names, name).map(|table| table.columns().collect()).unwrap_or_default()
}

/// The table with this name.
fn table_of<'a>(names: &'a WarehouseNames, name: &[String]) -> Option<&'a TableNames> {
    match name {
        [.., schema, table] => names.schema(schema).and_then(|schema| schema.table(table)),
        [table] => {
            let path = names.search_path().iter().map(String::as_str).chain(["pg_catalog"]);
            path.filter_map(|schema| names.schema(schema))
                .find_map(|schema| schema.table(table))
        }
        [] => None,
    }
}

fn begins_query(list: TokenList<'_, '_>, at: usize) -> bool {
    list.is_word(at, "SELECT") || list.is_word(at, "WITH")
}

fn is_set_operator(word: &str) -> bool {
    ["UNION", "INTERSECT", "EXCEPT", "MINUS"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// True for a word that ends the list behind SELECT.
fn ends_list(word: &str) -> bool {
    let is_clause = ["FROM", "INTO", "WHERE", "GROUP", "HAVING", "QUALIFY", "ORDER", "LIMIT"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word));
    is_clause || is_set_operator(word)
}

/// True if a name may begin with the token at the index.
fn is_name(list: TokenList<'_, '_>, at: usize) -> bool {
    list.get(at).is_some_and(|token| begins_name(list.source, token))
}

fn begins_name(text: &str, token: &Token) -> bool {
    match token.kind {
        TokenKind::Word => !is_reserved_on_warehouse(token.text(text)),
        TokenKind::QuotedName => true,
        TokenKind::String | TokenKind::Number | TokenKind::Comment | TokenKind::Symbol(_) => false,
    }
}

/// The name in the server's spelling: without quotes it is in lower case.
fn folded(text: &str, token: &Token) -> String {
    if token.kind == TokenKind::Word {
        token.text(text).to_lowercase()
    } else {
        token.unquoted(text).into_owned()
    }
}
