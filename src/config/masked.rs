//! Masks a command line that clap refuses.

use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue};

use crate::render::Format;
use crate::sign::has_sign;

/// Masks the argument that clap repeats if the command line may contain a secret.
pub(super) fn masked(mut error: clap::Error, arguments: &[OsString]) -> clap::Error {
    if let Some(format) = argument_of(&error, ContextKind::InvalidArg).and_then(named_format) {
        let tip = format!("a format stands behind --format: --format {format}");
        return with_tip(error, tip);
    }
    if let Some(tip) = argument_of(&error, ContextKind::InvalidArg).and_then(psql_tip) {
        return with_tip(error, tip.to_owned());
    }
    let misplaced = [ContextKind::InvalidSubcommand, ContextKind::InvalidArg];
    let mut misplaced = misplaced.into_iter().filter_map(|kind| argument_of(&error, kind));
    let names_passphrase = arguments
        .iter()
        .any(|argument| argument.to_string_lossy().starts_with(PASSPHRASE));
    if !names_passphrase
        && let Some(tip) =
            misplaced.find_map(|argument| file_tip(argument).or(statement_tip(argument)))
    {
        return with_tip(error, tip);
    }
    let line: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    if !has_sign(&line.join(" ")) {
        return error;
    }
    for kind in [
        ContextKind::InvalidSubcommand,
        ContextKind::InvalidArg,
        ContextKind::InvalidValue,
    ] {
        if argument_of(&error, kind).is_some_and(|argument| !is_plain_word(argument)) {
            error.insert(kind, ContextValue::String(MASKED_ARGUMENT.to_owned()));
            if names_passphrase {
                let tip = "--passphrase asks for it; --passphrase-file names a file that has it";
                error = with_tip(error, tip.to_owned());
            // The value of an option is not a statement.
            } else if kind != ContextKind::InvalidValue {
                let tip = "statements stand behind -c: redwire -c 'STATEMENTS'";
                error = with_tip(error, tip.to_owned());
            }
        }
    }
    error
}

fn argument_of(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(argument)) => Some(argument),
        Some(_) | None => None,
    }
}

fn with_tip(mut error: clap::Error, tip: String) -> clap::Error {
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    error
}

/// The tip for the name of a script without its option.
fn file_tip(argument: &str) -> Option<String> {
    let is_script = Path::new(argument).extension().is_some_and(|end| end == "sql")
        && !argument.contains(char::is_whitespace);
    (is_script && !has_sign(argument)).then(|| format!("scripts stand behind -f: -f {argument}"))
}

/// The tip for statements without their option.
fn statement_tip(argument: &str) -> Option<String> {
    let is_statement = !argument.starts_with('-') && argument.contains(char::is_whitespace);
    let quoted = argument.replace('\'', "'\\''");
    (is_statement && !has_sign(argument))
        .then(|| format!("statements stand behind -c: -c '{quoted}'"))
}

/// The format if it is given as an option of its own, like psql's `--csv`.
fn named_format(argument: &str) -> Option<Format> {
    argument.strip_prefix("--")?.parse().ok()
}

/// Options of psql with the tip for each.
const OF_PSQL: &[(&[&str], &str)] = &[
    (&["-x", "--expanded"], "rows are drawn vertically with --format vertical"),
    (&["-o", "--output"], "results go to a file with > FILE"),
    (&["-P", "--pset"], "an option of results is set with -c '\\pset OPTION VALUE'"),
    (&["-l", "--list"], "databases are listed with -c '\\l'"),
    (&["-H", "--html"], "the format for documents is --format markdown"),
    (&["-e", "--echo-queries"], "statements are shown with --echo"),
    (&["--no-psqlrc"], "the prompt starts without its settings with -X"),
    (
        &["-d", "--dbname", "--host", "-p", "--port", "-U", "--username", "-w", "-W"],
        "a connection has server, database and user: redwire NAME",
    ),
];

/// The tip for an option that psql has and redwire has not.
fn psql_tip(argument: &str) -> Option<&'static str> {
    let row = OF_PSQL.iter().find(|(options, _)| options.contains(&argument));
    row.map(|(_, tip)| *tip)
}

/// The beginning of options that users may put a passphrase behind.
const PASSPHRASE: &str = "--passphrase";

/// The replacement for an argument that may be a secret.
const MASKED_ARGUMENT: &str = "***";

/// An option, or the placeholder of a value.
fn is_plain_word(argument: &str) -> bool {
    let word = argument.split(" <").next().unwrap_or(argument);
    word.starts_with(['-', '<'])
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'<' | b'>' | b'_'))
}
