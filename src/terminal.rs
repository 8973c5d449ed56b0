//! Questions at the terminal: passwords for connections and the passphrase of the vault.
//!
//! They are asked at the controlling terminal, so also while a script runs from a file or from stdin.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use secrecy::{ExposeSecret, SecretString};

use crate::executor::{Environment, PasswordPrompt, PromptError};
use crate::secret::{PassphraseReason, PassphraseSource, SecretError};

/// Asks at the controlling terminal; nothing that is typed is shown.
#[derive(Clone, Debug)]
pub struct TerminalPrompt {
    /// Off while a question is open, so that an interrupt leaves the terminal as it was.
    ends_on_interrupt: Arc<AtomicBool>,
}

impl TerminalPrompt {
    /// A prompt that takes the flag back while it asks.
    pub fn new(ends_on_interrupt: Arc<AtomicBool>) -> Self {
        Self { ends_on_interrupt }
    }
}

impl PasswordPrompt for TerminalPrompt {
    fn ask(&mut self, question: &str) -> Result<SecretString, PromptError> {
        let before = self.ends_on_interrupt.swap(false, Ordering::SeqCst);
        let answer = rpassword::prompt_password(question);
        self.ends_on_interrupt.store(before, Ordering::SeqCst);
        match answer {
            Ok(answer) => Ok(SecretString::from(answer)),
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::Interrupted | std::io::ErrorKind::UnexpectedEof
                ) =>
            {
                Err(PromptError::Interrupted)
            }
            Err(error) => Err(PromptError::NoTerminal {
                cause: error.to_string(),
            }),
        }
    }
}

/// The passphrase of the vault: from REDWIRE_VAULT_PASSPHRASE, from the file that REDWIRE_VAULT_PASSPHRASE_FILE
/// names, or from the terminal.
pub struct VaultPassphrase {
    environment: Environment,
    prompt: TerminalPrompt,
}

/// Variables that no child of redwire gets to see.
pub const SECRET_VARIABLES: [&str; 2] = ["REDWIRE_VAULT_PASSPHRASE", "REDWIRE_VAULT_PASSPHRASE_FILE"];

impl VaultPassphrase {
    /// Looks in the environment first, then asks.
    pub fn new(environment: Environment, prompt: TerminalPrompt) -> Self {
        Self { environment, prompt }
    }

    fn variable(&self, name: &str) -> Option<std::ffi::OsString> {
        (self.environment)(name).filter(|value| !value.is_empty())
    }
}

impl PassphraseSource for VaultPassphrase {
    fn passphrase(&mut self, vault: &Path, reason: PassphraseReason) -> Result<SecretString, SecretError> {
        let missing = |cause: String| SecretError::NoPassphrase {
            path: vault.display().to_string(),
            cause,
        };
        if let Some(value) = self.variable(SECRET_VARIABLES[0]) {
            return value
                .into_string()
                .map(SecretString::from)
                .map_err(|_| missing("REDWIRE_VAULT_PASSPHRASE is not UTF-8".to_owned()));
        }
        if let Some(path) = self.variable(SECRET_VARIABLES[1]) {
            return read_first_line(Path::new(&path)).map_err(missing);
        }
        let mut ask = |question: &str| {
            self.prompt.ask(question).map_err(|error| match error {
                PromptError::NoTerminal { cause } => missing(format!("there is no terminal to ask at: {cause}")),
                PromptError::Interrupted => SecretError::Interrupted,
            })
        };
        match reason {
            PassphraseReason::Unlock => ask("Passphrase of the vault: "),
            PassphraseReason::NewVault => {
                let first = ask("Passphrase for a new vault: ")?;
                let second = ask("The same passphrase again: ")?;
                if first.expose_secret() == second.expose_secret() {
                    Ok(first)
                } else {
                    Err(missing("the two passphrases differ".to_owned()))
                }
            }
        }
    }
}

fn read_first_line(path: &Path) -> Result<SecretString, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("REDWIRE_VAULT_PASSPHRASE_FILE names {}: {error}", path.display()))?;
    let text = SecretString::from(text);
    match text.expose_secret().lines().next() {
        None | Some("") => Err(format!(
            "REDWIRE_VAULT_PASSPHRASE_FILE names {}, which is empty",
            path.display()
        )),
        Some(line) => Ok(SecretString::from(line)),
    }
}
