//! Jobs in the catalog.
//!
//! A job is kept as the text of its body, its options, and each place in the body that names a
//! table.

mod body;
mod list;
mod read;
mod reference;

#[cfg(test)]
pub(super) use reference::TAKE_UP;

use std::ops::Range;

use rusqlite::params;

use super::{CatalogError, Db};
use crate::definition::JobKind;
use crate::name::{JobName, Name, TableName};

/// What the catalog keeps of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobDefinition {
    /// Its name.
    pub name: JobName,
    /// INSERT or MERGE.
    pub kind: JobKind,
    /// The text behind AS.
    pub body: String,
    /// The options that were given, but for COMMENT: name and value as SQL, by name where they come
    /// from the catalog.
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
    /// The identity of the table, where the catalog has it. What writes a job finds it by the name.
    pub table_id: Option<i64>,
    /// The name that the table had when the job was written, where the query uses it as an alias.
    pub alias: Option<Name>,
}

/// A job with its identity and its dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredJob {
    /// Its identity, which a change of name leaves alone.
    pub id: i64,
    /// What it is; its references have the names of now, its body those of the day on which it was
    /// written.
    pub definition: JobDefinition,
    /// When it was made: `YYYY-MM-DD hh:mm:ss`, UTC.
    pub created_at: String,
    /// When it was last changed.
    pub altered_at: String,
}

impl Db {
    /// Adds a job and answers with its identity. `now` is in seconds since 1970, UTC. The name must
    /// not be taken, and the connections of its references must be there.
    pub fn insert_job(&self, definition: &JobDefinition, now: i64) -> Result<i64, CatalogError> {
        self.change(
            "INSERT INTO job (name, kind, body, comment, created_at, altered_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
            params![
                definition.name.as_str(),
                definition.kind.word(),
                definition.body,
                definition.comment,
                now
            ],
        )?;
        let id = self.sqlite.last_insert_rowid();
        self.insert_options(id, definition)?;
        self.insert_references(id, definition)?;
        Ok(id)
    }

    /// Gives the job of that identity a new definition.
    pub fn update_job(
        &self,
        id: i64,
        definition: &JobDefinition,
        now: i64,
    ) -> Result<(), CatalogError> {
        self.change(
            "UPDATE job SET name = ?2, kind = ?3, body = ?4, comment = ?5, altered_at = ?6 WHERE id = ?1",
            params![
                id,
                definition.name.as_str(),
                definition.kind.word(),
                definition.body,
                definition.comment,
                now
            ],
        )?;
        self.change("DELETE FROM job_option WHERE job_id = ?1", [id])?;
        self.change("DELETE FROM job_reference WHERE job_id = ?1", [id])?;
        self.insert_options(id, definition)?;
        self.insert_references(id, definition)
    }

    /// Removes the job of that identity. Nothing depends on a job.
    pub fn delete_job(&self, id: i64) -> Result<(), CatalogError> {
        self.change("DELETE FROM job WHERE id = ?1", [id])
    }

    /// The identity of the job of that name.
    pub fn find_job_id(&self, name: &JobName) -> Result<Option<i64>, CatalogError> {
        self.find_id("SELECT id FROM main.job WHERE name = ?1", [name.as_str()])
    }

    /// Whether there is a job of that name.
    pub fn has_job(&self, name: &JobName) -> Result<bool, CatalogError> {
        Ok(self.find_job_id(name)?.is_some())
    }

    fn insert_options(&self, id: i64, definition: &JobDefinition) -> Result<(), CatalogError> {
        for (name, value) in &definition.options {
            self.change(
                "INSERT INTO job_option (job_id, name, value) VALUES (?1, ?2, ?3)",
                params![id, name, value],
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
