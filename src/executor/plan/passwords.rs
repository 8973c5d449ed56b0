//! Passwords in a file of definitions, compared with the stored ones. Neither is ever shown.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use super::describe::{DefinitionError, Described, source_of};
use super::diff::PasswordDifference;
use crate::catalog::{Contents, PasswordState, StoredConnection};
use crate::error::Error;
use crate::executor::{Executor, Mode, Notice, Outcome};
use crate::name::ConnectionName;
use crate::secret::StoreKind;
use crate::sql::CreateConnection;
use crate::sql::setting::PasswordSource;

/// The passwords in a file, and the results of comparing them.
#[derive(Default)]
pub(super) struct Passwords {
    /// The passwords that the file gives; `PROMPT` gives none.
    pub given: BTreeMap<ConnectionName, SecretString>,
    /// The result of the comparison with the secret of this id.
    verdicts: BTreeMap<String, Option<PasswordDifference>>,
}

impl Passwords {
    /// The difference of each password from the stored one. A secret that another process stored
    /// since the comparison counts as different.
    pub fn differences(&self, contents: &Contents) -> BTreeMap<ConnectionName, PasswordDifference> {
        let difference = |found: &StoredConnection| {
            let name = &found.definition.name;
            if !self.given.contains_key(name) {
                return None;
            }
            let verdict = self.verdicts.get(&found.definition.secret.id).copied();
            let difference = verdict.unwrap_or(Some(PasswordDifference::Another))?;
            Some((name.clone(), difference))
        };
        contents.connections.iter().filter_map(difference).collect()
    }
}

impl Executor {
    /// Reads every password that the file gives by a variable, a file or a literal.
    pub(super) fn read_passwords(
        &mut self,
        described: &[Described],
        outcome: &mut Outcome,
    ) -> Result<Passwords, DefinitionError> {
        let mut passwords = Passwords::default();
        for (index, described) in described.iter().enumerate() {
            if let Described::Connection(create) = described
                && !matches!(source_of(create), Ok(PasswordSource::Prompt))
            {
                let password = self
                    .read_password(create, outcome)
                    .map_err(DefinitionError::at_index(index))?;
                passwords.given.insert(create.name.clone(), password);
            }
        }
        Ok(passwords)
    }

    /// Reads a password from its source; PROMPT asks.
    pub(super) fn read_password(
        &mut self,
        create: &CreateConnection,
        outcome: &mut Outcome,
    ) -> Result<SecretString, Error> {
        self.passwords
            .read(source_of(create)?, &create.name, outcome)
            .map_err(|error| error.or_at(create.places.password.clone()))
    }

    /// Reads the stored password of each connection that also has one in the file.
    pub(super) fn compare_passwords(
        &mut self,
        passwords: &mut Passwords,
        described: &[Described],
        contents: &Contents,
        outcome: &mut Outcome,
    ) -> Result<(), DefinitionError> {
        for (index, described) in described.iter().enumerate() {
            let Described::Connection(create) = described else {
                continue;
            };
            let given = passwords.given.get(&create.name);
            let (Some(given), Some(found)) = (given, contents.connection(&create.name)) else {
                continue;
            };
            let verdict =
                self.verdict(found, given, outcome).map_err(DefinitionError::at_index(index))?;
            passwords.verdicts.insert(found.definition.secret.id.clone(), verdict);
        }
        Ok(())
    }

    fn verdict(
        &mut self,
        found: &StoredConnection,
        given: &SecretString,
        outcome: &mut Outcome,
    ) -> Result<Option<PasswordDifference>, Error> {
        if found.password == PasswordState::Missing {
            return Ok(Some(PasswordDifference::None));
        }
        if self.mode == Mode::DryRun && self.secrets.kind() != StoreKind::Memory {
            let text = "passwords were not compared: a dry run does not open the secret store";
            outcome.add_notices([Notice::new(text)]);
            return Ok(None);
        }
        let stored = self.secrets.stored(&self.catalog.id()?, &found.definition.secret)?;
        Ok(match stored {
            None => Some(PasswordDifference::None),
            Some(stored) if stored.expose_secret() == given.expose_secret() => None,
            Some(_) => Some(PasswordDifference::Another),
        })
    }
}
