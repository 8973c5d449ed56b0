//! The tables that a query reads.
//!
//! A name in the position of a table is looked up among the names of WITH and the aliases in scope.
//! Any other name is a table, and must have three parts, or four with a database. A name that
//! could be an alias or a table of the target's connection is refused, so that no table is missed.

use std::collections::HashSet;
use std::ops::Range;

use super::TableReference;
use super::outline::{FoundTable, Outline, folded};
use crate::name::{ConnectionName, Name, NameError, TableName, TablePath};
use crate::sql::error::{JobError, SqlError};
use crate::sql::token::TokenList;

/// Upsolver's name for its data lake.
pub(super) const LAKE: &str = "default_glue_catalog";

/// The tables that the outlined tokens name, in order; `inside` of each is still in bytes of the
/// statement.
pub(super) fn sources(
    list: TokenList<'_, '_>,
    tokens: Range<usize>,
    outline: &Outline,
    target: &ConnectionName,
) -> Result<Vec<TableReference>, SqlError> {
    let mut sources = Vec::new();
    let paths = qualifying_paths(list, tokens);
    let qualifiers: HashSet<&str> = paths.iter().map(|path| path.parts[0].as_str()).collect();
    for found in &outline.tables {
        if let Some(name) = source(outline, found, target)? {
            let table = &name.table.table;
            let is_alias = !found.has_alias && qualifiers.contains(table.as_str());
            let alias = is_alias.then(|| table.clone());
            sources.push(reference(name, alias, found.span.clone()));
        }
    }
    add_qualified_columns(&paths, &mut sources);
    Ok(sources)
}

fn reference(name: TablePath, alias: Option<Name>, span: Range<usize>) -> TableReference {
    TableReference { name, alias, inside: span.clone(), span }
}

/// The table with this name; None for an alias, a name of WITH or a function.
fn source(
    outline: &Outline,
    found: &FoundTable,
    target: &ConnectionName,
) -> Result<Option<TablePath>, SqlError> {
    let [first, rest @ ..] = found.parts.as_slice() else {
        return Ok(None);
    };
    let fail = |kind| Err(SqlError::new(kind, found.span.clone()));
    let is_on_target = first == target.as_str();
    if outline.scopes.is_alias(found.seat, first) {
        if is_on_target && rest.len() >= 2 {
            let connection = target.clone();
            return fail(JobError::AliasOrConnection(connection));
        }
        return Ok(None);
    }
    let is_function = found.is_call && !(is_on_target && matches!(rest.len(), 2 | 3));
    if is_function || (rest.is_empty() && outline.scopes.is_cte(found.seat, first)) {
        return Ok(None);
    }
    match rest {
        [_, ..] if first == LAKE => fail(JobError::LakeTable),
        [] | [_] => fail(JobError::ShortName),
        [_, _] | [_, _, _] if !reaches_into_a_column(outline, found) => {
            let name = table_path(&found.parts)
                .map_err(|error| SqlError::new(error, found.span.clone()))?;
            if let Some(name) = &name
                && name.table.connection != *target
            {
                return fail(JobError::OtherConnection {
                    source_connection: name.table.connection.clone(),
                    target: target.clone(),
                });
            }
            Ok(name)
        }
        [_, _, ..] => fail(JobError::LongName(found.parts.len())),
    }
}

/// True for a name of four parts whose first three are a table of the text: the last part is then
/// a column of that table.
fn reaches_into_a_column(outline: &Outline, found: &FoundTable) -> bool {
    found.parts.len() == 4 && outline.tables.iter().any(|table| table.parts[..] == found.parts[..3])
}

/// The names before the last point of a qualified column.
struct QualifyingPath {
    parts: Vec<String>,
    start: usize,
    /// The byte at which each part ends.
    ends: Vec<usize>,
}

fn qualifying_paths(list: TokenList<'_, '_>, tokens: Range<usize>) -> Vec<QualifyingPath> {
    let begins = |index: &usize| {
        let is_part = *index > tokens.start && list.is_symbol(index - 1, '.');
        !is_part && list.is_symbol(index + 1, '.') && list.is_name(*index)
    };
    let read = |index: usize| {
        let mut path = list.path_at(index);
        // A name is the column; a `*` is no part.
        if !list.is_symbol(index + 2 * path.len() - 1, '.') {
            path.pop();
        }
        path.truncate(4);
        QualifyingPath {
            parts: path.iter().map(|part| folded(list.source, part)).collect(),
            start: list.start_of(index),
            ends: path.iter().map(|part| part.span.end).collect(),
        }
    };
    tokens.clone().filter(begins).map(read).collect()
}

/// Adds the places that qualify a column with the full name of its table,
/// `connection.schema.table.column`: a rename must change them too.
fn add_qualified_columns(paths: &[QualifyingPath], sources: &mut Vec<TableReference>) {
    let known: HashSet<TablePath> = sources.iter().map(|source| source.name.clone()).collect();
    let in_from: HashSet<usize> = sources.iter().map(|source| source.span.start).collect();
    for path in paths.iter().filter(|path| !in_from.contains(&path.start)) {
        let of_length = |length: usize| {
            let name = table_path(path.parts.get(..length)?).ok()??;
            known
                .contains(&name)
                .then(|| reference(name, None, path.start..path.ends[length - 1]))
        };
        sources.extend(of_length(4).or_else(|| of_length(3)));
    }
    sources.sort_by_key(|source| source.span.start);
}

/// The table that three or four parts name; None for another number of parts.
fn table_path(parts: &[String]) -> Result<Option<TablePath>, NameError> {
    let (connection, database, schema, table) = match parts {
        [connection, schema, table] => (connection, None, schema, table),
        [connection, database, schema, table] => (connection, Some(database), schema, table),
        _ => return Ok(None),
    };
    Ok(Some(TablePath {
        database: database.map(|name| Name::new(name)).transpose()?,
        table: TableName {
            connection: ConnectionName::new(connection)?,
            schema: Name::new(schema)?,
            table: Name::new(table)?,
        },
    }))
}
