//! The lock of a job that runs: on one machine a job runs once at a time.

use std::fs::File;
use std::time::Duration;

use crate::error::{Error, FileError};
use crate::executor::catalog_handle::CatalogHandle;
use crate::name::JobName;
use crate::private_file::{create_folder, open_locked};
use crate::runs::RunError;

/// The lock of a job, which ends with the process.
pub(super) struct JobLock {
    /// None for a catalog in memory, which no other process has.
    _file: Option<File>,
}

impl JobLock {
    /// Takes the lock of the job with this id, or fails if another process has it.
    pub fn take(catalog: &CatalogHandle, job_id: i64, job: &JobName) -> Result<Self, Error> {
        let Some(folder) = catalog.beside(".runs") else {
            return Ok(Self { _file: None });
        };
        let path = folder.join(format!("{job_id}.lock"));
        let locked = create_folder(&folder).and_then(|()| open_locked(&path, Duration::ZERO));
        match locked {
            Ok(Some(file)) => Ok(Self { _file: Some(file) }),
            Ok(None) => Err(RunError::Running(job.clone()).into()),
            Err(error) => Err(FileError::write(&path, &error).into()),
        }
    }
}
