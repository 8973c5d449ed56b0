//! Names of objects in the catalog. A table's name is completed part by part, as psql completes a
//! schema.

use std::borrow::Cow;

use super::matching::{MIN_LETTERS, nearest};
use super::{Candidate, Names};
use crate::executor::{NameRange, NameScope};
use crate::name::Identifier;
use crate::sql::grammar::NameOf;
use crate::sql::splitter::Dialect;
use crate::sql::token::{Token, code_tokens, undouble};

/// Names of this kind that begin with the part at `start` or, if there are none, those in which a
/// later word does, or that have its letters in order. Of a new name only those parts are
/// offered that may exist already: the connection and the schema of a table.
pub(super) fn candidates(
    of: NameOf,
    is_new: bool,
    before: &str,
    start: usize,
    names: &mut dyn Names,
) -> Vec<Candidate> {
    let part = NamePart::read(before, start);
    let (scope, after) = match (of, part.parents.as_slice()) {
        (NameOf::Table, []) => (NameScope::Connections, "."),
        (NameOf::Table, [connection]) => (NameScope::Schemas(connection), "."),
        (NameOf::Table, [connection, schema]) if !is_new => {
            (NameScope::Tables(connection, schema), "")
        }
        _ if is_new => return Vec::new(),
        (NameOf::Connection, _) => (NameScope::Connections, ""),
        (NameOf::Job, _) => (NameScope::Jobs, ""),
        (NameOf::Schema, [.., connection]) => (NameScope::Schemas(connection), ""),
        (NameOf::Table | NameOf::Schema | NameOf::Column, _) => return Vec::new(),
    };
    let mut range = names.catalog(scope, &part.prefix);
    if range.first.is_empty() && part.prefix.len() >= MIN_LETTERS {
        let others = names.catalog_by_letters(scope, &part.prefix);
        let nearest = nearest(others.iter().map(String::as_str), &part.prefix);
        range.first = nearest.into_iter().map(str::to_owned).collect();
    }
    part.offer(range, after)
}

/// The part of a name that is being typed.
#[derive(Debug)]
pub(super) struct NamePart {
    /// The parts before it, folded and without quotes.
    pub parents: Vec<String>,
    /// The byte at which the first of them begins, or the part itself.
    pub start: usize,
    /// The typed text of the part, folded and without quotes.
    pub prefix: String,
    is_quoted: bool,
}

impl NamePart {
    /// Reads the part that begins at `start`, and the parts and points before it.
    pub fn read(before: &str, start: usize) -> Self {
        Self::behind(before, &code_tokens(&before[..start], Dialect::Catalog), start)
    }

    /// Reads the part from the tokens before it.
    pub fn behind(before: &str, earlier: &[Token], start: usize) -> Self {
        let mut parents = Vec::new();
        let mut first = start;
        let mut left = earlier;
        while let [rest @ .., parent, point] = left
            && point.is_symbol('.')
            && parent.is_name()
        {
            parents.insert(0, parent.unquoted(before).to_ascii_lowercase());
            first = parent.span.start;
            left = rest;
        }
        let typed = &before[start..];
        let quoted = typed.strip_prefix('"');
        let prefix = quoted.map_or(Cow::Borrowed(typed), |inside| undouble(inside, '"'));
        Self {
            parents,
            start: first,
            prefix: prefix.to_ascii_lowercase(),
            is_quoted: quoted.is_some(),
        }
    }

    /// The names, quoted if necessary or if a quote was typed.
    fn offer(&self, range: NameRange, after: &str) -> Vec<Candidate> {
        let names = range.first.into_iter().chain(range.last);
        let text = |name: String| {
            format!("{}{after}", self.written(&name, |name| Identifier(name).to_string()))
        };
        names.map(text).map(|text| Candidate::new(text.clone(), text)).collect()
    }

    /// The name in quotes if a quote was typed, or else as `bare` returns it.
    pub fn written(&self, name: &str, bare: impl Fn(&str) -> String) -> String {
        if self.is_quoted {
            format!("\"{}\"", name.replace('"', "\"\""))
        } else {
            bare(name)
        }
    }
}
