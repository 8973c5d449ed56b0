//! Usages: what depends on a connection or a table. They are read from the foreign keys, so that
//! they cannot differ from what SQLite enforces.

mod warehouse;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rusqlite::Row;

pub use warehouse::WarehouseObject;

use super::names::{read_table_name, read_word};
use super::{CatalogError, Db, ObjectId};
use crate::definition::ConstraintKind;
use crate::name::Identifier;

/// The kind of a dependent object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UsageKind {
    /// A table in the warehouse.
    Table,
    /// A table with a foreign key.
    ForeignKey,
    /// A job that reads from a connection or writes to it.
    Job,
}

impl UsageKind {
    /// The word in the column `usage`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table | Self::ForeignKey => "table",
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
    /// The distinct ties: `connection`, `foreign key`, `target`, `source`, `table
    /// my_redshift.public.orders`.
    pub via: Vec<String>,
    /// The names of the foreign keys that are the tie.
    pub foreign_keys: Vec<String>,
}

/// A tie; the order of the variants is the order in which ties are listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Connection,
    ForeignKey,
    Target,
    Source,
    Table(String),
}

impl fmt::Display for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection => f.write_str("connection"),
            Self::ForeignKey => f.write_str("foreign key"),
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

const TABLES_OF_TABLE: &str = "SELECT DISTINCT t.id, c.name, t.schema_name, t.name \
     FROM main.warehouse_constraint k JOIN main.warehouse_table t ON t.id = k.warehouse_table_id \
     JOIN main.connection c ON c.id = t.connection_id WHERE k.referenced_table_id = ?1";

impl Db {
    /// The dependents of those objects, each once: tables first, each kind in the order of names.
    pub fn usages_of(&self, used: &[ObjectId]) -> Result<Vec<Usage>, CatalogError> {
        let found = self.dependents(used)?;
        self.listed(found, used)
    }

    /// Deletes the dependents of those objects, jobs before the tables that they use, and returns
    /// them. Of a table with a foreign key it deletes the foreign key alone.
    pub fn delete_dependents(&self, used: &[ObjectId]) -> Result<Vec<Usage>, CatalogError> {
        let found = self.dependents(used)?;
        let usages = self.listed(found.clone(), used)?;
        let of_kind = |kind: UsageKind| found.keys().filter(move |object| object.0 == kind);
        for (_, _, id) in of_kind(UsageKind::Job) {
            self.delete(ObjectId::Job(*id))?;
        }
        self.delete_foreign_keys_of(of_kind(UsageKind::Table).map(|(_, _, id)| *id))?;
        for (_, _, id) in of_kind(UsageKind::Table) {
            self.delete(ObjectId::Table(*id))?;
        }
        for id in used {
            if let ObjectId::Table(id) = id {
                self.delete_foreign_keys_to(*id)?;
            }
        }
        Ok(usages)
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

    fn dependents(&self, used_objects: &[ObjectId]) -> Result<Dependents, CatalogError> {
        let mut found = Dependents::new();
        for used in used_objects {
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
                ObjectId::Table(id) => {
                    let mut ties = self.collect(TABLES_OF_TABLE, [id], table_of_table)?;
                    ties.retain(|((_, _, id), _)| !used_objects.contains(&ObjectId::Table(*id)));
                    ties.extend(self.collect(JOBS_OF_TABLE, [id], job_of_table)?);
                    ties
                }
                ObjectId::Job(_) => Vec::new(),
            };
            for (object, tie) in ties {
                found.entry(object).or_default().insert(tie);
            }
        }
        Ok(found)
    }

    fn listed(&self, found: Dependents, used: &[ObjectId]) -> Result<Vec<Usage>, CatalogError> {
        let mut usages = Vec::new();
        for ((kind, name, id), ties) in found {
            usages.push(Usage {
                kind,
                name,
                via: ties.iter().map(Tie::to_string).collect(),
                foreign_keys: match kind {
                    UsageKind::ForeignKey => self.foreign_keys(id, used)?,
                    UsageKind::Table | UsageKind::Job => Vec::new(),
                },
            });
        }
        Ok(usages)
    }

    /// The names of the foreign keys of the table with this id to those tables.
    fn foreign_keys(&self, id: i64, used: &[ObjectId]) -> Result<Vec<String>, CatalogError> {
        let Some(table) = self.find_table_by_id(id)? else {
            return Ok(Vec::new());
        };
        let definition = table.definition;
        let mut names = Vec::new();
        for (constraint, name) in definition.constraints.iter().zip(definition.constraint_names()) {
            if let ConstraintKind::ForeignKey { table, .. } = &constraint.kind
                && let Some(id) = self.find_table_id(table)?
                && used.contains(&ObjectId::Table(id))
            {
                names.push(Identifier(&name).to_string());
            }
        }
        Ok(names)
    }
}

/// A dependent, and one of its ties.
type DependentTie = ((UsageKind, String, i64), Tie);

fn table_of_connection(row: &Row<'_>) -> rusqlite::Result<DependentTie> {
    let name = read_table_name(row, 1)?.sql();
    Ok(((UsageKind::Table, name, row.get(0)?), Tie::Connection))
}

fn table_of_table(row: &Row<'_>) -> rusqlite::Result<DependentTie> {
    let name = read_table_name(row, 1)?.sql();
    Ok(((UsageKind::ForeignKey, name, row.get(0)?), Tie::ForeignKey))
}

/// The tie to the connection, and the tie to the table if the catalog has it.
fn job_of_connection(row: &Row<'_>) -> rusqlite::Result<Vec<DependentTie>> {
    let mut found = vec![job_of_table(row)?];
    if row.get(3)? {
        let tie = Tie::Table(read_table_name(row, 4)?.sql());
        found.push((found[0].0.clone(), tie));
    }
    Ok(found)
}

fn job_of_table(row: &Row<'_>) -> rusqlite::Result<DependentTie> {
    let name = Identifier(row.get_ref(1)?.as_str()?).to_string();
    let tie = read_word(row, 2, tie_of_job)?;
    Ok(((UsageKind::Job, name, row.get(0)?), tie))
}

fn tie_of_job(word: &str) -> Option<Tie> {
    match word {
        "target" => Some(Tie::Target),
        "source" => Some(Tie::Source),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
