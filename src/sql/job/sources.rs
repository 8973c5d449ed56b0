//! The tables that a query reads.
//!
//! A name in the position of a table is looked up among the names of WITH and the aliases in scope.
//! Any other name is a table, and must have three parts. A name that could be an alias or a table
//! of the target's connection is refused, so that no table is missed.

use std::collections::HashSet;
use std::ops::Range;

use super::TableReference;
use super::lexed::Lexed;
use super::outline::{FoundTable, Outline, folded};
use crate::name::{ConnectionName, Name, TableName};
use crate::sql::error::{JobError, SqlError, SqlErrorKind};

/// Upsolver's name for its data lake.
const LAKE: &str = "default_glue_catalog";

/// The tables that the outlined tokens name, in order; `inside` of each is still in bytes of the
/// statement.
pub(super) fn sources(
    lexed: &Lexed<'_>,
    tokens: Range<usize>,
    outline: &Outline,
    target: &ConnectionName,
) -> Result<Vec<TableReference>, SqlError> {
    let mut sources = Vec::new();
    let qualifiers = qualifiers(lexed, &tokens);
    for found in &outline.tables {
        if let Some(name) = source(outline, found, target)? {
            let is_alias = !found.has_alias && qualifiers.contains(name.table.as_str());
            let alias = is_alias.then(|| name.table.clone());
            sources.push(reference(name, alias, found.span.clone()));
        }
    }
    add_qualified_columns(lexed, tokens, &mut sources);
    Ok(sources)
}

fn reference(name: TableName, alias: Option<Name>, span: Range<usize>) -> TableReference {
    TableReference { name, alias, inside: span.clone(), span }
}

/// Refuses a target of Upsolver that redwire does not support.
pub(super) fn check_target(target: &ConnectionName, span: Range<usize>) -> Result<(), SqlError> {
    if target.as_str() == LAKE {
        return Err(SqlError::new(SqlErrorKind::Job(JobError::LakeTable), span));
    }
    Ok(())
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
    let fail = |kind| Err(SqlError::new(SqlErrorKind::Job(kind), found.span.clone()));
    let is_on_target = first == target.as_str();
    if outline.scopes.is_alias(found.seat, first) {
        if is_on_target && rest.len() >= 2 {
            let connection = target.clone();
            return fail(JobError::AliasOrConnection { connection });
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
            let bad_name = |error| SqlError::new(SqlErrorKind::Name(error), found.span.clone());
            let connection = ConnectionName::new(first).map_err(bad_name)?;
            if connection != *target {
                return fail(JobError::OtherConnection {
                    source_connection: connection,
                    target: target.clone(),
                });
            }
            Ok(Some(TableName {
                connection,
                schema: Name::new(schema).map_err(bad_name)?,
                table: Name::new(table).map_err(bad_name)?,
            }))
        }
        _ => fail(JobError::LongName { parts: found.parts.len() }),
    }
}

/// The first parts of qualified names, such as the alias of a column.
fn qualifiers(lexed: &Lexed<'_>, tokens: &Range<usize>) -> HashSet<String> {
    let is_qualifier = |index: &usize| {
        let begins = *index == tokens.start || !lexed.is_symbol(index - 1, '.');
        lexed.is_name(*index) && begins && lexed.is_symbol(index + 1, '.')
    };
    let found = tokens.clone().filter(is_qualifier);
    found.map(|index| folded(lexed.source, &lexed.tokens[index])).collect()
}

/// Adds the places that qualify a column with the full name of its table,
/// `connection.schema.table.column`: a rename must change them too.
fn add_qualified_columns(
    lexed: &Lexed<'_>,
    tokens: Range<usize>,
    sources: &mut Vec<TableReference>,
) {
    let known: HashSet<TableName> = sources.iter().map(|source| source.name.clone()).collect();
    let in_from: HashSet<usize> = sources.iter().map(|source| source.span.start).collect();
    for index in tokens.start..tokens.end.saturating_sub(6) {
        let begins = index == 0 || !lexed.is_symbol(index - 1, '.');
        if begins
            && lexed.is_symbol(index + 5, '.')
            && let Some((name, span)) = table_at(lexed, index)
            && known.contains(&name)
            && !in_from.contains(&span.start)
        {
            sources.push(reference(name, None, span));
        }
    }
    sources.sort_by_key(|source| source.span.start);
}

/// The name of three parts that begins at the token, and its bytes.
fn table_at(lexed: &Lexed<'_>, index: usize) -> Option<(TableName, Range<usize>)> {
    let has_parts = [0, 2, 4].iter().all(|step| lexed.is_name(index + step));
    let has_points = [1, 3].iter().all(|step| lexed.is_symbol(index + step, '.'));
    if !has_parts || !has_points {
        return None;
    }
    let part = |step: usize| folded(lexed.source, &lexed.tokens[index + step]);
    let name = TableName {
        connection: ConnectionName::new(&part(0)).ok()?,
        schema: Name::new(&part(2)).ok()?,
        table: Name::new(&part(4)).ok()?,
    };
    let span = lexed.tokens[index].span.start..lexed.tokens[index + 4].span.end;
    Some((name, span))
}
