//! ALTER REDSHIFT CONNECTION: either all its actions take effect or none.

use secrecy::SecretString;

use super::define::{check_login, checked_endpoint, listed_port, password_for, save_connection};
use super::login::{Fixes, keeper};
use super::lookup::{check_new_name, no_such_connection};
use super::password::PasswordReader;
use super::rename::check_jobs;
use super::slot::SessionSlots;
use super::sync::check_circles;
use super::test_connection::{ConnectionTester, TestedConnection};
use super::transaction::{CatalogChange, CatalogWriter};
use super::{Caller, NO_CHANGE, Notice, Outcome};
use crate::catalog::{Db, Definition, StoredConnection};
use crate::definition::LoginOption;
use crate::error::{Error, PasswordError};
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
        Some(url) => {
            Some(checked_endpoint(alter.kind, url, places, Fixes::Alter(alter), &mut outcome)?)
        }
        None => None,
    };
    let check = |db: &Db| match db.find_connection(name)? {
        None if !alter.if_exists => Err(no_such_connection(db, name, span.clone())),
        found => Ok(found),
    };
    let Some(found) = check(writer.catalog.reader()?)? else {
        return Ok(Outcome::done(NO_CHANGE));
    };
    // Checked before anybody is asked for a password, and again inside the transaction.
    let new = changed_definition(&found, alter, endpoint.as_ref())?;
    let source = changes.password.as_ref().filter(|_| new.keeper.is_store());
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
        let definition = new;
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
    let mut definition = changed_definition(found, alter, endpoint)?;
    if let Some(new_name) = &alter.new_name {
        definition.name = new_name.value.clone();
        let object = Object::Connection(definition.name.clone());
        check_new_name(change.db, object, new_name.span.clone())?;
    }
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

/// The definition with the changes. Fails where options of its login do not go together.
fn changed_definition(
    found: &StoredConnection,
    alter: &AlterConnection,
    endpoint: Option<&Endpoint>,
) -> Result<Definition, Error> {
    let mut definition = found.definition.clone();
    let ConnectionChanges {
        connection_string,
        user_name,
        password,
        login,
        limit,
        protection,
        color,
        comment,
    } = &alter.changes;
    if let (Some(url), Some(endpoint)) = (connection_string, endpoint) {
        definition.connection_string.clone_from(url);
        definition.host = endpoint.shown_host();
        definition.port = listed_port(endpoint);
        definition.database.clone_from(&endpoint.database);
    }
    if let Some(change) = user_name {
        definition.user_name = change.new_value().cloned();
    }
    for (option, change) in login {
        definition.login.set(*option, change.new_value().cloned());
    }
    if let Some(change) = limit {
        definition.limit = change.new_value().copied();
    }
    if let Some(change) = protection {
        definition.protection = change.new_value().copied();
    }
    if let Some(change) = color {
        definition.color = change.new_value().copied();
    }
    if let Some(change) = comment {
        definition.comment = change.new_value().cloned();
    }
    let own = match endpoint {
        Some(endpoint) => endpoint.clone(),
        None => definition.kind.endpoint(&definition.connection_string).map_err(Error::new)?,
    };
    let has_secret = definition.login.get(LoginOption::AwsSecret).is_some();
    let command = match password {
        Some(source) => source.command(),
        None => found.definition.keeper.command(),
    };
    definition.keeper = keeper(&own, has_secret, command);
    let places = &alter.places;
    check_login(&definition, &own, password.is_some(), Fixes::Alter(alter), places)?;
    let is_kept = found.definition.keeper.is_store() || password.is_some();
    if definition.keeper.is_store() && !is_kept {
        return Err(Error::at(PasswordError::Missing, places.name.clone()));
    }
    if !definition.keeper.is_store() {
        definition.secret = None;
    }
    Ok(definition)
}
