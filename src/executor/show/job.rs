//! DESCRIBE JOB and SHOW CREATE JOB, with current names.

use crate::catalog::{JobDefinition, JobStatus, StoredJob};
use crate::name::TablePath;
use crate::sql::create_job_text;
use crate::sql::option::{COMMENT, JOB_OPTIONS, OptionSpec, OptionType, RUN_KEY};
use crate::sql::setting::OptionValue;
use crate::value::{ResultSet, Value};

/// One row per option, then the kind and the state of the job, its tables, and the dates. An option
/// without an effect appears only if it is set.
pub(super) fn describe(found: &StoredJob, status: &JobStatus) -> ResultSet {
    let mut rows = ResultSet::with_columns(["property", "value"]);
    let mut add = |name: &str, value: Value| rows.rows.push(vec![name.into(), value]);
    for option in JOB_OPTIONS {
        if !option.unused || setting_of(found, option).is_some() {
            add(option.name, value_of(found, option));
        }
    }
    add("kind", found.definition.kind.word().into());
    add("sync", Value::Boolean(found.definition.is_sync));
    add("state", status.state.word().into());
    add(
        "loaded_until",
        Value::optional_text(status.loaded_until.map(|until| until.to_string())),
    );
    let mut seen: Vec<&TablePath> = Vec::new();
    for (index, reference) in found.definition.references.iter().enumerate() {
        if index == 0 {
            add("target", reference.name.sql().into());
        } else if !seen.contains(&&reference.name) {
            add("source", reference.name.sql().into());
            seen.push(&reference.name);
        }
    }
    add("created_at", found.created_at.as_str().into());
    add("altered_at", found.altered_at.as_str().into());
    rows
}

fn value_of(found: &StoredJob, option: &'static OptionSpec) -> Value {
    match setting_of(found, option) {
        Some(OptionValue::Text(text) | OptionValue::QuotedName(text)) => text.into(),
        Some(OptionValue::Integer(number)) => Value::Integer(number),
        Some(OptionValue::Boolean(boolean)) => Value::Boolean(boolean),
        Some(other) => other.to_string().into(),
        None if option.name == RUN_KEY.name => found.definition.run_key.as_str().into(),
        None => default_of(option),
    }
}

/// The default of the option; NULL if there is none.
fn default_of(option: &OptionSpec) -> Value {
    match (option.kind, option.default_value()) {
        (OptionType::Boolean, Some(default)) => Value::Boolean(default == "TRUE"),
        (OptionType::Integer { .. }, Some(default)) => {
            default.parse().map_or(Value::Null, Value::Integer)
        }
        (_, default) => Value::optional_text(default),
    }
}

/// A statement that creates the same job.
pub(in crate::executor) fn statement_of(found: &StoredJob) -> String {
    let setting = |option: &&'static OptionSpec| {
        setting_of(found, option).map(|value| format!("{} = {value}", option.name))
    };
    let settings = JOB_OPTIONS.iter().filter_map(setting);
    let definition = &found.definition;
    let JobDefinition { name, is_sync, .. } = definition;
    create_job_text(*is_sync, false, name, settings, &definition.current_body())
}

/// The job's value for the option; None means the default.
pub(in crate::executor) fn setting_of(
    found: &StoredJob,
    option: &'static OptionSpec,
) -> Option<OptionValue> {
    let definition = &found.definition;
    if option.name == COMMENT.name {
        return definition.comment.clone().map(OptionValue::Text);
    }
    if option.name == RUN_KEY.name {
        let is_name = definition.run_key == definition.name.as_str();
        return (!is_name).then(|| OptionValue::Text(definition.run_key.clone()));
    }
    OptionValue::read(option, definition.option(option.name)?)
}
