//! What the prompt and scripts share: running one piece of input and showing what came of it.
//!
//! Knows nothing of where input comes from: the script's loop and the prompt's loop bring the
//! pieces.

mod command;
mod command_table;
mod definitions;
mod edges;
mod output;
mod place;
mod psql;
mod session_commands;
mod settle;
mod target;
mod warehouse;

use std::path::PathBuf;
use std::time::Instant;

pub use command_table::{COMMANDS, CommandSpec, Workplace, name_and_argument};
pub use definitions::{Definitions, Purpose};
pub use output::{Output, Paged, Pager, TerminalWidth};
pub use place::Input;
pub use target::Target;

use command::Command;
use warehouse::Warehouse;

use crate::diagnostic::ExitStatus;
use crate::error::{CommandError, Error, Place, TransactionError};
use crate::executor::{Caller, Executor, Origin};
use crate::render::Format;
use crate::sql::mask::has_masked_secret;
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
    /// The piece failed to go where the next ones are meant for, so nothing after it may run.
    Astray,
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

/// The options of a shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShellOptions {
    /// True if BEGIN, COMMIT and ROLLBACK are refused, since the whole script is one transaction.
    pub single_transaction: bool,
    /// True if each statement's time is reported.
    pub timing: bool,
    /// True if names are fetched of a warehouse, for completion.
    pub completes: bool,
}

/// How much of a statement `--verbose` shows.
const MAX_LOGGED_CHARACTERS: usize = 1_000;

/// The state that pieces of input share.
pub struct Shell {
    executor: Executor,
    /// Where statements go instead of to the executor, once a warehouse is connected.
    warehouse: Option<Warehouse>,
    output: Output,
    options: ShellOptions,
    /// The failure that the next statement is to end in.
    expected: Option<State>,
    /// The worst that has happened so far.
    status: ExitStatus,
    /// How many statements have been run; commands do not count.
    statements: usize,
    /// Where the last backslash command stands, for what goes wrong while the loop does what it
    /// asks for.
    command_place: Option<Place>,
}

impl Shell {
    /// A shell around an executor.
    pub fn new(executor: Executor, output: Output, options: ShellOptions) -> Self {
        Self {
            executor,
            warehouse: None,
            output,
            options,
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
                let format = self.output.style_mut().format;
                if piece.is_vertical {
                    self.output.style_mut().format = Format::Vertical;
                }
                let flow = self.run_text(piece, input);
                self.output.style_mut().format = format;
                flow
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
            follows_secret: broken.follows_secret,
            is_vertical: false,
        };
        let error = self.not_a_statement(broken.error.clone());
        self.settle(Err(error), &piece, input)
    }

    fn run_text(&mut self, piece: Piece<'_>, input: &Input) -> Flow {
        let started = Instant::now();
        self.output.take_reading();
        self.log_statement(&piece, input);
        let flow = match self.target() {
            Target::Catalog => self.run_on_catalog(&piece, input),
            Target::Warehouse { .. } => self.run_on_warehouse(&piece, input),
        };
        if self.options.timing {
            let reading = self.output.take_reading();
            self.output.time(started.elapsed().saturating_sub(reading));
        }
        flow
    }

    fn run_on_catalog(&mut self, piece: &Piece<'_>, input: &Input) -> Flow {
        if input.origin == Origin::Prompt && has_masked_secret(piece.text) {
            return self.settle(Err(stars_for_secret()), piece, input);
        }
        let result = match sql::parse(piece.text) {
            Ok(Statement::Transaction(_)) if self.options.single_transaction => {
                self.executor.fail_transaction();
                Err(Error::new(TransactionError::InSingleTransaction))
            }
            Ok(statement) => {
                if statement.may_run_long() {
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
        self.settle(result, piece, input)
    }

    /// Tells under `--verbose` which statement runs.
    fn log_statement(&mut self, piece: &Piece<'_>, input: &Input) {
        if tracing::enabled!(tracing::Level::DEBUG) {
            // What is told goes to the standard error by itself; earlier remarks come before it.
            self.output.flush_error();
            let source = input.name.as_deref().unwrap_or("prompt");
            let text = place::shown(piece, MAX_LOGGED_CHARACTERS);
            tracing::debug!("{source}:{}:{}: {text}", piece.line, piece.column);
        }
    }

    fn not_a_statement(&mut self, error: sql::SqlError) -> Error {
        if self.warehouse.is_none() {
            self.executor.fail_transaction();
        }
        let span = error.span.clone();
        Error::at(error, span)
    }

    fn run_command(&mut self, piece: Piece<'_>, input: &Input) -> Flow {
        // Without the line: what follows an unknown command may be a secret.
        self.command_place = Some(place::place(&piece, input, None));
        let result = Command::parse(piece.text).and_then(|command| self.perform(command, input));
        match result {
            Ok(flow) => flow,
            Err(failure) => {
                let error = place::locate(Error::new(failure), &piece, input, None);
                match self.fail(&error) {
                    Flow::Failed if command::moves(piece.text) => Flow::Astray,
                    flow => flow,
                }
            }
        }
    }
}

/// The refusal of a statement from the history whose secret is gone.
fn stars_for_secret() -> Error {
    Error::new(CommandError {
        message: "*** stands where a secret was, so the statement was not run".to_owned(),
        hint: Some("type the secret in its place".to_owned()),
    })
}
