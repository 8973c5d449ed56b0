//! The canonical text of a body, with the places that name tables.

use std::ops::Range;

use super::check::ExcerptKind;
use super::check::check;
use super::outline::{Outline, outline};
use super::sources::sources;
use super::{CopiedPart, JobBody, JobWrite, TableReference};
use crate::definition::JobKind;
use crate::name::TableName;
use crate::sql::error::{JobError, QueryError, SqlError};
use crate::sql::lexical::unexpected;
use crate::sql::name::Spanned;
use crate::sql::token::TokenList;

/// Writes the canonical text of a body.
pub(super) struct Writer<'s> {
    list: TokenList<'s, 's>,
    is_checked: bool,
    kind: JobKind,
    text: String,
    target: TableReference,
    sources: Vec<TableReference>,
    copies: Vec<CopiedPart>,
}

impl<'s> Writer<'s> {
    /// Begins the text with the target.
    pub fn new(
        list: TokenList<'s, 's>,
        is_checked: bool,
        kind: JobKind,
        target: Spanned<TableName>,
    ) -> Self {
        let mut text = match kind {
            JobKind::Insert => "INSERT INTO ".to_owned(),
            JobKind::Merge => "MERGE INTO ".to_owned(),
        };
        let start = text.len();
        text.push_str(&target.value.sql());
        let target = TableReference {
            name: target.value.into(),
            alias: None,
            inside: start..text.len(),
            span: target.span,
        };
        Self {
            list,
            is_checked,
            kind,
            text,
            target,
            sources: Vec::new(),
            copies: Vec::new(),
        }
    }

    /// Adds text in canonical form.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// The length of the text.
    pub fn position(&self) -> usize {
        self.text.len()
    }

    /// Adds a part of the statement unchanged, and the tables that it names; `aliases` are in scope
    /// in it. Returns its bytes in the text.
    pub fn excerpt(
        &mut self,
        tokens: Range<usize>,
        kind: ExcerptKind,
        aliases: &[String],
    ) -> Result<Range<usize>, SqlError> {
        let list = self.list;
        if kind == ExcerptKind::Query {
            check_start(list, &tokens)?;
        }
        let outline = outline(list, tokens.clone(), kind, aliases);
        refuse(list, &outline, self.is_checked)?;
        if self.is_checked {
            check(list, &tokens, kind)?;
        }
        let target = &self.target.name.table.connection;
        let found = sources(list, tokens.clone(), &outline, target)?;
        let span = list.span_of(&tokens);
        let begin = self.position();
        self.push(&list.source[span.clone()]);
        self.copies.push(CopiedPart { inside: begin, span: span.clone() });
        self.sources.extend(found.into_iter().map(|mut reference| {
            reference.inside =
                reference.span.start - span.start + begin..reference.span.end - span.start + begin;
            reference
        }));
        Ok(begin..self.position())
    }

    pub fn target(&mut self) -> &mut TableReference {
        &mut self.target
    }

    pub fn finish(self, write: JobWrite) -> JobBody {
        JobBody {
            kind: self.kind,
            text: self.text,
            target: self.target,
            sources: self.sources,
            write,
            copies: self.copies,
        }
    }
}

/// Refuses a query that does not begin with SELECT or WITH.
fn check_start(list: TokenList<'_, '_>, tokens: &Range<usize>) -> Result<(), SqlError> {
    let mut first = tokens.start;
    while first < tokens.end && list.is_symbol(first, '(') {
        first += 1;
    }
    if first < tokens.end && (list.is_word(first, "SELECT") || list.is_word(first, "WITH")) {
        return Ok(());
    }
    Err(not_a_select(list, first))
}

fn not_a_select(list: TokenList<'_, '_>, index: usize) -> SqlError {
    let start = list.start_of(index);
    let end = list.tokens.get(index).map_or(start, |token| token.span.end);
    let kind = if list.is_word(index, "COPY") {
        JobError::CopyFrom.into()
    } else {
        let hint = "the query of a job only reads, and from tables".to_owned();
        unexpected(&list.source[start..], "SELECT or WITH", Some(hint))
    };
    SqlError::new(kind, start..end)
}

/// Refuses a query that writes. An unchecked query may have unknown words in place of a SELECT.
fn refuse(list: TokenList<'_, '_>, outline: &Outline, is_checked: bool) -> Result<(), SqlError> {
    let writes = |index: usize| {
        ["COPY", "DELETE", "INSERT", "MERGE", "UPDATE"]
            .iter()
            .any(|word| list.is_word(index, word))
    };
    if let Some(index) = outline.not_a_select.filter(|index| is_checked || writes(*index)) {
        return Err(not_a_select(list, index));
    }
    match outline.into.and_then(|index| list.tokens.get(index)) {
        Some(token) => Err(SqlError::new(QueryError::SelectInto, token.span.clone())),
        None => Ok(()),
    }
}
