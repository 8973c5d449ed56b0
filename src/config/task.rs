//! The task that the command line sets, and the parts of a script.

use std::ffi::OsString;
use std::path::Path;

use clap::ArgMatches;

use crate::cli::{Cli, ScriptArgs, ShellArg, Sub};
use crate::exec::Order;
use crate::executor::Prune;
use crate::host::Host;
use crate::script::ScriptPart;
use crate::shell::PlanOrApply;

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
    },
    /// Compare a file of definitions with the catalog.
    Describe {
        /// The file.
        file: ScriptPart,
        /// Plan or apply.
        purpose: PlanOrApply,
        /// The treatment of definitions that the file lacks.
        prune: Prune,
    },
    /// Run a program with a connection in its environment.
    Exec(Order),
    /// Print the completion script of a shell.
    Completions(ShellArg),
}

impl Task {
    /// True for a prompt.
    pub fn is_prompt(&self) -> bool {
        match self {
            Self::Prompt => true,
            Self::Connect { parts, .. } => parts.is_empty(),
            Self::Script(_) | Self::Describe { .. } | Self::Exec(_) | Self::Completions(_) => false,
        }
    }
}

/// The task that the command line sets.
pub(super) fn task(cli: &Cli, matches: &ArgMatches, host: &Host) -> Task {
    match &cli.subcommand {
        Some(Sub::Completions { shell }) => return Task::Completions(*shell),
        Some(Sub::Show { name: None }) => {
            return Task::Script(vec![ScriptPart::Statement("SHOW CONNECTIONS".to_owned())]);
        }
        Some(Sub::Show { name: Some(name) }) => {
            return Task::Script(vec![ScriptPart::Statement(describe(name))]);
        }
        Some(Sub::Plan { file, exit_code, prune }) => {
            return describe_file(file, PlanOrApply::Plan { exit_code: *exit_code }, *prune);
        }
        Some(Sub::Exec { name, slots, command }) => {
            return Task::Exec(order(name, *slots, command));
        }
        Some(Sub::Connect { name, script }) => {
            let matches = matches.subcommand_matches("connect").unwrap_or(matches);
            let name = name.clone();
            let mut parts = parts(script, matches);
            if parts.is_empty() && !host.terminals.stdin {
                parts.push(ScriptPart::Stdin);
            }
            return Task::Connect { name, parts };
        }
        Some(Sub::Apply { file, prune }) => return describe_file(file, PlanOrApply::Apply, *prune),
        None => {}
    }
    let parts = parts(&cli.script, matches);
    if !parts.is_empty() {
        Task::Script(parts)
    } else if host.terminals.stdin {
        Task::Prompt
    } else {
        Task::Script(vec![ScriptPart::Stdin])
    }
}

/// clap requires at least one word.
fn order(name: &str, slots: u32, command: &[OsString]) -> Order {
    let mut words = command.iter().cloned();
    Order {
        name: name.to_owned(),
        slots,
        program: words.next().unwrap_or_default(),
        arguments: words.collect(),
    }
}

fn describe_file(file: &Path, purpose: PlanOrApply, prune: bool) -> Task {
    Task::Describe {
        file: file_or_stdin(file),
        purpose,
        prune: if prune { Prune::Yes } else { Prune::No },
    }
}

fn file_or_stdin(path: &Path) -> ScriptPart {
    if path.as_os_str() == "-" {
        ScriptPart::Stdin
    } else {
        ScriptPart::File(path.to_owned())
    }
}

/// The statement of `redwire show NAME`. The name is taken literally, so it is quoted.
fn describe(name: &str) -> String {
    format!("DESCRIBE CONNECTION \"{}\"", name.replace('"', "\"\""))
}

/// All `-c` and `-f`, in their order on the command line.
fn parts(script: &ScriptArgs, matches: &ArgMatches) -> Vec<ScriptPart> {
    let place =
        |id: &str| matches.indices_of(id).map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    let commands = script.command.iter().map(|text| ScriptPart::Text(text.clone()));
    let files = script.file.iter().map(|path| file_or_stdin(path));
    let mut placed: Vec<(usize, ScriptPart)> = place("command")
        .into_iter()
        .zip(commands)
        .chain(place("file").into_iter().zip(files))
        .collect();
    placed.sort_by_key(|(index, _)| *index);
    placed.into_iter().map(|(_, part)| part).collect()
}
