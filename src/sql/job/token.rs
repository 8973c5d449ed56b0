//! The tokens of a job's body, and the refusal of tokens that no job may have.
//!
//! It uses no grammar, so it also works for an unchecked query.

use std::ops::Range;

use crate::sql::error::{JobError, MAX_NESTING, QueryError, SqlError, StringKind, TextError};
use crate::sql::token::{Token, TokenKind, tokens};

/// The pseudocolumns of Redshift's external tables (AWS documentation, "Pseudocolumns"), which are
/// always quoted.
const SPECTRUM_COLUMNS: [&str; 3] = ["$path", "$size", "$spectrum_oid"];

/// The tokens of the statement from byte `start` on, without comments; tokens that no job may have
/// are refused.
pub(super) fn body_tokens(source: &str, start: usize) -> Result<Vec<Token>, SqlError> {
    let mut found: Vec<Token> = Vec::with_capacity((source.len() - start) / 5);
    let mut parentheses = Vec::new();
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
            found.push(token);
        }
    }
    match parentheses.pop() {
        Some(open) => {
            let kind = JobError::UnfinishedParenthesis;
            Err(SqlError::new(kind, open..open + 1))
        }
        None => Ok(found),
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
        TokenKind::QuotedName if is_system_column(&source[token.inside()]) => {
            let column = source[token.inside()].to_owned();
            (QueryError::SystemColumn(column), start)
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
        _ => {}
    }
    Ok(())
}

/// A quoted name that begins with `$` is a system column of Upsolver, unless it is one of Redshift
/// Spectrum.
fn is_system_column(name: &str) -> bool {
    name.starts_with('$') && !SPECTRUM_COLUMNS.iter().any(|known| known.eq_ignore_ascii_case(name))
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
    fn system_columns_of_upsolver_are_refused_and_those_of_spectrum_are_not() {
        for text in ["$event_time", "\"$commit_time\"", "\"$EVENT_TIME\""] {
            assert_eq!(refused(&format!("SELECT o.{text} FROM t")), ("0A000", text));
        }
        assert!(body_tokens("SELECT \"$path\", \"$SIZE\", a$b, \"a$\" FROM t", 0).is_ok());
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
