//! Writes an answer in the lines that the shell's script reads.

use std::ffi::OsStr;
use std::io::{self, Write};

use clap_complete::engine::CompletionCandidate;

use super::search::{Candidates, search};
use super::{ShellLine, ShellQuestion};
use crate::cli::ShellArg;
use crate::host::Host;

/// Writes the words that the shell is to offer.
///
/// bash and zsh get a first line that says `words` or `files`; they complete files themselves.
/// Fish, elvish and `PowerShell` get a word on each line, and its description after a tab.
pub fn answer(question: &ShellQuestion, host: &Host, out: &mut dyn Write) -> io::Result<()> {
    let found = search(&question.line, host);
    match question.shell {
        ShellArg::Bash => for_bash(&found, &question.line, out),
        ShellArg::Zsh => for_zsh(&found, &question.line, out),
        ShellArg::Fish | ShellArg::Elvish | ShellArg::Powershell => with_tabs(&found, out),
    }
}

/// Each line replaces the part of the word that bash replaces; bash quotes it.
fn for_bash(found: &Candidates, line: &ShellLine, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", if found.file.is_some() { "files" } else { "words" })?;
    for candidate in &found.words {
        if let Some(rest) = text(candidate).strip_prefix(&line.kept) {
            writeln!(out, "{rest}")?;
        }
    }
    Ok(())
}

/// `files:` comes with the number of characters before the file's name in its word. Words are in
/// the form that `_describe` reads.
fn for_zsh(found: &Candidates, line: &ShellLine, out: &mut dyn Write) -> io::Result<()> {
    if let Some(file) = &found.file {
        let length = |text: &OsStr| text.to_string_lossy().chars().count();
        return writeln!(out, "files:{}", length(line.current_word()).saturating_sub(length(file)));
    }
    writeln!(out, "words")?;
    for candidate in &found.words {
        write!(out, "{}", text(candidate).replace('\\', "\\\\").replace(':', "\\:"))?;
        match description(candidate) {
            Some(description) => writeln!(out, ":{}", description.replace('\\', "\\\\"))?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

fn with_tabs(found: &Candidates, out: &mut dyn Write) -> io::Result<()> {
    for candidate in &found.words {
        match description(candidate) {
            Some(description) => writeln!(out, "{}\t{description}", text(candidate))?,
            None => writeln!(out, "{}", text(candidate))?,
        }
    }
    Ok(())
}

/// The candidate; the search lets only UTF-8 through.
fn text(candidate: &CompletionCandidate) -> &str {
    candidate.get_value().to_str().unwrap_or_default()
}

/// The first line of the description.
fn description(candidate: &CompletionCandidate) -> Option<String> {
    let help = candidate.get_help()?.to_string();
    help.lines().next().map(str::to_owned)
}
