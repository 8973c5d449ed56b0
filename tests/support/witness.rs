//! What tests look at redwire's files with, and the statements that they share.

use std::path::Path;
use std::process::Command;

/// What the `sqlite3` program answers, a row a line, columns parted by `|`. A process of its own: in one that has the
/// file open, closing another handle on it would drop SQLite's locks.
#[track_caller]
pub fn sqlite3(file: &Path, sql: &str) -> String {
    let output = Command::new("sqlite3")
        .args(["-batch", "-init", "/dev/null"])
        .arg(file)
        .arg(sql)
        .output()
        .expect("sqlite3 runs (apt-get install sqlite3)");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {sql}: {err}", file.display());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A CREATE of a connection with this name, user and password, without a semicolon.
pub fn statement_create(name: &str, user: &str, password: &str) -> String {
    format!(
        "CREATE REDSHIFT CONNECTION {name} CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' \
         USER_NAME = '{user}' PASSWORD = '{password}'"
    )
}
