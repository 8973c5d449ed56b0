//! Reads the catalog with the sqlite3 program, an independent witness.

use std::path::Path;
use std::process::Command;

/// The answer of sqlite3, without the last line break.
#[track_caller]
pub fn sqlite3(file: &Path, sql: &str) -> String {
    let output = Command::new("sqlite3")
        .arg("-batch")
        .arg(file)
        .arg(sql)
        .output()
        .expect("sqlite3 is installed (apt-get install sqlite3)");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{sql}: {errors}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// Everything that is in the catalog, as SQL.
#[track_caller]
pub fn dump(file: &Path) -> String {
    sqlite3(file, ".dump")
}
