//! The outcome of a piece: shown, compared with `\expect`, and counted for the exit status.

use super::{Flow, Input, Shell, place};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::error::{Error, ErrorKind, FileError, ScriptError};
use crate::executor::Outcome;
use crate::sql::splitter::Piece;

impl Shell {
    /// Shows an error that no piece of input caused, and keeps its exit status.
    pub fn fail(&mut self, error: &Error) -> Flow {
        self.output.error(error);
        self.note_status(error.exit_status());
        self.warn_of_missing_catalog();
        if error.exit_status() == ExitStatus::Interrupted {
            Flow::Interrupted
        } else {
            Flow::Failed
        }
    }

    /// Shows the outcome of a piece and compares it with `\expect`.
    pub(super) fn settle(
        &mut self,
        result: Result<Outcome, Error>,
        piece: &Piece<'_>,
        input: &Input,
    ) -> Flow {
        let result = match result.map(|mut outcome| (outcome.failure.take(), outcome)) {
            Ok((None, outcome)) => Ok(outcome),
            // A statement that failed may have an answer too.
            Ok((Some(error), outcome)) => match self.show(&outcome) {
                Flow::Go => Err(error),
                other => return other,
            },
            Err(error) => Err(error),
        };
        let statement = Some(self.statements);
        let place = |error: Error| place::locate(error, piece, input, statement);
        match (self.expected.take(), result) {
            (None, Ok(outcome)) => self.show(&outcome),
            (None, Err(error)) => {
                let error = place(error);
                self.last_error = Some(error.clone());
                self.fail(&error)
            }
            (Some(expected), Ok(outcome)) => {
                let error = place(Error::new(ScriptError::Expected { expected, happened: None }));
                if self.show(&outcome) == Flow::Closed {
                    return Flow::Closed;
                }
                self.fail(&error)
            }
            (Some(expected), Err(error)) => {
                let happened = error.sqlstate();
                let unexpected =
                    place(Error::new(ScriptError::Expected { expected, happened: Some(happened) }));
                let error = place(error);
                if happened == expected {
                    self.expected_failures += 1;
                    self.output.expected_error(&error);
                    Flow::Go
                } else {
                    self.output.error(&error);
                    self.fail(&unexpected)
                }
            }
        }
    }

    /// Shows an outcome: the answer on standard output, notices and the tag on standard error.
    pub fn show(&mut self, outcome: &Outcome) -> Flow {
        if let Some(answer) = &outcome.answer
            && let Err(error) = self.output.answer(answer)
        {
            return self.output_failed(&error);
        }
        self.show_notices(outcome)
    }

    pub(super) fn show_notices(&mut self, outcome: &Outcome) -> Flow {
        if let Some(tag) = outcome.tag {
            self.output.tag(tag, outcome.is_dry_run);
        }
        for notice in &outcome.notices {
            self.output.notice(notice);
        }
        self.warn_of_missing_catalog();
        Flow::Go
    }

    fn warn_of_missing_catalog(&mut self) {
        if let Some(warning) = self.executor.missing_catalog() {
            self.output.notice(&warning);
        }
    }

    /// A closed output ends the program silently; any other error of the output is reported.
    pub(super) fn output_failed(&mut self, error: &std::io::Error) -> Flow {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            // The rest of the script does not run, so a single transaction must not be committed.
            self.note_status(ExitStatus::Failed);
            return Flow::Closed;
        }
        let path = self.output.target();
        let failure = ErrorKind::File(FileError::Write { path, cause: error.to_string() });
        self.fail(&Error::new(failure))
    }

    /// Among several errors 1 wins; a difference found by `plan` is not an error.
    pub(super) fn note_status(&mut self, status: ExitStatus) {
        let counts = if status == ExitStatus::Different {
            self.status == ExitStatus::Done
        } else {
            status == ExitStatus::Interrupted || self.status != ExitStatus::Failed
        };
        if counts {
            self.status = status;
        }
    }

    /// Shows an error from carrying out the last backslash command.
    pub fn fail_command(&mut self, error: Error) -> Flow {
        let error = match self.command_place.take() {
            Some(place) => error.with_place(place),
            None => error,
        };
        self.fail(&error)
    }
}
