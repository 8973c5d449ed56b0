//! Reading passwords from the statement, the terminal, the environment or a file.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;

use secrecy::{ExposeSecret, SecretString};

use super::{Mode, Notice, Outcome};
use crate::error::{Cancelled, CommandError, Error, ErrorKind, InternalError, PasswordError};
use crate::host::Environment;
use crate::name::ConnectionName;
use crate::sign::shown;
use crate::sql::setting::PasswordSource;

/// The maximum length of a password.
const MAX_PASSWORD_BYTES: u64 = 64 * 1024;

/// The error of a password prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptError {
    /// There is no terminal to ask at.
    NoTerminal {
        /// The message of the operating system.
        cause: String,
    },
    /// The user cancelled the prompt.
    Interrupted,
}

/// Asks for a password without echoing it.
pub trait PasswordPrompt {
    /// Shows the question and reads one line.
    ///
    /// # Errors
    /// There is no terminal, or the user cancelled the prompt.
    fn ask(&mut self, question: &str) -> Result<SecretString, PromptError>;

    /// Asks for a line, with echo. Without a terminal it comes from standard input.
    ///
    /// # Errors
    /// Nothing can be read, or the user cancelled the prompt.
    fn line(&mut self, question: &str) -> Result<String, PromptError>;

    /// Asks for yes or no, with echo; true for yes.
    ///
    /// # Errors
    /// There is no terminal, or the user cancelled the prompt.
    fn confirm(&mut self, question: &str) -> Result<bool, PromptError>;
}

/// Reads passwords from their sources.
pub(super) struct PasswordReader {
    pub mode: Mode,
    pub prompt: Box<dyn PasswordPrompt>,
    pub environment: Environment,
}

impl PasswordReader {
    /// Reads the password from its source; adds a warning to the outcome if others may be able to
    /// read it too.
    pub fn read(
        &mut self,
        source: &PasswordSource,
        name: &ConnectionName,
        outcome: &mut Outcome,
    ) -> Result<SecretString, Error> {
        let password = match source {
            PasswordSource::Literal(password) => password.clone(),
            PasswordSource::Prompt => self.ask(name, outcome)?,
            PasswordSource::Variable(variable) => self.variable(variable)?,
            PasswordSource::File(path) => read_file(path, outcome)?,
            PasswordSource::Command(_) => {
                return Err(Error::new(InternalError("a command is not run before the login")));
            }
        };
        match problem_of(password.expose_secret()) {
            None => Ok(password),
            Some(problem) => {
                let is_typed = matches!(source, PasswordSource::Prompt);
                Err(Error::new(PasswordError::Unusable { problem, is_typed }))
            }
        }
    }

    /// A dry run asks nobody and ignores a missing terminal: the real run may have one.
    fn ask(&mut self, name: &ConnectionName, outcome: &mut Outcome) -> Result<SecretString, Error> {
        if self.mode == Mode::DryRun {
            let text = format!(
                "the password of connection {} would be asked for at the terminal",
                name.shown()
            );
            outcome.notices.push(Notice::new(text));
            return Ok(SecretString::from("no password"));
        }
        self.prompt
            .ask(&format!("Password for connection {}: ", name.shown()))
            .map_err(not_answered)
    }

    /// Asks for a new password of a user of a warehouse, twice.
    pub fn new_password(&mut self, user: &str) -> Result<SecretString, Error> {
        let question = format!("Enter new password for user \"{user}\": ");
        let first = self.prompt.ask(&question).map_err(not_answered)?;
        let second = self.prompt.ask("Enter it again: ").map_err(not_answered)?;
        if first.expose_secret() != second.expose_secret() {
            return Err(Error::new(CommandError::new("Passwords didn't match.")));
        }
        match problem_of(first.expose_secret()) {
            None => Ok(first),
            Some(problem) => Err(Error::new(PasswordError::Unusable { problem, is_typed: true })),
        }
    }

    /// Asks for a line.
    pub fn line(&mut self, question: &str) -> Result<String, Error> {
        self.prompt.line(question).map_err(not_answered)
    }

    /// Asks for yes or no.
    pub fn confirm(&mut self, question: &str) -> Result<bool, Error> {
        self.prompt.confirm(question).map_err(not_answered)
    }

    /// False if the source is a variable that is not set.
    pub fn is_set(&self, source: &PasswordSource) -> bool {
        match source {
            PasswordSource::Variable(variable) => self.value_of(variable).is_some(),
            PasswordSource::Literal(_)
            | PasswordSource::Prompt
            | PasswordSource::File(_)
            | PasswordSource::Command(_) => true,
        }
    }

    /// The value of a variable of the environment.
    pub fn value_of(&self, variable: &str) -> Option<OsString> {
        let is_usable = !variable.is_empty() && !variable.contains(['=', '\0']);
        is_usable.then(|| (self.environment)(variable)).flatten()
    }

    fn variable(&self, variable: &str) -> Result<SecretString, Error> {
        let failure = |problem| {
            Error::new(PasswordError::Variable { variable: variable.to_owned(), problem })
        };
        let value = self.value_of(variable).ok_or_else(|| failure("is not set"))?;
        if value.is_empty() {
            return Err(failure("is empty"));
        }
        value.into_string().map(SecretString::from).map_err(|_| failure("is not UTF-8"))
    }
}

/// The reason why a text cannot be a password.
pub(super) fn problem_of(password: &str) -> Option<&'static str> {
    if password.is_empty() {
        Some("is empty")
    } else if password.contains('\0') {
        Some("holds a NUL character")
    } else if password.len() as u64 > MAX_PASSWORD_BYTES {
        Some("is longer than 64 KiB")
    } else {
        None
    }
}

/// The only line of the file.
fn read_file(path: &str, outcome: &mut Outcome) -> Result<SecretString, Error> {
    let failure =
        |problem: String| Error::new(PasswordError::File { path: path.to_owned(), problem });
    let unreadable = |error: std::io::Error| failure(format!("cannot be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    if is_open_to_others(&file) {
        let text = format!(
            "the password file '{}' can be read by other users of this machine: chmod 600 closes it",
            shown(path)
        );
        outcome.notices.push(Notice::warning(text));
    }
    let mut text = String::new();
    let mut limited = file.take(MAX_PASSWORD_BYTES + 2);
    match limited.read_to_string(&mut text) {
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(failure("is not UTF-8".to_owned()))
        }
        Err(error) => Err(unreadable(error)),
        Ok(_) => {
            let text = SecretString::from(text);
            let line = text.expose_secret();
            let line = line.strip_suffix('\n').unwrap_or(line);
            let line = line.strip_suffix('\r').unwrap_or(line);
            match line {
                "" => Err(failure("is empty".to_owned())),
                line if line.contains('\n') => Err(failure("has more than one line".to_owned())),
                line => Ok(SecretString::from(line)),
            }
        }
    }
}

/// True if other users of the machine can read the file.
#[cfg(unix)]
pub(super) fn is_open_to_others(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub(super) fn is_open_to_others(_file: &File) -> bool {
    false
}

fn not_answered(error: PromptError) -> Error {
    Error::new(match error {
        PromptError::NoTerminal { cause } => {
            ErrorKind::Password(PasswordError::NoTerminal { cause })
        }
        PromptError::Interrupted => ErrorKind::Cancelled(Cancelled),
    })
}
