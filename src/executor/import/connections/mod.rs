//! IMPORT CONNECTIONS: reads the file, asks the secret store, and then creates what is new in one
//! transaction with its passwords. Existing connections are compared and stay as they are.

mod candidate;
mod verdict;

use std::path::Path;
use std::slice;

use candidate::{ImportCandidate, definition_of, path_of, read_candidates};
use verdict::{ConnectionCounts, ConnectionVerdict};

use crate::catalog::{Db, Definition};
use crate::error::Error;
use crate::executor::define::save_connection;
use crate::executor::password::PasswordReader;
use crate::executor::plan::compare_password;
use crate::executor::transaction::CatalogWriter;
use crate::executor::{Answer, NO_CHANGE, Outcome};
use crate::foreign::ForeignLogin;
use crate::name::Identifier;
use crate::sql::ImportConnections;
use crate::value::{ResultSet, Value};

/// The command tag.
const TAG: &str = "IMPORT CONNECTIONS";

/// Creates the connections of the file that the catalog lacks.
pub(in crate::executor) fn import_connections(
    writer: &mut CatalogWriter,
    passwords: &PasswordReader,
    import: &ImportConnections,
) -> Result<Outcome, Error> {
    let path = path_of(passwords, import)?;
    let mut candidates = read_candidates(passwords, import, &path)?;
    let mut outcome = Outcome::done(TAG);
    let needs = compare_with_catalog(writer, &mut candidates, &mut outcome)?;
    if !needs.change {
        outcome.tag = Some(NO_CHANGE);
        answer(writer.catalog.reader()?, &candidates, &path, &mut outcome)?;
        return Ok(outcome);
    }
    writer.catalog.reader()?.check_writable()?;
    if needs.store {
        writer.secrets.prepare(&writer.catalog.id()?)?;
    }
    writer.change(&mut outcome, |change, outcome| {
        // Another process may have changed the catalog since.
        for (definition, login) in answer(change.db, &candidates, &path, outcome)? {
            save_connection(change, None, definition, login.password.clone())?;
        }
        Ok(())
    })?;
    Ok(outcome)
}

/// The needs of an import.
#[derive(Clone, Copy, Default)]
struct ImportNeeds {
    /// A connection is new.
    change: bool,
    /// A new connection has a password.
    store: bool,
}

/// Compares the passwords of existing connections with the stored ones.
fn compare_with_catalog(
    writer: &mut CatalogWriter,
    candidates: &mut [ImportCandidate],
    outcome: &mut Outcome,
) -> Result<ImportNeeds, Error> {
    let mut needs = ImportNeeds::default();
    for candidate in candidates {
        let Ok((name, login)) = &candidate.login else { continue };
        let found = writer.catalog.reader()?.find_connection(name)?;
        match (found, &login.password) {
            (None, password) => {
                needs.change = true;
                needs.store |= password.is_some();
            }
            (Some(found), Some(password)) => {
                let difference = compare_password(writer, &found, password, outcome)?;
                let id = found.definition.secret.map(|secret| secret.id);
                candidate.compared = Some((id, difference));
            }
            (Some(_), None) => {}
        }
    }
    Ok(needs)
}

/// Adds a row for each connection and a notice that counts them; returns the new ones.
fn answer<'a>(
    db: &Db,
    candidates: &'a [ImportCandidate],
    path: &Path,
    outcome: &mut Outcome,
) -> Result<Vec<(Definition, &'a ForeignLogin)>, Error> {
    let mut set = ResultSet::with_columns(["name", "endpoint", "user_name", "verdict", "note"]);
    let mut new = Vec::new();
    let mut counts = ConnectionCounts::default();
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
        let definition = definition_of(name, login);
        let verdict = candidate.verdict(db.find_connection(name)?.as_ref(), &definition);
        counts.add(&verdict);
        let notes = verdict.notes(name, login);
        set.rows.push(row(name.sql().to_string(), Some(login), verdict.word(), &notes));
        if let ConnectionVerdict::New = verdict {
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
        Value::optional_text(login.and_then(|login| login.user.clone())),
        verdict.into(),
        Value::optional_text(notes),
    ]
}
