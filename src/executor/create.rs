//! CREATE REDSHIFT CONNECTION.

use super::define::{checked_endpoint, definition_of, password_for, save_connection};
use super::login::Fixes;
use super::lookup::may_create;
use super::password::PasswordReader;
use super::slot::SessionSlots;
use super::test_connection::{ConnectionTester, TestedConnection};
use super::transaction::CatalogWriter;
use super::{Caller, NO_CHANGE, Origin, Outcome};
use crate::catalog::{Db, Definition};
use crate::error::{Error, PasswordError};
use crate::name::Object;
use crate::sql::CreateConnection;
use crate::sql::setting::PasswordSource;

pub(super) fn create_connection(
    writer: &mut CatalogWriter,
    passwords: &mut PasswordReader,
    slots: &mut SessionSlots,
    create: &CreateConnection,
    caller: &mut Caller<'_>,
) -> Result<Outcome, Error> {
    let mut outcome = Outcome::done("CREATE CONNECTION");
    let (options, places) = (&create.options, &create.places);
    let url = &options.connection_string;
    let endpoint = checked_endpoint(create.kind, url, places, Fixes::Create(create), &mut outcome)?;
    let definition = definition_of(create, &endpoint)?;
    let check = |db: &Db| {
        let object = Object::Connection(create.name.clone());
        let may_create =
            create.or_replace || may_create(db, object, create.if_not_exists, places.name.clone())?;
        Ok(may_create.then_some(()))
    };
    // Checked before anybody is asked for a password, and again inside the transaction.
    let db = writer.catalog.reader()?;
    if check(db)?.is_none() {
        return Ok(Outcome::done(NO_CHANGE));
    }
    let existing_id = db.find_connection_id(&create.name)?;
    let source = source_of_password(create, &definition, caller.origin)?;
    let password = match &source {
        Some(source) => Some(password_for(
            writer,
            passwords,
            source,
            places,
            &create.name,
            caller.origin,
            &mut outcome,
        )?),
        None => None,
    };
    if create.with_test {
        let candidate =
            TestedConnection::unsaved(existing_id, &definition, source.as_ref(), password.as_ref());
        let mut tester = ConnectionTester { writer, slots };
        tester.test_before(&candidate, places.name.clone(), caller, &mut outcome)?;
    }
    writer.change_checked(outcome, check, |change, (), outcome| {
        let existing = change.db.find_connection(&create.name)?;
        let notice = save_connection(change, existing.as_ref(), definition, password)?;
        outcome.add_notices(notice);
        Ok(())
    })
}

/// The source of the password for redwire's store; None if another keeper has it. A missing PASSWORD
/// option is a prompt at the terminal, and an error in a script.
fn source_of_password(
    create: &CreateConnection,
    definition: &Definition,
    origin: Origin,
) -> Result<Option<PasswordSource>, Error> {
    if !definition.keeper.is_store() {
        return Ok(None);
    }
    match (&create.options.password, origin) {
        (Some(source), _) => Ok(Some(source.clone())),
        (None, Origin::Prompt) => Ok(Some(PasswordSource::Prompt)),
        (None, Origin::CommandLine | Origin::Script) => {
            Err(Error::at(PasswordError::Missing, create.places.name.clone()))
        }
    }
}
