//! Programs that redwire runs for the user. None sees redwire's own secrets.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::error::CommandError;
use crate::host::SECRET_VARIABLES;
use crate::sign::shown;

/// The environment and the folder of programs that the user starts.
#[derive(Clone, Debug, Default)]
pub(super) struct Children {
    /// The folder that `\cd` chose.
    pub folder: Option<PathBuf>,
    /// The variables that `\setenv` set, and those that it removed.
    pub environment: BTreeMap<String, Option<String>>,
}

impl Children {
    /// A command line for the system's shell.
    pub fn command(&self, line: &str) -> Command {
        self.prepared(user_command(line, None))
    }

    /// A program without arguments.
    pub fn program(&self, name: &OsStr) -> Command {
        let mut command = Command::new(name);
        hide_secrets(&mut command);
        self.prepared(command)
    }

    /// The output of a command line in backticks.
    pub fn output_of(&self, line: &str) -> Result<String, CommandError> {
        let mut command = self.command(line);
        let output = command.stdin(Stdio::inherit()).stderr(Stdio::inherit()).output();
        let output =
            output.map_err(|error| CommandError::new(format!("{}: {error}", shown(line))))?;
        if !output.status.success() {
            return Err(CommandError::new(format!("{}: {}", shown(line), output.status)));
        }
        String::from_utf8(output.stdout)
            .map_err(|_| CommandError::new(format!("{}: its output is not UTF-8", shown(line))))
    }

    fn prepared(&self, mut command: Command) -> Command {
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        for (name, value) in &self.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }
}

/// A program that reads results from a pipe.
pub(super) struct Pipe {
    child: Child,
    /// None once the program has closed it.
    stdin: Option<ChildStdin>,
}

impl Pipe {
    /// Starts the program.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        Ok(Self { child, stdin })
    }

    /// Closes the pipe and waits for the program. Returns the message about one that failed.
    pub fn finish(mut self) -> Option<String> {
        self.stdin = None;
        match self.child.wait() {
            Ok(status) if status.success() => None,
            Ok(status) => Some(match status.code() {
                Some(code) => format!("child process exited with exit code {code}"),
                None => format!("child process was ended: {status}"),
            }),
            Err(error) => Some(format!("could not wait for child process: {error}")),
        }
    }
}

impl Write for Pipe {
    /// A program may end before it has read everything, as `head` does.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(stdin) = &mut self.stdin else {
            return Ok(bytes.len());
        };
        match stdin.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.stdin = None;
                Ok(bytes.len())
            }
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A command line of the user's for the system's shell, with further arguments.
pub fn user_command(line: &str, argument: Option<&Path>) -> Command {
    let mut command = shell(line, argument);
    hide_secrets(&mut command);
    command
}

/// A program, perhaps with an argument.
pub fn program(name: &str, argument: Option<&str>) -> Command {
    let mut command = Command::new(name);
    command.args(argument);
    hide_secrets(&mut command);
    command
}

fn hide_secrets(command: &mut Command) {
    for variable in SECRET_VARIABLES {
        command.env_remove(variable);
    }
}

#[cfg(unix)]
fn shell(line: &str, argument: Option<&Path>) -> Command {
    let mut command = Command::new("sh");
    match argument {
        Some(argument) => command
            .arg("-c")
            .arg(format!("{line} \"$1\""))
            .arg("sh")
            .arg(Path::new(".").join(argument)),
        None => command.arg("-c").arg(line),
    };
    command
}

#[cfg(not(unix))]
fn shell(line: &str, argument: Option<&Path>) -> Command {
    let mut command = Command::new("cmd");
    command.arg("/C").arg(line).args(argument);
    command
}
