//! Translates Redshift's statements into PostgreSQL's.

use super::create_table::CreateTable;
use super::lexical::{Kind, Token, statements, tokens};
use super::long_name::LongNames;
use super::merge::remove_duplicates;
use super::message::Report;
use super::refusal::{Statement, refuse};
use super::relay::REFUSED;

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

/// The command tag of a statement that commits.
pub const TRUNCATE: &str = "TRUNCATE";

/// The command tag of LOCK.
const LOCK: &str = "LOCK";

/// The state of the session that a text comes in.
pub struct RewriteContext<'a> {
    /// The long names that were told.
    pub names: &'a LongNames,
    /// True for a simple query, whose text may get a COMMIT.
    pub is_simple: bool,
    /// True if a transaction is open.
    pub in_transaction: bool,
    /// The error with which the transaction is to fail.
    pub failure: Option<Report>,
}

/// A text that PostgreSQL takes.
#[derive(Default)]
pub struct Rewritten {
    /// The text.
    pub sql: String,
    /// The client's text.
    pub original: String,
    /// The command tag of the statements after which a COMMIT must come.
    pub commits_after: Option<&'static str>,
    /// The pieces that both have: the place in the text, the place in the client's, the length.
    kept: Vec<(usize, usize, usize)>,
}

impl Rewritten {
    /// The byte of the client's text that stands at this position of the text, counted in
    /// characters from 1.
    pub fn place(&self, position: usize) -> usize {
        let byte = self.sql.char_indices().nth(position - 1);
        let byte = byte.map_or(self.sql.len(), |(byte, _)| byte);
        let piece = self.kept.iter().rev().find(|(start, ..)| *start <= byte);
        // Inside a piece that was put in, the place is the one that it was put at.
        piece.map_or(0, |(start, original, length)| original + (byte - start).min(*length))
    }
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

/// The text for PostgreSQL. A statement that Redshift refuses becomes one that PostgreSQL refuses
/// when its turn comes; a syntax error refuses the whole text, as the server parses it at once.
pub fn rewrite(sql: &str, context: &RewriteContext, refusals: &mut Vec<Report>) -> Rewritten {
    let words = tokens(sql);
    let statements: Vec<_> = statements(&words).collect();
    let whole = |statement| Statement { sql, words: statement };
    let refused: Vec<_> = statements.iter().map(|statement| refuse(&whole(statement))).collect();
    let is_syntax = |report: &&Report| report.get(b'C') == "42601";
    if let Some(report) = refused.iter().flatten().find(is_syntax) {
        refusals.push(report.clone());
        let text = format!("{REFUSED}{}", refusals.len() - 1);
        return Rewritten {
            sql: text,
            original: sql.to_owned(),
            ..Rewritten::default()
        };
    }
    let failing = context.failure.as_ref().and(failing(&statements));
    let mut edits = Vec::new();
    let mut commits_after = None;
    for (place, (statement, refusal)) in statements.iter().zip(refused).enumerate() {
        let failure = context.failure.clone().filter(|_| failing == Some(place));
        if let Some(report) = failure.or(refusal) {
            refusals.push(report);
            let text = format!("SELECT {REFUSED}{}", refusals.len() - 1);
            edits.push(Edit::replace(statement, &text));
            continue;
        }
        let whole = whole(statement);
        if let Some(command) = command_that_commits(&whole, context, statements.len()) {
            commits_after = Some(command);
            if context.is_simple {
                edits.push(Edit::after(&statement[statement.len() - 1], "; COMMIT"));
            }
        }
        edits.extend(statement_edits(&whole));
    }
    edits.extend(words.iter().filter_map(|word| name(word, context.names)));
    Rewritten { commits_after, ..apply(sql, edits) }
}

/// The statement that fails where the transaction is to fail: the last that is not its end.
fn failing(statements: &[&[Token]]) -> Option<usize> {
    let ends = |words: &&[Token]| words[0].is("COMMIT") || words[0].is("END");
    let last = statements.len().checked_sub(1)?;
    Some(statements.iter().rposition(|words| !ends(words)).unwrap_or(last))
}

/// The command tag of a statement that commits by itself: TRUNCATE, and a LOCK that stands alone,
/// which PostgreSQL takes inside a transaction only.
fn command_that_commits(
    statement: &Statement,
    context: &RewriteContext,
    statements: usize,
) -> Option<&'static str> {
    if statement.begins(&[TRUNCATE]) {
        return Some(TRUNCATE);
    }
    let is_alone = context.is_simple && !context.in_transaction && statements == 1;
    (is_alone && statement.begins(&[LOCK])).then_some(LOCK)
}

fn statement_edits(statement: &Statement) -> Vec<Edit> {
    let mut edits = Vec::new();
    if let Some(table) = CreateTable::find(statement.words) {
        edits.extend(table.edits(statement.words));
    }
    edits.extend(parameter(statement));
    edits.extend(types(statement));
    edits.extend(isolation_level(statement));
    edits.extend(delete_without_from(statement));
    edits.extend(remove_duplicates(statement));
    edits.extend(sysdate(statement));
    edits
}

fn apply(sql: &str, mut edits: Vec<Edit>) -> Rewritten {
    edits.sort_by_key(|edit| edit.start);
    let mut text = String::new();
    let mut kept = Vec::new();
    let mut place = 0;
    for edit in edits {
        // An edit inside a piece that is removed has no effect.
        if edit.start < place {
            continue;
        }
        kept.push((text.len(), place, edit.start - place));
        text += &sql[place..edit.start];
        text += &edit.text;
        place = edit.end;
    }
    kept.push((text.len(), place, sql.len() - place));
    text += &sql[place..];
    Rewritten {
        sql: text,
        original: sql.to_owned(),
        commits_after: None,
        kept,
    }
}

/// The levels that BEGIN takes are one and the same.
fn isolation_level(statement: &Statement) -> Option<Edit> {
    if !statement.begins(&["BEGIN"]) && !statement.begins(&["START", "TRANSACTION"]) {
        return None;
    }
    let level = statement.find(&["ISOLATION", "LEVEL"])?;
    let is_long = ["READ", "REPEATABLE"]
        .iter()
        .any(|word| statement.words.get(level + 2).is_some_and(|level| level.is(word)));
    let end = (level + if is_long { 4 } else { 3 }).min(statement.words.len());
    Some(Edit::without(&statement.words[level..end]))
}

/// FROM may be left out of a DELETE without USING.
fn delete_without_from(statement: &Statement) -> Option<Edit> {
    let lacks_from = statement.begins(&["DELETE"])
        && !statement.begins(&["DELETE", "FROM"])
        && statement.find(&["USING"]).is_none();
    lacks_from.then(|| Edit::after(&statement.words[0], " FROM"))
}

/// SYSDATE is a function without parentheses.
fn sysdate(statement: &Statement) -> Vec<Edit> {
    let words = statement.words;
    let is = |place: Option<usize>, mark: &str| {
        place.and_then(|place| words.get(place)).is_some_and(|word| word.is(mark))
    };
    let stands_alone = |place: usize| {
        let before = place.checked_sub(1);
        let after = Some(place + 1);
        !is(before, ".") && !is(before, "AS") && !is(after, ".") && !is(after, "(")
    };
    let places =
        (0..words.len()).filter(|place| words[*place].is("SYSDATE") && stands_alone(*place));
    places.map(|place| Edit::after(&words[place], "()")).collect()
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
