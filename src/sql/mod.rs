//! From text to statements: pure, without the catalog, the network or the terminal.
//!
//! The [`splitter`] cuts a script into statements, [`parse`] reads one, [`mask`] hides possible
//! secrets in any text, finished or not, and [`expectation`] knows what may follow.

mod action;
mod connection;
pub mod data_type;
mod dialect;
mod drop;
mod error;
pub mod expectation;
mod export;
pub mod grammar;
mod import;
mod job;
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
mod table;
mod test_connection;
pub mod token;
mod transaction;

use std::fmt;

use nom::Parser;
use nom::combinator::{map, opt};

pub use action::Actions;
pub use action::Change;
pub use connection::{
    AlterConnection, ConnectionChanges, ConnectionOptions, ConnectionPlaces, CreateConnection,
    begins_definition,
};
pub use data_type::{DataType, Encoding};
pub use drop::{Drop, DropConnection, DropJob, DropTable};
pub use error::{
    JobError, Key, MAX_NESTING, MAX_STATEMENT_BYTES, MergeError, OptionError, SqlError,
    SqlErrorKind, StringKind, TableError, TextError, TypeError,
};
pub use export::Export;
pub use import::ImportTables;
pub use job::{AlterJob, CreateJob, JobBody, TableReference, create_job_text};
pub use literal::StringLiteral;
pub use name::Spanned;
pub use query::Query;
pub use show::Show;
pub use table::{
    AlterTable, ColumnDefinition, CreateTable, DistStyle, MAX_COLUMNS, MAX_COMPOUND_COLUMNS,
    MAX_INTERLEAVED_COLUMNS, SortKey, SortStyle,
};
pub use test_connection::TestConnection;
pub use transaction::Transaction;

use crate::name::Object;
use crate::sign::has_sign;
use lexical::{Parsed, blanks, fail, found, keyword, unexpected, word_length};

/// One statement.
#[derive(Clone, Debug)]
pub enum Statement {
    /// `CREATE REDSHIFT CONNECTION`
    CreateConnection(CreateConnection),
    /// `ALTER REDSHIFT CONNECTION`
    AlterConnection(AlterConnection),
    /// `DROP CONNECTION`
    DropConnection(DropConnection),
    /// `CREATE TABLE`
    CreateTable(CreateTable),
    /// `ALTER TABLE`
    AlterTable(AlterTable),
    /// `DROP TABLE`
    DropTable(DropTable),
    /// `CREATE JOB`
    CreateJob(CreateJob),
    /// `ALTER JOB`
    AlterJob(AlterJob),
    /// `DROP JOB`
    DropJob(DropJob),
    /// `EXPORT CATALOG`
    Export(Export),
    /// `SHOW` and `DESCRIBE`
    Show(Show),
    /// `TEST CONNECTION`
    Test(TestConnection),
    /// `IMPORT TABLES`
    Import(ImportTables),
    /// `SELECT`
    Query(Query),
    /// `BEGIN`, `COMMIT` and `ROLLBACK`
    Transaction(Transaction),
}

impl Statement {
    /// Returns true if no warehouse has a statement with this beginning.
    pub fn is_redwires_own(&self) -> bool {
        matches!(
            self,
            Self::CreateJob(_) | Self::DropJob(_) | Self::Export(_) | Self::Show(_) | Self::Test(_)
        )
    }

    /// Returns true if it may run until it is interrupted.
    pub fn may_run_long(&self) -> bool {
        matches!(self, Self::Query(_) | Self::Test(_) | Self::Import(_))
    }
}

/// Prints the statement as canonical SQL, without `;`. A password in it is printed as PROMPT.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateConnection(statement) => statement.fmt(f),
            Self::AlterConnection(statement) => statement.fmt(f),
            Self::DropConnection(statement) => statement.fmt(f),
            Self::CreateTable(statement) => statement.fmt(f),
            Self::AlterTable(statement) => statement.fmt(f),
            Self::DropTable(statement) => statement.fmt(f),
            Self::CreateJob(statement) => statement.fmt(f),
            Self::AlterJob(statement) => statement.fmt(f),
            Self::DropJob(statement) => statement.fmt(f),
            Self::Export(statement) => statement.fmt(f),
            Self::Show(statement) => statement.fmt(f),
            Self::Test(statement) => statement.fmt(f),
            Self::Import(statement) => statement.fmt(f),
            Self::Query(statement) => statement.fmt(f),
            Self::Transaction(statement) => statement.fmt(f),
        }
    }
}

/// Reads one statement, with or without its `;`. The spans of the error are bytes of `text`.
pub fn parse(text: &str) -> Result<Statement, SqlError> {
    let text = text.trim_end();
    whole(text.strip_suffix(';').unwrap_or(text), statement)
}

/// Reads the statement of a piece. The error of a piece that follows a secret on its line repeats no
/// word of it.
pub fn parse_piece(piece: &splitter::Piece<'_>) -> Result<Statement, SqlError> {
    parse(piece.text).map_err(|error| {
        if piece.follows_secret {
            error.without_word()
        } else {
            error
        }
    })
}

/// Reads the name of a connection, or of a table: `connection.schema.table`.
pub fn parse_connection_or_table(text: &str) -> Result<Spanned<Object>, SqlError> {
    whole(text, |source, input| name::connection_or_table(source, input))
}

/// Reads a text from its first token to its end.
fn whole<'a, T>(
    text: &'a str,
    read: impl FnOnce(&'a str, &'a str) -> Parsed<'a, T>,
) -> Result<T, SqlError> {
    let result =
        blanks(text)
            .and_then(|(input, ())| read(text, input))
            .and_then(|(rest, found)| {
                at_end(rest)?;
                Ok(found)
            });
    result.map_err(|error| match error {
        nom::Err::Error(error) | nom::Err::Failure(error) => {
            let error = error.into_error(text);
            if has_sign(text) { error.without_word() } else { error }
        }
        nom::Err::Incomplete(_) => {
            let kind = unexpected("", "the rest of the statement", None);
            SqlError::new(kind, text.len()..text.len())
        }
    })
}

fn statement<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Statement> {
    let first = input[..word_length(input)].to_ascii_uppercase();
    match first.as_str() {
        "CREATE" => create(source, input),
        "ALTER" => alter(source, input),
        "DROP" => drop_object(source, input),
        "EXPORT" => map(|i| export::parse_export(source, i), Statement::Export).parse(input),
        "SHOW" => map(|i| show::parse_show(source, i), Statement::Show).parse(input),
        "DESCRIBE" => map(|i| show::parse_describe(source, i), Statement::Show).parse(input),
        "TEST" => map(|i| test_connection::parse_test(source, i), Statement::Test).parse(input),
        "IMPORT" => map(|i| import::parse_import(source, i), Statement::Import).parse(input),
        "SELECT" | "WITH" => map(|i| query::parse_query(source, i), Statement::Query).parse(input),
        "BEGIN" | "COMMIT" | "ROLLBACK" => {
            map(|i| transaction::parse_transaction(source, i), Statement::Transaction).parse(input)
        }
        _ if input.starts_with(')') => fail(input, TextError::StrayParenthesis),
        _ => fail(
            input,
            SqlErrorKind::UnknownStatement {
                found: found(input),
                nearest: nearest_statement(&first),
            },
        ),
    }
}

fn create<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Statement> {
    let (rest, ()) = keyword("CREATE")(input)?;
    if connection::kind(rest).is_ok() {
        return map(|i| connection::parse_create(source, i), Statement::CreateConnection)
            .parse(rest);
    }
    if let Ok((rest, ())) = keyword("TABLE")(rest) {
        return map(|i| table::parse_create(source, i), Statement::CreateTable).parse(rest);
    }
    table::refuse_temporary(rest)?;
    let (after, _) = opt(keyword("SYNC")).parse(rest)?;
    if let Ok((rest, ())) = keyword("JOB")(after) {
        return map(|i| job::parse_create(source, i), Statement::CreateJob).parse(rest);
    }
    map(|i| connection::parse_create(source, i), Statement::CreateConnection).parse(rest)
}

fn alter<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Statement> {
    let (rest, ()) = keyword("ALTER")(input)?;
    if keyword("TABLE")(rest).is_ok() {
        map(|i| table::parse_alter(source, i), Statement::AlterTable).parse(rest)
    } else if keyword("JOB")(rest).is_ok() {
        map(|i| job::parse_alter(source, i), Statement::AlterJob).parse(rest)
    } else {
        map(|i| connection::parse_alter(source, i), Statement::AlterConnection).parse(rest)
    }
}

fn drop_object<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Statement> {
    let (rest, ()) = keyword("DROP")(input)?;
    if let Ok((rest, ())) = keyword("TABLE")(rest) {
        return map(|i| drop::drop_of(source, i), Statement::DropTable).parse(rest);
    }
    if let Ok((rest, ())) = keyword("JOB")(rest) {
        return map(|i| drop::drop_of(source, i), Statement::DropJob).parse(rest);
    }
    let (rest, ()) = connection::drop_head(rest)?;
    map(|i| drop::drop_of(source, i), Statement::DropConnection).parse(rest)
}

fn nearest_statement(word: &str) -> Option<&'static str> {
    let firsts = grammar::statements().filter_map(|statement| statement.name.split(' ').next());
    keyword::nearest(word, firsts)
}

/// Nothing may follow a statement.
fn at_end(rest: &str) -> Result<(), nom::Err<lexical::ParseError<'_>>> {
    let kind = match rest.chars().next() {
        None => return Ok(()),
        Some(')') => TextError::StrayParenthesis.into(),
        Some(_) => unexpected(rest, "the end of the statement", None),
    };
    fail::<()>(rest, kind).map(|_| ())
}
