//! Reads CREATE TABLE.

use nom::Parser;
use nom::combinator::opt;

use super::CreateTable;
use super::column::column;
use super::constraint::{begins_constraint, constraint, like};
use super::draft::Draft;
use super::key::{check_keys, key_columns, set_key};
use super::not_kept::{
    AMONG_COLUMNS, OF_TABLE, TABLE_CLAUSES, is_create_table_as, refuse, refuse_hash,
    refuse_table_as,
};
use crate::definition::{DistStyle, SortKey, SortStyle, TableDefinition};
use crate::name::{Name, TableName, continues_bare_name};
use crate::sql::error::{Key, OptionError, SqlErrorKind, TableError};
use crate::sql::keyword::nearest;
use crate::sql::lexical::{
    ParseError, Parsed, expect, fail, found, keyword, keywords, symbol, wanted, word, word_length,
};
use crate::sql::name::{expect_name, first_part};
use crate::sql::option::{COMMENT, TABLE_OPTIONS};
use crate::sql::setting::setting;
use crate::sql::token::{TokenKind, tokens};

/// ```ebnf
/// create table = "CREATE", "TABLE", [ "IF", "NOT", "EXISTS" ], table name,
///                "(", [ element, { ",", element } ], ")", { clause } ;
/// element      = column | constraint
///              | "LIKE", table, [ ( "INCLUDING" | "EXCLUDING" ), "DEFAULTS" ] ;
/// clause       = "BACKUP", ( "YES" | "NO" )
///              | "DISTSTYLE", ( "AUTO" | "EVEN" | "KEY" | "ALL" ) | "DISTKEY", "(", name, ")"
///              | [ "COMPOUND" | "INTERLEAVED" ], "SORTKEY", key columns | "SORTKEY", "AUTO"
///              | "ENCODE", "AUTO" | "COMMENT", "=", string ;
/// ```
/// Each clause once, in any order. `input` begins behind TABLE.
pub(in crate::sql) fn parse_create<'a>(source: &'a str, input: &'a str) -> Parsed<'a, CreateTable> {
    let (rest, not_exists) = opt(keywords(&["IF", "NOT", "EXISTS"])).parse(input)?;
    let (rest, name) = refuse_hash(expect_name::<TableName>(source, rest))?;
    if is_create_table_as(rest) {
        return refuse_table_as(rest);
    }
    let mut draft = Draft::new(name.value.clone());
    let (mut rest, ()) = elements(source, &mut draft, rest)?;
    while !rest.is_empty() {
        match clause(source, &mut draft, rest) {
            Ok((after, ())) => rest = after,
            Err(nom::Err::Error(error) | nom::Err::Failure(error)) => {
                let next = next_clause(rest, error.rest);
                draft.errors.push(error);
                rest = next;
            }
            Err(other) => return Err(other),
        }
    }
    check_keys(&mut draft);
    let draft = draft.check()?;
    let statement = CreateTable {
        if_not_exists: not_exists.is_some(),
        connection_span: first_part(source, &name.span),
        name_span: name.span,
        likes: draft.likes.clone(),
        foreign_keys: draft.foreign_keys(source),
        definition: definition_of(draft),
    };
    Ok((rest, statement))
}

/// The text from the clause behind a wrong one on: `input` begins with that, and the error is at
/// `place`. Nothing is known behind AS.
fn next_clause<'a>(input: &'a str, place: &str) -> &'a str {
    if keyword("AS")(input).is_ok() {
        return "";
    }
    let mut depth = 0_usize;
    for token in tokens(input).skip(1) {
        let rest = &input[token.span.start..];
        let is_behind = rest.len() <= place.len() && depth == 0;
        if is_behind && clause_words().any(|word| token.is_word(input, word)) {
            return rest;
        }
        if token.is_symbol('(') {
            depth += 1;
        } else if token.is_symbol(')') {
            depth = depth.saturating_sub(1);
        }
    }
    ""
}

fn definition_of(draft: Draft<'_>) -> TableDefinition {
    let mut definition = TableDefinition {
        columns: draft.columns,
        constraints: draft.constraints.into_iter().map(|(constraint, _)| constraint).collect(),
        backup: draft.backup,
        dist_style: draft.dist_style.map(|(style, _)| style),
        dist_key: draft.dist_key.and_then(|key| key.names().pop()),
        sort_key: draft.sort_key.map(|key| match key {
            None => SortKey::Auto,
            Some((style, columns)) => SortKey::Columns(style, columns.names()),
        }),
        encode_auto: draft.encode_auto,
        comment: draft.settings.text(&COMMENT).map(str::to_owned),
        ..TableDefinition::new(draft.name)
    };
    // Redshift makes the columns of the primary key NOT NULL (AWS documentation, "CREATE TABLE",
    // PRIMARY KEY).
    let key: std::collections::HashSet<Name> = definition.primary_key().iter().cloned().collect();
    for column in definition.columns.iter_mut().filter(|column| key.contains(&column.name)) {
        column.is_nullable = false;
    }
    definition
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
        let after = match element(source, draft, rest).and_then(|(after, ())| end_of_element(after))
        {
            Ok((after, ())) => after,
            Err(nom::Err::Error(error) | nom::Err::Failure(error)) => {
                draft.errors.push(error);
                match behind_element(rest) {
                    Some(after) => after,
                    None => return Err(first_error(draft)),
                }
            }
            Err(other) => return Err(other),
        };
        match symbol(',', ",")(after) {
            Ok((after, ())) => rest = after,
            Err(nom::Err::Error(_)) => return symbol(')', ")")(after),
            Err(other) => return Err(other),
        }
    }
}

/// The end of an element: a comma or the closing parenthesis, which stay.
fn end_of_element(input: &str) -> Parsed<'_, ()> {
    if input.starts_with([',', ')']) {
        return Ok((input, ()));
    }
    expect("a comma or )", |input| wanted(input, "a comma or )"))(input)
}

/// The text from the comma or the parenthesis that ends the element on; None without one.
pub(super) fn behind_element(input: &str) -> Option<&str> {
    let (mut depth, mut angles) = (0_usize, 0_usize);
    for token in tokens(input) {
        let ends = token.is_symbol(',') || token.is_symbol(')');
        if depth == 0 && angles == 0 && ends {
            return Some(&input[token.span.start..]);
        }
        // `MAP<INT, INT>` is one type of another database.
        let sticks = input[..token.span.start].ends_with(continues_bare_name);
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
            TokenKind::Symbol('<') if sticks => angles += 1,
            TokenKind::Symbol('>') => angles = angles.saturating_sub(1),
            TokenKind::Symbol(_)
            | TokenKind::Word
            | TokenKind::QuotedName
            | TokenKind::String
            | TokenKind::Number
            | TokenKind::Comment => {}
        }
    }
    None
}

fn first_error<'a>(draft: &mut Draft<'a>) -> nom::Err<ParseError<'a>> {
    nom::Err::Failure(draft.errors.swap_remove(0))
}

fn element<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    refuse(AMONG_COLUMNS, input)?;
    if begins_constraint(input) {
        constraint(source, draft, input)
    } else if keyword("LIKE")(input).is_ok() {
        like(source, draft, input)
    } else {
        column(source, draft, input)
    }
}

fn clause<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    refuse(OF_TABLE, input)?;
    if keyword("AS")(input).is_ok() {
        return refuse_table_as(input);
    }
    let begins_with = |word| keyword(word)(input).is_ok();
    if begins_with("BACKUP") {
        backup(draft, input)
    } else if begins_with("DISTSTYLE") {
        let (rest, style) = dist_style(input)?;
        if draft.dist_style.is_some() {
            return fail(input, OptionError::Duplicate("DISTSTYLE"));
        }
        draft.dist_style = Some(style);
        Ok((rest, ()))
    } else if begins_with("DISTKEY") {
        dist_key(source, draft, input)
    } else if begins_with("SORTKEY") || begins_with("COMPOUND") || begins_with("INTERLEAVED") {
        sort_key(source, draft, input)
    } else if begins_with("ENCODE") {
        encode(draft, input)
    } else {
        option(source, draft, input)
    }
}

fn backup<'a>(draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    const WORDS: &str = "YES or NO";
    let (begin, ()) = keyword("BACKUP")(input)?;
    if draft.backup.is_some() {
        return fail(input, OptionError::Duplicate("BACKUP"));
    }
    let (rest, written) = expect(WORDS, word)(begin)?;
    draft.backup = Some(match written.to_ascii_uppercase().as_str() {
        "YES" => true,
        "NO" => false,
        _ => return expect(WORDS, |rest| wanted(rest, WORDS))(begin),
    });
    Ok((rest, ()))
}

/// DISTSTYLE and its word; the style's own place is that of the word.
pub(super) fn dist_style(input: &str) -> Parsed<'_, (DistStyle, &str)> {
    const WORDS: &str = "AUTO, EVEN, KEY or ALL";
    let (begin, ()) = keyword("DISTSTYLE")(input)?;
    let (rest, written) = expect(WORDS, word)(begin)?;
    match DistStyle::named(written) {
        Some(style) => Ok((rest, (style, begin))),
        None => expect(WORDS, |rest| wanted(rest, WORDS))(begin),
    }
}

fn dist_key<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    let (rest, ()) = keyword("DISTKEY")(input)?;
    let (rest, columns) = key_columns(source, rest)?;
    if let Some((_, place)) = columns.0.get(1) {
        return fail(place, TableError::SecondKey { key: Key::Distribution });
    }
    set_key(&mut draft.dist_key, Key::Distribution, columns, input)?;
    Ok((rest, ()))
}

fn sort_key<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    if let Ok((rest, ())) = keywords(&["SORTKEY", "AUTO"])(input) {
        set_key(&mut draft.sort_key, Key::Sort, None, input)?;
        return Ok((rest, ()));
    }
    let style = SortStyle::named(&input[..word_length(input)]);
    let rest = match style {
        Some(_) => word(input)?.0,
        None => input,
    };
    let (rest, ()) = expect("SORTKEY", keyword("SORTKEY"))(rest)?;
    let (rest, columns) = key_columns(source, rest)?;
    set_key(&mut draft.sort_key, Key::Sort, Some((style, columns)), input)?;
    Ok((rest, ()))
}

fn encode<'a>(draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
    let (rest, ()) = keyword("ENCODE")(input)?;
    let (rest, ()) = expect("AUTO", keyword("AUTO"))(rest)?;
    if draft.encode_auto {
        return fail(input, OptionError::Duplicate("ENCODE AUTO"));
    }
    draft.encode_auto = true;
    Ok((rest, ()))
}

fn clause_words() -> impl Iterator<Item = &'static str> {
    TABLE_CLAUSES.into_iter().chain([COMMENT.name])
}

/// COMMENT, or an error that names the clauses.
fn option<'a>(source: &'a str, draft: &mut Draft<'a>, input: &'a str) -> Parsed<'a, ()> {
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
        expected: "BACKUP, DISTSTYLE, DISTKEY, SORTKEY, ENCODE AUTO, COMMENT or the end of the \
                   statement"
            .to_owned(),
        found: found(input),
        hint: nearest(written, clause_words()).map(|nearest| format!("did you mean {nearest}?")),
    };
    fail(input, kind)
}
