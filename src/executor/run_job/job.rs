//! From the catalog's job to one that runs.

use crate::catalog::{Db, StoredJob, StoredTable};
use crate::definition::Moment;
use crate::error::{Error, Excerpt, Place};
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
        table_definition: target.and_then(|table: StoredTable| {
            let has_columns = !table.definition.columns.is_empty();
            has_columns.then(|| table.definition.warehouse_sql())
        }),
        body,
    })
}

/// The times at which the job runs.
pub(super) fn schedule(found: &StoredJob) -> Schedule {
    let start_from = match setting_of(found, &START_FROM) {
        Some(OptionValue::Timestamp(moment)) => StartFrom::Moment(moment),
        Some(OptionValue::Word("NOW")) => StartFrom::Now,
        _ => StartFrom::Beginning,
    };
    let end_at = match setting_of(found, &END_AT) {
        Some(OptionValue::Timestamp(moment)) => Some(moment),
        Some(OptionValue::Word("NOW")) => Moment::parse(&found.altered_at),
        _ => None,
    };
    Schedule {
        interval: microseconds(found, &RUN_INTERVAL),
        start_from,
        end_at,
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
    let span = match &error {
        RunError::Warehouse { place: Some(byte), .. } => {
            let start = body.byte_in_statement(*byte);
            start.map(|start| start..start + word_length(&body.text, *byte))
        }
        _ => None,
    };
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
    let before = &text[..start];
    let line_start = before.rfind('\n').map_or(0, |index| index + 1);
    let place = Place {
        source: Some(Object::Job(found.definition.name.clone()).kind_and_shown()),
        line: 1 + before.bytes().filter(|byte| *byte == b'\n').count(),
        column: 1 + before[line_start..].chars().count(),
        statement: None,
        excerpt: Some(Excerpt::new(&text, false, &span)),
    };
    Error::new(error).with_place(place)
}
