//! What to type after a failure.

use super::Failure;
use super::failure::shown;
use crate::catalog::{Usage, UsageKind};
use crate::name::ConnectionName;

impl Failure {
    /// What to type next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Sql(error) => Some(error.hint()),
            Self::Url(error) => error.hint(),
            Self::Catalog(error) => error.hint(),
            Self::Secret(error) => error.hint(),
            Self::ConnectionExists { name } => Some(format!(
                "ALTER REDSHIFT CONNECTION {name} changes it; CREATE OR REPLACE and IF NOT EXISTS also take a name \
                 that exists"
            )),
            Self::NewNameExists { name } => Some(format!("choose another name, or DROP CONNECTION {name} first")),
            Self::NoSuchConnection {
                nearest: Some(nearest), ..
            } => Some(format!("did you mean {nearest}?")),
            Self::NoSuchConnection { nearest: None, .. } => Some("SHOW CONNECTIONS lists what is there".to_owned()),
            Self::InUse { usages, names } => Some(drop_script(usages, names)),
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
            Self::Expected { .. } | Self::Cancelled | Self::Fault { .. } | Self::File { .. } => None,
        }
    }
}

/// A script that drops what is in the way, and then the connections; it works as it stands.
fn drop_script(usages: &[Usage], names: &[ConnectionName]) -> String {
    let mut script = String::new();
    for (kind, statement) in [(UsageKind::Job, "DROP JOB"), (UsageKind::Table, "DROP TABLE")] {
        let names: Vec<&str> = usages
            .iter()
            .filter(|u| u.kind == kind)
            .map(|u| u.name.as_str())
            .collect();
        if !names.is_empty() {
            script.extend([statement, " ", &names.join(", "), "; "]);
        }
    }
    let names: Vec<String> = names.iter().map(ConnectionName::to_string).collect();
    format!(
        "{script}DROP CONNECTION {0}; -- or, in one: DROP CONNECTION {0} CASCADE;",
        names.join(", ")
    )
}
