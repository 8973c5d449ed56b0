//! The check of a query's syntax, by the Redshift dialect of `sqlparser`.
//!
//! That parser is recursive, and so is the release of what it made. A text that is deep or long is
//! therefore checked on a thread with room for it, one beyond the limits is refused, and all others
//! are checked in place.

use std::ops::Range;
use std::thread;

use sqlparser::dialect::RedshiftSqlDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::error::JobError;
use super::excerpt::{Kind, RECURSION_LIMIT};
use super::wording::Words;
use crate::sql::error::{SqlError, SqlErrorKind};
use crate::sql::lexical::found;
use crate::sql::token::TokenKind;

/// The most tokens in a row, without a comma between them. Operators in a row make a tree as deep
/// as they are many.
const ROW_LIMIT: usize = 50_000;

/// Up to here a text is checked in place: so many tokens in a row, and so many parentheses in each
/// other.
const ROW_IN_PLACE: usize = 100;
const DEPTH_IN_PLACE: usize = 8;

/// The stack of the thread that checks a deep or long text, in bytes: for the limit of recursion,
/// and for each token of its longest row. Measured in a debug build, and doubled.
const STACK_OF_RECURSION: usize = 32 * 1024 * 1024;
const STACK_OF_TOKEN: usize = 2 * 1024;

/// Why the parser did not take a text, and where, in bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    Syntax(usize),
    TooDeep(usize),
}

/// Checks the syntax of the tokens.
pub(super) fn check(words: &Words<'_>, tokens: &Range<usize>, kind: Kind) -> Result<(), SqlError> {
    if let Some(index) = missing_operand(words, tokens) {
        return Err(syntax_error(words, tokens, kind, words.start_of(index)));
    }
    let text = without_comments(words, tokens);
    let start = words.span_of(tokens).start;
    Load::of(words, tokens)?
        .run(|| parse(&text, kind))
        .map_err(|trouble| match trouble {
            Trouble::TooDeep(at) => error_at(words, start + at, JobError::TooDeep),
            Trouble::Syntax(at) => syntax_error(words, tokens, kind, start + at),
        })
}

fn error_at(words: &Words<'_>, at: usize, kind: JobError) -> SqlError {
    SqlError::new(SqlErrorKind::Job(kind), token_at(words, at))
}

fn syntax_error(words: &Words<'_>, tokens: &Range<usize>, kind: Kind, at: usize) -> SqlError {
    let end = words.start_of(tokens.end);
    // At its end a query lacks something, and what follows it in the statement is not to blame.
    let place = if at >= words.span_of(tokens).end { end } else { at };
    let expected = SqlErrorKind::Expected {
        expected: kind.expected().to_owned(),
        found: found(&words.source[place..]),
        hint: Some("SKIP_ALL_VALIDATIONS = TRUE takes the query as it is".to_owned()),
    };
    SqlError::new(expected, token_at(words, place))
}

/// Reserved words that begin a clause or join two operands. `sqlparser` takes them for names of
/// columns and tables, and then accepts `WHERE AND` and `JOIN ON true`.
const CLAUSES: [&str; 15] = [
    "AND",
    "ELSE",
    "EXCEPT",
    "FROM",
    "GROUP",
    "HAVING",
    "INTERSECT",
    "JOIN",
    "LIMIT",
    "ON",
    "OR",
    "ORDER",
    "THEN",
    "UNION",
    "WHERE",
];

/// Further words that an operand must follow.
const OPERATORS: [&str; 6] = ["BETWEEN", "BY", "LIKE", "NOT", "SELECT", "WHEN"];

/// The index of the first token, or of the end, that stands in the place of an operand.
fn missing_operand(words: &Words<'_>, tokens: &Range<usize>) -> Option<usize> {
    let is_name = |index: usize| {
        index > tokens.start && (words.is_symbol(index - 1, '.') || words.is_word(index - 1, "AS"))
    };
    let is_one_of = |index: usize, known: &[&str]| {
        !is_name(index) && known.iter().any(|word| words.is_word(index, word))
    };
    let wants_operand = |index: usize| match words.tokens[index].kind {
        TokenKind::Symbol(symbol) => ",+-/%=<>|&^~!:".contains(symbol),
        _ => is_one_of(index, &CLAUSES) || is_one_of(index, &OPERATORS),
    };
    let ends = |index: usize| {
        index == tokens.end || words.is_symbol(index, ')') || is_one_of(index, &CLAUSES)
    };
    (tokens.start + 1..=tokens.end).find(|&index| ends(index) && wants_operand(index - 1))
}

/// The bytes of the token at the place.
fn token_at(words: &Words<'_>, at: usize) -> Range<usize> {
    match words.tokens.get(words.index_at(at)) {
        Some(token) if token.span.start == at => token.span.clone(),
        _ => at..at,
    }
}

/// The text of the tokens with blanks in the place of comments, so that every byte stays where it
/// is.
fn without_comments(words: &Words<'_>, tokens: &Range<usize>) -> String {
    let span = words.span_of(tokens);
    let text = &words.source[span];
    if !text.contains("--") && !text.contains("/*") {
        return text.to_owned();
    }
    let comments: Vec<_> = crate::sql::token::tokens(text)
        .filter(|token| token.kind == TokenKind::Comment)
        .collect();
    crate::sql::query::blank_out(text, &comments)
}

/// How much room a text needs.
#[derive(Clone, Copy, Debug)]
struct Load {
    row: usize,
    depth: usize,
}

impl Load {
    /// Counts the tokens of the longest row, those of the parentheses around it included.
    fn of(words: &Words<'_>, range: &Range<usize>) -> Result<Self, SqlError> {
        let mut load = Self { row: 0, depth: 0 };
        let mut row = 0_usize;
        // For each open parenthesis: the row before it, which goes on behind it, and where a comma
        // leads back to.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut base = 0_usize;
        for token in &words.tokens[range.clone()] {
            match token.kind {
                TokenKind::Symbol('(') => {
                    open.push((row, base));
                    base = row + 1;
                    row = base;
                    load.depth = load.depth.max(open.len());
                }
                TokenKind::Symbol(')') => (row, base) = open.pop().unwrap_or_default(),
                TokenKind::Symbol(',') => row = base,
                TokenKind::Word | TokenKind::Symbol('[') if is_case(words, token) => {
                    load.depth += 1;
                }
                _ => {}
            }
            row += 1;
            load.row = load.row.max(row);
            if row > ROW_LIMIT {
                let kind = JobError::TooLong { limit: ROW_LIMIT };
                return Err(SqlError::new(SqlErrorKind::Job(kind), token.span.clone()));
            }
        }
        Ok(load)
    }

    /// Runs the work where there is room for it.
    fn run<T: Send>(&self, work: impl FnOnce() -> Result<T, Trouble> + Send) -> Result<T, Trouble> {
        if self.row <= ROW_IN_PLACE && self.depth <= DEPTH_IN_PLACE {
            return work();
        }
        let stack = STACK_OF_RECURSION + self.row * STACK_OF_TOKEN;
        thread::scope(|scope| {
            let builder = thread::Builder::new().name("query".to_owned()).stack_size(stack);
            match builder.spawn_scoped(scope, work).map(thread::ScopedJoinHandle::join) {
                Ok(Ok(result)) => result,
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                Err(_no_thread) => Err(Trouble::TooDeep(0)),
            }
        })
    }
}

/// CASE nests without parentheses.
fn is_case(words: &Words<'_>, token: &crate::sql::token::Token) -> bool {
    token.is_word(words.source, "CASE")
}

/// Parses the text.
fn parse(text: &str, kind: Kind) -> Result<(), Trouble> {
    let tokens = Tokenizer::new(&RedshiftSqlDialect {}, text)
        .with_unescape(false)
        .tokenize_with_location()
        .map_err(|error| Trouble::Syntax(byte_at(text, error.location)))?;
    let mut parser = Parser::new(&RedshiftSqlDialect {})
        .with_recursion_limit(RECURSION_LIMIT)
        .with_tokens_with_locations(tokens);
    let result = match kind {
        Kind::Query => parser.parse_query().map(drop),
        Kind::Expression => parser.parse_expr().map(drop),
    };
    let next = || byte_of(text, parser.peek_token_ref());
    match result {
        Ok(()) if parser.peek_token_ref().token == Token::EOF => Ok(()),
        Ok(()) => Err(Trouble::Syntax(next())),
        Err(ParserError::RecursionLimitExceeded) => Err(Trouble::TooDeep(next())),
        Err(ParserError::TokenizerError(message) | ParserError::ParserError(message)) => {
            let named = location_in(&message).map(|location| byte_at(text, location));
            Err(Trouble::Syntax(named.unwrap_or_else(next)))
        }
    }
}

/// The location that the parser names at the end of its message; it names none at the end of the
/// text.
fn location_in(message: &str) -> Option<Location> {
    let (_, location) = message.rsplit_once(" at Line: ")?;
    let (line, column) = location.split_once(", Column: ")?;
    Some(Location::new(line.parse().ok()?, column.parse().ok()?))
}

fn byte_of(text: &str, token: &TokenWithSpan) -> usize {
    match token.token {
        Token::EOF => text.len(),
        _ => byte_at(text, token.span.start),
    }
}

/// The byte of the text at the location, whose lines and characters count from 1.
fn byte_at(text: &str, location: Location) -> usize {
    let lines = text.split_inclusive('\n').map(str::len);
    let start = (1..location.line).zip(lines).map(|(_, length)| length).sum::<usize>();
    let characters = text[start..].char_indices().map(|(at, _)| start + at);
    (1..=location.column).zip(characters).last().map_or(start, |(_, at)| at)
}
