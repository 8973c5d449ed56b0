//! Statements that PostgreSQL accepts and Redshift refuses, with Redshift's words as far as they
//! are known. The source of each rule is in DIVERGENCES.md, under the name of its function here.

use super::create_table::CreateTable;
use super::lexical::Token;
use super::merge::{
    half_a_merge, merge_alias, merge_condition, merge_source, merge_with, name_end,
};
use super::message::Report;

/// The types of PostgreSQL that Redshift does not have.
const NO_TYPES: &[&str] = &[
    "bigserial",
    "bit",
    "box",
    "bytea",
    "cidr",
    "circle",
    "inet",
    "json",
    "jsonb",
    "line",
    "lseg",
    "macaddr",
    "money",
    "path",
    "point",
    "polygon",
    "serial",
    "serial2",
    "serial4",
    "serial8",
    "smallserial",
    "tsquery",
    "tsvector",
    "uuid",
    "xml",
];

/// The parameters of PostgreSQL that Redshift does not have.
const NO_PARAMETERS: &[&str] = &[
    "standard_conforming_strings",
    "server_version_num",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "bytea_output",
    "client_min_messages",
];

/// The tables of PostgreSQL's catalog that Redshift does not have.
const NO_RELATIONS: &[&str] = &["pg_range", "pg_enum", "pg_extension", "pg_collation"];

/// One statement, in the text that it came with.
pub struct Statement<'t, 'a> {
    /// All of the text.
    pub sql: &'a str,
    /// The statement's words.
    pub words: &'t [Token<'a>],
}

type Rule = fn(&Statement) -> Option<Report>;

const RULES: &[Rule] = &[
    copy_of_a_stream,
    insert_on_conflict,
    returning,
    several_actions,
    unsupported_type,
    index,
    listen,
    discard,
    deallocate_all,
    missing_parameter,
    extra_float_digits,
    missing_relation,
    regtype,
    lock_mode,
    on_commit,
    delete_alias,
    merge_with,
    merge_alias,
    merge_condition,
    half_a_merge,
    merge_source,
];

/// Why Redshift does not take the statement; None where it does.
pub fn refuse(statement: &Statement) -> Option<Report> {
    RULES.iter().find_map(|rule| rule(statement))
}

/// Redshift's words for a syntax error at this place, counted in bytes.
pub fn syntax_error(sql: &str, place: usize) -> Report {
    let words = super::lexical::tokens(sql);
    let at = words.iter().position(|word| word.end() > place).unwrap_or(words.len());
    let position = sql[..place].chars().count() + 1;
    match words.get(at) {
        Some(word) => Report::new(
            "ERROR",
            "42601",
            &in_context(sql, &words, at, &format!("at or near \"{}\"", word.text)),
        ),
        None => Report::new("ERROR", "42601", "syntax error at end of input"),
    }
    .with(b'P', position.to_string())
}

fn in_context(sql: &str, words: &[Token], at: usize, where_it_is: &str) -> String {
    let (first, last) = (words[at.saturating_sub(3)], words[at]);
    let before = &sql[..last.start];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let context = &sql[first.start..last.end()];
    format!("syntax error {where_it_is} in context \"{context}\", at line {line}, column {column}")
}

impl<'a> Statement<'_, 'a> {
    /// True if it begins with these words.
    pub fn begins(&self, words: &[&str]) -> bool {
        self.words.len() >= words.len()
            && self.words.iter().zip(words).all(|(token, word)| token.is(word))
    }

    /// The first place where these words stand in a row.
    pub fn find(&self, words: &[&str]) -> Option<usize> {
        self.words
            .windows(words.len())
            .position(|window| window.iter().zip(words).all(|(token, word)| token.is(word)))
    }

    /// A syntax error at this word.
    pub fn syntax_error(&self, word: usize) -> Report {
        syntax_error(self.sql, self.words[word].start)
    }

    fn text(&self) -> &'a str {
        let end = self.words.last().map_or(0, Token::end);
        &self.sql[self.words[0].start..end]
    }
}

/// COPY is from and to S3, never through the session.
fn copy_of_a_stream(statement: &Statement) -> Option<Report> {
    if !statement.begins(&["COPY"]) {
        return None;
    }
    if statement.words.get(1).is_some_and(|word| word.is("(")) {
        return Some(statement.syntax_error(1));
    }
    let stream = statement.words.iter().position(|word| word.is("STDIN") || word.is("STDOUT"));
    stream.map(|word| statement.syntax_error(word))
}

fn insert_on_conflict(statement: &Statement) -> Option<Report> {
    statement.find(&["ON", "CONFLICT"]).map(|word| statement.syntax_error(word))
}

fn returning(statement: &Statement) -> Option<Report> {
    let changes = ["INSERT", "UPDATE", "DELETE", "WITH"]
        .iter()
        .any(|word| statement.begins(&[word]));
    let found = changes.then(|| statement.find(&["RETURNING"])).flatten();
    found.map(|word| statement.syntax_error(word))
}

/// ALTER TABLE adds one column or drops one.
fn several_actions(statement: &Statement) -> Option<Report> {
    if !statement.begins(&["ALTER", "TABLE"]) {
        return None;
    }
    let second = ["ADD", "DROP"].iter().filter_map(|word| statement.find(&[",", word]));
    second.min().map(|word| statement.syntax_error(word))
}

/// A type that is not there, in CREATE TABLE or ALTER TABLE … ADD COLUMN.
fn unsupported_type(statement: &Statement) -> Option<Report> {
    let (columns, table) = new_columns(statement)?;
    for column in columns {
        let (Some(name), Some(of)) = (column.first()?.name(), column.get(1).and_then(Token::name))
        else {
            continue;
        };
        let is_array = column.iter().skip(2).any(|word| word.is("["));
        if is_array || NO_TYPES.contains(&of.as_str()) {
            let of = if is_array { of + "[]" } else { of };
            let message = format!("Column \"{table}.{name}\" has unsupported type \"{of}\".");
            return Some(Report::new("ERROR", "0A000", &message));
        }
    }
    None
}

/// The words of each new column, and the table's name.
fn new_columns<'t, 'a>(statement: &Statement<'t, 'a>) -> Option<(Vec<&'t [Token<'a>]>, String)> {
    let words = statement.words;
    if statement.begins(&["ALTER", "TABLE"]) {
        let add = statement.find(&["ADD"])?;
        let first = if words.get(add + 1)?.is("COLUMN") {
            add + 2
        } else {
            add + 1
        };
        return Some((vec![&words[first..]], words[add - 1].name()?));
    }
    let table = CreateTable::find(words)?;
    Some((table.columns(words), table.name))
}

fn index(statement: &Statement) -> Option<Report> {
    let creates =
        statement.begins(&["CREATE", "INDEX"]) || statement.begins(&["CREATE", "UNIQUE", "INDEX"]);
    creates.then(|| {
        let message =
            format!("SQL command \"{}\" not supported on Redshift tables.", statement.text());
        Report::new("ERROR", "0A000", &message)
    })
}

fn listen(statement: &Statement) -> Option<Report> {
    let listens = ["LISTEN", "UNLISTEN", "NOTIFY"].iter().any(|word| statement.begins(&[word]));
    listens.then(|| {
        let message = format!("SQL command \"{}\" not supported", statement.text());
        Report::new("ERROR", "0A000", &message)
    })
}

fn discard(statement: &Statement) -> Option<Report> {
    statement.begins(&["DISCARD"]).then(|| statement.syntax_error(0))
}

fn deallocate_all(statement: &Statement) -> Option<Report> {
    let all = statement.begins(&["DEALLOCATE", "ALL"])
        || statement.begins(&["DEALLOCATE", "PREPARE", "ALL"]);
    all.then(|| Report::new("ERROR", "26000", "prepared statement \"all\" does not exist"))
}

/// The parameter that SET, SHOW or RESET is about.
fn parameter(statement: &Statement) -> Option<usize> {
    if !["SET", "SHOW", "RESET"].iter().any(|word| statement.begins(&[word])) {
        return None;
    }
    let scoped = statement.words.get(1)?.is("SESSION") || statement.words.get(1)?.is("LOCAL");
    Some(if scoped { 2 } else { 1 })
}

fn missing_parameter(statement: &Statement) -> Option<Report> {
    let name = statement.words.get(parameter(statement)?)?.name()?;
    NO_PARAMETERS
        .contains(&name.as_str())
        .then(|| unrecognised_parameter("ERROR", &name))
}

/// Redshift's words for a parameter that it does not have.
pub fn unrecognised_parameter(severity: &str, name: &str) -> Report {
    Report::new(severity, "42704", &format!("unrecognized configuration parameter \"{name}\""))
}

/// True if Redshift has the parameter.
pub fn is_parameter(name: &str) -> bool {
    !NO_PARAMETERS.contains(&name.to_ascii_lowercase().as_str())
}

fn extra_float_digits(statement: &Statement) -> Option<Report> {
    let place = parameter(statement)?;
    let name = statement.words.get(place)?.name()?;
    let value: String = statement.words.get(place + 2..)?.iter().map(|word| word.text).collect();
    (name == "extra_float_digits")
        .then(|| refuse_float_digits("ERROR", value.trim_matches('\'')))
        .flatten()
}

/// Why Redshift does not take the value of `extra_float_digits`.
pub fn refuse_float_digits(severity: &str, value: &str) -> Option<Report> {
    let digits: i64 = value.parse().ok()?;
    let message = format!(
        "{digits} is outside the valid range for parameter \"extra_float_digits\" (-15 .. 2)"
    );
    (!(-15..=2).contains(&digits)).then(|| Report::new(severity, "22023", &message))
}

fn missing_relation(statement: &Statement) -> Option<Report> {
    let names = statement.words.iter().filter_map(Token::name);
    let name = names.into_iter().find(|name| NO_RELATIONS.contains(&name.as_str()))?;
    Some(Report::new("ERROR", "42P01", &format!("relation \"{name}\" does not exist")))
}

fn regtype(statement: &Statement) -> Option<Report> {
    let names = statement.words.iter().filter_map(Token::name);
    let name = names.into_iter().find(|name| name == "regtype")?;
    Some(Report::new("ERROR", "42704", &format!("type \"{name}\" does not exist")))
}

/// LOCK has one mode, and waits.
fn lock_mode(statement: &Statement) -> Option<Report> {
    if !statement.begins(&["LOCK"]) {
        return None;
    }
    let word = statement
        .words
        .iter()
        .position(|word| ["ONLY", "IN", "NOWAIT"].iter().any(|other| word.is(other)));
    word.map(|word| statement.syntax_error(word))
}

/// A temporary table lasts as long as its session.
fn on_commit(statement: &Statement) -> Option<Report> {
    CreateTable::find(statement.words)?;
    let word = ["DROP", "DELETE", "PRESERVE"]
        .iter()
        .find_map(|does| statement.find(&["ON", "COMMIT", does]))?;
    Some(statement.syntax_error(word))
}

/// The target of a DELETE has no alias.
fn delete_alias(statement: &Statement) -> Option<Report> {
    if !statement.begins(&["DELETE"]) {
        return None;
    }
    let begin = if statement.begins(&["DELETE", "FROM"]) { 2 } else { 1 };
    let end = name_end(statement.words, begin);
    let word = statement.words.get(end)?;
    (!word.is("USING") && !word.is("WHERE")).then(|| statement.syntax_error(end))
}
