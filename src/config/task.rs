//! What redwire is to do, and the parts of a script, as the command line says it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use crate::cli::{Cli, Script, ShellArg, Sub};
use crate::exec::Order;
use crate::executor::Prune;
use crate::host::Host;
use crate::shell::Purpose;

/// What redwire is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Talk at a terminal.
    Prompt,
    /// Run these parts as one script.
    Script(Vec<Part>),
    /// Run these parts as one script on the warehouse of a connection, or talk there.
    Connect {
        /// The connection's name as given.
        name: String,
        /// The parts; none where it is to talk at a terminal.
        parts: Vec<Part>,
    },
    /// Hold a file of definitions against the catalog.
    Describe {
        /// The file.
        file: Part,
        /// What for.
        purpose: Purpose,
        /// Whether what the file lacks is dropped.
        prune: Prune,
    },
    /// Run a program with a connection in its environment.
    Exec(Order),
    /// Print the completion script of a shell.
    Completions(ShellArg),
}

impl Task {
    /// Whether it talks at a terminal.
    #[must_use]
    pub fn is_prompt(&self) -> bool {
        match self {
            Self::Prompt => true,
            Self::Connect { parts, .. } => parts.is_empty(),
            Self::Script(_) | Self::Describe { .. } | Self::Exec(_) | Self::Completions(_) => false,
        }
    }
}

/// One part of a script, as it stands on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// `-c`
    Text(String),
    /// The statement that a subcommand stands for.
    Statement(String),
    /// `-f`
    File(PathBuf),
    /// `-f -`, or no part at all.
    Stdin,
}

/// The task that the command line sets.
pub(super) fn task(cli: &Cli, matches: &ArgMatches, host: &Host) -> Task {
    match &cli.subcommand {
        Some(Sub::Completions { shell }) => return Task::Completions(*shell),
        Some(Sub::Show { name: None }) => {
            return Task::Script(vec![Part::Statement("SHOW CONNECTIONS".to_owned())]);
        }
        Some(Sub::Show { name: Some(name) }) => {
            return Task::Script(vec![Part::Statement(describe(name))]);
        }
        Some(Sub::Plan { file, exit_code, prune }) => {
            return describe_file(file, Purpose::Plan { exit_code: *exit_code }, *prune);
        }
        Some(Sub::Exec { name, slots, command }) => {
            return Task::Exec(order(name, *slots, command));
        }
        Some(Sub::Connect { name, script }) => {
            let matches = matches.subcommand_matches("connect").unwrap_or(matches);
            let name = name.clone();
            let mut parts = parts(script, matches);
            if parts.is_empty() && !host.terminals.stdin {
                parts.push(Part::Stdin);
            }
            return Task::Connect { name, parts };
        }
        Some(Sub::Apply { file, prune }) => return describe_file(file, Purpose::Apply, *prune),
        None => {}
    }
    let parts = parts(&cli.script, matches);
    if !parts.is_empty() {
        Task::Script(parts)
    } else if host.terminals.stdin {
        Task::Prompt
    } else {
        Task::Script(vec![Part::Stdin])
    }
}

/// clap lets no command through that has no word.
fn order(name: &str, slots: u32, command: &[OsString]) -> Order {
    let mut words = command.iter().cloned();
    Order {
        name: name.to_owned(),
        slots,
        program: words.next().unwrap_or_default(),
        arguments: words.collect(),
    }
}

fn describe_file(file: &Path, purpose: Purpose, prune: bool) -> Task {
    Task::Describe {
        file: file_or_stdin(file),
        purpose,
        prune: if prune { Prune::Yes } else { Prune::No },
    }
}

fn file_or_stdin(path: &Path) -> Part {
    if path.as_os_str() == "-" {
        Part::Stdin
    } else {
        Part::File(path.to_owned())
    }
}

/// The statement behind `redwire show NAME`; the name is taken as it is, so it stands in quotes.
fn describe(name: &str) -> String {
    format!("DESCRIBE CONNECTION \"{}\"", name.replace('"', "\"\""))
}

/// All `-c` and `-f`, in the order in which they stand on the command line.
fn parts(script: &Script, matches: &ArgMatches) -> Vec<Part> {
    let place =
        |id: &str| matches.indices_of(id).map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    let commands = script.command.iter().map(|text| Part::Text(text.clone()));
    let files = script.file.iter().map(|path| file_or_stdin(path));
    let mut placed: Vec<(usize, Part)> = place("command")
        .into_iter()
        .zip(commands)
        .chain(place("file").into_iter().zip(files))
        .collect();
    placed.sort_by_key(|(index, _)| *index);
    placed.into_iter().map(|(_, part)| part).collect()
}
