//! Completion inside a query, over the catalog or of a job: tables, columns and keywords.

use std::collections::BTreeSet;

use super::matching::nearest;
use super::name::{self, NamePart};
use super::place::{PlaceKind, TypedStatement};
use super::{Candidate, Completion, Names, begins, word};
use crate::name::Identifier;
use crate::sql::grammar::{CATALOG_TABLES, NameOf, QueryOf};
use crate::sql::keyword::QUERY_KEYWORDS;
use crate::sql::splitter::Dialect;
use crate::sql::token::{code_tokens, tokens};

/// `before` is the statement up to the cursor; the typed word begins at `start`.
pub(super) fn complete(
    of: QueryOf,
    before: &str,
    start: usize,
    names: &mut dyn Names,
) -> Completion {
    let part = NamePart::read(before, start);
    let earlier = code_tokens(&before[..part.start], Dialect::Catalog);
    let is_table = TypedStatement::new(before, &earlier).place(&earlier) == PlaceKind::Table;
    match of {
        QueryOf::Catalog => over_catalog(before, start, &part, is_table),
        QueryOf::Warehouse => Completion {
            start,
            candidates: if is_table {
                name::candidates(NameOf::Table, false, before, start, names)
            } else if part.parents.is_empty() {
                words(before, &before[start..])
            } else {
                Vec::new()
            },
        },
    }
}

/// The tables of the catalog have three parts, which are completed at once.
fn over_catalog(before: &str, start: usize, part: &NamePart, is_table: bool) -> Completion {
    if tokens(before).last().is_some_and(|token| !token.closed) {
        return Completion::default();
    }
    let (typed, qualifier) = (&before[part.start..], &before[part.start..start]);
    let mut candidates = Vec::new();
    if !is_table {
        let columns = all_columns().into_iter().filter(|column| begins(column, &part.prefix));
        candidates.extend(columns.map(|column| column_of(qualifier, column)));
    }
    if is_table || !typed.is_empty() {
        let tables = CATALOG_TABLES.iter().filter(|table| begins(table.name, typed));
        candidates.extend(tables.map(|table| Candidate::new(table.name, table.name)));
    }
    if !is_table {
        candidates.extend(words(before, typed));
    }
    if candidates.is_empty() {
        candidates = if is_table {
            let tables = CATALOG_TABLES.iter().map(|table| table.name);
            let tables = nearest(tables, &typed.to_ascii_lowercase());
            tables.into_iter().map(|table| Candidate::new(table, table)).collect()
        } else {
            let columns = nearest(all_columns(), &part.prefix);
            columns.into_iter().map(|column| column_of(qualifier, column)).collect()
        };
    }
    Completion { start: part.start, candidates }
}

/// The columns of all tables, sorted.
fn all_columns() -> BTreeSet<&'static str> {
    CATALOG_TABLES.iter().flat_map(|table| table.columns).copied().collect()
}

fn column_of(qualifier: &str, column: &str) -> Candidate {
    Candidate::new(format!("{qualifier}{}", Identifier(column)), column)
}

/// The words of queries that begin with the typed text; none until something is typed.
fn words(before: &str, typed: &str) -> Vec<Candidate> {
    let known = QUERY_KEYWORDS.iter().filter(|_| !typed.is_empty());
    known.filter_map(|next| word(before, typed, next, " ")).collect()
}
