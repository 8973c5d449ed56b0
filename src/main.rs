//! The only file that touches the process: arguments, environment, standard streams, signals, exit status.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use etcetera::BaseStrategy;
use redwire::config::{Config, ConfigError, Surroundings};
use redwire::error::ExitStatus;
use redwire::{Process, run};

fn main() -> ExitCode {
    let config = match Config::new(std::env::args_os().collect(), &surroundings()) {
        Ok(config) => config,
        Err(ConfigError::Arguments(error)) => {
            // Help and version are no errors; clap knows which stream and status each has.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            return ExitCode::from(ExitStatus::Unusable as u8);
        }
    };
    let process = process();
    end_on_interrupt(&process);
    ExitCode::from(run(config, process) as u8)
}

fn surroundings() -> Surroundings {
    Surroundings {
        catalog: std::env::var_os("REDWIRE_CATALOG"),
        secret_store: std::env::var_os("REDWIRE_SECRET_STORE"),
        no_color: std::env::var_os("NO_COLOR"),
        term: std::env::var_os("TERM"),
        data_folder: etcetera::choose_base_strategy().ok().map(|folders| folders.data_dir()),
        stdin_is_terminal: std::io::stdin().is_terminal(),
        stdout_is_terminal: std::io::stdout().is_terminal(),
        stderr_is_terminal: std::io::stderr().is_terminal(),
    }
}

fn process() -> Process {
    Process {
        stdin: Box::new(std::io::stdin()),
        stdout: Box::new(std::io::stdout()),
        stderr: Box::new(std::io::stderr()),
        environment: |name: &str| -> Option<OsString> { std::env::var_os(name) },
        width: || {
            std::io::stdout()
                .is_terminal()
                .then(terminal_size::terminal_size)
                .flatten()
                .map(|(width, _)| usize::from(width.0))
        },
        cancel: Arc::default(),
        ends_on_interrupt: Arc::new(AtomicBool::new(true)),
    }
}

/// An interrupt cancels what runs, and ends the process, unless the prompt is up or a password is asked for. No thread
/// waits for it: in a short run its start and its end would be felt.
#[cfg(unix)]
fn end_on_interrupt(process: &Process) {
    use signal_hook::{consts::SIGINT, flag};

    // Where the system refuses, an interrupt ends the process as it does by default.
    let ends = Arc::clone(&process.ends_on_interrupt);
    let _ = flag::register_conditional_shutdown(SIGINT, ExitStatus::Interrupted as i32, ends)
        .and_then(|_| flag::register(SIGINT, Arc::clone(&process.cancel)));
}

#[cfg(not(unix))]
fn end_on_interrupt(_process: &Process) {}
