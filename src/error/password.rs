//! Errors of passwords that are missing or cannot be read.

use crate::definition::ConnectionKind;
use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::name::ConnectionName;
use crate::sign::{STARS, first_sign, is_variable_name, shown};
use crate::sqlstate::SqlState as S;

/// An error while a password is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// A session needs a password that no store has.
    NotStored {
        /// The connection.
        name: ConnectionName,
    },
    /// CREATE without PASSWORD in a script.
    Missing,
    /// The password is empty or contains a NUL.
    Unusable {
        /// A predicate: `is empty`.
        problem: &'static str,
        /// True if it was typed at the question.
        is_typed: bool,
    },
    /// `PASSWORD = ENV 'X'`, and X is not set, is empty, or is not UTF-8.
    Variable {
        /// The name of the environment variable.
        variable: String,
        /// A predicate: `is not set`.
        problem: &'static str,
    },
    /// `PASSWORD = FILE 'path'`, and the file cannot be read or contains no password.
    File {
        /// The path as written.
        path: String,
        /// A predicate: `is empty`.
        problem: String,
    },
    /// `PASSWORD = COMMAND 'program'`, and the program cannot be run, fails, or prints no password.
    Command {
        /// The command as written.
        command: String,
        /// A predicate: `prints nothing`.
        problem: String,
        /// The words on its standard error.
        output: String,
    },
    /// The password must be asked for, and there is no terminal.
    NoTerminal {
        /// The message of the operating system.
        cause: String,
    },
}

const WAYS: &str =
    "write PASSWORD = PROMPT to be asked for it, or PASSWORD = ENV 'NAME' or FILE 'path'";

/// The number of lines of a program's messages that an error shows.
const MAX_LINES: usize = 3;

const TYPE_IT: &str =
    "run the statement again and type the password at the question, which shows nothing of it";

/// The last lines of a program's messages, each up to a sign of a secret in it.
fn last_lines(output: &str) -> String {
    let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines[lines.len().saturating_sub(MAX_LINES)..].iter();
    last.map(|line| before_secret(line)).collect::<Vec<_>>().join("; ")
}

fn before_secret(line: &str) -> String {
    let cut = first_sign(line).and_then(|end| line.split_at_checked(end));
    match cut {
        Some((before, behind)) if !behind.trim().is_empty() => format!("{before}{STARS}"),
        Some(_) | None => line.to_owned(),
    }
}

impl Diagnostic for PasswordError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::NotStored { name } => S::InvalidPassword
                .error(format!("no password stored for connection {}", name.quoted()))
                .hint(format!(
                    "{} {} SET PASSWORD = PROMPT",
                    ConnectionKind::Redshift.alter(),
                    name.shown()
                )),
            Self::Missing => S::SyntaxError.error("PASSWORD must be specified").hint(WAYS),
            Self::Unusable { problem, is_typed } => S::InvalidParameterValue
                .error(format!("password {problem}"))
                .hint(if *is_typed { TYPE_IT } else { WAYS }),
            Self::Variable { variable, problem } => {
                let variable = match variable.as_str() {
                    "" => "''",
                    name if is_variable_name(name) => name,
                    _ => STARS,
                };
                S::InvalidPassword
                    .error(format!("environment variable {variable} {problem}"))
                    .hint(format!(
                        "set {variable} in the environment of redwire, or write PASSWORD = PROMPT"
                    ))
            }
            Self::File { path, problem } => S::InvalidPassword
                .error(format!("password file \"{}\" {problem}", shown(path)))
                .hint("the file has one line, the password, and only you can read it"),
            Self::Command { command, problem, output } => {
                let diagnosis = S::InvalidPassword
                    .error(format!("password command \"{command}\" {problem}"))
                    .hint("it prints one line, the password, and nothing else");
                if output.is_empty() {
                    diagnosis
                } else {
                    diagnosis.cause(last_lines(output))
                }
            }
            Self::NoTerminal { cause } => S::InvalidPassword
                .error("no terminal to read a password from")
                .hint("write PASSWORD = ENV 'NAME' or FILE 'path', or run redwire in a terminal")
                .cause(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_of_a_program_show_no_secret() {
        for (output, shown) in [
            ("a\n\nb\nc\nd\n", "b; c; d"),
            ("wrong password", "wrong password"),
            ("password=hunter2", "password***"),
            ("debug\nAWS_SECRET_ACCESS_KEY: x y\nfailed", "debug; AWS_SECRET***; failed"),
            ("GET https://u:p@h/d", "GET https://u:***"),
        ] {
            assert_eq!(last_lines(output), shown);
        }
    }
}
