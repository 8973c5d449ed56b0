//! Usages: what depends on a connection.

use std::fmt;

/// The kind of a thing that depends on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UsageKind {
    /// The definition of a table in the warehouse.
    Table,
    /// A job that reads from a connection or writes to it.
    Job,
}

impl UsageKind {
    /// The word in the column `usage`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Job => "job",
        }
    }
}

impl fmt::Display for UsageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One thing that depends on a connection, with the ties between the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// What kind of thing it is.
    pub kind: UsageKind,
    /// Its name as SQL: `my_redshift.public.orders`, `load_orders`.
    pub name: String,
    /// The distinct ties: `connection`, `target`, `source`, `table my_redshift.public.orders`.
    pub via: Vec<String>,
}
