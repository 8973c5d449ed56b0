//! What the prompt and scripts share: running one piece of input and showing what came of it.
//!
//! Knows nothing of where input comes from: the script's loop and the prompt's loop bring the pieces.

mod command;
mod definitions;
mod output;
mod place;
mod session_commands;
mod warehouse;

use std::path::PathBuf;
use std::time::Instant;

pub use command::{COMMANDS, CommandSpec, Workplace, command_help, commands_at_the_prompt};
pub use definitions::{Definitions, Purpose};
pub use output::{Output, Pager, TerminalWidth};
pub use place::Input;

use command::Command;
use warehouse::{Trouble, Warehouse};

use crate::error::{Error, ExitStatus, Failure, Place};
use crate::executor::{Caller, Executor, Notice, Origin, Outcome, TransactionState};
use crate::sql::splitter::{BrokenPiece, Piece, PieceKind};
use crate::sql::{self, Statement};
use crate::sqlstate::State;

/// What the loop is to do after a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Go,
    /// The piece failed.
    Failed,
    /// Run this file, then go on.
    Include(PathBuf),
    /// Let the user edit what is being typed, or this file.
    Edit(Option<PathBuf>),
    /// End, as the user wishes.
    Quit,
    /// End quietly: nobody reads the output any more.
    Closed,
    /// End: the user interrupted.
    Interrupted,
}

/// How a shell behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manners {
    /// Whether BEGIN, COMMIT and ROLLBACK are refused, since the whole script is one transaction.
    pub single_transaction: bool,
    /// Whether each statement's time is reported.
    pub timing: bool,
}

/// How much of a statement `--verbose` shows.
const MAX_LOGGED_CHARACTERS: usize = 1_000;

/// The state that pieces of input share.
pub struct Shell {
    executor: Executor,
    /// Where statements go instead of to the executor, once a warehouse is connected.
    warehouse: Option<Warehouse>,
    output: Output,
    manners: Manners,
    /// The failure that the next statement is to end in.
    expected: Option<State>,
    /// The worst that has happened so far.
    status: ExitStatus,
    /// How many statements have been run; commands do not count.
    statements: usize,
    /// Where the last backslash command stands, for what goes wrong while the loop does what it asks for.
    command_place: Option<Place>,
}

impl Shell {
    /// A shell around an executor.
    pub fn new(executor: Executor, output: Output, manners: Manners) -> Self {
        Self {
            executor,
            warehouse: None,
            output,
            manners,
            expected: None,
            status: ExitStatus::Done,
            statements: 0,
            command_place: None,
        }
    }

    /// The executor, for completion and for the state of the transaction.
    pub fn executor(&mut self) -> &mut Executor {
        &mut self.executor
    }

    /// Where results and remarks go.
    pub fn output(&mut self) -> &mut Output {
        &mut self.output
    }

    /// The exit status as of now: of several failures 1 wins.
    pub fn status(&self) -> ExitStatus {
        self.status
    }

    /// Runs a piece of the input.
    pub fn run(&mut self, piece: Piece<'_>, input: &Input) -> Flow {
        match piece.kind {
            PieceKind::Command => self.run_command(piece, input),
            PieceKind::Statement => {
                self.statements += 1;
                self.run_text(piece, input)
            }
        }
    }

    /// Reports a piece that the splitter could not make sense of.
    pub fn reject(&mut self, broken: &BrokenPiece<'_>, input: &Input) -> Flow {
        self.statements += 1;
        let piece = Piece {
            kind: PieceKind::Statement,
            text: broken.text,
            line: broken.line,
            column: broken.column,
        };
        let error = self.not_a_statement(broken.error.clone());
        self.settle(Err(error), &piece, input)
    }

    /// Begins the transaction of a script that runs as a whole.
    pub fn begin_script(&mut self) -> Result<(), Error> {
        if self.warehouse.is_some() {
            return match self.ask_warehouse("BEGIN") {
                Err(Trouble::Failed(error)) => Err(error),
                // It brings no rows.
                Ok(()) | Err(Trouble::Output(_)) => Ok(()),
            };
        }
        let begin = Statement::Transaction(sql::Transaction::Begin);
        self.executor.execute(&begin, Origin::Script).map(|_| ())
    }

    /// Ends the transaction of a script that runs as a whole: commits it if everything worked.
    pub fn end_script(&mut self) -> Flow {
        self.end_expectation();
        if self.status == ExitStatus::Done && self.transaction() == TransactionState::Failed {
            self.fail(&Error::new(Failure::ScriptUndone));
        }
        if self.warehouse.is_some() {
            return self.end_warehouse_script(self.status == ExitStatus::Done);
        }
        let change = if self.status == ExitStatus::Done {
            sql::Transaction::Commit
        } else {
            sql::Transaction::Rollback
        };
        match self.executor.execute(&Statement::Transaction(change), Origin::Script) {
            Ok(outcome) => self.show_remarks(&outcome),
            Err(error) => self.fail(&error),
        }
    }

    /// An expectation that no statement followed.
    fn end_expectation(&mut self) {
        if let Some(expected) = self.expected.take() {
            self.fail(&Error::new(Failure::NothingToExpect { expected }));
        }
    }

    /// Looks at what the end of the input leaves open: a transaction, or an expectation.
    pub fn end_input(&mut self) -> Flow {
        self.end_expectation();
        if self.warehouse.is_some() {
            return self.end_warehouse_input();
        }
        if self.executor.transaction() == TransactionState::None {
            return Flow::Go;
        }
        let rollback = Statement::Transaction(sql::Transaction::Rollback);
        // It cannot fail in a way that matters: SQLite gives the transaction up when the process ends.
        let _ = self.executor.execute(&rollback, Origin::Script);
        self.fail(&Error::new(Failure::EndInTransaction))
    }

    /// Ends a prompt: an open transaction is rolled back, and the user is told so.
    pub fn end_prompt(&mut self) {
        if self.executor.transaction() != crate::executor::TransactionState::None {
            let rollback = Statement::Transaction(sql::Transaction::Rollback);
            // It cannot fail in a way that matters: SQLite gives the transaction up when the process ends.
            let _ = self.executor.execute(&rollback, Origin::Prompt);
            self.warn("the open transaction was rolled back");
        }
        self.output.flush_error();
    }

    /// Warns of something that no piece of input caused.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.output.notice(&Notice::warning(text));
        self.output.flush_error();
    }

    /// Shows an error that no piece of input caused, and keeps its status.
    pub fn fail(&mut self, error: &Error) -> Flow {
        self.output.error(error);
        self.note_status(error.exit_status());
        match error.exit_status() {
            ExitStatus::Interrupted => Flow::Interrupted,
            ExitStatus::Done
            | ExitStatus::Failed
            | ExitStatus::Unusable
            | ExitStatus::NoConnection
            | ExitStatus::Different
            | ExitStatus::NotStarted
            | ExitStatus::ProgramUnusable
            | ExitStatus::ProgramNotFound => Flow::Failed,
        }
    }

    fn run_text(&mut self, piece: Piece<'_>, input: &Input) -> Flow {
        let started = Instant::now();
        self.log_statement(&piece, input);
        if self.warehouse.is_some() {
            let flow = self.run_on_warehouse(&piece, input);
            if self.manners.timing {
                self.output.time(started.elapsed());
            }
            return flow;
        }
        let result = match sql::parse(piece.text) {
            Ok(Statement::Transaction(_)) if self.manners.single_transaction => {
                self.executor.fail_transaction();
                Err(Error::new(Failure::InSingleTransaction))
            }
            Ok(statement) => {
                if matches!(
                    statement,
                    Statement::Query(_) | Statement::Test(_) | Statement::Import(_)
                ) {
                    // It may run for long, or until it is interrupted.
                    self.output.flush_error();
                }
                let output = &mut self.output;
                let mut caller = Caller {
                    origin: input.origin,
                    tell: &mut |notice| output.notice_at_once(&notice),
                };
                self.executor.execute_for(&statement, &mut caller)
            }
            Err(error) => Err(self.not_a_statement(error)),
        };
        let flow = self.settle(result, &piece, input);
        if self.manners.timing {
            self.output.time(started.elapsed());
        }
        flow
    }

    fn run_on_warehouse(&mut self, piece: &Piece<'_>, input: &Input) -> Flow {
        let asked = self.check_script_transaction(piece.text).map_err(Trouble::Failed);
        let result = match asked.and_then(|()| self.ask_warehouse(piece.text)) {
            Ok(()) => Ok(Outcome::default()),
            Err(Trouble::Failed(error)) => Err(error),
            Err(Trouble::Output(error)) => return self.output_failed(&error),
        };
        let flow = self.settle(result, piece, input);
        self.tell_of_lost_session();
        flow
    }

    /// Tells under `--verbose` which statement runs.
    fn log_statement(&mut self, piece: &Piece<'_>, input: &Input) {
        if tracing::enabled!(tracing::Level::DEBUG) {
            // What is told goes to the standard error by itself; earlier remarks come before it.
            self.output.flush_error();
            let source = input.name.as_deref().unwrap_or("prompt");
            let text = place::shown(piece.text, MAX_LOGGED_CHARACTERS, self.masking());
            tracing::debug!("{source}:{}:{}: {text}", piece.line, piece.column);
        }
    }

    fn not_a_statement(&mut self, error: sql::SqlError) -> Error {
        if self.warehouse.is_none() {
            self.executor.fail_transaction();
        }
        let span = error.span.clone();
        Error::at(Failure::Sql(error), span)
    }

    /// Shows what came of a piece and holds it against what was expected.
    fn settle(&mut self, result: Result<Outcome, Error>, piece: &Piece<'_>, input: &Input) -> Flow {
        let result = match self.show_answer_of_failure(result) {
            Ok(result) => result,
            Err(flow) => return flow,
        };
        let (statement, masking) = (Some(self.statements), self.masking());
        let place = |error: Error| place::locate(error, piece, input, statement, masking);
        match (self.expected.take(), result) {
            (None, Ok(outcome)) => self.show(&outcome),
            (None, Err(error)) => {
                let error = place(error);
                self.fail(&error)
            }
            (Some(expected), Ok(outcome)) => {
                let error = place(Error::new(Failure::Expected {
                    expected,
                    happened: None,
                }));
                match self.show(&outcome) {
                    Flow::Closed => Flow::Closed,
                    _ => self.fail(&error),
                }
            }
            (Some(expected), Err(error)) => {
                let happened = error.sqlstate();
                let unexpected = place(Error::new(Failure::Expected {
                    expected,
                    happened: Some(happened),
                }));
                self.output.error(&place(error));
                if happened == expected {
                    Flow::Go
                } else {
                    self.fail(&unexpected)
                }
            }
        }
    }

    /// Of a statement that failed and has an answer, shows the answer; the failure is what is left of it.
    fn show_answer_of_failure(&mut self, result: Result<Outcome, Error>) -> Result<Result<Outcome, Error>, Flow> {
        let mut outcome = match result {
            Ok(outcome) => outcome,
            Err(error) => return Ok(Err(error)),
        };
        let Some(error) = outcome.failure.take() else {
            return Ok(Ok(outcome));
        };
        match self.show(&outcome) {
            Flow::Go => Ok(Err(error)),
            other => Err(other),
        }
    }

    /// Shows an outcome: the answer on the standard output, remarks and the tag beside it.
    fn show(&mut self, outcome: &Outcome) -> Flow {
        if let Some(answer) = &outcome.answer
            && let Err(error) = self.output.answer(answer)
        {
            return self.output_failed(&error);
        }
        self.show_remarks(outcome)
    }

    fn show_remarks(&mut self, outcome: &Outcome) -> Flow {
        if let Some(tag) = outcome.tag {
            self.output.tag(tag, outcome.is_trial);
        }
        for notice in &outcome.notices {
            self.output.notice(notice);
        }
        Flow::Go
    }

    /// A reader that went away ends the program quietly; any other trouble with the output is an error.
    fn output_failed(&mut self, error: &std::io::Error) -> Flow {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            // What was left undone is not done, also where it was to be committed as a whole.
            self.note_status(ExitStatus::Failed);
            return Flow::Closed;
        }
        let path = self.output.target();
        let failure = Failure::File {
            attempt: crate::error::FileUse::Write,
            path,
            cause: error.to_string(),
        };
        self.fail(&Error::new(failure))
    }

    /// Of several failures 1 wins; a difference is none.
    fn note_status(&mut self, status: ExitStatus) {
        let is_worse = match status {
            ExitStatus::Interrupted => true,
            ExitStatus::Different => self.status == ExitStatus::Done,
            ExitStatus::Done
            | ExitStatus::Failed
            | ExitStatus::Unusable
            | ExitStatus::NoConnection
            | ExitStatus::NotStarted
            | ExitStatus::ProgramUnusable
            | ExitStatus::ProgramNotFound => self.status != ExitStatus::Failed,
        };
        if is_worse {
            self.status = status;
        }
    }

    fn run_command(&mut self, piece: Piece<'_>, input: &Input) -> Flow {
        // Without the line: what follows an unknown command may be a secret.
        self.command_place = Some(place::place(&piece, input, None));
        let result = Command::parse(piece.text).and_then(|command| self.perform(command, input));
        match result {
            Ok(flow) => flow,
            Err(failure) => {
                let error = place::locate(Error::new(failure), &piece, input, None, self.masking());
                self.fail(&error)
            }
        }
    }

    /// Shows an error that came of doing what the last backslash command asked for.
    pub fn fail_command(&mut self, error: Error) -> Flow {
        let error = match self.command_place.take() {
            Some(place) => error.with_place(place),
            None => error,
        };
        self.fail(&error)
    }
}
