//! The checks of options that say when a job runs, and under which key. A job of an older catalog
//! keeps values that are refused for a new one.

use crate::catalog::{Db, JobDefinition};
use crate::error::{Error, ObjectError};
use crate::name::MAX_NAME_BYTES;
use crate::sql::option::{OptionSpec, RUN_INTERVAL, RUN_KEY, START_FROM};
use crate::sql::setting::{Interval, OptionValue, Setting, Settings};
use crate::sql::{OptionError, SqlErrorKind};

/// Checks the settings of CREATE or ALTER; `kept` is the job that has values already.
pub(super) fn check_schedule(
    settings: &Settings,
    kept: Option<&JobDefinition>,
) -> Result<(), Error> {
    check_key(settings)?;
    let is_kept = |setting: &Setting| {
        let value = setting.value.to_string();
        kept.and_then(|job| job.option(setting.option.name)) == Some(&value)
    };
    let Some((interval, setting)) = interval_of(settings, &RUN_INTERVAL) else {
        return Ok(());
    };
    if !interval.fits_days() && !is_kept(setting) {
        let nearest = interval.nearest_that_fit_days();
        let error = OptionError::UnevenInterval {
            interval: interval.to_string(),
            nearest: nearest.iter().map(Interval::to_string).collect(),
        };
        return Err(Error::at(SqlErrorKind::from(error), setting.span.clone()));
    }
    match settings.find(&START_FROM) {
        Some(start) if !is_kept(start) => check_start(start, interval),
        Some(_) | None => Ok(()),
    }
}

fn interval_of<'a>(settings: &'a Settings, option: &OptionSpec) -> Option<(Interval, &'a Setting)> {
    let setting = settings.find(option)?;
    let OptionValue::Interval(interval) = &setting.value else {
        return None;
    };
    Some((*interval, setting))
}

/// A window begins where another one of the same interval would end.
fn check_start(start: &Setting, interval: Interval) -> Result<(), Error> {
    let OptionValue::Timestamp(moment) = &start.value else {
        return Ok(());
    };
    let length = interval.microseconds();
    let behind = moment.microseconds().rem_euclid(length);
    if behind == 0 {
        return Ok(());
    }
    let error = OptionError::OffGrid {
        interval: interval.to_string(),
        nearest: [moment.plus(-behind), moment.plus(length - behind)],
    };
    Err(Error::at(SqlErrorKind::from(error), start.span.clone()))
}

/// A key has the length of a name, which the ledger has room for.
fn check_key(settings: &Settings) -> Result<(), Error> {
    match (settings.find(&RUN_KEY), settings.text(&RUN_KEY)) {
        (Some(setting), Some(key)) if key.len() > MAX_NAME_BYTES => {
            let error = OptionError::TooLong {
                option: RUN_KEY.name,
                maximum: MAX_NAME_BYTES,
            };
            Err(Error::at(SqlErrorKind::from(error), setting.span.clone()))
        }
        _ => Ok(()),
    }
}

/// Fails if another job has the key of this one.
pub(super) fn check_key_is_free(db: &Db, definition: &JobDefinition) -> Result<(), Error> {
    match db.find_run_key(&definition.run_key)? {
        Some(job) if job != definition.name => {
            Err(ObjectError::RunKeyInUse { key: definition.run_key.clone(), job }.into())
        }
        Some(_) | None => Ok(()),
    }
}
