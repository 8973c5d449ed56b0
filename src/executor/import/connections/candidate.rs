//! Reading the file: its path, its text, and the connections in it under names of redwire.

use std::collections::HashSet;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use crate::catalog::{Definition, Pattern};
use crate::definition::{ConnectionKind, ForeignTool};
use crate::error::{Error, ImportError};
use crate::executor::define::listed_port;
use crate::executor::login::{Fixes, LoginPlan, keeper};
use crate::executor::password::{PasswordReader, is_open_to_others, problem_of};
use crate::executor::plan::PasswordDifference;
use crate::foreign::{self, ForeignConnection, ForeignLogin, candidates, redwire_name};
use crate::name::ConnectionName;
use crate::sql::ImportConnections;

/// The maximum size of a file.
const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// A connection of the file.
pub(super) struct ImportCandidate {
    /// The name in redwire, or the tool's own if nothing of it can be in one.
    pub name: String,
    /// The login under a valid name, or the reason why the connection is left out.
    pub login: Result<(ConnectionName, ForeignLogin), String>,
    /// The id of the stored secret that the password was compared with, and the result.
    pub compared: Option<(Option<String>, Option<PasswordDifference>)>,
}

/// The path in the statement, or the first place of the tool at which there is a file.
pub(super) fn path_of(
    passwords: &PasswordReader,
    import: &ImportConnections,
) -> Result<PathBuf, Error> {
    if let Some(file) = &import.file {
        return Ok(file.value.as_str().into());
    }
    let places = candidates(import.tool, &|name| passwords.value_of(name));
    let found = places.iter().find(|path| path.exists()).cloned();
    found.ok_or_else(|| {
        let paths = places.iter().map(|path| path.display().to_string()).collect();
        ImportError::NoForeignFile { tool: import.tool, paths }.into()
    })
}

/// The connections of the file whose names fit; of two with one name the first counts.
pub(super) fn read_candidates(
    passwords: &PasswordReader,
    import: &ImportConnections,
    path: &Path,
) -> Result<Vec<ImportCandidate>, Error> {
    let at_file = |error| Error::at(error, import.file.as_ref().map(|file| file.span.clone()));
    let text = read_text(import.tool, path).map_err(at_file)?;
    let variables =
        |name: &str| passwords.value_of(name).and_then(|value| value.into_string().ok());
    let found = foreign::read(import.tool, text.expose_secret(), &variables)
        .map_err(|error| at_file(ImportError::foreign_file(import.tool, path, error)))?;
    let pattern = import.like.as_deref().map(Pattern::new);
    let mut names = HashSet::new();
    let candidates = found.into_iter().map(|found| ImportCandidate::new(found, &mut names));
    let fits = |candidate: &ImportCandidate| {
        pattern.as_ref().is_none_or(|pattern| pattern.matches(&candidate.name))
    };
    Ok(candidates.filter(fits).collect())
}

/// The whole file. libpq ignores a password file that others can read.
fn read_text(tool: ForeignTool, path: &Path) -> Result<SecretString, ImportError> {
    let unusable = |problem: &str| ImportError::foreign_file(tool, path, problem);
    let unreadable = |error: std::io::Error| unusable(&format!("cannot be read: {error}"));
    // A pipe would be waited for.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(unusable("is not a regular file"));
    }
    let file = File::open(path).map_err(unreadable)?;
    if tool == ForeignTool::PgPass && is_open_to_others(&file) {
        return Err(ImportError::OpenPasswordFile { path: path.display().to_string() });
    }
    let mut text = String::new();
    match file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text) {
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(unusable("is not UTF-8")),
        Err(error) => Err(unreadable(error)),
        Ok(_) if text.len() as u64 > MAX_FILE_BYTES => Err(unusable("is larger than 8 MiB")),
        Ok(_) if text.trim().is_empty() => Err(unusable("is empty")),
        Ok(_) => Ok(text.into()),
    }
}

impl ImportCandidate {
    /// `names` has the names of the connections before it.
    fn new(found: ForeignConnection, names: &mut HashSet<ConnectionName>) -> Self {
        let made = redwire_name(&found.name);
        let login = found.login.and_then(|login| {
            if let Some(password) = &login.password
                && let Some(problem) = problem_of(password.expose_secret())
            {
                return Err(format!("its password {problem}"));
            }
            let name = ConnectionName::new(&made).map_err(|error| error.to_string())?;
            check_login(&definition_of(&name, &login), &login)?;
            if names.insert(name.clone()) {
                Ok((name, login))
            } else {
                Err("an earlier connection of the file has this name".to_owned())
            }
        });
        let name = if made.is_empty() { found.name } else { made };
        Self { name, login, compared: None }
    }
}

/// Fails where options of a login through AWS do not go together.
fn check_login(definition: &Definition, login: &ForeignLogin) -> Result<(), String> {
    if definition.keeper.is_store() {
        return Ok(());
    }
    let plan = LoginPlan::new(definition, &login.endpoint, false);
    plan.map(drop)
        .map_err(|broken| broken.error(definition, Fixes::Stored).to_string())
}

/// The definition of a new connection; its password is not stored yet.
pub(super) fn definition_of(name: &ConnectionName, login: &ForeignLogin) -> Definition {
    let endpoint = &login.endpoint;
    Definition {
        kind: ConnectionKind::Redshift,
        name: name.clone(),
        connection_string: login.url.clone(),
        host: endpoint.shown_host(),
        port: listed_port(endpoint),
        database: endpoint.database.clone(),
        user_name: login.user.clone(),
        keeper: keeper(endpoint, false, None),
        secret: None,
        login: login.options.clone(),
        limit: None,
        protection: None,
        color: None,
        comment: None,
    }
}
