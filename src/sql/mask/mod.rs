//! Masking: a text without its secrets, for history, excerpts, log, `\e` and the prompt.
//!
//! The raw text is searched for a sign of a secret, strings and comments included (`sign`). A text
//! without one is shown as it is. With one, a statement of redwire's that parses hides its password
//! and what else may be secret in it; of any other text only SQL keywords and the words of the list
//! survive.

mod echo;
mod sign;

use std::ops::Range;

use super::keyword::{is_reserved_on_warehouse, is_warehouse_keyword, known};
use super::option::{CONNECTION_STRING, PASSWORD, SKIP_ALL_VALIDATIONS};
use super::token::{TokenKind, tokens};
use super::{Statement, parse};
use crate::url::holds_secret;
pub use echo::Echo;
pub(crate) use sign::has_sign;
use sign::{first_sign, is_secret_name};

/// The replacement for a value that is hidden.
const STARS: &str = "***";

/// The replacement for a string.
const QUOTED_STARS: &str = "'***'";

/// Bytes of a text that are hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hidden {
    span: Range<usize>,
    /// The text that stands there instead.
    replacement: &'static str,
}

impl Hidden {
    fn new(span: Range<usize>) -> Self {
        Self { span, replacement: STARS }
    }
}

/// A text without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The text.
    pub text: String,
    /// Original ranges and how long each is now.
    edits: Vec<(Range<usize>, usize)>,
}

impl Masked {
    fn new(text: &str, all: Vec<Hidden>) -> Self {
        let mut masked = Self {
            text: String::with_capacity(text.len()),
            edits: Vec::new(),
        };
        let mut copied = 0;
        for hidden in all {
            masked.text.push_str(&text[copied..hidden.span.start]);
            masked.text.push_str(hidden.replacement);
            copied = hidden.span.end;
            masked.edits.push((hidden.span, hidden.replacement.len()));
        }
        masked.text.push_str(&text[copied..]);
        masked
    }

    /// The place of the original text in the masked one; a place inside a secret is where the
    /// secret began.
    pub fn offset(&self, original: usize) -> usize {
        let mut offset = original;
        for (range, length) in self.edits.iter().rev() {
            if original >= range.end {
                offset = offset + length - range.len();
            } else if original > range.start {
                offset = range.start;
            }
        }
        offset
    }

    /// The range of the original text in the masked one; one that touches a secret covers the
    /// secret's replacement.
    pub fn range(&self, original: Range<usize>) -> Range<usize> {
        let inside = self
            .edits
            .iter()
            .find(|(range, _)| range.start < original.end && original.end < range.end);
        let end = inside.map_or(original.end, |(range, _)| range.end);
        self.offset(original.start)..self.offset(end)
    }
}

/// The text without its secrets. A piece of a script that follows a secret on its line may be the
/// end of the secret, cut off by a `;` in it.
pub fn mask(text: &str, follows_secret: bool) -> Masked {
    let may_hold_secret = follows_secret || has_sign(text);
    Masked::new(text, if may_hold_secret { hidden_in(text) } else { Vec::new() })
}

/// The bytes of a text that is still being typed which are drawn as bullets, from the first sign
/// on; the quotes around them are shown. CREATE CONNECTION alone is no sign yet: its URL is seen.
pub fn concealed(text: &str, follows_secret: bool) -> Vec<Range<usize>> {
    let Some(sign) = follows_secret.then_some(0).or_else(|| first_sign(text)) else {
        return Vec::new();
    };
    let hidden = hidden_in(text).into_iter().map(|hidden| hidden.span);
    let after_sign = hidden.map(|range| range.start.max(sign)..range.end);
    let inside = after_sign.map(|range| inside_quotes(text, range));
    inside.filter(|range| range.start < range.end).collect()
}

/// The range without a `=` and a quote before the secret, and without a quote at its end.
fn inside_quotes(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(hidden) = text.get(range.clone()) else {
        return range;
    };
    let quotes = ['\'', '"'];
    let hidden = hidden.trim_start();
    let value = hidden.strip_prefix('=').unwrap_or(hidden).trim_start();
    let inside = value.strip_prefix(quotes).unwrap_or(value);
    range.end - inside.len()..range.end - usize::from(inside.ends_with(quotes))
}

/// True if stars stand in the statement for a secret. Sent, they would be taken for the secret.
pub fn has_masked_secret(text: &str) -> bool {
    text.contains(STARS) && has_sign(text)
}

/// The byte of a backslash command's argument from which on it may be a secret. The path of a file
/// is none, whatever its folders are called.
pub fn secret_in_argument(argument: &str) -> Option<usize> {
    let is_value = |c: char| c.is_whitespace() || matches!(c, '=' | '\'' | '"' | ':');
    let sign = first_sign(argument)?;
    let is_path = !argument.trim().contains(is_value);
    (!is_path && sign < argument.len()).then_some(sign)
}

/// The hidden parts of a text that has a sign.
fn hidden_in(text: &str) -> Vec<Hidden> {
    match parse(text) {
        // The parser keeps the text of a SELECT as it stands, and of a query that is not validated.
        Ok(Statement::Query(_)) | Err(_) => of_unknown(text),
        Ok(_) if tokens(text).any(|token| token.is_word(text, SKIP_ALL_VALIDATIONS.name)) => {
            of_unknown(text)
        }
        Ok(statement) => of_own(text, &statement),
    }
}

/// The parts of a statement of redwire's that may be secrets: comments and strings. Of a connection
/// the strings are shown that are no password and have no sign.
fn of_own(text: &str, statement: &Statement) -> Vec<Hidden> {
    let is_connection =
        matches!(statement, Statement::CreateConnection(_) | Statement::AlterConnection(_));
    let mut word = "";
    let hidden = tokens(text).filter_map(|token| {
        let replacement = match token.kind {
            TokenKind::Comment => " ",
            TokenKind::String if is_connection => for_value(word, &text[token.inside()])?,
            TokenKind::String => QUOTED_STARS,
            TokenKind::QuotedName if token.text(text).contains(['\'', '=']) => STARS,
            TokenKind::Word => {
                word = token.text(text);
                return None;
            }
            TokenKind::QuotedName | TokenKind::Number | TokenKind::Symbol(_) => return None,
        };
        Some(Hidden { span: token.span, replacement })
    });
    hidden.collect()
}

/// The replacement for a string behind the word, an option of a connection; None if it is shown.
fn for_value(word: &str, value: &str) -> Option<&'static str> {
    let follows = |name: &str| name.eq_ignore_ascii_case(word);
    if follows("ENV") || follows("FILE") {
        return None;
    }
    if follows(PASSWORD.name) {
        return Some("PROMPT");
    }
    let is_secret = has_sign(value) || follows(CONNECTION_STRING.name) && holds_secret(value);
    is_secret.then_some(QUOTED_STARS)
}

/// All of a text but SQL keywords, the words of the list, and a sign right behind one of them.
///
/// A missing quote turns strings inside out, so a word is not shown for standing outside of one.
fn of_unknown(text: &str) -> Vec<Hidden> {
    let end = text.trim_end().len();
    let is_blank_of_line = |c: char| c.is_whitespace() && c != '\n';
    let mut all: Vec<Hidden> = Vec::new();
    let mut follows_shown_word = false;
    for token in tokens(text) {
        let is_shown = match token.kind {
            TokenKind::Word => survives(token.text(text)),
            TokenKind::Symbol(';') if token.span.end == end => true,
            TokenKind::Symbol('=' | '(' | ')' | ',' | ';' | ':') => follows_shown_word,
            TokenKind::Symbol(_)
            | TokenKind::QuotedName
            | TokenKind::String
            | TokenKind::Number
            | TokenKind::Comment => false,
        };
        follows_shown_word = is_shown && token.kind == TokenKind::Word;
        match all.last_mut() {
            _ if is_shown => {}
            // The number of a secret's words is hidden too.
            Some(last) if text[last.span.end..token.span.start].chars().all(is_blank_of_line) => {
                last.span.end = token.span.end;
            }
            _ => all.push(Hidden::new(token.span)),
        }
    }
    all
}

/// True if a word is shown wherever it stands.
fn survives(word: &str) -> bool {
    is_secret_name(word)
        || known(word).is_some()
        || is_warehouse_keyword(word)
        || is_reserved_on_warehouse(word)
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests;
