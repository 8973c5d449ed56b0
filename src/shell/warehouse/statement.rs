//! The few properties of a server's statement that redwire needs: its first words, and the place of
//! an error.

use std::ops::Range;

use crate::sql::WarehouseStatement;
use crate::sql::splitter::{Dialect, Splitter};
use crate::sql::token::{Token, TokenKind, first_word, tokens, tokens_of};

/// The statements that are sent together: one, or several that `\;` joins.
pub(super) struct Batch<'a> {
    pub statements: Vec<BatchStatement<'a>>,
    pub dialect: Dialect,
}

/// A statement of a batch.
pub(super) struct BatchStatement<'a> {
    pub text: &'a str,
    /// Its first byte in the batch.
    pub start: usize,
    /// Its effect on objects; None if it has none.
    pub change: Option<WarehouseStatement>,
}

impl<'a> Batch<'a> {
    /// Reads the statements of a text.
    pub fn new(text: &'a str, dialect: Dialect) -> Self {
        let parts = Splitter::parts(text, dialect).into_iter();
        let statements = parts.map(|part| BatchStatement {
            text: &text[part.range.clone()],
            start: part.range.start,
            change: WarehouseStatement::read(&text[part.range], dialect),
        });
        Self {
            statements: statements.collect(),
            dialect,
        }
    }

    /// True if one of the statements ends the transaction.
    pub fn ends_transaction(&self) -> bool {
        let effect = |statement: &BatchStatement<'_>| TransactionEffect::from_text(statement.text);
        self.statements.iter().filter_map(effect).any(TransactionEffect::ends)
    }

    /// True if the statements only read, so that cancelling them loses nothing. A word that may
    /// change something counts anywhere: WITH may begin a statement that writes, and EXPLAIN
    /// ANALYZE runs its statement.
    pub fn only_reads(&self) -> bool {
        let reads = |statement: &BatchStatement<'_>| reads(statement.text, self.dialect);
        !self.statements.is_empty() && self.statements.iter().all(reads)
    }
}

/// The first word of a statement, in capitals.
pub(super) fn first_keyword(text: &str) -> String {
    first_word(text).map_or_else(String::new, |word| word.text(text).to_ascii_uppercase())
}

/// The effect of a statement on the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TransactionEffect {
    /// Begins a transaction.
    Begin,
    /// Ends the transaction and keeps its changes.
    Commit,
    /// Ends the transaction and undoes its changes.
    Rollback,
}

impl TransactionEffect {
    /// The effect that the first words show; None if there is none.
    pub fn from_text(text: &str) -> Option<Self> {
        let words = tokens(text).filter(|token| token.kind != TokenKind::Comment);
        let mut words = words.map(|token| token.text(text).to_ascii_uppercase());
        match words.next()?.as_str() {
            "BEGIN" | "START" => Some(Self::Begin),
            "COMMIT" | "END" => Some(Self::Commit),
            "ABORT" => Some(Self::Rollback),
            // ROLLBACK TO returns to a savepoint, and the transaction goes on.
            "ROLLBACK" if words.take(2).any(|word| word == "TO") => None,
            "ROLLBACK" => Some(Self::Rollback),
            _ => None,
        }
    }

    /// True if the statement ends the transaction.
    pub fn ends(self) -> bool {
        matches!(self, Self::Commit | Self::Rollback)
    }
}

/// The words with which a query begins.
const READING: [&str; 5] = ["SELECT", "SHOW", "TABLE", "VALUES", "WITH"];

/// The words of statements that change rows.
const WRITING: [&str; 5] = ["DELETE", "INSERT", "INTO", "MERGE", "UPDATE"];

fn reads(text: &str, dialect: Dialect) -> bool {
    let is_one_of =
        |token: &Token, words: &[&str]| words.iter().any(|word| token.is_word(text, word));
    let mut tokens = tokens_of(text, dialect)
        .filter(|token| token.kind != TokenKind::Comment && token.kind != TokenKind::Symbol('('));
    let reads = tokens.next().is_some_and(|first| is_one_of(&first, &READING));
    reads && !tokens.any(|token| is_one_of(&token, &WRITING))
}

/// True if a session that only reads may run the statement: it reads, or changes the session alone
/// without making it write.
pub(super) fn stays_read_only(text: &str, dialect: Dialect) -> bool {
    const OF_SESSION: [&str; 17] = [
        "SET",
        "RESET",
        "BEGIN",
        "START",
        "COMMIT",
        "END",
        "ABORT",
        "ROLLBACK",
        "SAVEPOINT",
        "RELEASE",
        "FETCH",
        "MOVE",
        "CLOSE",
        "EXECUTE",
        "DEALLOCATE",
        "CANCEL",
        "USE",
    ];
    let tokens: Vec<Token> = tokens_of(text, dialect)
        .filter(|token| token.kind != TokenKind::Comment && token.kind != TokenKind::Symbol('('))
        .collect();
    let words: Vec<String> = tokens
        .iter()
        .filter(|token| token.is_name())
        .map(|token| token.unquoted(text).to_ascii_uppercase())
        .collect();
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    let makes_it_write = words.iter().any(|word| word.ends_with("READ_ONLY"))
        || has("CHARACTERISTICS")
        || has("SET_CONFIG")
        || (has("READ") && has("WRITE"));
    match words.first().map(String::as_str) {
        Some("SHOW") => true,
        _ if makes_it_write => false,
        Some("RESET") => !has("ALL"),
        Some("EXPLAIN") if !has("ANALYZE") && !has("ANALYSE") => true,
        // The statement behind the words counts.
        Some(first @ ("EXPLAIN" | "PREPARE" | "DECLARE")) => {
            inner_start(text, &tokens, first).is_some_and(|start| reads(&text[start..], dialect))
        }
        Some(first) if OF_SESSION.contains(&first) => true,
        Some(_) => reads(text, dialect),
        None => true,
    }
}

/// The place of the statement inside EXPLAIN, PREPARE or DECLARE.
fn inner_start(text: &str, tokens: &[Token], first: &str) -> Option<usize> {
    const OPTIONS: [&str; 18] = [
        "EXPLAIN", "ANALYZE", "ANALYSE", "VERBOSE", "COSTS", "BUFFERS", "TIMING", "SUMMARY",
        "SETTINGS", "WAL", "FORMAT", "TEXT", "JSON", "XML", "YAML", "ON", "OFF", "TRUE",
    ];
    let is_option = |token: &&Token| {
        !token.is_name() || OPTIONS.iter().any(|option| token.is_word(text, option))
    };
    let mut rest = tokens.iter();
    let inner = match first {
        "EXPLAIN" => rest.find(|token| !is_option(token)),
        "PREPARE" => rest.find(|token| token.is_word(text, "AS")).and_then(|_| rest.next()),
        _ => rest.find(|token| token.is_word(text, "FOR")).and_then(|_| rest.next()),
    };
    inner.map(|token| token.span.start)
}

/// The command tag of a statement as PostgreSQL has it in errors: `CREATE TABLE`, `DELETE`.
pub(super) fn command_tag(text: &str) -> String {
    const MODIFIERS: [&str; 8] =
        ["OR", "REPLACE", "TEMP", "TEMPORARY", "LOCAL", "EXTERNAL", "UNLOGGED", "IF"];
    let words = tokens(text).filter(|token| token.kind == TokenKind::Word);
    let words: Vec<String> = words.map(|token| token.text(text).to_ascii_uppercase()).collect();
    let mut rest = words.iter().map(String::as_str);
    match rest.next() {
        Some(first @ ("CREATE" | "ALTER" | "DROP")) => {
            let mut objects = rest.filter(|word| !MODIFIERS.contains(word));
            match objects.next() {
                Some("MATERIALIZED") => format!("{first} MATERIALIZED VIEW"),
                Some(object) => format!("{first} {object}"),
                None => first.to_owned(),
            }
        }
        Some("TRUNCATE") => "TRUNCATE TABLE".to_owned(),
        Some("LOCK") => "LOCK TABLE".to_owned(),
        Some(first @ ("WITH" | "EXPLAIN" | "PREPARE" | "SELECT")) => {
            match words.iter().position(|word| WRITING.contains(&word.as_str())) {
                Some(at) if words[at] == "INTO" => "SELECT INTO".to_owned(),
                Some(at) if words[at - 1] == "FOR" => "SELECT FOR UPDATE".to_owned(),
                Some(at) => words[at].clone(),
                None => first.to_owned(),
            }
        }
        first => first.unwrap_or_default().to_owned(),
    }
}

/// The effect of a statement on the names that the user sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameChange<'a> {
    /// Schemas, tables or columns change.
    Names,
    /// The search path of the session: the list of schemas.
    SearchPath(&'a str),
    /// The search path is reset to the server's.
    DefaultSearchPath,
}

impl<'a> NameChange<'a> {
    /// The effect that the first words show; None if there is none. A temporary table does not
    /// count, since it exists only in this session.
    pub fn from_text(text: &'a str) -> Option<Self> {
        let tokens: Vec<Token> = tokens(text)
            .filter(|token| token.kind != TokenKind::Comment)
            .take(MAX_WORDS)
            .collect();
        let words: Vec<String> =
            tokens.iter().map(|token| token.text(text).to_ascii_uppercase()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["CREATE", "TEMP" | "TEMPORARY" | "LOCAL", ..] => None,
            ["CREATE" | "DROP" | "ALTER", rest @ ..] => {
                let has_names = |word: &&str| ["TABLE", "VIEW", "SCHEMA"].contains(word);
                rest.iter().any(has_names).then_some(Self::Names)
            }
            ["RESET", "SEARCH_PATH", ..] | ["SET", "SEARCH_PATH", "TO" | "=", "DEFAULT", ..] => {
                Some(Self::DefaultSearchPath)
            }
            ["SET", "SEARCH_PATH", "TO" | "=", ..] => {
                Some(Self::SearchPath(list_behind(text, &tokens[2])))
            }
            ["SET", "SESSION", "SEARCH_PATH", "TO" | "=", ..] => {
                Some(Self::SearchPath(list_behind(text, &tokens[3])))
            }
            _ => None,
        }
    }
}

/// The number of words that show the effect: `CREATE OR REPLACE EXTERNAL … VIEW`.
const MAX_WORDS: usize = 6;

fn list_behind<'a>(text: &'a str, token: &Token) -> &'a str {
    text[token.span.end..].trim().trim_end_matches(';')
}

/// The bytes of the word at a character of the text, counted from 1 as servers do; empty behind the
/// end.
pub(super) fn span_at(text: &str, position: usize) -> Range<usize> {
    let start = text.char_indices().nth(position.saturating_sub(1));
    let start = start.map_or(text.len(), |(start, _)| start);
    let token = tokens(text).find(|token| token.span.start == start);
    let one = text[start..].chars().next().map_or(0, char::len_utf8);
    token.map_or(start..start + one, |token| token.span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_says_what_becomes_of_the_transaction() {
        for (text, change) in [
            ("begin", Some(TransactionEffect::Begin)),
            ("/* a */ Start transaction", Some(TransactionEffect::Begin)),
            ("END", Some(TransactionEffect::Commit)),
            ("-- x\nrollback;", Some(TransactionEffect::Rollback)),
            ("ROLLBACK WORK", Some(TransactionEffect::Rollback)),
            ("Rollback work to savepoint a", None),
            ("rollback to a", None),
            ("SELECT 'begin'", None),
            ("", None),
        ] {
            assert_eq!(TransactionEffect::from_text(text), change, "{text}");
        }
    }

    #[test]
    fn a_statement_that_may_write_is_not_a_query() {
        for (text, expected) in [
            ("select 1", true),
            ("-- a\n(SELECT 'insert' AS \"update\")", true),
            ("WITH x AS (SELECT 1) SELECT * FROM x", true),
            ("SELECT E'\\'; DELETE'", true),
            ("SELECT 1; SELECT 2", true),
            ("SELECT 1; DROP TABLE t", false),
            ("SHOW search_path", true),
            ("WITH x AS (INSERT INTO t VALUES (1) RETURNING n) SELECT * FROM x", false),
            ("with x as (select 1) delete from t using x", false),
            ("SELECT 1 INTO t", false),
            ("EXPLAIN ANALYZE INSERT INTO t VALUES (1)", false),
            ("EXPLAIN ANALYZE SELECT load()", false),
            ("INSERT INTO t VALUES (1) RETURNING n", false),
            ("CALL p()", false),
            ("", false),
        ] {
            let dialect = Dialect::Warehouse { backslash_escapes: false };
            assert_eq!(Batch::new(text, dialect).only_reads(), expected, "{text}");
        }
    }

    #[test]
    fn a_session_that_reads_takes_what_leaves_it_so() {
        for (text, expected) in [
            ("SELECT 1", true),
            ("-- nothing", true),
            ("SET search_path TO a", true),
            ("SHOW transaction_read_only", true),
            ("BEGIN READ ONLY", true),
            ("EXPLAIN DELETE FROM t", true),
            ("EXPLAIN (ANALYZE) SELECT 1", true),
            ("DECLARE c CURSOR FOR SELECT 1", true),
            ("BEGIN READ WRITE", false),
            ("SET transaction_read_only TO off", false),
            ("SET \"default_transaction_read_only\" = off", false),
            ("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE", false),
            ("RESET ALL", false),
            ("SELECT set_config('default_transaction_read_only', 'off', false)", false),
            ("EXPLAIN ANALYZE INSERT INTO t VALUES (1)", false),
            ("EXPLAIN (ANALYZE, VERBOSE) CREATE TABLE t AS SELECT 1", false),
            ("PREPARE p (int) AS SELECT 1", true),
            ("PREPARE p AS DELETE FROM t", false),
            ("SELECT 1 INTO t", false),
            ("WITH x AS (SELECT 1) DELETE FROM t", false),
            ("COPY t FROM 's3://x'", false),
            ("UNLOAD ('SELECT 1') TO 's3://x'", false),
            ("CALL p()", false),
            ("VACUUM", false),
        ] {
            let dialect = Dialect::Warehouse { backslash_escapes: false };
            assert_eq!(stays_read_only(text, dialect), expected, "{text}");
        }
    }

    #[test]
    fn a_statement_has_the_tag_of_postgresql() {
        for (text, tag) in [
            ("delete from t", "DELETE"),
            ("CREATE TEMP TABLE t (a int)", "CREATE TABLE"),
            ("create or replace view v as select 1", "CREATE VIEW"),
            ("DROP MATERIALIZED VIEW v", "DROP MATERIALIZED VIEW"),
            ("truncate t", "TRUNCATE TABLE"),
            ("SELECT 1 INTO t", "SELECT INTO"),
            ("WITH x AS (SELECT 1) UPDATE t SET a = 1", "UPDATE"),
            ("SELECT * FROM t FOR UPDATE", "SELECT FOR UPDATE"),
            ("VACUUM t", "VACUUM"),
        ] {
            assert_eq!(command_tag(text), tag, "{text}");
        }
    }

    #[test]
    fn the_first_words_say_what_becomes_of_the_names() {
        use NameChange::{DefaultSearchPath, Names, SearchPath};
        for (text, change) in [
            ("create table t (n int)", Some(Names)),
            ("-- a\nCREATE OR REPLACE VIEW v AS SELECT 1", Some(Names)),
            ("ALTER TABLE t ADD COLUMN n int", Some(Names)),
            ("DROP MATERIALIZED VIEW v", Some(Names)),
            ("Drop schema s cascade", Some(Names)),
            ("CREATE TEMP TABLE t (n int)", None),
            ("CREATE USER u PASSWORD 'x'", None),
            ("SELECT 'create table'", None),
            ("INSERT INTO t SELECT 1", None),
            ("", None),
            ("set search_path to a, \"B\";", Some(SearchPath("a, \"B\""))),
            ("SET SEARCH_PATH = a", Some(SearchPath("a"))),
            ("SET search_path TO DEFAULT", Some(DefaultSearchPath)),
            ("RESET search_path;", Some(DefaultSearchPath)),
            ("SET LOCAL search_path TO a", None),
            ("SET search_path", None),
        ] {
            assert_eq!(NameChange::from_text(text), change, "{text}");
        }
    }

    #[test]
    fn a_position_counts_characters_and_marks_a_word() {
        assert_eq!(span_at("SELECT 'é', nix", 13), 13..16);
        assert_eq!(span_at("SELECT é+", 9), 9..10);
        assert_eq!(span_at("SELECT", 7), 6..6);
        assert_eq!(span_at("SELECT", 99), 6..6);
        assert_eq!(span_at("SELECT", 0), 0..6);
    }
}
