//! ALTER REDSHIFT CONNECTION: either all its actions take effect or none.

use secrecy::SecretString;

use super::define::{checked_endpoint, password_for, save_connection};
use super::lookup::{check_new_name, no_such_connection};
use super::password::PasswordReader;
use super::rename::check_jobs;
use super::slot::SessionSlots;
use super::sync::check_circles;
use super::test_connection::{ConnectionTester, TestedConnection};
use super::transaction::{CatalogChange, CatalogWriter};
use super::{Caller, NO_CHANGE, Notice, Outcome};
use crate::catalog::{Db, Definition, StoredConnection};
use crate::error::Error;
use crate::name::Object;
use crate::sql::{AlterConnection, ConnectionChanges, Spanned};
use crate::url::Endpoint;

pub(super) fn alter_connection(
    writer: &mut CatalogWriter,
    passwords: &mut PasswordReader,
    slots: &mut SessionSlots,
    alter: &AlterConnection,
    caller: &mut Caller<'_>,
) -> Result<Outcome, Error> {
    let mut outcome = Outcome::done("ALTER CONNECTION");
    let Spanned { value: name, span } = &alter.name;
    let (changes, places) = (&alter.changes, &alter.places);
    let endpoint = match &changes.connection_string {
        Some(url) => Some(checked_endpoint(alter.kind, url, places, &mut outcome)?),
        None => None,
    };
    let check = |db: &Db| match db.find_connection(name)? {
        None if !alter.if_exists => Err(no_such_connection(db, name, span.clone())),
        found => Ok(found),
    };
    let Some(found) = check(writer.catalog.reader()?)? else {
        return Ok(Outcome::done(NO_CHANGE));
    };
    let source = changes.password.as_ref();
    let password = match source {
        Some(source) => Some(password_for(
            writer,
            passwords,
            source,
            places,
            name,
            caller.origin,
            &mut outcome,
        )?),
        None => None,
    };
    if alter.with_test {
        let mut definition = found.definition;
        apply_changes(&mut definition, changes, endpoint.as_ref());
        let (id, password) = (Some(found.id), password.as_ref());
        let candidate = TestedConnection::unsaved(id, &definition, source, password);
        let mut tester = ConnectionTester { writer, slots };
        tester.test_before(&candidate, Some(span.clone()), caller, &mut outcome)?;
    }
    writer.change_checked(outcome, check, |change, found, outcome| {
        let notice = apply_to_connection(change, alter, &found, endpoint.as_ref(), password)?;
        outcome.add_notices(notice);
        Ok(())
    })
}

fn apply_to_connection(
    change: &mut CatalogChange<'_>,
    alter: &AlterConnection,
    found: &StoredConnection,
    endpoint: Option<&Endpoint>,
    password: Option<SecretString>,
) -> Result<Option<Notice>, Error> {
    let mut definition = found.definition.clone();
    if let Some(new_name) = &alter.new_name {
        definition.name = new_name.value.clone();
        let object = Object::Connection(definition.name.clone());
        check_new_name(change.db, object, new_name.span.clone())?;
    }
    apply_changes(&mut definition, &alter.changes, endpoint);
    let notice = save_connection(change, Some(found), definition, password)?;
    if endpoint.is_some() {
        // A job may name a table with the connection's database, which may be another one now.
        check_circles(change.db, alter.places.connection_string.clone())?;
    }
    if let Some(new_name) = &alter.new_name {
        check_jobs(&change.db.jobs_on_connection(found.id)?, &new_name.span)?;
    }
    Ok(notice)
}

fn apply_changes(
    definition: &mut Definition,
    changes: &ConnectionChanges,
    endpoint: Option<&Endpoint>,
) {
    // The password goes to the secret store.
    let ConnectionChanges {
        connection_string,
        user_name,
        password: _,
        limit,
        comment,
    } = changes;
    if let (Some(url), Some(endpoint)) = (connection_string, endpoint) {
        definition.connection_string.clone_from(url);
        definition.host.clone_from(&endpoint.host);
        definition.port = endpoint.port;
        definition.database.clone_from(&endpoint.database);
    }
    if let Some(user_name) = user_name {
        definition.user_name.clone_from(user_name);
    }
    if let Some(change) = limit {
        definition.limit = change.new_value().copied();
    }
    if let Some(change) = comment {
        definition.comment = change.new_value().cloned();
    }
}
