//! Collects a file of definitions, which is read like a script, and passes it to `plan` or `apply`.

use std::rc::Rc;

use secrecy::{ExposeSecret, SecretString};

use super::{Flow, Input, Shell, place};
use crate::diagnostic::ExitStatus;
use crate::error::{Error, PlanError};
use crate::executor::{Answer, CreateStatement, DefinitionStatement, Outcome, Prune};
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

/// The source of a piece, for errors that are found when the whole file has been read.
struct PieceSource {
    kind: PieceKind,
    /// The text, which may contain a password.
    text: SecretString,
    line: usize,
    column: usize,
    follows_secret: bool,
    statement: Option<usize>,
    input: Rc<Input>,
}

impl PieceSource {
    fn locate(&self, error: Error) -> Error {
        let piece = Piece {
            kind: self.kind,
            text: self.text.expose_secret(),
            line: self.line,
            column: self.column,
            follows_secret: self.follows_secret,
            ending: None,
        };
        place::locate(error, &piece, &self.input, self.statement)
    }
}

/// The definition in a piece, or the error that it is none.
fn definition_in(piece: &Piece<'_>) -> Result<CreateStatement, Error> {
    let statement = match piece.kind {
        PieceKind::Statement => CreateStatement::from_statement(sql::parse_piece(piece)?),
        PieceKind::Command => None,
    };
    statement.ok_or_else(|| Error::new(PlanError::NotADefinition))
}

impl Shell {
    /// Adds a piece of a file of definitions.
    pub fn collect(
        &mut self,
        piece: &Piece<'_>,
        input: &Rc<Input>,
        definitions: &mut Vec<DefinitionStatement>,
    ) -> Flow {
        let is_statement = piece.kind == PieceKind::Statement;
        self.statements += usize::from(is_statement);
        let source = PieceSource {
            kind: piece.kind,
            text: SecretString::from(piece.text),
            line: piece.line,
            column: piece.column,
            follows_secret: piece.follows_secret,
            statement: is_statement.then_some(self.statements),
            input: Rc::clone(input),
        };
        match definition_in(piece) {
            Ok(create) => {
                let locate = Box::new(move |error| source.locate(error));
                definitions.push(DefinitionStatement { create, locate });
                Flow::Go
            }
            Err(error) => self.fail(&source.locate(error)),
        }
    }

    /// Compares the definitions with the catalog.
    pub fn compare(
        &mut self,
        definitions: &[DefinitionStatement],
        purpose: PlanOrApply,
        prune: Prune,
    ) -> Flow {
        let result = match purpose {
            PlanOrApply::Plan { .. } => self.executor.plan(definitions, prune),
            PlanOrApply::Apply => self.executor.apply(definitions, prune),
        };
        match result {
            Ok(outcome) => {
                let flow = self.show(&outcome);
                if purpose == (PlanOrApply::Plan { exit_code: true }) && has_rows(&outcome) {
                    self.note_status(ExitStatus::Different);
                }
                flow
            }
            Err(error) => self.fail(&error),
        }
    }
}

fn has_rows(outcome: &Outcome) -> bool {
    matches!(&outcome.answer, Some(Answer::List(rows)) if !rows.rows.is_empty())
}
