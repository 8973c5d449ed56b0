//! IMPORT CONNECTIONS: reads the file, asks the secret store, and then creates what is new in one
//! transaction with its passwords. Existing connections are compared and stay as they are.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::slice;

use secrecy::{ExposeSecret, SecretString};

use crate::catalog::{Db, Definition, Pattern, StoredConnection};
use crate::definition::{ConnectionKind, ForeignTool, LoginOptions, PasswordKeeper};
use crate::error::{Error, ImportError};
use crate::executor::define::save_connection;
use crate::executor::password::{PasswordReader, is_open_to_others, problem_of};
use crate::executor::plan::{
    Difference, PasswordDifference, compare_password, connection_differences,
};
use crate::executor::transaction::CatalogWriter;
use crate::executor::{Answer, NO_CHANGE, Notice, Outcome, counted};
use crate::foreign::{self, ForeignConnection, ForeignLogin, candidates, redwire_name};
use crate::name::{ConnectionName, Identifier};
use crate::sign::shown_path;
use crate::sql::ImportConnections;
use crate::sql::option::PASSWORD;
use crate::value::{ResultSet, Value};

/// The command tag.
const TAG: &str = "IMPORT CONNECTIONS";

/// The maximum size of a file.
const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// A connection of the file.
struct Candidate {
    /// The name in redwire, or the tool's own if nothing of it can be in one.
    name: String,
    /// The login under a valid name, or the reason why the connection is left out.
    login: Result<(ConnectionName, ForeignLogin), String>,
    /// The id of the stored secret that the password was compared with, and the result.
    compared: Option<(String, Option<PasswordDifference>)>,
}

/// The verdict on a connection of the file.
enum Verdict {
    New,
    Same,
    Differs(Vec<Difference>),
}

/// Creates the connections of the file that the catalog lacks.
pub(in crate::executor) fn import_connections(
    writer: &mut CatalogWriter,
    passwords: &PasswordReader,
    import: &ImportConnections,
) -> Result<Outcome, Error> {
    let path = path_of(passwords, import)?;
    let mut candidates = read_candidates(passwords, import, &path)?;
    let mut outcome = Outcome::done(TAG);
    let mut is_new = false;
    let mut needs_store = false;
    for candidate in &mut candidates {
        let Ok((name, login)) = &candidate.login else { continue };
        let Some(password) = &login.password else {
            is_new |= writer.catalog.reader()?.find_connection_id(name)?.is_none();
            continue;
        };
        match writer.catalog.reader()?.find_connection(name)? {
            None => (is_new, needs_store) = (true, true),
            Some(found) => {
                let difference = compare_password(writer, &found, password, &mut outcome)?;
                let id = found.definition.secret.map(|secret| secret.id).unwrap_or_default();
                candidate.compared = Some((id, difference));
            }
        }
    }
    if !is_new {
        outcome.tag = Some(NO_CHANGE);
        answer(writer.catalog.reader()?, &candidates, &path, &mut outcome)?;
        return Ok(outcome);
    }
    writer.catalog.reader()?.check_writable()?;
    if needs_store {
        writer.secrets.prepare(&writer.catalog.id()?)?;
    }
    writer.change(&mut outcome, |change, outcome| {
        let new = answer(change.db, &candidates, &path, outcome)?;
        for (definition, login) in new {
            save_connection(change, None, definition, login.password.clone())?;
        }
        Ok(())
    })?;
    Ok(outcome)
}

/// Adds a row for each connection and a notice that counts them; returns the new ones.
fn answer<'a>(
    db: &Db,
    candidates: &'a [Candidate],
    path: &Path,
    outcome: &mut Outcome,
) -> Result<Vec<(Definition, &'a ForeignLogin)>, Error> {
    let mut set = ResultSet::with_columns(["name", "endpoint", "user_name", "verdict", "note"]);
    let mut new = Vec::new();
    let mut counts = Counts::default();
    for candidate in candidates {
        let (name, login) = match &candidate.login {
            Ok(login) => login,
            Err(reason) => {
                counts.left_out += 1;
                let name = Identifier(&candidate.name).to_string();
                set.rows.push(row(name, None, "left out", slice::from_ref(reason)));
                continue;
            }
        };
        let definition = definition(name, login);
        let verdict = candidate.verdict(db.find_connection(name)?.as_ref(), &definition);
        counts.add(&verdict);
        let notes = verdict.notes(name, login);
        set.rows.push(row(name.sql().to_string(), Some(login), verdict.word(), &notes));
        if let Verdict::New = verdict {
            new.push((definition, login));
        }
    }
    outcome.answer = Some(Answer::List(set));
    outcome.notices.push(counts.notice(path));
    Ok(new)
}

fn row(
    name: String,
    login: Option<&ForeignLogin>,
    verdict: &'static str,
    notes: &[String],
) -> Vec<Value> {
    let notes = (!notes.is_empty()).then(|| notes.join("; "));
    vec![
        name.into(),
        Value::optional_text(login.map(|login| login.endpoint.to_string())),
        Value::optional_text(login.map(|login| login.user.clone())),
        verdict.into(),
        Value::optional_text(notes),
    ]
}

impl Verdict {
    /// The word in the column `verdict`.
    fn word(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Same => "same",
            Self::Differs(_) => "differs",
        }
    }

    /// The texts in the column `note`.
    fn notes(&self, name: &ConnectionName, login: &ForeignLogin) -> Vec<String> {
        let alter = format!("{} {} SET", ConnectionKind::Redshift.alter(), name.shown());
        match self {
            Self::New => {
                let mut notes = login.notes.clone();
                if login.password.is_none() {
                    notes.push(format!(
                        "the file has no password: {alter} {} = PROMPT",
                        PASSWORD.name
                    ));
                }
                notes
            }
            Self::Same => Vec::new(),
            Self::Differs(differences) => {
                let mut notes: Vec<String> = differences.iter().map(ToString::to_string).collect();
                let settings = differences.iter().filter_map(setting);
                let settings = settings.collect::<Vec<_>>().join(", ");
                notes.push(format!("to take it over: {alter} {settings}"));
                notes
            }
        }
    }
}

/// The setting of ALTER that makes a difference go away.
fn setting(difference: &Difference) -> Option<String> {
    match difference {
        Difference::Value { what, new, .. } => new.as_ref().map(|new| format!("{what} = {new}")),
        Difference::Password(_) => Some(format!("{} = PROMPT", PASSWORD.name)),
        Difference::Body => None,
    }
}

/// The number of connections with each verdict.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    new: usize,
    same: usize,
    differs: usize,
    left_out: usize,
}

impl Counts {
    fn add(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::New => self.new += 1,
            Verdict::Same => self.same += 1,
            Verdict::Differs(_) => self.differs += 1,
        }
    }

    fn notice(self, path: &Path) -> Notice {
        let Self { new, same, differs, left_out } = self;
        let read = counted(&(new + same + differs + left_out), "connection");
        let path = shown_path(path);
        let differ = if differs == 1 { "differs" } else { "differ" };
        Notice::new(format!(
            "read {read} from {path}: {new} new, {same} the same, {differs} {differ}, {left_out} \
             left out"
        ))
    }
}

/// The path in the statement, or the first place of the tool at which there is a file.
fn path_of(passwords: &PasswordReader, import: &ImportConnections) -> Result<PathBuf, Error> {
    if let Some(file) = &import.file {
        return Ok(file.value.as_str().into());
    }
    let places = candidates(import.tool, &|name| passwords.value_of(name));
    let found = places.iter().find(|path| path.exists()).cloned();
    found.ok_or_else(|| {
        let paths = places.iter().map(|path| path.display().to_string()).collect();
        ImportError::NoForeignFile { tool: import.tool.keyword(), paths }.into()
    })
}

/// The connections of the file whose names fit; of two with one name the first counts.
fn read_candidates(
    passwords: &PasswordReader,
    import: &ImportConnections,
    path: &Path,
) -> Result<Vec<Candidate>, Error> {
    let unusable = |problem: String| {
        let hint = hint_of(import.tool, path, &problem);
        let path = path.display().to_string();
        let place = import.file.as_ref().map(|file| file.span.clone());
        Error::at(ImportError::ForeignFile { path, problem, hint }, place)
    };
    let text = read_text(import.tool, path).map_err(unusable)?;
    let variables =
        |name: &str| passwords.value_of(name).and_then(|value| value.into_string().ok());
    let found = foreign::read(import.tool, text.expose_secret(), &variables)
        .map_err(|error| unusable(error.to_string()))?;
    let pattern = import.like.as_deref().map(Pattern::new);
    let mut names = HashSet::new();
    let candidates = found.into_iter().map(|found| Candidate::new(found, &mut names));
    let fits = |candidate: &Candidate| {
        pattern.as_ref().is_none_or(|pattern| pattern.matches(&candidate.name))
    };
    Ok(candidates.filter(fits).collect())
}

/// The whole file, or the problem with it as a predicate. libpq ignores a password file that others
/// can read.
fn read_text(tool: ForeignTool, path: &Path) -> Result<SecretString, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    // A pipe would be waited for.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err("is not a regular file".to_owned());
    }
    let file = File::open(path).map_err(unreadable)?;
    if tool == ForeignTool::PgPass && is_open_to_others(&file) {
        return Err(OPEN_TO_OTHERS.to_owned());
    }
    let mut text = String::new();
    match file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text) {
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err("is not UTF-8".to_owned())
        }
        Err(error) => Err(unreadable(error)),
        Ok(_) if text.len() as u64 > MAX_FILE_BYTES => Err("is larger than 8 MiB".to_owned()),
        Ok(_) if text.trim().is_empty() => Err("is empty".to_owned()),
        Ok(_) => Ok(text.into()),
    }
}

/// libpq's own words.
const OPEN_TO_OTHERS: &str = "has group or world access; permissions should be u=rw (0600) or less";

fn hint_of(tool: ForeignTool, path: &Path, problem: &str) -> String {
    if problem == OPEN_TO_OTHERS {
        let path = shown_path(path);
        format!("chmod 600 {path} closes it; libpq ignores it as it is")
    } else {
        format!("name another file: IMPORT CONNECTIONS FROM {} 'file'", tool.keyword())
    }
}

impl Candidate {
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
            if names.insert(name.clone()) {
                Ok((name, login))
            } else {
                Err("an earlier connection of the file has this name".to_owned())
            }
        });
        let name = if made.is_empty() { found.name } else { made };
        Self { name, login, compared: None }
    }

    fn verdict(&self, stored: Option<&StoredConnection>, new: &Definition) -> Verdict {
        let Some(stored) = stored.map(|stored| &stored.definition) else {
            return Verdict::New;
        };
        let secret = stored.secret.as_ref().map(|secret| secret.id.as_str()).unwrap_or_default();
        let password = match &self.compared {
            Some((id, difference)) if id == secret => *difference,
            Some(_) | None => None,
        };
        let differences = connection_differences(stored, &as_far_as_told(new, stored), password);
        if differences.is_empty() {
            Verdict::Same
        } else {
            Verdict::Differs(differences)
        }
    }
}

/// The definition with what the file of a tool cannot say: the limit, the comment, and a URL that
/// leads to the same endpoint in other words.
fn as_far_as_told(new: &Definition, stored: &Definition) -> Definition {
    let endpoint =
        |definition: &Definition| definition.kind.endpoint(&definition.connection_string).ok();
    let is_same = endpoint(new) == endpoint(stored);
    let url = if is_same { stored } else { new };
    Definition {
        connection_string: url.connection_string.clone(),
        keeper: stored.keeper.clone(),
        login: stored.login.clone(),
        limit: stored.limit,
        comment: stored.comment.clone(),
        ..new.clone()
    }
}

fn definition(name: &ConnectionName, login: &ForeignLogin) -> Definition {
    Definition {
        kind: ConnectionKind::Redshift,
        name: name.clone(),
        connection_string: login.url.clone(),
        host: login.endpoint.host.clone(),
        port: login.endpoint.port,
        database: login.endpoint.database.clone(),
        user_name: Some(login.user.clone()),
        keeper: PasswordKeeper::Store,
        login: LoginOptions::default(),
        secret: None,
        limit: None,
        comment: None,
    }
}
