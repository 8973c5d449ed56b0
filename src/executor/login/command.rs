//! `PASSWORD = COMMAND`: runs a program, without a shell, whose output is the password.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::error::{Cancelled, Error, PasswordError};
use crate::executor::Destination;
use crate::host::SECRET_VARIABLES;
use crate::warehouse::Cancel;

/// The maximum length of the output; a password has at most 64 KiB.
const MAX_OUTPUT_BYTES: u64 = 64 * 1024 + 2;

/// The maximum length of the error output that is kept.
const MAX_ERROR_BYTES: u64 = 4 * 1024;

/// The interval at which the wait for the program checks the clock and the user's wish.
const LOOK: Duration = Duration::from_millis(10);

/// The first line that the command prints, which must be its only one.
pub(super) fn run(
    command: &str,
    destination: &Destination,
    user: &str,
    limit: Duration,
    cancel: &Cancel,
) -> Result<SecretString, Error> {
    let failure = |problem: String, output: String| {
        Error::new(PasswordError::Command {
            command: command.to_owned(),
            problem,
            output,
        })
    };
    let words = shlex::split(command).filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| failure("is no command line".to_owned(), String::new()))?;
    let mut child = program(&words, destination, user)
        .spawn()
        .map_err(|error| failure(format!("cannot be run: {error}"), String::new()))?;
    let output = reader(child.stdout.take(), MAX_OUTPUT_BYTES);
    let errors = reader(child.stderr.take(), MAX_ERROR_BYTES);
    let status = match wait(&mut child, limit, cancel) {
        Ok(status) => status,
        Err(end) => {
            // The program may have ended meanwhile.
            let _ = child.kill();
            let _ = child.wait();
            return Err(match end {
                WaitEnd::Cancelled => Error::new(Cancelled),
                WaitEnd::TooLong => {
                    failure(format!("did not end within {} s", limit.as_secs()), String::new())
                }
                WaitEnd::Lost(cause) => failure(format!("cannot be run: {cause}"), String::new()),
            });
        }
    };
    let text = |reader: JoinHandle<Zeroizing<Vec<u8>>>| reader.join().unwrap_or_default();
    let said = String::from_utf8_lossy(&text(errors)).trim().to_owned();
    if !status.success() {
        return Err(failure(format!("failed: {status}"), said));
    }
    password(&text(output)).map_err(|problem| failure(problem.to_owned(), said))
}

fn program(words: &[String], destination: &Destination, user: &str) -> Command {
    let endpoint = &destination.endpoint;
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .env("REDWIRE_CONNECTION", destination.name.as_str())
        .env("REDWIRE_HOST", &endpoint.host)
        .env("REDWIRE_PORT", endpoint.port.to_string())
        .env("REDWIRE_DATABASE", &endpoint.database)
        .env("REDWIRE_USER", user)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for name in SECRET_VARIABLES {
        command.env_remove(name);
    }
    command
}

/// Reads a stream up to the limit, and the rest without keeping it.
fn reader(
    stream: Option<impl Read + Send + 'static>,
    limit: u64,
) -> JoinHandle<Zeroizing<Vec<u8>>> {
    thread::spawn(move || {
        let mut kept = Zeroizing::new(Vec::new());
        if let Some(mut stream) = stream {
            // A program that closes its output early has said what it had to say.
            let _ = stream.by_ref().take(limit).read_to_end(&mut kept);
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
        kept
    })
}

/// The reason why a wait ended before the program did.
enum WaitEnd {
    Cancelled,
    TooLong,
    Lost(std::io::Error),
}

fn wait(
    child: &mut Child,
    limit: Duration,
    cancel: &Cancel,
) -> Result<std::process::ExitStatus, WaitEnd> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if cancel.is_set() => return Err(WaitEnd::Cancelled),
            Ok(None) if begun.elapsed() >= limit => return Err(WaitEnd::TooLong),
            Ok(None) => thread::sleep(LOOK),
            Err(error) => return Err(WaitEnd::Lost(error)),
        }
    }
}

/// The only line of the output.
fn password(output: &[u8]) -> Result<SecretString, &'static str> {
    let text = std::str::from_utf8(output).map_err(|_| "prints what is not UTF-8")?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    match line {
        "" => Err("prints nothing"),
        line if line.contains('\n') => Err("prints more than one line"),
        line if line.contains('\0') => Err("prints a NUL character"),
        line if output.len() as u64 >= MAX_OUTPUT_BYTES && !line.is_empty() => {
            Err("prints more than 64 KiB")
        }
        line => Ok(SecretString::from(line)),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_output_is_one_line() {
        let read = |output: &str| {
            password(output.as_bytes()).map(|password| password.expose_secret().to_owned())
        };
        for (output, expected) in [
            ("s3cret\n", Ok("s3cret")),
            ("s3cret\r\n", Ok("s3cret")),
            (" s3cret ", Ok(" s3cret ")),
            ("", Err("prints nothing")),
            ("\n", Err("prints nothing")),
            ("a\nb\n", Err("prints more than one line")),
            ("a\0", Err("prints a NUL character")),
        ] {
            assert_eq!(read(output), expected.map(str::to_owned), "{output:?}");
        }
    }
}
