//! What a job does: the canonical text of its body, with the places that name tables.

use nom::Parser;
use nom::combinator::opt;

use super::check::{Kind, check};
use super::columns::{Columns, by_name, listed};
use super::error::JobError;
use super::merge::merge;
use super::outline::{Outline, outline};
use super::sources::{add_unseen, check_target, sources};
use super::wording::Words;
use super::{JobBody, JobKind, TableReference, failure};
use crate::name::TableName;
use crate::sql::error::{SqlError, SqlErrorKind};
use crate::sql::lexical::{Parsed, expect, fail_at, found, keyword, keywords, wanted, word_length};
use crate::sql::name::{Spanned, expect_name};

/// ```ebnf
/// body   = insert | merge ;
/// insert = "INSERT", "INTO", target, [ by name | listed ], query ;
/// target = [ "REDSHIFT" ], table name ;
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
    let words = Words::cut(source, source.len() - rest.len()).map_err(|error| failure(source, error))?;
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

/// `target`
pub(super) fn target<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Spanned<TableName>> {
    let (rest, redshift) = opt(keyword("REDSHIFT")).parse(input)?;
    // A connection may be called redshift.
    let rest = match redshift {
        Some(()) if !rest.starts_with('.') => rest,
        Some(()) | None => input,
    };
    let length = word_length(rest);
    let is_another_kind = redshift.is_none() && length > 0 && {
        let behind = rest[length..].trim_start();
        word_length(behind) > 0 || behind.starts_with('"')
    };
    if is_another_kind && KINDS.iter().any(|kind| rest[..length].eq_ignore_ascii_case(kind)) {
        return fail_at(
            rest,
            length,
            SqlErrorKind::UnknownConnectionKind { known: &["REDSHIFT"] },
        );
    }
    let (rest, target) = expect_name::<TableName>(source, rest)?;
    check_target(&target.value.connection, target.span.clone()).map_err(|error| failure(source, error))?;
    Ok((rest, target))
}

/// The other targets of Upsolver (Upsolver documentation, "Job targets").
const KINDS: [&str; 6] = ["ELASTICSEARCH", "POSTGRES", "S3", "SNOWFLAKE", "TABULAR", "CLICKHOUSE"];

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

/// Writes the canonical text of a body.
pub(super) struct Writer<'w, 's> {
    words: &'w Words<'s>,
    is_checked: bool,
    body: JobBody,
}

impl<'w, 's> Writer<'w, 's> {
    /// Begins with the target.
    pub fn new(words: &'w Words<'s>, is_checked: bool, kind: JobKind, target: Spanned<TableName>) -> Self {
        let mut text = match kind {
            JobKind::Insert => "INSERT INTO ".to_owned(),
            JobKind::Merge => "MERGE INTO ".to_owned(),
        };
        let start = text.len();
        text.push_str(&target.value.to_string());
        let target = TableReference {
            name: target.value,
            alias: None,
            inside: start..text.len(),
            span: target.span,
        };
        let body = JobBody {
            kind,
            text,
            target,
            sources: Vec::new(),
        };
        Self {
            words,
            is_checked,
            body,
        }
    }

    /// Adds words of redwire's own.
    pub fn push(&mut self, text: &str) {
        self.body.text.push_str(text);
    }

    /// Adds a part of the statement as it stands there, and the tables that it names; `aliases` are known in it.
    pub fn excerpt(&mut self, tokens: std::ops::Range<usize>, kind: Kind, aliases: &[String]) -> Result<(), SqlError> {
        let words = self.words;
        let is_query = kind == Kind::Query;
        if is_query {
            check_start(words, &tokens)?;
        }
        let outline = outline(words, tokens.clone(), is_query, aliases.to_vec());
        refuse(words, &outline, self.is_checked)?;
        if self.is_checked {
            check(words, &tokens, kind, &outline)?;
        }
        let target = &self.body.target.name.connection;
        let mut found = sources(words, tokens.clone(), &outline, target)?;
        if !self.is_checked {
            add_unseen(words, &tokens, &outline, target, &mut found);
        }
        let span = words.span_of(&tokens);
        let begin = self.body.text.len();
        self.push(&words.source[span.clone()]);
        self.body.sources.extend(found.into_iter().map(|mut reference| {
            reference.inside = reference.span.start - span.start + begin..reference.span.end - span.start + begin;
            reference
        }));
        Ok(())
    }

    /// The body.
    pub fn finish(self) -> JobBody {
        self.body
    }
}

/// What a query begins with.
fn check_start(words: &Words<'_>, tokens: &std::ops::Range<usize>) -> Result<(), SqlError> {
    let mut first = tokens.start;
    while first < tokens.end && words.is_symbol(first, '(') {
        first += 1;
    }
    if first < tokens.end && (words.is_word(first, "SELECT") || words.is_word(first, "WITH")) {
        return Ok(());
    }
    Err(not_a_select(words, first))
}

fn not_a_select(words: &Words<'_>, index: usize) -> SqlError {
    let start = words.start_of(index);
    let end = words.tokens.get(index).map_or(start, |token| token.span.end);
    let kind = if words.is_word(index, "COPY") {
        SqlErrorKind::Job(JobError::CopyFrom)
    } else {
        SqlErrorKind::Expected {
            expected: "SELECT or WITH".to_owned(),
            found: found(&words.source[start..]),
            hint: Some("the query of a job only reads, and from tables".to_owned()),
        }
    };
    SqlError::new(kind, start..end)
}

/// Refuses what a query may not do; a query that is not checked may have other words than these where a SELECT belongs.
fn refuse(words: &Words<'_>, outline: &Outline, is_checked: bool) -> Result<(), SqlError> {
    let writes = |index: usize| {
        ["COPY", "DELETE", "INSERT", "MERGE", "UPDATE"]
            .iter()
            .any(|word| words.is_word(index, word))
    };
    if let Some(index) = outline.not_a_select.filter(|index| is_checked || writes(*index)) {
        return Err(not_a_select(words, index));
    }
    match outline.into.and_then(|index| words.tokens.get(index)) {
        Some(token) => Err(SqlError::new(
            SqlErrorKind::Job(JobError::SelectInto),
            token.span.clone(),
        )),
        None => Ok(()),
    }
}

/// A word that cannot be anything but the start of a clause.
pub(super) fn not_here<'a, O>(input: &'a str, expected: &'static str) -> Parsed<'a, O> {
    expect(expected, |input| wanted(input, expected))(input)
}
