//! Programs that redwire runs for the user. None sees redwire's own secrets.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::CommandError;
use crate::host::SECRET_VARIABLES;

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

/// The output of a command line in backticks.
pub(super) fn output_of(line: &str) -> Result<String, CommandError> {
    let mut command = user_command(line, None);
    let output = command.stdin(Stdio::inherit()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| CommandError::new(format!("{line}: {error}")))?;
    if !output.status.success() {
        return Err(CommandError::new(format!("{line}: {}", output.status)));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| CommandError::new(format!("{line}: its output is not UTF-8")))
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
