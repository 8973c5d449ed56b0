//! Jobs in the catalog.

use std::ops::Range;

use crate::name::{JobName, TableName};

/// What the catalog keeps of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobDefinition {
    /// Its name.
    pub name: JobName,
    /// `insert` or `merge`.
    pub kind: String,
    /// The text behind AS.
    pub body: String,
    /// The options that are not at their defaults, but for COMMENT: name and value as SQL, in no order.
    pub options: Vec<(String, String)>,
    /// A remark.
    pub comment: Option<String>,
    /// The table that it writes, then each place that names a table that it reads.
    pub references: Vec<JobReference>,
}

/// A place in a job's body that names a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobReference {
    /// The bytes of the body.
    pub span: Range<usize>,
    /// The name of the table, as it is now.
    pub name: TableName,
    /// The identity of its connection.
    pub connection_id: i64,
    /// The identity of the table, where the catalog has it.
    pub table_id: Option<i64>,
}

/// A job with its identity and its dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredJob {
    /// Its identity, which a change of name leaves alone.
    pub id: i64,
    /// What it is; its references have the names of now, its body those of the day on which it was written.
    pub definition: JobDefinition,
    /// When it was made: `YYYY-MM-DD hh:mm:ss`, UTC.
    pub created_at: String,
    /// When it was last changed.
    pub altered_at: String,
}
