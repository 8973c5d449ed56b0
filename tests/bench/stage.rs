//! A folder to measure in, and the two programs as they are started in it: with an environment of
//! their own.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::measure::run;
use crate::sample;

/// The number of connections in the large catalog.
pub const MANY: usize = 100_000;

/// A folder that is removed at the end.
pub struct Stage {
    folder: TempDir,
}

impl Stage {
    pub fn new() -> io::Result<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        Ok(Self { folder })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// redwire, with nothing but what the caller adds.
    pub fn redwire(&self) -> Command {
        self.program(env!("CARGO_BIN_EXE_redwire"))
    }

    /// redwire on the catalog of that name, with passwords in memory.
    pub fn redwire_in_memory(&self, catalog: &str) -> Command {
        let mut command = self.redwire();
        command.args(["--secret-store", "memory", "--catalog", catalog]);
        command
    }

    /// The peer, without a start-up file.
    pub fn sqlite3(&self) -> Command {
        self.program("sqlite3")
    }

    /// A program, with nothing of the environment but PATH, and with a home of its own.
    pub fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// A file of lines, written as they come, so that the benchmark itself stays small.
    pub fn write(&self, name: &str, lines: impl IntoIterator<Item = String>) -> io::Result<()> {
        let mut file = BufWriter::new(File::create(self.path(name))?);
        for line in lines {
            writeln!(file, "{line}")?;
        }
        file.flush()
    }

    /// A program that reads the file of that name as its standard input.
    pub fn reading(&self, mut command: Command, name: &str) -> io::Result<Command> {
        command.stdin(File::open(self.path(name))?);
        Ok(command)
    }

    /// The name of a catalog with that many connections, made when it is first asked for.
    pub fn catalog(&self, connections: usize) -> io::Result<String> {
        let (catalog, script) = (format!("{connections}.db"), format!("{connections}.sql"));
        if !self.path(&catalog).exists() {
            self.write(&script, sample::script(connections))?;
            run(&mut self.reading(self.redwire_in_memory(&catalog), &script)?)?;
        }
        Ok(catalog)
    }

    /// The name of a catalog whose only connection was dropped again.
    pub fn empty_catalog(&self) -> io::Result<String> {
        let catalog = "empty.db".to_owned();
        // Rolled back, since a row id that was given out once never comes back.
        let create = format!("BEGIN; {}\nROLLBACK;", sample::create_connection(0));
        run(self.redwire_in_memory(&catalog).args(["-c", &create]))?;
        Ok(catalog)
    }

    /// A copy of a catalog that nobody has open, in place of the one from the last round.
    pub fn fresh_copy(&self, from: &str, to: &str) -> io::Result<String> {
        for suffix in ["", "-wal", "-shm", ".secrets"] {
            match fs::remove_file(self.path(&format!("{to}{suffix}"))) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::copy(self.path(from), self.path(to))?;
        Ok(to.to_owned())
    }
}
