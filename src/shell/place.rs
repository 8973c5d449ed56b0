//! Converts bytes of a statement to file, line, column and the masked line.

use std::path::PathBuf;

use crate::error::{Error, Excerpt, Place, line_and_column};
use crate::executor::Origin;
use crate::sql::mask::mask;
use crate::sql::splitter::Piece;
use crate::sql::token::first_word;

/// The source of pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The name in errors; None at the prompt.
    pub name: Option<String>,
    /// The origin of the statements.
    pub origin: Origin,
    /// The folder of the file; None for any other source.
    pub folder: Option<PathBuf>,
}

/// The place of a piece in the user's input; `statement` is the number of the statement, if the
/// piece is one.
pub(super) fn place(piece: &Piece<'_>, input: &Input, statement: Option<usize>) -> Place {
    Place {
        source: input.name.clone(),
        line: piece.line,
        column: piece.column,
        statement: statement.filter(|_| input.name.is_some()),
        excerpt: None,
    }
}

/// Adds the place in the user's input to an error. In a script an error about a whole statement
/// points at its first word.
pub(super) fn locate(
    error: Error,
    piece: &Piece<'_>,
    input: &Input,
    statement: Option<usize>,
) -> Error {
    if error.place().is_some() || (input.name.is_none() && input.origin != Origin::Prompt) {
        // The error is in the text of a job, or the statement is redwire's own.
        return error;
    }
    let error = error.map_others(|other| locate(other, piece, input, statement));
    let is_in_script = input.name.is_some() && statement.is_some();
    let span = error
        .span()
        .or_else(|| is_in_script.then(|| first_word(piece.text).map_or(0..0, |word| word.span)))
        // Invalid UTF-8 has no excerpt.
        .filter(|_| !piece.text.is_empty());
    let start = span.as_ref().map_or(0, |span| span.start).min(piece.text.len());
    let (line, column) = line_and_column(piece.text, start);
    let place = Place {
        line: piece.line + line - 1,
        column: if line == 1 { piece.column + column - 1 } else { column },
        excerpt: span.map(|span| Excerpt::new(piece.text, piece.follows_secret, &span)),
        ..place(piece, input, statement)
    };
    error.with_place(place)
}

/// The masked text, truncated if it is long.
pub(super) fn shown(piece: &Piece<'_>, max_characters: usize) -> String {
    let masked = mask(piece.text, piece.follows_secret).text;
    match masked.char_indices().nth(max_characters) {
        Some((end, _)) => format!("{}…", &masked[..end]),
        None => masked,
    }
}
