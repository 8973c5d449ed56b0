//! The canonical text of a body, with the places that name tables.

use super::check::check;
use super::error::JobError;
use super::excerpt::Kind;
use super::outline::{Outline, outline};
use super::sources::{add_unseen, sources};
use super::wording::Words;
use super::{JobBody, TableReference};
use crate::definition::JobKind;
use crate::name::TableName;
use crate::sql::error::{SqlError, SqlErrorKind};
use crate::sql::lexical::found;
use crate::sql::name::Spanned;

/// Writes the canonical text of a body.
pub(super) struct Writer<'w, 's> {
    words: &'w Words<'s>,
    is_checked: bool,
    body: JobBody,
}

impl<'w, 's> Writer<'w, 's> {
    /// Begins with the target.
    pub fn new(
        words: &'w Words<'s>,
        is_checked: bool,
        kind: JobKind,
        target: Spanned<TableName>,
    ) -> Self {
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
        let body = JobBody { kind, text, target, sources: Vec::new() };
        Self { words, is_checked, body }
    }

    /// Adds words of redwire's own.
    pub fn push(&mut self, text: &str) {
        self.body.text.push_str(text);
    }

    /// Adds a part of the statement as it stands there, and the tables that it names; `aliases` are
    /// known in it.
    pub fn excerpt(
        &mut self,
        tokens: std::ops::Range<usize>,
        kind: Kind,
        aliases: &[String],
    ) -> Result<(), SqlError> {
        let words = self.words;
        let is_query = kind == Kind::Query;
        if is_query {
            check_start(words, &tokens)?;
        }
        let outline = outline(words, tokens.clone(), is_query, aliases.to_vec());
        refuse(words, &outline, self.is_checked)?;
        if self.is_checked {
            check(words, &tokens, kind)?;
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
            reference.inside =
                reference.span.start - span.start + begin..reference.span.end - span.start + begin;
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

/// Refuses what a query may not do; a query that is not checked may have other words than these
/// where a SELECT belongs.
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
        Some(token) => {
            Err(SqlError::new(SqlErrorKind::Job(JobError::SelectInto), token.span.clone()))
        }
        None => Ok(()),
    }
}
