//! Text to statements: pure, without the catalog, the network or the terminal.
//!
//! The [`splitter`] cuts a script into statements, [`parse`] reads one, [`mask`] hides what may be a secret in any
//! text, finished or not, and [`expectation`] knows what may follow.

mod connection;
mod error;
pub mod expectation;
pub mod grammar;
pub mod keyword;
mod lexical;
mod literal;
pub mod mask;
mod name;
pub mod option;
mod query;
pub mod setting;
mod show;
pub mod splitter;
pub mod token;
mod transaction;

use std::fmt;

use nom::Parser;
use nom::combinator::map;

pub use connection::{AlterConnection, CreateConnection, DropConnection, value_span};
pub use error::{MAX_NESTING, MAX_STATEMENT_BYTES, SqlError, SqlErrorKind};
pub use literal::StringLiteral;
pub use name::Spanned;
pub use query::Query;
pub use show::Show;
pub use transaction::Transaction;

use lexical::{Parsed, blanks, fail, found, word_length};

/// One statement.
#[derive(Clone, Debug)]
pub enum Statement {
    /// `CREATE REDSHIFT CONNECTION`
    CreateConnection(CreateConnection),
    /// `ALTER REDSHIFT CONNECTION`
    AlterConnection(AlterConnection),
    /// `DROP CONNECTION`
    DropConnection(DropConnection),
    /// `SHOW` and `DESCRIBE`
    Show(Show),
    /// `SELECT`
    Query(Query),
    /// `BEGIN`, `COMMIT` and `ROLLBACK`
    Transaction(Transaction),
}

/// Prints the statement as canonical SQL, without `;`. A password that stands in it reads PROMPT.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateConnection(statement) => statement.fmt(f),
            Self::AlterConnection(statement) => statement.fmt(f),
            Self::DropConnection(statement) => statement.fmt(f),
            Self::Show(statement) => statement.fmt(f),
            Self::Query(statement) => statement.fmt(f),
            Self::Transaction(statement) => statement.fmt(f),
        }
    }
}

/// Reads one statement, with or without its `;`. The spans of the error are bytes of `text`.
pub fn parse(text: &str) -> Result<Statement, SqlError> {
    let text = text.trim_end();
    let text = text.strip_suffix(';').unwrap_or(text);
    let result = blanks(text)
        .and_then(|(input, ())| statement(text, input))
        .and_then(|(rest, statement)| {
            at_end(rest)?;
            Ok(statement)
        });
    result.map_err(|error| match error {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => fault.into_error(text),
        nom::Err::Incomplete(_) => SqlError::new(SqlErrorKind::CutShort, text.len()..text.len()),
    })
}

fn statement<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Statement> {
    let first = input[..word_length(input)].to_ascii_uppercase();
    match first.as_str() {
        "CREATE" => map(|i| connection::parse_create(source, i), Statement::CreateConnection).parse(input),
        "ALTER" => map(|i| connection::parse_alter(source, i), Statement::AlterConnection).parse(input),
        "DROP" => map(|i| connection::parse_drop(source, i), Statement::DropConnection).parse(input),
        "SHOW" => map(|i| show::parse_show(source, i), Statement::Show).parse(input),
        "DESCRIBE" => map(|i| show::parse_describe(source, i), Statement::Show).parse(input),
        "SELECT" | "WITH" => map(|i| query::parse_query(source, i), Statement::Query).parse(input),
        "BEGIN" | "COMMIT" | "ROLLBACK" => {
            map(|i| transaction::parse_transaction(source, i), Statement::Transaction).parse(input)
        }
        _ if input.starts_with(')') => fail(input, SqlErrorKind::StrayParenthesis),
        _ => fail(
            input,
            SqlErrorKind::UnknownStatement {
                nearest: nearest_statement(&first),
            },
        ),
    }
}

fn nearest_statement(word: &str) -> Option<&'static str> {
    let firsts = grammar::STATEMENTS
        .iter()
        .filter_map(|statement| statement.name.split(' ').next());
    keyword::nearest(word, firsts)
}

/// Nothing may follow a statement.
fn at_end(rest: &str) -> Result<(), nom::Err<lexical::Fault<'_>>> {
    let kind = match rest.chars().next() {
        None => return Ok(()),
        Some(')') => SqlErrorKind::StrayParenthesis,
        Some(_) => SqlErrorKind::Expected {
            expected: "the end of the statement".to_owned(),
            found: found(rest),
            hint: None,
        },
    };
    fail::<()>(rest, kind).map(|_| ())
}
