//! The check of a query's syntax, by `sqlparser`.
//!
//! That parser is recursive, and so is dropping its result. Deep or long texts are therefore
//! checked on a thread with a larger stack, texts beyond the limits are refused, and all others are
//! checked on the current thread.

mod dialect;
mod rewrite;

use std::ops::Range;
use std::thread;

use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use dialect::Redshift;
use rewrite::rewrite;

use crate::sql::error::{QueryError, SqlError};
use crate::sql::lexical::unexpected;
use crate::sql::token::{TokenKind, TokenList};

/// The maximum depth of expressions and queries: a row of prefix operators is as deep as it is
/// long.
const RECURSION_LIMIT: usize = 2_000;

/// The maximum number of tokens in a row, that is without a comma between them. Each operator in a
/// row makes the tree deeper.
const ROW_LIMIT: usize = 50_000;

/// The maximum number of tokens in a row for a check on the current thread.
const ROW_IN_PLACE: usize = 30;

/// The stack of the thread: a part for each level, of which a row has at most one for each of its
/// tokens, and one for each token of the longest row. Measured in a debug build, and doubled.
const STACK_OF_LEVEL: usize = 64 * 1024;
const STACK_OF_TOKEN: usize = 2 * 1024;

/// The kind of a part of the body that is SQL of the warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExcerptKind {
    Query,
    Expression,
    /// The name of a table.
    Table,
    /// A MERGE of Redshift from USING on.
    Merge,
}

impl ExcerptKind {
    fn expected(self) -> &'static str {
        match self {
            Self::Query => "a SELECT that Redshift would take",
            Self::Expression => "an expression that Redshift would take",
            Self::Table => "the name of a table",
            Self::Merge => "a MERGE that Redshift would take",
        }
    }

    /// The text before the part that makes it a whole for the parser.
    fn opening(self) -> &'static str {
        match self {
            Self::Query | Self::Expression | Self::Table => "",
            Self::Merge => "MERGE INTO t ",
        }
    }
}

/// The parser's error with its byte in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CheckError {
    Syntax(usize),
    TooDeep(usize),
}

/// Checks the syntax of the tokens.
pub(super) fn check(
    list: TokenList<'_, '_>,
    tokens: &Range<usize>,
    kind: ExcerptKind,
) -> Result<(), SqlError> {
    let tokens = &match kind {
        ExcerptKind::Merge => without_remove_duplicates(list, tokens.clone()),
        ExcerptKind::Query | ExcerptKind::Expression | ExcerptKind::Table => tokens.clone(),
    };
    let rewritten = rewrite(list, tokens);
    let left = TokenList { tokens: &rewritten.tokens, ..list };
    if let Some(index) = missing_operand(left).or_else(|| unknown_date_part(left)) {
        let at = left.get(index).map_or(list.span_of(tokens).end, |token| token.span.start);
        return Err(syntax_error(list, tokens, kind, at));
    }
    let start = list.span_of(tokens).start;
    let row = longest_row(list, tokens)?;
    let text = format!("{}{}", kind.opening(), rewritten.text);
    let place = |at: usize| start + at.saturating_sub(kind.opening().len());
    with_stack_for(row, || parse(&text, kind)).map_err(|error| match error {
        CheckError::TooDeep(at) => SqlError::new(QueryError::TooDeep, token_at(list, place(at))),
        CheckError::Syntax(at) => syntax_error(list, tokens, kind, place(at)),
    })
}

/// The parser lacks REMOVE DUPLICATES, and needs no clause behind ON.
fn without_remove_duplicates(list: TokenList<'_, '_>, tokens: Range<usize>) -> Range<usize> {
    let end = tokens.end.saturating_sub(2);
    if list.is_word(end, "REMOVE") && list.is_word(end + 1, "DUPLICATES") {
        return tokens.start..end;
    }
    tokens
}

fn syntax_error(
    list: TokenList<'_, '_>,
    tokens: &Range<usize>,
    kind: ExcerptKind,
    at: usize,
) -> SqlError {
    let end = list.start_of(tokens.end);
    // The query ends too early: the caret is behind the query, not at a later clause.
    let place = if at >= list.span_of(tokens).end { end } else { at };
    let hint = replacement(list, list.index_at(place))
        .unwrap_or("SKIP_ALL_VALIDATIONS = TRUE takes the query as it is");
    let error = unexpected(&list.source[place..], kind.expected(), Some(hint.to_owned()));
    SqlError::new(error, token_at(list, place))
}

/// The hint for a clause of another database, at a token behind its words. Redshift's own syntax is
/// in AWS's documentation, "SELECT list", "BETWEEN range condition" and "FROM clause".
fn replacement(list: TokenList<'_, '_>, index: usize) -> Option<&'static str> {
    let before = |back: usize, word| index >= back && list.is_word(index - back, word);
    if before(1, "TOP") && before(2, "DISTINCT") {
        return Some("write TOP n DISTINCT: Redshift has TOP in front of DISTINCT");
    }
    if before(1, "FILTER") {
        return Some("Redshift has no FILTER: write CASE WHEN … THEN … END in the aggregate");
    }
    if before(1, "SYMMETRIC") || before(2, "SYMMETRIC") {
        return Some("Redshift has no SYMMETRIC: write BETWEEN LEAST(a, b) AND GREATEST(a, b)");
    }
    let is_in_name = |&at: &usize| list.is_symbol(at, '.') || list.tokens[at].is_name();
    let mut name = (0..index.min(list.tokens.len())).rev().take_while(is_in_name);
    name.any(|at| list.is_word(at, "UNPIVOT"))
        .then_some("write UNPIVOT … AS value AT name: Redshift needs the AS")
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
const OPERATORS: [&str; 5] = ["BETWEEN", "LIKE", "NOT", "SELECT", "WHEN"];

/// Words before BY, which is not reserved: elsewhere it is a name.
const BEFORE_BY: [&str; 4] = ["CONNECT", "GROUP", "ORDER", "PARTITION"];

/// The index of the first token, or of the end, at which an operand is missing.
fn missing_operand(list: TokenList<'_, '_>) -> Option<usize> {
    let is_name = |index: usize| {
        index > 0 && (list.is_symbol(index - 1, '.') || list.is_word(index - 1, "AS"))
    };
    let is_one_of = |index: usize, known: &[&str]| {
        !is_name(index) && known.iter().any(|word| list.is_word(index, word))
    };
    let wants_operand = |index: usize| {
        if let TokenKind::Symbol(symbol) = list.tokens[index].kind {
            return ",+-/%=<>|&^~:".contains(symbol);
        }
        is_one_of(index, &CLAUSES)
            || is_one_of(index, &OPERATORS)
            || (list.is_word(index, "BY") && index > 0 && is_one_of(index - 1, &BEFORE_BY))
    };
    let ends = |index: usize| {
        index == list.tokens.len() || list.is_symbol(index, ')') || is_one_of(index, &CLAUSES)
    };
    (1..=list.tokens.len()).find(|&index| ends(index) && wants_operand(index - 1))
}

/// The date parts of Redshift (AWS documentation, "Date parts for date or timestamp functions"),
/// and those of PostgreSQL; in upper case and sorted.
const DATE_PARTS: &[&str] = &[
    "C",
    "CENT",
    "CENTS",
    "CENTURIES",
    "CENTURY",
    "D",
    "DAY",
    "DAYOFWEEK",
    "DAYOFYEAR",
    "DAYS",
    "DEC",
    "DECADE",
    "DECADES",
    "DECS",
    "DOW",
    "DOY",
    "DW",
    "DY",
    "EPOCH",
    "H",
    "HOUR",
    "HOURS",
    "HR",
    "HRS",
    "ISODOW",
    "ISOYEAR",
    "JULIAN",
    "M",
    "MICROSEC",
    "MICROSECOND",
    "MICROSECONDS",
    "MICROSECS",
    "MIL",
    "MILLENNIA",
    "MILLENNIUM",
    "MILLISEC",
    "MILLISECON",
    "MILLISECOND",
    "MILLISECONDS",
    "MILLISECS",
    "MILS",
    "MIN",
    "MINS",
    "MINUTE",
    "MINUTES",
    "MON",
    "MONS",
    "MONTH",
    "MONTHS",
    "MS",
    "MSEC",
    "MSECOND",
    "MSECONDS",
    "MSECS",
    "QTR",
    "QTRS",
    "QUARTER",
    "QUARTERS",
    "S",
    "SEC",
    "SECOND",
    "SECONDS",
    "SECS",
    "TIMEZONE",
    "TIMEZONE_HOUR",
    "TIMEZONE_MINUTE",
    "US",
    "USEC",
    "USECOND",
    "USECONDS",
    "USECS",
    "W",
    "WEEK",
    "WEEKDAY",
    "WEEKS",
    "Y",
    "YEAR",
    "YEARDAY",
    "YEARS",
    "YR",
    "YRS",
];

/// The index of the first word in EXTRACT that is no date part.
fn unknown_date_part(list: TokenList<'_, '_>) -> Option<usize> {
    (2..list.tokens.len()).find(|&index| {
        list.is_word(index + 1, "FROM")
            && list.is_symbol(index - 1, '(')
            && list.is_word(index - 2, "EXTRACT")
            && list.get(index).is_some_and(|token| {
                let word = token.text(list.source).to_ascii_uppercase();
                token.kind == TokenKind::Word && DATE_PARTS.binary_search(&&*word).is_err()
            })
    })
}

/// The bytes of the token that begins at this byte; empty if there is none.
fn token_at(list: TokenList<'_, '_>, at: usize) -> Range<usize> {
    match list.tokens.get(list.index_at(at)) {
        Some(token) if token.span.start == at => token.span.clone(),
        _ => at..at,
    }
}

/// The maximum number of tokens in a row, including those around its parentheses.
fn longest_row(list: TokenList<'_, '_>, range: &Range<usize>) -> Result<usize, SqlError> {
    let (mut longest, mut row, mut base) = (0_usize, 0_usize, 0_usize);
    // For each open parenthesis: the row before it, which continues behind it, and the row that a
    // comma returns to.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for token in &list.tokens[range.clone()] {
        if token.is_symbol('(') {
            open.push((row, base));
            base = row + 1;
            row = base;
        } else if token.is_symbol(')') {
            (row, base) = open.pop().unwrap_or((0, 0));
        } else if token.is_symbol(',') {
            row = base;
        }
        row += 1;
        longest = longest.max(row);
        if row > ROW_LIMIT {
            let kind = QueryError::TooLong(ROW_LIMIT);
            return Err(SqlError::new(kind, token.span.clone()));
        }
    }
    Ok(longest)
}

/// Runs the work with enough stack for a row of this length.
fn with_stack_for<T: Send>(
    row: usize,
    work: impl FnOnce() -> Result<T, CheckError> + Send,
) -> Result<T, CheckError> {
    if row <= ROW_IN_PLACE {
        return work();
    }
    let stack = row.min(RECURSION_LIMIT) * STACK_OF_LEVEL + row * STACK_OF_TOKEN;
    thread::scope(|scope| {
        let builder = thread::Builder::new().name("query".to_owned()).stack_size(stack);
        match builder.spawn_scoped(scope, work).map(thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => Err(CheckError::TooDeep(0)),
        }
    })
}

/// Parses the text.
fn parse(text: &str, kind: ExcerptKind) -> Result<(), CheckError> {
    let tokens = Tokenizer::new(&Redshift, text)
        .with_unescape(false)
        .tokenize_with_location()
        .map_err(|error| CheckError::Syntax(byte_at(text, error.location)))?;
    let mut parser = Parser::new(&Redshift)
        .with_recursion_limit(RECURSION_LIMIT)
        .with_tokens_with_locations(tokens);
    let result = match kind {
        ExcerptKind::Query => parser.parse_query().map(drop),
        ExcerptKind::Expression => parser.parse_expr().map(drop),
        ExcerptKind::Table => parser.parse_object_name(false).map(drop),
        ExcerptKind::Merge => parser.parse_statement().map(drop),
    };
    let next = || byte_of(text, parser.peek_token_ref());
    match result {
        Ok(()) if parser.peek_token_ref().token == Token::EOF => Ok(()),
        Ok(()) => Err(CheckError::Syntax(next())),
        Err(ParserError::RecursionLimitExceeded) => Err(CheckError::TooDeep(next())),
        Err(ParserError::TokenizerError(message) | ParserError::ParserError(message)) => {
            let named = location_in(&message).map(|location| byte_at(text, location));
            Err(CheckError::Syntax(named.unwrap_or_else(next)))
        }
    }
}

/// The location at the end of the parser's message; there is none if the error is at the end of the
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

/// The byte of the text at the location, in which lines and characters count from 1.
fn byte_at(text: &str, location: Location) -> usize {
    let lines = text.split_inclusive('\n').map(str::len);
    let start = (1..location.line).zip(lines).map(|(_, length)| length).sum::<usize>();
    let characters = text[start..].char_indices().map(|(at, _)| start + at);
    (1..=location.column).zip(characters).last().map_or(start, |(_, at)| at)
}

#[cfg(test)]
mod tests;
