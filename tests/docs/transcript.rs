//! Commands as they stand in the documentation: `$ ` before each, `> ` before its further lines,
//! then what it says.

use super::NOT_RUN;

/// A script prints this before each command's output.
const MARK: char = '\u{1e}';

/// The block as a script that ends at its first failure, without what no test can run; None where
/// nothing is left.
pub fn runnable(text: &str) -> Option<String> {
    let is_run = |line: &&str| !NOT_RUN.iter().any(|(command, _)| *command == line.trim());
    let lines: Vec<String> = text.lines().filter(is_run).map(built).collect();
    let has_command = lines
        .iter()
        .any(|line| !line.trim().is_empty() && !line.trim().starts_with('#'));
    has_command.then(|| format!("set -e\n{}\n", lines.join("\n")))
}

/// The commands of a transcript as a script; each knows the status of the one before it.
pub fn script(text: &str) -> String {
    let steps = steps(text);
    let step = |(command, _): &(String, String)| {
        format!("status=$?\nprintf '{MARK}'\n(exit $status)\n{}\n", built(command))
    };
    format!("exec 2>&1\n{}", steps.iter().map(step).collect::<String>())
}

/// Calls the built program in place of `cargo run`.
fn built(line: &str) -> String {
    line.replace("cargo run --release -- ", "redwire ")
}

/// Holds what was printed against the transcript.
pub fn compare(text: &str, printed: &str) -> Result<(), String> {
    let steps = steps(text);
    let mut printed = printed.split(MARK).skip(1);
    for (command, expected) in &steps {
        let found = timeless(printed.next().unwrap_or_default());
        let expected = timeless(expected);
        if found.trim_end() != expected.trim_end() {
            return Err(format!(
                "$ {command}\n--- the page has\n{expected}--- redwire says\n{found}---"
            ));
        }
    }
    Ok(())
}

/// Commands, each with what follows it.
fn steps(text: &str) -> Vec<(String, String)> {
    let mut steps: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push((command.to_owned(), String::new()));
        } else if let Some((command, output)) = steps.last_mut() {
            match line.strip_prefix("> ").filter(|_| output.is_empty()) {
                Some(more) => *command = format!("{command}\n{more}"),
                None => *output = format!("{output}{line}\n"),
            }
        }
    }
    steps
}

/// The text with every date and time replaced by zeros.
fn timeless(text: &str) -> String {
    const SHAPE: &[u8] = b"0000-00-00 00:00:00";
    let mut bytes = text.as_bytes().to_vec();
    for start in 0..bytes.len().saturating_sub(SHAPE.len() - 1) {
        let window = &mut bytes[start..start + SHAPE.len()];
        let fits = |(found, shape): (&u8, &u8)| {
            if *shape == b'0' {
                found.is_ascii_digit()
            } else {
                found == shape
            }
        };
        if window.iter().zip(SHAPE).all(fits) {
            window.copy_from_slice(SHAPE);
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}
