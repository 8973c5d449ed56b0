//! An answer, in the lines that the shell's script reads.

use std::ffi::OsStr;
use std::io::{self, Write};

use clap_complete::engine::CompletionCandidate;

use super::search::{Found, search};
use super::{Line, Question};
use crate::cli::ShellArg;
use crate::host::Host;

/// Writes what the shell is to offer.
///
/// bash and zsh get a line that says what the others are: `words`, or `files`, of which those two
/// know more. Fish, elvish and `PowerShell` get a word a line, with its description behind a tab.
pub fn answer(question: &Question, host: &Host, out: &mut dyn Write) -> io::Result<()> {
    let found = search(&question.line, host);
    match question.shell {
        ShellArg::Bash => for_bash(&found, &question.line, out),
        ShellArg::Zsh => for_zsh(&found, &question.line, out),
        ShellArg::Fish | ShellArg::Elvish | ShellArg::Powershell => with_tabs(&found, out),
    }
}

/// Each line is what goes in the place of the part of the word that bash replaces; bash quotes it.
fn for_bash(found: &Found, line: &Line, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", if found.file.is_some() { "files" } else { "words" })?;
    for candidate in &found.candidates {
        if let Some(rest) = text(candidate).strip_prefix(&line.kept) {
            writeln!(out, "{rest}")?;
        }
    }
    Ok(())
}

/// `files:` comes with the number of characters that stand before the name of the file in its word,
/// and zsh finds the files. Words are in the form that `_describe` reads.
fn for_zsh(found: &Found, line: &Line, out: &mut dyn Write) -> io::Result<()> {
    if let Some(file) = &found.file {
        let length = |text: &OsStr| text.to_string_lossy().chars().count();
        return writeln!(out, "files:{}", length(line.current_word()).saturating_sub(length(file)));
    }
    writeln!(out, "words")?;
    for candidate in &found.candidates {
        write!(out, "{}", text(candidate).replace('\\', "\\\\").replace(':', "\\:"))?;
        match description(candidate) {
            Some(description) => writeln!(out, ":{}", description.replace('\\', "\\\\"))?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

fn with_tabs(found: &Found, out: &mut dyn Write) -> io::Result<()> {
    for candidate in &found.candidates {
        match description(candidate) {
            Some(description) => writeln!(out, "{}\t{description}", text(candidate))?,
            None => writeln!(out, "{}", text(candidate))?,
        }
    }
    Ok(())
}

/// The candidate; the search lets none through that is not UTF-8.
fn text(candidate: &CompletionCandidate) -> &str {
    candidate.get_value().to_str().unwrap_or_default()
}

/// The first line of the description.
fn description(candidate: &CompletionCandidate) -> Option<String> {
    let help = candidate.get_help()?.to_string();
    help.lines().next().map(str::to_owned)
}
