//! Collects a file of definitions, which is read like a script, and passes it to `plan` or `apply`.

use std::collections::HashSet;
use std::rc::Rc;

use secrecy::{ExposeSecret, SecretString};

use super::{Flow, Input, Shell, place};
use crate::diagnostic::ExitStatus;
use crate::error::{Error, ErrorKind, PlanError};
use crate::executor::{Answer, DefinitionError, Described, Outcome, Prune};
use crate::name::Object;
use crate::sql;
use crate::sql::splitter::{Piece, PieceKind};

/// The use of a file of definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanOrApply {
    /// Shows the changes.
    Plan {
        /// True if differences give an exit status of their own.
        exit_code: bool,
    },
    /// Makes the changes.
    Apply,
}

/// The definitions read so far.
#[derive(Default)]
pub struct Definitions {
    described: Vec<Described>,
    places: Vec<SourceStatement>,
    objects: HashSet<Object>,
}

/// The source of a statement, for errors that are found when the whole file has been read.
struct SourceStatement {
    /// The text, which may contain a password.
    text: SecretString,
    line: usize,
    column: usize,
    statement: usize,
    input: Rc<Input>,
}

impl SourceStatement {
    fn locate(&self, error: Error) -> Error {
        let piece = Piece {
            kind: PieceKind::Statement,
            text: self.text.expose_secret(),
            line: self.line,
            column: self.column,
            follows_secret: false,
            is_vertical: false,
        };
        place::locate(error, &piece, &self.input, Some(self.statement))
    }
}

impl Definitions {
    fn add(&mut self, piece: &Piece<'_>) -> Result<(), Error> {
        let failure = |failure| Err(Error::new(failure));
        if piece.kind == PieceKind::Command {
            return failure(ErrorKind::Plan(PlanError::NotADefinition));
        }
        let statement = sql::parse_piece(piece)?;
        let Some(described) = Described::from_statement(statement) else {
            return failure(ErrorKind::Plan(PlanError::NotADefinition));
        };
        let object = described.object();
        if !self.objects.insert(object.clone()) {
            return Err(Error::at(PlanError::DescribedTwice { object }, described.name_span()));
        }
        self.described.push(described);
        Ok(())
    }
}

impl Shell {
    /// Adds a piece of a file of definitions.
    pub fn collect(
        &mut self,
        piece: Piece<'_>,
        input: &Rc<Input>,
        definitions: &mut Definitions,
    ) -> Flow {
        let is_statement = piece.kind == PieceKind::Statement;
        self.statements += usize::from(is_statement);
        match definitions.add(&piece) {
            Ok(()) => {
                definitions.places.push(SourceStatement {
                    text: SecretString::from(piece.text),
                    line: piece.line,
                    column: piece.column,
                    statement: self.statements,
                    input: Rc::clone(input),
                });
                Flow::Go
            }
            Err(error) => {
                let statement = is_statement.then_some(self.statements);
                let error = place::locate(error, &piece, input, statement);
                self.fail(&error)
            }
        }
    }

    /// Compares the definitions with the catalog.
    pub fn compare(
        &mut self,
        definitions: &Definitions,
        purpose: PlanOrApply,
        prune: Prune,
    ) -> Flow {
        let result = match purpose {
            PlanOrApply::Plan { .. } => self.executor.plan(&definitions.described, prune),
            PlanOrApply::Apply => self.executor.apply(&definitions.described, prune),
        };
        match result {
            Ok(outcome) => {
                let flow = self.show(&outcome);
                if purpose == (PlanOrApply::Plan { exit_code: true }) && has_rows(&outcome) {
                    self.note_status(ExitStatus::Different);
                }
                flow
            }
            Err(DefinitionError { index, error }) => {
                let written = index.and_then(|index| definitions.places.get(index));
                let error = match written {
                    Some(written) => written.locate(error),
                    None => error,
                };
                self.fail(&error)
            }
        }
    }
}

fn has_rows(outcome: &Outcome) -> bool {
    matches!(&outcome.answer, Some(Answer::Rows(rows)) if !rows.rows.is_empty())
}
