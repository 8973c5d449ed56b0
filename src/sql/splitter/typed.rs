//! Questions about a text that is being typed.

use super::{Content, Dialect, Part, Piece, PieceKind, Splitter, State, backslash};
use crate::sql::token::{TokenKind, tokens_of};

impl Splitter {
    /// Returns true if a submitted text needs no more lines: every statement in it is complete, or
    /// one of them is broken in a way that no further line can fix.
    pub fn is_complete(text: &str, dialect: Dialect) -> bool {
        let mut splitter = Self::new(dialect);
        splitter.push(text);
        while let Some(piece) = splitter.next_piece() {
            if piece.is_err() {
                return true;
            }
        }
        splitter.is_idle()
            || matches!(
                splitter.state,
                State::Backslash | State::CommandName | State::CommandWords(_) | State::CommandLine
            )
    }

    /// The mark of psql's PROMPT2 for a text that needs more lines: the quote, parenthesis or
    /// comment that is open at its end, else `-`.
    pub fn continuation_mark(text: &str, dialect: Dialect) -> char {
        let mut splitter = Self::new(dialect);
        splitter.push(text);
        while splitter.next_piece().is_some() {}
        match splitter.state {
            State::SingleQuoted | State::EscapeQuoted | State::EscapeQuotedBackslash => '\'',
            State::DoubleQuoted => '"',
            State::DollarQuoted { .. } => '$',
            State::BlockComment { .. } => '*',
            State::Code
            | State::Dash
            | State::Slash
            | State::DollarTag
            | State::LineComment
            | State::Backslash
            | State::CommandName
            | State::CommandWords(_)
            | State::CommandLine => {
                if splitter.parentheses > 0 {
                    '('
                } else {
                    '-'
                }
            }
        }
    }

    /// The byte at which the last line begins, if it is a backslash command behind the lines of an
    /// unfinished statement, and does not end that statement.
    pub fn command_on_further_line(text: &str, dialect: Dialect) -> Option<usize> {
        let start = text.trim_end().rfind('\n')? + 1;
        let command = text[start..].trim();
        let mut splitter = Self::new(dialect);
        splitter.push(&text[..start]);
        while let Some(piece) = splitter.next_piece() {
            piece.ok()?;
        }
        let is_inside = splitter.content == Content::Begun && splitter.state == State::Code;
        let is_command = command.starts_with('\\');
        (is_inside && is_command && !backslash::ends_statement(command)).then_some(start)
    }

    /// The parts of a text that is being typed; blanks and comments between them belong to none.
    pub fn parts(text: &str, dialect: Dialect) -> Vec<Part> {
        let mut splitter = Self::new(dialect);
        splitter.push(text);
        let mut parts = Vec::new();
        let mut end = 0;
        while let Some(piece) = splitter.next_piece() {
            // A broken part is skipped.
            let Ok(Piece { kind, follows_secret, .. }) = piece else {
                continue;
            };
            let whole = Part {
                range: end..splitter.start,
                kind,
                follows_secret,
                complete: true,
            };
            parts.extend(from_first_token(text, &whole, dialect));
            end = splitter.start;
        }
        let kind = match splitter.state {
            State::CommandName | State::CommandWords(_) | State::CommandLine => {
                splitter.command_kind()
            }
            State::Code
            | State::Dash
            | State::Slash
            | State::SingleQuoted
            | State::EscapeQuoted
            | State::EscapeQuotedBackslash
            | State::DollarTag
            | State::DollarQuoted { .. }
            | State::DoubleQuoted
            | State::LineComment
            | State::BlockComment { .. }
            | State::Backslash => PieceKind::Statement,
        };
        let rest = Part {
            range: end..text.len(),
            kind,
            follows_secret: splitter.follows_secret(),
            complete: false,
        };
        parts.extend(from_first_token(text, &rest, dialect));
        parts
    }
}

/// The part from its first token on, without comments before it; None if there is no token.
fn from_first_token(text: &str, part: &Part, dialect: Dialect) -> Option<Part> {
    let mut tokens = tokens_of(&text[part.range.clone()], dialect);
    let first = tokens.find(|token| token.kind != TokenKind::Comment)?;
    Some(Part {
        range: part.range.start + first.span.start..part.range.end,
        ..part.clone()
    })
}
