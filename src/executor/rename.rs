//! What a new name would do to jobs: a job that names an alias as a connection is called from now
//! on, or a table as its connection, would no longer read back as it is.

use std::ops::Range;

use super::show::job::statement_of;
use crate::catalog::{Db, StoredJob};
use crate::error::{Error, ObjectError};
use crate::sql::{self, Statement};

/// Checks every job on the connection against its new name, which stands at the given bytes of the
/// statement.
pub(super) fn check_jobs_on_connection(
    db: &Db,
    id: i64,
    new_name: &Range<usize>,
) -> Result<(), Error> {
    check(&db.jobs_on_connection(id)?, new_name)
}

/// The same for a table.
pub(super) fn check_jobs_on_table(db: &Db, id: i64, new_name: &Range<usize>) -> Result<(), Error> {
    check(&db.jobs_on_table(id)?, new_name)
}

fn check(jobs: &[StoredJob], new_name: &Range<usize>) -> Result<(), Error> {
    match jobs.iter().find(|job| !reads_back(job)) {
        None => Ok(()),
        Some(job) => {
            let name = job.definition.name.clone();
            Err(Error::at(ObjectError::JobWouldChange { name }, new_name.clone()))
        }
    }
}

/// True if what SHOW CREATE prints of the job names the same tables at the same places.
fn reads_back(job: &StoredJob) -> bool {
    let Ok(Statement::CreateJob(read)) = sql::parse(&statement_of(job)) else {
        return false;
    };
    let names = std::iter::once(&read.body.target).chain(&read.body.sources);
    names.map(|reference| &reference.name).eq(job
        .definition
        .references
        .iter()
        .map(|reference| &reference.name))
}
