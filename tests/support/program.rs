//! Programs beside redwire that a test needs.

use std::io::Write;

/// True if the program is on this machine. If not, it says so, and panics if CI=true.
pub fn is_here(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !found {
        cannot_run(&format!("{program} is missing; tests/run installs it"));
    }
    found
}

/// Says why a test cannot run on this machine, and panics if CI=true.
pub fn cannot_run(reason: &str) {
    let in_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(!in_ci, "cannot run: {reason}");
    writeln!(std::io::stderr(), "cannot run: {reason}").expect("stderr is open");
}
