//! What a job does: INSERT or MERGE.

use super::columns::{Columns, by_name, listed};
use super::error::JobError;
use super::excerpt::Kind;
use super::merge::merge;
use super::target::target;
use super::wording::Words;
use super::writer::Writer;
use super::{JobBody, failure};
use crate::definition::JobKind;
use crate::sql::error::SqlErrorKind;
use crate::sql::lexical::{Parsed, expect, fail_at, keyword, keywords, word_length};

/// ```ebnf
/// body   = insert | merge ;
/// insert = "INSERT", "INTO", target, [ by name | listed ], query ;
/// ```
/// With `is_checked` the syntax of the query is checked; without, it is taken as it is.
pub(super) fn body<'a>(source: &'a str, is_checked: bool, input: &'a str) -> Parsed<'a, JobBody> {
    if keyword("COPY")(input).is_ok() {
        return fail_at(input, "COPY".len(), SqlErrorKind::Job(JobError::CopyFrom));
    }
    if let Ok((rest, ())) = keyword("MERGE")(input) {
        let (rest, ()) = expect("INTO", keyword("INTO"))(rest)?;
        return merge(source, is_checked, rest);
    }
    let (rest, ()) = expect("INSERT INTO or MERGE INTO", keywords(&["INSERT", "INTO"]))(input)?;
    insert(source, is_checked, rest)
}

fn insert<'a>(source: &'a str, is_checked: bool, input: &'a str) -> Parsed<'a, JobBody> {
    let (rest, target) = target(source, input)?;
    let words =
        Words::cut(source, source.len() - rest.len()).map_err(|error| failure(source, error))?;
    let (rest, columns) = columns(source, rest)?;
    let mut writer = Writer::new(&words, is_checked, JobKind::Insert, target);
    writer.push(&columns.to_string());
    writer.push("\n");
    let query = words.index_at(source.len() - rest.len())..words.tokens.len();
    writer
        .excerpt(query, Kind::Query, &[])
        .map_err(|error| failure(source, error))?;
    Ok(("", writer.finish()))
}

/// The columns, if any stand there: a parenthesis may also begin the query.
fn columns<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Columns> {
    if keyword("MAP_COLUMNS_BY_NAME")(input).is_ok() {
        return by_name(source, None, input);
    }
    let inside = input.trim_start_matches(|c: char| c == '(' || c.is_whitespace());
    let begins_query = ["SELECT", "WITH", "VALUES"]
        .iter()
        .any(|word| inside[..word_length(inside)].eq_ignore_ascii_case(word));
    if !input.starts_with('(') || begins_query {
        return Ok((input, Columns::InOrder));
    }
    let (rest, columns) = listed(source, input)?;
    Ok((rest, Columns::Listed(columns)))
}
