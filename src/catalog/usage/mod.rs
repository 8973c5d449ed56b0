//! Usages: what depends on a connection or a table. They are read from the foreign keys, so that
//! they cannot differ from what SQLite enforces.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rusqlite::Row;

use super::names::read_table_name;
use super::{CatalogError, Db, ObjectId};
use crate::name::Identifier;

/// The kind of a dependent object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UsageKind {
    /// A table in the warehouse.
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

/// A dependent object and its ties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The kind of the object.
    pub kind: UsageKind,
    /// The name in SQL: `my_redshift.public.orders`, `load_orders`.
    pub name: String,
    /// The distinct ties: `connection`, `target`, `source`, `table my_redshift.public.orders`.
    pub via: Vec<String>,
}

/// A tie; the order of the variants is the order in which ties are listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Connection,
    Target,
    Source,
    Table(String),
}

impl fmt::Display for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection => f.write_str("connection"),
            Self::Target => f.write_str("target"),
            Self::Source => f.write_str("source"),
            Self::Table(name) => write!(f, "table {name}"),
        }
    }
}

/// Kind, name and id of each dependent, with its ties, in the order in which usages are listed.
type Dependents = BTreeMap<(UsageKind, String, i64), BTreeSet<Tie>>;

const TABLES_OF_CONNECTION: &str = "SELECT t.id, c.name, t.schema_name, t.name \
     FROM main.warehouse_table t JOIN main.connection c ON c.id = t.connection_id WHERE t.connection_id = ?1";

const JOBS_OF_CONNECTION: &str = "SELECT j.id, j.name, u.tie, t.id IS NOT NULL, c.name, t.schema_name, t.name \
     FROM main.job_reference u JOIN main.job j ON j.id = u.job_id JOIN main.connection c ON c.id = u.connection_id \
     LEFT JOIN main.warehouse_table t ON t.id = u.warehouse_table_id WHERE u.connection_id = ?1";

const JOBS_OF_TABLE: &str = "SELECT j.id, j.name, u.tie \
     FROM main.job_reference u JOIN main.job j ON j.id = u.job_id WHERE u.warehouse_table_id = ?1";

impl Db {
    /// The dependents of those objects, each once: tables first, each kind in the order of names.
    pub fn usages_of(&self, used: &[ObjectId]) -> Result<Vec<Usage>, CatalogError> {
        Ok(listed(self.dependents(used)?))
    }

    /// Deletes the dependents of those objects, jobs before the tables that they use, and returns
    /// them.
    pub fn delete_dependents(&self, used: &[ObjectId]) -> Result<Vec<Usage>, CatalogError> {
        let found = self.dependents(used)?;
        let of_kind = |kind: UsageKind| found.keys().filter(move |object| object.0 == kind);
        for (_, _, id) in of_kind(UsageKind::Job) {
            self.delete(ObjectId::Job(*id))?;
        }
        for (_, _, id) in of_kind(UsageKind::Table) {
            self.delete(ObjectId::Table(*id))?;
        }
        Ok(listed(found))
    }

    /// The number of tables and of jobs that write to the connection with this id.
    pub fn count_writers(&self, connection_id: i64) -> Result<(i64, i64), CatalogError> {
        let counts = self.first(
            "SELECT (SELECT count(*) FROM main.warehouse_table WHERE connection_id = ?1), \
             (SELECT count(*) FROM main.job_reference WHERE connection_id = ?1 AND ordinal = 0)",
            [connection_id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(counts.unwrap_or_default())
    }

    fn dependents(&self, used: &[ObjectId]) -> Result<Dependents, CatalogError> {
        let mut found = Dependents::new();
        for used in used {
            let ties = match used {
                ObjectId::Connection(id) => {
                    let mut ties = self.collect(TABLES_OF_CONNECTION, [id], table_of_connection)?;
                    ties.extend(
                        self.collect(JOBS_OF_CONNECTION, [id], job_of_connection)?
                            .into_iter()
                            .flatten(),
                    );
                    ties
                }
                ObjectId::Table(id) => self.collect(JOBS_OF_TABLE, [id], job_of_table)?,
                ObjectId::Job(_) => Vec::new(),
            };
            for (object, tie) in ties {
                found.entry(object).or_default().insert(tie);
            }
        }
        Ok(found)
    }
}

fn listed(found: Dependents) -> Vec<Usage> {
    let usage = |((kind, name, _), ties): (_, BTreeSet<Tie>)| Usage {
        kind,
        name,
        via: ties.iter().map(Tie::to_string).collect(),
    };
    found.into_iter().map(usage).collect()
}

/// A dependent, and one of its ties.
type DependentTie = ((UsageKind, String, i64), Tie);

fn table_of_connection(row: &Row<'_>) -> rusqlite::Result<DependentTie> {
    let name = read_table_name(row, 1)?.to_string();
    Ok(((UsageKind::Table, name, row.get(0)?), Tie::Connection))
}

/// The tie to the connection, and the tie to the table if the catalog has it.
fn job_of_connection(row: &Row<'_>) -> rusqlite::Result<Vec<DependentTie>> {
    let mut found = vec![job_of_table(row)?];
    if row.get(3)? {
        let tie = Tie::Table(read_table_name(row, 4)?.to_string());
        found.push((found[0].0.clone(), tie));
    }
    Ok(found)
}

fn job_of_table(row: &Row<'_>) -> rusqlite::Result<DependentTie> {
    let name = Identifier(row.get_ref(1)?.as_str()?).to_string();
    let tie = match row.get_ref(2)?.as_str()? {
        "target" => Tie::Target,
        _ => Tie::Source,
    };
    Ok(((UsageKind::Job, name, row.get(0)?), tie))
}

#[cfg(test)]
mod tests;
