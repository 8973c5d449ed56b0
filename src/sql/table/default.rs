//! The expression of DEFAULT.

use crate::sql::error::{StringKind, TextError};
use crate::sql::lexical::{Parsed, blanks, fail_at, wanted};
use crate::sql::token::{TokenKind, tokens};

/// Words that begin the next attribute of a column.
const NEXT_ATTRIBUTES: [&str; 15] = [
    "CHECK",
    "COLLATE",
    "COMMENT",
    "CONSTRAINT",
    "DEFAULT",
    "DISTKEY",
    "ENCODE",
    "GENERATED",
    "IDENTITY",
    "NOT",
    "NULL",
    "PRIMARY",
    "REFERENCES",
    "SORTKEY",
    "UNIQUE",
];

/// The expression at the start of the text, as it was written but for comments: up to a comma, a
/// closing parenthesis or the next attribute.
pub(super) fn default_expression(input: &str) -> Parsed<'_, String> {
    let (mut text, mut depth, mut end) = (String::new(), 0_usize, 0);
    for token in tokens(input) {
        let is_first = text.is_empty();
        if token.kind == TokenKind::Comment {
            continue;
        }
        if !token.closed {
            let error = if token.kind == TokenKind::QuotedName {
                TextError::UnfinishedName
            } else {
                TextError::UnfinishedString(StringKind::Plain)
            };
            return fail_at(&input[token.span.start..], 1, error);
        }
        let is_next = |word: &&str| token.is_word(input, word);
        let ends = token.is_symbol(',')
            || token.is_symbol(')')
            || !is_first && NEXT_ATTRIBUTES.iter().any(is_next);
        if depth == 0 && ends {
            break;
        }
        match token.kind {
            TokenKind::Symbol('(' | '[') => depth += 1,
            TokenKind::Symbol(')' | ']') => depth = depth.saturating_sub(1),
            TokenKind::Word if token.is_word(input, "CASE") => depth += 1,
            TokenKind::Word if token.is_word(input, "END") => depth = depth.saturating_sub(1),
            TokenKind::Word
            | TokenKind::QuotedName
            | TokenKind::String
            | TokenKind::Number
            | TokenKind::Comment
            | TokenKind::Symbol(_) => {}
        }
        if token.span.start > end && !is_first {
            text.push(' ');
        }
        text.push_str(token.text(input));
        end = token.span.end;
    }
    if text.is_empty() {
        return wanted(input, "an expression");
    }
    if depth > 0 {
        return wanted(&input[end..], ")");
    }
    let (rest, ()) = blanks(&input[end..])?;
    Ok((rest, text))
}
