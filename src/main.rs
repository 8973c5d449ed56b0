//! The program: passes arguments, environment, streams and signals to the library, and exits with
//! its status.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::{Command, ExitCode};
use std::rc::Rc;

use etcetera::BaseStrategy;
use redwire::completion::{self, ShellQuestion};
use redwire::config::{self, Config, ConfigError};
#[cfg(not(unix))]
use redwire::diagnostic::ExitStatus;
use redwire::host::{Host, Streams, TerminalSize, Terminals};
use redwire::log::LogLevel;
use redwire::signals::Signals;
use redwire::{log, run};

fn main() -> ExitCode {
    keep_out_of_core_dumps();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let host = host();
    if let Some(question) = question(&arguments) {
        // If the shell stops reading it already has its answer.
        let _ = completion::answer(&question, &host, &mut std::io::stdout().lock());
        return ExitCode::SUCCESS;
    }
    let config = match Config::new(&arguments, &host) {
        Ok(config) => config,
        Err(ConfigError::Arguments(error)) => {
            // Help and version are not errors; clap knows the stream for each.
            let _ = error.print();
            return if error.use_stderr() {
                refused(&arguments)
            } else {
                ExitCode::SUCCESS
            };
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            return refused(&arguments);
        }
    };
    if config.log != LogLevel::Off {
        // This is the only subscriber of the process.
        let _ = tracing::subscriber::set_global_default(log::subscriber(
            config.error_style.clone(),
            config.log,
        ));
    }
    host.signals.listen(config.task.is_prompt());
    let status = run(&config, &host, streams());
    host.signals.die_by_pending_signal();
    ended(status)
}

fn refused(arguments: &[OsString]) -> ExitCode {
    ExitCode::from(config::status_of_refusal(arguments) as u8)
}

/// A status over 255 is that of a program on Windows.
fn ended(status: i32) -> ExitCode {
    u8::try_from(status).map_or_else(|_| exit(status), ExitCode::from)
}

#[allow(clippy::exit, reason = "the last thing that the program does")]
fn exit(status: i32) -> ExitCode {
    std::process::exit(status)
}

/// A shell's request for completions; its completion script sets these variables.
fn question(arguments: &[OsString]) -> Option<ShellQuestion> {
    let [shell, index] = ["COMPLETE", "COMPLETE_INDEX"].map(std::env::var_os);
    ShellQuestion::find(arguments, shell.as_deref(), index.as_deref())
}

/// Passwords in this process must not reach a core file or a debugger of the same user. The kernel
/// restores the default for child processes (Linux, prctl(2), PR_SET_DUMPABLE).
#[cfg(target_os = "linux")]
fn keep_out_of_core_dumps() {
    // If the kernel refuses, redwire works all the same.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

#[cfg(not(target_os = "linux"))]
fn keep_out_of_core_dumps() {}

fn host() -> Host {
    let folders = etcetera::choose_base_strategy().ok();
    Host {
        environment: Rc::new(|name: &str| std::env::var_os(name)),
        data_folder: folders.as_ref().map(BaseStrategy::data_dir),
        state_folder: folders
            .as_ref()
            .map(|folders| folders.state_dir().unwrap_or_else(|| folders.data_dir())),
        config_folder: folders.as_ref().map(BaseStrategy::config_dir),
        home: etcetera::home_dir().ok(),
        working_folder: std::env::current_dir().ok(),
        read_file: |path| std::fs::read_to_string(path),
        terminals: terminals(),
        terminal_size,
        signals: Signals::default(),
        replace_process,
    }
}

fn streams() -> Streams {
    Streams {
        stdin: Box::new(std::io::stdin()),
        stdout: Box::new(std::io::stdout()),
        stderr: Box::new(std::io::stderr()),
    }
}

fn terminals() -> Terminals {
    Terminals {
        stdin: std::io::stdin().is_terminal(),
        stdout: std::io::stdout().is_terminal(),
        stderr: std::io::stderr().is_terminal(),
    }
}

/// Replaces this process with `command` (execve). Returns only on failure.
#[cfg(unix)]
fn replace_process(command: &mut Command) -> std::io::Result<i32> {
    use std::os::unix::process::CommandExt;

    Err(command.exec())
}

/// Runs `command` to its end and returns its exit status: Windows has no execve.
#[cfg(not(unix))]
fn replace_process(command: &mut Command) -> std::io::Result<i32> {
    let status = command.status()?;
    Ok(status.code().unwrap_or(ExitStatus::Failed as i32))
}

/// The size of the terminal, if standard output is one.
fn terminal_size() -> Option<TerminalSize> {
    let is_terminal = std::io::stdout().is_terminal();
    let (width, height) = is_terminal.then(terminal_size::terminal_size).flatten()?;
    Some(TerminalSize {
        width: usize::from(width.0),
        height: usize::from(height.0),
    })
}
