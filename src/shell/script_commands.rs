//! Commands of scripts: variables, texts, the working folder and other programs.

use std::ffi::OsString;
use std::path::PathBuf;

use super::argument::{self, Expansion, Word};
use super::command_table::name_and_argument;
use super::print_options::PrintCommand;
use super::statement_end::{RedirectTarget, StatementEnd};
use super::{Flow, Input, Shell};
use crate::error::{CommandError, ErrorKind, FileError};
use crate::executor::Origin;
use crate::host::{SECRET_VARIABLES, in_home};
use crate::sign::{shown, shown_path};
use crate::sql::mask::mask;
use crate::sql::splitter::{Piece, PieceKind};
use crate::sql::variable::Interpolated;

/// A command of scripts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ScriptCommand {
    ListVariables,
    Set(String, String),
    Unset(String),
    /// Sets a variable to a line that is typed.
    Prompt {
        question: String,
        name: String,
    },
    Echo(EchoTarget, String),
    /// Runs the last statement again.
    Again(StatementEnd),
    Folder(Option<PathBuf>),
    /// Includes a file, relative to the file that does it.
    IncludeRelative(PathBuf),
    /// Runs a command line, or the user's shell.
    Run(Option<String>),
    Getenv(String, String),
    Setenv(String, Option<String>),
    ShowLastError,
    /// Changes the way in which results are written.
    Print(PrintCommand),
    /// Shows the last statement.
    ShowStatement,
    /// Drops what is typed; between two statements there is nothing.
    Reset,
    /// Writes the last statement to a file or a program.
    WriteStatement(RedirectTarget),
    /// Shows the history, or writes it to a file.
    History(Option<PathBuf>),
}

/// The place of a text that a script writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EchoTarget {
    StandardOutput,
    StandardError,
    /// The place of results: `\o`.
    Results,
}

impl ScriptCommand {
    /// Parses a command; None for one of another kind.
    pub fn parse(text: &str, expansion: &Expansion<'_>) -> Result<Option<Self>, ErrorKind> {
        let (name, argument) = name_and_argument(text);
        let words = || argument::words(argument, expansion);
        Ok(Some(match name {
            "\\set" => set(argument::words(verbatim_argument(text), expansion)?),
            "\\unset" => Self::Unset(only(name, words()?)?),
            "\\echo" | "\\qecho" | "\\warn" => {
                let target = match name {
                    "\\echo" => EchoTarget::StandardOutput,
                    "\\qecho" => EchoTarget::Results,
                    _ => EchoTarget::StandardError,
                };
                let words = argument::words(verbatim_argument(text), expansion)?;
                Self::Echo(target, echoed(&words))
            }
            "\\g" | "\\gx" | "\\gset" | "\\gdesc" | "\\gexec" | "\\watch" => {
                Self::Again(StatementEnd::parse(text, expansion)?)
            }
            "\\prompt" => {
                let (first, second) = one_or_two(name, words()?)?;
                match second {
                    Some(name) => Self::Prompt { question: first, name },
                    None => Self::Prompt { question: String::new(), name: first },
                }
            }
            "\\cd" => Self::Folder(argument::optional_path(argument, expansion)?),
            "\\ir" => {
                let path = argument::optional_path(argument, expansion)?;
                Self::IncludeRelative(path.ok_or_else(|| missing(name))?)
            }
            "\\!" => {
                let line = verbatim_argument(text).trim();
                Self::Run((!line.is_empty()).then(|| line.to_owned()))
            }
            "\\getenv" => {
                let (name, variable) = one_or_two(name, words()?)?;
                Self::Getenv(name, variable.ok_or_else(|| missing("\\getenv"))?)
            }
            "\\setenv" => {
                let (variable, value) = one_or_two(name, words()?)?;
                if variable.is_empty() || variable.contains(['=', '\0']) {
                    let message = "\\setenv: environment variable name must not contain \"=\"";
                    return Err(CommandError::new(message).into());
                }
                Self::Setenv(variable, value)
            }
            "\\errverbose" => Self::ShowLastError,
            "\\p" => Self::ShowStatement,
            "\\r" => Self::Reset,
            "\\w" => {
                let to = RedirectTarget::parse(name, argument, expansion)?;
                Self::WriteStatement(to.ok_or_else(|| missing(name))?)
            }
            "\\s" => Self::History(argument::optional_path(argument, expansion)?),
            "\\pset" | "\\a" | "\\t" | "\\f" | "\\C" => {
                let words = argument::words(verbatim_argument(text), expansion)?;
                let words = words.into_iter().map(|word| word.text).collect();
                return Ok(PrintCommand::new(name, words)?.map(Self::Print));
            }
            _ => return Ok(None),
        }))
    }
}

/// The argument with a `;` at its end, which belongs to it.
fn verbatim_argument(text: &str) -> &str {
    text.split_once(char::is_whitespace).map_or("", |(_, argument)| argument)
}

/// The words of psql.
fn missing(name: &str) -> CommandError {
    CommandError::new(format!("{name}: missing required argument"))
}

/// `\set` with a name and the values that are joined to one; without a name it lists.
fn set(words: Vec<Word>) -> ScriptCommand {
    let mut words = words.into_iter().map(|word| word.text);
    match words.next() {
        None => ScriptCommand::ListVariables,
        Some(name) => ScriptCommand::Set(name, words.collect()),
    }
}

/// The text of `\echo`, with a line break unless the first word is `-n`.
fn echoed(words: &[Word]) -> String {
    let is_open = words.first().is_some_and(|word| !word.is_quoted && word.text == "-n");
    let words = &words[usize::from(is_open)..];
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    texts.join(" ") + if is_open { "" } else { "\n" }
}

fn only(name: &str, words: Vec<Word>) -> Result<String, CommandError> {
    match one_or_two(name, words)? {
        (only, None) => Ok(only),
        (_, Some(_)) => Err(CommandError::new(format!("{name} takes one argument"))),
    }
}

fn one_or_two(name: &str, words: Vec<Word>) -> Result<(String, Option<String>), CommandError> {
    let mut words = words.into_iter().map(|word| word.text);
    let first = words.next().ok_or_else(|| missing(name))?;
    let second = words.next();
    match words.next() {
        None => Ok((first, second)),
        Some(_) => Err(CommandError::new(format!("{name} takes two arguments"))),
    }
}

impl Shell {
    pub(super) fn perform_in_script(
        &mut self,
        command: ScriptCommand,
        input: &Input,
    ) -> Result<Flow, ErrorKind> {
        match command {
            ScriptCommand::ListVariables => {
                let written = self.output.text(&self.variables.list());
                return Ok(self.flow_after(written));
            }
            ScriptCommand::Set(name, value) => self.variables.set(&name, value)?,
            ScriptCommand::Unset(name) => self.variables.unset(&name)?,
            ScriptCommand::Prompt { question, name } => self.ask_for(&question, &name)?,
            ScriptCommand::Echo(target, text) => return Ok(self.echo_text(target, &text)),
            ScriptCommand::Again(end) => return self.run_again(&end, input),
            ScriptCommand::Folder(path) => self.change_folder(path)?,
            ScriptCommand::IncludeRelative(path) => {
                let path = match &input.folder {
                    Some(folder) => folder.join(self.in_home(path)),
                    None => self.path(path),
                };
                return Ok(Flow::Include(path));
            }
            ScriptCommand::Run(line) => self.run_program(line.as_deref())?,
            ScriptCommand::Getenv(name, variable) => self.read_environment(&name, &variable)?,
            ScriptCommand::Setenv(variable, value) => {
                self.children.environment.insert(variable, value);
            }
            ScriptCommand::Print(command) => return Ok(self.perform_print(command)?),
            ScriptCommand::ShowStatement => {
                let text = self.last_statement_masked();
                let written = self.output.print(&format!("{text}\n"));
                return Ok(self.flow_after(written));
            }
            ScriptCommand::Reset => {
                return Ok(self.show_notice("Query buffer reset (cleared).".to_owned()));
            }
            ScriptCommand::WriteStatement(to) => {
                let text = self.last_statement_masked();
                let before = self.output.set_redirection_aside();
                let redirected = self.redirect_to(&to);
                let written =
                    redirected.is_ok().then(|| self.output.print_as_result(&format!("{text}\n")));
                self.output.restore_redirection(before);
                redirected?;
                return Ok(written.map_or(Flow::Go, |written| self.flow_after(written)));
            }
            ScriptCommand::History(path) if input.origin == Origin::Prompt => {
                return Ok(Flow::History(path.map(|path| self.path(path))));
            }
            ScriptCommand::History(_) => {
                return Err(CommandError::new("\\s works at the prompt only").into());
            }
            ScriptCommand::ShowLastError => match self.last_error.take() {
                Some(error) => {
                    self.output.error(&error);
                    self.last_error = Some(error);
                }
                None => {
                    let written = self.output.print("There is no previous error.\n");
                    return Ok(self.flow_after(written));
                }
            },
        }
        Ok(Flow::Go)
    }

    fn echo_text(&mut self, target: EchoTarget, text: &str) -> Flow {
        let written = match target {
            EchoTarget::StandardOutput => self.output.print(text),
            EchoTarget::Results => self.output.print_as_result(text),
            EchoTarget::StandardError => {
                self.output.prompt(text);
                Ok(())
            }
        };
        self.flow_after(written)
    }

    /// Runs the last statement again, as it was sent.
    fn run_again(&mut self, end: &StatementEnd, input: &Input) -> Result<Flow, ErrorKind> {
        let Some((text, follows_secret)) = self.last_statement.clone() else {
            return match end {
                StatementEnd::Watched(_) => {
                    Err(CommandError::new("\\watch cannot be used with an empty query").into())
                }
                StatementEnd::Described => {
                    self.check_place("\\gdesc")?;
                    Ok(self.show_no_columns())
                }
                StatementEnd::Shown { .. }
                | StatementEnd::Variables(_)
                | StatementEnd::Statements => Ok(Flow::Go),
            };
        };
        let (line, column) =
            self.command_place.as_ref().map_or((1, 1), |place| (place.line, place.column));
        let piece = Piece {
            kind: PieceKind::Statement,
            text: &text,
            line,
            column,
            follows_secret,
            ending: None,
        };
        self.statements += 1;
        Ok(self.run_to_end(&piece, &Interpolated::verbatim(text.clone()), input, end))
    }

    /// Replaces the statement that `\p` and `\w` show, with true if it follows a secret on its
    /// line; returns the one before.
    pub fn replace_last_statement(
        &mut self,
        statement: Option<(String, bool)>,
    ) -> Option<(String, bool)> {
        std::mem::replace(&mut self.last_statement, statement)
    }

    /// The last statement, without secrets.
    fn last_statement_masked(&self) -> String {
        let last = self.last_statement.as_ref();
        last.map_or_else(String::new, |(text, follows_secret)| mask(text, *follows_secret).text)
    }

    /// Sends results to a file or a program.
    pub(super) fn redirect_to(&mut self, to: &RedirectTarget) -> Result<(), ErrorKind> {
        match to {
            RedirectTarget::File(path) => {
                let path = self.path(path.clone());
                let redirected = self.output.redirect_to_file(&path);
                Ok(redirected.map_err(|error| FileError::write(&path, &error))?)
            }
            RedirectTarget::Program(line) => {
                let redirected = self.output.redirect_to_program(self.children.command(line));
                Ok(redirected
                    .map_err(|error| CommandError::new(format!("{}: {error}", shown(line))))?)
            }
        }
    }

    /// `\prompt`.
    fn ask_for(&mut self, question: &str, name: &str) -> Result<(), ErrorKind> {
        self.output.flush_error();
        let answer = self.executor.ask_line(question).map_err(|error| {
            if matches!(error.kind(), ErrorKind::Password(_)) {
                return CommandError::new("\\prompt: could not read value for variable").into();
            }
            error.kind().clone()
        })?;
        Ok(self.variables.set(name, answer)?)
    }

    fn change_folder(&mut self, path: Option<PathBuf>) -> Result<(), CommandError> {
        let folder = match path {
            Some(path) => self.path(path),
            None => self.options.home.clone().unwrap_or_default(),
        };
        let failed = |cause: &str| {
            let folder = shown_path(&folder);
            CommandError::new(format!("could not change directory to \"{folder}\": {cause}"))
        };
        match folder.metadata() {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(failed("Not a directory")),
            Err(error) => return Err(failed(&error.to_string())),
        }
        self.children.folder = Some(folder);
        Ok(())
    }

    /// `\!`: a command line, or the user's shell.
    fn run_program(&mut self, line: Option<&str>) -> Result<(), CommandError> {
        self.output.flush_error();
        let shell = (self.executor.environment())("SHELL");
        let shell = shell.unwrap_or_else(|| OsString::from("/bin/sh"));
        let mut command = match line {
            Some(line) => self.children.command(line),
            None => self.children.program(&shell),
        };
        self.lend_terminal(true);
        let status = command.status();
        self.lend_terminal(false);
        // An interrupt was meant for the program.
        self.executor.signals().clear();
        status
            .map(drop)
            .map_err(|error| CommandError::new(format!("\\!: failed: {error}")))
    }

    /// `\getenv`. As in psql, a variable that is not set in the environment changes nothing.
    fn read_environment(&mut self, name: &str, variable: &str) -> Result<(), CommandError> {
        if SECRET_VARIABLES.contains(&variable) {
            return Err(CommandError::new(format!("{variable} opens the vault and is not read")));
        }
        let value = match self.children.environment.get(variable) {
            Some(value) => value.clone(),
            None => (self.executor.environment())(variable)
                .map(|value| value.to_string_lossy().into_owned()),
        };
        value.map_or(Ok(()), |value| self.variables.set(name, value))
    }

    /// The path with `~` in front as the user's folder, from the folder that `\cd` chose.
    pub(super) fn path(&self, path: PathBuf) -> PathBuf {
        let path = self.in_home(path);
        match &self.children.folder {
            Some(folder) => folder.join(path),
            None => path,
        }
    }

    fn in_home(&self, path: PathBuf) -> PathBuf {
        in_home(path, self.options.home.as_deref())
    }
}
