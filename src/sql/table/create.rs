//! Reads CREATE TABLE.

use std::collections::HashMap;

use nom::Parser;
use nom::combinator::opt;

use super::column::column;
use super::draft::{Draft, KeyColumns};
use super::key::{check_keys, key_columns, set_key, table_error};
use super::not_kept::{AMONG_COLUMNS, OF_TABLE, refuse};
use super::{ColumnDefinition, CreateTable, DistStyle, SortKey, SortStyle};
use crate::name::{Name, TableName};
use crate::sql::error::{Key, SqlErrorKind, TableError};
use crate::sql::keyword::nearest;
use crate::sql::lexical::{
    Parsed, expect, fail, found, keyword, keywords, symbol, wanted, word, word_length,
};
use crate::sql::name::{expect_name, first_part, names};
use crate::sql::option::{COMMENT, TABLE_OPTIONS};
use crate::sql::setting::setting;

/// ```ebnf
/// create table = "CREATE", "TABLE", [ "IF", "NOT", "EXISTS" ], table name,
///                "(", [ element, { ",", element } ], ")", { clause } ;
/// element      = column | "PRIMARY", "KEY", key columns ;
/// clause       = "DISTSTYLE", ( "AUTO" | "EVEN" | "KEY" | "ALL" ) | "DISTKEY", "(", name, ")"
///              | [ "COMPOUND" | "INTERLEAVED" ], "SORTKEY", key columns | "COMMENT", "=", string ;
/// ```
/// Each clause once, in any order. `input` begins behind TABLE.
pub(in crate::sql) fn parse_create<'a>(source: &'a str, input: &'a str) -> Parsed<'a, CreateTable> {
    let (rest, not_exists) = opt(keywords(&["IF", "NOT", "EXISTS"])).parse(input)?;
    let (rest, name) = expect_name::<TableName>(source, rest)?;
    refuse(OF_TABLE, rest)?;
    let mut draft = Draft::default();
    let (mut rest, ()) = elements(source, &mut draft, rest)?;
    while !rest.is_empty() {
        rest = clause(source, &mut draft, rest)?.0;
    }
    check_keys(&draft)?;
    let primary_key = draft.primary_key.map_or_else(Vec::new, KeyColumns::into_names);
    let columns = with_key_not_null(draft.columns, &draft.nulls, &primary_key)?;
    let statement = CreateTable {
        if_not_exists: not_exists.is_some(),
        connection_span: Some(first_part(source, &name.span)),
        name: name.value,
        name_span: Some(name.span),
        columns,
        primary_key,
        dist_style: draft.dist_style.map(|(style, _)| style),
        dist_key: draft.dist_key.and_then(|key| key.into_names().pop()),
        sort_key: draft.sort_key.map(|columns| SortKey {
            style: draft.sort_style,
            columns: columns.into_names(),
        }),
        comment: draft.settings.text(&COMMENT).map(str::to_owned),
    };
    Ok((rest, statement))
}

/// Makes the columns of the primary key NOT NULL, as Redshift does (AWS documentation, "CREATE
/// TABLE", PRIMARY KEY).
fn with_key_not_null<'a>(
    mut columns: Vec<ColumnDefinition>,
    nulls: &HashMap<Name, &'a str>,
    primary_key: &[Name],
) -> Result<Vec<ColumnDefinition>, nom::Err<crate::sql::lexical::ParseError<'a>>> {
    if primary_key.is_empty() {
        return Ok(columns);
    }
    let key: std::collections::HashSet<&Name> = primary_key.iter().collect();
    for column in columns.iter_mut().filter(|column| key.contains(&column.name)) {
        if let Some(place) = nulls.get(&column.name) {
            table_error::<()>(place, TableError::NullInPrimaryKey)?;
        }
        column.not_null = true;
    }
    Ok(columns)
}

fn elements<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    let (rest, ()) = expect(
        "( and the columns; () leaves them to the job that first writes the table",
        symbol('(', "("),
    )(input)?;
    if let Ok((rest, ())) = symbol(')', ")")(rest) {
        return Ok((rest, ()));
    }
    let mut rest = rest;
    loop {
        let (after, ()) = element(source, draft, rest)?;
        match symbol(',', ",")(after) {
            Ok((after, ())) => rest = after,
            Err(nom::Err::Error(_)) => return expect("a comma or )", symbol(')', ")"))(after),
            Err(other) => return Err(other),
        }
    }
}

fn element<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    refuse(AMONG_COLUMNS, input)?;
    let Ok((rest, ())) = keyword("PRIMARY")(input) else {
        return column(source, draft, input);
    };
    let (rest, ()) = expect("KEY", keyword("KEY"))(rest)?;
    let (rest, columns) = key_columns(source, rest)?;
    set_key(&mut draft.primary_key, Key::Primary, columns, input)?;
    Ok((rest, ()))
}

fn clause<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    refuse(OF_TABLE, input)?;
    let begins_with = |word| keyword(word)(input).is_ok();
    if begins_with("DISTSTYLE") {
        dist_style(draft, input)
    } else if begins_with("DISTKEY") {
        dist_key(source, draft, input)
    } else if begins_with("SORTKEY") || begins_with("COMPOUND") || begins_with("INTERLEAVED") {
        sort_key(source, draft, input)
    } else {
        option(source, draft, input)
    }
}

fn dist_style<'a>(draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    const WORDS: &str = "AUTO, EVEN, KEY or ALL";
    let (begin, ()) = keyword("DISTSTYLE")(input)?;
    if draft.dist_style.is_some() {
        return table_error(input, TableError::GivenTwice { what: "DISTSTYLE" });
    }
    let (rest, written) = expect(WORDS, word)(begin)?;
    let Some(style) = DistStyle::named(written) else {
        return expect(WORDS, |rest| wanted(rest, WORDS))(begin);
    };
    draft.dist_style = Some((style, begin));
    Ok((rest, ()))
}

fn dist_key<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    let (rest, ()) = keyword("DISTKEY")(input)?;
    let (rest, ()) = expect("(", symbol('(', "("))(rest)?;
    let (rest, mut columns) = names::<Name>(source, rest)?;
    let (rest, ()) = expect(")", symbol(')', ")"))(rest)?;
    if let Some(second) = columns.get(1) {
        let key = Key::Distribution;
        return table_error(&source[second.span.start..], TableError::SecondKey { key });
    }
    let columns = columns.drain(..).map(|name| (name.value, &source[name.span.start..]));
    set_key(&mut draft.dist_key, Key::Distribution, KeyColumns(columns.collect()), input)?;
    Ok((rest, ()))
}

fn sort_key<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    let style = SortStyle::named(&input[..word_length(input)]);
    let rest = match style {
        Some(_) => word(input)?.0,
        None => input,
    };
    let (rest, ()) = expect("SORTKEY", keyword("SORTKEY"))(rest)?;
    let (rest, columns) = key_columns(source, rest)?;
    set_key(&mut draft.sort_key, Key::Sort, columns, input)?;
    draft.sort_style = style;
    Ok((rest, ()))
}

/// COMMENT, or an error that names the clauses.
fn option<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    const CLAUSES: [&str; 6] =
        ["DISTSTYLE", "DISTKEY", "SORTKEY", "COMPOUND", "INTERLEAVED", "COMMENT"];
    let written = &input[..word_length(input)];
    let is_option = word(input).is_ok_and(|(rest, _)| rest.starts_with('='));
    if is_option || written.eq_ignore_ascii_case(COMMENT.name) {
        let is_given = |option: &_| draft.settings.find(option).is_some();
        let (rest, setting) = setting(TABLE_OPTIONS, source, is_given, input)?;
        draft.settings.0.push(setting);
        return Ok((rest, ()));
    }
    if input.starts_with(')') {
        return wanted(input, "a clause");
    }
    let kind = SqlErrorKind::Expected {
        expected: "DISTSTYLE, DISTKEY, SORTKEY, COMMENT or the end of the statement".to_owned(),
        found: found(input),
        hint: nearest(written, CLAUSES).map(|nearest| format!("did you mean {nearest}?")),
    };
    fail(input, kind)
}
