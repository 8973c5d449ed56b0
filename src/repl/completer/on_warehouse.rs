//! What can stand at the cursor in a statement for a warehouse: from the names that were fetched of it, and the words of
//! its SQL. It never asks the warehouse.

mod mention;
mod offer;
mod place;

use super::name::Part;
use super::{Completion, Names};
use crate::executor::WarehouseNames;
use crate::sql::splitter::{PieceKind, Splitter};
use crate::sql::token::{Dialect, Token, TokenKind, tokens_of};

use mention::Mention;
use offer::Offer;
use place::{Place, place};

/// How much of a statement is looked at, in bytes before and behind the cursor: an answer is wanted at once.
const REACH: usize = 64 * 1024;

/// What can stand at the cursor, a byte of the text, on a warehouse that has these names.
pub fn complete_on_warehouse(text: &str, cursor: usize, dialect: Dialect, names: &WarehouseNames) -> Completion {
    let range = statement_at(text, cursor, dialect);
    let start = range.start;
    let mut completion = complete(&text[range], cursor - start, dialect, names);
    completion.start += start;
    completion
}

/// The bytes of the statement in which the cursor stands, as far as they are looked at.
fn statement_at(text: &str, cursor: usize, dialect: Dialect) -> std::ops::Range<usize> {
    let open = Splitter::parts(&text[..cursor]).pop().filter(|part| !part.complete);
    let start = open.map_or(cursor, |part| part.range.start);
    let whole = Splitter::parts(text).into_iter().find(|part| part.range.start == start);
    let end = whole.map_or(text.len(), |part| part.range.end);
    let first = text.ceil_char_boundary(start.max(cursor.saturating_sub(REACH)));
    first..text.floor_char_boundary(end.min(cursor + REACH))
}

fn complete(statement: &str, cursor: usize, dialect: Dialect, names: &WarehouseNames) -> Completion {
    let all: Vec<Token> = tokens_of(statement, dialect)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect();
    let Some(start) = start_of_typed(&statement[..cursor], dialect) else {
        return Completion::default();
    };
    let earlier = &all[..all.partition_point(|token| token.span.end <= start)];
    let before = &statement[..cursor];
    let part = Part::behind(before, earlier, start);
    let leading = &earlier[..earlier.partition_point(|token| token.span.end <= part.start)];
    let mut offer = Offer::new(names, before, start, &part);
    let place = place(statement, leading);
    match place {
        Place::Table => offer.tables(&mention::defined(statement, &all)),
        Place::NewTable => offer.schemas("."),
        Place::Schema => offer.schemas(""),
        Place::Expression => offer.columns(&mention::mentions(statement, &all)),
        Place::ColumnOf(table) => offer.columns_of(&Mention::read(statement, &all, table).0),
        Place::Begin | Place::Word | Place::Nothing => {}
    }
    if !matches!(place, Place::Nothing | Place::ColumnOf(_)) && part.parents.is_empty() {
        offer.words(place, leading);
    }
    Completion {
        start,
        candidates: offer.into_candidates(),
    }
}

/// Where the word or name begins that is being typed; the end of the text where none is, and None inside of a string or a
/// comment.
fn start_of_typed(before: &str, dialect: Dialect) -> Option<usize> {
    let last = tokens_of(before, dialect).last();
    let Some(last) = last.filter(|token| token.span.end == before.len()) else {
        return Some(before.len());
    };
    match last.kind {
        TokenKind::Word => Some(last.span.start),
        TokenKind::QuotedName if !last.closed => Some(last.span.start),
        TokenKind::Number => None,
        TokenKind::Comment if before[last.span.clone()].starts_with("--") => None,
        TokenKind::String | TokenKind::Comment if !last.closed => None,
        TokenKind::QuotedName | TokenKind::String | TokenKind::Comment | TokenKind::Symbol(_) => Some(before.len()),
    }
}

#[cfg(test)]
mod tests;
