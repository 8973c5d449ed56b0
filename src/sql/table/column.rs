//! A column of CREATE TABLE.

use nom::Parser;
use nom::combinator::opt;

use super::MAX_COLUMNS;
use super::constraint::{add_constraint, constraint_name, of_columns, reference};
use super::default::default_expression;
use super::draft::{Draft, KeyColumns};
use super::key::set_key;
use super::not_kept::{OF_COLUMN, OF_REFERENCE, refuse};
use crate::definition::{Collation, ConstraintKind, Identity, TableColumn};
use crate::name::Name;
use crate::sql::data_type::{DataType, data_type, encoding};
use crate::sql::error::{IdentityError, Key, OptionError, TableError};
use crate::sql::lexical::{
    Parsed, expect, fail, integer, keyword, keywords, string, symbol, wanted, word,
};
use crate::sql::name::name;

/// The attributes behind the type of a column.
#[derive(Default)]
struct Attributes<'a> {
    /// NULL is false, NOT NULL true.
    not_null: Option<bool>,
    /// The text from NULL on.
    null_place: Option<&'a str>,
    is_primary_key: bool,
    default: Option<String>,
    identity: Option<Identity>,
    encoding: Option<String>,
    collation: Option<Collation>,
    comment: Option<String>,
}

/// ```ebnf
/// column    = name, type, { attribute } ;
/// attribute = "DEFAULT", expression | identity | "ENCODE", encoding | "DISTKEY" | "SORTKEY"
///           | "COLLATE", ( "CASE_SENSITIVE" | "CS" | "CASE_INSENSITIVE" | "CI" )
///           | "NOT", "NULL" | "NULL" | "COMMENT", [ "=" ], string
///           | [ "CONSTRAINT", name ], ( "UNIQUE" | "PRIMARY", "KEY" | reference ) ;
/// identity  = [ "GENERATED", "BY", "DEFAULT", "AS" ], "IDENTITY",
///             "(", integer, ",", integer, ")" ;
/// ```
pub(super) fn column<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    let (rest, name) =
        expect("the name of a column, or a constraint", |input| name::<Name>(source, input))(
            input,
        )?;
    if draft.columns.len() == MAX_COLUMNS {
        return fail(input, TableError::TooManyColumns { maximum: MAX_COLUMNS });
    }
    let name = name.value;
    if draft.types.contains_key(&name) {
        return fail(input, TableError::ColumnTwice { name });
    }
    type_and_attributes(source, draft, &name, rest).inspect_err(|_| {
        draft.broken.insert(name);
    })
}

fn type_and_attributes<'a>(
    source: &'a str,
    draft: &mut Draft<'a>,
    name: &Name,
    input: &'a str,
) -> Parsed<'a, ()> {
    let (mut rest, data_type) = expect("the type of the column", data_type)(input)?;
    let mut attributes = Attributes::default();
    while !rest.is_empty() && !rest.starts_with([',', ')']) {
        rest = attribute(source, draft, &mut attributes, name, rest)?.0;
    }
    if let Some(place) = attributes.null_place {
        if attributes.is_primary_key {
            return fail(place, TableError::NullInPrimaryKey);
        }
        if attributes.identity.is_some() {
            return fail(place, TableError::NullAndNotNull);
        }
    }
    check_type(data_type, &attributes, input)?;
    draft.nulls.extend(attributes.null_place.map(|place| (name.clone(), place)));
    draft.types.insert(name.clone(), data_type);
    draft.columns.push(TableColumn {
        name: name.clone(),
        data_type: data_type.to_string(),
        // An identity column is NOT NULL (AWS documentation, "CREATE TABLE", IDENTITY).
        is_nullable: attributes.not_null != Some(true) && attributes.identity.is_none(),
        default: attributes.default,
        identity: attributes.identity,
        encoding: attributes.encoding,
        collation: attributes.collation,
        comment: attributes.comment,
    });
    Ok((rest, ()))
}

/// Checks the type at `input` against the attributes.
fn check_type<'a>(
    data_type: DataType,
    attributes: &Attributes<'a>,
    input: &'a str,
) -> Parsed<'a, ()> {
    if attributes.identity.is_some() {
        // Redshift takes no SMALLINT, but PostgreSQL does, and IMPORT TABLES reads it there.
        if !matches!(data_type, DataType::SmallInt | DataType::Integer | DataType::BigInt) {
            return fail(input, TableError::Identity(IdentityError::Type));
        }
        if attributes.default.is_some() {
            return fail(input, TableError::Identity(IdentityError::WithDefault));
        }
    }
    if attributes.collation.is_some() && !data_type.has_strings() {
        let data_type = data_type.to_string();
        return fail(input, TableError::TypeOfCollation { data_type });
    }
    Ok((input, ()))
}

fn attribute<'a>(
    source: &'a str,
    draft: &mut Draft<'a>,
    attributes: &mut Attributes<'a>,
    name: &Name,
    input: &'a str,
) -> Parsed<'a, ()> {
    refuse(OF_COLUMN, input)?;
    let begins_with = |word| keyword(word)(input).is_ok();
    if begins_with("NOT") || begins_with("NULL") {
        return nullability(attributes, input);
    }
    if let Ok((rest, ())) = keyword("DEFAULT")(input) {
        let value = expect("an expression", default_expression)(rest)?;
        return once("DEFAULT", &mut attributes.default, input, value);
    }
    if begins_with("IDENTITY") || begins_with("GENERATED") {
        return once("IDENTITY", &mut attributes.identity, input, identity(input)?);
    }
    if let Ok((rest, ())) = keyword("ENCODE")(input) {
        let (rest, encoding) = encoding(rest)?;
        return once("ENCODE", &mut attributes.encoding, input, (rest, encoding.to_string()));
    }
    if let Ok((rest, ())) = keyword("COLLATE")(input) {
        return once("COLLATE", &mut attributes.collation, input, collation(rest)?);
    }
    if let Ok((rest, ())) = keyword("COMMENT")(input) {
        let (rest, _) = opt(symbol('=', "=")).parse(rest)?;
        let value = expect("a string", string)(rest)?;
        return once("COMMENT", &mut attributes.comment, input, value);
    }
    key_attribute(source, draft, attributes, name, input)
}

/// Sets what may be given once; a second one is an error at `input`.
fn once<'a, T>(
    what: &'static str,
    place: &mut Option<T>,
    input: &'a str,
    (rest, value): (&'a str, T),
) -> Parsed<'a, ()> {
    if place.is_some() {
        return fail(input, OptionError::Duplicate(what));
    }
    *place = Some(value);
    Ok((rest, ()))
}

fn identity(input: &str) -> Parsed<'_, Identity> {
    let (rest, by_default) = match keyword("GENERATED")(input) {
        Ok((rest, ())) => {
            let rest = expect("BY DEFAULT AS IDENTITY", keywords(&["BY", "DEFAULT", "AS"]))(rest)?;
            (rest.0, true)
        }
        Err(_) => (input, false),
    };
    let (rest, ()) = expect("IDENTITY", keyword("IDENTITY"))(rest)?;
    let (rest, ()) = expect("(seed, step), such as (1, 1)", symbol('(', "("))(rest)?;
    let (rest, seed) = number(rest)?;
    let (rest, ()) = expect(",", symbol(',', ","))(rest)?;
    let (after, step) = number(rest)?;
    if step == 0 {
        return fail(rest, TableError::Identity(IdentityError::StepOfZero));
    }
    let (rest, ()) = expect(")", symbol(')', ")"))(after)?;
    Ok((rest, Identity { by_default, seed, step }))
}

fn number(input: &str) -> Parsed<'_, i64> {
    let (rest, digits) = expect("an integer", integer)(input)?;
    match digits.parse() {
        Ok(number) => Ok((rest, number)),
        Err(_) => fail(input, TableError::Identity(IdentityError::NumberTooLong)),
    }
}

fn collation(input: &str) -> Parsed<'_, Collation> {
    const WORDS: &str = "CASE_SENSITIVE or CASE_INSENSITIVE";
    let (rest, written) = expect(WORDS, word)(input)?;
    match Collation::named(written) {
        Some(collation) => Ok((rest, collation)),
        None => expect(WORDS, |input| wanted(input, WORDS))(input),
    }
}

fn nullability<'a>(attributes: &mut Attributes<'a>, input: &'a str) -> Parsed<'a, ()> {
    let (rest, not_null) = match keyword("NOT")(input) {
        Ok((rest, ())) => (expect("NULL", keyword("NULL"))(rest)?.0, true),
        Err(_) => {
            attributes.null_place = Some(input);
            (keyword("NULL")(input)?.0, false)
        }
    };
    match attributes.not_null {
        Some(before) if before != not_null => {
            return fail(input, TableError::NullAndNotNull);
        }
        Some(true) => return fail(input, OptionError::Duplicate("NOT NULL")),
        Some(false) => return fail(input, OptionError::Duplicate("NULL")),
        None => attributes.not_null = Some(not_null),
    }
    Ok((rest, ()))
}

/// DISTKEY, SORTKEY and the constraints of a column are those of the table.
fn key_attribute<'a>(
    source: &'a str,
    draft: &mut Draft<'a>,
    attributes: &mut Attributes<'a>,
    name: &Name,
    input: &'a str,
) -> Parsed<'a, ()> {
    let columns = KeyColumns(vec![(name.clone(), input)]);
    if let Ok((rest, ())) = keyword("DISTKEY")(input) {
        set_key(&mut draft.dist_key, Key::Distribution, columns, input)?;
        return Ok((rest, ()));
    }
    if let Ok((rest, ())) = keyword("SORTKEY")(input) {
        set_key(&mut draft.sort_key, Key::Sort, Some((None, columns)), input)?;
        return Ok((rest, ()));
    }
    let (rest, constraint) = constraint_name(source, input)?;
    if constraint.is_some() && (keyword("NOT")(rest).is_ok() || keyword("NULL")(rest).is_ok()) {
        // Redshift keeps no name of NOT NULL.
        return nullability(attributes, rest);
    }
    refuse(OF_COLUMN, rest)?;
    let (rest, kind) = match reference(source, &draft.name, rest) {
        Err(nom::Err::Error(_)) => expect(
            "NOT NULL, DEFAULT, IDENTITY, ENCODE, DISTKEY, SORTKEY, COLLATE, UNIQUE, PRIMARY KEY, \
             REFERENCES, COMMENT, a comma or )",
            of_columns,
        )(rest)?,
        reference => reference?,
    };
    refuse(OF_REFERENCE, rest)?;
    attributes.is_primary_key |= kind == ConstraintKind::PrimaryKey;
    add_constraint(draft, constraint, kind, columns, input)?;
    Ok((rest, ()))
}
