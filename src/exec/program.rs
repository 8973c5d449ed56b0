//! Checks that the program can be run, before anything is opened, and explains why it could not.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, ProgramError};
use crate::host::Host;

/// The user's shell, or the system's.
pub(super) fn user_shell(host: &Host) -> OsString {
    host.variable(SHELL.0).unwrap_or_else(|| SHELL.1.into())
}

/// The variable that names the user's shell, and the shell of a user without it.
#[cfg(unix)]
const SHELL: (&str, &str) = ("SHELL", "/bin/sh");

#[cfg(not(unix))]
const SHELL: (&str, &str) = ("COMSPEC", "cmd.exe");

/// Fails if the program cannot be found or cannot be executed. `path` is PATH.
pub(super) fn check(program: &OsStr, path: Option<&OsStr>) -> Result<(), Error> {
    let candidates = candidates(program, path);
    if candidates.is_empty() {
        // Without PATH the system uses a default.
        return Ok(());
    }
    let mut refused = None;
    for candidate in candidates {
        match may_run(&candidate) {
            Ok(()) => return Ok(()),
            Err(error) => {
                refused = refused.or(Some(error).filter(|error| !is_missing(error)));
            }
        }
    }
    let error = refused.unwrap_or_else(|| io::ErrorKind::NotFound.into());
    Err(Error::new(failure(program, &error)))
}

/// The error for the system's refusal to run the program.
pub(super) fn failure(program: &OsStr, error: &io::Error) -> ErrorKind {
    let program = program.to_string_lossy().into_owned();
    if is_missing(error) {
        ErrorKind::Program(ProgramError::NotFound { program })
    } else {
        ErrorKind::Program(ProgramError::Unusable { program, cause: error.to_string() })
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The files to try: the path itself, or a file in each folder of PATH.
#[cfg(unix)]
fn candidates(program: &OsStr, path: Option<&OsStr>) -> Vec<PathBuf> {
    if program.is_empty() || program.to_string_lossy().contains('/') {
        return vec![program.into()];
    }
    let folders = path.map(std::env::split_paths).into_iter().flatten();
    folders.map(|folder| folder.join(program)).collect()
}

/// Windows adds extensions to names and searches more places, so only the system itself can tell.
#[cfg(not(unix))]
fn candidates(_program: &OsStr, _path: Option<&OsStr>) -> Vec<PathBuf> {
    Vec::new()
}

/// Fails if this user may not execute the file.
#[cfg(unix)]
pub(crate) fn may_run(path: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};

    if std::fs::metadata(path)?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(access(path, Access::EXEC_OK)?)
}

#[cfg(not(unix))]
pub(crate) fn may_run(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn error_of(program: &str, path: Option<&str>) -> Option<ErrorKind> {
        check(program.as_ref(), path.map(OsStr::new))
            .err()
            .map(|error| error.kind().clone())
    }

    #[test]
    fn a_program_is_looked_for_in_path() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("first"), folder.path().join("second"));
        for (folder, mode) in [(&first, 0o644), (&second, 0o755)] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("tool"), "").unwrap();
            fs::set_permissions(folder.join("tool"), Permissions::from_mode(mode)).unwrap();
        }
        let path = |folder: &Path| folder.to_str().unwrap().to_owned();
        let both = format!("{}:{}", path(&first), path(&second));
        assert_eq!(error_of("tool", Some(&both)), None);
        assert_eq!(error_of("tool", None), None);
        assert!(matches!(
            error_of("tool", Some(&path(&first))),
            Some(ErrorKind::Program(ProgramError::Unusable { .. }))
        ));
        assert!(matches!(
            error_of("other", Some(&both)),
            Some(ErrorKind::Program(ProgramError::NotFound { .. }))
        ));
        assert!(matches!(
            error_of("", Some(&both)),
            Some(ErrorKind::Program(ProgramError::NotFound { .. }))
        ));
        assert!(matches!(
            error_of(&path(&first), None),
            Some(ErrorKind::Program(ProgramError::Unusable { .. }))
        ));
        let below = path(&second.join("tool/x"));
        assert!(matches!(
            error_of(&below, None),
            Some(ErrorKind::Program(ProgramError::NotFound { .. }))
        ));
    }
}
