//! The keys of a table: their columns and their checks.

use super::draft::{Draft, KeyColumns};
use super::{MAX_COMPOUND_COLUMNS, MAX_INTERLEAVED_COLUMNS};
use crate::definition::{ConstraintKind, DistStyle, SortStyle};
use crate::name::Name;
use crate::sql::error::{Key, TableError};
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
pub(super) fn set_key<'a, T>(
    place: &mut Option<T>,
    key: Key,
    columns: T,
    input: &'a str,
) -> Parsed<'a, ()> {
    if place.is_some() {
        return fail(input, TableError::SecondKey { key });
    }
    *place = Some(columns);
    Ok((input, ()))
}

/// Checks the keys against the columns and each other, and adds the errors to the draft.
pub(super) fn check_keys(draft: &mut Draft<'_>) {
    let sort_key = draft.sort_key.iter().flatten().map(|(_, columns)| (Key::Sort, columns));
    let dist_key = draft.dist_key.iter().map(|columns| (Key::Distribution, columns));
    let constraints = draft.constraints.iter().map(|(constraint, columns)| {
        let key = match constraint.kind {
            ConstraintKind::PrimaryKey => Key::Primary,
            ConstraintKind::Unique => Key::Unique,
            ConstraintKind::ForeignKey { .. } => Key::Foreign,
        };
        (key, columns)
    });
    let keys = constraints.chain(dist_key).chain(sort_key);
    let results: Vec<_> = keys
        .map(|(key, columns)| check_columns(draft, key, columns))
        .chain([check_sort_key(draft), check_dist_style(draft), check_like(draft)])
        .collect();
    for result in results {
        draft.keep_error(result);
    }
}

fn check_columns<'a>(draft: &Draft<'a>, key: Key, columns: &KeyColumns<'a>) -> Parsed<'a, ()> {
    let mut seen = std::collections::HashSet::new();
    for (name, place) in &columns.0 {
        if !seen.insert(name) {
            let name = name.clone();
            return fail(place, TableError::KeyColumnTwice { key, name });
        }
        let Some(data_type) = draft.types.get(name) else {
            if draft.broken.contains(name) || !draft.likes.is_empty() {
                continue;
            }
            return fail(place, no_such_column(draft, key, name));
        };
        if matches!(key, Key::Distribution | Key::Sort) && !data_type.can_be_key() {
            let data_type = data_type.to_string();
            return fail(place, TableError::TypeOfKey { key, data_type });
        }
        if key == Key::Primary
            && let Some(place) = draft.nulls.get(name)
        {
            return fail(place, TableError::NullInPrimaryKey);
        }
    }
    Ok(("", ()))
}

fn no_such_column(draft: &Draft<'_>, key: Key, name: &Name) -> TableError {
    if draft.columns.is_empty() && draft.broken.is_empty() {
        return TableError::NoColumns { key };
    }
    let names = draft.columns.iter().map(|column| column.name.as_str());
    let nearest = nearest(name.as_str(), names).and_then(|nearest| Name::new(nearest).ok());
    TableError::NoSuchColumn { key, name: name.clone(), nearest }
}

fn check_sort_key<'a>(draft: &Draft<'a>) -> Parsed<'a, ()> {
    let Some(Some((style, columns))) = &draft.sort_key else {
        return Ok(("", ()));
    };
    let (style, maximum) = match style {
        Some(SortStyle::Interleaved) => ("an interleaved", MAX_INTERLEAVED_COLUMNS),
        Some(SortStyle::Compound) | None => ("a", MAX_COMPOUND_COLUMNS),
    };
    match columns.0.get(maximum) {
        Some((_, place)) => fail(place, TableError::TooManySortColumns { style, maximum }),
        None => Ok(("", ())),
    }
}

fn check_dist_style<'a>(draft: &Draft<'a>) -> Parsed<'a, ()> {
    let Some((style, place)) = draft.dist_style else {
        return Ok(("", ()));
    };
    match style {
        DistStyle::Key if draft.dist_key.is_none() => fail(place, TableError::StyleWithoutKey),
        DistStyle::Even | DistStyle::All if draft.dist_key.is_some() => {
            fail(place, TableError::StyleAgainstKey { style: style.word() })
        }
        DistStyle::Auto | DistStyle::Even | DistStyle::Key | DistStyle::All => Ok(("", ())),
    }
}

/// A table that is LIKE another has its distribution and its sort key (AWS documentation, "CREATE
/// TABLE", LIKE).
fn check_like<'a>(draft: &Draft<'a>) -> Parsed<'a, ()> {
    let key = draft.dist_key.as_ref().and_then(|columns| columns.0.first());
    let sort_key = draft.sort_key.iter().flatten().find_map(|(_, columns)| columns.0.first());
    let place = draft.dist_style.map(|(_, place)| place);
    let place = place.or(key.or(sort_key).map(|(_, place)| *place));
    match place {
        Some(place) if !draft.likes.is_empty() => fail(place, TableError::LikeWithKeys),
        Some(_) | None => Ok(("", ())),
    }
}
