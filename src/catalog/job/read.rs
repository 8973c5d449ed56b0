//! Reading jobs from the catalog, one by its name or all of them.

use rusqlite::types::ToSql;
use rusqlite::{Row, params_from_iter};

use super::reference::{CURRENT_NAME, JOIN_CURRENT_NAME};
use super::{JobDefinition, JobReference, StoredJob};
use crate::catalog::names::{read_name, read_optional_name, read_table_path, read_word};
use crate::catalog::{CatalogError, Db};
use crate::definition::JobKind;
use crate::name::JobName;

impl Db {
    /// The job with this name, with current names in its references.
    pub fn find_job(&self, name: &JobName) -> Result<Option<StoredJob>, CatalogError> {
        let ids = "SELECT id FROM main.job WHERE name = ?1";
        Ok(self.read_jobs(ids, Some(&name.as_str()))?.pop())
    }

    /// Every job, in the order of their ids.
    pub fn all_jobs(&self) -> Result<Vec<StoredJob>, CatalogError> {
        self.read_jobs("SELECT id FROM main.job", None)
    }

    /// The jobs that name a table of the connection.
    pub fn jobs_on_connection(&self, id: i64) -> Result<Vec<StoredJob>, CatalogError> {
        let ids = "SELECT job_id FROM main.job_reference WHERE connection_id = ?1";
        self.read_jobs(ids, Some(&id))
    }

    /// The jobs that name the table.
    pub fn jobs_on_table(&self, id: i64) -> Result<Vec<StoredJob>, CatalogError> {
        let ids = "SELECT job_id FROM main.job_reference WHERE warehouse_table_id = ?1";
        self.read_jobs(ids, Some(&id))
    }

    /// The jobs whose ids a query finds, in the order of their ids.
    fn read_jobs(&self, ids: &str, of: Option<&dyn ToSql>) -> Result<Vec<StoredJob>, CatalogError> {
        let mut jobs = self.collect(
            &format!(
                "SELECT id, name, kind, is_sync, run_key, body, comment, is_paused, \
                 datetime(created_at, 'unixepoch'), datetime(altered_at, 'unixepoch') \
                 FROM main.job WHERE id IN ({ids}) ORDER BY id"
            ),
            params_from_iter(of),
            read_job,
        )?;
        let options = self.collect(
            &format!(
                "SELECT job_id, name, value FROM main.job_option WHERE job_id IN ({ids}) ORDER BY job_id, name"
            ),
            params_from_iter(of),
            |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))),
        )?;
        distribute(&mut jobs, options, |job| &mut job.definition.options);
        let references = self.collect(
            &format!(
                "SELECT u.job_id, u.span_start, u.span_end, {CURRENT_NAME}, \
                 u.database_name, u.alias FROM main.job_reference u {JOIN_CURRENT_NAME} WHERE u.job_id IN ({ids}) \
                 ORDER BY u.job_id, u.ordinal"
            ),
            params_from_iter(of),
            read_reference,
        )?;
        distribute(&mut jobs, references, |job| &mut job.definition.references);
        Ok(jobs)
    }
}

/// Adds each part to the job with its id; both lists are sorted by id.
fn distribute<T>(
    jobs: &mut [StoredJob],
    parts: Vec<(i64, T)>,
    place: impl Fn(&mut StoredJob) -> &mut Vec<T>,
) {
    let mut jobs = jobs.iter_mut();
    let mut current = jobs.next();
    for (id, part) in parts {
        while current.as_ref().is_some_and(|job| job.id < id) {
            current = jobs.next();
        }
        if let Some(job) = &mut current {
            place(job).push(part);
        }
    }
}

fn read_job(row: &Row<'_>) -> rusqlite::Result<StoredJob> {
    Ok(StoredJob {
        id: row.get(0)?,
        definition: JobDefinition {
            name: read_name(row, 1, JobName::new)?,
            kind: read_word(row, 2, JobKind::from_word)?,
            is_sync: row.get(3)?,
            run_key: row.get(4)?,
            body: row.get(5)?,
            options: Vec::new(),
            comment: row.get(6)?,
            references: Vec::new(),
        },
        is_paused: row.get(7)?,
        created_at: row.get(8)?,
        altered_at: row.get(9)?,
    })
}

fn read_reference(row: &Row<'_>) -> rusqlite::Result<(i64, JobReference)> {
    let place =
        |index: usize| row.get::<_, i64>(index).map(|byte| usize::try_from(byte).unwrap_or(0));
    let reference = JobReference {
        span: place(1)?..place(2)?,
        name: read_table_path(row, 3, 6)?,
        alias: read_optional_name(row, 7)?,
    };
    Ok((row.get(0)?, reference))
}
