//! Errors of programs and files outside of redwire.

use std::io;
use std::path::Path;

use crate::diagnostic::{Diagnosis, Diagnostic, ExitStatus};
use crate::sign::shown;
use crate::sqlstate::SqlState as S;

/// An error of the program that `exec` starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgramError {
    /// There is no file of certificate authorities with which the program could verify the server.
    NoAuthorities {
        /// The path in SSL_CERT_FILE, if it is set.
        named: Option<String>,
    },
    /// The connection is read-only, which nothing can impose on a program.
    ReadOnly {
        /// The connection's name.
        connection: String,
    },
    /// The program was not found.
    NotFound {
        /// The name as given.
        program: String,
    },
    /// The program cannot be run.
    Unusable {
        /// The name as given.
        program: String,
        /// The message of the operating system.
        cause: String,
    },
}

impl Diagnostic for ProgramError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::NoAuthorities { named } => S::IoError
                .error(match named {
                    Some(path) => {
                        format!(
                            "root certificate file \"{}\" of SSL_CERT_FILE does not exist",
                            shown(path)
                        )
                    }
                    None => "this system has no root certificate file".into(),
                })
                .hint(
                    "name one in the URL: sslrootcert=/path/to/ca.pem, or install the package \
                 ca-certificates",
                )
                .exits_with(ExitStatus::NotStarted),
            Self::ReadOnly { connection } => S::NotSupported
                .error(format!(
                    "cannot run a program with connection {connection}: it is read-only, and the \
                     program could write"
                ))
                .hint(
                    "use a connection without PROTECTION = READ_ONLY and readOnly=true whose \
                     USER_NAME has no right to write: the server holds every program to that",
                )
                .exits_with(ExitStatus::NotStarted),
            Self::NotFound { program } => S::IoError
                .error(format!("program \"{}\" not found", shown(program)))
                .hint("the program stands behind --; one without a / is looked for in PATH")
                .exits_with(ExitStatus::ProgramNotFound),
            Self::Unusable { program, cause } => S::IoError
                .error(format!("could not execute \"{}\"", shown(program)))
                .hint("name a file that you may execute")
                .cause(cause)
                .exits_with(ExitStatus::ProgramUnusable),
        }
    }
}

/// An error of a file or stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// A script could not be read.
    Read {
        path: String,
        /// The message of the operating system.
        cause: String,
    },
    /// A result could not be written.
    Write {
        path: String,
        /// The message of the operating system.
        cause: String,
    },
    /// The file of `EXPORT CATALOG TO` exists.
    Exists { path: String },
}

impl FileError {
    /// The file at the path could not be read.
    pub fn read(path: &Path, error: &io::Error) -> Self {
        Self::Read {
            path: path.display().to_string(),
            cause: error.to_string(),
        }
    }

    /// The file at the path could not be written.
    pub fn write(path: &Path, error: &io::Error) -> Self {
        Self::Write {
            path: path.display().to_string(),
            cause: error.to_string(),
        }
    }
}

impl Diagnostic for FileError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Read { path, cause } => S::IoError
                .error(format!("could not read {}", shown(path)))
                .cause(cause)
                .exits_with(ExitStatus::Unusable),
            Self::Write { path, cause } => S::IoError
                .error(format!("could not write {}", shown(path)))
                .cause(cause)
                .exits_with(ExitStatus::Unusable),
            Self::Exists { path } => S::DuplicateFile
                .error(format!("file \"{}\" already exists", shown(path)))
                .hint("name another file, or remove this one first"),
        }
    }
}
