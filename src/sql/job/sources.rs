//! The tables that a query reads.
//!
//! A name where a table belongs is looked up among the names of WITH and the aliases that are in
//! scope. What is left is a table, and must have three parts. A name that could be an alias or a
//! table of the target's connection is refused, so that no table is missed.

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

/// The tables that the outlined tokens name, in order; `inside` of each is still the bytes of the
/// statement.
pub(super) fn sources(
    words: &Words<'_>,
    tokens: std::ops::Range<usize>,
    outline: &Outline,
    target: &ConnectionName,
) -> Result<Vec<TableReference>, SqlError> {
    let mut sources = Vec::new();
    let qualifiers = qualifiers(words, &tokens);
    for found in &outline.tables {
        if let Some(name) = source(outline, found, target)? {
            let is_alias = !found.has_alias && qualifiers.contains(name.table.as_str());
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
pub(super) fn check_target(
    target: &ConnectionName,
    span: std::ops::Range<usize>,
) -> Result<(), SqlError> {
    if target.as_str() == LAKE {
        return Err(SqlError::new(SqlErrorKind::Job(JobError::LakeTable), span));
    }
    Ok(())
}

/// The table that the name is; None for an alias, a name of WITH or a function.
fn source(
    outline: &Outline,
    found: &Found,
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

/// The names that stand anywhere before a point and behind none, as an alias does.
fn qualifiers(words: &Words<'_>, tokens: &std::ops::Range<usize>) -> HashSet<String> {
    let is_qualifier = |index: &usize| {
        let token = &words.tokens[*index];
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
        let begins = *index == tokens.start || !words.is_symbol(index - 1, '.');
        is_name && begins && words.is_symbol(index + 1, '.')
    };
    let found = tokens.clone().filter(is_qualifier);
    found.map(|index| folded(words.source, &words.tokens[index])).collect()
}

/// Words behind which a table may stand, in upper case.
const BEFORE_A_TABLE: [&str; 6] = ["APPLY", "FROM", "JOIN", "ONLY", "TABLE", "USING"];

/// Adds the tables of the target's connection that stand behind a comma or a word that announces a
/// table, and that the outline did not see: a query that is not checked may be written in ways that
/// it cannot follow.
pub(super) fn add_unseen(
    words: &Words<'_>,
    tokens: &std::ops::Range<usize>,
    outline: &Outline,
    target: &ConnectionName,
    sources: &mut Vec<TableReference>,
) {
    if outline.scopes.is_alias_anywhere(target.as_str()) {
        return;
    }
    let seen: HashSet<usize> = sources.iter().map(|source| source.span.start).collect();
    let may_begin = |index: usize| {
        let announces = |word: &&str| words.is_word(index - 1, word);
        words.is_symbol(index - 1, ',') || BEFORE_A_TABLE.iter().any(announces)
    };
    for index in tokens.start + 1..tokens.end.saturating_sub(4) {
        let Some((name, span)) = may_begin(index).then(|| table_at(words, index)).flatten() else {
            continue;
        };
        if name.connection == *target
            && !words.is_symbol(index + 5, '.')
            && !seen.contains(&span.start)
        {
            sources.push(TableReference {
                name,
                alias: None,
                inside: span.clone(),
                span,
            });
        }
    }
    sources.sort_by_key(|source| source.span.start);
}

/// The name of three parts that begins at the token, and its bytes.
fn table_at(words: &Words<'_>, index: usize) -> Option<(TableName, std::ops::Range<usize>)> {
    let part = |step: usize| {
        let token = words.tokens.get(index + step)?;
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
        is_name.then(|| folded(words.source, token))
    };
    let has_points = words.is_symbol(index + 1, '.') && words.is_symbol(index + 3, '.');
    let (connection, schema, table) = (part(0)?, part(2)?, part(4)?);
    let name = TableName {
        connection: ConnectionName::new(&connection).ok()?,
        schema: Name::new(&schema).ok()?,
        table: Name::new(&table).ok()?,
    };
    let span = words.tokens[index].span.start..words.tokens[index + 4].span.end;
    has_points.then_some((name, span))
}

/// Adds the places where a column is written with the whole name of its table,
/// `connection.schema.table.column`.
fn add_qualified_columns(
    words: &Words<'_>,
    tokens: std::ops::Range<usize>,
    sources: &mut Vec<TableReference>,
) {
    let known: HashSet<TableName> = sources.iter().map(|source| source.name.clone()).collect();
    let in_from: HashSet<usize> = sources.iter().map(|source| source.span.start).collect();
    let mut index = tokens.start;
    while index + 6 < tokens.end {
        let is_name =
            |at: usize| matches!(words.tokens[at].kind, TokenKind::Word | TokenKind::QuotedName);
        let has_points = [1, 3, 5].iter().all(|step| words.is_symbol(index + step, '.'));
        let begins = index == 0 || !words.is_symbol(index - 1, '.');
        let is_long_name =
            begins && has_points && [0, 2, 4].iter().all(|step| is_name(index + step));
        if !is_long_name {
            index += 1;
            continue;
        }
        let part = |step: usize| folded(words.source, &words.tokens[index + step]);
        let span = words.tokens[index].span.start..words.tokens[index + 4].span.end;
        if let (Ok(connection), Ok(schema), Ok(table)) =
            (ConnectionName::new(&part(0)), Name::new(&part(2)), Name::new(&part(4)))
        {
            let name = TableName { connection, schema, table };
            if known.contains(&name) && !in_from.contains(&span.start) {
                let inside = span.clone();
                sources.push(TableReference { name, alias: None, inside, span });
            }
        }
        index += 6;
    }
    sources.sort_by_key(|source| source.span.start);
}
