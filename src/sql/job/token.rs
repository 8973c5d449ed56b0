//! The tokens of a job's body, and the refusal of tokens that no job may have.
//!
//! It uses no grammar, so it also works for an unchecked query.

use std::collections::HashSet;
use std::ops::Range;

use crate::sql::error::{JobError, MAX_NESTING, QueryError, SqlError, StringKind, TextError};
use crate::sql::token::{Token, TokenKind, tokens};

/// System columns of Upsolver (Upsolver documentation, "System columns"), sorted.
const SYSTEM_COLUMNS: &[&str] = &[
    "$column_count",
    "$commit_time",
    "$compressed_file_name",
    "$compression",
    "$event_date",
    "$event_time",
    "$event_timestamp",
    "$file_last_modified",
    "$file_name",
    "$file_size",
    "$kafka_timestamp",
    "$kinesis_timestamp",
    "$offset",
    "$partition",
    "$row_number",
    "$shard",
    "$stream",
    "$topic",
];

/// The tokens of the statement from byte `start` on, without comments; tokens that no job may have
/// are refused.
pub(super) fn body_tokens(source: &str, start: usize) -> Result<Vec<Token>, SqlError> {
    let mut found: Vec<Token> = Vec::with_capacity((source.len() - start) / 5);
    let mut parentheses = Vec::new();
    let mut system_columns = SystemColumns::default();
    for mut token in tokens(&source[start..]) {
        token.span = token.span.start + start..token.span.end + start;
        if !token.closed {
            return Err(unfinished(&token));
        }
        if token.kind != TokenKind::Comment {
            nest(&token, &mut parentheses)?;
            let touching = found.last().filter(|last| last.span.end == token.span.start);
            if let Some((kind, span)) = error_of(source, touching, &token) {
                return Err(SqlError::new(kind, span));
            }
            system_columns.pass(source, found.last(), &token);
            found.push(token);
        }
    }
    match parentheses.pop() {
        Some(open) => {
            let kind = JobError::UnfinishedParenthesis;
            Err(SqlError::new(kind, open..open + 1))
        }
        None => system_columns.check(source).map(|()| found),
    }
}

/// The quoted names that are system columns of Upsolver. One that is an alias in the query is a
/// column like any other there.
#[derive(Default)]
struct SystemColumns {
    used: Vec<Range<usize>>,
    aliases: HashSet<String>,
}

impl SystemColumns {
    fn pass(&mut self, source: &str, before: Option<&Token>, token: &Token) {
        if token.kind != TokenKind::QuotedName || !source[token.inside()].starts_with('$') {
            return;
        }
        let name = source[token.inside()].to_ascii_lowercase();
        if SYSTEM_COLUMNS.binary_search(&&*name).is_ok() {
            self.used.push(token.span.clone());
            if before.is_some_and(|before| precedes_alias(source, before)) {
                self.aliases.insert(name);
            }
        }
    }

    fn check(self, source: &str) -> Result<(), SqlError> {
        let name = |span: &Range<usize>| &source[span.start + 1..span.end - 1];
        let is_alias =
            |span: &Range<usize>| self.aliases.contains(&name(span).to_ascii_lowercase());
        match self.used.iter().find(|span| !is_alias(span)) {
            None => Ok(()),
            Some(span) => {
                let column = name(span).to_owned();
                Err(SqlError::new(QueryError::SystemColumn(column), span.clone()))
            }
        }
    }
}

/// True if a name behind the token is an alias: after AS, or after an operand.
fn precedes_alias(source: &str, before: &Token) -> bool {
    match before.kind {
        TokenKind::Word => {
            let word = before.text(source);
            before.is_word(source, "AS")
                || !(crate::sql::keyword::is_reserved_on_warehouse(word)
                    || before.is_word(source, "BY"))
        }
        TokenKind::QuotedName | TokenKind::Number | TokenKind::String => true,
        TokenKind::Symbol(symbol) => symbol == ')' || symbol == ']',
        TokenKind::Comment => false,
    }
}

/// The error of the token, alone or together with the one that touches it on its left, and its
/// place.
fn error_of(
    source: &str,
    touching: Option<&Token>,
    token: &Token,
) -> Option<(QueryError, Range<usize>)> {
    let Range { start, end } = token.span;
    let text = token.text(source);
    let before = touching.map_or(start, |last| last.span.start);
    let is_behind = |symbol| touching.is_some_and(|last| last.is_symbol(symbol));
    let (kind, start) = match token.kind {
        TokenKind::Symbol(';') => (QueryError::SeveralStatements, start),
        TokenKind::Symbol('?') => (QueryError::Parameter, start),
        TokenKind::Symbol('$') if is_behind('$') => (QueryError::DollarQuote, before),
        TokenKind::Number if is_behind('$') => (QueryError::Parameter, before),
        TokenKind::Word if is_behind('$') && text.contains('$') => {
            (QueryError::DollarQuote, before)
        }
        TokenKind::Word if is_behind('$') => (QueryError::SystemColumn(format!("${text}")), before),
        // A second colon makes it a cast.
        TokenKind::Word if is_behind(':') && !source[..before].ends_with(':') => {
            (QueryError::Parameter, before)
        }
        TokenKind::String if touching.is_some_and(|last| last.is_word(source, "E")) => {
            (QueryError::EscapeString, before)
        }
        TokenKind::String => {
            let at = start + quote_behind_backslashes(text)?;
            return Some((QueryError::BackslashQuote, at..at + 1));
        }
        TokenKind::Word
        | TokenKind::QuotedName
        | TokenKind::Number
        | TokenKind::Comment
        | TokenKind::Symbol(_) => return None,
    };
    Some((kind, start..end))
}

fn unfinished(token: &Token) -> SqlError {
    let (kind, length) = match token.kind {
        TokenKind::String => (TextError::UnfinishedString(StringKind::Plain), 1),
        TokenKind::QuotedName => (TextError::UnfinishedName, 1),
        TokenKind::Comment | TokenKind::Word | TokenKind::Number | TokenKind::Symbol(_) => {
            (TextError::UnfinishedComment, 2)
        }
    };
    SqlError::new(kind, token.span.start..token.span.start + length)
}

/// Tracks the bytes of the open parentheses.
fn nest(token: &Token, open: &mut Vec<usize>) -> Result<(), SqlError> {
    match token.kind {
        TokenKind::Symbol('(') if open.len() == MAX_NESTING => {
            return Err(SqlError::new(TextError::TooDeep, token.span.clone()));
        }
        TokenKind::Symbol('(') => open.push(token.span.start),
        TokenKind::Symbol(')') if open.pop().is_none() => {
            return Err(SqlError::new(TextError::StrayParenthesis, token.span.clone()));
        }
        TokenKind::Word
        | TokenKind::QuotedName
        | TokenKind::String
        | TokenKind::Number
        | TokenKind::Comment
        | TokenKind::Symbol(_) => {}
    }
    Ok(())
}

/// The byte of the first quote after an odd number of backslashes, including the closing one.
fn quote_behind_backslashes(string: &str) -> Option<usize> {
    if !string.contains('\\') {
        return None;
    }
    let mut backslashes = 0_usize;
    for (at, byte) in string.bytes().enumerate().skip(1) {
        match byte {
            b'\\' => backslashes += 1,
            b'\'' if !backslashes.is_multiple_of(2) => return Some(at),
            _ => backslashes = 0,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;
    use crate::sqlstate::SqlState;

    /// The SQLSTATE and the place of the error.
    fn refused(text: &str) -> (&'static str, &str) {
        let error = body_tokens(text, 0).unwrap_err();
        assert!(error.hint().is_some());
        (error.sqlstate().code().parse::<SqlState>().unwrap().code(), &text[error.span])
    }

    #[test]
    fn an_unfinished_parenthesis_is_shown_where_it_began() {
        assert_eq!(refused("SELECT 'a"), ("42601", "'"));
        assert_eq!(refused("SELECT \"a"), ("42601", "\""));
        assert_eq!(refused("SELECT /* a /* */"), ("42601", "/*"));
        let error = body_tokens("SELECT f((1)", 0).unwrap_err();
        assert_eq!(error.span, 8..9);
        assert_eq!(refused("SELECT 1)"), ("42601", ")"));
        assert_eq!(refused(&"(".repeat(100_000)), ("54000", "("));
    }

    #[test]
    fn a_quote_behind_an_odd_number_of_backslashes_is_refused() {
        for (text, at) in [
            (r"SELECT 'a\'", 10),
            (r"SELECT 'a\''b'", 10),
            (r"SELECT '\'", 9),
            (r"SELECT '\\\'", 11),
            (r"SELECT 'é\' x", 11),
            (r"SELECT '''\'", 11),
        ] {
            let error = body_tokens(text, 0).unwrap_err();
            assert_eq!((error.sqlstate().code(), error.span), ("0A000", at..at + 1), "{text}");
        }
        for text in [
            r"SELECT '\\'",
            r"SELECT 'a\b'",
            r"SELECT '\\''a'",
            r"SELECT \'a'",
            r"SELECT '\\\\'",
            r#"SELECT "a\""#,
            r"SELECT 'a' -- \'",
            r"SELECT '' /* '\' */",
        ] {
            assert!(body_tokens(text, 0).is_ok(), "{text}");
        }
    }

    #[test]
    fn system_columns_of_upsolver_are_refused_and_other_names_are_not() {
        assert!(SYSTEM_COLUMNS.is_sorted());
        assert_eq!(refused("SELECT 1 FROM t ORDER BY \"$topic\""), ("0A000", "\"$topic\""));
        for text in ["$event_time", "\"$commit_time\"", "\"$EVENT_TIME\""] {
            assert_eq!(refused(&format!("SELECT o.{text} FROM t")), ("0A000", text));
        }
        for text in [
            "SELECT \"$path\", \"$SIZE\", a$b, \"a$\" FROM t",
            "SELECT (a = 'x') AS \"$temp1\", b \"$temp2\" FROM t ORDER BY \"$temp1\"",
            "SELECT \"$Event_Time\" FROM (SELECT a AS \"$event_time\" FROM t) x",
            "SELECT \"$topic\" FROM (SELECT sum(a) \"$topic\", b \"$offset\" FROM t) x",
        ] {
            assert!(body_tokens(text, 0).is_ok(), "{text}");
        }
    }

    #[test]
    fn strings_that_the_splitter_does_not_know_and_parameters_are_refused() {
        for (text, part) in [
            ("SELECT $$it's$$", "$$"),
            ("SELECT $tag$ x $tag$", "$tag$"),
            ("SELECT e'a'", "e'a'"),
            ("SELECT E'a'", "E'a'"),
            ("SELECT a = ?", "?"),
            ("SELECT a = $1", "$1"),
            ("SELECT a = :name", ":name"),
        ] {
            assert_eq!(refused(text), ("0A000", part), "{text}");
        }
        for text in ["SELECT a::int, b :: date", "SELECT e 'a'", "SELECT line'a'"] {
            assert!(body_tokens(text, 0).is_ok(), "{text}");
        }
        assert_eq!(refused("SELECT 1; SELECT 2"), ("42601", ";"));
    }
}
