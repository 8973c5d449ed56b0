//! The code that the prompt and scripts share: running one piece of input and showing its outcome.
//!
//! The origin of the input does not matter here: the loop of the script or of the prompt brings the
//! pieces.

mod argument;
mod child;
mod command;
mod command_table;
mod condition;
mod definitions;
mod echo;
mod edges;
mod jobs;
mod listing;
mod named_query;
mod output;
mod place;
mod print_options;
mod psql;
mod script_commands;
mod session_commands;
mod settle;
mod statement_end;
mod target;
mod variables;
mod warehouse;

use std::path::PathBuf;
use std::time::Instant;

pub use child::{program, user_command};
pub use command_table::{ArgumentNames, COMMANDS, CommandSpec, Workplace, find, name_and_argument};
pub use definitions::PlanOrApply;
pub use echo::UnechoedText;
pub use output::{Output, Paged, Pager, TerminalWidth};
pub use place::Input;
pub use target::Target;

use argument::Expansion;
use child::Children;
use command::Command;
use condition::{ConditionCommand, Conditions};
use statement_end::StatementEnd;
pub use variables::Variables;
use warehouse::{Confirmation, StatementError, Warehouse};

use crate::diagnostic::ExitStatus;
use crate::error::{CommandError, Error, Place, TransactionError};
use crate::executor::{Caller, Executor, Notice, Origin, Outcome};
use crate::sql::mask::{Echo, has_masked_secret};
use crate::sql::splitter::{BrokenPiece, Piece, PieceKind};
use crate::sql::variable::{Interpolated, Reference, references};
use crate::sql::{self, SqlErrorKind, Statement};
use crate::sqlstate::{AnySqlState, SqlState};

/// The next step for the loop after a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Continue.
    Go,
    /// The piece failed.
    Failed,
    /// The piece should have changed the target and failed, so nothing after it may run.
    WrongTarget,
    /// Run this file, then continue.
    Include(PathBuf),
    /// Run this text, which has a name, then continue.
    RunText {
        /// The text.
        text: String,
        /// The name, for places in it.
        name: String,
    },
    /// Open an editor on this file.
    EditQuery(PathBuf),
    /// Open an editor on this file and run it, or on the text that is being typed.
    Edit(Option<PathBuf>),
    /// Show the history, or write it to this file.
    History(Option<PathBuf>),
    /// Quit, as the user asked.
    Quit,
    /// Quit silently: the reader of the output has closed it.
    Closed,
    /// Quit after an interrupt.
    Interrupted,
}

/// The options of a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct ShellOptions {
    /// True if BEGIN, COMMIT and ROLLBACK are refused, because the whole script is one transaction.
    pub single_transaction: bool,
    /// True if scripts are shown as they run.
    pub echo: bool,
    /// True if each statement's time is reported.
    pub timing: bool,
    /// True if the statements of a script are confirmed as a whole.
    pub yes: bool,
    /// True if a script goes on after an error.
    pub goes_on: bool,
    /// True if the names of a warehouse are fetched for completion.
    pub completes: bool,
    /// The user's folder, for `~` in paths.
    pub home: Option<PathBuf>,
    /// The folder of named queries.
    pub queries: Option<PathBuf>,
}

/// The maximum length of a statement in the output of `--verbose`.
const MAX_LOGGED_CHARACTERS: usize = 1_000;

/// Lends the terminal to another program if the argument is true, and takes it back if not.
pub type TerminalLoan = Box<dyn Fn(bool)>;

/// The state that pieces of input share.
pub struct Shell {
    executor: Executor,
    /// The connected warehouse, which receives the statements; None for the catalog.
    warehouse: Option<Warehouse>,
    output: Output,
    options: ShellOptions,
    /// The SQLSTATE with which the next statement must fail.
    expected: Option<AnySqlState>,
    /// The number of statements that failed as `\expect` said.
    expected_failures: usize,
    /// The worst exit status so far.
    status: ExitStatus,
    /// The number of statements that have run, without commands.
    statements: usize,
    variables: Variables,
    conditions: Conditions,
    children: Children,
    /// The last statement as it was sent, and true if it follows a secret on its line.
    last_statement: Option<(String, bool)>,
    /// The last error of a statement.
    last_error: Option<Error>,
    /// Lends the terminal to another program, or takes it back.
    terminal_loan: Option<TerminalLoan>,
    /// The place of the last backslash command, for errors while the loop carries it out.
    command_place: Option<Place>,
}

impl Shell {
    /// Creates a shell with an executor.
    pub fn new(
        executor: Executor,
        output: Output,
        options: ShellOptions,
        variables: Variables,
    ) -> Self {
        Self {
            executor,
            warehouse: None,
            output,
            options,
            expected: None,
            expected_failures: 0,
            status: ExitStatus::Done,
            statements: 0,
            variables,
            conditions: Conditions::default(),
            children: Children::default(),
            last_statement: None,
            last_error: None,
            terminal_loan: None,
            command_place: None,
        }
    }

    /// The executor, for completion and for the state of the transaction.
    pub fn executor(&mut self) -> &mut Executor {
        &mut self.executor
    }

    /// The output for results and notices.
    pub fn output(&mut self) -> &mut Output {
        &mut self.output
    }

    /// The exit status so far: among several errors 1 wins.
    pub fn status(&self) -> ExitStatus {
        self.status
    }

    /// Runs a piece of the input.
    pub fn run(&mut self, piece: Piece<'_>, input: &Input) -> Flow {
        let (name, text) = name_and_argument(piece.text);
        self.variables.backslash_escapes = self.target().backslash_escapes();
        match piece.kind {
            PieceKind::Command if let Some(command) = ConditionCommand::named(name) => {
                self.run_condition(command, text, &piece, input)
            }
            PieceKind::Command | PieceKind::Statement if !self.is_active() => Flow::Go,
            PieceKind::Command => self.run_command(piece, input),
            PieceKind::Statement => {
                self.statements += 1;
                let end = piece.ending.map_or(Ok(StatementEnd::SHOWN), |ending| {
                    StatementEnd::parse(ending, &self.expansion())
                });
                match end {
                    Ok(end) => {
                        let sent = self.interpolated(piece.text);
                        self.last_statement = Some((sent.text.clone(), piece.follows_secret));
                        self.run_to_end(&piece, &sent, input, &end)
                    }
                    Err(error) => self.settle(Err(Error::new(error)), &piece, input),
                }
            }
        }
    }

    /// Reports a piece that the splitter rejects.
    pub fn reject(&mut self, broken: &BrokenPiece<'_>, input: &Input) -> Flow {
        if !self.is_active() {
            return Flow::Go;
        }
        self.statements += 1;
        let piece = Piece {
            kind: PieceKind::Statement,
            text: broken.text,
            line: broken.line,
            column: broken.column,
            follows_secret: broken.follows_secret,
            ending: None,
        };
        if self.warehouse.is_none() {
            self.executor.fail_transaction();
        }
        let error = Error::at(SqlErrorKind::from(broken.error), broken.span.clone());
        self.settle(Err(error), &piece, input)
    }

    /// The names of the variables, for completion.
    pub fn variable_names(&self) -> Vec<String> {
        self.variables.names()
    }

    /// The values that references in an argument stand for.
    fn expansion(&self) -> Expansion<'_> {
        Expansion {
            variables: &self.variables,
            children: &self.children,
        }
    }

    /// The statement with the values of its variables.
    fn interpolated(&self, text: &str) -> Interpolated {
        let value = |reference: &Reference<'_>| self.variables.replacement(reference);
        Interpolated::new(text, self.target().dialect(), value)
    }

    /// Runs a statement, which is sent with the values of its variables.
    fn run_text(&mut self, piece: &Piece<'_>, sent: &Interpolated, input: &Input) -> Flow {
        let started = Instant::now();
        self.output.take_reading_time();
        self.log_statement(piece, input);
        let typed = |error: Error| error.map_span(&|span| sent.typed(span));
        let flow = match &mut self.warehouse {
            None => {
                let piece_sent = Piece { text: &sent.text, ..*piece };
                let result = self.run_on_catalog(&piece_sent, input).map_err(typed);
                match &result {
                    Ok(Outcome { failure: Some(error), .. }) | Err(error) => {
                        self.variables.state_error(error);
                    }
                    Ok(outcome) => self.variables.state_success(outcome.row_count()),
                }
                self.settle(result, piece, input)
            }
            Some(warehouse) => {
                let dialect = warehouse.target().dialect();
                let single_transaction = self.options.single_transaction;
                let checked = warehouse::check(&sent.text, dialect, input, single_transaction);
                let asked = checked.map_err(StatementError::Failed).and_then(|()| {
                    warehouse.run(
                        &mut self.executor,
                        &mut self.output,
                        &Echo::new(&sent.text, piece.follows_secret),
                        Confirmation::new(input, &self.options),
                    )
                });
                let asked = asked.map_err(|error| error.map(typed));
                match &asked {
                    Ok(_) => self.variables.state_success(warehouse.row_count),
                    Err(StatementError::Failed(error)) => self.variables.state_error(error),
                    Err(StatementError::Output(_)) => {}
                }
                self.settle_on_warehouse(asked, piece, input)
            }
        };
        let reading = self.output.take_reading_time();
        let time = started.elapsed().saturating_sub(reading);
        self.output.ring_after(time);
        if flow == Flow::Failed {
            self.hint_at_unset_variable(piece);
        }
        if self.options.timing {
            self.output.time(time);
        }
        flow
    }

    /// Says after a syntax error that a variable is not set: its reference was sent as it stands.
    fn hint_at_unset_variable(&mut self, piece: &Piece<'_>) {
        if self.variables.get("SQLSTATE") != Some(SqlState::SyntaxError.code()) {
            return;
        }
        let references = references(piece.text, self.target().dialect());
        // A number is the bound of a slice.
        let unset = references.iter().find(|reference| {
            self.variables.replacement(reference).is_none()
                && !reference.name.starts_with(|c: char| c.is_ascii_digit())
        });
        if let Some(Reference { name, .. }) = unset {
            let text = format!("the variable {name} is not set: \\set {name} VALUE sets it");
            self.output.notice(&Notice::new(text));
        }
    }

    /// Lends the terminal to another program, or takes it back.
    fn lend_terminal(&self, is_lent: bool) {
        if let Some(loan) = &self.terminal_loan {
            loan(is_lent);
        }
    }

    /// Sets the way in which the terminal is lent to other programs.
    pub fn set_terminal_loan(&mut self, loan: TerminalLoan) {
        self.terminal_loan = Some(loan);
    }

    fn run_on_catalog(&mut self, piece: &Piece<'_>, input: &Input) -> Result<Outcome, Error> {
        if input.origin == Origin::Prompt && has_masked_secret(piece.text) {
            return Err(masked_secret_error());
        }
        match sql::parse_piece(piece) {
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
                    notify: &mut |notice| output.notice_at_once(&notice),
                };
                self.executor.execute_for(&statement, &mut caller)
            }
            Err(error) => {
                self.executor.fail_transaction();
                Err(error.into())
            }
        }
    }

    /// Logs the statement for `--verbose`.
    fn log_statement(&mut self, piece: &Piece<'_>, input: &Input) {
        if tracing::enabled!(tracing::Level::INFO) {
            // The log writes to standard error directly, so earlier notices must be flushed before
            // it.
            self.output.flush_error();
            let source = input.name.as_deref().unwrap_or("prompt");
            let text = place::shown(piece, MAX_LOGGED_CHARACTERS);
            tracing::info!("{source}:{}:{}: {text}", piece.line, piece.column);
        }
    }

    fn run_command(&mut self, piece: Piece<'_>, input: &Input) -> Flow {
        // The place has no excerpt: the text after an unknown command may be a secret.
        self.command_place = Some(place::place(&piece, input, None));
        let target = self.target();
        let expansion = self.expansion();
        let command = Command::parse(piece.text, piece.follows_secret, &target, &expansion);
        let result = command.and_then(|command| {
            self.check_place(piece.text)?;
            self.perform(command, input)
        });
        match result {
            Ok(flow) => flow,
            Err(failure) => {
                let error = place::locate(Error::new(failure), &piece, input, None);
                match self.fail(&error) {
                    Flow::Failed if command::changes_target(piece.text) => {
                        self.note_kept_target(input);
                        Flow::WrongTarget
                    }
                    flow => flow,
                }
            }
        }
    }
}

/// The error for a statement from the history whose secret is masked.
fn masked_secret_error() -> Error {
    let error = CommandError::new("*** stands where a secret was, so the statement was not run");
    Error::new(error.with_hint("type the secret in its place"))
}
