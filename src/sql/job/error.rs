//! What can be wrong with the body of a job.

use crate::name::ConnectionName;
use crate::sqlstate::SqlState;

/// Why the body of a job cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// A `(` without its `)`.
    #[error("the parenthesis that begins here has no end")]
    UnfinishedParenthesis,
    /// A column for a second time in one list.
    #[error("the column {column} is there twice")]
    DuplicateColumn {
        /// The column as SQL.
        column: String,
    },
    /// Columns and expressions of VALUES do not match.
    #[error("{columns} columns and {values} values")]
    ValueCount {
        /// How many columns there are.
        columns: usize,
        /// How many expressions there are.
        values: usize,
    },
    /// Both sides of a condition of ON belong to one side of the MERGE.
    #[error("each condition of ON compares a column of {target} with a column of {source_alias}")]
    SameSide {
        /// The alias of the target as SQL.
        target: String,
        /// The alias of the query as SQL.
        source_alias: String,
    },
    /// A column with another qualifier than the MERGE has aliases.
    #[error("{qualifier} is not an alias of this MERGE")]
    UnknownAlias {
        /// The qualifier as SQL.
        qualifier: String,
        /// The aliases that can stand there, as SQL.
        known: String,
    },
    /// The target and the query have one alias.
    #[error("the target and the query have the same alias")]
    SameAlias,
    /// A clause of MERGE that stands too early or too late.
    #[error("{clause} stands in the wrong place")]
    MisplacedClause {
        /// The clause.
        clause: &'static str,
    },
    /// A clause of MERGE for a second time.
    #[error("{clause} is there twice")]
    DuplicateClause {
        /// The clause.
        clause: &'static str,
    },
    /// A clause of MERGE that is not there.
    #[error("{clause} is missing")]
    MissingClause {
        /// The clause.
        clause: &'static str,
    },
    /// The kinds of rows that MERGE writes are whole ones.
    #[error("MERGE replaces whole rows: there is no UPDATE in it")]
    MergeUpdate,
    /// A name of one or two parts where a table belongs.
    #[error("a table is named by three parts: connection.schema.table")]
    ShortName,
    /// A name of four or more parts where a table belongs.
    #[error("a table is named by three parts, this name has {parts}")]
    LongName {
        /// How many it has.
        parts: usize,
    },
    /// A source on another connection than the target.
    #[error(
        "the query reads from {source_connection}, and the job writes to {target}: a job stays on one connection"
    )]
    OtherConnection {
        /// The connection of the source.
        source_connection: ConnectionName,
        /// The connection of the target.
        target: ConnectionName,
    },
    /// A name that is an alias at its place and the connection of the target too.
    #[error("{connection} is an alias here, and a connection")]
    AliasOrConnection {
        /// The name.
        connection: ConnectionName,
    },
    /// A table of a data lake.
    #[error("default_glue_catalog is a data lake; the query of a job runs in the warehouse")]
    LakeTable,
    /// COPY FROM.
    #[error(
        "COPY FROM loads files, and a job of redwire does not: it reads tables of its warehouse"
    )]
    CopyFrom,
    /// A column that only Upsolver has.
    #[error("{column} is a system column of Upsolver; tables of Redshift do not have it")]
    SystemColumn {
        /// The column as it was written.
        column: String,
    },
    /// `$$ … $$`
    #[error("strings in dollar quotes are not supported")]
    DollarQuote,
    /// `E'…'`
    #[error("strings with escapes, E'…', are not supported")]
    EscapeString,
    /// A quote behind an odd number of backslashes.
    #[error("a quote after a backslash means one thing here and another one in Redshift")]
    BackslashQuote,
    /// `?`, `$1`, `:name`
    #[error("the query of a job has no parameters")]
    Parameter,
    /// A statement behind the query.
    #[error("a job has one query")]
    SeveralStatements,
    /// SELECT … INTO
    #[error("the query of a job cannot make tables: there is no INTO in it")]
    SelectInto,
    /// Nesting over the limit of the check.
    #[error("the query is nested too deep")]
    TooDeep,
    /// A row of operators over the limit of the check.
    #[error("the query has more than {limit} words and symbols without a comma between them")]
    TooLong {
        /// The limit.
        limit: usize,
    },
}

impl JobError {
    /// The SQLSTATE of the failure.
    pub(in crate::sql) fn sqlstate(&self) -> SqlState {
        match self {
            Self::DuplicateColumn { .. } => SqlState::DuplicateColumn,
            Self::ShortName => SqlState::UndefinedTable,
            Self::TooDeep | Self::TooLong { .. } => SqlState::ProgramLimitExceeded,
            Self::OtherConnection { .. }
            | Self::AliasOrConnection { .. }
            | Self::LakeTable
            | Self::CopyFrom
            | Self::SystemColumn { .. }
            | Self::DollarQuote
            | Self::EscapeString
            | Self::BackslashQuote
            | Self::Parameter
            | Self::MergeUpdate => SqlState::NotSupported,
            Self::UnfinishedParenthesis
            | Self::ValueCount { .. }
            | Self::SameSide { .. }
            | Self::UnknownAlias { .. }
            | Self::SameAlias
            | Self::MisplacedClause { .. }
            | Self::DuplicateClause { .. }
            | Self::MissingClause { .. }
            | Self::LongName { .. }
            | Self::SeveralStatements
            | Self::SelectInto => SqlState::SyntaxError,
        }
    }

    /// What to type.
    pub(in crate::sql) fn hint(&self) -> String {
        match self {
            Self::UnfinishedParenthesis => "write the ) that closes it".to_owned(),
            Self::DuplicateColumn { .. } => "leave one of the two out; letter case makes no difference".to_owned(),
            Self::ValueCount { .. } => "write one expression for each column".to_owned(),
            Self::SameSide { target, source_alias } => format!("write {target}.column = {source_alias}.column"),
            Self::UnknownAlias { known, .. } => format!("write {known}.column"),
            Self::SameAlias => "write AS and another name behind one of the two".to_owned(),
            Self::MisplacedClause { .. } | Self::DuplicateClause { .. } => {
                "the order is: WHEN MATCHED AND … THEN DELETE, WHEN MATCHED THEN REPLACE, WHEN NOT MATCHED THEN INSERT; \
                 the first may be left out"
                    .to_owned()
            }
            Self::MissingClause { clause } => format!("add {clause} …"),
            Self::MergeUpdate => "write WHEN MATCHED THEN REPLACE".to_owned(),
            Self::ShortName => "write connection.schema.table".to_owned(),
            Self::LongName { .. } => {
                "to reach into a column, give its table an alias in FROM and begin with that".to_owned()
            }
            Self::OtherConnection { target, .. } => format!("name a table of {target}: {target}.schema.table"),
            Self::AliasOrConnection { .. } => "give the table before it another alias".to_owned(),
            Self::LakeTable => "name a table of the warehouse; Redshift reads a lake through an external schema".to_owned(),
            Self::CopyFrom => "write INSERT INTO or MERGE INTO".to_owned(),
            Self::SystemColumn { .. } => "compare a column of the table instead".to_owned(),
            Self::DollarQuote | Self::EscapeString => {
                "write '…'; it may hold line breaks, and a quote inside it is written twice".to_owned()
            }
            Self::BackslashQuote => "write chr(92) for the backslash, or double it".to_owned(),
            Self::Parameter => "write the value itself".to_owned(),
            Self::SeveralStatements => "write one SELECT; UNION joins several".to_owned(),
            Self::SelectInto => "leave INTO out; the job writes its target".to_owned(),
            Self::TooDeep => "name parts of it in WITH".to_owned(),
            Self::TooLong { .. } => "write IN (…) for a long row of OR, or put the values into a table".to_owned(),
        }
    }
}
