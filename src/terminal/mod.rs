//! Questions at the terminal: passwords for connections and the passphrase of the vault.
//!
//! They use the controlling terminal, so that they work while a script is read from a file or from
//! standard input.

mod mode;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::executor::{PasswordPrompt, PromptError};
use crate::host::{Environment, SECRET_VARIABLES};
use crate::secret::{PassphraseReason, PassphraseSource, SecretError};
use crate::signals::{Signals, exit_interrupted};
pub(crate) use mode::ControllingTerminal;

/// Asks at the controlling terminal, without echo.
#[derive(Clone, Debug)]
pub struct TerminalPrompt {
    signals: Signals,
    asks: bool,
}

/// The interval at which an open question checks for an interrupt.
const LOOK: Duration = Duration::from_millis(100);

/// The time that the question then has to end by itself, as it does after Ctrl-C.
const GRACE: Duration = Duration::from_millis(300);

impl TerminalPrompt {
    /// A prompt that restores the terminal before an interrupt ends the process.
    pub fn new(signals: Signals) -> Self {
        Self { signals, asks: true }
    }

    /// A prompt that asks nobody: every question fails as if there were no terminal.
    pub fn silent(signals: Signals) -> Self {
        Self { signals, asks: false }
    }

    /// Reads the answer while another thread watches for an interrupt sent from elsewhere.
    fn read(&self, question: &str) -> io::Result<String> {
        let (done, waits) = mpsc::channel::<()>();
        let signals = self.signals.clone();
        let terminal = ControllingTerminal::open();
        let watcher = thread::spawn(move || {
            let goes_on = |limit| waits.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            while goes_on(LOOK) {
                if signals.is_cancelled() && goes_on(GRACE) {
                    terminal.lend();
                    exit_interrupted();
                }
            }
        });
        let answer = rpassword::prompt_password(question);
        drop(done);
        // The thread returns nothing: it ends, or the process does.
        let _ = watcher.join();
        answer
    }
}

impl PasswordPrompt for TerminalPrompt {
    fn ask(&mut self, question: &str) -> Result<SecretString, PromptError> {
        if !self.asks {
            return Err(PromptError::NoTerminal { cause: "plan asks nobody".to_owned() });
        }
        let in_script = self.signals.interrupt_ends();
        let _deferred = self.signals.defer_interrupt();
        let answer = if in_script {
            self.read(question)
        } else {
            rpassword::prompt_password(question)
        };
        match answer {
            Ok(answer) => Ok(SecretString::from(answer)),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof
                ) =>
            {
                // No Enter has ended the line of the question.
                ControllingTerminal::open().end_line();
                Err(PromptError::Interrupted)
            }
            Err(error) => Err(PromptError::NoTerminal { cause: error.to_string() }),
        }
    }

    fn line(&mut self, question: &str) -> Result<String, PromptError> {
        if !self.asks {
            return Err(PromptError::NoTerminal { cause: "plan asks nobody".to_owned() });
        }
        let mut terminal = ControllingTerminal::open();
        let line = if terminal.is_open() {
            let _deferred = self.signals.defer_interrupt();
            let line = terminal.ask(question, || self.signals.is_cancelled());
            line.ok_or(PromptError::Interrupted)?
        } else {
            line_of_input(question)
                .map_err(|error| PromptError::NoTerminal { cause: error.to_string() })?
        };
        let line = line.strip_suffix('\n').unwrap_or(&line);
        Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
    }

    fn confirm(&mut self, question: &str) -> Result<bool, PromptError> {
        if !self.asks {
            return Err(PromptError::NoTerminal { cause: "plan asks nobody".to_owned() });
        }
        let _deferred = self.signals.defer_interrupt();
        match ControllingTerminal::open().ask(question, || self.signals.is_cancelled()) {
            Some(answer) => {
                let answer = answer.trim();
                Ok(["y", "yes"].iter().any(|yes| yes.eq_ignore_ascii_case(answer)))
            }
            None => Err(PromptError::Interrupted),
        }
    }
}

/// Writes a question to standard error and reads a line from standard input.
fn line_of_input(question: &str) -> io::Result<String> {
    let mut line = String::new();
    io::stderr().write_all(question.as_bytes())?;
    match io::stdin().read_line(&mut line)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line),
    }
}

/// The passphrase of the vault: from REDWIRE_VAULT_PASSPHRASE, from the file that
/// REDWIRE_VAULT_PASSPHRASE_FILE names, or from the terminal. A new one for an existing vault comes
/// from a file or the terminal.
pub struct VaultPassphrase {
    environment: Environment,
    prompt: TerminalPrompt,
}

/// The maximum length of the first line of a passphrase file.
const MAX_PASSPHRASE_FILE_BYTES: u64 = 64 * 1024;

impl VaultPassphrase {
    /// The passphrase comes from the environment or, if it is not set there, from the prompt.
    pub fn new(environment: Environment, prompt: TerminalPrompt) -> Self {
        Self { environment, prompt }
    }

    fn variable(&self, name: &str) -> Option<std::ffi::OsString> {
        (self.environment)(name).filter(|value| !value.is_empty())
    }
}

impl PassphraseSource for VaultPassphrase {
    fn passphrase(
        &mut self,
        vault: &Path,
        reason: PassphraseReason,
    ) -> Result<SecretString, SecretError> {
        let missing =
            |cause: String| SecretError::NoPassphrase { path: vault.display().to_string(), cause };
        let (question, from_environment) = match reason {
            PassphraseReason::Rekey { file: Some(file) } => {
                return read_first_line("--passphrase-file", &file).map_err(missing);
            }
            PassphraseReason::Rekey { file: None } => ("New passphrase for the vault: ", false),
            PassphraseReason::NewVault => ("Passphrase for a new vault: ", true),
            PassphraseReason::Unlock => ("Passphrase of the vault: ", true),
        };
        if from_environment {
            if let Some(value) = self.variable(SECRET_VARIABLES[0]) {
                return value
                    .into_string()
                    .map(SecretString::from)
                    .map_err(|_| missing("REDWIRE_VAULT_PASSPHRASE is not UTF-8".to_owned()));
            }
            if let Some(path) = self.variable(SECRET_VARIABLES[1]) {
                return read_first_line(SECRET_VARIABLES[1], Path::new(&path)).map_err(missing);
            }
        }
        let mut ask = |question: &str| {
            self.prompt.ask(question).map_err(|error| match error {
                PromptError::NoTerminal { cause } => {
                    missing(format!("there is no terminal to ask at: {cause}"))
                }
                PromptError::Interrupted => SecretError::Interrupted,
            })
        };
        let mut first = ask(question)?;
        if reason == PassphraseReason::Unlock {
            return Ok(first);
        }
        loop {
            let second = ask("The same passphrase again: ")?;
            if first.expose_secret() == second.expose_secret() {
                return Ok(first);
            }
            first = ask(&format!("The two differ. {question}"))?;
        }
    }
}

/// The first line of the file, which `name` names: a variable or an option.
fn read_first_line(name: &str, path: &Path) -> Result<SecretString, String> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(MAX_PASSPHRASE_FILE_BYTES).read_to_string(&mut text))
        .map_err(|error| format!("{name} names {}: {error}", path.display()))?;
    let text = SecretString::from(text);
    match text.expose_secret().lines().next() {
        None | Some("") => Err(format!("{name} names {}, which is empty", path.display())),
        Some(line) => Ok(SecretString::from(line)),
    }
}
