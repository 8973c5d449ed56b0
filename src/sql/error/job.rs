//! Errors in the body of a job.

use super::syntax;
use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::name::{ConnectionName, Name};
use crate::sqlstate::SqlState as S;

/// An error in the body of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobError {
    /// A `(` without its `)`.
    UnfinishedParenthesis,
    /// The same column twice in one list.
    DuplicateColumn(Name),
    /// VALUES has another number of expressions than columns.
    ValueCount {
        /// The number of columns.
        columns: usize,
        /// The number of expressions.
        values: usize,
    },
    /// A table's name with only one or two parts.
    ShortName,
    /// A table's name with too many parts: their number.
    LongName(usize),
    /// A source on another connection than the target's.
    OtherConnection {
        /// The connection of the source.
        source_connection: ConnectionName,
        /// The connection of the target.
        target: ConnectionName,
    },
    /// A name that could be an alias, or the connection of the target.
    AliasOrConnection(ConnectionName),
    /// A table of a data lake.
    LakeTable,
    /// COPY FROM.
    CopyFrom,
}

impl Diagnostic for JobError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::UnfinishedParenthesis => {
                syntax("unterminated parenthesis", "write the ) that closes it")
            }
            Self::DuplicateColumn(column) => S::DuplicateColumn
                .error(format!("column \"{}\" specified more than once", column.as_str()))
                .hint("leave one of the two out; letter case makes no difference"),
            Self::ValueCount { columns, values } => syntax(
                if columns < values {
                    "INSERT has more expressions than target columns"
                } else {
                    "INSERT has more target columns than expressions"
                },
                "write one expression for each column",
            ),
            Self::ShortName => S::UndefinedTable
                .error("the name of a table has three parts: connection.schema.table")
                .hint("write connection.schema.table"),
            Self::LongName(parts) => syntax(
                format!("improper qualified name (too many dotted names): {parts} parts"),
                "to reach into a column, give its table an alias in FROM and begin with that",
            ),
            Self::OtherConnection { source_connection, target } => unsupported(
                format!(
                    "the query reads from {source_connection}, and the job writes to {target}: a \
                     job stays on one connection"
                ),
                format!(
                    "name a table of {target}: {target}.schema.table, or \
                     {target}.database.schema.table in another database of its warehouse"
                ),
            ),
            Self::AliasOrConnection(connection) => unsupported(
                format!("{connection} is an alias here, and a connection"),
                "give the table before it another alias",
            ),
            Self::LakeTable => unsupported(
                "default_glue_catalog is a data lake; the query of a job runs in the warehouse",
                "name a table of the warehouse; Redshift reads a lake through an external schema",
            ),
            Self::CopyFrom => unsupported(
                "COPY FROM loads files, and a job of redwire does not: it reads tables of its \
                 warehouse",
                "write INSERT INTO or MERGE INTO",
            ),
        }
    }
}

/// An error in the query of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryError {
    /// A column that only Upsolver has, as it was written.
    SystemColumn(String),
    /// `$$ … $$`
    DollarQuote,
    /// `E'…'`
    EscapeString,
    /// A quote behind an odd number of backslashes.
    BackslashQuote,
    /// `?`, `$1`, `:name`
    Parameter,
    /// A statement behind the query.
    SeveralStatements,
    /// SELECT … INTO
    SelectInto,
    /// Nesting over the limit of the check.
    TooDeep,
    /// A row of operators over the limit of the check, which this is.
    TooLong(usize),
}

impl Diagnostic for QueryError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::SystemColumn(column) => unsupported(
                format!(
                    "{column} is a system column of Upsolver; tables of Redshift do not have it"
                ),
                "compare a column of the table instead",
            ),
            Self::DollarQuote => {
                unsupported("strings in dollar quotes are not supported", PLAIN_STRING)
            }
            Self::EscapeString => {
                unsupported("strings with escapes, E'…', are not supported", PLAIN_STRING)
            }
            Self::BackslashQuote => unsupported(
                "a quote after a backslash means one thing here and another one in Redshift",
                "write '' for a quote in the string, and \\\\ or chr(92) for a backslash",
            ),
            Self::Parameter => unsupported(
                "parameters are not supported in the query of a job",
                "write the value itself",
            ),
            Self::SeveralStatements => {
                syntax("a job has one query", "write one SELECT; UNION joins several")
            }
            Self::SelectInto => syntax(
                "SELECT ... INTO is not allowed here",
                "leave INTO out; the job writes its target",
            ),
            Self::TooDeep => S::ProgramLimitExceeded
                .error("the query is nested too deep")
                .hint("name parts of it in WITH"),
            Self::TooLong(limit) => S::ProgramLimitExceeded
                .error(format!(
                    "the query has more than {limit} words and symbols without a comma between them"
                ))
                .hint("write IN (…) for a long row of OR, or put the values into a table"),
        }
    }
}

const PLAIN_STRING: &str =
    "write '…'; it may hold line breaks, and a quote inside it is written twice";

fn unsupported(message: impl Into<String>, hint: impl Into<String>) -> Diagnosis {
    S::NotSupported.error(message).hint(hint)
}
