//! The tables that a query reads.
//!
//! A name in the position of a table is looked up among the names of WITH and the aliases in scope.
//! Any other name is a table, and must have three parts. A name that could be an alias or a table
//! of the target's connection is refused, so that no table is missed.

use std::collections::HashSet;
use std::ops::Range;

use super::TableReference;
use super::outline::{FoundTable, Outline, folded};
use crate::name::{ConnectionName, Name, NameError, TableName};
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
            let is_alias = !found.has_alias && qualifiers.contains(name.table.as_str());
            let alias = is_alias.then(|| name.table.clone());
            sources.push(reference(name, alias, found.span.clone()));
        }
    }
    add_qualified_columns(&paths, &mut sources);
    Ok(sources)
}

fn reference(name: TableName, alias: Option<Name>, span: Range<usize>) -> TableReference {
    TableReference { name, alias, inside: span.clone(), span }
}

/// The table with this name; None for an alias, a name of WITH or a function.
fn source(
    outline: &Outline,
    found: &FoundTable,
    target: &ConnectionName,
) -> Result<Option<TableName>, SqlError> {
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
    let is_function = found.is_call && !(is_on_target && rest.len() == 2);
    if is_function || (rest.is_empty() && outline.scopes.is_cte(found.seat, first)) {
        return Ok(None);
    }
    match rest {
        [_, ..] if first == LAKE => fail(JobError::LakeTable),
        [] | [_] => fail(JobError::ShortName),
        [schema, table] => {
            let name = table_name(first, schema, table)
                .map_err(|error| SqlError::new(error, found.span.clone()))?;
            if name.connection != *target {
                return fail(JobError::OtherConnection {
                    source_connection: name.connection,
                    target: target.clone(),
                });
            }
            Ok(Some(name))
        }
        _ => fail(JobError::LongName(found.parts.len())),
    }
}

/// The three names before the last point of a qualified column, or the first one alone, such as an
/// alias.
struct QualifyingPath {
    parts: Vec<String>,
    span: Range<usize>,
}

fn qualifying_paths(list: TokenList<'_, '_>, tokens: Range<usize>) -> Vec<QualifyingPath> {
    let begins = |index: &usize| {
        let is_part = *index > tokens.start && list.is_symbol(index - 1, '.');
        !is_part && list.is_symbol(index + 1, '.') && list.is_name(*index)
    };
    let read = |index: usize| {
        let mut path = list.path_at(index);
        path.truncate(if list.is_symbol(index + 5, '.') { 3 } else { 1 });
        Some(QualifyingPath {
            parts: path.iter().map(|part| folded(list.source, part)).collect(),
            span: path.first()?.span.start..path.last()?.span.end,
        })
    };
    tokens.clone().filter(begins).filter_map(read).collect()
}

/// Adds the places that qualify a column with the full name of its table,
/// `connection.schema.table.column`: a rename must change them too.
fn add_qualified_columns(paths: &[QualifyingPath], sources: &mut Vec<TableReference>) {
    let known: HashSet<TableName> = sources.iter().map(|source| source.name.clone()).collect();
    let in_from: HashSet<usize> = sources.iter().map(|source| source.span.start).collect();
    for path in paths {
        if let [connection, schema, table] = path.parts.as_slice()
            && let Ok(name) = table_name(connection, schema, table)
            && known.contains(&name)
            && !in_from.contains(&path.span.start)
        {
            sources.push(reference(name, None, path.span.clone()));
        }
    }
    sources.sort_by_key(|source| source.span.start);
}

fn table_name(connection: &str, schema: &str, table: &str) -> Result<TableName, NameError> {
    Ok(TableName {
        connection: ConnectionName::new(connection)?,
        schema: Name::new(schema)?,
        table: Name::new(table)?,
    })
}
