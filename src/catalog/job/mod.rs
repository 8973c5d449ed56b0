//! Jobs in the catalog.
//!
//! A job is stored as the text of its body, its options, and the places in the body that name
//! tables.

mod body;
mod read;
mod reference;

#[cfg(test)]
pub(super) use reference::LINK_REFERENCES;
pub(super) use reference::{CURRENT_NAME, JOIN_CURRENT_NAME};

use std::ops::Range;

use rusqlite::params;

use super::names::read_name;
use super::{CatalogError, Db};
use crate::definition::JobKind;
use crate::name::{JobName, Name, TablePath};

/// A job's definition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JobDefinition {
    /// The name.
    pub name: JobName,
    /// INSERT or MERGE.
    pub kind: JobKind,
    /// True if it waits for the jobs that write its sources.
    pub is_sync: bool,
    /// The key of the job in the ledgers of its targets: the name with which it was made, or
    /// RUN_KEY.
    pub run_key: String,
    /// The text behind AS.
    pub body: String,
    /// The options given, except COMMENT and RUN_KEY: name and value as SQL; sorted by name when read from the
    /// catalog.
    pub options: Vec<(String, String)>,
    /// The comment.
    pub comment: Option<String>,
    /// The table that it writes, then each place that names a table that it reads.
    pub references: Vec<JobReference>,
}

/// A place in a job's body that names a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JobReference {
    /// The bytes of the body.
    pub span: Range<usize>,
    /// The current name of the table.
    pub name: TablePath,
    /// The table's name when the job was written, if the query uses it as an alias.
    pub alias: Option<Name>,
}

/// A job as stored: its definition, id and dates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StoredJob {
    /// The row's id; a rename keeps it.
    pub id: i64,
    /// The definition; its references have current names, its body the names from when it was
    /// written.
    pub definition: JobDefinition,
    /// True between PAUSE and RESUME.
    pub is_paused: bool,
    /// The creation time: `YYYY-MM-DD hh:mm:ss`, UTC.
    pub created_at: String,
    /// The time of the last change, in the same form.
    pub altered_at: String,
}

impl JobDefinition {
    /// The value of the option as SQL, if it is not the default.
    pub fn option(&self, name: &str) -> Option<&String> {
        let given = self.options.iter().find(|(option, _)| option == name)?;
        Some(&given.1)
    }
}

impl Db {
    /// Saves the definition of the job with this id, or of a new one, and returns its id. `now` is
    /// in seconds since 1970, UTC. The name must be free, and the connections of its references
    /// must exist.
    pub fn save_job(
        &self,
        id: Option<i64>,
        definition: &JobDefinition,
        now: i64,
    ) -> Result<i64, CatalogError> {
        let id = self.save(
            id,
            "INSERT INTO job \
             (id, name, kind, is_sync, run_key, body, comment, created_at, altered_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) \
             ON CONFLICT (id) DO UPDATE SET name = ?2, kind = ?3, is_sync = ?4, run_key = ?5, \
             body = ?6, comment = ?7, altered_at = ?8",
            params![
                id,
                definition.name.as_str(),
                definition.kind.word(),
                definition.is_sync,
                definition.run_key,
                definition.body,
                definition.comment,
                now
            ],
        )?;
        self.change("DELETE FROM job_option WHERE job_id = ?1", [id])?;
        self.change("DELETE FROM job_reference WHERE job_id = ?1", [id])?;
        self.insert_options(id, definition)?;
        self.insert_references(id, definition)?;
        Ok(id)
    }

    /// The id of the job with this name.
    pub fn find_job_id(&self, name: &JobName) -> Result<Option<i64>, CatalogError> {
        let sql = "SELECT id FROM main.job WHERE name = ?1";
        self.first(sql, [name.as_str()], |row| row.get(0))
    }

    /// The name of the job with this key.
    pub fn find_run_key(&self, key: &str) -> Result<Option<JobName>, CatalogError> {
        let sql = "SELECT name FROM main.job WHERE run_key = ?1";
        self.first(sql, [key], |row| read_name(row, 0, JobName::new))
    }

    /// Pauses the job, or lets it run again. This is not a change of its definition.
    pub fn set_paused(&self, job_id: i64, is_paused: bool) -> Result<(), CatalogError> {
        self.change("UPDATE job SET is_paused = ?2 WHERE id = ?1", params![job_id, is_paused])
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
