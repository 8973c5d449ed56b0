//! The check of a rename against jobs: a job whose query uses the new name as an alias would no
//! longer read back unchanged.

use std::ops::Range;

use super::show::job::statement_of;
use crate::catalog::StoredJob;
use crate::error::{Error, ObjectError};
use crate::sql::{self, Statement};

/// Checks the jobs of an object that has a new name; `new_name` is the place of that name in the
/// statement.
pub(super) fn check_jobs(jobs: &[StoredJob], new_name: &Range<usize>) -> Result<(), Error> {
    match jobs.iter().find(|job| !reads_back(job)) {
        None => Ok(()),
        Some(job) => {
            let name = job.definition.name.clone();
            Err(Error::at(ObjectError::JobWouldChange { name }, new_name.clone()))
        }
    }
}

/// True if the output of SHOW CREATE names the same tables at the same places.
fn reads_back(job: &StoredJob) -> bool {
    let Ok(Statement::CreateJob(read)) = sql::parse(&statement_of(job)) else {
        return false;
    };
    let names = job.definition.references.iter().map(|reference| &reference.name);
    read.body.places().map(|place| &place.name).eq(names)
}
