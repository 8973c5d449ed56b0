//! The only file that touches the process: arguments, environment, standard streams, signals, exit
//! status.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use etcetera::BaseStrategy;
use redwire::completion::{self, ShellQuestion, Whereabouts};
use redwire::config::{self, Config, ConfigError, Surroundings};
use redwire::diagnostic::ExitStatus;
use redwire::terminal::Interrupts;
use redwire::{Process, log, run};

fn main() -> ExitCode {
    keep_out_of_core_dumps();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let Some(question) = question(&arguments) {
        // A shell that stops reading has got what it wanted.
        let _ = completion::answer(&question, &whereabouts(), &mut std::io::stdout().lock());
        return ExitCode::SUCCESS;
    }
    let config = match Config::new(arguments.clone(), &surroundings()) {
        Ok(config) => config,
        Err(ConfigError::Arguments(error)) => {
            // Help and version are no errors; clap knows which stream each has.
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
    if config.verbose {
        // Nothing else in the process sets one, so this is the first.
        let _ = tracing::subscriber::set_global_default(log::subscriber(config.error_style));
    }
    let process = process();
    listen_to_signals(&process.interrupts);
    let dies_of = Arc::clone(&process.interrupts.dies_of);
    let status = run(&config, process);
    die_of(&dies_of);
    ended(status)
}

fn refused(arguments: &[OsString]) -> ExitCode {
    ExitCode::from(config::status_of_refusal(arguments) as u8)
}

/// A status that is no byte is one of a program that ran on Windows.
fn ended(status: i32) -> ExitCode {
    u8::try_from(status).map_or_else(|_| exit(status), ExitCode::from)
}

#[allow(clippy::exit, reason = "the last thing that the program does")]
fn exit(status: i32) -> ExitCode {
    std::process::exit(status)
}

/// What a shell asks on a Tab; its completion script sets these variables.
fn question(arguments: &[OsString]) -> Option<ShellQuestion> {
    let [shell, index] = ["COMPLETE", "COMPLETE_INDEX"].map(std::env::var_os);
    ShellQuestion::find(arguments, shell.as_deref(), index.as_deref())
}

fn whereabouts() -> Whereabouts {
    Whereabouts {
        surroundings: surroundings(),
        folder: std::env::current_dir().ok(),
        path: std::env::var_os("PATH"),
        home: etcetera::home_dir().ok(),
    }
}

/// A password that passes through this process reaches no core file, and no debugger of the same
/// user. Children that are started get the kernel's default back (Linux, prctl(2),
/// PR_SET_DUMPABLE).
#[cfg(target_os = "linux")]
fn keep_out_of_core_dumps() {
    // Where the kernel refuses, redwire works all the same.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

#[cfg(not(target_os = "linux"))]
fn keep_out_of_core_dumps() {}

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
        width: || terminal_size().map(|(width, _)| usize::from(width.0)),
        height: || terminal_size().map(|(_, height)| usize::from(height.0)),
        interrupts: Interrupts {
            cancel: Arc::default(),
            ends_process: Arc::new(AtomicBool::new(true)),
            dies_at_once: Arc::new(AtomicBool::new(true)),
            dies_of: Arc::default(),
            end: || {
                #[allow(
                    clippy::exit,
                    reason = "as an interrupt does, wherever it finds the program"
                )]
                std::process::exit(ExitStatus::Interrupted as i32)
            },
        },
        become_program,
    }
}

/// Lets a program take the place of this one; comes back only where it cannot.
#[cfg(unix)]
fn become_program(command: &mut Command) -> std::io::Result<i32> {
    use std::os::unix::process::CommandExt;

    Err(command.exec())
}

/// Runs a program to its end: Windows does not let it take the place of this one.
#[cfg(not(unix))]
fn become_program(command: &mut Command) -> std::io::Result<i32> {
    let status = command.status()?;
    Ok(status.code().unwrap_or(ExitStatus::Failed as i32))
}

/// The size of the terminal that standard output is.
fn terminal_size() -> Option<(terminal_size::Width, terminal_size::Height)> {
    std::io::stdout().is_terminal().then(terminal_size::terminal_size).flatten()
}

/// An interrupt cancels what runs, and ends the process, unless the prompt is up or a password is
/// asked for. SIGTERM and SIGHUP end it everywhere; a server that is asked is told first. No thread
/// waits for them: in a short run its start and its end would be felt.
#[cfg(unix)]
fn listen_to_signals(interrupts: &Interrupts) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::flag;

    // Where the system refuses, a signal does what it does by default.
    let ends = Arc::clone(&interrupts.ends_process);
    let _ = flag::register_conditional_shutdown(SIGINT, ExitStatus::Interrupted as i32, ends)
        .and_then(|_| flag::register(SIGINT, Arc::clone(&interrupts.cancel)));
    let ignored = ignored_signals();
    for signal in [SIGTERM, SIGHUP] {
        if ignored & (1 << (signal - 1)) != 0 {
            continue;
        }
        let number = usize::try_from(signal).unwrap_or_default();
        let _ = flag::register_conditional_default(signal, Arc::clone(&interrupts.dies_at_once))
            .and_then(|_| flag::register_usize(signal, Arc::clone(&interrupts.dies_of), number))
            .and_then(|_| flag::register(signal, Arc::clone(&interrupts.cancel)));
    }
}

#[cfg(not(unix))]
fn listen_to_signals(_interrupts: &Interrupts) {}

/// The signals that whoever started the process wants ignored, as nohup does, a bit for each from 1
/// on: a handler would bring them back (Linux, proc_pid_status(5)). Where that is not known it is
/// all of them, and they stay as they are.
#[cfg(unix)]
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(u64::MAX)
}

/// Ends the process by the signal that has come while it could not end at once; whoever waits for
/// it sees that.
#[cfg(unix)]
fn die_of(signal: &AtomicUsize) {
    if let Ok(signal @ 1..) = i32::try_from(signal.load(Ordering::SeqCst)) {
        // Where that fails, the status says that the process was interrupted.
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
}

#[cfg(not(unix))]
fn die_of(_signal: &AtomicUsize) {}
