//! CREATE, ALTER, PAUSE and RESUME JOB: definitions are checked and stored. Jobs are not run here.

use super::lookup::{check_new_name, find_connection_id, find_job, may_create};
use super::run_job::test_before;
use super::schedule::{check_key_is_free, check_schedule};
use super::slot::SessionSlots;
use super::sync::check_circles;
use super::transaction::{CatalogChange, CatalogWriter};
use super::{Caller, NO_CHANGE, Notice, Outcome};
use crate::catalog::{Db, JobDefinition, JobReference, StoredJob};
use crate::definition::{JobKind, Moment};
use crate::error::Error;
use crate::name::{JobName, Object};
use crate::runs::{check_target, has_bounds};
use crate::sql::option::{COMMENT, END_AT, RUN_KEY, SKIP_ALL_VALIDATIONS};
use crate::sql::setting::{OptionValue, Settings};
use crate::sql::{
    Actions, AlterJob, CreateJob, PauseAction, PauseJobs, Spanned, TableReference, WithTest,
};

pub(super) fn create_job(
    writer: &mut CatalogWriter,
    slots: &mut SessionSlots,
    create: &CreateJob,
    caller: &mut Caller<'_>,
) -> Result<Outcome, Error> {
    let mut outcome = Outcome::done("CREATE JOB");
    outcome.notices.extend(unused_options_notice(&create.settings));
    outcome.notices.extend(repeated_rows_notice(create));
    let now = Moment::from_seconds(writer.now());
    let check = |db: &Db| checked_definition(db, create, now);
    if create.with_test != WithTest::No {
        let Some(definition) = check(writer.catalog.reader()?)? else {
            return Ok(Outcome::done(NO_CHANGE));
        };
        outcome.notices.extend(test_before(writer, slots, create, definition, caller)?);
    }
    writer.change_checked(outcome, check, |change, definition, _| {
        change.db.save_job(None, &definition, change.now)?;
        if !create.is_sync {
            return Ok(());
        }
        check_circles(change.db, create.name.span.clone())
    })
}

pub(super) fn alter_job(writer: &mut CatalogWriter, alter: &AlterJob) -> Result<Outcome, Error> {
    let Spanned { value: name, span } = &alter.name;
    let mut outcome = Outcome::done("ALTER JOB");
    outcome.notices.extend(unused_options_notice(&alter.actions.settings));
    let check = |db: &Db| find_job(db, name, span.clone()).map(Some);
    writer.change_checked(outcome, check, |change, found, _| apply_to_job(change, alter, found))
}

pub(super) fn pause_jobs(writer: &mut CatalogWriter, pause: &PauseJobs) -> Result<Outcome, Error> {
    let is_paused = pause.action == PauseAction::Pause;
    let check = |db: &Db| {
        let mut changed = Vec::new();
        for Spanned { value: name, span } in &pause.names {
            let job = find_job(db, name, span.clone())?;
            changed.extend((job.is_paused != is_paused).then_some(job.id));
        }
        Ok((!changed.is_empty()).then_some(changed))
    };
    writer.change_checked(Outcome::done(pause.action.tag()), check, |change, jobs, _| {
        for id in jobs {
            change.db.set_paused(id, is_paused)?;
        }
        Ok(())
    })
}

/// The definition to store, once its connections are found; None if the job exists and IF NOT
/// EXISTS is given.
fn checked_definition(
    db: &Db,
    create: &CreateJob,
    now: Moment,
) -> Result<Option<JobDefinition>, Error> {
    let Spanned { value: name, span } = &create.name;
    if !may_create(db, Object::Job(name.clone()), create.if_not_exists, span.clone())? {
        return Ok(None);
    }
    check_schedule(&create.settings, None)?;
    check_target(&create.body)
        .map_err(|error| Error::at(error, create.body.target.span.clone()))?;
    for place in create.body.places() {
        find_connection_id(db, &place.name.table.connection, place.span.clone())?;
    }
    let definition = definition_of(create, now);
    let place = create.settings.find(&RUN_KEY).map_or(span, |setting| &setting.span);
    check_key_is_free(db, &definition).map_err(|error| error.or_at(place.clone()))?;
    Ok(Some(definition))
}

/// The definition that the statement gives. Its connections may not exist yet.
pub(super) fn definition_of(create: &CreateJob, now: Moment) -> JobDefinition {
    let reference = |place: &TableReference| JobReference {
        span: place.inside.clone(),
        name: place.name.clone(),
        alias: place.alias.clone(),
    };
    let run_key = create.settings.text(&RUN_KEY);
    // The warehouse decides on what the check does not know.
    let skipped =
        (create.with_test == WithTest::Refused).then(|| OptionValue::Boolean(true).to_string());
    let skipped = skipped.map(|value| (SKIP_ALL_VALIDATIONS.name.to_owned(), value));
    JobDefinition {
        name: create.name.value.clone(),
        kind: create.body.kind,
        is_sync: create.is_sync,
        run_key: run_key.unwrap_or(create.name.value.as_str()).to_owned(),
        body: create.body.text.clone(),
        options: kept_options(&create.settings, now).chain(skipped).collect(),
        comment: create.settings.text(&COMMENT).map(str::to_owned),
        references: create.body.places().map(reference).collect(),
    }
}

fn apply_to_job(
    change: &CatalogChange<'_>,
    alter: &AlterJob,
    found: StoredJob,
) -> Result<(), Error> {
    let mut definition = found.definition;
    if let Some(new_name) = &alter.actions.new_name {
        definition.name = new_name.value.clone();
        check_new_name(change.db, Object::Job(definition.name.clone()), new_name.span.clone())?;
    }
    check_schedule(&alter.actions.settings, Some(&definition))?;
    apply_settings(&mut definition, &alter.actions, Moment::from_seconds(change.now));
    change.db.save_job(Some(found.id), &definition, change.now)?;
    Ok(())
}

fn apply_settings(definition: &mut JobDefinition, actions: &Actions<JobName>, now: Moment) {
    for option in &actions.resets {
        definition.options.retain(|(name, _)| name != option.name);
        if option.name == COMMENT.name {
            definition.comment = None;
        }
    }
    for setting in &actions.settings.0 {
        definition.options.retain(|(name, _)| name != setting.option.name);
    }
    definition.options.extend(kept_options(&actions.settings, now));
    if let Some(comment) = actions.settings.text(&COMMENT) {
        definition.comment = Some(comment.to_owned());
    }
}

/// The stored options, by name, with their values as SQL. An option set to its default is not
/// stored, and END_AT = NOW is stored as this moment.
fn kept_options(settings: &Settings, now: Moment) -> impl Iterator<Item = (String, String)> + '_ {
    let in_a_column = [COMMENT.name, RUN_KEY.name];
    let given = settings
        .0
        .iter()
        .filter(move |setting| !in_a_column.contains(&setting.option.name));
    let kept = given.map(move |setting| match &setting.value {
        value if value.is_now() && setting.option.name == END_AT.name => {
            (setting.option, OptionValue::Timestamp(now).to_string())
        }
        value => (setting.option, value.to_string()),
    });
    kept.filter(|(option, value)| option.default_value() != Some(value))
        .map(|(option, value)| (option.name.to_owned(), value))
}

/// The notice for an INSERT that adds the same rows each time it runs.
fn repeated_rows_notice(create: &CreateJob) -> Option<Notice> {
    let repeats = create.body.kind == JobKind::Insert && !has_bounds(&create.body.text);
    let text = "each run adds all rows of the query, which has neither run_start_time() nor \
                run_end_time() in it";
    repeats.then(|| Notice::new(text))
}

/// One notice for all options that are stored without having an effect yet.
pub(super) fn unused_options_notice(settings: &Settings) -> Option<Notice> {
    let unused = settings.0.iter().filter(|setting| setting.option.unused);
    let names: Vec<&str> = unused.map(|setting| setting.option.name).collect();
    let (last, others) = names.split_last()?;
    let text = if others.is_empty() {
        format!("redwire keeps {last} and has no use for it")
    } else {
        format!("redwire keeps {} and {last} and has no use for them", others.join(", "))
    };
    Some(Notice::new(text))
}
