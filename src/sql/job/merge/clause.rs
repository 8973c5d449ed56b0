//! WHEN: what a MERGE does with the rows.

use std::ops::Range;

use super::MergeError;
use super::{Aliases, parenthesis};
use crate::sql::error::{SqlError, SqlErrorKind};
use crate::sql::job::columns::{Columns, by_name, listed};
use crate::sql::job::error::JobError;
use crate::sql::job::excerpt::Kind;
use crate::sql::job::failure;
use crate::sql::job::wording::Words;
use crate::sql::job::writer::Writer;
use crate::sql::lexical::{Parsed, expect, fail, found, keyword, keywords, not_here};

const DELETE: &str = "WHEN MATCHED AND … THEN DELETE";
const REPLACE: &str = "WHEN MATCHED THEN REPLACE";
const INSERT: &str = "WHEN NOT MATCHED THEN INSERT";

/// The clauses behind ON.
pub(super) struct Clauses {
    /// The condition of DELETE.
    delete: Option<Range<usize>>,
    columns: Columns,
    /// The expressions of VALUES.
    values: Vec<Range<usize>>,
}

impl Clauses {
    /// Writes the clauses.
    pub fn write(self, writer: &mut Writer<'_, '_>, aliases: &Aliases) -> Result<(), SqlError> {
        let aliases = aliases.folded();
        if let Some(condition) = self.delete {
            writer.push("\nWHEN MATCHED AND ");
            writer.excerpt(condition, Kind::Expression, &aliases)?;
            writer.push(" THEN DELETE");
        }
        writer.push("\nWHEN MATCHED THEN REPLACE\nWHEN NOT MATCHED THEN INSERT");
        writer.push(&self.columns.to_string());
        for (index, value) in self.values.iter().enumerate() {
            writer.push(if index == 0 { " VALUES (" } else { ", " });
            writer.excerpt(value.clone(), Kind::Expression, &aliases)?;
        }
        if !self.values.is_empty() {
            writer.push(")");
        }
        Ok(())
    }
}

/// One clause.
enum Clause {
    Delete(Range<usize>),
    Replace,
    Insert(Columns, Vec<Range<usize>>),
}

impl Clause {
    /// Its place among the clauses, and its words.
    fn rank(&self) -> (usize, &'static str) {
        match self {
            Self::Delete(_) => (1, DELETE),
            Self::Replace => (2, REPLACE),
            Self::Insert(..) => (3, INSERT),
        }
    }
}

/// The clauses up to the end, which must be there and in order.
pub(super) fn clauses<'a>(
    words: &Words<'a>,
    aliases: &Aliases,
    input: &'a str,
) -> Parsed<'a, Clauses> {
    let mut rest = input;
    let mut seen: Vec<usize> = Vec::new();
    let mut delete = None;
    let mut insert = None;
    while keyword("WHEN")(rest).is_ok() {
        let (after, clause) = clause(words, aliases, rest)?;
        let (rank, words) = clause.rank();
        if seen.contains(&rank) {
            return fail(rest, SqlErrorKind::Merge(MergeError::DuplicateClause { clause: words }));
        }
        if seen.iter().any(|before| *before > rank) {
            return fail(rest, SqlErrorKind::Merge(MergeError::MisplacedClause { clause: words }));
        }
        seen.push(rank);
        match clause {
            Clause::Delete(condition) => delete = Some(condition),
            Clause::Replace => {}
            Clause::Insert(columns, values) => insert = Some((columns, values)),
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
    let clauses = Clauses { delete, columns, values };
    Ok((rest, clauses))
}

fn clause<'a>(words: &Words<'a>, aliases: &Aliases, input: &'a str) -> Parsed<'a, Clause> {
    let (rest, ()) = keyword("WHEN")(input)?;
    if let Ok((rest, ())) = keyword("NOT")(rest) {
        return insert(words, aliases, rest);
    }
    let (rest, ()) = expect("MATCHED or NOT MATCHED", keyword("MATCHED"))(rest)?;
    if let Ok((rest, ())) = keyword("AND")(rest) {
        let (rest, condition) = condition_of_delete(words, rest)?;
        let (rest, ()) = expect("DELETE", keyword("DELETE"))(rest)?;
        return Ok((rest, Clause::Delete(condition)));
    }
    let (rest, ()) = expect("THEN, or AND and a condition", keyword("THEN"))(rest)?;
    if keyword("UPDATE")(rest).is_ok() {
        return fail(rest, SqlErrorKind::Merge(MergeError::MergeUpdate));
    }
    if keyword("DELETE")(rest).is_ok() {
        let kind = SqlErrorKind::Expected {
            expected: "REPLACE".to_owned(),
            found: "DELETE".to_owned(),
            hint: Some(format!("DELETE takes a condition: {DELETE}")),
        };
        return fail(rest, kind);
    }
    let (rest, ()) = expect("REPLACE", keyword("REPLACE"))(rest)?;
    Ok((rest, Clause::Replace))
}

/// The condition up to its THEN, which is not that of a CASE.
fn condition_of_delete<'a>(words: &Words<'a>, input: &'a str) -> Parsed<'a, Range<usize>> {
    let start = words.index_at(words.source.len() - input.len());
    let mut open = 0_usize;
    for index in start..words.tokens.len() {
        if words.is_symbol(index, '(') || words.is_word(index, "CASE") {
            open += 1;
        } else if words.is_symbol(index, ')') || words.is_word(index, "END") {
            open = open.saturating_sub(1);
        } else if open == 0 && words.is_word(index, "THEN") {
            let (rest, ()) = keyword("THEN")(&words.source[words.start_of(index)..])?;
            return Ok((rest, start..index));
        }
    }
    not_here(&words.source[words.source.trim_end().len()..], "THEN DELETE")
}

/// `insert`, from MATCHED on.
fn insert<'a>(words: &Words<'a>, aliases: &Aliases, input: &'a str) -> Parsed<'a, Clause> {
    let (rest, ()) = expect("MATCHED", keyword("MATCHED"))(input)?;
    let (rest, ()) = expect("THEN INSERT", keywords(&["THEN", "INSERT"]))(rest)?;
    if keyword("MAP_COLUMNS_BY_NAME")(rest).is_ok() {
        let (rest, columns) = by_name(words.source, Some(&aliases.query), rest)?;
        return Ok((rest, Clause::Insert(columns, Vec::new())));
    }
    let (rest, columns) = expect("MAP_COLUMNS_BY_NAME or columns in parentheses", |input| {
        listed(words.source, input)
    })(rest)?;
    let (rest, ()) = expect("VALUES", keyword("VALUES"))(rest)?;
    let place = rest;
    let (rest, inside) = parenthesis(words, "expressions in parentheses", rest)?;
    let values = expressions(words, inside).map_err(|error| failure(words.source, error))?;
    if values.len() != columns.len() {
        let kind = JobError::ValueCount {
            columns: columns.len(),
            values: values.len(),
        };
        // At the first value too many, or at the parenthesis that closes too early.
        let surplus = values.get(columns.len()).map(|value| words.span_of(value));
        let close = || {
            let end = words.start_of(
                words.behind_parenthesis(words.index_at(words.source.len() - place.len())) - 1,
            );
            end..end + 1
        };
        let span = surplus.unwrap_or_else(close);
        return Err(failure(words.source, SqlError::new(SqlErrorKind::Job(kind), span)));
    }
    Ok((rest, Clause::Insert(Columns::Listed(columns), values)))
}

/// The tokens of each expression between the commas.
fn expressions(words: &Words<'_>, inside: Range<usize>) -> Result<Vec<Range<usize>>, SqlError> {
    let mut values = Vec::new();
    let mut open = 0_usize;
    let mut start = inside.start;
    for index in inside.clone() {
        if words.is_symbol(index, '(') {
            open += 1;
        } else if words.is_symbol(index, ')') {
            open -= 1;
        } else if open == 0 && words.is_symbol(index, ',') {
            values.push(start..index);
            start = index + 1;
        }
    }
    values.push(start..inside.end);
    match values.iter().find(|value| value.is_empty()) {
        None => Ok(values),
        Some(empty) => {
            let at = words.start_of(empty.start);
            let kind = SqlErrorKind::Expected {
                expected: "an expression".to_owned(),
                found: found(&words.source[at..]),
                hint: None,
            };
            Err(SqlError::new(kind, at..at + 1))
        }
    }
}
