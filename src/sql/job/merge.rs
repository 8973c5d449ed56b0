//! MERGE INTO, as the body of a job.

use std::ops::Range;

use nom::Parser;
use nom::combinator::opt;

use super::body::{Writer, target};
use super::check::Kind;
use super::columns::{Columns, by_name, in_parentheses, listed};
use super::error::JobError;
use super::wording::Words;
use super::{JobBody, JobKind, failure};
use crate::name::Name;
use crate::sql::error::{SqlError, SqlErrorKind};
use crate::sql::lexical::{Parsed, blanks, expect, fail, fail_at, found, keyword, keywords, symbol};
use crate::sql::name::{Spanned, expect_name};

const DELETE: &str = "WHEN MATCHED AND … THEN DELETE";
const REPLACE: &str = "WHEN MATCHED THEN REPLACE";
const INSERT: &str = "WHEN NOT MATCHED THEN INSERT";

/// ```ebnf
/// merge      = "MERGE", "INTO", target, [ [ "AS" ], name ], "USING", "(", query, ")", [ "AS" ], name,
///              "ON", conditions, [ delete ], replace, insert ;
/// conditions = condition, { "AND", condition } ;
/// condition  = "(", conditions, ")" | column, "=", column ;
/// column     = alias, ".", name ;
/// delete     = "WHEN", "MATCHED", "AND", expression, "THEN", "DELETE" ;
/// replace    = "WHEN", "MATCHED", "THEN", "REPLACE" ;
/// insert     = "WHEN", "NOT", "MATCHED", "THEN", "INSERT",
///              ( by name | listed, "VALUES", "(", expression, { ",", expression }, ")" ) ;
/// ```
/// `input` begins behind INTO.
pub(super) fn merge<'a>(source: &'a str, is_checked: bool, input: &'a str) -> Parsed<'a, JobBody> {
    let (rest, target) = target(source, input)?;
    let words = Words::cut(source, source.len() - rest.len()).map_err(|error| failure(source, error))?;
    let (rest, target_alias) = match keyword("USING")(rest) {
        Ok(_) => (rest, target.value.table.clone()),
        Err(_) => alias(source, "USING, or an alias of the table", rest).map(|(rest, name)| (rest, name.value))?,
    };
    let (rest, ()) = expect("USING", keyword("USING"))(rest)?;
    let (rest, query) = parenthesis(&words, "a query in parentheses", rest)?;
    let begin = rest;
    let (rest, source_alias) = alias(source, "an alias of the query, such as s", rest)?;
    if source_alias.value == target_alias {
        let length = source_alias.span.len();
        let at = &begin[begin.len() - (source.len() - source_alias.span.start)..];
        return fail_at(at, length, SqlErrorKind::Job(JobError::SameAlias));
    }
    let aliases = Aliases {
        target: target_alias,
        query: source_alias.value,
    };
    let mut writer = Writer::new(&words, is_checked, JobKind::Merge, target);
    let fallible = |result: Result<(), SqlError>| result.map_err(|error| failure(source, error));
    writer.push(&format!(" AS {}\nUSING (\n", aliases.target));
    fallible(writer.excerpt(query, Kind::Query, &[]))?;
    writer.push(&format!("\n) AS {}\nON ", aliases.query));
    let (rest, ()) = expect("ON", keyword("ON"))(rest)?;
    let (rest, conditions) = conditions(source, &aliases, rest)?;
    writer.push(&conditions);
    let (rest, clauses) = clauses(&words, &aliases, rest)?;
    fallible(clauses.write(&mut writer, &aliases))?;
    Ok((rest, writer.finish()))
}

/// The names by which the clauses know the target and the query.
struct Aliases {
    target: Name,
    query: Name,
}

impl Aliases {
    fn folded(&self) -> [String; 2] {
        [self.target.as_str().to_owned(), self.query.as_str().to_owned()]
    }
}

/// `[AS] name`
fn alias<'a>(source: &'a str, expected: &'static str, input: &'a str) -> Parsed<'a, Spanned<Name>> {
    let (rest, _) = opt(keyword("AS")).parse(input)?;
    if ["ON", "WHEN", "USING"].iter().any(|word| keyword(word)(rest).is_ok()) || rest.starts_with('(') {
        return super::body::not_here(rest, expected);
    }
    expect(expected, |input| crate::sql::name::name(source, input))(rest)
}

/// The tokens inside the parenthesis that begins here.
fn parenthesis<'a>(words: &Words<'a>, expected: &'static str, input: &'a str) -> Parsed<'a, Range<usize>> {
    let open = words.index_at(words.source.len() - input.len());
    expect(expected, symbol('(', "("))(input)?;
    let behind = words.behind_parenthesis(open);
    let (rest, ()) = blanks(&words.source[words.start_of(behind - 1) + 1..])?;
    Ok((rest, open + 1..behind - 1))
}

/// `conditions`, in canonical form. Parentheses only group what AND joins, so they are counted and left out.
fn conditions<'a>(source: &'a str, aliases: &Aliases, input: &'a str) -> Parsed<'a, String> {
    let mut text = String::new();
    let mut open = 0_usize;
    let mut rest = input;
    loop {
        while let Ok((after, ())) = symbol('(', "(")(rest) {
            (rest, open) = (after, open + 1);
        }
        let (after, condition) = in_parentheses(condition(source, aliases, rest))?;
        text.push_str(&condition);
        rest = after;
        while open > 0
            && let Ok((after, ())) = symbol(')', ")")(rest)
        {
            (rest, open) = (after, open - 1);
        }
        match keyword("AND")(rest) {
            Ok((after, ())) => rest = after,
            Err(_) if open > 0 => return super::body::not_here(rest, "AND or )"),
            Err(_) => return Ok((rest, text)),
        }
        text.push_str(" AND ");
    }
}

/// `column = column`, the target's first.
fn condition<'a>(source: &'a str, aliases: &Aliases, input: &'a str) -> Parsed<'a, String> {
    let (rest, (first_of_target, first)) = column(source, aliases, input)?;
    let (rest, ()) = expect("=", symbol('=', "="))(rest)?;
    let second_place = rest;
    let (rest, (second_of_target, second)) = column(source, aliases, rest)?;
    let (target, query) = match (first_of_target, second_of_target) {
        (true, false) => (first, second),
        (false, true) => (second, first),
        _ => {
            let kind = JobError::SameSide {
                target: aliases.target.to_string(),
                source_alias: aliases.query.to_string(),
            };
            return fail(second_place, SqlErrorKind::Job(kind));
        }
    };
    Ok((rest, format!("{}.{target} = {}.{query}", aliases.target, aliases.query)))
}

/// A column, and whether it is the target's.
fn column<'a>(source: &'a str, aliases: &Aliases, input: &'a str) -> Parsed<'a, (bool, Name)> {
    let (rest, qualifier) = expect_name::<Name>(source, input)?;
    let (rest, ()) = expect("a point: a column in ON is written alias.column", symbol('.', "."))(rest)?;
    let (rest, column) = expect_name::<Name>(source, rest)?;
    let is_of_target = qualifier.value == aliases.target;
    if is_of_target || qualifier.value == aliases.query {
        return Ok((rest, (is_of_target, column.value)));
    }
    let kind = JobError::UnknownAlias {
        qualifier: qualifier.value.to_string(),
        known: format!("{}.column or {}", aliases.target, aliases.query),
    };
    fail_at(input, qualifier.span.len(), SqlErrorKind::Job(kind))
}

/// The clauses behind ON.
struct Clauses {
    /// The condition of DELETE.
    delete: Option<Range<usize>>,
    columns: Columns,
    /// The expressions of VALUES.
    values: Vec<Range<usize>>,
}

impl Clauses {
    fn write(self, writer: &mut Writer<'_, '_>, aliases: &Aliases) -> Result<(), SqlError> {
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

fn clauses<'a>(words: &Words<'a>, aliases: &Aliases, input: &'a str) -> Parsed<'a, Clauses> {
    let mut rest = input;
    let mut seen: Vec<usize> = Vec::new();
    let mut delete = None;
    let mut insert = None;
    while keyword("WHEN")(rest).is_ok() {
        let (after, clause) = clause(words, aliases, rest)?;
        let (rank, words) = clause.rank();
        if seen.contains(&rank) {
            return fail(rest, SqlErrorKind::Job(JobError::DuplicateClause { clause: words }));
        }
        if seen.iter().any(|before| *before > rank) {
            return fail(rest, SqlErrorKind::Job(JobError::MisplacedClause { clause: words }));
        }
        seen.push(rank);
        match clause {
            Clause::Delete(condition) => delete = Some(condition),
            Clause::Replace => {}
            Clause::Insert(columns, values) => insert = Some((columns, values)),
        }
        rest = after;
    }
    let missing = |clause| fail(rest, SqlErrorKind::Job(JobError::MissingClause { clause }));
    if !seen.contains(&2) {
        return missing(REPLACE);
    }
    let Some((columns, values)) = insert else {
        return missing(INSERT);
    };
    let clauses = Clauses {
        delete,
        columns,
        values,
    };
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
        return fail(rest, SqlErrorKind::Job(JobError::MergeUpdate));
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
    super::body::not_here(&words.source[words.source.trim_end().len()..], "THEN DELETE")
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
            let end = words.start_of(words.behind_parenthesis(words.index_at(words.source.len() - place.len())) - 1);
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
