//! The Python that has AWS's driver, in the environment that tests/run makes.

use std::path::PathBuf;
use std::process::Command;

use super::program::cannot_run;

/// Set by tests/run to the Python of that environment.
const PYTHON: &str = "REDWIRE_TEST_PYTHON";

/// Python with `redshift_connector`, with nothing of the test's environment but PATH. None if it is
/// not on this machine: then it says so, and panics if CI=true.
pub fn python() -> Option<Command> {
    let variable =
        |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
    let usual = cache.map(|cache| cache.join("redwire-tests/python/bin/python"));
    let Some(python) = variable(PYTHON).or(usual).filter(|python| python.is_file()) else {
        cannot_run("redshift_connector is missing; tests/run installs it");
        return None;
    };
    let mut command = Command::new(python);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", "/nonexistent").env("PYTHONDONTWRITEBYTECODE", "1");
    Some(command)
}
