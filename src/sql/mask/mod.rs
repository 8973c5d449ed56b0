//! Masking: a text without its secrets, for history, excerpts, log, `\e` and the prompt.
//!
//! The raw text, including strings and comments, is searched for a sign of a secret (`sign`). A
//! text without a sign is shown unchanged. With one, a statement of redwire that parses hides its
//! password and everything else that may be secret; of any other text only SQL keywords and the
//! words of the list survive.

mod echo;

use std::ops::Range;

use super::keyword::{is_reserved_on_warehouse, is_warehouse_keyword, known};
use super::option::{CONNECTION_STRING, PASSWORD, SKIP_ALL_VALIDATIONS};
use super::token::{Token, TokenKind, tokens};
use super::{Statement, parse};
use crate::sign::{STARS, first_sign, has_sign, is_secret_name, is_variable_name, name_has_sign};
use crate::url::holds_secret;
pub use echo::Echo;

/// The replacement for a hidden string.
const QUOTED_STARS: &str = "'***'";

/// Bytes of a text that are hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hidden {
    span: Range<usize>,
    /// The replacement text.
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
    /// Original ranges, each with the length of its replacement.
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

    /// Converts a place of the original text to one of the masked text; a place inside a secret
    /// becomes the beginning of the replacement.
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

    /// Converts a range of the original text to one of the masked text; a range that touches a
    /// secret covers the replacement.
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
    mask_around(text, follows_secret, None)
}

/// The same; hidden bytes that are marked get stars of their own.
pub fn mask_around(text: &str, follows_secret: bool, marked: Option<&Range<usize>>) -> Masked {
    let may_hold_secret = follows_secret || has_sign(text);
    let hidden = may_hold_secret.then(|| hidden_in(text, follows_secret, marked));
    Masked::new(text, hidden.unwrap_or_else(Vec::new))
}

/// The bytes of an unfinished text that are shown as bullets, from the first sign on; the quotes
/// around them are shown. CREATE CONNECTION alone is not a sign yet, so that its URL stays visible.
pub fn concealed(text: &str, follows_secret: bool) -> Vec<Range<usize>> {
    let Some(sign) = follows_secret.then_some(0).or_else(|| first_sign(text)) else {
        return Vec::new();
    };
    let hidden = hidden_in(text, follows_secret, None).into_iter().map(|hidden| hidden.span);
    let after_sign = hidden.map(|range| range.start.max(sign)..range.end);
    let inside = after_sign.map(|range| inside_quotes(text, range));
    inside.filter(|range| range.start < range.end).collect()
}

/// The range without a `=` and a quote before the secret, and without the closing quote.
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

/// True if the statement has stars in place of a secret. If it were sent, they would be the secret.
pub fn has_masked_secret(text: &str) -> bool {
    text.contains(STARS) && has_sign(text)
}

/// The byte of a backslash command's argument from which on it may be a secret. The path of a file
/// is never one.
pub fn secret_in_argument(argument: &str) -> Option<usize> {
    let sign = first_sign(argument).filter(|_| name_has_sign(argument.trim()))?;
    (sign < argument.len()).then_some(sign)
}

/// The hidden parts of a text with a sign.
fn hidden_in(text: &str, follows_secret: bool, marked: Option<&Range<usize>>) -> Vec<Hidden> {
    let unknown = || {
        let name = connection_name(text).filter(|_| !follows_secret);
        of_unknown(text, name.as_ref(), marked)
    };
    match parse(text) {
        // The parser does not read the text of a SELECT, nor of an unchecked query.
        Ok(Statement::Query(_)) | Err(_) => unknown(),
        Ok(_) if tokens(text).any(|token| token.is_word(text, SKIP_ALL_VALIDATIONS.name)) => {
            unknown()
        }
        Ok(statement) => of_own(text, &statement),
    }
}

/// The parts of a statement of redwire that may be secrets: comments and strings. For a connection,
/// strings without a sign are shown unless they are passwords.
fn of_own(text: &str, statement: &Statement) -> Vec<Hidden> {
    let is_connection =
        matches!(statement, Statement::CreateConnection(_) | Statement::AlterConnection(_));
    let mut word = "";
    let hidden = tokens(text).filter_map(|token| {
        let replacement = match token.kind {
            TokenKind::Comment => " ",
            TokenKind::String if is_connection => for_value(word, &text[token.inside()])?,
            TokenKind::String => QUOTED_STARS,
            TokenKind::QuotedName if may_hold_secret(&text[token.inside()]) => STARS,
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

/// True if a quoted name is more than a name.
fn may_hold_secret(name: &str) -> bool {
    name.contains(['\'', '=']) || name_has_sign(name)
}

/// The replacement for the string of this option of a connection; None if it is shown.
fn for_value(word: &str, value: &str) -> Option<&'static str> {
    let follows = |name: &str| name.eq_ignore_ascii_case(word);
    if follows("ENV") {
        return (!is_variable_name(value)).then_some(QUOTED_STARS);
    }
    if follows("FILE") {
        return name_has_sign(value).then_some(QUOTED_STARS);
    }
    if follows("COMMAND") {
        return value.split_whitespace().any(gives_secret).then_some(QUOTED_STARS);
    }
    if follows(PASSWORD.name) {
        return Some("PROMPT");
    }
    let is_secret = has_sign(value) || follows(CONNECTION_STRING.name) && holds_secret(value);
    is_secret.then_some(QUOTED_STARS)
}

/// True if a word of a command line is, or announces, a secret itself: an assignment, an option, a
/// header or a URL with a sign. A program, a name, a path and a URL without a login are none.
fn gives_secret(word: &str) -> bool {
    let address = word.replacen("://", "", 1);
    let is_name = !word.starts_with('-') && !address.contains(['=', ':']);
    has_sign(word) && (!is_name || ["curl", "bearer"].iter().any(|sign| word.contains(sign)))
}

/// The word behind CREATE or ALTER … CONNECTION at the start of the text, with at most one word for
/// the kind: `ALTER USER u PASSWORD x CONNECTION LIMIT 5` is about another thing.
fn connection_name(text: &str) -> Option<Range<usize>> {
    let is = |token: &Token, words: &[&str]| words.iter().any(|word| token.is_word(text, word));
    let mut all = tokens(text).filter(|token| token.kind != TokenKind::Comment);
    all.next().filter(|token| is(token, &["CREATE", "ALTER"]))?;
    let mut all = all.skip_while(|token| is(token, &["OR", "REPLACE"]));
    all.by_ref().take(2).find(|token| is(token, &["CONNECTION"]))?;
    let name = all.find(|token| !is(token, &["IF", "NOT", "EXISTS"]))?;
    (name.kind == TokenKind::Word).then_some(name.span)
}

/// Everything in a text except SQL keywords, the words of the list, a sign right after one of them,
/// and the name of a connection. A run of hidden tokens is cut at the marked bytes.
///
/// A missing quote turns strings inside out, so a word is not shown just because it is outside a
/// string.
fn of_unknown(
    text: &str,
    name: Option<&Range<usize>>,
    marked: Option<&Range<usize>>,
) -> Vec<Hidden> {
    let end = text.trim_end().len();
    let is_blank_of_line = |c: char| c.is_whitespace() && c != '\n';
    let mut all: Vec<Hidden> = Vec::new();
    let mut follows_shown_word = false;
    for token in tokens(text) {
        let is_shown = match token.kind {
            TokenKind::Word => survives(token.text(text)) || name == Some(&token.span),
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
            // The number of words in a secret is hidden too.
            Some(last)
                if text[last.span.end..token.span.start].chars().all(is_blank_of_line)
                    && !is_cut(&last.span, &token.span, marked) =>
            {
                last.span.end = token.span.end;
            }
            _ => all.push(Hidden::new(token.span)),
        }
    }
    all
}

/// True if the marked bytes begin here, or end at the blank before it.
fn is_cut(before: &Range<usize>, next: &Range<usize>, marked: Option<&Range<usize>>) -> bool {
    marked.is_some_and(|marked| {
        next.start == marked.start || (before.end == marked.end && before.end < next.start)
    })
}

/// True if a word is shown everywhere.
fn survives(word: &str) -> bool {
    is_secret_name(word)
        || known(word).is_some()
        || is_warehouse_keyword(word)
        || is_reserved_on_warehouse(word)
}

#[cfg(test)]
mod tests;
