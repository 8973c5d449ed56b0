//! Completion in the user's shell: the scripts that shells load, and the answers to their questions
//! on a Tab.
//!
//! A script runs `COMPLETE=<shell> redwire -- …` and gets lines to offer. An answer never fails and
//! never asks for a password: if something is missing, damaged or busy, less is offered. Nothing
//! here opens a secret store.

mod bash;
mod program;
mod search;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use clap::ValueEnum;

use crate::cli::ShellArg;
use crate::host::Host;
use search::{Candidates, search};

/// The number of names that are offered. If there are more, the last one is offered too, so that
/// the shell finds the right common prefix.
const NAMES_OFFERED: usize = 1_000;

/// The completion script of the shell, from `completions/`.
pub fn script(shell: ShellArg) -> &'static str {
    match shell {
        ShellArg::Bash => include_str!("../../completions/redwire.bash"),
        ShellArg::Zsh => include_str!("../../completions/_redwire"),
        ShellArg::Fish => include_str!("../../completions/redwire.fish"),
        ShellArg::Powershell => include_str!("../../completions/redwire.ps1"),
        ShellArg::Elvish => include_str!("../../completions/redwire.elv"),
    }
}

/// The question of a shell: the words of a line, and the one to complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellQuestion {
    shell: ShellArg,
    line: ShellLine,
}

/// A command line, split into words without quotes, the program's name first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ShellLine {
    words: Vec<OsString>,
    /// The index of the word to complete, which always exists.
    current: usize,
    /// The beginning of the current word that the shell keeps.
    kept: String,
    /// True if the current word is the file of a redirection, and no argument.
    redirected: bool,
}

impl ShellQuestion {
    /// Finds the question in the arguments, the program's name first: COMPLETE names the shell, and
    /// the first argument is `--`, with which no command line of redwire begins. COMPLETE_INDEX is
    /// the index of the word, from 0; by default it is the last one. None if redwire was not called
    /// to complete.
    pub fn find(
        arguments: &[OsString],
        shell: Option<&OsStr>,
        index: Option<&OsStr>,
    ) -> Option<Self> {
        let shell = ShellArg::from_str(shell?.to_str()?, false).ok()?;
        let [_, dashes, words @ ..] = arguments else {
            return None;
        };
        (dashes == "--").then(|| Self {
            shell,
            line: match (shell, words) {
                (ShellArg::Bash, [before, after, replaced]) => bash::line(before, after, replaced),
                (
                    ShellArg::Bash
                    | ShellArg::Elvish
                    | ShellArg::Fish
                    | ShellArg::Powershell
                    | ShellArg::Zsh,
                    _,
                ) => ShellLine::from_words(words, index),
            },
        })
    }
}

impl ShellLine {
    fn from_words(words: &[OsString], index: Option<&OsStr>) -> Self {
        let index = index.and_then(OsStr::to_str).and_then(|index| index.parse().ok());
        let current: usize = index.unwrap_or(words.len().saturating_sub(1)).min(words.len());
        let mut words = words.to_vec();
        if current == words.len() {
            words.push(OsString::new());
        }
        Self { words, current, ..Self::default() }
    }

    fn current_word(&self) -> &OsStr {
        self.words.get(self.current).map_or(OsStr::new(""), OsString::as_os_str)
    }
}

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
        if let Some(rest) = candidate.text.strip_prefix(&line.kept) {
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
        write!(out, "{}", candidate.text.replace('\\', "\\\\").replace(':', "\\:"))?;
        match &candidate.description {
            Some(description) => writeln!(out, ":{}", description.replace('\\', "\\\\"))?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

fn with_tabs(found: &Candidates, out: &mut dyn Write) -> io::Result<()> {
    for candidate in &found.words {
        match &candidate.description {
            Some(description) => writeln!(out, "{}\t{description}", candidate.text)?,
            None => writeln!(out, "{}", candidate.text)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(
        shell: Option<&str>,
        index: Option<&str>,
        arguments: &[&str],
    ) -> Option<ShellQuestion> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        ShellQuestion::find(&arguments, shell.map(OsStr::new), index.map(OsStr::new))
    }

    #[test]
    fn only_a_shell_that_asks_is_answered() {
        assert!(question(Some("zsh"), None, &["redwire", "--", "redwire", ""]).is_some());
        assert_eq!(question(None, None, &["redwire", "--", "redwire", ""]), None);
        assert_eq!(question(Some("1"), None, &["redwire", "--", "redwire", ""]), None);
        assert_eq!(question(Some("zsh"), None, &["redwire", "show"]), None);
        assert_eq!(question(Some("zsh"), None, &["redwire"]), None);
    }

    #[test]
    fn the_word_may_be_missing_where_the_shell_leaves_empty_ones_out() {
        let line = question(Some("powershell"), Some("2"), &["redwire", "--", "redwire", "show"])
            .unwrap()
            .line;
        assert_eq!((line.words.len(), line.current, line.current_word()), (3, 2, OsStr::new("")));
        let line = question(Some("fish"), Some("77"), &["redwire", "--"]).unwrap().line;
        assert_eq!((line.words.len(), line.current), (1, 0));
    }
}
