//! Masking: what in a text may be a secret, and the text without it.
//!
//! History, carets, logs and error texts show what this lets through. It works on tokens, so it
//! holds for a statement that is unfinished, misspelt or plainly wrong. Its rule, in a statement
//! that is not known to be harmless: a value is hidden unless it follows the name of a known option
//! that is not secret, and a URL unless it passes its check.

mod definition;
mod masker;
mod walk;
mod warehouse;

use std::ops::Range;

use super::keyword::nearest;
use super::token::{Token, TokenKind, tokens};
pub use warehouse::{
    Echo, has_masked_secret, hidden_for_warehouse, is_definition, mask_for_warehouse,
};

use definition::Definition;
use masker::Masker;
use walk::Walk;

/// First words of statements that hold no secrets: only SHOW, TEST and IMPORT have a string, after
/// LIKE.
const HARMLESS: &[&str] =
    &["SHOW", "TEST", "IMPORT", "DESCRIBE", "DROP", "BEGIN", "COMMIT", "ROLLBACK"];

/// Words before a secret, beside those that are nearly PASSWORD or CONNECTION_STRING; in upper case
/// and sorted.
const SECRET_WORDS: &[&str] = &[
    "ACCESS_KEY_ID",
    "API_KEY",
    "CREDENTIALS",
    "PASSPHRASE",
    "PASSWD",
    "PRIVATE_KEY",
    "PWD",
    "SECRET",
    "SECRET_ACCESS_KEY",
    "SESSION_TOKEN",
    "TOKEN",
];

/// Whether the text is still being typed or was submitted. While it is typed, a quote without its
/// end is no fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is being typed.
    Typing,
    /// It was submitted, or read from a script.
    Submitted,
}

/// Why a range is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HiddenKind {
    /// The value of PASSWORD, as a string.
    Password,
    /// A URL that did not pass its check.
    Url,
    /// Any other value or word that may be a secret.
    Value,
    /// A comment.
    Comment,
}

/// Bytes of a text that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The bytes.
    pub span: Range<usize>,
    /// Why.
    pub kind: HiddenKind,
}

/// What stands for a value that is hidden.
const STARS: &str = "***";

impl Hidden {
    /// What stands in the masked text instead. A masked password runs again, and asks.
    fn replacement(&self, text: &str) -> &'static str {
        match self.kind {
            HiddenKind::Password => "PROMPT",
            HiddenKind::Url => "'***'",
            HiddenKind::Comment => " ",
            HiddenKind::Value if text[self.span.clone()].starts_with('\'') => "'***'",
            HiddenKind::Value => STARS,
        }
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
    /// Where a place of the original text is now; a place inside a secret is where the secret
    /// began.
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

    /// Where a range of the original text is now; one that touches a secret covers what stands for
    /// it.
    pub fn range(&self, original: Range<usize>) -> Range<usize> {
        let inside = self
            .edits
            .iter()
            .find(|(range, _)| range.start < original.end && original.end < range.end);
        let end = inside.map_or(original.end, |(range, _)| range.end);
        self.offset(original.start)..self.offset(end)
    }
}

/// The text without its secrets. `url_passes` is the check that a URL must pass to be shown.
pub fn mask(text: &str, url_passes: fn(&str) -> bool) -> Masked {
    masked(text, hidden(text, Stage::Submitted, url_passes))
}

fn masked(text: &str, all: Vec<Hidden>) -> Masked {
    let mut masked = Masked {
        text: String::with_capacity(text.len()),
        edits: Vec::new(),
    };
    let mut copied = 0;
    for hidden in all {
        masked.text.push_str(&text[copied..hidden.span.start]);
        // What touches was one word to the user, and how many parts it has is nobody's business.
        let continues = hidden.span.start == copied && masked.text.ends_with(STARS);
        let replacement = if continues { "" } else { hidden.replacement(text) };
        masked.text.push_str(replacement);
        copied = hidden.span.end;
        masked.edits.push((hidden.span, replacement.len()));
    }
    masked.text.push_str(&text[copied..]);
    masked
}

/// What may be a secret in the text, which may hold several statements; in order, without overlaps.
pub fn hidden(text: &str, stage: Stage, url_passes: fn(&str) -> bool) -> Vec<Hidden> {
    let all: Vec<Token> = tokens(text).collect();
    let torn = stage == Stage::Submitted && all.iter().any(|token| !token.closed);
    let mut found = Vec::new();
    for statement in all.split(|token| token.kind == TokenKind::Symbol(';')) {
        let mut walk = Walk {
            text,
            tokens: statement.iter().filter(|token| token.kind != TokenKind::Comment).collect(),
            url_passes,
            is_typed: stage == Stage::Typing,
            found: Vec::new(),
        };
        let comments = hide_in_statement(&mut walk, stage, torn);
        hide_comments(&mut walk, comments, statement);
        found.append(&mut walk.found);
    }
    found.sort_by_key(|hidden: &Hidden| hidden.span.start);
    found.dedup_by(|next, first| {
        let overlaps = next.span.start < first.span.end;
        if overlaps && next.span.end > first.span.end {
            first.span.end = next.span.end;
            first.kind = HiddenKind::Value;
        }
        overlaps
    });
    found
}

/// Which comments of a statement are hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comments {
    All,
    ThatNameASecret,
    None,
}

/// Notes what may be a secret in one statement, and says which comments may be one.
fn hide_in_statement(walk: &mut Walk<'_>, stage: Stage, torn: bool) -> Comments {
    let Some(first) = walk.tokens.first().copied() else {
        return Comments::None;
    };
    let word = first.text(walk.text).to_ascii_uppercase();
    match word.as_str() {
        "SELECT" | "WITH" | "\\" => {
            walk.hide_swallowed_connection();
            walk.hide_from_tear();
        }
        "EXPORT" if is_export(walk) => {}
        word if HARMLESS.contains(&word) => {
            Masker::new(walk, stage, torn).harmless();
            walk.hide_from_tear();
        }
        word if nearest(word, ["CREATE", "ALTER"]).is_some() && definition::is_one(walk) => {
            Definition::new(walk).hide();
            walk.hide_swallowed_connection();
            walk.hide_from_tear();
            return Comments::ThatNameASecret;
        }
        word => {
            Masker::new(walk, stage, torn).strict(first, word);
            return Comments::All;
        }
    }
    Comments::None
}

/// `EXPORT CATALOG [TO 'file']` and nothing else: `export PGPASSWORD=x` is typed by mistake.
fn is_export(walk: &Walk<'_>) -> bool {
    let is = |index: usize, word: &str| {
        walk.tokens.get(index).is_none_or(|token| token.is_word(walk.text, word))
    };
    walk.tokens.len() > 1
        && walk.tokens.len() <= 4
        && is(1, "CATALOG")
        && is(2, "TO")
        && walk.tokens.get(3).is_none_or(|token| token.kind == TokenKind::String)
}

fn hide_comments(walk: &mut Walk<'_>, comments: Comments, statement: &[Token]) {
    let is_hidden = |token: &&Token| match comments {
        Comments::All => true,
        Comments::ThatNameASecret => names_a_secret(token.text(walk.text)),
        Comments::None => false,
    };
    let comments = statement.iter().filter(|token| token.kind == TokenKind::Comment);
    walk.found.extend(comments.filter(is_hidden).map(|token| Hidden {
        span: token.span.clone(),
        kind: HiddenKind::Comment,
    }));
}

/// Whether a word of the text says that a secret may follow.
fn names_a_secret(text: &str) -> bool {
    let is_in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.contains("://") || text.split(|c| !is_in_word(c)).any(secret_word)
}

/// Where in the argument of a backslash command a secret may begin: people take `\connect` for that
/// of psql, and type statements behind commands that take none. The path of a file is none,
/// whatever its parts are called.
pub fn secret_in_argument(argument: &str) -> Option<usize> {
    let is_in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let says_more =
        |rest: &str| rest.contains(|c: char| c.is_whitespace() || matches!(c, '=' | '\'' | '"'));
    let mut words = argument.split_inclusive(|c| !is_in_word(c)).scan(0, |end, word| {
        *end += word.len();
        let bare = word.trim_end_matches(|c| !is_in_word(c));
        Some((bare, *end - word.len() + bare.len()))
    });
    let word = words.find(|(word, end)| secret_word(word) && says_more(&argument[*end..]));
    let url = argument.find("://").map(|start| start + "://".len());
    word.map(|(_, end)| end).into_iter().chain(url).min()
}

/// Whether the word, in any letter case, is the name of a secret, or nearly that of an option that
/// is or may hold one.
fn secret_word(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    SECRET_WORDS.binary_search(&upper.as_str()).is_ok()
        || nearest(word, ["PASSWORD", "CONNECTION_STRING"]).is_some()
}

#[cfg(test)]
mod tests;
