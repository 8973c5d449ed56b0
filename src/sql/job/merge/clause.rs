//! The WHEN clauses of a MERGE.

use std::ops::Range;

use super::{Aliases, MergeParts, parenthesis};
use crate::sql::error::{JobError, MergeError, SqlError};
use crate::sql::job::check::ExcerptKind;
use crate::sql::job::columns::{ColumnMapping, by_name, listed};
use crate::sql::job::failure;
use crate::sql::job::writer::Writer;
use crate::sql::lexical::{Parsed, expect, fail, keyword, keywords, not_here, unexpected};
use crate::sql::token::TokenList;

const DELETE: &str = "WHEN MATCHED AND … THEN DELETE";
const REPLACE: &str = "WHEN MATCHED THEN REPLACE";
const INSERT: &str = "WHEN NOT MATCHED THEN INSERT";

/// The clauses in their order; the first one may be missing.
const FORMS: [&str; 3] = [DELETE, REPLACE, INSERT];

/// A clause after ON: the condition of DELETE, the columns and the expressions of INSERT.
enum WhenClause {
    Delete(Range<usize>),
    Replace,
    Insert(ColumnMapping, Vec<Range<usize>>),
}

impl WhenClause {
    /// Its position in [`FORMS`].
    fn position(&self) -> usize {
        match self {
            Self::Delete(_) => 0,
            Self::Replace => 1,
            Self::Insert(..) => 2,
        }
    }
}

/// All clauses of a MERGE.
pub(super) struct WhenClauses(Vec<WhenClause>);

impl WhenClauses {
    /// Adds the clauses to the text, and their parts to those of the MERGE.
    pub fn write(
        self,
        writer: &mut Writer<'_>,
        aliases: &Aliases,
        mut parts: MergeParts,
    ) -> Result<MergeParts, SqlError> {
        let aliases = aliases.folded();
        for clause in self.0 {
            match clause {
                WhenClause::Delete(condition) => {
                    writer.push("\nWHEN MATCHED AND ");
                    let condition = writer.excerpt(condition, ExcerptKind::Expression, &aliases)?;
                    parts.delete = Some(condition);
                    writer.push(" THEN DELETE");
                }
                WhenClause::Replace => writer.push("\nWHEN MATCHED THEN REPLACE"),
                WhenClause::Insert(columns, values) => {
                    writer.push("\nWHEN NOT MATCHED THEN INSERT");
                    writer.push(&columns.to_string());
                    for (index, value) in values.iter().enumerate() {
                        writer.push(if index == 0 { " VALUES (" } else { ", " });
                        let value =
                            writer.excerpt(value.clone(), ExcerptKind::Expression, &aliases)?;
                        parts.values.push(value);
                    }
                    writer.push(if values.is_empty() { "" } else { ")" });
                    parts.columns = columns;
                }
            }
        }
        Ok(parts)
    }
}

/// The clauses up to the end, which must be complete and in order.
pub(super) fn clauses<'a>(
    list: TokenList<'a, '_>,
    aliases: &Aliases,
    input: &'a str,
) -> Parsed<'a, WhenClauses> {
    let mut rest = input;
    let mut seen: Vec<WhenClause> = Vec::new();
    while keyword("WHEN")(rest).is_ok() {
        let (after, clause) = clause(list, aliases, rest)?;
        let position = clause.position();
        if seen.iter().any(|before| before.position() == position) {
            return fail(rest, MergeError::DuplicateClause(FORMS[position]));
        }
        if seen.iter().any(|before| before.position() > position) {
            return fail(rest, MergeError::MisplacedClause(FORMS[position]));
        }
        seen.push(clause);
        rest = after;
    }
    for (position, form) in FORMS.iter().enumerate().skip(1) {
        if !seen.iter().any(|clause| clause.position() == position) {
            return fail(rest, MergeError::MissingClause(form));
        }
    }
    Ok((rest, WhenClauses(seen)))
}

fn clause<'a>(
    list: TokenList<'a, '_>,
    aliases: &Aliases,
    input: &'a str,
) -> Parsed<'a, WhenClause> {
    let (rest, ()) = keyword("WHEN")(input)?;
    if let Ok((rest, ())) = keyword("NOT")(rest) {
        return insert(list, aliases, rest);
    }
    let (rest, ()) = expect("MATCHED or NOT MATCHED", keyword("MATCHED"))(rest)?;
    if let Ok((rest, ())) = keyword("AND")(rest) {
        let (rest, condition) = condition_of_delete(list, rest)?;
        let (rest, ()) = expect("DELETE", keyword("DELETE"))(rest)?;
        return Ok((rest, WhenClause::Delete(condition)));
    }
    let (rest, ()) = expect("THEN, or AND and a condition", keyword("THEN"))(rest)?;
    if keyword("UPDATE")(rest).is_ok() {
        return fail(rest, MergeError::MergeUpdate);
    }
    if keyword("DELETE")(rest).is_ok() {
        let hint = format!("DELETE takes a condition: {DELETE}");
        return fail(rest, unexpected(rest, "REPLACE", Some(hint)));
    }
    let (rest, ()) = expect("REPLACE", keyword("REPLACE"))(rest)?;
    Ok((rest, WhenClause::Replace))
}

/// The condition up to its THEN; a THEN inside a CASE is part of it.
fn condition_of_delete<'a>(list: TokenList<'a, '_>, input: &'a str) -> Parsed<'a, Range<usize>> {
    let start = list.index_at(list.source.len() - input.len());
    let mut open = 0_usize;
    for index in start..list.tokens.len() {
        if list.is_symbol(index, '(') || list.is_word(index, "CASE") {
            open += 1;
        } else if list.is_symbol(index, ')') || list.is_word(index, "END") {
            open = open.saturating_sub(1);
        } else if open == 0 && list.is_word(index, "THEN") {
            let (rest, ()) = keyword("THEN")(&list.source[list.start_of(index)..])?;
            return Ok((rest, start..index));
        }
    }
    not_here(&list.source[list.source.trim_end().len()..], "THEN DELETE")
}

/// `insert`; `input` begins at MATCHED.
fn insert<'a>(
    list: TokenList<'a, '_>,
    aliases: &Aliases,
    input: &'a str,
) -> Parsed<'a, WhenClause> {
    let (rest, ()) = expect("MATCHED", keyword("MATCHED"))(input)?;
    let (rest, ()) = expect("THEN INSERT", keywords(&["THEN", "INSERT"]))(rest)?;
    if keyword("MAP_COLUMNS_BY_NAME")(rest).is_ok() {
        let (rest, columns) = by_name(list.source, Some(&aliases.query), rest)?;
        return Ok((rest, WhenClause::Insert(columns, Vec::new())));
    }
    let (rest, columns) = expect("MAP_COLUMNS_BY_NAME or columns in parentheses", |input| {
        listed(list.source, input)
    })(rest)?;
    let (rest, ()) = expect("VALUES", keyword("VALUES"))(rest)?;
    let place = rest;
    let (rest, inside) = parenthesis(list, "expressions in parentheses", rest)?;
    let values = expressions(list, inside).map_err(|error| failure(list.source, error))?;
    if values.len() != columns.len() {
        let kind = JobError::ValueCount {
            columns: columns.len(),
            values: values.len(),
        };
        // The caret is at the first surplus value, or at the parenthesis that closes too early.
        let surplus = values.get(columns.len()).map(|value| list.span_of(value));
        let close = || {
            let open = list.index_at(list.source.len() - place.len());
            let end = list.start_of(list.end_of_group(open + 1));
            end..end + 1
        };
        let span = surplus.unwrap_or_else(close);
        return Err(failure(list.source, SqlError::new(kind, span)));
    }
    Ok((rest, WhenClause::Insert(ColumnMapping::Listed(columns), values)))
}

/// The tokens of each expression, without the commas.
fn expressions(
    list: TokenList<'_, '_>,
    inside: Range<usize>,
) -> Result<Vec<Range<usize>>, SqlError> {
    let mut values = Vec::new();
    let mut open = 0_usize;
    let mut start = inside.start;
    for index in inside.clone() {
        if list.is_symbol(index, '(') {
            open += 1;
        } else if list.is_symbol(index, ')') {
            open -= 1;
        } else if open == 0 && list.is_symbol(index, ',') {
            values.push(start..index);
            start = index + 1;
        }
    }
    values.push(start..inside.end);
    match values.iter().find(|value| value.is_empty()) {
        None => Ok(values),
        Some(empty) => {
            let at = list.start_of(empty.start);
            let kind = unexpected(&list.source[at..], "an expression", None);
            Err(SqlError::new(kind, at..at + 1))
        }
    }
}
