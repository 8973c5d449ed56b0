//! From the catalog's job to one that runs.

use crate::catalog::{Db, StoredJob};
use crate::definition::Moment;
use crate::error::{Error, Excerpt, Place, line_and_column};
use crate::name::Object;
use crate::runs::{RunError, RunnableJob, Schedule, StartFrom};
use crate::sql::option::{
    ADD_MISSING_COLUMNS, CREATE_TABLE_IF_MISSING, END_AT, OptionSpec, RUN_DELAY, RUN_INTERVAL,
    RUN_PARALLELISM, START_FROM,
};
use crate::sql::setting::OptionValue;
use crate::sql::{JobBody, parse_body};

use crate::executor::show::job::{setting_of, statement_of};

/// The job with this definition.
pub(super) fn runnable(db: &Db, found: &StoredJob) -> Result<RunnableJob, Error> {
    let definition = &found.definition;
    let body = parse_body(&definition.current_body())?;
    let target = db.find_table(&body.target.name.table)?;
    let is_true = |option: &'static OptionSpec, default: bool| {
        let Some(OptionValue::Boolean(value)) = setting_of(found, option) else {
            return default;
        };
        value
    };
    let parallelism = setting_of(found, &RUN_PARALLELISM).and_then(|value| {
        let OptionValue::Integer(number) = value else {
            return None;
        };
        usize::try_from(number).ok()
    });
    Ok(RunnableJob {
        name: definition.name.clone(),
        key: definition.run_key.clone(),
        schedule: schedule(found),
        parallelism: parallelism.unwrap_or(1),
        creates_table: is_true(&CREATE_TABLE_IF_MISSING, true),
        adds_columns: is_true(&ADD_MISSING_COLUMNS, false),
        table_definition: target
            .map(|table| table.definition)
            .filter(|definition| !definition.columns.is_empty()),
        body,
    })
}

/// The times at which the job runs.
pub(super) fn schedule(found: &StoredJob) -> Schedule {
    let moment = |option: &'static OptionSpec| match setting_of(found, option) {
        Some(OptionValue::Timestamp(moment)) => Some(moment),
        Some(value) if value.is_now() && option.name == END_AT.name => {
            // Kept by a version that did not keep the moment.
            Moment::parse(&found.altered_at)
        }
        Some(_) | None => None,
    };
    let starts_now = setting_of(found, &START_FROM).is_some_and(|value| value.is_now());
    let start_from = match moment(&START_FROM) {
        Some(moment) => StartFrom::Moment(moment),
        None if starts_now => StartFrom::Now,
        None => StartFrom::Beginning,
    };
    Schedule {
        interval: microseconds(found, &RUN_INTERVAL),
        start_from,
        end_at: moment(&END_AT),
        delay: microseconds(found, &RUN_DELAY).unwrap_or(0),
    }
}

/// The length of an option that is an interval.
fn microseconds(found: &StoredJob, option: &'static OptionSpec) -> Option<i64> {
    let OptionValue::Interval(interval) = setting_of(found, option)? else {
        return None;
    };
    Some(interval.microseconds())
}

/// The error of a job that is not kept yet, at its place in the statement.
pub(super) fn located_in_statement(error: RunError, body: &JobBody) -> Error {
    let mut span = None;
    if let RunError::Warehouse { place: Some(byte), .. } = &error {
        let start = body.byte_in_statement(*byte);
        span = start.map(|start| start..start + word_length(&body.text, *byte));
    }
    Error::at(error, span)
}

/// The length of the word at this byte, or of the character that is none.
fn word_length(text: &str, byte: usize) -> usize {
    let rest = &text[byte..];
    let is_of_word = |c: &char| c.is_alphanumeric() || *c == '_';
    let word: usize = rest.chars().take_while(is_of_word).map(char::len_utf8).sum();
    word.max(rest.chars().next().map_or(0, char::len_utf8))
}

/// The error of a run, at its place in the text that SHOW CREATE JOB prints.
pub(super) fn located(error: RunError, found: &StoredJob) -> Error {
    let RunError::Warehouse { place: Some(byte), .. } = &error else {
        return Error::new(error);
    };
    let text = statement_of(found);
    let body = found.definition.current_body();
    let start = text.len() - body.len() + byte;
    let span = start..start + word_length(&text, start);
    let (line, column) = line_and_column(&text, start);
    let place = Place {
        source: Some(Object::Job(found.definition.name.clone()).kind_and_shown()),
        line,
        column,
        statement: None,
        excerpt: Some(Excerpt::new(&text, false, &span)),
    };
    Error::new(error).with_place(place)
}
