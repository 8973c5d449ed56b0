//! One run of redwire: builds the layers that the configuration asks for.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::SystemTime;

use crate::catalog::Location;
use crate::completion;
use crate::config::{Config, Task, command_like};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::error::Error;
use crate::exec::{self, ExecRequest};
use crate::executor::{Answer, Executor, Mode, Notice, Outcome, Resources, StoreOpener};
use crate::host::{Host, IDENTITY_FILE, Streams};
use crate::name::ConnectionName;
use crate::progress::ProgressScreen;
use crate::repl;
use crate::script::{self, OnError};
use crate::secret::{
    KeyringStore, MemoryStore, NewVaultOwner, SecretError, SecretStore, StoreKind, VaultStore,
};
use crate::shell::{Output, PlanOrApply, Shell, ShellOptions};
use crate::sqlstate::SqlState;
use crate::terminal::{TerminalPrompt, VaultPassphrase};
use crate::watch::{self, WatchRequest};

/// Performs the configured task and returns the exit status.
pub fn run(config: &Config, host: &Host, mut streams: Streams) -> i32 {
    let status = match config.task.clone() {
        Task::Exec(request) => return run_program(config, host, streams, &request),
        Task::Completions(shell) => {
            // The reader of the script may stop before its end.
            let _ = streams.stdout.write_all(completion::script(shell).as_bytes());
            ExitStatus::Done
        }
        Task::Manual => {
            let _ = streams.stdout.write_all(include_bytes!("../docs/redwire.1"));
            ExitStatus::Done
        }
        Task::Settings => with_shell(config, host, streams, |mut shell, _| {
            shell.show(&settings(config));
            shell.status()
        }),
        Task::Compare { file, purpose, prune } => {
            with_shell(config, host, streams, |mut shell, stdin| {
                script::compare(&mut shell, file, stdin, purpose, prune)
            })
        }
        Task::Connect { name, parts, is_alone } => {
            with_shell(config, host, streams, |mut shell, stdin| {
                if let Err(error) = connect(&mut shell, &name) {
                    shell.fail(&error);
                    if is_alone
                        && error.sqlstate() == SqlState::UndefinedObject
                        && let Some(command) = command_like(&name)
                    {
                        shell.output().notice(&Notice::new(format!(
                            "a word alone is the name of a connection; the command is {command}"
                        )));
                        return ExitStatus::Unusable;
                    }
                    return shell.status();
                }
                if config.task.is_prompt() {
                    return prompt(shell, config, host, stdin);
                }
                script::run(&mut shell, parts, stdin, config.on_error, config.single_transaction)
            })
        }
        Task::Run { names, metrics } => with_shell(config, host, streams, |mut shell, _| {
            shell.run_jobs(&names, metrics.as_deref())
        }),
        Task::Watch(request) => watch_jobs(config, host, streams, request),
        Task::Rekey(owner) => rekey_vault(config, host, streams, &owner),
        Task::Prompt => {
            with_shell(config, host, streams, |shell, stdin| prompt(shell, config, host, stdin))
        }
        Task::Script(parts) => with_shell(config, host, streams, |mut shell, stdin| {
            script::run(&mut shell, parts, stdin, config.on_error, config.single_transaction)
        }),
    };
    status as i32
}

/// Runs a program with a connection in its environment.
fn run_program(config: &Config, host: &Host, streams: Streams, request: &ExecRequest) -> i32 {
    let mut output = output(config, host, streams.stdout, streams.stderr);
    match resources(config, host) {
        Ok(resources) => exec::run(Executor::new(resources), output, request, host),
        Err(error) => {
            output.error(&Error::new(error));
            ExitStatus::NotStarted as i32
        }
    }
}

/// Runs jobs until a signal comes.
fn watch_jobs(config: &Config, host: &Host, streams: Streams, request: WatchRequest) -> ExitStatus {
    let mut output = output(config, host, streams.stdout, streams.stderr);
    match resources(config, host) {
        Ok(resources) => watch::run(Executor::new(resources), output, request, host),
        Err(error) => {
            output.error(&Error::new(error));
            ExitStatus::Unusable
        }
    }
}

/// The settings of the prompt, and the file that keeps them.
fn settings(config: &Config) -> Outcome {
    let notice = |file: &PathBuf| {
        let state = if file.exists() { "" } else { ", which does not exist" };
        Notice::new(format!("settings are kept in {}{state}", file.display()))
    };
    Outcome {
        answer: Some(Answer::List(config.settings.rows())),
        notices: config.settings_file.iter().map(notice).collect(),
        ..Outcome::default()
    }
}

/// Encrypts the vault of the catalog anew.
fn rekey_vault(
    config: &Config,
    host: &Host,
    streams: Streams,
    owner: &NewVaultOwner,
) -> ExitStatus {
    let mut output = output(config, host, streams.stdout, streams.stderr);
    let path = vault_path(&config.location);
    let mut vault = vault(path.clone(), host, TerminalPrompt::new(host.signals.clone()));
    match vault.rekey(owner) {
        Ok(recipients) => {
            let owner = match recipients {
                None => "with a passphrase".to_owned(),
                Some(1) => "to 1 recipient".to_owned(),
                Some(count) => format!("to {count} recipients"),
            };
            let text = format!("the vault {} is now encrypted {owner}", path.display());
            output.notice_at_once(&Notice::new(text));
            ExitStatus::Done
        }
        Err(error) => {
            let error = Error::new(error);
            output.error(&error);
            error.exit_status()
        }
    }
}

/// Connects the shell to the warehouse of a connection, whose name was given as a word on the
/// command line.
fn connect(shell: &mut Shell, name: &str) -> Result<(), Error> {
    let name = ConnectionName::new(name).map_err(Error::new)?;
    shell.connect(name)
}

/// Builds a shell and passes it to one of the two loops, with standard input.
fn with_shell(
    config: &Config,
    host: &Host,
    streams: Streams,
    work: impl FnOnce(Shell, Box<dyn Read>) -> ExitStatus,
) -> ExitStatus {
    let mut output = output(config, host, streams.stdout, streams.stderr);
    let resources = match resources(config, host) {
        Ok(resources) => resources,
        Err(error) => {
            output.error(&Error::new(error));
            return ExitStatus::Unusable;
        }
    };
    let options = ShellOptions {
        single_transaction: config.single_transaction,
        echo: config.echo,
        timing: config.settings.settings.timing,
        yes: config.yes,
        goes_on: config.on_error == OnError::Continue || config.task.is_prompt(),
        completes: config.task.is_prompt()
            && repl::is_edited((host.environment)("TERM").as_deref()),
        home: host.home.clone(),
        queries: host.config_folder.as_ref().map(|folder| folder.join("redwire").join("queries")),
    };
    let mut executor = Executor::new(resources);
    if config.names_catalog {
        executor.report_missing_catalog();
    }
    if let Some(screen) = progress_screen(config, host) {
        executor.show_progress(screen);
        if config.task.is_prompt() {
            output.show_progress(screen, config.settings.settings.bell);
        }
    }
    let shell = Shell::new(executor, output, options, config.variables.clone());
    work(shell, streams.stdin)
}

/// The screen for progress: standard error, if it is a terminal that can clear a line, and the user
/// wants more than results.
fn progress_screen(config: &Config, host: &Host) -> Option<ProgressScreen> {
    let is_wanted = host.terminals.stderr
        && !config.quiet
        && !config.error_style.format.is_json()
        && repl::is_edited((host.environment)("TERM").as_deref());
    is_wanted.then_some(ProgressScreen {
        write: |text| {
            // Nobody sees the line if standard error is closed.
            let _ = io::stderr().write_all(text.as_bytes());
        },
        size: host.terminal_size,
    })
}

fn output(config: &Config, host: &Host, stdout: Box<dyn Write>, stderr: Box<dyn Write>) -> Output {
    let mut output =
        Output::new(stdout, stderr, config.style.clone(), config.error_style.clone(), config.quiet);
    let terminal_size = host.terminal_size;
    output.set_width(Box::new(move || terminal_size().map(|size| size.width)));
    if config.mode == Mode::DryRun {
        output.write_no_files();
    }
    output
}

fn prompt(shell: Shell, config: &Config, host: &Host, stdin: Box<dyn Read>) -> ExitStatus {
    let settings = &config.settings.settings;
    let options = repl::PromptOptions {
        history: config.history.clone(),
        old_history: config.old_history.clone(),
        keys: settings.keys,
        template: settings.prompt.clone(),
        color: config.color,
        pager: settings.pager && host.terminals.stdin && host.terminals.stdout,
        is_dry_run: config.mode == Mode::DryRun,
        is_ephemeral: config.location == Location::Memory,
    };
    repl::run(shell, host, stdin, options)
}

fn resources(config: &Config, host: &Host) -> Result<Resources, SecretError> {
    let signals = host.signals.clone();
    // `plan` does not ask for the passphrase of a vault.
    let prompt = if let Task::Compare { purpose: PlanOrApply::Plan { .. }, .. } = &config.task {
        TerminalPrompt::silent(signals)
    } else {
        TerminalPrompt::new(signals)
    };
    let memory = MemoryStore::new()?;
    let process = memory.nonce().to_owned();
    Ok(Resources {
        mode: config.mode,
        location: config.location.clone(),
        store: config.store,
        opener: opener(&config.location, host, prompt.clone(), memory),
        process,
        prompt: Box::new(prompt),
        environment: Rc::clone(&host.environment),
        clock: Box::new(SystemTime::now),
        signals: host.signals.clone(),
        patience: config.patience,
        opens_read_only: config.read_only,
    })
}

/// Opens secret stores. There is one memory store for the process's life.
fn opener(
    location: &Location,
    host: &Host,
    prompt: TerminalPrompt,
    memory: MemoryStore,
) -> StoreOpener {
    let path = vault_path(location);
    let mut memory = Some(memory);
    let host = host.clone();
    Box::new(move |kind, catalog_id| -> Result<Box<dyn SecretStore>, SecretError> {
        Ok(match kind {
            StoreKind::Keyring => Box::new(KeyringStore::new(catalog_id)),
            StoreKind::Vault => Box::new(vault(path.clone(), &host, prompt.clone())),
            StoreKind::Memory => match memory.take() {
                Some(memory) => Box::new(memory),
                None => Box::new(MemoryStore::new()?),
            },
        })
    })
}

/// The vault of the catalog. With a catalog in memory the memory store is the only one.
fn vault_path(location: &Location) -> PathBuf {
    location.beside(".vault").unwrap_or_default()
}

fn vault(path: PathBuf, host: &Host, prompt: TerminalPrompt) -> VaultStore {
    let passphrase = VaultPassphrase::new(Rc::clone(&host.environment), prompt);
    VaultStore::new(path, Box::new(passphrase))
        .with_identity_file(host.variable(IDENTITY_FILE).map(PathBuf::from))
}
