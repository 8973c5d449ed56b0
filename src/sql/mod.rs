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
mod pause;
mod query;
mod rewind_job;
mod run_job;
pub mod setting;
mod show;
pub mod splitter;
mod table;
mod test_connection;
mod test_job;
pub mod token;
mod transaction;

pub mod variable;
mod warehouse_statement;

use std::fmt;

use nom::Parser;
use nom::combinator::{map, opt};

pub use action::Actions;
pub use action::Change;
pub use connection::{
    AlterConnection, ConnectionChanges, ConnectionOptions, ConnectionPlaces, CreateConnection,
    begins_definition, login_value,
};
pub use data_type::{DataType, Encoding};
pub use drop::{Drop, DropConnection, DropJob, DropTable};
pub use error::{
    ForeignKeyError, IdentityError, JobError, Key, MAX_NESTING, MAX_STATEMENT_BYTES, MergeError,
    OptionError, SqlError, SqlErrorKind, StringKind, TableError, TextError, TypeError,
};
pub use export::Export;
pub use import::{ImportConnections, ImportTables};
pub use job::{
    AlterJob, ColumnMapping, CopiedPart, CreateJob, JobBody, JobWrite, MergeKey, MergeParts,
    TableReference, WithTest, create_job_text, parse_body,
};
pub use literal::StringLiteral;
pub use name::Spanned;
pub use pause::{PauseAction, PauseJobs};
pub use query::Query;
pub use rewind_job::RewindJob;
pub use run_job::RunJob;
pub use show::Show;
pub use table::{
    AlterTable, CreateTable, DefinitionChange, Like, MAX_COLUMNS, MAX_COMPOUND_COLUMNS,
    MAX_INTERLEAVED_COLUMNS, TableChange,
};
pub use test_connection::TestConnection;
pub use test_job::TestJob;
pub use transaction::Transaction;
pub use warehouse_statement::{Effect, NamedKind, NamedObject, WarehouseStatement};

use crate::definition::Constraint;
use crate::name::{Object, TableName, continues_bare_name};
use crate::sign::has_sign;
use import::Import;
use lexical::{Parsed, blanks, fail, found, keyword, keywords, unexpected, word_length};

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
    /// `RUN JOB`
    RunJob(RunJob),
    /// `REWIND JOB`
    RewindJob(RewindJob),
    /// `TEST JOB`
    TestJob(TestJob),
    /// `PAUSE JOB` and `RESUME JOB`
    Pause(PauseJobs),
    /// `EXPORT CATALOG`
    Export(Export),
    /// `SHOW` and `DESCRIBE`
    Show(Show),
    /// `TEST CONNECTION`
    Test(TestConnection),
    /// `IMPORT TABLES`
    ImportTables(ImportTables),
    /// `IMPORT CONNECTIONS`
    ImportConnections(ImportConnections),
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
            Self::CreateConnection(_)
                | Self::AlterConnection(_)
                | Self::DropConnection(_)
                | Self::CreateJob(_)
                | Self::AlterJob(_)
                | Self::DropJob(_)
                | Self::RunJob(_)
                | Self::RewindJob(_)
                | Self::TestJob(_)
                | Self::Pause(_)
                | Self::Export(_)
                | Self::Show(_)
                | Self::Test(_)
                | Self::ImportTables(_)
                | Self::ImportConnections(_)
        )
    }

    /// Returns true if it may run until it is interrupted.
    pub fn may_run_long(&self) -> bool {
        matches!(
            self,
            Self::Query(_)
                | Self::Test(_)
                | Self::ImportTables(_)
                | Self::RunJob(_)
                | Self::RewindJob(_)
                | Self::TestJob(_)
        )
    }
}

impl From<Import> for Statement {
    fn from(import: Import) -> Self {
        match import {
            Import::Tables(import) => Self::ImportTables(import),
            Import::Connections(import) => Self::ImportConnections(import),
        }
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
            Self::RunJob(statement) => statement.fmt(f),
            Self::RewindJob(statement) => statement.fmt(f),
            Self::TestJob(statement) => statement.fmt(f),
            Self::Pause(statement) => statement.fmt(f),
            Self::Export(statement) => statement.fmt(f),
            Self::Show(statement) => statement.fmt(f),
            Self::Test(statement) => statement.fmt(f),
            Self::ImportTables(statement) => statement.fmt(f),
            Self::ImportConnections(statement) => statement.fmt(f),
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

/// Reads a constraint of a table in the words of `pg_get_constraintdef`.
pub fn parse_constraint(text: &str, of: &TableName) -> Option<Constraint> {
    table::read_constraint(text, of)
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
            let error = error.into_error(text).with_suggestion(|at| suggestion(text, at));
            if has_sign(text) { error.without_word() } else { error }
        }
        nom::Err::Incomplete(_) => {
            let kind = unexpected("", "the rest of the statement", None);
            SqlError::new(kind, text.len()..text.len())
        }
    })
}

/// The hint for the token at this byte, which no parser takes: the keyword that is meant, quotes
/// around a name with a hyphen, or the way to a warehouse, which has such a statement.
fn suggestion(text: &str, at: usize) -> Option<String> {
    let (before, rest) = text.split_at_checked(at)?;
    if rest.starts_with('-') {
        return hyphenated(before, rest);
    }
    let word = &rest[..word_length(rest)];
    let expectations = expectation::expected_at(before).expectations;
    let words = expectations.iter().flat_map(|expectation| expectation.words());
    let others = words.filter(|other| !other.eq_ignore_ascii_case(word));
    let is_name = !word.is_empty() && keyword::known(word).is_none();
    let nearest = || keyword::nearest(word, others);
    if rest.is_empty()
        && let Some(synopsis) = grammar::synopsis_begun(before)
    {
        return Some(format!("write {synopsis}"));
    }
    let begun = &text[..at + word.len()];
    if before.trim().is_empty() && keyword::warehouse::has_opening(begun) {
        return Some(WAREHOUSE_HINT.to_owned());
    }
    match nearest() {
        Some(meant) => Some(format!("did you mean {meant}?")),
        None if is_name && expectations == [expectation::Expectation::Word("JOB")] => {
            Some("write JOB before the name of the job".to_owned())
        }
        None => keyword::warehouse::has_opening(begun).then(|| WAREHOUSE_HINT.to_owned()),
    }
}

/// The hint for a statement that redwire does not have and a warehouse has.
const WAREHOUSE_HINT: &str = "a warehouse has such statements: \\connect NAME goes to one";

/// The hint for a bare name with hyphens in it. It repeats a name only if nothing in the text can
/// be a secret.
fn hyphenated(before: &str, rest: &str) -> Option<String> {
    let is_in_name = |c: char| continues_bare_name(c) || c == '-';
    let start = before.trim_end_matches(is_in_name).len();
    let end = rest.find(|c| !is_in_name(c)).unwrap_or(rest.len());
    let name = format!("{}{}", &before[start..], &rest[..end]);
    if start == before.len() || name.ends_with('-') {
        return None;
    }
    Some(if has_sign(before) || has_sign(rest) {
        "write a name with a hyphen in double quotes: \"my-conn\"".to_owned()
    } else {
        format!("write a name with a hyphen in double quotes: \"{name}\"")
    })
}

fn statement<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Statement> {
    let first = input[..word_length(input)].to_ascii_uppercase();
    match first.as_str() {
        "CREATE" => create(source, input),
        "ALTER" => alter(source, input),
        "DROP" => drop_object(source, input),
        "PAUSE" => pause(PauseAction::Pause, source, input),
        "RESUME" => pause(PauseAction::Resume, source, input),
        "EXPORT" => map(|i| export::parse_export(source, i), Statement::Export).parse(input),
        "SHOW" => map(|i| show::parse_show(source, i), Statement::Show).parse(input),
        "DESCRIBE" => map(|i| show::parse_describe(source, i), Statement::Show).parse(input),
        "RUN" => map(|i| run_job::parse_run(source, i), Statement::RunJob).parse(input),
        "REWIND" => map(|i| rewind_job::parse_rewind(source, i), Statement::RewindJob).parse(input),
        "TEST" if keywords(&["TEST", "JOB"])(input).is_ok() => {
            map(|i| test_job::parse_test_job(source, i), Statement::TestJob).parse(input)
        }
        "TEST" => map(|i| test_connection::parse_test(source, i), Statement::Test).parse(input),
        "IMPORT" => map(|i| import::parse_import(source, i), Statement::from).parse(input),
        "SELECT" | "WITH" => map(|i| query::parse_query(source, i), Statement::Query).parse(input),
        "BEGIN" | "COMMIT" | "ROLLBACK" => {
            map(|i| transaction::parse_transaction(source, i), Statement::Transaction).parse(input)
        }
        _ if input.starts_with(')') => fail(input, TextError::StrayParenthesis),
        _ => fail(input, SqlErrorKind::UnknownStatement { found: found(input), hint: None }),
    }
}

fn pause<'a>(action: PauseAction, source: &'a str, input: &'a str) -> Parsed<'a, Statement> {
    map(|i| pause::parse_pause(action, source, i), Statement::Pause).parse(input)
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
    let (after, sync) = opt(keyword("SYNC")).parse(rest)?;
    if let Ok((rest, ())) = keyword("JOB")(after) {
        let create = |i| job::parse_create(sync.is_some(), source, i);
        return map(create, Statement::CreateJob).parse(rest);
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

/// Nothing may follow a statement.
fn at_end(rest: &str) -> Result<(), nom::Err<lexical::ParseError<'_>>> {
    let kind = match rest.chars().next() {
        None => return Ok(()),
        Some(')') => TextError::StrayParenthesis.into(),
        Some(_) => unexpected(rest, "the end of the statement", None),
    };
    fail::<()>(rest, kind).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;

    #[test]
    fn a_keyword_with_a_typing_error_is_suggested_at_any_place() {
        for (text, meant) in [
            ("CREAT TABLE a.b.c (d int)", "CREATE"),
            ("CREATE REDSHIFT CONECTION c", "CONNECTION"),
            ("CREATE CONECTION c", "CONNECTION"),
            ("ALTER TABEL a.b.c RENAME TO d", "TABLE"),
            ("DROP CONECTION c", "CONNECTION"),
            ("DROP CONNECTION c CASCAD", "CASCADE"),
            ("SHOW CONNECTION", "CONNECTIONS"),
            ("SHOW TABLES INN c", "IN"),
            ("SHOW USAGES OF CONECTION c", "CONNECTION"),
            ("DESCRIBE TABEL a.b.c", "TABLE"),
            ("TEST CONECTIONS", "CONNECTIONS"),
            ("IMPORT TABLE", "TABLES"),
            ("IMPORT TABLES FORM c", "FROM"),
            ("IMPORT CONECTIONS FROM DBT", "CONNECTIONS"),
            ("IMPORT CONNECTIONS FROM DBEVER", "DBEAVER"),
            ("EXPORT CATALOGUE", "CATALOG"),
            ("ALTER CONNECTION c RENAM TO d", "RENAME"),
            ("ALTER CONNECTION c SET USER_NAME = 'u' WITH TST", "TEST"),
        ] {
            let hint = parse(text).unwrap_err().hint().unwrap_or_default();
            assert_eq!(hint, format!("did you mean {meant}?"), "{text}");
        }
    }

    #[test]
    fn a_bare_name_with_a_hyphen_is_quoted_in_the_hint() {
        for text in [
            "DROP CONNECTION my-conn",
            "DESCRIBE TABLE my-conn.a.b",
            "CREATE TABLE my-conn.a.b (c int)",
            "SHOW TABLES IN my-conn",
            "CREATE CONNECTION my-conn USER_NAME = 'u'",
            "CREATE JOB my-conn AS INSERT INTO a.b.c SELECT d FROM a.b.e",
            "CREATE TABLE a.b.my-conn (c int)",
        ] {
            let hint = parse(text).unwrap_err().hint().unwrap_or_default();
            assert!(hint.contains("in double quotes: \"my-conn\""), "{text}: {hint}");
        }
        let secret = parse("ALTER CONNECTION c SET PASSWORD = Top-Secret1").unwrap_err();
        assert!(!format!("{secret:?}").contains("Secret1"));
    }
}
