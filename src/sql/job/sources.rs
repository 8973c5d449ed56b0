//! The tables that a query reads.
//!
//! A name where a table belongs is looked up among the names of WITH and the aliases that are in scope. What is left
//! is a table, and must have three parts. A name that could be an alias or a table of the target's connection is
//! refused, so that no table is missed.

use std::collections::HashSet;

use super::TableReference;
use super::error::JobError;
use super::outline::{Outline, TableName as Found, folded};
use super::wording::Words;
use crate::name::{ConnectionName, Name, TableName};
use crate::sql::error::{SqlError, SqlErrorKind};
use crate::sql::token::TokenKind;

/// What Upsolver calls its data lake.
const LAKE: &str = "default_glue_catalog";

/// The tables that the outlined tokens name, in order; `inside` of each is still the bytes of the statement.
pub(super) fn sources(
    words: &Words<'_>,
    tokens: std::ops::Range<usize>,
    outline: &Outline,
    target: &ConnectionName,
) -> Result<Vec<TableReference>, SqlError> {
    let mut sources = Vec::new();
    for found in &outline.tables {
        if let Some(name) = source(outline, found, target)? {
            let is_alias = !found.has_alias && is_qualifier(words, &tokens, name.table.as_str());
            sources.push(TableReference {
                alias: is_alias.then(|| name.table.clone()),
                name,
                inside: found.span.clone(),
                span: found.span.clone(),
            });
        }
    }
    add_qualified_columns(words, tokens, &mut sources);
    Ok(sources)
}

/// Refuses a target that no job of redwire writes.
pub(super) fn check_target(target: &ConnectionName, span: std::ops::Range<usize>) -> Result<(), SqlError> {
    if target.as_str() == LAKE {
        return Err(SqlError::new(SqlErrorKind::Job(JobError::LakeTable), span));
    }
    Ok(())
}

/// The table that the name is; None for an alias, a name of WITH or a function.
fn source(outline: &Outline, found: &Found, target: &ConnectionName) -> Result<Option<TableName>, SqlError> {
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
        _ => fail(JobError::LongName {
            parts: found.parts.len(),
        }),
    }
}

/// Whether the name stands anywhere before a point and behind none, as an alias does.
fn is_qualifier(words: &Words<'_>, tokens: &std::ops::Range<usize>, name: &str) -> bool {
    tokens.clone().any(|index| {
        let token = &words.tokens[index];
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
        let begins = index == tokens.start || !words.is_symbol(index - 1, '.');
        is_name && begins && words.is_symbol(index + 1, '.') && folded(words.source, token) == name
    })
}

/// Adds the places where a column is written with the whole name of its table, `connection.schema.table.column`.
fn add_qualified_columns(words: &Words<'_>, tokens: std::ops::Range<usize>, sources: &mut Vec<TableReference>) {
    let known: HashSet<TableName> = sources.iter().map(|source| source.name.clone()).collect();
    let in_from: HashSet<usize> = sources.iter().map(|source| source.span.start).collect();
    let mut index = tokens.start;
    while index + 6 < tokens.end {
        let is_name = |at: usize| matches!(words.tokens[at].kind, TokenKind::Word | TokenKind::QuotedName);
        let has_points = [1, 3, 5].iter().all(|step| words.is_symbol(index + step, '.'));
        let begins = index == 0 || !words.is_symbol(index - 1, '.');
        let is_long_name = begins && has_points && [0, 2, 4].iter().all(|step| is_name(index + step));
        if !is_long_name {
            index += 1;
            continue;
        }
        let part = |step: usize| folded(words.source, &words.tokens[index + step]);
        let span = words.tokens[index].span.start..words.tokens[index + 4].span.end;
        if let (Ok(connection), Ok(schema), Ok(table)) =
            (ConnectionName::new(&part(0)), Name::new(&part(2)), Name::new(&part(4)))
        {
            let name = TableName {
                connection,
                schema,
                table,
            };
            if known.contains(&name) && !in_from.contains(&span.start) {
                let inside = span.clone();
                sources.push(TableReference {
                    name,
                    alias: None,
                    inside,
                    span,
                });
            }
        }
        index += 6;
    }
    sources.sort_by_key(|source| source.span.start);
}
