//! The check of a query's syntax, by the Redshift dialect of `sqlparser`.
//!
//! That parser is recursive, and so is the release of what it made. A text that is deep or long is
//! therefore checked on a thread with room for it, one beyond the limits is refused, and all others
//! are checked in place.

use std::ops::{ControlFlow, Range};
use std::thread;

use sqlparser::ast::{ObjectName, Spanned, Visit, Visitor};
use sqlparser::dialect::RedshiftSqlDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::error::JobError;
use super::excerpt::{Kind, RECURSION_LIMIT};
use super::outline::Outline;
use super::place::fault;
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

/// Checks the syntax of the tokens, and that the outline knows each place where a table is named.
pub(super) fn check(
    words: &Words<'_>,
    tokens: &Range<usize>,
    kind: Kind,
    outline: &Outline,
) -> Result<(), SqlError> {
    let span = words.span_of(tokens);
    if let Some(index) = early_clause(words, tokens) {
        return Err(syntax_error(words, tokens, kind, words.start_of(index)));
    }
    let text = without_comments(words, tokens);
    let load = Load::of(words, tokens)?;
    let names = load.run(|| parse(&text, kind)).map_err(|trouble| match trouble {
        Trouble::TooDeep(at) => error_at(words, span.start + at, JobError::TooDeep),
        Trouble::Syntax(at) => syntax_error(words, tokens, kind, span.start + at),
    })?;
    for at in names {
        let at = span.start + at;
        if outline.tables.binary_search_by_key(&at, |table| table.span.start).is_err() {
            return Err(error_at(words, at, JobError::ObscureName));
        }
    }
    Ok(())
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

/// Words that begin a clause or join what stands on both sides.
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

/// Words behind which an expression or a table must come.
const OPENERS: [&str; 15] = [
    "AND", "BETWEEN", "BY", "ELSE", "FROM", "HAVING", "JOIN", "LIKE", "NOT", "ON", "OR", "SELECT",
    "THEN", "WHEN", "WHERE",
];

/// The index of the first token, or of the end, that stands where an expression or a table must.
/// The parser takes reserved words for names of columns there, and then fails elsewhere or not at
/// all.
fn early_clause(words: &Words<'_>, tokens: &Range<usize>) -> Option<usize> {
    let is_one_of = |index: usize, known: &[&str]| {
        let token = &words.tokens[index];
        let is_part = index > tokens.start && words.is_symbol(index - 1, '.');
        let text = token.text(words.source);
        token.kind == TokenKind::Word
            && !is_part
            && known.iter().any(|word| text.eq_ignore_ascii_case(word))
    };
    let follows_opener = |index: usize| {
        let last = index - 1;
        match words.tokens[last].kind {
            TokenKind::Symbol(symbol) => index < tokens.end && ",+-/%=<>|&^~!:".contains(symbol),
            TokenKind::Word if last > tokens.start && words.is_word(last, "DISTINCT") => {
                words.is_word(last - 1, "SELECT")
            }
            TokenKind::Word => is_one_of(last, &OPENERS),
            _ => false,
        }
    };
    let closes = |index: usize| index == tokens.end || words.is_symbol(index, ')');
    (tokens.start + 1..=tokens.end)
        .find(|&index| (closes(index) || is_one_of(index, &CLAUSES)) && follows_opener(index))
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

/// Parses the text; returns the bytes at which tables are named, in order.
fn parse(text: &str, kind: Kind) -> Result<Vec<usize>, Trouble> {
    let tokens = Tokenizer::new(&RedshiftSqlDialect {}, text)
        .with_unescape(false)
        .tokenize_with_location()
        .map_err(|error| Trouble::Syntax(byte_at(text, error.location)))?;
    let mut parser = Parser::new(&RedshiftSqlDialect {})
        .with_recursion_limit(RECURSION_LIMIT)
        .with_tokens_with_locations(tokens);
    let result = match kind {
        Kind::Query => parser.parse_query().map(|query| names_of(query.as_ref())),
        Kind::Expression => parser.parse_expr().map(|expression| names_of(&expression)),
    };
    match result {
        Ok(names) if parser.peek_token_ref().token == Token::EOF => Ok(bytes_at(text, names)),
        Err(ParserError::RecursionLimitExceeded) => {
            let next = known(parser.peek_token_ref());
            Err(Trouble::TooDeep(
                next.map_or(text.len(), |token| byte_at(text, token.span.start)),
            ))
        }
        Ok(_) | Err(ParserError::TokenizerError(_) | ParserError::ParserError(_)) => {
            let tokens: Vec<TokenWithSpan> =
                (0..).map_while(|index| known(parser.token_at(index))).collect();
            let fault = tokens.get(fault(&tokens, kind));
            Err(Trouble::Syntax(
                fault.map_or(text.len(), |token| byte_at(text, token.span.start)),
            ))
        }
    }
}

/// A copy of the token, unless it is the end.
fn known(token: &TokenWithSpan) -> Option<TokenWithSpan> {
    (token.token != Token::EOF).then(|| token.clone())
}

/// The byte of the text at the location.
fn byte_at(text: &str, location: Location) -> usize {
    bytes_at(text, vec![location]).first().copied().unwrap_or(text.len())
}

/// Collects the places where tables are named.
struct Names(Vec<Location>);

impl Visitor for Names {
    type Break = ();

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        self.0.push(relation.span().start);
        ControlFlow::Continue(())
    }
}

fn names_of(tree: &impl Visit) -> Vec<Location> {
    let mut names = Names(Vec::new());
    // The visitor never breaks off.
    let _ = tree.visit(&mut names);
    names.0
}

/// The bytes of the text at the locations, in order.
fn bytes_at(text: &str, mut locations: Vec<Location>) -> Vec<usize> {
    locations.sort_unstable();
    let mut bytes = Vec::with_capacity(locations.len());
    let mut here = Location::new(1, 1);
    let mut places = text.char_indices();
    let mut next = places.next();
    for location in locations {
        while here < location {
            let Some((_, character)) = next else { break };
            here = match character {
                '\n' => Location::new(here.line + 1, 1),
                _ => Location::new(here.line, here.column + 1),
            };
            next = places.next();
        }
        bytes.push(next.map_or(text.len(), |(at, _)| at));
    }
    bytes
}
