//! Redirection of results to files and programs.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use super::{BetweenResults, Output};
use crate::access;
use crate::shell::child::Pipe;

impl Output {
    /// Redirects results to a file, which is created or truncated.
    pub(in crate::shell) fn redirect_to_file(&mut self, path: &Path) -> io::Result<()> {
        let sink = if self.writes_files {
            Sink::File(File::create(path)?)
        } else {
            access::may_write(path)?;
            Sink::Nothing
        };
        self.replace_redirection(Some((sink, path.display().to_string())));
        Ok(())
    }

    /// Redirects results to a program, which is started with a pipe; in a dry run it is not.
    pub(in crate::shell) fn redirect_to_program(&mut self, mut command: Command) -> io::Result<()> {
        self.flush_error();
        self.out.flush()?;
        let sink = if self.writes_files {
            Sink::Program(Pipe::start(&mut command)?)
        } else {
            Sink::Nothing
        };
        self.replace_redirection(Some((sink, "a command".to_owned())));
        Ok(())
    }

    /// Sends results to standard output again.
    pub fn end_redirection(&mut self) {
        self.replace_redirection(None);
    }

    /// Sets the present redirection aside; standard output has the results.
    pub(in crate::shell) fn set_redirection_aside(&mut self) -> Redirection {
        Redirection(self.redirected.take())
    }

    /// Ends the present redirection and goes back to the one that was set aside.
    pub(in crate::shell) fn restore_redirection(&mut self, before: Redirection) {
        self.replace_redirection(before.0);
    }

    /// Waits for a program that gets no more results, and warns if it failed.
    fn replace_redirection(&mut self, next: Option<(Sink, String)>) {
        let before = std::mem::replace(&mut self.redirected, next);
        self.between = BetweenResults::default();
        if let Some((Sink::Program(pipe), _)) = before
            && let Some(problem) = pipe.finish()
        {
            self.warn(problem);
        }
    }

    /// The name of the target in errors.
    pub fn target(&self) -> String {
        self.redirected
            .as_ref()
            .map_or_else(|| "the standard output".to_owned(), |(_, name)| name.clone())
    }
}

/// A redirection that waits while another one holds.
pub(in crate::shell) struct Redirection(Option<(Sink, String)>);

/// The place of redirected results.
pub(super) enum Sink {
    File(File),
    Program(Pipe),
    /// A dry run writes none.
    Nothing,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Program(pipe) => pipe.write(bytes),
            Self::Nothing => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Program(_) | Self::Nothing => Ok(()),
        }
    }
}
