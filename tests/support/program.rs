//! Programs beside redwire that a test needs.

use std::io::Write;

/// Whether the program is on this machine. Where it is not, that is said, and it is a failure where CI=true.
pub fn is_here(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !found {
        let message = format!("cannot run: {program} is missing; tests/run installs it");
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
        writeln!(std::io::stderr(), "{message}").expect("stderr is open");
    }
    found
}
