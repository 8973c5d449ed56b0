//! One run of redwire: puts the layers together as the configuration says.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use crate::catalog::Location;
use crate::completion;
use crate::config::{Config, Part, Task};
use crate::error::{Error, ExitStatus, Failure};
use crate::executor::{Environment, Executor, Resources, StoreOpener};
use crate::repl;
use crate::script::{self, Source};
use crate::secret::{KeyringStore, MemoryStore, SecretError, SecretStore, StoreKind, VaultStore};
use crate::shell::{Manners, Output, Shell, TerminalWidth};
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
}

/// Does what the configuration says; the status is for the caller to exit with.
pub fn run(config: Config, process: Process) -> ExitStatus {
    let Process {
        stdin,
        mut stdout,
        stderr,
        environment,
        width,
        height,
        interrupts,
    } = process;
    if let Task::Completions(shell) = config.task {
        // Whoever reads the script may stop before its end.
        let _ = stdout.write_all(completion::script(shell).as_bytes());
        return ExitStatus::Done;
    }
    let mut output = Output::new(stdout, stderr, config.style, config.error_style, config.quiet);
    output.set_width(terminal_width(width));
    let prompt = TerminalPrompt::new(interrupts.clone());
    let resources = match resources(&config, environment, &prompt, Arc::clone(&interrupts.cancel)) {
        Ok(resources) => resources,
        Err(error) => {
            output.error(&Error::new(Failure::Secret(error)));
            return ExitStatus::Unusable;
        }
    };
    let manners = Manners {
        single_transaction: config.single_transaction,
        timing: false,
    };
    let mut shell = Shell::new(Executor::new(resources), output, manners);
    match config.task {
        Task::Completions(_) => ExitStatus::Done,
        Task::Prompt => {
            let surroundings = repl::Surroundings {
                stdin,
                environment,
                width,
                height,
                interrupts,
            };
            let manners = repl::Manners {
                history: config.history,
                color: config.color,
                pager: config.pager,
                quiet: config.quiet,
            };
            repl::run(shell, surroundings, manners)
        }
        Task::Script(parts) => {
            let sources = sources(parts, stdin);
            script::run(&mut shell, sources, config.on_error, config.single_transaction)
        }
    }
}

fn terminal_width(width: fn() -> Option<usize>) -> TerminalWidth {
    Box::new(width)
}

/// Standard input can be read once: a second `-` finds its end.
fn sources(parts: Vec<Part>, stdin: Box<dyn Read>) -> Vec<Source> {
    let mut stdin = Some(stdin);
    let source = |part| match part {
        Part::Text(text) => Source::Text(text),
        Part::Statement(text) => Source::Statement(text),
        Part::File(path) => Source::File(path),
        Part::Stdin => Source::Stream(stdin.take().unwrap_or_else(|| Box::new(std::io::empty())), "stdin"),
    };
    parts.into_iter().map(source).collect()
}

fn resources(
    config: &Config,
    environment: fn(&str) -> Option<OsString>,
    prompt: &TerminalPrompt,
    cancel: Arc<AtomicBool>,
) -> Result<Resources, SecretError> {
    let memory = MemoryStore::new()?;
    let process = memory.nonce().to_owned();
    Ok(Resources {
        location: config.location.clone(),
        store: config.store,
        opener: opener(&config.location, environment, prompt.clone(), memory),
        process,
        prompt: Box::new(prompt.clone()),
        environment: Box::new(environment),
        clock: Box::new(SystemTime::now),
        cancel,
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
