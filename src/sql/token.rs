//! A lexer that never fails: it cuts any text, finished or not, into tokens with their places.
//!
//! Masking, colouring and completion use it. The parsers do not: they must fail, and at the right
//! place.

use std::borrow::Cow;
use std::ops::Range;

use super::dialect::Dialect;
use crate::name::{continues_bare_name, starts_bare_name};

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A bare word: a keyword, a name, an option.
    Word,
    /// `"…"`.
    QuotedName,
    /// `'…'`.
    String,
    /// Digits, and letters or points that touch them.
    Number,
    /// `-- …` or `/* … */`.
    Comment,
    /// Any other single character.
    Symbol(char),
}

/// The index of the `)` that closes a parenthesis opened before the first token.
pub fn closing_parenthesis(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    tokens.iter().position(|token| {
        let closes = depth == 0 && token.is_symbol(')');
        if token.is_symbol('(') {
            depth += 1;
        } else if token.is_symbol(')') {
            depth = depth.saturating_sub(1);
        }
        closes
    })
}

/// One token of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its kind.
    pub kind: TokenKind,
    /// Its bytes, quotes and comment marks included.
    pub span: Range<usize>,
    /// True if its closing quote or mark is present, or it needs none.
    pub closed: bool,
}

impl Token {
    /// The token's text.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        &source[self.span.clone()]
    }

    /// Returns true for the given bare word, in any letter case.
    pub fn is_word(&self, source: &str, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text(source).eq_ignore_ascii_case(word)
    }

    /// Returns true for the given symbol.
    pub fn is_symbol(&self, symbol: char) -> bool {
        self.kind == TokenKind::Symbol(symbol)
    }

    /// Returns true for a bare word and a quoted name.
    pub fn is_name(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::QuotedName)
    }

    /// The value of a string or quoted name: without its quotes, and with each doubled quote once.
    /// For any other token its text.
    pub fn unquoted<'a>(&self, source: &'a str) -> Cow<'a, str> {
        match self.kind {
            TokenKind::QuotedName => undouble(&source[self.inside()], '"'),
            TokenKind::String => undouble(&source[self.inside()], '\''),
            TokenKind::Word | TokenKind::Number | TokenKind::Comment | TokenKind::Symbol(_) => {
                Cow::Borrowed(self.text(source))
            }
        }
    }

    /// The bytes between the quotes of a string or quoted name.
    pub fn inside(&self) -> Range<usize> {
        self.span.start + 1..if self.closed { self.span.end - 1 } else { self.span.end }
    }
}

/// The text between two quotes with each doubled quote once.
pub fn undouble(inside: &str, quote: char) -> Cow<'_, str> {
    if !inside.contains(quote) {
        return Cow::Borrowed(inside);
    }
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find(quote) {
        let (before, after) = rest.split_at(at + quote.len_utf8());
        text.push_str(before);
        rest = after.strip_prefix(quote).unwrap_or(after);
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The tokens of a text by their index; an index behind the last one has no token.
#[derive(Clone, Copy, Debug)]
pub struct TokenList<'s, 't> {
    /// The text.
    pub source: &'s str,
    /// Its tokens, or some of them.
    pub tokens: &'t [Token],
}

impl<'t> TokenList<'_, 't> {
    /// The token at the index.
    pub fn get(self, index: usize) -> Option<&'t Token> {
        self.tokens.get(index)
    }

    /// Returns true if the token at the index is the bare word, in any letter case.
    pub fn is_word(self, index: usize, word: &str) -> bool {
        self.get(index).is_some_and(|token| token.is_word(self.source, word))
    }

    /// Returns true if the token at the index is the symbol.
    pub fn is_symbol(self, index: usize, symbol: char) -> bool {
        self.get(index).is_some_and(|token| token.is_symbol(symbol))
    }

    /// Returns true if the token at the index is a bare word or a quoted name.
    pub fn is_name(self, index: usize) -> bool {
        self.get(index).is_some_and(Token::is_name)
    }

    /// The names from the index on that have points between them.
    pub fn path_at(self, index: usize) -> Vec<&'t Token> {
        let parts = (index..).step_by(2);
        let follows = |at: &usize| *at == index || self.is_symbol(at - 1, '.');
        let names = parts.take_while(follows).map_while(|at| self.get(at));
        names.take_while(|token| token.is_name()).collect()
    }

    /// The index of the first token at or behind the byte.
    pub fn index_at(self, byte: usize) -> usize {
        self.tokens.partition_point(|token| token.span.start < byte)
    }

    /// The byte at which the token begins; for an index behind the last token the end of the text.
    pub fn start_of(self, index: usize) -> usize {
        self.get(index).map_or(self.source.len(), |token| token.span.start)
    }

    /// The bytes from the first of the tokens to the last.
    pub fn span_of(self, range: &Range<usize>) -> Range<usize> {
        match self.tokens.get(range.clone()) {
            Some([first, .., last]) => first.span.start..last.span.end,
            Some([only]) => only.span.clone(),
            Some([]) | None => self.start_of(range.start)..self.start_of(range.start),
        }
    }

    /// The text of the tokens with blanks between them instead of comments, so that every byte keeps
    /// its place.
    pub fn code(self, range: &Range<usize>) -> String {
        let start = self.span_of(range).start;
        let mut code = String::new();
        for token in self.tokens.get(range.clone()).unwrap_or(&[]) {
            code.extend(std::iter::repeat_n(' ', token.span.start - start - code.len()));
            code.push_str(token.text(self.source));
        }
        code
    }

    /// The index of the `)` that closes a parenthesis opened before this index, or the end.
    pub fn end_of_group(self, index: usize) -> usize {
        let rest = self.tokens.get(index..).unwrap_or(&[]);
        closing_parenthesis(rest).map_or(self.tokens.len(), |length| index + length)
    }
}

/// The tokens of a text without its comments.
pub fn code_tokens(text: &str, dialect: Dialect) -> Vec<Token> {
    tokens_of(text, dialect)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect()
}

/// Cuts a text into tokens; only white space lies between them.
pub fn tokens(text: &str) -> Tokens<'_> {
    tokens_of(text, Dialect::Catalog)
}

/// Cuts a text of this dialect into tokens: a warehouse also has the strings `E'…'` and `$$ … $$`.
pub fn tokens_of(text: &str, dialect: Dialect) -> Tokens<'_> {
    Tokens { text, position: 0, dialect, string: None }
}

/// The first word of a text, behind its comments and parentheses.
pub fn first_word(text: &str) -> Option<Token> {
    tokens(text).find(|token| token.kind == TokenKind::Word)
}

/// The tokens of a text, in order.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    position: usize,
    dialect: Dialect,
    /// The end of a string of a warehouse, while another may continue it behind a line break, and
    /// true if a backslash is an escape in it.
    string: Option<(usize, bool)>,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = &self.text[self.position..];
        let (kind, length, closed) = match self.dialect {
            Dialect::Catalog => {
                self.position += rest.len() - rest.trim_start().len();
                cut(&self.text[self.position..])?
            }
            Dialect::Warehouse { backslash_escapes } => {
                // Any other blank is a letter to PostgreSQL.
                let is_blank = |c: char| c.is_ascii_whitespace() || c == '\x0b';
                self.position += rest.len() - rest.trim_start_matches(is_blank).len();
                self.cut_for_warehouse(backslash_escapes)?
            }
        };
        let start = self.position;
        self.position = start + length;
        Some(Token { kind, span: start..self.position, closed })
    }
}

impl Tokens<'_> {
    /// The next token by the rules of PostgreSQL (its documentation, "Lexical Structure").
    fn cut_for_warehouse(&mut self, backslash_escapes: bool) -> Option<(TokenKind, usize, bool)> {
        let rest = &self.text[self.position..];
        let before = self.string.take();
        let (prefix, escapes) = match rest.as_bytes() {
            [b'E' | b'e', b'\'', ..] => (1, true),
            [b'B' | b'b' | b'X' | b'x', b'\'', ..] => (1, false),
            [b'\'', ..] => {
                let joins = |end: &usize| self.text[*end..self.position].contains(['\n', '\r']);
                let joined = before.filter(|(end, _)| joins(end));
                (0, joined.map_or(backslash_escapes, |(_, escapes)| escapes))
            }
            [b'$', ..] => match dollar_string(rest) {
                Some((length, closed)) => return Some((TokenKind::String, length, closed)),
                None => return cut(rest),
            },
            [b'0'..=b'9', ..] => return Some((TokenKind::Number, number_of_warehouse(rest), true)),
            [first, ..] if first.is_ascii_alphabetic() || matches!(first, b'_' | 0x80..) => {
                return Some((TokenKind::Word, name_length(rest), true));
            }
            _ => {
                if rest.starts_with("--") {
                    self.string = before;
                }
                return cut(rest);
            }
        };
        let (length, closed) = if escapes {
            escaped_string(rest, prefix + 1)
        } else {
            let (_, length, closed) = quoted(&rest[prefix..], '\'', TokenKind::String);
            (prefix + length, closed)
        };
        self.string = closed.then_some((self.position + length, escapes));
        Some((TokenKind::String, length, closed))
    }
}

/// The kind and length of the first token, and true if it is closed; None at the end of the text.
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

/// The length of a dollar-quoted string, and true if it is closed; None if the text does not begin
/// with one.
fn dollar_string(rest: &str) -> Option<(usize, bool)> {
    let bytes = rest.as_bytes();
    let tag = 1 + rest[1..].find(|c: char| c == '$' || c.is_ascii() && !continues_bare_name(c))?;
    if bytes.get(tag) != Some(&b'$') || bytes[1].is_ascii_digit() {
        return None;
    }
    let (open, inside) = rest.split_at(tag + 1);
    Some(match inside.find(open) {
        Some(end) => (open.len() + end + open.len(), true),
        None => (rest.len(), false),
    })
}

/// The length of the name at the start of a text for a warehouse.
fn name_length(rest: &str) -> usize {
    rest.find(|c: char| c.is_ascii() && !continues_bare_name(c))
        .unwrap_or(rest.len())
}

/// The length of the number at the start of a text for a warehouse, and of a name that touches it:
/// `1e10`. The `E` of a string is not a part of it.
fn number_of_warehouse(rest: &str) -> usize {
    let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let touching = &rest[digits..];
    let begins_name = touching.starts_with(|c: char| starts_bare_name(c) || !c.is_ascii());
    match name_length(touching) {
        1 if touching[1..].starts_with('\'') => digits,
        length if begins_name => digits + length,
        _ => digits,
    }
}

/// A string with backslash escapes whose content begins at `inside`.
fn escaped_string(rest: &str, inside: usize) -> (usize, bool) {
    let bytes = rest.as_bytes();
    let mut position = inside;
    while let Some(byte) = bytes.get(position) {
        match byte {
            b'\\' => position += 2,
            b'\'' if bytes.get(position + 1) == Some(&b'\'') => position += 2,
            b'\'' => return (position + 1, true),
            _ => position += 1,
        }
    }
    (rest.len(), false)
}

fn quoted(rest: &str, quote: char, kind: TokenKind) -> (TokenKind, usize, bool) {
    match quoted_length(rest, quote) {
        Some(length) => (kind, length, true),
        None => (kind, rest.len(), false),
    }
}

/// The length of a quoted text with both quotes, in which a doubled quote is a character; None
/// without an end.
pub(super) fn quoted_length(rest: &str, quote: char) -> Option<usize> {
    let mut position = 1;
    loop {
        // `find` looks at a machine word at a time.
        position += rest[position..].find(quote)? + 1;
        if !rest[position..].starts_with(quote) {
            return Some(position);
        }
        position += 1;
    }
}

/// The length of a comment to the end of the line, without the line break. A carriage return alone
/// ends it too, as it does in the warehouse (PostgreSQL documentation, "Lexical Structure"; its
/// lexer names both).
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
    rest.find(|c: char| !continues_bare_name(c) && c != '.').unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        tokens(text).map(|token| (token.kind, &text[token.span])).collect()
    }

    #[test]
    fn the_first_word_stands_behind_comments_and_parentheses() {
        for (text, word) in [
            ("DROP TABLE t", Some("DROP")),
            ("/* a */ -- b\n drop", Some("drop")),
            ("((SELECT 1))", Some("SELECT")),
            ("-- nothing", None),
            ("+", None),
        ] {
            assert_eq!(first_word(text).map(|found| &text[found.span]), word, "{text}");
        }
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
    fn a_token_loses_its_quotes() {
        for (text, expected) in [
            ("'it''s'", "it's"),
            ("''", ""),
            ("''''", "'"),
            ("'open''", "open'"),
            ("\"a\"\"b\"", "a\"b"),
            ("\"a''b\"", "a''b"),
            ("Word", "Word"),
        ] {
            assert_eq!(tokens(text).next().unwrap().unquoted(text), expected, "{text}");
        }
    }

    #[test]
    fn a_list_says_what_stands_at_an_index() {
        let source = "drop -- it\n a.\"b\".* (c) d";
        let tokens = code_tokens(source, Dialect::Catalog);
        let list = TokenList { source, tokens: &tokens };
        assert!(list.is_word(0, "DROP") && list.is_name(3) && list.is_symbol(2, '.'));
        let path: Vec<_> = list.path_at(1).iter().map(|token| token.text(source)).collect();
        assert_eq!(path, ["a", "\"b\""]);
        assert!(list.path_at(2).is_empty() && list.path_at(20).is_empty());
        assert_eq!((list.end_of_group(7), list.end_of_group(9)), (8, 10));
        assert_eq!(list.span_of(&(1..4)), 12..17);
        assert_eq!(list.span_of(&(10..10)), source.len()..source.len());
        assert_eq!((list.index_at(13), list.start_of(10)), (2, source.len()));
    }

    #[test]
    fn a_warehouse_has_strings_of_its_own() {
        let text = "a$1 $$;'$$ $x$ $$ $x$ E'\\'' 'b\\' -- c\n$1 $";
        let strings = |backslash_escapes| -> Vec<&str> {
            let tokens = tokens_of(text, Dialect::Warehouse { backslash_escapes });
            let strings = tokens.filter(|token| token.kind == TokenKind::String);
            strings.map(|token| &text[token.span]).collect()
        };
        let quoted = ["$$;'$$", "$x$ $$ $x$", "E'\\''"];
        assert_eq!(strings(false), [&quoted[..], &["'b\\'"]].concat());
        assert_eq!(strings(true), [&quoted[..], &["'b\\' -- c\n$1 $"]].concat());
    }

    #[test]
    fn each_form_of_a_string_ends_where_the_server_ends_it() {
        let strings = |text: &'static str, backslash_escapes: bool| -> Vec<&str> {
            let found = tokens_of(text, Dialect::Warehouse { backslash_escapes });
            let strings = found.filter(|token| token.kind == TokenKind::String);
            strings.map(|token| &text[token.span]).collect()
        };
        for (text, plain, escaping) in [
            ("a 'b\\' c", vec!["'b\\'"], vec!["'b\\' c"]),
            ("a E'b\\' c' d", vec!["E'b\\' c'"], vec!["E'b\\' c'"]),
            ("$$a'b$$ c", vec!["$$a'b$$"], vec!["$$a'b$$"]),
            ("$x$a$$b$x$ c", vec!["$x$a$$b$x$"], vec!["$x$a$$b$x$"]),
            ("$1 a$b$ $", vec![], vec![]),
            ("$é$a;", vec!["$é$a;"], vec!["$é$a;"]),
            ("'a''b' \"c'd\" -- 'e'", vec!["'a''b'"], vec!["'a''b'"]),
        ] {
            assert_eq!(strings(text, false), plain, "{text}");
            assert_eq!(strings(text, true), escaping, "{text}");
        }
    }

    #[test]
    fn each_kind_of_line_break_ends_a_comment() {
        for text in ["-- a\nb", "-- a\rb", "-- a\r\nb"] {
            let expected = [(TokenKind::Comment, "-- a"), (TokenKind::Word, "b")];
            assert_eq!(kinds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn an_unclosed_token_reaches_to_the_end() {
        for text in ["'abc", "\"abc", "/* abc", "'abc''"] {
            let token = tokens(text).next().unwrap();
            assert!(!token.closed, "{text}");
            assert_eq!(token.span, 0..text.len());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_without_a_gap(text in "\\PC*|[ -/aE1$'\"*\\n;=(\\\\é]{0,40}", escapes in 0..3) {
            let dialect = match escapes {
                0 => Dialect::Catalog,
                escapes => Dialect::Warehouse { backslash_escapes: escapes == 1 },
            };
            let mut end = 0;
            for token in tokens_of(&text, dialect) {
                proptest::prop_assert!(text[end..token.span.start].trim().is_empty());
                proptest::prop_assert!(token.span.end > token.span.start);
                end = token.span.end;
            }
            proptest::prop_assert!(text[end..].trim().is_empty());
        }
    }
}
