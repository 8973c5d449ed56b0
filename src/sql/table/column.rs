//! A column of CREATE TABLE.

use super::draft::{Draft, KeyColumns};
use super::key::{set_key, table_error};
use super::not_kept::{OF_COLUMN, refuse};
use super::{ColumnDefinition, MAX_COLUMNS};
use crate::name::Name;
use crate::sql::data_type::{Encoding, data_type, encoding};
use crate::sql::error::{Key, TableError};
use crate::sql::lexical::{Parsed, expect, keyword, keywords};
use crate::sql::name::name;

/// The attributes behind the type of a column.
#[derive(Default)]
struct Attributes<'a> {
    /// NULL is false, NOT NULL true.
    not_null: Option<bool>,
    /// The text from NULL on.
    null_place: Option<&'a str>,
    is_primary_key: bool,
    encoding: Option<Encoding>,
}

/// ```ebnf
/// column    = name, type, { attribute } ;
/// attribute = "NOT", "NULL" | "NULL" | "ENCODE", encoding | "DISTKEY" | "SORTKEY" | "PRIMARY", "KEY" ;
/// ```
pub(super) fn column<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    let (rest, name) =
        expect("the name of a column, or PRIMARY KEY", |input| name::<Name>(source, input))(input)?;
    if draft.columns.len() == MAX_COLUMNS {
        return table_error(input, TableError::TooManyColumns { maximum: MAX_COLUMNS });
    }
    let name = name.value;
    if draft.types.contains_key(&name) {
        return table_error(input, TableError::ColumnTwice { name });
    }
    let (mut rest, data_type) = expect("the type of the column", data_type)(rest)?;
    let mut attributes = Attributes::default();
    while !rest.is_empty() && !rest.starts_with([',', ')']) {
        rest = attribute(draft, &mut attributes, &name, rest)?.0;
    }
    if let (true, Some(place)) = (attributes.is_primary_key, attributes.null_place) {
        return table_error(place, TableError::NullInPrimaryKey);
    }
    draft.nulls.extend(attributes.null_place.map(|place| (name.clone(), place)));
    draft.types.insert(name.clone(), data_type);
    draft.columns.push(ColumnDefinition {
        name,
        data_type,
        not_null: attributes.not_null.unwrap_or(false),
        encoding: attributes.encoding,
    });
    Ok((rest, ()))
}

fn attribute<'a>(
    draft: &mut Draft<'a>,
    attributes: &mut Attributes<'a>,
    name: &Name,
    input: &'a str,
) -> Parsed<'a, ()> {
    refuse(OF_COLUMN, input)?;
    if let Ok((rest, ())) = keyword("NOT")(input) {
        let (rest, ()) = expect("NULL", keyword("NULL"))(rest)?;
        return nullability(attributes, true, input, rest);
    }
    if let Ok((rest, ())) = keyword("NULL")(input) {
        attributes.null_place = Some(input);
        return nullability(attributes, false, input, rest);
    }
    if let Ok((rest, ())) = keyword("ENCODE")(input) {
        if attributes.encoding.is_some() {
            return table_error(input, TableError::GivenTwice { what: "ENCODE" });
        }
        let (rest, encoding) = encoding(rest)?;
        attributes.encoding = Some(encoding);
        return Ok((rest, ()));
    }
    key_attribute(draft, attributes, name, input)
}

fn nullability<'a>(
    attributes: &mut Attributes<'a>,
    not_null: bool,
    input: &'a str,
    rest: &'a str,
) -> Parsed<'a, ()> {
    match attributes.not_null {
        Some(before) if before != not_null => {
            return table_error(input, TableError::NullAndNotNull);
        }
        Some(true) => return table_error(input, TableError::GivenTwice { what: "NOT NULL" }),
        Some(false) => return table_error(input, TableError::GivenTwice { what: "NULL" }),
        None => attributes.not_null = Some(not_null),
    }
    Ok((rest, ()))
}

/// DISTKEY, SORTKEY and PRIMARY KEY of a column are those of the table.
fn key_attribute<'a>(
    draft: &mut Draft<'a>,
    attributes: &mut Attributes<'a>,
    name: &Name,
    input: &'a str,
) -> Parsed<'a, ()> {
    let columns = KeyColumns(vec![(name.clone(), input)]);
    if let Ok((rest, ())) = keyword("DISTKEY")(input) {
        return set_key(&mut draft.dist_key, Key::Distribution, columns, input).map(|_| (rest, ()));
    }
    if let Ok((rest, ())) = keyword("SORTKEY")(input) {
        return set_key(&mut draft.sort_key, Key::Sort, columns, input).map(|_| (rest, ()));
    }
    let (rest, ()) = expect(
        "NOT NULL, NULL, ENCODE, DISTKEY, SORTKEY, PRIMARY KEY, a comma or )",
        keywords(&["PRIMARY", "KEY"]),
    )(input)?;
    attributes.is_primary_key = true;
    set_key(&mut draft.primary_key, Key::Primary, columns, input).map(|_| (rest, ()))
}
