//! Errors of stage and target.

use super::{on_one_line, quoted};
use crate::diagnostic::{Diagnosis, Diagnostic, display_message};
use crate::sqlstate::SqlState as S;

/// The rows of the query do not fit the target.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetError {
    /// The warehouse lacks the target.
    NoTarget {
        /// The target, as SQL.
        table: String,
        /// The statement that makes it, if the types of its columns are known.
        create: Option<String>,
    },
    /// The target has the name of a table that runs make for themselves.
    OwnTable {
        /// The table's own name.
        table: String,
    },
    /// The target is no table.
    NotATable {
        /// The target, as SQL.
        table: String,
    },
    /// The target lacks a column.
    NoColumn {
        /// The column.
        column: String,
        /// The target, as SQL.
        table: String,
        /// The statement that adds it.
        add: String,
    },
    /// The query has more columns than the target.
    MoreExpressions {
        /// Columns of the query.
        query: usize,
        /// Columns of the target.
        target: usize,
    },
    /// The query has not as many columns as the list of INSERT.
    ListLength {
        /// Columns of the query.
        query: usize,
        /// Columns of the list.
        listed: usize,
    },
    /// A column with NOT NULL gets no value.
    NoValue {
        /// The column.
        column: String,
        /// The table's own name.
        table: String,
    },
    /// The query has a value for a column that is GENERATED ALWAYS.
    Generated {
        /// The column.
        column: String,
    },
    /// A value is longer than its column.
    TooLong {
        /// The column.
        column: String,
        /// Its type.
        data_type: String,
        /// The length of the longest value, with its unit.
        longest: String,
    },
    /// A MERGE does not insert its key.
    NoKey {
        /// The column of the target.
        column: String,
    },
    /// Keys of a MERGE are NULL.
    NullKeys {
        /// Some of the rows.
        rows: Vec<String>,
    },
    /// Keys of a MERGE are there twice.
    DuplicateKeys {
        /// Some of the keys.
        rows: Vec<String>,
    },
    /// The server reports other numbers of rows than the stage has.
    Counts {
        /// Rows in the stage.
        staged: u64,
        /// Rows of the target that the server says it inserted.
        inserted: u64,
    },
}

impl Diagnostic for TargetError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::NoTarget { table, create } => S::UndefinedTable
                .error(format!("relation {} does not exist", quoted(table)))
                .hint(match create {
                    Some(create) => format!("create it in the warehouse: {}", on_one_line(create)),
                    None => "create it in the warehouse: the MERGE does not tell the types of its \
                             columns"
                        .to_owned(),
                }),
            Self::OwnTable { table } => S::NotSupported
                .error(format!("no job can write {}: redwire makes it for its runs", quoted(table)))
                .hint("give the target another name"),
            Self::NotATable { table } => {
                S::WrongObjectType.error(format!("{} is not a table", quoted(table)))
            }
            Self::NoColumn { column, table, add } => S::UndefinedColumn
                .error(format!(
                    "column {} of relation {} does not exist",
                    quoted(column),
                    quoted(table)
                ))
                .hint(format!("add it in the warehouse: {add}")),
            Self::MoreExpressions { query, target } => S::SyntaxError.error(format!(
                "INSERT has more expressions than target columns: {query} and {target}"
            )),
            Self::ListLength { query, listed } if query > listed => S::SyntaxError.error(format!(
                "INSERT has more expressions than target columns: {query} and {listed}"
            )),
            Self::ListLength { query, listed } => S::SyntaxError.error(format!(
                "INSERT has more target columns than expressions: {listed} and {query}"
            )),
            Self::NoValue { column, table } => S::NotNullViolation
                .error(format!(
                    "null value in column {} of relation {} violates not-null constraint",
                    quoted(column),
                    quoted(table)
                ))
                .hint("the query has no such column, and the column has no default"),
            Self::Generated { column } => S::GeneratedAlways
                .error(format!("cannot insert a non-DEFAULT value into column {}", quoted(column)))
                .cause("the column is defined as GENERATED ALWAYS"),
            Self::TooLong { column, data_type, longest } => S::TruncatedString
                .error(format!("value too long for type {data_type}"))
                .cause(format!("the longest value of column {} has {longest}", quoted(column))),
            Self::NoKey { column } => S::InvalidColumnReference.error(format!(
                "for MERGE, key column {} must appear in the column list of INSERT",
                quoted(column)
            )),
            Self::NullKeys { rows } => S::NotNullViolation
                .error("a key of the MERGE is NULL")
                .cause(format!("rows with NULL: {}", rows.join(", "))),
            Self::DuplicateKeys { rows } => S::CardinalityViolation
                .error("MERGE command cannot affect row a second time")
                .hint("the query must have one row for each key")
                .cause(format!("keys that are there twice: {}", rows.join(", "))),
            Self::Counts { staged, inserted } => S::InternalError.error(format!(
                "the query has {staged} rows, and the server says that it inserted {inserted}"
            )),
        }
    }
}

display_message!(TargetError);
