//! Translates Redshift's statements into PostgreSQL's.

use super::create_table::CreateTable;
use super::lexical::{Kind, Token, statements, tokens};
use super::long_name::LongNames;
use super::message::Report;
use super::refusal::{Statement, refuse};

/// Redshift's parameters, which PostgreSQL takes only with a prefix.
const PARAMETERS: &[&str] = &[
    "query_group",
    "enable_case_sensitive_identifier",
    "enable_result_cache_for_session",
    "wlm_query_slot_count",
    "describe_field_name_in_uppercase",
    "analyze_threshold_percent",
];

/// The version that is reported.
pub const SERVER_VERSION: &str = "8.0.2";

/// A piece of the text, and what is put in its place.
pub struct Edit {
    start: usize,
    end: usize,
    text: String,
}

/// A text that PostgreSQL takes.
pub struct Rewritten {
    /// The text.
    pub sql: String,
    /// True if it has a TRUNCATE, after which a COMMIT must come.
    pub truncates: bool,
}

impl Edit {
    /// Puts a text behind a word.
    pub fn after(word: &Token, text: &str) -> Self {
        Self {
            start: word.end(),
            end: word.end(),
            text: text.to_owned(),
        }
    }

    /// Puts a text in the place of words.
    pub fn replace(words: &[Token], text: &str) -> Self {
        Self {
            start: words[0].start,
            end: words[words.len() - 1].end(),
            text: text.to_owned(),
        }
    }

    /// Takes words away.
    pub fn without(words: &[Token]) -> Self {
        Self::replace(words, " ")
    }
}

/// The text for PostgreSQL, or why Redshift refuses it. `commits` says whether a COMMIT may be put
/// into the text.
pub fn rewrite(sql: &str, commits: bool, names: &LongNames) -> Result<Rewritten, Report> {
    let words = tokens(sql);
    let mut edits = Vec::new();
    let mut truncates = false;
    for statement in statements(&words) {
        let whole = Statement { sql, words: statement };
        if let Some(report) = refuse(&whole) {
            return Err(report);
        }
        if whole.begins(&["TRUNCATE"]) {
            truncates = true;
            if commits {
                edits.push(Edit::after(&statement[statement.len() - 1], "; COMMIT"));
            }
        }
        if let Some(table) = CreateTable::find(statement) {
            edits.extend(table.edits(statement));
        }
        edits.extend(parameter(&whole));
        edits.extend(types(&whole));
    }
    edits.extend(words.iter().filter_map(|word| name(word, names)));
    Ok(Rewritten { sql: apply(sql, edits), truncates })
}

fn apply(sql: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.start);
    let mut text = String::new();
    let mut place = 0;
    for edit in edits {
        // An edit inside a piece that is removed has no effect.
        if edit.start < place {
            continue;
        }
        text += &sql[place..edit.start];
        text += &edit.text;
        place = edit.end;
    }
    text + &sql[place..]
}

/// Names in quotes are folded as well, and long ones are told by a short one.
fn name(word: &Token, names: &LongNames) -> Option<Edit> {
    let text = match word.kind {
        Kind::Quoted => names.shorten(&word.text.to_ascii_lowercase()),
        Kind::Word => names.shorten(word.text),
        Kind::String => names.shorten_known(word.text),
        Kind::Value | Kind::Mark => return None,
    };
    (text != word.text).then(|| Edit::replace(&[*word], &text))
}

/// SET, SHOW and RESET of a parameter that PostgreSQL does not have.
fn parameter(statement: &Statement) -> Option<Edit> {
    if !["SET", "SHOW", "RESET"].iter().any(|word| statement.begins(&[word])) {
        return None;
    }
    if statement.begins(&["SHOW", "server_version"]) {
        return Some(Edit::replace(
            statement.words,
            &format!("SELECT '{SERVER_VERSION}' AS server_version"),
        ));
    }
    let names = statement.words.iter().skip(1).take(2);
    let word = names
        .into_iter()
        .find(|word| PARAMETERS.contains(&word.text.to_ascii_lowercase().as_str()))?;
    Some(Edit::replace(&[*word], &pg_parameter(word.text)))
}

/// The name of a parameter for PostgreSQL.
pub fn pg_parameter(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    if PARAMETERS.contains(&lower.as_str()) {
        format!("redshift.{lower}")
    } else {
        name.to_owned()
    }
}

/// The types of Redshift that PostgreSQL reads otherwise: the bare VARCHAR and TEXT have 256, MAX
/// is 65,535.
fn types(statement: &Statement) -> Vec<Edit> {
    let creates = CreateTable::find(statement.words);
    let columns = match &creates {
        Some(table) => table.columns(statement.words),
        None if statement.begins(&["ALTER", "TABLE"]) => {
            let column = statement.words.iter().position(|word| word.is("ADD"));
            let column = column.map(|add| &statement.words[add + 1..]);
            column
                .map(|words| {
                    if words.first().is_some_and(|word| word.is("COLUMN")) {
                        &words[1..]
                    } else {
                        words
                    }
                })
                .into_iter()
                .collect()
        }
        None => Vec::new(),
    };
    columns.into_iter().filter_map(column_type).collect()
}

fn column_type(column: &[Token]) -> Option<Edit> {
    let of = column.get(1).filter(|word| word.kind == Kind::Word)?;
    let has_length = column.get(2).is_some_and(|word| word.is("("));
    let is_longest = has_length && column.get(3).is_some_and(|word| word.is("MAX"));
    let text = match of.text.to_ascii_lowercase().as_str() {
        "varchar" | "nvarchar" if is_longest => {
            return Some(Edit::replace(&column[1..5.min(column.len())], "varchar(65535)"));
        }
        "varchar" | "nvarchar" | "text" if !has_length => "varchar(256)",
        "nvarchar" => "varchar",
        "bpchar" if !has_length => "char(256)",
        "decimal" | "numeric" if !has_length => "numeric(18,0)",
        "super" => "text",
        _ => return None,
    };
    Some(Edit::replace(&column[1..2], text))
}
