//! Passwords in a file of definitions, compared with the stored ones. Neither is ever shown.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use super::diff::PasswordDifference;
use super::{CreateStatement, DefinitionStatement};
use crate::catalog::{Contents, Definition, StoredConnection};
use crate::definition::{LoginOption, PasswordPlace, StoreKind};
use crate::error::{Error, PasswordError};
use crate::executor::password::PasswordReader;
use crate::executor::transaction::CatalogWriter;
use crate::executor::{Mode, Notice, Outcome};
use crate::name::ConnectionName;
use crate::sql::CreateConnection;
use crate::sql::setting::PasswordSource;
use crate::url::LoginScheme;

/// The passwords in a file, and the results of comparing them.
#[derive(Default)]
pub(super) struct Passwords {
    /// The passwords that the file gives; `PROMPT` and a variable that is not set give none.
    pub given: BTreeMap<ConnectionName, SecretString>,
    /// The result of the comparison with the secret of this id.
    compared: BTreeMap<String, Option<PasswordDifference>>,
}

impl Passwords {
    /// The difference of the connection's password from the stored one. A secret that another
    /// process stored since the comparison counts as different.
    pub fn difference(&self, stored: &Definition) -> Option<PasswordDifference> {
        self.given.get(&stored.name)?;
        let Some(secret) = &stored.secret else {
            return Some(PasswordDifference::None);
        };
        let compared = self.compared.get(&secret.id).copied();
        compared.unwrap_or(Some(PasswordDifference::Another))
    }
}

/// The connections whose passwords are in variables that are not set.
#[derive(Default)]
struct UnsetVariables {
    stored: Vec<String>,
    new: Vec<String>,
}

impl UnsetVariables {
    fn add(&mut self, name: &ConnectionName, is_new: bool) {
        let names = if is_new { &mut self.new } else { &mut self.stored };
        names.push(name.shown());
    }

    /// One notice for all connections that keep their passwords, one for all that need one.
    fn notices(self) -> impl Iterator<Item = Notice> {
        let notice = |names: Vec<String>, text: &str| {
            let names = names.join(", ");
            (!names.is_empty()).then(|| Notice::new(format!("{text}: {names}")))
        };
        let stored =
            notice(self.stored, "passwords not compared, since their variables are not set");
        let new = notice(
            self.new,
            "apply needs the passwords of new connections, whose variables are not set",
        );
        stored.into_iter().chain(new)
    }
}

/// Reads every password that the file gives by a variable, a file or a literal, and compares it
/// with the stored one. A variable that is not set leaves the stored password as it is.
pub(super) fn read_passwords(
    writer: &mut CatalogWriter,
    reader: &mut PasswordReader,
    statements: &[DefinitionStatement],
    contents: &Contents,
    outcome: &mut Outcome,
) -> Result<Passwords, Error> {
    let mut passwords = Passwords::default();
    let mut unset = UnsetVariables::default();
    for statement in statements {
        let CreateStatement::Connection(create) = &statement.create else {
            continue;
        };
        match &create.options.password {
            Some(PasswordSource::Prompt | PasswordSource::Command(_)) => continue,
            None if uses_no_store(create) => continue,
            Some(source) if !reader.is_set(source) => {
                let is_new = contents.connection(&create.name).is_none();
                unset.add(&create.name, is_new);
                continue;
            }
            Some(_) | None => {}
        }
        let given = read_password(reader, create, outcome).map_err(&statement.locate)?;
        if let Some(found) = contents.connection(&create.name)
            && let Some(secret) = &found.definition.secret
        {
            let difference =
                compare_password(writer, found, &given, outcome).map_err(&statement.locate)?;
            passwords.compared.insert(secret.id.clone(), difference);
        }
        passwords.given.insert(create.name.clone(), given);
    }
    outcome.notices.extend(unset.notices());
    Ok(passwords)
}

/// Reads a password from its source; PROMPT asks. A file must give a source, since there is
/// nobody to ask for one.
pub(super) fn read_password(
    reader: &mut PasswordReader,
    create: &CreateConnection,
    outcome: &mut Outcome,
) -> Result<SecretString, Error> {
    let missing = || Error::at(PasswordError::Missing, create.places.name.clone());
    let source = create.options.password.as_ref().ok_or_else(missing)?;
    reader
        .read(source, &create.name, outcome)
        .map_err(|error| error.or_at(create.places.password.clone()))
}

/// True if AWS has the password: the URL or AWS_SECRET says so.
fn uses_no_store(create: &CreateConnection) -> bool {
    let is_iam = create
        .kind
        .endpoint(&create.options.connection_string)
        .is_ok_and(|endpoint| endpoint.scheme == LoginScheme::Iam);
    is_iam || create.options.login.get(LoginOption::AwsSecret).is_some()
}

/// Compares a password with the stored one; None if they are equal, or in a dry run.
pub(in crate::executor) fn compare_password(
    writer: &mut CatalogWriter,
    found: &StoredConnection,
    given: &SecretString,
    outcome: &mut Outcome,
) -> Result<Option<PasswordDifference>, Error> {
    if found.password == PasswordPlace::Missing {
        return Ok(Some(PasswordDifference::None));
    }
    if writer.catalog.mode == Mode::DryRun && writer.secrets.kind() != StoreKind::Memory {
        let text = "passwords were not compared: a dry run does not open the secret store";
        outcome.add_notices([Notice::new(text)]);
        return Ok(None);
    }
    let stored = writer.secrets.stored(&writer.catalog.id()?, found.definition.secret.as_ref())?;
    Ok(match stored {
        None => Some(PasswordDifference::None),
        Some(stored) if stored.expose_secret() == given.expose_secret() => None,
        Some(_) => Some(PasswordDifference::Another),
    })
}
