//! The WHEN clauses of a MERGE.

use std::ops::Range;

use super::{Aliases, parenthesis};
use crate::sql::error::{JobError, MergeError, NextToken, SqlError, SqlErrorKind};
use crate::sql::job::check::ExcerptKind;
use crate::sql::job::columns::{ColumnMapping, by_name, listed};
use crate::sql::job::failure;
use crate::sql::job::writer::Writer;
use crate::sql::lexical::{Parsed, expect, fail, found, keyword, keywords, not_here};
use crate::sql::token::TokenList;

const DELETE: &str = "WHEN MATCHED AND … THEN DELETE";
const REPLACE: &str = "WHEN MATCHED THEN REPLACE";
const INSERT: &str = "WHEN NOT MATCHED THEN INSERT";

/// The clauses after ON; `delete` is the condition of DELETE, `values` the expressions of VALUES.
pub(super) struct WhenClauses {
    delete: Option<Range<usize>>,
    columns: ColumnMapping,
    values: Vec<Range<usize>>,
}

impl WhenClauses {
    pub fn write(self, writer: &mut Writer<'_>, aliases: &Aliases) -> Result<(), SqlError> {
        let aliases = aliases.folded();
        if let Some(condition) = self.delete {
            writer.push("\nWHEN MATCHED AND ");
            writer.excerpt(condition, ExcerptKind::Expression, &aliases)?;
            writer.push(" THEN DELETE");
        }
        writer.push("\nWHEN MATCHED THEN REPLACE\nWHEN NOT MATCHED THEN INSERT");
        writer.push(&self.columns.to_string());
        for (index, value) in self.values.iter().enumerate() {
            writer.push(if index == 0 { " VALUES (" } else { ", " });
            writer.excerpt(value.clone(), ExcerptKind::Expression, &aliases)?;
        }
        if !self.values.is_empty() {
            writer.push(")");
        }
        Ok(())
    }
}

enum WhenClause {
    Delete(Range<usize>),
    Replace,
    Insert(ColumnMapping, Vec<Range<usize>>),
}

impl WhenClause {
    /// Its position among the clauses, and its form.
    fn rank(&self) -> (usize, &'static str) {
        match self {
            Self::Delete(_) => (1, DELETE),
            Self::Replace => (2, REPLACE),
            Self::Insert(..) => (3, INSERT),
        }
    }
}

/// The clauses up to the end, which must be complete and in order.
pub(super) fn clauses<'a>(
    list: TokenList<'a, '_>,
    aliases: &Aliases,
    input: &'a str,
) -> Parsed<'a, WhenClauses> {
    let mut rest = input;
    let mut seen: Vec<usize> = Vec::new();
    let mut delete = None;
    let mut insert = None;
    while keyword("WHEN")(rest).is_ok() {
        let (after, clause) = clause(list, aliases, rest)?;
        let (rank, form) = clause.rank();
        if seen.contains(&rank) {
            return fail(rest, SqlErrorKind::Merge(MergeError::DuplicateClause { clause: form }));
        }
        if seen.iter().any(|before| *before > rank) {
            return fail(rest, SqlErrorKind::Merge(MergeError::MisplacedClause { clause: form }));
        }
        seen.push(rank);
        match clause {
            WhenClause::Delete(condition) => delete = Some(condition),
            WhenClause::Replace => {}
            WhenClause::Insert(columns, values) => insert = Some((columns, values)),
        }
        rest = after;
    }
    let missing = |clause| fail(rest, SqlErrorKind::Merge(MergeError::MissingClause { clause }));
    if !seen.contains(&2) {
        return missing(REPLACE);
    }
    let Some((columns, values)) = insert else {
        return missing(INSERT);
    };
    let clauses = WhenClauses { delete, columns, values };
    Ok((rest, clauses))
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
        return fail(rest, SqlErrorKind::Merge(MergeError::MergeUpdate));
    }
    if keyword("DELETE")(rest).is_ok() {
        let kind = SqlErrorKind::Expected {
            expected: "REPLACE".to_owned(),
            found: NextToken::Token("\"DELETE\"".to_owned()),
            hint: Some(format!("DELETE takes a condition: {DELETE}")),
        };
        return fail(rest, kind);
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
        return Err(failure(list.source, SqlError::new(SqlErrorKind::Job(kind), span)));
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
            let kind = SqlErrorKind::Expected {
                expected: "an expression".to_owned(),
                found: found(&list.source[at..]),
                hint: None,
            };
            Err(SqlError::new(kind, at..at + 1))
        }
    }
}
