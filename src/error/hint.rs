//! What to type after a failure.

use super::Failure;
use super::message::shown;
use crate::catalog::{Usage, UsageKind};
use crate::definition::ConnectionKind;
use crate::name::Object;

impl Failure {
    /// What to type next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Sql(error) => Some(error.hint()),
            Self::Url(error) => error.hint(),
            Self::Catalog(error) => error.hint(),
            Self::Secret(error) => error.hint(),
            Self::Warehouse(error) => error.hint(),
            Self::Slot(error) => error.hint(),
            Self::Import(fault) => Some(fault.hint()),
            Self::NoStoredPassword { name } => Some(format!("{} {name} SET PASSWORD = PROMPT", ConnectionKind::Redshift.alter())),
            Self::ConnectionNotOpened { failure, fix, .. } => fix.clone().or_else(|| failure.hint()),
            Self::Exists { object } => Some(other_than_create(object)),
            Self::NewNameExists { object } => Some(format!(
                "choose another name, or DROP {} {} first",
                object.kind().to_ascii_uppercase(),
                object.name()
            )),
            Self::Missing {
                nearest: Some(nearest), ..
            } => Some(format!("did you mean {nearest}?")),
            Self::Missing { object, nearest: None } => Some(format!(
                "SHOW {}S lists what is there",
                object.kind().to_ascii_uppercase()
            )),
            Self::NotOnWarehouse { .. } => Some("\\dt lists the tables and views".to_owned()),
            Self::InUse { usages, objects } => Some(drop_script(usages, objects)),
            Self::JobWouldChange { name } => Some(format!(
                "choose another name, or give the aliases in the job other names first: SHOW CREATE JOB {name}"
            )),
            Self::WouldBePruned { connection } => Some(format!(
                "add {} {connection} to the file, or leave --prune out",
                ConnectionKind::Redshift.create()
            )),
            Self::DescribedTwice { .. } => Some("leave one of the two out".to_owned()),
            Self::NotADefinition => Some("leave it out, or run the file as a script: redwire -f FILE".to_owned()),
            Self::FileExists { .. } => Some("name another file, or remove this one first".to_owned()),
            Self::PasswordVariable { variable, .. } => Some(format!(
                "set {} in the environment of redwire, or write PASSWORD = PROMPT",
                shown(variable)
            )),
            Self::PasswordUnusable { .. } => {
                Some("write PASSWORD = PROMPT to be asked for it, or PASSWORD = ENV 'NAME', or FILE 'path'".to_owned())
            }
            Self::PasswordFile { .. } => {
                Some("the file's only line is the password; it must be readable by you, and by nobody else".to_owned())
            }
            Self::NoTerminal { .. } => {
                Some("write PASSWORD = ENV 'NAME' or PASSWORD = FILE 'path', or run redwire in a terminal".to_owned())
            }
            Self::PasswordMissing => Some(
                "add PASSWORD = PROMPT to be asked for it, or PASSWORD = ENV 'NAME', or PASSWORD = FILE 'path'"
                    .to_owned(),
            ),
            Self::TransactionOpen => Some("COMMIT or ROLLBACK ends it".to_owned()),
            Self::NoTransaction => Some("BEGIN opens one".to_owned()),
            Self::TransactionFailed => Some("ROLLBACK ends it".to_owned()),
            Self::EndInTransaction => Some("end the script with COMMIT".to_owned()),
            Self::InSingleTransaction => Some("leave the option or the statement out".to_owned()),
            Self::Command { hint, .. } => hint.clone(),
            Self::ScriptUndone => Some("leave --single-transaction out where a script has \\expect in it".to_owned()),
            Self::NothingToExpect { .. } => Some("write \\expect before the statement that is to fail".to_owned()),
            Self::NoAuthorities { .. } => Some(
                "name one in the URL: sslrootcert=/path/to/ca.pem, or install the package ca-certificates".to_owned(),
            ),
            Self::ProgramNotFound { .. } => Some("the program stands behind --, and is looked for in PATH".to_owned()),
            Self::ProgramUnusable { .. } => Some("name a file that you may execute".to_owned()),
            Self::Expected { .. } | Self::Cancelled | Self::Fault { .. } | Self::File { .. } => None,
        }
    }
}

/// What changes an object that exists, or leaves it alone.
fn other_than_create(object: &Object) -> String {
    match object {
        Object::Connection(name) => format!(
            "{} {name} changes it; CREATE OR REPLACE and IF NOT EXISTS also take a name that exists",
            ConnectionKind::Redshift.alter()
        ),
        Object::Table(name) => {
            format!("DROP TABLE {name} removes it; IF NOT EXISTS leaves it alone")
        }
        Object::Job(name) => format!("DROP JOB {name} removes it; IF NOT EXISTS leaves it alone"),
    }
}

/// A script that drops what is in the way, and then the objects; it works as it stands.
fn drop_script(usages: &[Usage], objects: &[Object]) -> String {
    let mut script = String::new();
    for (kind, statement) in [(UsageKind::Job, "DROP JOB"), (UsageKind::Table, "DROP TABLE")] {
        let names: Vec<&str> =
            usages.iter().filter(|u| u.kind == kind).map(|u| u.name.as_str()).collect();
        if !names.is_empty() {
            script.extend([statement, " ", &names.join(", "), "; "]);
        }
    }
    let kind = objects.first().map_or("", Object::kind).to_ascii_uppercase();
    let names: Vec<String> = objects.iter().map(Object::name).collect();
    format!(
        "{script}DROP {kind} {0}; -- or, in one: DROP {kind} {0} CASCADE;",
        names.join(", ")
    )
}
