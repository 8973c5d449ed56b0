//! A statement and a tool that several families of tests share.

use std::process::Command;

use super::program::cannot_run;

/// A CREATE of a connection with this name, user and password, without a semicolon.
pub fn statement_create(name: &str, user: &str, password: &str) -> String {
    format!(
        "CREATE REDSHIFT CONNECTION {name} CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' \
         USER_NAME = '{user}' PASSWORD = '{password}'"
    )
}

/// True if strace may trace here. If not, it says so, and panics if CI=true.
pub fn strace_works() -> bool {
    let traced = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    let problem = match traced {
        Ok(output) if output.status.success() => return true,
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => format!("{error} (apt-get install strace)"),
    };
    cannot_run(&format!("strace: {problem}"));
    false
}
