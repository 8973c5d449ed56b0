//! Constraints: PRIMARY KEY, UNIQUE and FOREIGN KEY.

use nom::Parser;
use nom::combinator::opt;

use super::draft::{Draft, KeyColumns};
use super::key::key_columns;
use super::not_kept::{AMONG_COLUMNS, OF_REFERENCE, refuse};
use crate::definition::{Constraint, ConstraintKind};
use crate::name::{Name, TableName};
use crate::sql::error::{ForeignKeyError, Key, TableError};
use crate::sql::lexical::{Parsed, expect, fail, keyword, keywords, symbol};
use crate::sql::name::{Named, Spanned, expect_name};

/// True if a constraint among the columns begins here.
pub(super) fn begins_constraint(input: &str) -> bool {
    const FIRST: [&[&str]; 4] =
        [&["CONSTRAINT"], &["PRIMARY", "KEY"], &["UNIQUE"], &["FOREIGN", "KEY"]];
    FIRST.iter().any(|words| keywords(words)(input).is_ok())
}

/// ```ebnf
/// constraint = [ "CONSTRAINT", name ],
///              ( ( "PRIMARY", "KEY" | "UNIQUE" ), key columns
///              | "FOREIGN", "KEY", key columns, reference ) ;
/// ```
pub(super) fn constraint<'a>(
    source: &'a str,
    draft: &mut Draft<'a>,
    input: &'a str,
) -> Parsed<'a, ()> {
    let (rest, ()) = constraint_alone(source, draft, input)?;
    refuse(OF_REFERENCE, rest)
}

fn constraint_alone<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    let (begin, name) = constraint_name(source, input)?;
    refuse(AMONG_COLUMNS, begin)?;
    let (rest, kind, columns) = if let Ok((rest, ())) = keywords(&["FOREIGN", "KEY"])(begin) {
        let (rest, columns) = key_columns(source, rest)?;
        let (rest, kind) = expect("REFERENCES", |rest| reference(source, &draft.name, rest))(rest)?;
        (rest, kind, columns)
    } else {
        let (rest, kind) = expect("PRIMARY KEY, UNIQUE or FOREIGN KEY", of_columns)(begin)?;
        let (rest, columns) = key_columns(source, rest)?;
        (rest, kind, columns)
    };
    add_constraint(draft, name, kind, columns, input)?;
    Ok((rest, ()))
}

/// `[ "CONSTRAINT", name ]`
pub(super) fn constraint_name<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Option<Name>> {
    let Ok((rest, ())) = keyword("CONSTRAINT")(input) else {
        return Ok((input, None));
    };
    let (rest, name) = expect_name::<Name>(source, rest)?;
    Ok((rest, Some(name.value)))
}

/// PRIMARY KEY or UNIQUE.
pub(super) fn of_columns(input: &str) -> Parsed<'_, ConstraintKind> {
    if let Ok((rest, ())) = keyword("UNIQUE")(input) {
        return Ok((rest, ConstraintKind::Unique));
    }
    let (rest, ()) = keyword("PRIMARY")(input)?;
    let (rest, ()) = expect("KEY", keyword("KEY"))(rest)?;
    Ok((rest, ConstraintKind::PrimaryKey))
}

/// Adds the constraint; a second primary key is an error at `input`.
pub(super) fn add_constraint<'a>(
    draft: &mut Draft<'a>,
    name: Option<Name>,
    kind: ConstraintKind,
    columns: KeyColumns<'a>,
    input: &'a str,
) -> Parsed<'a, ()> {
    check_count(&kind, &columns, input)?;
    let is_same = |(other, _): &(Constraint, _)| other.kind == ConstraintKind::PrimaryKey;
    if kind == ConstraintKind::PrimaryKey && draft.constraints.iter().any(is_same) {
        return fail(input, TableError::SecondKey { key: Key::Primary });
    }
    if let Some(name) = &name
        && draft.constraints.iter().any(|(other, _)| other.name.as_ref() == Some(name))
    {
        return fail(input, TableError::ConstraintTwice { name: name.clone() });
    }
    let constraint = Constraint { name, kind, columns: columns.names() };
    draft.constraints.push((constraint, columns));
    Ok((input, ()))
}

/// ```ebnf
/// reference = "REFERENCES", [ [ name, "." ], name, "." ], name, [ key columns ] ;
/// ```
/// A table without a schema is in the schema of `of`.
pub(super) fn reference<'a>(
    source: &'a str,
    of: &TableName,
    input: &'a str,
) -> Parsed<'a, ConstraintKind> {
    let (rest, ()) = keyword("REFERENCES")(input)?;
    let (rest, Spanned { value: table, .. }) = related_table(source, of, rest)?;
    let (rest, columns) = if rest.starts_with('(') {
        let (rest, columns) = key_columns(source, rest)?;
        (rest, columns.names())
    } else {
        (rest, Vec::new())
    };
    Ok((rest, ConstraintKind::ForeignKey { table, columns }))
}

/// The constraint of `of` in the words of `pg_get_constraintdef`; None for one that redwire does not
/// know. What a server adds behind it is left out.
pub(in crate::sql) fn read_constraint(text: &str, of: &TableName) -> Option<Constraint> {
    let mut draft = Draft::new(of.clone());
    constraint_alone(text, &mut draft, text).ok()?;
    draft.constraints.pop().map(|(constraint, _)| constraint)
}

/// A table on the same connection: a name of one, two or three parts.
pub(super) fn related_table<'a>(
    source: &'a str,
    of: &TableName,
    input: &'a str,
) -> Parsed<'a, Spanned<TableName>> {
    let (mut rest, first) = expect_name::<Name>(source, input)?;
    let mut parts = vec![first];
    while let Ok((after, ())) = symbol('.', ".")(rest) {
        let (after, part) = expect(Name::WHAT, |input| expect_name::<Name>(source, input))(after)?;
        parts.push(part);
        rest = after;
    }
    let span = parts[0].span.start..parts[parts.len() - 1].span.end;
    let mut names: Vec<Name> = parts.into_iter().map(|part| part.value).collect();
    let (table, schema, connection) = (names.pop(), names.pop(), names.pop());
    let is_here = connection.is_none_or(|name| name.as_str() == of.connection.as_str());
    let Some(table) = table.filter(|_| is_here && names.is_empty()) else {
        let connection = of.connection.clone();
        return fail(
            input,
            TableError::ForeignKey(ForeignKeyError::OtherConnection { connection }),
        );
    };
    let value = TableName {
        connection: of.connection.clone(),
        schema: schema.unwrap_or_else(|| of.schema.clone()),
        table,
    };
    Ok((rest, Spanned { value, span }))
}

fn check_count<'a>(
    kind: &ConstraintKind,
    columns: &KeyColumns<'_>,
    input: &'a str,
) -> Parsed<'a, ()> {
    let ConstraintKind::ForeignKey { columns: referenced, .. } = kind else {
        return Ok((input, ()));
    };
    if referenced.is_empty() || referenced.len() == columns.0.len() {
        return Ok((input, ()));
    }
    fail(input, TableError::ForeignKey(ForeignKeyError::Count))
}

/// `LIKE table [{INCLUDING | EXCLUDING} DEFAULTS]`
pub(super) fn like<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    let (rest, ()) = keyword("LIKE")(input)?;
    let (rest, table) = related_table(source, &draft.name, rest)?;
    let (rest, including) = opt(keywords(&["INCLUDING", "DEFAULTS"])).parse(rest)?;
    let (rest, _) = opt(keywords(&["EXCLUDING", "DEFAULTS"])).parse(rest)?;
    draft.likes.push(super::Like {
        column: draft.columns.len(),
        table,
        including_defaults: including.is_some(),
    });
    Ok((rest, ()))
}
