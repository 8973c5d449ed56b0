//! The body of a job: INSERT or MERGE.

use super::check::ExcerptKind;
use super::columns::{ColumnMapping, by_name, listed};
use super::merge::merge;
use super::target::target;
use super::token::body_tokens;
use super::writer::Writer;
use super::{JobBody, JobWrite, failure};
use crate::definition::JobKind;
use crate::sql::error::JobError;
use crate::sql::lexical::{Parsed, expect, fail_at, keyword, keywords, word_length};
use crate::sql::token::TokenList;

/// ```ebnf
/// body   = insert | merge ;
/// insert = "INSERT", "INTO", target, [ by name | listed ], query ;
/// ```
/// Without `is_checked` the syntax of the query is not checked.
pub(super) fn body<'a>(source: &'a str, is_checked: bool, input: &'a str) -> Parsed<'a, JobBody> {
    if keyword("COPY")(input).is_ok() {
        return fail_at(input, "COPY".len(), JobError::CopyFrom);
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
    let fallible = |error| failure(source, error);
    let tokens = body_tokens(source, source.len() - rest.len()).map_err(fallible)?;
    let list = TokenList { source, tokens: &tokens };
    let (rest, columns) = columns(source, rest)?;
    let mut writer = Writer::new(list, is_checked, JobKind::Insert, target);
    writer.push(&columns.to_string());
    writer.push("\n");
    let query = list.index_at(source.len() - rest.len())..list.tokens.len();
    let query = writer.excerpt(query, ExcerptKind::Query, &[]).map_err(fallible)?;
    Ok(("", writer.finish(JobWrite::Insert { columns, query })))
}

/// The columns, if any; a parenthesis may also be the beginning of the query.
fn columns<'a>(source: &'a str, input: &'a str) -> Parsed<'a, ColumnMapping> {
    if keyword("MAP_COLUMNS_BY_NAME")(input).is_ok() {
        return by_name(source, None, input);
    }
    let inside = input.trim_start_matches(|c: char| c == '(' || c.is_whitespace());
    let begins_query = ["SELECT", "WITH", "VALUES"]
        .iter()
        .any(|word| inside[..word_length(inside)].eq_ignore_ascii_case(word));
    if !input.starts_with('(') || begins_query {
        return Ok((input, ColumnMapping::InOrder));
    }
    let (rest, columns) = listed(source, input)?;
    Ok((rest, ColumnMapping::Listed(columns)))
}
