//! `\e`: edits a text in the user's editor.

use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::SystemTime;

use tempfile::TempDir;

use crate::error::{CommandError, Error, FileError};
use crate::host::Environment;
use crate::private_file;
use crate::shell::user_command;
use crate::terminal::ControllingTerminal;

/// The editor if neither VISUAL nor EDITOR is set.
const DEFAULT: &str = if cfg!(windows) { "notepad" } else { "vi" };

/// Runs the user's editor.
pub(super) struct ExternalEditor {
    environment: Environment,
    terminal: Rc<ControllingTerminal>,
}

impl ExternalEditor {
    /// The editor that VISUAL or EDITOR names.
    pub fn new(environment: Environment, terminal: Rc<ControllingTerminal>) -> Self {
        Self { environment, terminal }
    }

    /// Edits the file, or the text in a temporary file. None if nothing was changed.
    pub fn edit(&self, text: &str, path: Option<&Path>) -> Result<Option<String>, Error> {
        if let Some(path) = path {
            return self.edit_file(path);
        }
        let (folder, file) = temporary_file(text).map_err(|error| {
            let place = std::env::temp_dir();
            Error::new(FileError::write(&place, &error))
        })?;
        let edited = self.edit_file(&file);
        drop(folder);
        edited
    }

    fn edit_file(&self, path: &Path) -> Result<Option<String>, Error> {
        let before = modified(path);
        let mut command = user_command(&self.command(), Some(path));
        self.terminal.lend();
        let status = command.status();
        self.terminal.take_back();
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => return Err(failed(&format!("the editor ended with {status}"))),
            Err(error) => return Err(failed(&format!("could not start the editor: {error}"))),
        }
        if modified(path) == before {
            return Ok(None);
        }
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::new(FileError::read(path, &error)))?;
        let text = text.trim_end();
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    fn command(&self) -> String {
        ["VISUAL", "EDITOR"]
            .iter()
            .filter_map(|name| (self.environment)(name))
            .map(|value| value.to_string_lossy().into_owned())
            .find(|value| !value.trim().is_empty())
            .unwrap_or_else(|| DEFAULT.to_owned())
    }
}

/// The modification time and the length of the file; None if it does not exist.
fn modified(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// A file with mode 0600 in a folder with mode 0700.
fn temporary_file(text: &str) -> io::Result<(TempDir, std::path::PathBuf)> {
    let folder = private_file::temporary_folder("redwire-")?;
    let path = folder.path().join("statement.sql");
    let mut file = private_file::options().write(true).create_new(true).open(&path)?;
    if !text.is_empty() {
        writeln!(file, "{text}")?;
    }
    // A time in the past, so that saving the same text at once counts as a change.
    file.set_modified(SystemTime::now() - std::time::Duration::from_secs(2))?;
    Ok((folder, path))
}

fn failed(why: &str) -> Error {
    Error::new(CommandError::new(format!("{why}, so nothing was run")))
}
