//! Completes the words after the connection's name of `redwire exec`: a program of PATH, then its
//! own arguments.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

use super::NAMES_OFFERED;
use super::ShellLine;
use crate::cli;
use crate::exec::may_run;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExecPlace {
    /// The program's name or path.
    Program,
    /// One of the program's arguments.
    Argument,
}

/// The place of the current word; None if it is redwire's own.
pub(super) fn place(line: &ShellLine) -> Option<ExecPlace> {
    let mut words = line.words.get(..line.current)?.to_vec();
    let escaped = words.iter().any(|word| word == "--");
    // The word as typed so far might look like an option to clap.
    words.push("x".into());
    let matches = cli::command().ignore_errors(true).try_get_matches_from(words).ok()?;
    let exec = matches.subcommand_matches("exec")?;
    let typed_as_option = line.current_word().to_string_lossy().starts_with('-') && !escaped;
    match exec.try_get_many::<OsString>("cmd").ok()??.len() {
        0 => None,
        1 => (!typed_as_option).then_some(ExecPlace::Program),
        _ => Some(ExecPlace::Argument),
    }
}

/// The programs of PATH with this prefix, each once, without those that a shell would have to
/// quote.
pub(super) fn programs(path: Option<&OsStr>, typed: &str) -> Vec<String> {
    let folders = path.map(std::env::split_paths).into_iter().flatten();
    let entries = folders.filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
        .filter(|(name, path)| name.starts_with(typed) && is_plain(name) && is_program(path))
        .map(|(name, _)| name)
        .collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(NAMES_OFFERED);
    names
}

fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-' | '@');
    name.chars().all(plain)
}

fn is_program(path: &Path) -> bool {
    path.is_file() && may_run(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place_of(words: &[&str]) -> Option<ExecPlace> {
        place(&ShellLine {
            words: words.iter().map(OsString::from).collect(),
            current: words.len() - 1,
            ..ShellLine::default()
        })
    }

    #[test]
    fn the_program_stands_behind_the_name() {
        for words in [
            &["redwire", "exec", "sales", ""][..],
            &["redwire", "exec", "sales", "--", "ps"],
            &["redwire", "--wait", "0", "exec", "--slots", "2", "sales", "p"],
            &["redwire", "exec", "sales", "--slots", "2", "--", "-p"],
        ] {
            assert_eq!(place_of(words), Some(ExecPlace::Program), "{words:?}");
        }
        for words in [
            &["redwire", "exec", "sales", "psql", ""][..],
            &["redwire", "exec", "sales", "psql", "--sl"],
            &["redwire", "exec", "sales", "--", "psql", "-f", "--"],
        ] {
            assert_eq!(place_of(words), Some(ExecPlace::Argument), "{words:?}");
        }
        for words in [
            &["redwire", "exec", ""][..],
            &["redwire", "exec", "sales", "--slots", ""],
            &["redwire", "exec", "sales", "--catalog", ""],
            &["redwire", "exec", "sales", "-"],
            &["redwire", "show", "sales", ""],
            &["redwire", "-c", "exec", "sales", ""],
        ] {
            assert_eq!(place_of(words), None, "{words:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn programs_are_the_files_of_path_that_may_run() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        for (name, mode) in [
            ("psql", 0o755),
            ("ps", 0o755),
            ("ps x", 0o755),
            ("psalm", 0o644),
            ("cat", 0o755),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let twice =
            std::env::join_paths([folder.path(), folder.path(), Path::new("/no/such")]).unwrap();
        assert_eq!(programs(Some(&twice), "ps"), ["ps", "psql"]);
        assert!(programs(None, "ps").is_empty());
    }
}
