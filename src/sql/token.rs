//! A lexer that never fails: it cuts any text, finished or not, into tokens with their places.
//!
//! Masking, colouring and completion read it. The parsers do not: they want to fail, and at the right place.

mod warehouse;

use std::ops::Range;

pub use warehouse::tokens_of;

use crate::name::{continues_bare_name, starts_bare_name};

/// Whose SQL is being cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// redwire's own statements.
    #[default]
    Catalog,
    /// What goes to a warehouse: with `$$ … $$`, `$tag$ … $tag$` and `E'…'` (PostgreSQL documentation, "Lexical
    /// Structure").
    Warehouse {
        /// Whether a backslash escapes in every string: the server's `standard_conforming_strings` is off.
        backslash_escapes: bool,
    },
}

/// What kind of token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A bare word: a keyword, a name, an option.
    Word,
    /// `"…"`.
    QuotedName,
    /// `'…'`.
    String,
    /// Digits, and letters or points that stick to them.
    Number,
    /// `-- …` or `/* … */`.
    Comment,
    /// Any other single character.
    Symbol(char),
}

/// One token of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What kind it is.
    pub kind: TokenKind,
    /// Its bytes, quotes and comment marks included.
    pub span: Range<usize>,
    /// Whether its closing quote or mark is there; true for tokens that need none.
    pub closed: bool,
}

impl Token {
    /// The token's text.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        &source[self.span.clone()]
    }

    /// Whether it is the given bare word, in any letter case.
    pub fn is_word(&self, source: &str, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text(source).eq_ignore_ascii_case(word)
    }

    /// The bytes between the quotes of a string or quoted name.
    pub fn inside(&self) -> Range<usize> {
        self.span.start + 1..if self.closed { self.span.end - 1 } else { self.span.end }
    }
}

/// Cuts a text into tokens; white space stands between them.
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, position: 0 }
}

/// The tokens of a text, in order.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    position: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = &self.text[self.position..];
        let start = self.position + (rest.len() - rest.trim_start().len());
        let rest = &self.text[start..];
        let (kind, length, closed) = cut(rest)?;
        self.position = start + length;
        Some(Token {
            kind,
            span: start..self.position,
            closed,
        })
    }
}

/// The kind, length and closedness of the token at the start of the text; None at its end.
fn cut(rest: &str) -> Option<(TokenKind, usize, bool)> {
    let first = rest.chars().next()?;
    Some(match first {
        '\'' => quoted(rest, '\'', TokenKind::String),
        '"' => quoted(rest, '"', TokenKind::QuotedName),
        '-' if rest.starts_with("--") => (TokenKind::Comment, line_comment_length(rest), true),
        '/' if rest.starts_with("/*") => match block_comment_length(rest) {
            Some(length) => (TokenKind::Comment, length, true),
            None => (TokenKind::Comment, rest.len(), false),
        },
        c if starts_bare_name(c) || !c.is_ascii() => (TokenKind::Word, word_length(rest), true),
        c if c.is_ascii_digit() => (TokenKind::Number, number_length(rest), true),
        c => (TokenKind::Symbol(c), c.len_utf8(), true),
    })
}

fn quoted(rest: &str, quote: char, kind: TokenKind) -> (TokenKind, usize, bool) {
    match quoted_length(rest, quote) {
        Some(length) => (kind, length, true),
        None => (kind, rest.len(), false),
    }
}

/// The length of a quoted text with both quotes, a doubled quote being one of its characters; None without an end.
pub(super) fn quoted_length(rest: &str, quote: char) -> Option<usize> {
    let mut position = 1;
    loop {
        // The search for a character looks at a word of memory at a time.
        position += rest[position..].find(quote)? + 1;
        if !rest[position..].starts_with(quote) {
            return Some(position);
        }
        position += 1;
    }
}

/// The length of a comment to the end of the line, without the line break. A carriage return alone ends it too, as it
/// does in the warehouse (PostgreSQL documentation, "Lexical Structure"; its lexer names both).
pub(super) fn line_comment_length(rest: &str) -> usize {
    rest.find(['\n', '\r']).unwrap_or(rest.len())
}

/// The length of a nested block comment; None without an end.
pub(super) fn block_comment_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut depth = 1_usize;
    let mut position = 2;
    while depth > 0 {
        match bytes.get(position..position + 2)? {
            b"*/" => {
                depth -= 1;
                position += 2;
            }
            b"/*" => {
                depth += 1;
                position += 2;
            }
            _ => position += 1,
        }
    }
    Some(position)
}

fn word_length(rest: &str) -> usize {
    rest.find(|c: char| c.is_ascii() && !continues_bare_name(c) || c.is_whitespace())
        .unwrap_or(rest.len())
}

fn number_length(rest: &str) -> usize {
    rest.find(|c: char| !continues_bare_name(c) && c != '.')
        .unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        tokens(text).map(|token| (token.kind, &text[token.span])).collect()
    }

    #[test]
    fn a_text_is_cut_into_tokens() {
        assert_eq!(
            kinds("SHOW x1 = 'it''s' -- end\n\"a\"\"b\" 10, /* a /* b */ c */;"),
            [
                (TokenKind::Word, "SHOW"),
                (TokenKind::Word, "x1"),
                (TokenKind::Symbol('='), "="),
                (TokenKind::String, "'it''s'"),
                (TokenKind::Comment, "-- end"),
                (TokenKind::QuotedName, "\"a\"\"b\""),
                (TokenKind::Number, "10"),
                (TokenKind::Symbol(','), ","),
                (TokenKind::Comment, "/* a /* b */ c */"),
                (TokenKind::Symbol(';'), ";"),
            ]
        );
    }

    #[test]
    fn each_kind_of_line_break_ends_a_comment() {
        for text in ["-- a\nb", "-- a\rb", "-- a\r\nb"] {
            let expected = [(TokenKind::Comment, "-- a"), (TokenKind::Word, "b")];
            assert_eq!(kinds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_not_closed_reaches_to_the_end() {
        for text in ["'abc", "\"abc", "/* abc", "'abc''"] {
            let token = tokens(text).next().unwrap();
            assert!(!token.closed, "{text}");
            assert_eq!(token.span, 0..text.len());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_without_a_gap(text in "\\PC*|[ -/a'\"*\\n;=(]{0,40}") {
            let mut end = 0;
            for token in tokens(&text) {
                proptest::prop_assert!(text[end..token.span.start].trim().is_empty());
                proptest::prop_assert!(token.span.end > token.span.start);
                end = token.span.end;
            }
            proptest::prop_assert!(text[end..].trim().is_empty());
        }
    }
}
