//! Masking: a text without its secrets, for history, excerpts, log, `\e` and the prompt.
//!
//! The raw text is searched for a sign of a secret, strings and comments included (`sign`). A
//! text without one is shown as it is. With one, a statement on connections hides its password and
//! what is not known to be harmless (`connection`), another statement of redwire's that parses
//! hides the literals that may be secrets, and of any other text only SQL keywords survive.

mod connection;
mod echo;
mod sign;

use std::ops::Range;

use super::keyword::{is_warehouse_keyword, known, nearest};
use super::token::{Token, TokenKind, tokens};
use super::{Statement, parse};
pub use echo::Echo;
use sign::{first_sign, is_secret_name};

/// Where a secret begins in a text that is meant to be a URL; None where nothing in it is secret.
pub type SecretInUrl = fn(&str) -> Option<usize>;

/// The replacement for a value that is hidden.
const STARS: &str = "***";

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

/// True if the text may hold a secret.
pub(crate) fn has_sign(text: &str) -> bool {
    first_sign(text).is_some()
}

/// The text without its secrets.
pub fn mask(text: &str, secret_in_url: SecretInUrl) -> Masked {
    mask_piece(text, false, secret_in_url)
}

/// The same of a piece of a script. One that follows a secret on its line may be the end of the
/// secret, cut off by a `;` in it.
pub fn mask_piece(text: &str, follows_secret: bool, secret_in_url: SecretInUrl) -> Masked {
    if !(follows_secret || has_sign(text)) {
        return Masked::new(text, Vec::new());
    }
    let hidden = match connection::hidden(text, secret_in_url) {
        Some(hidden) => hidden,
        None if is_checked(text) => in_literals(text),
        None => of_unknown(text, 0),
    };
    Masked::new(text, hidden)
}

/// The bytes of a text that is still being typed which are drawn as bullets; the quotes around
/// them are shown.
pub fn concealed(
    text: &str,
    follows_secret: bool,
    secret_in_url: SecretInUrl,
) -> Vec<Range<usize>> {
    let sign = if follows_secret { Some(0) } else { first_sign(text) };
    let Some(sign) = sign else {
        return Vec::new();
    };
    let hidden = match connection::concealed(text, secret_in_url) {
        Some(hidden) => hidden,
        None => of_unknown(text, 0),
    };
    let after_sign = hidden.into_iter().map(|hidden| hidden.span.start.max(sign)..hidden.span.end);
    let inside = after_sign.map(|range| inside_quotes(text, range));
    inside.filter(|range| range.start < range.end).collect()
}

/// The range without blanks and a quote at its beginning, and without a quote at its end.
fn inside_quotes(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(hidden) = text.get(range.clone()) else {
        return range;
    };
    let quotes = ['\'', '"'];
    let blanks = hidden.len() - hidden.trim_start().len();
    let hidden = hidden.trim_start();
    let start = range.start + blanks + usize::from(hidden.starts_with(quotes));
    start..range.end - usize::from(hidden.len() > 1 && hidden.ends_with(quotes))
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

/// True if the text is, or nearly is, CREATE REDSHIFT CONNECTION or ALTER REDSHIFT CONNECTION:
/// redwire's own statement, in which a password stands that is not meant for a warehouse.
pub fn is_definition(text: &str) -> bool {
    let words = tokens(text).filter(|token| token.kind != TokenKind::Comment);
    let words = words.take(4).map(|token| token.text(text));
    let mut words =
        words.filter(|word| !["OR", "REPLACE"].iter().any(|or| or.eq_ignore_ascii_case(word)));
    let mut is_next = |wanted: &[&'static str]| {
        let next = words.next();
        next.is_some_and(|word| nearest(word, wanted.iter().copied()).is_some())
    };
    is_next(&["CREATE", "ALTER"]) && is_next(&["REDSHIFT"])
}

/// True if the parser has read every token of the statement. It keeps the text of a SELECT, and of
/// a job's query that is not validated, as it stands.
fn is_checked(text: &str) -> bool {
    match parse(text) {
        Ok(Statement::Query(_)) | Err(_) => false,
        Ok(_) => !tokens(text).any(|token| token.is_word(text, "SKIP_ALL_VALIDATIONS")),
    }
}

/// The parts of a statement that may be secrets: comments, literals with a sign in them, and strings
/// close behind a word that names a secret.
fn in_literals(text: &str) -> Vec<Hidden> {
    const NEAR_TOKENS: usize = 3;
    let all: Vec<Token> = tokens(text).collect();
    let follows_name = |index: usize| {
        let before = &all[index.saturating_sub(NEAR_TOKENS)..index];
        before.iter().any(|token| has_sign(token.text(text)))
    };
    let hidden = all.iter().enumerate().filter_map(|(index, token)| {
        let inside = token.text(text);
        let replacement = match token.kind {
            TokenKind::Comment => " ",
            TokenKind::String if has_sign(inside) || follows_name(index) => "'***'",
            TokenKind::QuotedName if has_sign(inside) && inside.contains(['\'', '=', ':']) => STARS,
            TokenKind::String
            | TokenKind::QuotedName
            | TokenKind::Word
            | TokenKind::Number
            | TokenKind::Symbol(_) => return None,
        };
        Some(Hidden { span: token.span.clone(), replacement })
    });
    hidden.collect()
}

/// All of a text from the given byte on, but for SQL keywords.
///
/// A missing quote turns strings inside out, so nothing is shown for standing outside of one: a
/// word survives only where it is a keyword by itself, with an even number of quotes before it, and
/// is no value behind `=`. Each run without white space is hidden from its first other character
/// on.
fn of_unknown(text: &str, from: usize) -> Vec<Hidden> {
    let mut all: Vec<Hidden> = Vec::new();
    let mut quotes = Quotes::default();
    let mut before = "";
    let mut end = from;
    while let Some(start) = text[end..].find(|c: char| !c.is_whitespace()).map(|at| end + at) {
        end = text[start..]
            .find(char::is_whitespace)
            .map_or(text.len(), |length| start + length);
        let run = &text[start..end];
        let shown = if quotes.are_closed() { surviving(run, before) } else { 0 };
        quotes.pass(run);
        let is_last = text[end..].trim_start().is_empty() && quotes.are_closed();
        let tail = usize::from(is_last && shown < run.len() && run.ends_with(';'));
        before = run;
        let span = start + shown..end - tail;
        match all.last_mut() {
            _ if span.is_empty() => {}
            // The number of a secret's words is hidden too.
            Some(last) if shown == 0 && is_gap(&text[last.span.end..start]) => {
                last.span.end = span.end;
            }
            _ => all.push(Hidden::new(span)),
        }
    }
    all
}

/// True if nothing but blanks of one line stands between two hidden runs.
fn is_gap(between: &str) -> bool {
    between.chars().all(|c| c.is_whitespace() && c != '\n')
}

/// Whether the quotes so far come in pairs.
#[derive(Default)]
struct Quotes {
    single: usize,
    double: usize,
}

impl Quotes {
    fn pass(&mut self, text: &str) {
        self.single += text.matches('\'').count();
        self.double += text.matches('"').count();
    }

    fn are_closed(&self) -> bool {
        self.single.is_multiple_of(2) && self.double.is_multiple_of(2)
    }
}

/// The bytes of a run without white space that survive: keywords, and the signs between them.
fn surviving(run: &str, before: &str) -> usize {
    let is_sign = |c: char| matches!(c, '(' | ')' | ',' | ';' | '=' | ':');
    let mut shown = 0;
    let mut follows_equals = before.ends_with('=');
    loop {
        let rest = &run[shown..];
        let word_start = shown + rest.len() - rest.trim_start_matches(['(', ',']).len();
        let word = &run[word_start..];
        let word = &word[..word.find(|c| !is_in_word(c)).unwrap_or(word.len())];
        if word.is_empty() || !survives(word, follows_equals) {
            break;
        }
        let after = &run[word_start + word.len()..];
        // `==` may be the beginning of a secret.
        let sign = after.chars().next().filter(|c| is_sign(*c) && *c != '(');
        shown = word_start + word.len() + sign.map_or(0, char::len_utf8);
        follows_equals = sign == Some('=');
    }
    let rest = &run[shown..];
    if rest.chars().all(is_sign) && rest != "==" {
        run.len()
    } else {
        shown
    }
}

/// True if a word that stands by itself is shown.
fn survives(word: &str, follows_equals: bool) -> bool {
    const SOURCES: [&str; 3] = ["PROMPT", "ENV", "FILE"];
    if follows_equals {
        return SOURCES.iter().any(|source| source.eq_ignore_ascii_case(word));
    }
    is_secret_name(word) || known(word).is_some() || is_warehouse_keyword(word)
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests;
