//! The history: statement by statement, without secrets, in a file that only the user can read.
//!
//! Each line of the file is an entry, in which `\n` is a line break and `\\` a backslash. An entry
//! is appended with one write, so that several shells can share the file, and a shell that is
//! killed loses nothing.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::private_file;
use crate::shell::{self, name_and_argument};
use crate::sql::mask::{mask, secret_in_argument};
use crate::sql::splitter::{Piece, PieceKind};

/// The maximum number of entries; a file with more than twice as many is truncated to it.
pub(super) const MAX_ENTRIES: usize = 10_000;

/// The masked piece; None if nothing of it may be kept.
pub(super) fn entry(piece: &Piece<'_>) -> Option<String> {
    match piece.kind {
        PieceKind::Statement => {
            let masked = mask(piece.text, piece.follows_secret).text;
            let says_something = masked.replace("***", "").contains(char::is_alphanumeric);
            says_something.then_some(masked)
        }
        PieceKind::Command => command_entry(piece.text),
    }
}

/// A known backslash command; the text after an unknown one could be anything.
fn command_entry(line: &str) -> Option<String> {
    let (name, argument) = name_and_argument(line);
    shell::find(name)?;
    match name {
        "\\h" => Some(format!("{name} {}", mask(argument, false).text).trim_end().to_owned()),
        // The password itself may stand where the user's name belongs.
        "\\password" => Some(name.to_owned()),
        _ if secret_in_argument(argument).is_some() => None,
        _ => Some(line.to_owned()),
    }
}

/// The entries of this and earlier sessions, and their file.
pub(super) struct HistoryFile {
    path: Option<PathBuf>,
    /// The oldest first.
    entries: Vec<String>,
    problem: Option<String>,
}

impl HistoryFile {
    /// Reads the history in the file; None is an empty one in memory.
    pub fn load(path: Option<PathBuf>) -> Self {
        let loaded = path.as_deref().map(load);
        let mut history = Self { path, entries: Vec::new(), problem: None };
        match loaded {
            Some(Ok(entries)) => history.entries = entries,
            Some(Err(error)) => history.give_up(&error),
            None => {}
        }
        history
    }

    /// The entries, the oldest first.
    pub fn entries(&self) -> &[String] {
        &self.entries
    }

    /// Appends an entry unless it equals the last one; returns true if it was appended.
    pub fn append(&mut self, entry: &str) -> bool {
        if self.entries.last().is_some_and(|last| last == entry) {
            return false;
        }
        self.entries.push(entry.to_owned());
        if let Some(path) = &self.path
            && let Err(error) = append(path, entry)
        {
            self.give_up(&error);
        }
        true
    }

    /// The last statement that was run, masked.
    pub fn last_statement(&self) -> Option<&str> {
        self.entries
            .iter()
            .rev()
            .map(String::as_str)
            .find(|entry| !entry.starts_with('\\'))
    }

    /// The reason why the history is not kept; returned once.
    pub fn take_problem(&mut self) -> Option<String> {
        self.problem.take()
    }

    fn give_up(&mut self, error: &io::Error) {
        if let Some(path) = self.path.take() {
            self.problem =
                Some(format!("could not save history to file {}: {error}", path.display()));
        }
    }
}

/// Reads the entries, and truncates a file that has become too long.
fn load(path: &Path) -> io::Result<Vec<String>> {
    let mut file = open(path)?;
    file.lock()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let kept = &lines[lines.len().saturating_sub(MAX_ENTRIES)..];
    if lines.len() > 2 * MAX_ENTRIES {
        let text: String = kept.iter().flat_map(|line| [*line, "\n"]).collect();
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(text.as_bytes())?;
    }
    Ok(kept.iter().map(|line| unescape(line)).collect())
}

fn append(path: &Path, entry: &str) -> io::Result<()> {
    let mut file = open(path)?;
    file.lock()?;
    file.write_all(format!("{}\n", escape(entry)).as_bytes())
}

/// Opens the file for reading and appending with mode 0600; creates missing folders.
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        private_file::create_folder(folder)?;
    }
    let mut options = private_file::options();
    let file = private_file::open(options.read(true).append(true).create(true), path)?;
    close_to_others(&file)?;
    Ok(file)
}

#[cfg(unix)]
fn close_to_others(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let private = fs::Permissions::from_mode(0o600);
    if file.metadata()?.permissions().mode() & 0o777 == private.mode() {
        return Ok(());
    }
    file.set_permissions(private)
}

#[cfg(not(unix))]
fn close_to_others(_file: &File) -> io::Result<()> {
    Ok(())
}

fn escape(entry: &str) -> String {
    entry.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescape(line: &str) -> String {
    let plain = |part: &str| part.replace("\\n", "\n").replace("\\r", "\r");
    line.split("\\\\").map(plain).collect::<Vec<_>>().join("\\")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::shell::Target;
    use crate::sql::splitter::Splitter;

    use super::*;

    fn entries(text: &str) -> Vec<String> {
        entries_at(text, &Target::Catalog)
    }

    fn entries_at(text: &str, target: &Target) -> Vec<String> {
        let mut splitter = Splitter::new(target.dialect());
        splitter.push(text);
        let mut entries = Vec::new();
        while let Some(piece) = splitter.next_piece() {
            entries.extend(entry(&piece.unwrap()));
        }
        if let Some(Ok(piece)) = splitter.finish() {
            entries.extend(entry(&piece));
        }
        entries
    }

    #[test]
    fn statements_for_a_warehouse_are_kept_without_their_secrets() {
        let entries = entries_at(
            "SELECT $$a;b$$; create user u password 's3cret'; COPY t FROM 'x' CREDENTIALS 's3cret';",
            &Target::warehouse_of_tests(),
        );
        assert_eq!(
            entries,
            [
                "SELECT $$a;b$$;",
                "create user *** password ***;",
                "COPY *** FROM *** CREDENTIALS ***;"
            ]
        );
    }

    #[test]
    fn each_statement_and_command_is_an_entry_of_its_own() {
        assert_eq!(
            entries(" SHOW\nCONNECTIONS; -- why\n\\x on\n;;SELECT 1"),
            ["SHOW\nCONNECTIONS;", "\\x on", "SELECT 1"]
        );
        assert!(entries(" ; -- nothing\n").is_empty());
    }

    #[test]
    fn no_secret_is_kept() {
        let alter = "ALTER REDSHIFT CONNECTION";
        for (typed, kept) in [
            ("c SET PASSWORD = 's3cret';", "c SET PASSWORD = PROMPT;"),
            ("c SET PASWORD = 's3cret';", "c SET ***;"),
            ("c SET PASSWORD = 'a';s3cret", "c SET PASSWORD = PROMPT;"),
            (
                "c SET CONNECTION_STRING = 'jdbc:redshift://h/d?PWD=s3cret';",
                "c SET CONNECTION_STRING = '***';",
            ),
        ] {
            let found = entries(&format!("{alter} {typed}"));
            assert_eq!(found.first(), Some(&format!("{alter} {kept}")));
            assert!(!found.iter().any(|entry| entry.contains("s3cret")), "{found:?}");
        }
        assert_eq!(entries("selct 1;"), ["selct 1;"]);
        assert_eq!(entries("\\password s3cret"), ["\\password"]);
        for typed in [
            "\\connect sales password=s3cret",
            "\\connect postgres://u:s3cret@h/d",
            "\\e CREATE USER u PASSWORD 's3cret'",
            "\\i password s3cret",
        ] {
            assert!(entries(typed).is_empty(), "{typed}");
        }
        assert_eq!(entries("\\i token/password.sql"), ["\\i token/password.sql"]);
        assert_eq!(entries("\\h ALTER REDSHIFT CONNECTION c SET PASSWORD = 's3cret'").len(), 1);
        assert!(
            !entries("\\h ALTER REDSHIFT CONNECTION c SET PASSWORD = 's3cret'")[0]
                .contains("s3cret")
        );
    }

    #[test]
    fn entries_come_back_and_a_repeated_one_is_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("history");
        let mut history = HistoryFile::load(Some(path.clone()));
        assert!(history.entries().is_empty());
        assert!(
            history.append("SELECT\n1;") && !history.append("SELECT\n1;") && history.append("\\x")
        );
        assert_eq!(history.last_statement(), Some("SELECT\n1;"));
        let mut later = HistoryFile::load(Some(path));
        assert_eq!(later.entries(), ["SELECT\n1;", "\\x"]);
        assert_eq!(later.last_statement(), Some("SELECT\n1;"));
        assert_eq!(later.take_problem(), None);
    }

    #[test]
    fn a_long_file_is_cut_down_to_its_newest_entries() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history");
        let lines: Vec<String> =
            (0..=2 * MAX_ENTRIES).map(|number| format!("SELECT {number};\n")).collect();
        fs::write(&path, lines.concat()).unwrap();
        let history = HistoryFile::load(Some(path.clone()));
        let entries = history.entries();
        assert_eq!(entries.len(), MAX_ENTRIES);
        assert_eq!(entries.last().unwrap(), &format!("SELECT {};", 2 * MAX_ENTRIES));
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), MAX_ENTRIES);
    }

    proptest! {
        #[test]
        fn an_entry_comes_back_as_it_was(entry in "(\\PC|\\\\|\n|\r|n|r){0,30}") {
            prop_assert_eq!(unescape(&escape(&entry)), entry.clone());
            prop_assert_eq!(escape(&entry).lines().count(), usize::from(!entry.is_empty()));
        }
    }
}
