//! Redshift's own MERGE (AWS documentation, "MERGE"), which is kept as it was written.

use std::ops::Range;

use crate::name::Name;
use crate::sql::error::{MergeError, SqlError};
use crate::sql::job::JobWrite;
use crate::sql::job::check::ExcerptKind;
use crate::sql::job::outline::folded;
use crate::sql::job::writer::Writer;
use crate::sql::lexical::unexpected;
use crate::sql::token::TokenList;

const UPDATE_OR_DELETE: &str = "WHEN MATCHED THEN";
const INSERT: &str = "WHEN NOT MATCHED THEN INSERT";
const REMOVE_DUPLICATES: &str = "REMOVE DUPLICATES";

/// ```ebnf
/// redshift merge = "MERGE", "INTO", target, [ [ "AS" ], name ], "USING", table, [ [ "AS" ], name ],
///                  "ON", expression, ( [ matched ], [ not matched ] | "REMOVE", "DUPLICATES" ) ;
/// matched        = "WHEN", "MATCHED", "THEN", ( "UPDATE", "SET", assignments | "DELETE" ) ;
/// not matched    = "WHEN", "NOT", "MATCHED", "THEN", "INSERT", [ listed ],
///                  "VALUES", "(", expression, { ",", expression }, ")" ;
/// ```
/// True if the clauses of the tokens are not those of Upsolver.
pub(super) fn is_redshift(list: TokenList<'_, '_>, tokens: Range<usize>) -> bool {
    let then =
        |index: usize, word: &str| list.is_word(index, "THEN") && list.is_word(index + 1, word);
    let is_upsolver = |index: usize| {
        then(index, "REPLACE")
            || list.is_word(index, "MAP_COLUMNS_BY_NAME")
            || (list.is_word(index, "MATCHED") && list.is_word(index + 1, "AND"))
    };
    !tokens.into_iter().any(is_upsolver)
}

/// Adds the text from USING, the first of the tokens, to the end.
pub(super) fn write(
    writer: &mut Writer<'_>,
    list: TokenList<'_, '_>,
    tokens: &Range<usize>,
    alias: Option<Name>,
) -> Result<JobWrite, SqlError> {
    check_clauses(list, tokens)?;
    let name = match alias {
        Some(alias) => {
            writer.push(&format!(" AS {}", alias.sql()));
            alias
        }
        None => {
            let name = writer.target().name.table.table.clone();
            // A rename of the table leaves the columns that it qualifies alone.
            writer.target().alias = is_qualifier(list, tokens.clone(), &name).then(|| name.clone());
            name
        }
    };
    writer.push("\n");
    let start = writer.position();
    writer.excerpt(tokens.clone(), ExcerptKind::Merge, &[name.as_str().to_owned()])?;
    let (source, alias, has_alias) = merged_table(list, tokens)?;
    let inside = |byte: usize| byte - list.start_of(tokens.start) + start;
    Ok(JobWrite::RedshiftMerge {
        source: inside(source.start)..inside(source.end),
        alias,
        has_alias,
    })
}

/// The name of the table behind USING, the name by which the clauses call it, and true if that one
/// is written behind it.
fn merged_table(
    list: TokenList<'_, '_>,
    tokens: &Range<usize>,
) -> Result<(Range<usize>, Name, bool), SqlError> {
    let first = tokens.start + 1;
    let path = list.path_at(first);
    let end = first + (2 * path.len()).saturating_sub(1);
    let behind = if list.is_word(end, "AS") { end + 1 } else { end };
    let has_alias = list.is_name(behind) && !list.is_word(behind, "ON");
    let named = if has_alias { behind } else { end.saturating_sub(1) };
    let span =
        list.start_of(named)..list.get(named).map_or(list.start_of(named), |token| token.span.end);
    let name = list.get(named).map_or_else(String::new, |token| folded(list.source, token));
    let alias = Name::new(&name).map_err(|error| SqlError::new(error, span))?;
    Ok((list.span_of(&(first..end)), alias, has_alias))
}

/// True if a column is qualified with the name.
fn is_qualifier(list: TokenList<'_, '_>, tokens: Range<usize>, name: &Name) -> bool {
    tokens.into_iter().any(|index| {
        list.is_symbol(index + 1, '.')
            && index.checked_sub(1).is_none_or(|before| !list.is_symbol(before, '.'))
            && list.tokens[index].is_name()
            && folded(list.source, &list.tokens[index]) == name.as_str()
    })
}

/// Checks that each clause is one of Redshift's, and that none is there twice.
fn check_clauses(list: TokenList<'_, '_>, tokens: &Range<usize>) -> Result<(), SqlError> {
    let mut seen: Vec<&str> = Vec::new();
    for index in clauses(list, tokens) {
        let form = form(list, index)?;
        if seen.contains(&form) {
            let error = MergeError::DuplicateClause(form);
            return Err(SqlError::new(error, list.tokens[index].span.clone()));
        }
        seen.push(form);
    }
    if seen.is_empty() {
        let end = list.start_of(tokens.end);
        return Err(SqlError::new(MergeError::MissingClause(UPDATE_OR_DELETE), end..end));
    }
    Ok(())
}

/// The indices of WHEN and REMOVE outside of parentheses and CASE.
fn clauses(list: TokenList<'_, '_>, tokens: &Range<usize>) -> Vec<usize> {
    let mut open = 0_usize;
    let mut found = Vec::new();
    for index in tokens.clone() {
        if list.is_symbol(index, '(') || list.is_word(index, "CASE") {
            open += 1;
        } else if list.is_symbol(index, ')') || list.is_word(index, "END") {
            open = open.saturating_sub(1);
        }
        let begins = list.is_word(index, "WHEN")
            || (list.is_word(index, "REMOVE") && list.is_word(index + 1, "DUPLICATES"));
        if open == 0 && begins {
            found.push(index);
        }
    }
    found
}

/// The form of the clause that begins here.
fn form(list: TokenList<'_, '_>, index: usize) -> Result<&'static str, SqlError> {
    if list.is_word(index, "REMOVE") {
        return Ok(REMOVE_DUPLICATES);
    }
    let is_not = list.is_word(index + 1, "NOT");
    let words: [(usize, &[&str], &'static str); 3] = [
        (index + 1 + usize::from(is_not), &["MATCHED"], "MATCHED or NOT MATCHED"),
        (
            index + 2 + usize::from(is_not),
            &["THEN"],
            "THEN: Redshift's MERGE has no conditions",
        ),
        if is_not {
            (index + 4, &["INSERT"], "INSERT")
        } else {
            (index + 3, &["UPDATE", "DELETE"], "UPDATE SET or DELETE")
        },
    ];
    for (at, expected, message) in words {
        if !expected.iter().any(|word| list.is_word(at, word)) {
            let start = list.start_of(at);
            let end = list.get(at).map_or(start, |token| token.span.end);
            let error = unexpected(&list.source[start..], message, None);
            return Err(SqlError::new(error, start..end));
        }
    }
    Ok(if is_not { INSERT } else { UPDATE_OR_DELETE })
}
