//! The process as `main` finds it. Other modules ask this, not the system, for variables of the
//! environment.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use crate::signals::Signals;

/// The variable that names the file of identities for the vault.
pub const IDENTITY_FILE: &str = "REDWIRE_VAULT_IDENTITY_FILE";

/// Variables that are removed from the environment of every child process.
pub const SECRET_VARIABLES: [&str; 3] =
    ["REDWIRE_VAULT_PASSPHRASE", "REDWIRE_VAULT_PASSPHRASE_FILE", IDENTITY_FILE];

/// Looks up a variable of the environment.
pub type Environment = Rc<dyn Fn(&str) -> Option<OsString>>;

/// Environment, folders, terminal and signals of the process.
#[derive(Clone)]
pub struct Host {
    /// The environment.
    pub environment: Environment,
    /// The platform's folder for data of programs.
    pub data_folder: Option<PathBuf>,
    /// The platform's folder for the state of programs, or else that for data.
    pub state_folder: Option<PathBuf>,
    /// The platform's folder for configuration.
    pub config_folder: Option<PathBuf>,
    /// The user's home.
    pub home: Option<PathBuf>,
    /// The working folder.
    pub working_folder: Option<PathBuf>,
    /// Reads a text file.
    pub read_file: fn(&Path) -> io::Result<String>,
    /// The standard streams that are terminals.
    pub terminals: Terminals,
    /// The present size of the terminal of standard output.
    pub terminal_size: fn() -> Option<TerminalSize>,
    /// The flags that signals set.
    pub signals: Signals,
    /// Replaces this process with a program (execve); returns only on failure. On Windows it runs
    /// the program to its end and returns its exit status.
    pub replace_process: fn(&mut Command) -> io::Result<i32>,
}

/// The standard streams.
pub struct Streams {
    /// Standard input.
    pub stdin: Box<dyn Read>,
    /// Standard output.
    pub stdout: Box<dyn Write>,
    /// Standard error.
    pub stderr: Box<dyn Write>,
}

/// The standard streams that are terminals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminals {
    /// Standard input.
    pub stdin: bool,
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
}

/// The size of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalSize {
    /// In columns.
    pub width: usize,
    /// In lines.
    pub height: usize,
}

impl Host {
    /// An environment variable; an empty one counts as not set.
    pub fn variable(&self, name: &str) -> Option<OsString> {
        (self.environment)(name).filter(|value| !value.is_empty())
    }
}

/// The path with `~` in front as the user's folder.
pub fn in_home(path: PathBuf, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        (Ok(_) | Err(_), _) => path,
    }
}

/// Another handle on an open file, which is inherited by every program started while it is open.
///
/// Its number is 10 or more, since shell scripts may use lower ones.
#[cfg(unix)]
pub fn inheritable(file: impl std::os::fd::AsFd) -> io::Result<std::os::fd::OwnedFd> {
    const LEAST_NUMBER: i32 = 10;
    let handle = rustix::io::fcntl_dupfd_cloexec(file, LEAST_NUMBER)?;
    rustix::io::fcntl_setfd(&handle, rustix::io::FdFlags::empty())?;
    Ok(handle)
}

#[cfg(test)]
impl Default for Host {
    /// A host with nothing in it.
    fn default() -> Self {
        Self {
            environment: Rc::new(|_| None),
            data_folder: None,
            state_folder: None,
            config_folder: None,
            home: None,
            working_folder: None,
            read_file: |_| Err(io::ErrorKind::NotFound.into()),
            terminals: Terminals::default(),
            terminal_size: || None,
            signals: Signals::default(),
            replace_process: |_| Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

#[cfg(test)]
impl Host {
    /// The host with these variables in its environment, and no others.
    #[must_use]
    pub fn with_variables(mut self, variables: &'static [(&'static str, &'static str)]) -> Self {
        self.environment = Rc::new(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| OsString::from(value))
        });
        self
    }
}
