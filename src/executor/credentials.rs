//! Everything that a session needs: endpoint, user, password, and the limit of sessions.

use secrecy::SecretString;

use super::StatementSpan;
use super::login::{Fixes, LoggedIn, Login, LoginPlan};
use super::lookup::find_connection;
use super::transaction::CatalogWriter;
use crate::aws::LONGEST_VALIDITY;
use crate::catalog::{Db, Definition, SecretReference};
use crate::definition::{
    Limit, LoginOption, PasswordKeeper, PasswordPlace, Protection, TerminalColor,
};
use crate::error::{Error, PasswordError};
use crate::name::ConnectionName;
use crate::url::{Endpoint, UrlError};
use crate::warehouse::Cancel;

/// The destination of a session, and the way to log in.
#[derive(Debug)]
pub struct Credentials {
    /// The endpoint and the user.
    pub destination: Destination,
    /// The way to get user and password.
    pub(super) login: Login,
}

impl Credentials {
    /// The credentials of a stored connection. `place` is the place of its name in the statement.
    pub(super) fn find(
        writer: &mut CatalogWriter,
        name: &ConnectionName,
        place: StatementSpan,
    ) -> Result<Self, Error> {
        let found = find_connection(writer.catalog.reader()?, name, place.clone())?;
        let definition = &found.definition;
        let mut destination = Destination::new(found.id, definition)
            .map_err(|error| Error::at(error, place.clone()))?;
        destination.protection = definition.protection.unwrap_or(writer.protection);
        destination.endpoint.options.read_only |=
            writer.opens_read_only || destination.protection == Protection::ReadOnly;
        let login = LoginPlan::new(definition, &destination.endpoint, false)
            .map_err(|broken| Error::new(broken.error(definition, Fixes::Stored)))
            .and_then(|plan| find_login(writer, name, plan, definition.secret.as_ref()))
            .map_err(|error| error.or_at(place))?;
        Ok(Self { destination, login })
    }

    /// The user and password for a program that opens sessions by itself: credentials of AWS are
    /// valid for as long as AWS gives them.
    pub fn log_in_for_program(&self, cancel: &Cancel) -> Result<LoggedIn, Error> {
        self.login.log_in_for(&self.destination, cancel, LONGEST_VALIDITY)
    }
}

/// The login of a stored connection, whose password is read here if redwire's store has it.
pub(super) fn find_login(
    writer: &mut CatalogWriter,
    name: &ConnectionName,
    plan: LoginPlan,
    reference: Option<&SecretReference>,
) -> Result<Login, Error> {
    match plan {
        LoginPlan::Stored { user } => {
            let password = stored_password(writer, name, reference)?;
            Ok(Login::known(user, password))
        }
        LoginPlan::Asked(question) => Ok(Login::Asked { question, cache: writer.logins.clone() }),
    }
}

fn stored_password(
    writer: &mut CatalogWriter,
    name: &ConnectionName,
    reference: Option<&SecretReference>,
) -> Result<SecretString, Error> {
    let id = writer.catalog.id()?;
    let mut password = writer.secrets.stored(&id, reference)?;
    // Another process may have changed the password since the row was read: the row then refers to
    // another secret.
    if password.is_none()
        && let Some(found) = writer.catalog.reader()?.find_connection(name)?
    {
        password = writer.secrets.stored(&id, found.definition.secret.as_ref())?;
    }
    Ok(password.ok_or_else(|| PasswordError::NotStored { name: name.clone() })?)
}

/// The destination of sessions on a connection: everything they need except the password.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The id of the connection's row in the catalog.
    pub connection_id: i64,
    /// The connection's name.
    pub name: ConnectionName,
    /// The connection's URL, as stored in the catalog.
    pub connection_string: String,
    /// The endpoint that the URL describes.
    pub endpoint: Endpoint,
    /// The destination of `ssh` on the way to the endpoint.
    pub tunnel: Option<String>,
    /// The user who logs in; None until AWS says who it is.
    pub user: Option<String>,
    /// The keeper of the user's password.
    pub keeper: PasswordKeeper,
    /// The maximum number of concurrent sessions; None means no limit.
    pub limit: Option<Limit>,
    /// The statements that it takes.
    pub protection: Protection,
    /// The colour of its prompt and tables.
    pub color: Option<TerminalColor>,
}

impl Destination {
    /// The destination of sessions on the connection with this id and definition.
    pub(super) fn new(connection_id: i64, definition: &Definition) -> Result<Self, UrlError> {
        let mut endpoint = definition.kind.endpoint(&definition.connection_string)?;
        let protection = definition.protection.unwrap_or_default();
        endpoint.options.read_only |= protection == Protection::ReadOnly;
        Ok(Self {
            connection_id,
            name: definition.name.clone(),
            connection_string: definition.connection_string.clone(),
            endpoint,
            tunnel: definition.login.get(LoginOption::SshTunnel).map(str::to_owned),
            user: definition.user_name.clone(),
            keeper: definition.keeper.clone(),
            limit: definition.limit,
            protection,
            color: definition.color,
        })
    }

    /// The reason why its sessions only read, for a hint; None if they write.
    pub fn read_only_reason(&self) -> Option<String> {
        if !self.endpoint.options.read_only {
            None
        } else if self.protection == Protection::ReadOnly {
            Some(format!("PROTECTION of {} is READ_ONLY", self.name.shown()))
        } else {
            Some("--read-only or readOnly=true in the URL makes it so".to_owned())
        }
    }

    /// The destination of a stored connection. `place` is the place of its name in the statement.
    pub(super) fn find(
        db: &Db,
        name: &ConnectionName,
        place: StatementSpan,
    ) -> Result<Self, Error> {
        let found = find_connection(db, name, place.clone())?;
        Self::new(found.id, &found.definition).map_err(|error| Error::at(error, place))
    }
}

/// Fails as [`Credentials::find`] would, as far as the catalog knows: no secret store is opened, and
/// nobody is asked.
pub(super) fn check_password(
    db: &Db,
    name: &ConnectionName,
    place: StatementSpan,
) -> Result<(), Error> {
    match find_connection(db, name, place.clone())?.password {
        PasswordPlace::Store(_) | PasswordPlace::Elsewhere(_) => Ok(()),
        PasswordPlace::Missing => {
            Err(Error::at(PasswordError::NotStored { name: name.clone() }, place))
        }
    }
}
