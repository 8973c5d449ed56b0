//! Completion in a statement for a warehouse: from its fetched names and the words of its SQL. It
//! never queries the warehouse.

mod condition;
mod offer;
mod source;

use super::Completion;
use super::name::NamePart;
use super::place::{PlaceKind, TypedStatement};
use super::uses::{Uses, UsesHere};
use crate::executor::WarehouseNames;
use crate::sql::splitter::{Dialect, Splitter};
use crate::sql::token::{TokenKind, code_tokens, tokens_of};

use offer::{Around, ColumnPlace, Offer};
use source::Sources;

/// The maximum number of bytes before and behind the cursor that are read, since the answer must
/// come at once.
const REACH: usize = 64 * 1024;

/// Completes a statement for a warehouse with these names, those first that were used most;
/// `cursor` is a byte of the text.
pub(super) fn complete(
    text: &str,
    cursor: usize,
    dialect: Dialect,
    names: &WarehouseNames,
    uses: &Uses,
) -> Completion {
    let whole = Splitter::parts(text, dialect).into_iter().next();
    let end = whole.map_or(text.len(), |part| part.range.end).max(cursor);
    let first = text.ceil_char_boundary(cursor.saturating_sub(REACH));
    let statement = &text[first..text.floor_char_boundary(end.min(cursor + REACH))];
    let mut completion = complete_statement(statement, cursor - first, dialect, names, uses);
    completion.start += first;
    completion
}

fn complete_statement(
    statement: &str,
    cursor: usize,
    dialect: Dialect,
    names: &WarehouseNames,
    history: &Uses,
) -> Completion {
    let all = code_tokens(statement, dialect);
    let (before, behind) = statement.split_at(cursor);
    let Some(start) = start_of_typed(before, dialect) else {
        return Completion::default();
    };
    let earlier = &all[..all.partition_point(|token| token.span.end <= start)];
    let part = NamePart::behind(before, earlier, start);
    let leading = &earlier[..earlier.partition_point(|token| token.span.end <= part.start)];
    let typed = TypedStatement::new(statement, &all);
    let place = typed.place(leading);
    let mut uses = UsesHere::new(history);
    if place == PlaceKind::Expression {
        // GROUP BY names what SELECT named.
        uses.statement.count(&before[..start], dialect);
    }
    let mut offer = Offer::new(names, uses, Around { before, behind, start }, &part);
    let sources = Sources::new(&typed, names);
    let block = sources.block_at(leading.len());
    if place == PlaceKind::Expression && leading.last().is_some_and(|on| on.is_word(before, "ON")) {
        let qualifier = part.parents.last().map(String::as_str);
        offer.conditions(condition::conditions(&sources, block, leading.len(), qualifier));
    }
    let compared = match leading {
        [.., column, equal] if equal.is_symbol('=') && column.is_name() => Some(column),
        _ => None,
    };
    let spot = ColumnPlace {
        token: leading.len(),
        compared: compared.map(|column| column.text(before)),
    };
    offer.collect(
        |offer| match place {
            PlaceKind::Table => offer.tables(&sources.defined),
            PlaceKind::NewTable => offer.schemas("."),
            PlaceKind::Schema => offer.schemas(""),
            PlaceKind::Expression => offer.columns(&sources, spot),
            PlaceKind::ColumnOf(table) => offer.columns_of(&sources, &sources.source_at(table).0),
            PlaceKind::Begin | PlaceKind::Word | PlaceKind::Type | PlaceKind::Nothing => {}
        },
        |offer| offer.words(place, leading),
    );
    Completion { start, candidates: offer.candidates }
}

/// Completes the argument of a command that begins at `start`: the name of a table or of a schema.
pub(super) fn complete_argument(
    is_table: bool,
    before: &str,
    start: usize,
    names: &WarehouseNames,
    uses: &Uses,
) -> Completion {
    let argument = &before[start..];
    let Some(typed) = start_of_typed(argument, Dialect::Catalog) else {
        return Completion::default();
    };
    let part = NamePart::read(argument, typed);
    if part.start > 0 {
        return Completion::default();
    }
    let around = Around {
        before: argument,
        behind: "",
        start: typed,
    };
    let mut offer = Offer::new(names, UsesHere::new(uses), around, &part);
    let add = |offer: &mut Offer<'_>| {
        if is_table {
            offer.tables(&[]);
        } else {
            offer.schemas("");
        }
    };
    offer.collect(add, |_| {});
    Completion {
        start: start + typed,
        candidates: offer.candidates,
    }
}

/// The byte at which the current word or name begins; the end of the text if there is none, and
/// None inside a string or a comment.
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
        TokenKind::QuotedName | TokenKind::String | TokenKind::Comment | TokenKind::Symbol(_) => {
            Some(before.len())
        }
    }
}

#[cfg(test)]
mod quality;
#[cfg(test)]
mod tests;
