//! Golden files: a script in tests/golden, and beside it all that redwire says to it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::home::{Home, Run};

/// Set to 1, it rewrites the golden files instead of comparing them.
const UPDATE: &str = "UPDATE_GENERATED";

/// Runs `tests/golden/NAME.sql` to its end and compares standard output, standard error and exit
/// status, in the order in which a user at a terminal would see them, with `NAME.out`.
#[track_caller]
pub fn check(home: &Home, name: &str, arguments: &[&str]) {
    let script = golden(name, "sql");
    let file = format!("{name}.sql");
    std::fs::copy(&script, home.file(&file)).expect("the golden script");
    let run = home.redwire(["--secret-store", "memory", "--catalog", "catalog.db", "-f", &file]);
    compare_run(run.args(arguments), name);
}

/// Runs the program to its end and compares what it says with `tests/golden/NAME.out`.
#[track_caller]
pub fn compare_run(run: Run, name: &str) {
    let done = run.run_merged();
    let mut said = without_times(&done.out);
    writeln!(said, "exit status {}", done.status).expect("text takes text");
    compare(&golden(name, "out"), &said);
}

#[track_caller]
fn compare(path: &Path, said: &str) {
    if std::env::var_os(UPDATE).is_some_and(|value| value == "1") {
        std::fs::write(path, said).expect("the golden file is written");
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if let Some(difference) = first_difference(&expected, said) {
        panic!(
            "{} is not what redwire says: {difference}\n{UPDATE}=1 renews it",
            path.display()
        );
    }
}

fn golden(name: &str, extension: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
        .with_extension(extension)
}

fn first_difference(expected: &str, said: &str) -> Option<String> {
    if expected == said {
        return None;
    }
    let (mut expected, mut said) = (expected.lines(), said.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (expected.next(), said.next()) {
            (Some(one), Some(other)) if one == other => {}
            (one, other) => {
                let [one, other] = [one, other].map(|line| line.unwrap_or("(the end)"));
                return Some(format!("line {number}\n  expected {one}\n  said     {other}"));
            }
        }
    }
}

/// The text with every `YYYY-MM-DD hh:mm:ss` in it made the same, at its width.
fn without_times(text: &str) -> String {
    const SHAPE: &[u8] = b"0000-00-00 00:00:00";
    let is_time = |bytes: &[u8]| {
        let fits = |(byte, shape): (&u8, &u8)| {
            if *shape == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == shape
            }
        };
        bytes.len() == SHAPE.len() && bytes.iter().zip(SHAPE).all(fits)
    };
    let mut bytes = text.as_bytes().to_vec();
    for start in 0..bytes.len().saturating_sub(SHAPE.len() - 1) {
        if is_time(&bytes[start..start + SHAPE.len()]) {
            bytes[start..start + SHAPE.len()].copy_from_slice(b"YYYY-MM-DD hh:mm:ss");
        }
    }
    String::from_utf8(bytes).expect("digits were replaced by letters")
}
