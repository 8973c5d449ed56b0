//! Programs that the prompt runs for the user: pager and editor.

use std::process::Command;

use crate::host::SECRET_VARIABLES;

/// A command line of the user's for the system's shell, with further arguments.
pub(super) fn user_command(line: &str, argument: Option<&std::path::Path>) -> Command {
    let mut command = shell(line, argument);
    hide_secrets(&mut command);
    command
}

/// A program, perhaps with an argument, without the variables for the vault's passphrase.
pub(super) fn program(name: &str, argument: Option<&str>) -> Command {
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
fn shell(line: &str, argument: Option<&std::path::Path>) -> Command {
    let mut command = Command::new("sh");
    match argument {
        Some(argument) => command
            .arg("-c")
            .arg(format!("{line} \"$1\""))
            .arg("sh")
            .arg(std::path::Path::new(".").join(argument)),
        None => command.arg("-c").arg(line),
    };
    command
}

#[cfg(not(unix))]
fn shell(line: &str, argument: Option<&std::path::Path>) -> Command {
    let mut command = Command::new("cmd");
    command.arg("/C").arg(line).args(argument);
    command
}
