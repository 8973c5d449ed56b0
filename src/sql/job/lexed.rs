//! The tokens of a job's body, and the refusal of tokens that no job may have.
//!
//! It uses no grammar, so it also works for an unchecked query.

use std::ops::Range;

use crate::sql::error::{JobError, MAX_NESTING, QueryError, SqlError, SqlErrorKind, TextError};
use crate::sql::token::{Token, TokenKind, closing_parenthesis, tokens};

/// The pseudocolumns of Redshift's external tables (AWS documentation, "Pseudocolumns"), which are
/// always quoted.
const SPECTRUM_COLUMNS: [&str; 3] = ["$path", "$size", "$spectrum_oid"];

/// A statement, and the tokens of the job's body in it without comments.
#[derive(Debug)]
pub(super) struct Lexed<'a> {
    pub source: &'a str,
    /// Their spans are bytes of the statement.
    pub tokens: Vec<Token>,
}

impl<'a> Lexed<'a> {
    /// Tokenizes the statement from byte `start` on, and refuses tokens that no job may have.
    pub fn cut(source: &'a str, start: usize) -> Result<Self, SqlError> {
        let mut lexed = Self {
            source,
            tokens: Vec::with_capacity((source.len() - start) / 5),
        };
        let mut parentheses = Vec::new();
        for mut token in tokens(&source[start..]) {
            token.span = token.span.start + start..token.span.end + start;
            if !token.closed {
                return Err(unfinished(&token));
            }
            if token.kind == TokenKind::Comment {
                continue;
            }
            nest(&token, &mut parentheses)?;
            lexed.refuse(&token)?;
            lexed.tokens.push(token);
        }
        match parentheses.pop() {
            Some(open) => Err(SqlError::new(
                SqlErrorKind::Job(JobError::UnfinishedParenthesis),
                open..open + 1,
            )),
            None => Ok(lexed),
        }
    }

    /// The index of the first token at or behind the byte.
    pub fn index_at(&self, byte: usize) -> usize {
        self.tokens.partition_point(|token| token.span.start < byte)
    }

    /// True if there is a name at the index, bare or quoted; a keyword counts too.
    pub fn is_name(&self, index: usize) -> bool {
        let token = self.tokens.get(index);
        token.is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName))
    }

    /// True if the token at the index is the bare word.
    pub fn is_word(&self, index: usize, word: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is_word(self.source, word))
    }

    /// True if the token at the index is the symbol.
    pub fn is_symbol(&self, index: usize, symbol: char) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.kind == TokenKind::Symbol(symbol))
    }

    /// The index behind the `)` that closes the `(` at the index.
    pub fn behind_parenthesis(&self, open: usize) -> usize {
        let inside = self.tokens.get(open + 1..).unwrap_or(&[]);
        closing_parenthesis(inside).map_or(self.tokens.len(), |index| open + index + 2)
    }

    /// The byte at which the token begins; for an index behind the last token the end of the
    /// statement.
    pub fn start_of(&self, index: usize) -> usize {
        self.tokens.get(index).map_or(self.source.len(), |token| token.span.start)
    }

    /// The bytes from the first of the tokens to the last.
    pub fn span_of(&self, range: &Range<usize>) -> Range<usize> {
        match (self.tokens.get(range.start), self.tokens.get(range.end.wrapping_sub(1))) {
            (Some(first), Some(last)) if range.start < range.end => first.span.start..last.span.end,
            _ => self.start_of(range.start)..self.start_of(range.start),
        }
    }

    fn refuse(&self, token: &Token) -> Result<(), SqlError> {
        match token.kind {
            TokenKind::String => self.refuse_string(token),
            TokenKind::QuotedName => refuse_system_column(self.source, token),
            TokenKind::Word | TokenKind::Number | TokenKind::Comment | TokenKind::Symbol(_) => {
                match self.error_of(token) {
                    Some((kind, start)) => {
                        Err(SqlError::new(SqlErrorKind::Query(kind), start..token.span.end))
                    }
                    None => Ok(()),
                }
            }
        }
    }

    fn refuse_string(&self, token: &Token) -> Result<(), SqlError> {
        if let Some(last) = self.tokens.last()
            && last.span.end == token.span.start
            && last.is_word(self.source, "E")
        {
            let span = last.span.start..token.span.end;
            return Err(SqlError::new(SqlErrorKind::Query(QueryError::EscapeString), span));
        }
        match quote_behind_backslashes(&self.source[token.span.clone()]) {
            Some(at) => {
                let at = token.span.start + at;
                Err(SqlError::new(SqlErrorKind::Query(QueryError::BackslashQuote), at..at + 1))
            }
            None => Ok(()),
        }
    }

    /// The error of the token, alone or together with the one before it, and its first byte.
    fn error_of(&self, token: &Token) -> Option<(QueryError, usize)> {
        let start = token.span.start;
        let touching = self.tokens.last().filter(|last| last.span.end == start);
        let behind = |symbol| touching.filter(|last| last.kind == TokenKind::Symbol(symbol));
        match token.kind {
            TokenKind::Symbol(';') => Some((QueryError::SeveralStatements, start)),
            TokenKind::Symbol('?') => Some((QueryError::Parameter, start)),
            TokenKind::Symbol('$') => {
                behind('$').map(|dollar| (QueryError::DollarQuote, dollar.span.start))
            }
            TokenKind::Number => {
                behind('$').map(|dollar| (QueryError::Parameter, dollar.span.start))
            }
            TokenKind::Word => {
                let written = token.text(self.source);
                if let Some(dollar) = behind('$') {
                    let kind = if written.contains('$') {
                        QueryError::DollarQuote
                    } else {
                        QueryError::SystemColumn { column: format!("${written}") }
                    };
                    return Some((kind, dollar.span.start));
                }
                let colon = behind(':')?;
                let is_cast = self.source[..colon.span.start].ends_with(':');
                (!is_cast).then_some((QueryError::Parameter, colon.span.start))
            }
            TokenKind::Symbol(_)
            | TokenKind::QuotedName
            | TokenKind::String
            | TokenKind::Comment => None,
        }
    }
}

fn unfinished(token: &Token) -> SqlError {
    let (kind, length) = match token.kind {
        TokenKind::String => (SqlErrorKind::Text(TextError::UnfinishedString), 1),
        TokenKind::QuotedName => (SqlErrorKind::Text(TextError::UnfinishedName), 1),
        TokenKind::Comment | TokenKind::Word | TokenKind::Number | TokenKind::Symbol(_) => {
            (SqlErrorKind::Text(TextError::UnfinishedComment), 2)
        }
    };
    SqlError::new(kind, token.span.start..token.span.start + length)
}

/// Tracks the bytes of the open parentheses.
fn nest(token: &Token, open: &mut Vec<usize>) -> Result<(), SqlError> {
    match token.kind {
        TokenKind::Symbol('(') if open.len() == MAX_NESTING => {
            return Err(SqlError::new(SqlErrorKind::Text(TextError::TooDeep), token.span.clone()));
        }
        TokenKind::Symbol('(') => open.push(token.span.start),
        TokenKind::Symbol(')') if open.pop().is_none() => {
            return Err(SqlError::new(
                SqlErrorKind::Text(TextError::StrayParenthesis),
                token.span.clone(),
            ));
        }
        _ => {}
    }
    Ok(())
}

/// A quoted name that begins with `$` is a system column of Upsolver, unless it is one of Redshift
/// Spectrum.
fn refuse_system_column(source: &str, token: &Token) -> Result<(), SqlError> {
    let name = &source[token.inside()];
    let is_known = || SPECTRUM_COLUMNS.iter().any(|known| known.eq_ignore_ascii_case(name));
    if !name.starts_with('$') || is_known() {
        return Ok(());
    }
    let kind = QueryError::SystemColumn { column: name.to_owned() };
    Err(SqlError::new(SqlErrorKind::Query(kind), token.span.clone()))
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
        let error = Lexed::cut(text, 0).unwrap_err();
        assert!(error.hint().is_some());
        (error.sqlstate().code().parse::<SqlState>().unwrap().code(), &text[error.span])
    }

    #[test]
    fn an_unfinished_parenthesis_is_shown_where_it_began() {
        assert_eq!(refused("SELECT 'a"), ("42601", "'"));
        assert_eq!(refused("SELECT \"a"), ("42601", "\""));
        assert_eq!(refused("SELECT /* a /* */"), ("42601", "/*"));
        let error = Lexed::cut("SELECT f((1)", 0).unwrap_err();
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
            let error = Lexed::cut(text, 0).unwrap_err();
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
            assert!(Lexed::cut(text, 0).is_ok(), "{text}");
        }
    }

    #[test]
    fn system_columns_of_upsolver_are_refused_and_those_of_spectrum_are_not() {
        for text in ["$event_time", "\"$commit_time\"", "\"$EVENT_TIME\""] {
            assert_eq!(refused(&format!("SELECT o.{text} FROM t")), ("0A000", text));
        }
        assert!(Lexed::cut("SELECT \"$path\", \"$SIZE\", a$b, \"a$\" FROM t", 0).is_ok());
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
            assert!(Lexed::cut(text, 0).is_ok(), "{text}");
        }
        assert_eq!(refused("SELECT 1; SELECT 2"), ("42601", ";"));
    }
}
