//! The journal beside the catalog: a note for every secret that is about to appear or disappear.
//!
//! A statement notes the ids, changes the store, commits the catalog, deletes the secrets that no
//! row names any more and clears its notes. A process that ends in between leaves its notes; the
//! next one sweeps them. The caller looks up which ids rows name: the journal knows neither the
//! catalog nor a store, and holds nothing secret.
//!
//! The file is only appended to and cut back, so that a process can end at any moment. Its lock is
//! held from note to clear. It is never renamed or deleted: a lock on a file that has lost its name
//! would guard nothing.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::SecretError;
use crate::private_file;

mod record;

pub use record::JournalEntry;
use record::{HEADER, JournalContents, Verb};

/// The journal of one catalog.
#[derive(Clone, Debug)]
pub struct Journal {
    path: PathBuf,
}

impl Journal {
    /// The journal at the path. Nothing is opened or created yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// True if the journal has no note. Looks at the file's length alone: takes no lock and creates
    /// no file.
    pub fn is_empty(&self) -> Result<bool, SecretError> {
        match fs::symlink_metadata(&self.path) {
            Ok(metadata) if metadata.is_symlink() => {
                Err(unusable(&self.path, &"it is a symbolic link"))
            }
            Ok(metadata) => Ok(metadata.len() <= HEADER.len() as u64),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(unusable(&self.path, &error)),
        }
    }

    /// Takes the journal's lock for a change of secrets, and creates the file if it is missing.
    /// Waits up to 5 s for another process.
    pub fn lock(&self) -> Result<JournalGuard, SecretError> {
        self.lock_within(private_file::LOCK_LIMIT)
    }

    fn lock_within(&self, limit: Duration) -> Result<JournalGuard, SecretError> {
        let file = self.open_locked(limit)?;
        let busy = || SecretError::FileBusy { path: self.path.display().to_string() };
        JournalGuard::new(file.ok_or_else(busy)?, &self.path)
    }

    /// Takes the journal's lock for a sweep, without waiting. None if there is nothing to sweep, or
    /// if another process holds the lock, and so is still at work on its notes.
    pub fn try_sweep(&self) -> Result<Option<JournalGuard>, SecretError> {
        if self.is_empty()? {
            return Ok(None);
        }
        let Some(file) = self.open_locked(Duration::ZERO)? else {
            return Ok(None);
        };
        let guard = JournalGuard::new(file, &self.path)?;
        Ok((!guard.entries().is_empty()).then_some(guard))
    }

    /// None if another process holds the lock for longer than the limit.
    fn open_locked(&self, limit: Duration) -> Result<Option<File>, SecretError> {
        private_file::open_locked(&self.path, limit).map_err(|error| unusable(&self.path, &error))
    }
}

/// The journal, locked by this process. Dropping it frees the lock and leaves its notes to a later
/// sweep.
#[derive(Debug)]
pub struct JournalGuard {
    file: File,
    path: PathBuf,
    /// The notes that earlier holders left.
    left: Vec<JournalEntry>,
    /// The offset of this guard's own notes.
    begin: u64,
    /// The offset of the next line.
    end: u64,
}

impl JournalGuard {
    fn new(mut file: File, path: &Path) -> Result<Self, SecretError> {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| unusable(path, &error))?;
        let contents = JournalContents::read(&bytes).map_err(|cause| unusable(path, &cause))?;
        Ok(Self {
            file,
            path: path.to_owned(),
            left: contents.entries,
            begin: contents.length,
            end: contents.length,
        })
    }

    /// The notes that earlier holders did not clear: each of these ids that no row names has to be
    /// deleted.
    pub fn entries(&self) -> &[JournalEntry] {
        &self.left
    }

    /// Notes ids that are about to appear or disappear. On return they are on the disk.
    pub fn note(&mut self, entries: &[JournalEntry]) -> Result<(), SecretError> {
        if let Some(entry) = entries.iter().find(|entry| !entry.id.is_plain()) {
            return Err(unusable(
                &self.path,
                &format!("it cannot hold the id {:?}", entry.id.as_str()),
            ));
        }
        self.append(Verb::Note, entries).map_err(|error| unusable(&self.path, &error))
    }

    /// Clears the notes of this guard alone: the store and the catalog agree again.
    pub fn clear(&mut self) -> Result<(), SecretError> {
        self.cut(self.begin).map_err(|error| unusable(&self.path, &error))
    }

    /// Keeps those of [`Self::entries`] that a sweep could not deal with, and clears the others.
    pub fn retain(
        &mut self,
        mut keep: impl FnMut(&JournalEntry) -> bool,
    ) -> Result<(), SecretError> {
        let (kept, done): (Vec<_>, Vec<_>) = self.left.drain(..).partition(|entry| keep(entry));
        self.left = kept;
        self.forget(&done).map_err(|error| unusable(&self.path, &error))
    }

    fn forget(&mut self, done: &[JournalEntry]) -> io::Result<()> {
        let has_own_notes = self.end > self.begin;
        if self.left.is_empty() && !has_own_notes {
            self.begin = self.begin.min(HEADER.len() as u64);
            return self.cut(self.begin);
        }
        self.append(Verb::Done, done)?;
        if !has_own_notes {
            self.begin = self.end;
        }
        Ok(())
    }

    /// Writes the lines after the last whole one, over one that an interrupted process did not
    /// finish.
    fn append(&mut self, verb: Verb, entries: &[JournalEntry]) -> io::Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        self.ensure_header()?;
        let text: String = entries.iter().map(|entry| record::line(verb, entry)).collect();
        self.write_at_end(&text)?;
        self.file.sync_data()
    }

    /// Writes the header, which proves that the file's name is on the disk, after syncing the
    /// folder.
    fn ensure_header(&mut self) -> io::Result<()> {
        if self.end > 0 {
            return Ok(());
        }
        private_file::sync_folder(&self.path)?;
        self.write_at_end(HEADER)?;
        self.begin = self.end;
        Ok(())
    }

    fn write_at_end(&mut self, text: &str) -> io::Result<()> {
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(text.as_bytes())?;
        self.end += text.len() as u64;
        Ok(())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.end = length;
        Ok(())
    }
}

fn unusable(path: &Path, cause: &impl ToString) -> SecretError {
    SecretError::FileUnusable {
        file: format!("the journal of secrets {}", path.display()),
        cause: cause.to_string(),
    }
}

#[cfg(test)]
mod tests;
