//! `PASSWORD = COMMAND`: runs a program, without a shell, whose output is the password.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::error::{Cancelled, Error, PasswordError};
use crate::executor::Destination;
use crate::host::SECRET_VARIABLES;
use crate::warehouse::Cancel;

/// The maximum length of the output; a password has at most 64 KiB.
const MAX_OUTPUT_BYTES: usize = 64 * 1024 + 2;

/// The maximum length of the error output that is kept.
const MAX_ERROR_BYTES: usize = 4 * 1024;

/// The number of bytes that are read at once.
const CHUNK_BYTES: usize = 8 * 1024;

/// The interval at which the wait for the program checks the clock and the user's wish.
const LOOK: Duration = Duration::from_millis(10);

/// The program and its arguments; None if the line names no program or leaves a quote open.
pub(super) fn command_words(command: &str) -> Option<Vec<String>> {
    shlex::split(command).filter(|words| words.first().is_some_and(|word| !word.is_empty()))
}

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
    let words = command_words(command)
        .ok_or_else(|| failure("is no command line".to_owned(), String::new()))?;
    let has_own_group = !has_terminal();
    let mut child = program(&words, destination, user, has_own_group)
        .spawn()
        .map_err(|error| failure(format!("cannot be run: {error}"), String::new()))?;
    let output = Output::of(child.stdout.take(), MAX_OUTPUT_BYTES);
    let errors = Output::of(child.stderr.take(), MAX_ERROR_BYTES);
    let end = wait(&mut child, [&output, &errors], limit, cancel);
    let said = || String::from_utf8_lossy(&errors.so_far()).trim().to_owned();
    match end {
        Ok(status) if !status.success() => Err(failure(format!("failed: {status}"), said())),
        Ok(_) => password(&output.so_far()).map_err(|problem| failure(problem.to_owned(), said())),
        Err(end) => {
            kill(&mut child, has_own_group);
            Err(match end {
                WaitEnd::Cancelled => Error::new(Cancelled),
                WaitEnd::TooLong => {
                    failure(format!("did not end within {} s", limit.as_secs_f64()), said())
                }
                WaitEnd::OutputOpen => {
                    failure(format!("left its output open for {} s", limit.as_secs_f64()), said())
                }
                WaitEnd::Lost(cause) => failure(format!("cannot be run: {cause}"), said()),
            })
        }
    }
}

#[cfg_attr(not(unix), expect(unused_variables))]
fn program(
    words: &[String],
    destination: &Destination,
    user: &str,
    has_own_group: bool,
) -> Command {
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
    #[cfg(unix)]
    if has_own_group {
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    command
}

/// True if there is a terminal. Then the program stays in the process group of redwire: a group in
/// the background could not ask at the terminal, and Ctrl-C would not reach it.
fn has_terminal() -> bool {
    cfg!(unix) && std::fs::File::open("/dev/tty").is_ok()
}

/// Ends the program, and what it has started in a process group of its own. They may have ended
/// meanwhile.
#[cfg_attr(not(unix), expect(unused_variables))]
fn kill(child: &mut Child, has_own_group: bool) {
    #[cfg(unix)]
    if has_own_group {
        let group = rustix::process::Pid::from_child(child);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// A stream of the program, which a thread reads.
struct Output {
    kept: Arc<Mutex<Zeroizing<Vec<u8>>>>,
    thread: JoinHandle<()>,
}

impl Output {
    /// Keeps the stream up to the limit, and reads the rest, so that the program does not wait.
    fn of(stream: Option<impl Read + Send + 'static>, limit: usize) -> Self {
        let kept = Arc::new(Mutex::new(Zeroizing::new(Vec::with_capacity(limit))));
        let shared = Arc::clone(&kept);
        let thread = thread::spawn(move || {
            let Some(mut stream) = stream else { return };
            let mut chunk = Zeroizing::new([0; CHUNK_BYTES]);
            // A stream that breaks has ended.
            while let Ok(count @ 1..) = stream.read(&mut *chunk) {
                let mut kept = shared.lock().unwrap_or_else(PoisonError::into_inner);
                let room = count.min(limit - kept.len());
                kept.extend_from_slice(&chunk[..room]);
            }
        });
        Self { kept, thread }
    }

    fn so_far(&self) -> Zeroizing<Vec<u8>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }
}

/// The reason why a wait ended before the program and its output did.
enum WaitEnd {
    Cancelled,
    TooLong,
    /// The program has ended, but one that it started may still write.
    OutputOpen,
    Lost(std::io::Error),
}

fn wait(
    child: &mut Child,
    [output, errors]: [&Output; 2],
    limit: Duration,
    cancel: &Cancel,
) -> Result<ExitStatus, WaitEnd> {
    let begun = Instant::now();
    loop {
        let status = child.try_wait().map_err(WaitEnd::Lost)?;
        // An agent that the program has started may keep the error output.
        let is_read =
            |status: &ExitStatus| output.has_ended() && (status.success() || errors.has_ended());
        match status {
            Some(status) if is_read(&status) => return Ok(status),
            _ if cancel.is_set() => return Err(WaitEnd::Cancelled),
            Some(_) if begun.elapsed() >= limit => return Err(WaitEnd::OutputOpen),
            None if begun.elapsed() >= limit => return Err(WaitEnd::TooLong),
            Some(_) | None => thread::sleep(LOOK),
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
        line if output.len() >= MAX_OUTPUT_BYTES && !line.is_empty() => {
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
