//! The keys of a table: their columns and their checks.

use super::draft::{Draft, KeyColumns};
use super::{DistStyle, MAX_COMPOUND_COLUMNS, MAX_INTERLEAVED_COLUMNS, SortStyle};
use crate::name::Name;
use crate::sql::error::{Key, SqlErrorKind, TableError};
use crate::sql::keyword::nearest;
use crate::sql::lexical::{Parsed, expect, fail, symbol};
use crate::sql::name::names;

/// ```ebnf
/// key columns = "(", names, ")" ;
/// ```
pub(super) fn key_columns<'a>(source: &'a str, input: &'a str) -> Parsed<'a, KeyColumns<'a>> {
    let (rest, ()) = expect("(", symbol('(', "("))(input)?;
    let (rest, names) = names::<Name>(source, rest)?;
    let (rest, ()) = expect(", or )", symbol(')', ")"))(rest)?;
    let columns = names.into_iter().map(|name| (name.value, &source[name.span.start..]));
    Ok((rest, KeyColumns(columns.collect())))
}

/// Sets the key; a second one is an error at `input`.
pub(super) fn set_key<'a>(
    place: &mut Option<KeyColumns<'a>>,
    key: Key,
    columns: KeyColumns<'a>,
    input: &'a str,
) -> Parsed<'a, ()> {
    if place.is_some() {
        return table_error(input, TableError::SecondKey { key });
    }
    *place = Some(columns);
    Ok((input, ()))
}

/// Checks the keys against the columns and each other.
pub(super) fn check_keys<'a>(draft: &Draft<'a>) -> Parsed<'a, ()> {
    for (key, columns) in [
        (Key::Primary, &draft.primary_key),
        (Key::Distribution, &draft.dist_key),
        (Key::Sort, &draft.sort_key),
    ] {
        if let Some(columns) = columns {
            check_columns(draft, key, columns)?;
        }
    }
    check_sort_key(draft)?;
    check_dist_style(draft)
}

fn check_columns<'a>(draft: &Draft<'a>, key: Key, columns: &KeyColumns<'a>) -> Parsed<'a, ()> {
    let mut seen = std::collections::HashSet::new();
    for (name, place) in &columns.0 {
        let Some(data_type) = draft.types.get(name) else {
            return table_error(place, no_such_column(draft, key, name));
        };
        if !seen.insert(name) {
            let name = name.clone();
            return table_error(place, TableError::KeyColumnTwice { key, name });
        }
        if key != Key::Primary && !data_type.can_be_key() {
            let data_type = data_type.to_string();
            return table_error(place, TableError::TypeOfKey { key, data_type });
        }
    }
    Ok(("", ()))
}

fn no_such_column(draft: &Draft<'_>, key: Key, name: &Name) -> TableError {
    if draft.columns.is_empty() {
        return TableError::NoColumns { key };
    }
    let names = draft.columns.iter().map(|column| column.name.as_str());
    let nearest = nearest(name.as_str(), names).and_then(|nearest| Name::new(nearest).ok());
    TableError::NoSuchColumn { key, name: name.clone(), nearest }
}

fn check_sort_key<'a>(draft: &Draft<'a>) -> Parsed<'a, ()> {
    let (style, maximum) = match draft.sort_style {
        Some(SortStyle::Interleaved) => ("an interleaved", MAX_INTERLEAVED_COLUMNS),
        Some(SortStyle::Compound) | None => ("a", MAX_COMPOUND_COLUMNS),
    };
    match draft.sort_key.as_ref().and_then(|columns| columns.0.get(maximum)) {
        Some((_, place)) => table_error(place, TableError::TooManySortColumns { style, maximum }),
        None => Ok(("", ())),
    }
}

fn check_dist_style<'a>(draft: &Draft<'a>) -> Parsed<'a, ()> {
    let Some((style, place)) = draft.dist_style else {
        return Ok(("", ()));
    };
    match style {
        DistStyle::Key if draft.dist_key.is_none() => {
            table_error(place, TableError::StyleWithoutKey)
        }
        DistStyle::Even | DistStyle::All if draft.dist_key.is_some() => {
            table_error(place, TableError::StyleAgainstKey { style: style.word() })
        }
        DistStyle::Auto | DistStyle::Even | DistStyle::Key | DistStyle::All => Ok(("", ())),
    }
}

pub(super) fn table_error<O>(place: &str, error: TableError) -> Parsed<'_, O> {
    fail(place, SqlErrorKind::Table(error))
}
