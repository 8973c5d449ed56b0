//! The task that the command line sets, and the parts of a script.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command, CommandFactory};

use crate::cli::{Cli, ScriptArgs, ShellArg, Sub, VaultSub};
use crate::exec::ExecRequest;
use crate::executor::Prune;
use crate::host::{Host, IDENTITY_FILE, in_home};
use crate::script::ScriptPart;
use crate::secret::NewVaultOwner;
use crate::shell::PlanOrApply;
use crate::sql::keyword::nearest;
use crate::watch::WatchRequest;

/// The task of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Open a prompt.
    Prompt,
    /// Run these parts as one script.
    Script(Vec<ScriptPart>),
    /// Run these parts as one script on the warehouse of a connection, or open a prompt there.
    Connect {
        /// The connection's name as given.
        name: String,
        /// The parts; none for a prompt.
        parts: Vec<ScriptPart>,
        /// True if the name stands alone, in the place of a command.
        is_alone: bool,
    },
    /// Compare a file of definitions with the catalog.
    Compare {
        /// The file.
        file: ScriptPart,
        /// Plan or apply.
        purpose: PlanOrApply,
        /// The treatment of definitions that the file lacks.
        prune: Prune,
    },
    /// Run what is due of these jobs, or of every job that runs by itself.
    Run {
        /// The names as given.
        names: Vec<String>,
        /// The file of metrics.
        metrics: Option<PathBuf>,
    },
    /// Run jobs when they are due, until a signal comes.
    Watch(WatchRequest),
    /// Run a program with a connection in its environment.
    Exec(ExecRequest),
    /// Encrypt the vault anew.
    Rekey(NewVaultOwner),
    /// Show the settings of the prompt.
    Settings,
    /// Print the manual page.
    Manual,
    /// Print the completion script of a shell.
    Completions(ShellArg),
}

impl Task {
    /// True for a prompt.
    pub fn is_prompt(&self) -> bool {
        match self {
            Self::Prompt => true,
            Self::Connect { parts, .. } => parts.is_empty(),
            Self::Script(_)
            | Self::Compare { .. }
            | Self::Run { .. }
            | Self::Watch(_)
            | Self::Exec(_)
            | Self::Rekey(_)
            | Self::Settings
            | Self::Manual
            | Self::Completions(_) => false,
        }
    }
}

/// The task that the command line sets.
pub(super) fn task(cli: &Cli, matches: &ArgMatches, host: &Host) -> Task {
    let statement = |text: String| Task::Script(vec![ScriptPart::Statement(text)]);
    match &cli.subcommand {
        Some(Sub::Completions { shell }) => Task::Completions(*shell),
        Some(Sub::Show { name: None }) => statement("SHOW CONNECTIONS".to_owned()),
        // The name is taken literally, so it is quoted.
        Some(Sub::Show { name: Some(name) }) => {
            statement(format!("DESCRIBE CONNECTION \"{}\"", name.replace('"', "\"\"")))
        }
        Some(Sub::Plan { file, exit_code, prune }) => {
            compare(file, host, PlanOrApply::Plan { exit_code: *exit_code }, *prune)
        }
        Some(Sub::Apply { file, prune }) => compare(file, host, PlanOrApply::Apply, *prune),
        Some(Sub::Run { names, watch, metrics }) => {
            let (names, metrics) = (names.clone(), metrics.clone());
            if *watch {
                Task::Watch(WatchRequest { names, metrics })
            } else {
                Task::Run { names, metrics }
            }
        }
        Some(Sub::Exec { name, slots, env, command }) => {
            let mut words = command.iter().cloned();
            Task::Exec(ExecRequest {
                name: name.clone(),
                slots: *slots,
                program: words.next(),
                arguments: words.collect(),
                templates: env.clone(),
            })
        }
        Some(Sub::Config) => Task::Settings,
        Some(Sub::Man) => Task::Manual,
        Some(Sub::Vault { command }) => Task::Rekey(new_owner(command, host)),
        Some(Sub::Connect { name, script }) => {
            let matches = matches.subcommand_matches("connect").unwrap_or(matches);
            Task::Connect {
                name: name.clone(),
                parts: parts(script, matches, host),
                is_alone: false,
            }
        }
        None => match (&cli.name, parts(&cli.script, matches, host)) {
            (Some(name), parts) => Task::Connect {
                is_alone: true,
                name: name.clone(),
                parts,
            },
            (None, parts) if parts.is_empty() => Task::Prompt,
            (None, parts) => Task::Script(parts),
        },
    }
}

/// The command whose name is nearly this word.
pub fn command_like(word: &str) -> Option<String> {
    let command = Cli::command();
    let names = command.get_subcommands().map(Command::get_name);
    nearest(word, names).map(str::to_owned)
}

/// The owner that the options name, or else the environment: the identities there, or a passphrase.
fn new_owner(command: &VaultSub, host: &Host) -> NewVaultOwner {
    let VaultSub::Rekey {
        recipient,
        identity,
        passphrase,
        passphrase_file,
    } = command;
    if !recipient.is_empty() {
        return NewVaultOwner::Recipients(recipient.clone());
    }
    let from_environment = || {
        let asks = *passphrase || passphrase_file.is_some();
        host.variable(IDENTITY_FILE).filter(|_| !asks).map(PathBuf::from)
    };
    match identity.clone().or_else(from_environment) {
        Some(file) => NewVaultOwner::Identity(file),
        None => NewVaultOwner::Passphrase { file: passphrase_file.clone() },
    }
}

fn compare(file: &Path, host: &Host, purpose: PlanOrApply, prune: bool) -> Task {
    Task::Compare {
        file: file_or_stdin(file, host),
        purpose,
        prune: if prune { Prune::Yes } else { Prune::No },
    }
}

fn file_or_stdin(path: &Path, host: &Host) -> ScriptPart {
    if path.as_os_str() == "-" {
        ScriptPart::Stdin
    } else {
        ScriptPart::File(in_home(path.to_owned(), host.home.as_deref()))
    }
}

/// All `-c` and `-f`, in their order on the command line; without them standard input, or none at
/// a terminal, where the prompt reads.
fn parts(script: &ScriptArgs, matches: &ArgMatches, host: &Host) -> Vec<ScriptPart> {
    let place =
        |id: &str| matches.indices_of(id).map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    let commands = script.command.iter().map(|text| ScriptPart::Text(text.clone()));
    let files = script.file.iter().map(|path| file_or_stdin(path, host));
    let mut placed: Vec<(usize, ScriptPart)> = place("command")
        .into_iter()
        .zip(commands)
        .chain(place("file").into_iter().zip(files))
        .collect();
    placed.sort_by_key(|(index, _)| *index);
    if placed.is_empty() && !host.terminals.stdin {
        return vec![ScriptPart::Stdin];
    }
    placed.into_iter().map(|(_, part)| part).collect()
}
