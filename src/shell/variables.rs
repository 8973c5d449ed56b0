//! The variables of scripts: set on the command line, by `\set` and `\gset`, and the facts that
//! redwire keeps itself.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::error::{CommandError, Error};
use crate::sign::shown;
use crate::sql::variable::{Reference, ReferenceForm, is_variable_name};
use crate::warehouse::{quote_identifier, quote_literal};

/// The variables, by name.
#[derive(Clone, Debug)]
pub struct Variables {
    values: BTreeMap<String, String>,
    /// True if a backslash is an escape in literals of the target.
    pub(super) backslash_escapes: bool,
}

/// The variables that redwire sets, in psql's words.
const FACTS: [&str; 14] = [
    "DBNAME",
    "ERROR",
    "HOST",
    "LAST_ERROR_MESSAGE",
    "LAST_ERROR_SQLSTATE",
    "PORT",
    "ROW_COUNT",
    "SERVER_VERSION_NAME",
    "SERVER_VERSION_NUM",
    "SQLSTATE",
    "USER",
    "VERSION",
    "VERSION_NAME",
    "VERSION_NUM",
];

/// The SQLSTATE of a statement that succeeded.
const SUCCESS: &str = "00000";

/// The variables that control psql: the value that redwire has anyway, and the option to use.
const CONTROLS: [(&str, Option<bool>, &str); 22] = [
    ("AUTOCOMMIT", Some(true), "BEGIN and COMMIT, or --single-transaction"),
    ("COMP_KEYWORD_CASE", None, "completion follows what you type"),
    ("ECHO", None, "--echo shows the statements of a script"),
    ("ECHO_HIDDEN", None, "--verbose says what redwire does"),
    ("ENCODING", None, "texts are UTF-8, everywhere"),
    ("FETCH_COUNT", None, "rows are shown as they arrive, however many"),
    ("HIDE_TABLEAM", None, "Redshift has no access methods"),
    ("HIDE_TOAST_COMPRESSION", None, "Redshift has no TOAST"),
    (
        "HISTCONTROL",
        None,
        "the history keeps each statement once in a row, without secrets",
    ),
    ("HISTFILE", None, "--ephemeral keeps no history"),
    ("HISTSIZE", None, "the history keeps the last 10,000 entries"),
    ("IGNOREEOF", None, "Ctrl-D ends the prompt"),
    ("ON_ERROR_ROLLBACK", Some(false), "SAVEPOINT and ROLLBACK TO"),
    (
        "ON_ERROR_STOP",
        Some(true),
        "--on-error continue, or \\expect before a statement",
    ),
    ("PROMPT1", None, "the prompt shows the target and the transaction"),
    ("PROMPT2", None, "the prompt shows what is open"),
    ("PROMPT3", None, "redwire has no COPY FROM STDIN"),
    ("QUIET", None, "--quiet leaves tags and notices out"),
    ("SHOW_CONTEXT", None, "an error shows its context"),
    ("SINGLELINE", None, "statements end with ;"),
    ("SINGLESTEP", None, "--dry-run tries a script on a copy of the catalog"),
    ("VERBOSITY", None, "\\errverbose shows the last error again"),
];

impl Default for Variables {
    fn default() -> Self {
        let version = env!("CARGO_PKG_VERSION");
        let mut variables = Self {
            values: BTreeMap::new(),
            backslash_escapes: false,
        };
        variables.state("VERSION", format!("redwire {version}"));
        variables.state("VERSION_NAME", version);
        variables.state("VERSION_NUM", version_number(version));
        variables
    }
}

impl Variables {
    /// The value of a variable; None if it is not set.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Sets a variable of the user's.
    ///
    /// # Errors
    /// The name is none, or redwire has something else for it.
    pub fn set(&mut self, name: &str, value: String) -> Result<(), CommandError> {
        check_name(name)?;
        if let Some((_, ours, instead)) = CONTROLS.iter().find(|(control, ..)| *control == name)
            && (ours.is_none() || boolean(&value) != *ours)
        {
            let error = CommandError::new(format!("redwire has no variable {name}"));
            return Err(error.with_hint(*instead));
        }
        self.values.insert(name.to_owned(), value);
        Ok(())
    }

    /// Removes a variable of the user's.
    ///
    /// # Errors
    /// The name is none, or a fact's.
    pub(super) fn unset(&mut self, name: &str) -> Result<(), CommandError> {
        check_name(name)?;
        self.values.remove(name);
        Ok(())
    }

    /// The names of all variables, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        self.values.keys().cloned().collect()
    }

    /// Each variable as psql lists it.
    pub(super) fn list(&self) -> String {
        let lines = self.values.iter().map(|(name, value)| format!("{name} = '{value}'\n"));
        lines.collect()
    }

    /// Notes a fact.
    pub(super) fn state(&mut self, fact: &str, value: impl Into<String>) {
        self.values.insert(fact.to_owned(), value.into());
    }

    /// Notes the end of a statement that succeeded.
    pub(super) fn state_success(&mut self, rows: u64) {
        self.state("ERROR", "false");
        self.state("SQLSTATE", SUCCESS);
        self.state("ROW_COUNT", rows.to_string());
    }

    /// Notes the error of a statement.
    pub(super) fn state_error(&mut self, error: &Error) {
        let state = error.sqlstate().code().to_owned();
        self.state("ERROR", "true");
        self.state("SQLSTATE", state.clone());
        self.state("ROW_COUNT", "0");
        self.state("LAST_ERROR_SQLSTATE", state);
        self.state("LAST_ERROR_MESSAGE", error.to_string());
    }

    /// Notes the session on a warehouse.
    pub(super) fn state_session(&mut self, facts: SessionFacts) {
        let number = facts.version.as_deref().map(version_number);
        let facts = [
            ("DBNAME", Some(facts.database)),
            ("HOST", Some(facts.host)),
            ("PORT", Some(facts.port.to_string())),
            ("USER", facts.user),
            ("SERVER_VERSION_NAME", facts.version),
            ("SERVER_VERSION_NUM", number),
        ];
        for (fact, value) in facts {
            match value {
                Some(value) => self.state(fact, value),
                None => drop(self.values.remove(fact)),
            }
        }
    }

    /// Removes the facts about the session that was left.
    pub(super) fn forget_session(&mut self) {
        for fact in ["DBNAME", "HOST", "PORT", "USER", "SERVER_VERSION_NAME", "SERVER_VERSION_NUM"]
        {
            self.values.remove(fact);
        }
    }

    /// The text that stands in the place of a reference; None if the variable is not set.
    pub(super) fn replacement(&self, reference: &Reference<'_>) -> Option<String> {
        let value = self.get(reference.name);
        match reference.form {
            ReferenceForm::Plain => value.map(str::to_owned),
            ReferenceForm::Literal => {
                value.map(|value| quote_literal(value, !self.backslash_escapes))
            }
            ReferenceForm::Identifier => value.map(quote_identifier),
            ReferenceForm::IsSet => Some(if value.is_some() { "TRUE" } else { "FALSE" }.to_owned()),
        }
    }
}

/// The facts about a session.
pub(super) struct SessionFacts {
    pub database: String,
    pub host: String,
    pub port: u16,
    pub user: Option<String>,
    pub version: Option<String>,
}

fn check_name(name: &str) -> Result<(), CommandError> {
    if !is_variable_name(name) {
        return Err(CommandError::new(format!("invalid variable name: \"{}\"", shown(name))));
    }
    if FACTS.contains(&name) {
        let error = CommandError::new(format!("the variable {name} cannot be changed"));
        return Err(error.with_hint("redwire sets it; \\set lists the variables"));
    }
    Ok(())
}

/// A version as psql counts it: 80002 for 8.0.2, 150018 for 15.18.
fn version_number(version: &str) -> String {
    let mut parts = version
        .split(|c: char| !c.is_ascii_digit())
        .map_while(|part| part.parse::<u32>().ok());
    let [major, minor, patch] = [(); 3].map(|()| parts.next().unwrap_or(0));
    let is_old = major < 10;
    let number = if is_old {
        major * 10_000 + minor * 100 + patch
    } else {
        major * 10_000 + minor
    };
    number.to_string()
}

/// The truth of a text, by psql's rule: a beginning of true, false, yes or no, on, off, 1 or 0.
pub(super) fn boolean(text: &str) -> Option<bool> {
    let text = text.to_ascii_lowercase();
    let begins = |word: &str| !text.is_empty() && word.starts_with(&text);
    match text.as_str() {
        "1" | "on" => Some(true),
        "0" | "of" | "off" => Some(false),
        _ if begins("true") || begins("yes") => Some(true),
        _ if begins("false") || begins("no") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_is_told_as_in_psql() {
        for (text, expected) in [
            ("t", Some(true)),
            ("TRUE", Some(true)),
            ("ye", Some(true)),
            ("on", Some(true)),
            ("1", Some(true)),
            ("f", Some(false)),
            ("N", Some(false)),
            ("of", Some(false)),
            ("0", Some(false)),
            ("o", None),
            ("", None),
            ("01", None),
            ("truex", None),
        ] {
            assert_eq!(boolean(text), expected, "{text}");
        }
    }

    #[test]
    fn a_fact_and_a_control_of_psql_are_not_set() {
        let mut variables = Variables::default();
        for name in FACTS {
            assert!(variables.set(name, String::new()).is_err(), "{name}");
            assert!(variables.unset(name).is_err(), "{name}");
        }
        for (name, ..) in CONTROLS {
            let error = variables.set(name, "x".to_owned()).unwrap_err();
            assert!(error.hint.is_some(), "{name}");
        }
        variables.set("ON_ERROR_STOP", "on".to_owned()).unwrap();
        assert!(variables.set("ON_ERROR_STOP", "off".to_owned()).is_err());
        assert!(variables.set("a-b", String::new()).is_err());
    }

    #[test]
    fn a_version_is_counted_as_in_psql() {
        for (version, number) in
            [("8.0.2", "80002"), ("15.18 (Debian 15.18-0)", "150018"), ("0.1.0", "100")]
        {
            assert_eq!(version_number(version), number);
        }
    }
}
