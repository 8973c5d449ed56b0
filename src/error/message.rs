//! What each failure says.

use std::fmt;

use super::{Failure, FileUse};
use crate::catalog::{Usage, UsageKind};
use crate::name::{ConnectionName, Object};
use crate::sqlstate::State;

impl FileUse {
    fn verb(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

const IN_SINGLE_TRANSACTION: &str =
    "BEGIN, COMMIT and ROLLBACK cannot stand in a script that runs with --single-transaction";

/// How many names the documented message about usages lists before it says how many more there are.
const MAX_NAMES_IN_MESSAGE: usize = 20;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sql(error) => error.fmt(f),
            Self::Url(error) => error.fmt(f),
            Self::Catalog(error) => error.fmt(f),
            Self::Secret(error) => error.fmt(f),
            Self::Warehouse(error) => error.fmt(f),
            Self::Slot(error) => error.fmt(f),
            Self::Import(fault) => fault.fmt(f),
            Self::NoStoredPassword { name } => write!(f, "no password of connection {name} is stored"),
            Self::ConnectionNotOpened {
                name, failure, failed, ..
            } => write_test(f, name, failure, *failed),
            Self::Exists { object } | Self::NewNameExists { object } => write!(f, "{object} exists"),
            Self::Missing { object, .. } => write!(f, "there is no {object}"),
            Self::NotOnWarehouse { table } => write!(f, "the warehouse has no table or view {table}"),
            Self::InUse { usages, objects } => write_usages(f, usages, objects),
            Self::JobWouldChange { name } => {
                write!(
                    f,
                    "under this name the query of job {name} would no longer read as it does"
                )
            }
            Self::WouldBePruned { connection } => {
                write!(
                    f,
                    "the file does not describe connection {connection}, which --prune would drop"
                )
            }
            Self::DescribedTwice { object } => write!(f, "{object} is described twice"),
            Self::NotADefinition => {
                f.write_str("a file for plan and apply has CREATE statements, without WITH TEST, and nothing else")
            }
            Self::FileExists { path } => write!(f, "the file '{path}' exists"),
            Self::PasswordVariable { variable, problem } => {
                write!(f, "the environment variable {} {problem}", shown(variable))
            }
            Self::PasswordFile { path, problem } => write!(f, "the password file '{path}' {problem}"),
            Self::NoTerminal { .. } => f.write_str("there is no terminal to ask for a password"),
            Self::PasswordMissing => f.write_str("the option PASSWORD is missing"),
            Self::PasswordUnusable { problem } => write!(f, "the password {problem}"),
            Self::TransactionOpen => f.write_str("a transaction is already open"),
            Self::NoTransaction => f.write_str("no transaction is open"),
            Self::TransactionFailed => {
                f.write_str("the transaction has failed: statements are refused until it is rolled back")
            }
            Self::EndInTransaction => f.write_str("the script ended inside a transaction, which was rolled back"),
            Self::InSingleTransaction => f.write_str(IN_SINGLE_TRANSACTION),
            Self::Expected { expected, happened } => write_expected(f, *expected, *happened),
            Self::NothingToExpect { expected } => {
                write!(f, "expected the failure {expected}, but no statement followed")
            }
            Self::ScriptUndone => {
                f.write_str("a statement of the script has failed, so the whole script was rolled back")
            }
            Self::NoAuthorities { named: Some(path) } => write!(f, "SSL_CERT_FILE names {path}, which is no file"),
            Self::NoAuthorities { named: None } => {
                f.write_str("this system has no file of certificates to verify the server with")
            }
            Self::ProgramNotFound { program } => write!(f, "there is no program '{program}'"),
            Self::ProgramUnusable { program, .. } => write!(f, "the program '{program}' cannot be run"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Fault { what } => write!(f, "a fault of redwire: {what}"),
            Self::Command { message, .. } => f.write_str(message),
            Self::File { attempt, path, .. } => write!(f, "cannot {} {path}", attempt.verb()),
        }
    }
}

/// Why a tested connection cannot be opened, and how many of them cannot.
fn write_test(
    f: &mut fmt::Formatter<'_>,
    name: &ConnectionName,
    failure: &Failure,
    (failed, tested): (usize, usize),
) -> fmt::Result {
    match failure {
        // It names the connection itself.
        Failure::NoStoredPassword { .. } => write!(f, "{failure}")?,
        _ => write!(f, "connection {name}: {failure}")?,
    }
    if failed > 1 {
        write!(f, "; {failed} of {tested} connections failed")?;
    }
    Ok(())
}

fn write_expected(
    f: &mut fmt::Formatter<'_>,
    expected: State,
    happened: Option<State>,
) -> fmt::Result {
    write!(f, "expected the failure {expected}, but the statement ")?;
    match happened {
        Some(happened) => write!(f, "failed with {happened}"),
        None => f.write_str("succeeded"),
    }
}

/// The name of a variable as it stands in a sentence: in quotes where it is no plain word.
pub(super) fn shown(variable: &str) -> String {
    let is_plain = !variable.is_empty()
        && variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_plain {
        variable.to_owned()
    } else {
        format!("'{variable}'")
    }
}

/// The documented message: tables joined by `, `, a space, jobs joined by `, `; the rest as a
/// number.
fn write_usages(f: &mut fmt::Formatter<'_>, usages: &[Usage], objects: &[Object]) -> fmt::Result {
    let kind = objects.first().map_or("object", Object::kind);
    write!(f, "Cannot delete {kind} due to usages:")?;
    let shown = &usages[..usages.len().min(MAX_NAMES_IN_MESSAGE)];
    for kind in [UsageKind::Table, UsageKind::Job] {
        let names: Vec<&str> =
            shown.iter().filter(|u| u.kind == kind).map(|u| u.name.as_str()).collect();
        if !names.is_empty() {
            write!(f, " {}", names.join(", "))?;
        }
    }
    if usages.len() > MAX_NAMES_IN_MESSAGE {
        write!(f, " and {} more", usages.len() - MAX_NAMES_IN_MESSAGE)?;
    }
    Ok(())
}
