//! The verdict on a connection of the file: pure, by comparison with the catalog.

use std::path::Path;

use super::candidate::ImportCandidate;
use crate::catalog::{Definition, StoredConnection};
use crate::definition::ConnectionKind;
use crate::executor::plan::{Difference, connection_differences};
use crate::executor::{Notice, counted};
use crate::foreign::ForeignLogin;
use crate::name::ConnectionName;
use crate::sign::shown_path;
use crate::sql::option::PASSWORD;
use crate::url::LoginScheme;

/// The verdict on a connection of the file.
pub(super) enum ConnectionVerdict {
    New,
    Same,
    Differs(Vec<Difference>),
}

impl ImportCandidate {
    /// The verdict on the definition that the candidate makes.
    pub fn verdict(
        &self,
        stored: Option<&StoredConnection>,
        new: &Definition,
    ) -> ConnectionVerdict {
        let Some(stored) = stored.map(|stored| &stored.definition) else {
            return ConnectionVerdict::New;
        };
        let secret = stored.secret.as_ref().map(|secret| &secret.id);
        let password = match &self.compared {
            Some((id, difference)) if id.as_ref() == secret => *difference,
            Some(_) | None => None,
        };
        let differences = connection_differences(stored, &as_far_as_told(new, stored), password);
        if differences.is_empty() {
            ConnectionVerdict::Same
        } else {
            ConnectionVerdict::Differs(differences)
        }
    }
}

/// The definition with what the file of a tool cannot say: the limit, the comment, further options
/// of the login, and a URL that leads to the same endpoint in other words.
fn as_far_as_told(new: &Definition, stored: &Definition) -> Definition {
    let endpoint =
        |definition: &Definition| definition.kind.endpoint(&definition.connection_string).ok();
    let is_same = endpoint(new) == endpoint(stored);
    let url = if is_same { stored } else { new };
    let mut login = stored.login.clone();
    for (option, value) in new.login.iter() {
        login.set(option, Some(value.to_owned()));
    }
    Definition {
        connection_string: url.connection_string.clone(),
        keeper: stored.keeper.clone(),
        login,
        limit: stored.limit,
        protection: stored.protection,
        color: stored.color,
        comment: stored.comment.clone(),
        ..new.clone()
    }
}

impl ConnectionVerdict {
    /// The word in the column `verdict`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Same => "same",
            Self::Differs(_) => "differs",
        }
    }

    /// The texts in the column `note`.
    pub fn notes(&self, name: &ConnectionName, login: &ForeignLogin) -> Vec<String> {
        let alter = format!("{} {}", ConnectionKind::Redshift.alter(), name.shown());
        match self {
            Self::New => {
                let mut notes = login.notes.clone();
                if login.password.is_none() && login.endpoint.scheme == LoginScheme::Password {
                    notes.push(format!(
                        "the file has no password: {alter} SET {} = PROMPT",
                        PASSWORD.name
                    ));
                }
                notes
            }
            Self::Same => Vec::new(),
            Self::Differs(differences) => {
                let mut notes: Vec<String> = differences.iter().map(ToString::to_string).collect();
                let settings = differences.iter().filter_map(setting).collect::<Vec<_>>();
                let resets = differences.iter().filter_map(reset).collect::<String>();
                let set = if settings.is_empty() { "" } else { " SET " };
                let actions = format!("{set}{}{resets}", settings.join(", "));
                notes.push(format!("to take it over: {alter}{actions}"));
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

/// The RESET of an option that the file does not give.
fn reset(difference: &Difference) -> Option<String> {
    match difference {
        Difference::Value { what, new: None, .. } => Some(format!(" RESET {what}")),
        Difference::Value { .. } | Difference::Password(_) | Difference::Body => None,
    }
}

/// The number of connections with each verdict.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ConnectionCounts {
    new: usize,
    same: usize,
    differs: usize,
    pub left_out: usize,
}

impl ConnectionCounts {
    pub fn add(&mut self, verdict: &ConnectionVerdict) {
        match verdict {
            ConnectionVerdict::New => self.new += 1,
            ConnectionVerdict::Same => self.same += 1,
            ConnectionVerdict::Differs(_) => self.differs += 1,
        }
    }

    pub fn notice(self, path: &Path) -> Notice {
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
