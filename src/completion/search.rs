//! Finds the candidates for a word of a command line: asks clap, and the catalog for names.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use clap::{Command, ValueHint};
use clap_complete::engine::{
    ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};

use super::NAMES_OFFERED;
use super::ShellLine;
use super::program::{self, ExecPlace};
use crate::catalog::{GlancedKind, Location, glance_at_names};
use crate::cli;
use crate::config::location_of;
use crate::host::Host;

/// The ids that clap has for the names of connections and jobs.
const NAME_ARGUMENTS: [(&str, GlancedKind); 2] =
    [("name", GlancedKind::Connection), ("job", GlancedKind::Job)];

#[derive(Debug, Default)]
pub(super) struct Candidates {
    pub words: Vec<ShellCandidate>,
    /// The typed part of a file's name, if a file is possible here.
    pub file: Option<OsString>,
}

#[derive(Debug)]
pub(super) struct ShellCandidate {
    pub text: String,
    /// One line.
    pub description: Option<String>,
}

/// Finds the candidates for the current word.
pub(super) fn search(line: &ShellLine, host: &Host) -> Candidates {
    if line.redirected {
        return Candidates {
            file: Some(line.current_word().to_owned()),
            ..Candidates::default()
        };
    }
    if let Some(place) = program::place(line) {
        return search_for_program(place, line, host);
    }
    let file = FileWord::default();
    let mut command = command_with(
        catalog_of(line, host).as_ref(),
        &ArgValueCompleter::new(files(file.clone(), host.working_folder.clone())),
    );
    let words = line.words.clone();
    let folder = host.working_folder.as_deref();
    let found = clap_complete::engine::complete(&mut command, words, line.current, folder);
    Candidates {
        words: wanted(found.unwrap_or_default(), line),
        file: file.lock().ok().and_then(|mut file| file.take()),
    }
}

/// Finds programs for `exec`, or paths.
fn search_for_program(place: ExecPlace, line: &ShellLine, host: &Host) -> Candidates {
    let typed = line.current_word();
    if place == ExecPlace::Program && !typed.to_string_lossy().contains('/') {
        let names = program::programs(host.variable("PATH").as_deref(), &typed.to_string_lossy());
        let words = names.into_iter().map(|text| ShellCandidate { text, description: None });
        return Candidates { words: words.collect(), file: None };
    }
    let file = FileWord::default();
    let paths = files(file, host.working_folder.clone()).complete(typed);
    Candidates {
        words: wanted(paths, line),
        file: Some(typed.to_owned()),
    }
}

/// The part of the current word that is the name of a file; clap's completer sets it.
type FileWord = Arc<Mutex<Option<OsString>>>;

/// The command line's definition with completers for names and files.
fn command_with(catalog: Option<&Location>, files: &ArgValueCompleter) -> Command {
    let complete_files = |command: Command| {
        command.mut_args(|argument| match argument.get_value_hint() {
            ValueHint::FilePath => argument.add(files.clone()),
            _ => argument,
        })
    };
    let complete_names = |command: Command| {
        command.mut_args(|argument| {
            let found = NAME_ARGUMENTS.iter().find(|(id, _)| argument.get_id() == id);
            match found {
                Some((_, kind)) => {
                    argument.add(ArgValueCompleter::new(names(catalog.cloned(), *kind)))
                }
                None => argument,
            }
        })
    };
    complete_names(complete_files(cli::command())).mut_subcommands(|command| {
        complete_names(complete_files(command)).mut_subcommands(complete_files)
    })
}

fn names(catalog: Option<Location>, kind: GlancedKind) -> impl ValueCompleter {
    move |typed: &OsStr| {
        let (Some(catalog), Some(typed)) = (&catalog, typed.to_str()) else {
            return Vec::new();
        };
        let range = glance_at_names(catalog, kind, &typed.to_ascii_lowercase(), NAMES_OFFERED)
            .unwrap_or_default();
        range
            .first
            .into_iter()
            .chain(range.last)
            .map(CompletionCandidate::new)
            .collect()
    }
}

fn files(file: FileWord, folder: Option<PathBuf>) -> impl ValueCompleter {
    move |typed: &OsStr| {
        if let Ok(mut file) = file.lock() {
            *file = Some(typed.to_owned());
        }
        let mut paths = PathCompleter::file();
        if let Some(folder) = &folder {
            paths = paths.current_dir(folder);
        }
        paths.complete(typed)
    }
}

/// Options are offered once a dash is typed, commands only before `--`; nothing with control
/// characters, which would spoil the list of lines or the terminal.
fn wanted(found: Vec<CompletionCandidate>, line: &ShellLine) -> Vec<ShellCandidate> {
    let escaped = line.words[..line.current].iter().any(|word| word == "--");
    let word = |candidate: CompletionCandidate| {
        let is = |what: &str| candidate.get_id().is_some_and(|id| id.starts_with(what));
        let text = candidate.get_value().to_str()?;
        let is_unwanted = text.contains(char::is_control)
            || (is("arg::") && line.current_word().is_empty())
            || (is("command::") && escaped);
        let help = candidate.get_help().map(ToString::to_string);
        (!is_unwanted).then(|| ShellCandidate {
            text: text.to_owned(),
            description: help.and_then(|help| help.lines().next().map(str::to_owned)),
        })
    };
    found.into_iter().filter_map(word).collect()
}

/// The catalog that the line names, or else the environment.
fn catalog_of(line: &ShellLine, host: &Host) -> Option<Location> {
    let mut words = line.words.clone();
    words.remove(line.current);
    for word in &mut words {
        expand_home(word, host.home.as_deref());
    }
    let matches = cli::command().ignore_errors(true).try_get_matches_from(words).ok()?;
    let ephemeral = matches.try_get_one::<bool>("ephemeral").ok().flatten().copied();
    let named = matches.try_get_one::<PathBuf>("catalog").ok().flatten();
    location_of(ephemeral == Some(true), named, host).ok()
}

/// Some shells hand words over as they were typed, with `~/`.
fn expand_home(word: &mut OsString, home: Option<&Path>) {
    if let (Ok(path), Some(home)) = (Path::new(word).strip_prefix("~"), home) {
        *word = home.join(path).into_os_string();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The candidates for the last of the words.
    fn offered(words: &[&str]) -> Vec<String> {
        let line = ShellLine {
            words: words.iter().map(OsString::from).collect(),
            current: words.len() - 1,
            ..ShellLine::default()
        };
        let found = search(&line, &Host::default());
        found.words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn commands_come_before_two_dashes_and_options_after_one() {
        assert_eq!(
            offered(&["redwire", ""]),
            [
                "show",
                "connect",
                "plan",
                "apply",
                "run",
                "exec",
                "config",
                "vault",
                "man",
                "completions",
                "help"
            ]
        );
        assert_eq!(offered(&["redwire", "vault", "r"]), ["rekey"]);
        assert_eq!(offered(&["redwire", "vault", "rekey", "--reci"]), ["--recipient"]);
        assert_eq!(offered(&["redwire", "plan", "--ex"]), ["--exit-code"]);
        assert_eq!(offered(&["redwire", "apply", "x.sql", "--pr"]), ["--prune"]);
        assert_eq!(offered(&["redwire", "exec", "--sl"]), ["--slots"]);
        assert_eq!(offered(&["redwire", "exec", "sales", "--sl"]), ["--slots"]);
        assert_eq!(offered(&["redwire", "exec", "sales", "psql", "--sl"]), [""; 0]);
        assert_eq!(offered(&["redwire", "--dry"]), ["--dry-run"]);
        assert_eq!(offered(&["redwire", "--", ""]), [""; 0]);
        assert_eq!(offered(&["redwire", "show", "--", "-"]), [""; 0]);
        assert_eq!(offered(&["redwire", "--se"]), ["--secret-store"]);
        assert!(offered(&["redwire", "-"]).contains(&"-c".to_owned()));
        assert!(offered(&["redwire", "-q"]).contains(&"-qv".to_owned()));
    }

    #[test]
    fn values_are_completed_in_every_spelling() {
        assert_eq!(offered(&["redwire", "--format", "js"]), ["json", "jsonl"]);
        assert_eq!(offered(&["redwire", "show", "--format=v"]), ["--format=vertical"]);
        assert_eq!(offered(&["redwire", "--secret-store", ""]), ["keyring", "vault", "memory"]);
        assert_eq!(offered(&["redwire", "--on-error", "c"]), ["continue"]);
        assert_eq!(
            offered(&["redwire", "--color="]),
            ["--color=auto", "--color=always", "--color=never"]
        );
        assert_eq!(offered(&["redwire", "completions", "p"]), ["powershell"]);
    }

    #[test]
    fn the_line_names_the_catalog() {
        let catalog = |words: &[&str], current: usize| {
            let line = ShellLine {
                words: words.iter().map(OsString::from).collect(),
                current,
                ..ShellLine::default()
            };
            let host = Host {
                home: Some("/home/me".into()),
                ..Host::default()
            };
            catalog_of(&line, &host.with_variables(&[("REDWIRE_CATALOG", "/environment")]))
        };
        let file = |path: &str| Some(Location::File(path.into()));
        assert_eq!(catalog(&["redwire", "--catalog", "/a b", "show", ""], 4), file("/a b"));
        assert_eq!(catalog(&["redwire", "show", "", "--catalog=/c"], 2), file("/c"));
        assert_eq!(catalog(&["redwire", "show", "--catalog", "~/c", "x"], 4), file("/home/me/c"));
        assert_eq!(catalog(&["redwire", "-c", "x", "show", ""], 4), file("/environment"));
        assert_eq!(catalog(&["redwire", "--ephemeral", "show", ""], 3), Some(Location::Memory));
    }
}
