//! One run of redwire: puts the layers together as the configuration says.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::Command;
use std::sync::Arc;
use std::time::SystemTime;

use crate::catalog::Location;
use crate::completion;
use crate::config::{Config, ScriptPart, Task};
use crate::diagnostic::ExitStatus;
use crate::error::Error;
use crate::exec::{self, Order};
use crate::executor::{Environment, Executor, Mode, Resources, StoreOpener};
use crate::name::ConnectionName;
use crate::repl;
use crate::script::{self, Source};
use crate::secret::{KeyringStore, MemoryStore, SecretError, SecretStore, StoreKind, VaultStore};
use crate::shell::{Manners, Output, Purpose, Shell, TerminalWidth};
use crate::terminal::{Interrupts, TerminalPrompt, VaultPassphrase};

/// What `main` hands over: the streams, the environment and the flags that signals set.
pub struct Process {
    /// Standard input.
    pub stdin: Box<dyn Read>,
    /// Standard output.
    pub stdout: Box<dyn Write>,
    /// Standard error.
    pub stderr: Box<dyn Write>,
    /// Looks a variable of the environment up.
    pub environment: fn(&str) -> Option<OsString>,
    /// The width of the terminal as of now, in columns.
    pub width: fn() -> Option<usize>,
    /// The height of the terminal as of now, in lines.
    pub height: fn() -> Option<usize>,
    /// What an interrupt does.
    pub interrupts: Interrupts,
    /// Lets a program take the place of this one, as [`exec::Means`] wants it.
    pub become_program: fn(&mut Command) -> io::Result<i32>,
}

/// Does what the configuration says; the status is for the caller to exit with.
pub fn run(config: &Config, mut process: Process) -> i32 {
    let status = match config.task.clone() {
        Task::Exec(order) => return run_program(config, process, &order),
        Task::Completions(shell) => {
            // Whoever reads the script may stop before its end.
            let _ = process.stdout.write_all(completion::script(shell).as_bytes());
            ExitStatus::Done
        }
        Task::Describe { file, purpose, prune } => {
            with_shell(config, process, |mut shell, input| {
                let sources = sources(vec![file], input.stdin);
                script::describe(&mut shell, sources, purpose, prune)
            })
        }
        Task::Connect { name, parts } => with_shell(config, process, |mut shell, input| {
            if let Err(error) = connect(&mut shell, &name) {
                shell.fail(&error);
                return shell.status();
            }
            if config.task.is_prompt() {
                return prompt(shell, config, input);
            }
            let sources = sources(parts, input.stdin);
            script::run(&mut shell, sources, config.on_error, config.single_transaction)
        }),
        Task::Prompt => with_shell(config, process, |shell, input| prompt(shell, config, input)),
        Task::Script(parts) => with_shell(config, process, |mut shell, input| {
            let sources = sources(parts, input.stdin);
            script::run(&mut shell, sources, config.on_error, config.single_transaction)
        }),
    };
    status as i32
}

/// Runs a program with a connection in its environment.
fn run_program(config: &Config, process: Process, order: &Order) -> i32 {
    let mut output = output(config, process.stdout, process.stderr, process.width);
    let means = exec::Means {
        mode: config.mode,
        environment: process.environment,
        become_program: process.become_program,
    };
    match resources(config, process.environment, &process.interrupts) {
        Ok(resources) => exec::run(Executor::new(resources), output, order, &means),
        Err(error) => {
            output.error(&Error::new(error));
            ExitStatus::NotStarted as i32
        }
    }
}

/// Connects the shell with the warehouse of a connection, whose name came as a word.
fn connect(shell: &mut Shell, name: &str) -> Result<(), Error> {
    let name = ConnectionName::new(name).map_err(Error::new)?;
    shell.connect(name)
}

/// Puts a shell together and lends it to one of the two loops, with what is left of the process.
fn with_shell(
    config: &Config,
    process: Process,
    work: impl FnOnce(Shell, repl::Surroundings) -> ExitStatus,
) -> ExitStatus {
    let surroundings = repl::Surroundings {
        stdin: process.stdin,
        environment: process.environment,
        width: process.width,
        height: process.height,
        interrupts: process.interrupts,
    };
    let mut output = output(config, process.stdout, process.stderr, process.width);
    let resources = match resources(config, process.environment, &surroundings.interrupts) {
        Ok(resources) => resources,
        Err(error) => {
            output.error(&Error::new(error));
            return ExitStatus::Unusable;
        }
    };
    let manners = Manners {
        single_transaction: config.single_transaction,
        timing: false,
        completes: config.task.is_prompt()
            && repl::is_edited((process.environment)("TERM").as_deref()),
    };
    work(Shell::new(Executor::new(resources), output, manners), surroundings)
}

fn output(
    config: &Config,
    stdout: Box<dyn Write>,
    stderr: Box<dyn Write>,
    width: fn() -> Option<usize>,
) -> Output {
    let mut output = Output::new(stdout, stderr, config.style, config.error_style, config.quiet);
    output.set_width(terminal_width(width));
    if config.mode == Mode::Trial {
        output.write_no_files();
    }
    output
}

fn prompt(shell: Shell, config: &Config, surroundings: repl::Surroundings) -> ExitStatus {
    let manners = repl::Manners {
        history: config.history.clone(),
        color: config.color,
        pager: config.pager,
        quiet: config.quiet,
        is_trial: config.mode == Mode::Trial,
    };
    repl::run(shell, surroundings, manners)
}

fn terminal_width(width: fn() -> Option<usize>) -> TerminalWidth {
    Box::new(width)
}

/// Standard input can be read once: a second `-` finds its end.
fn sources(parts: Vec<ScriptPart>, stdin: Box<dyn Read>) -> Vec<Source> {
    let mut stdin = Some(stdin);
    let source = |part| match part {
        ScriptPart::Text(text) => Source::Text(text),
        ScriptPart::Statement(text) => Source::Statement(text),
        ScriptPart::File(path) => Source::File(path),
        ScriptPart::Stdin => {
            Source::Stream(stdin.take().unwrap_or_else(|| Box::new(std::io::empty())), "stdin")
        }
    };
    parts.into_iter().map(source).collect()
}

fn resources(
    config: &Config,
    environment: fn(&str) -> Option<OsString>,
    interrupts: &Interrupts,
) -> Result<Resources, SecretError> {
    let prompt = match &config.task {
        // It only looks; so it opens no vault for which it would have to ask.
        Task::Describe { purpose: Purpose::Plan { .. }, .. } => {
            TerminalPrompt::silent(interrupts.clone())
        }
        _ => TerminalPrompt::new(interrupts.clone()),
    };
    let memory = MemoryStore::new()?;
    let process = memory.nonce().to_owned();
    Ok(Resources {
        mode: config.mode,
        location: config.location.clone(),
        store: config.store,
        opener: opener(&config.location, environment, prompt.clone(), memory),
        process,
        prompt: Box::new(prompt),
        environment: Box::new(environment),
        clock: Box::new(SystemTime::now),
        cancel: Arc::clone(&interrupts.cancel),
        ends_process: Arc::clone(&interrupts.ends_process),
        dies_at_once: Arc::clone(&interrupts.dies_at_once),
        patience: config.patience,
    })
}

/// Opens secret stores. The memory store is one for the process's life.
fn opener(
    location: &Location,
    environment: fn(&str) -> Option<OsString>,
    prompt: TerminalPrompt,
    memory: MemoryStore,
) -> StoreOpener {
    // With a catalog in memory there is no other store than memory.
    let vault = location.beside(".vault").unwrap_or_default();
    let mut memory = Some(memory);
    Box::new(move |kind, catalog_id| -> Result<Box<dyn SecretStore>, SecretError> {
        Ok(match kind {
            StoreKind::Keyring => Box::new(KeyringStore::new(catalog_id)),
            StoreKind::Vault => {
                let environment: Environment = Box::new(environment);
                let passphrase = VaultPassphrase::new(environment, prompt.clone());
                Box::new(VaultStore::new(vault.clone(), Box::new(passphrase)))
            }
            StoreKind::Memory => match memory.take() {
                Some(memory) => Box::new(memory),
                None => Box::new(MemoryStore::new()?),
            },
        })
    })
}
