//! The smallest parsers: white space, keywords, symbols, strings, integers; and the errors of
//! parsers.
//!
//! Every parser here consumes the blanks (white space and comments) behind its token, so the rest
//! always begins at a token, which is the place of an error.

use std::ops::Range;

use nom::{IResult, Parser};

use super::error::{NextToken, SqlError, SqlErrorKind, StringKind, TextError};
use super::token::{
    TokenKind, block_comment_length, line_comment_length, quoted_length, tokens, undouble,
};
use crate::name::{continues_bare_name, starts_bare_name};

/// The result of a parser in `sql`.
pub(super) type Parsed<'a, O> = IResult<&'a str, O, ParseError<'a>>;

/// The place and reason of a parser's failure. nom's own messages never leave `sql`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ParseError<'a> {
    /// The text that begins at the place of the error.
    pub rest: &'a str,
    /// The length of the place in bytes; None means the token there.
    pub length: Option<usize>,
    pub reason: Reason<'a>,
}

/// The reason why a parser failed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reason<'a> {
    /// The grammar wants this, in words.
    Wanted(&'static str),
    /// Anything else.
    Other(Box<SqlErrorKind>),
    /// At least one error: those of parts that do not depend on each other.
    Several(Vec<ParseError<'a>>),
}

impl<'a> nom::error::ParseError<&'a str> for ParseError<'a> {
    fn from_error_kind(rest: &'a str, _kind: nom::error::ErrorKind) -> Self {
        Self {
            rest,
            length: None,
            reason: Reason::Wanted("something else"),
        }
    }

    fn append(_rest: &'a str, _kind: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

impl ParseError<'_> {
    /// The same error in a longer text, which begins with the one that was parsed.
    pub(super) fn in_longer<'b>(self, parsed: &str, source: &'b str) -> ParseError<'b> {
        let Self { rest, length, reason } = self;
        ParseError {
            rest: &source[parsed.len() - rest.len()..],
            length,
            reason: match reason {
                Reason::Wanted(expected) => Reason::Wanted(expected),
                Reason::Other(kind) => Reason::Other(kind),
                Reason::Several(errors) => {
                    let errors = errors.into_iter();
                    Reason::Several(errors.map(|error| error.in_longer(parsed, source)).collect())
                }
            },
        }
    }

    /// The error for the user; `source` is the whole text that was parsed.
    pub(super) fn into_error(self, source: &str) -> SqlError {
        let start = source.len() - self.rest.len();
        let length = self.length.unwrap_or_else(|| token_length(self.rest));
        let kind = match self.reason {
            Reason::Wanted(_) if self.rest.starts_with(')') && !is_opened(&source[..start]) => {
                TextError::StrayParenthesis.into()
            }
            Reason::Wanted(expected) => unexpected(self.rest, expected, None),
            Reason::Other(kind) => *kind,
            Reason::Several(errors) => return several(errors, source),
        };
        SqlError::new(kind, start..start + length)
    }
}

/// The first error, with the others behind it.
fn several(errors: Vec<ParseError<'_>>, source: &str) -> SqlError {
    let mut errors = errors.into_iter().map(|error| error.into_error(source));
    let first = errors.next().unwrap_or_else(|| {
        let kind = unexpected("", "the rest of the statement", None);
        SqlError::new(kind, source.len()..source.len())
    });
    SqlError { others: errors.collect(), ..first }
}

/// Returns true if a `(` in the text has no `)`.
fn is_opened(text: &str) -> bool {
    let depth = tokens(text).fold(0_usize, |depth, token| match token.kind {
        TokenKind::Symbol('(') => depth + 1,
        TokenKind::Symbol(')') => depth.saturating_sub(1),
        TokenKind::Symbol(_)
        | TokenKind::Word
        | TokenKind::QuotedName
        | TokenKind::String
        | TokenKind::Number
        | TokenKind::Comment => depth,
    });
    depth > 0
}

/// The error of a text that begins with something else than expected.
pub(super) fn unexpected(
    rest: &str,
    expected: impl Into<String>,
    hint: Option<String>,
) -> SqlErrorKind {
    SqlErrorKind::Expected {
        expected: expected.into(),
        found: found(rest),
        hint,
    }
}

/// An error after which another parser may be tried.
pub(super) fn wanted<'a, O>(rest: &'a str, expected: &'static str) -> Parsed<'a, O> {
    Err(nom::Err::Error(ParseError {
        rest,
        length: None,
        reason: Reason::Wanted(expected),
    }))
}

/// An error that ends the parse, at the token that begins `rest`.
pub(super) fn fail<O>(rest: &str, kind: impl Into<SqlErrorKind>) -> Parsed<'_, O> {
    Err(nom::Err::Failure(ParseError {
        rest,
        length: None,
        reason: Reason::Other(Box::new(kind.into())),
    }))
}

/// An error that ends the parse and has all of these; Ok without any.
pub(super) fn fail_with(errors: Vec<ParseError<'_>>) -> Result<(), nom::Err<ParseError<'_>>> {
    match errors.first() {
        None => Ok(()),
        Some(&ParseError { rest, .. }) => {
            let reason = Reason::Several(errors);
            Err(nom::Err::Failure(ParseError { rest, length: None, reason }))
        }
    }
}

/// An error that ends the parse, about the first `length` bytes of `rest`.
pub(super) fn fail_at<O>(
    rest: &str,
    length: usize,
    kind: impl Into<SqlErrorKind>,
) -> Parsed<'_, O> {
    Err(nom::Err::Failure(ParseError {
        rest,
        length: Some(length),
        reason: Reason::Other(Box::new(kind.into())),
    }))
}

/// Commits: a failure of the parser ends the parse, since nothing else is allowed here.
pub(super) fn expect<'a, O>(
    expected: &'static str,
    mut parser: impl Parser<&'a str, Output = O, Error = ParseError<'a>>,
) -> impl FnMut(&'a str) -> Parsed<'a, O> {
    move |input| match parser.parse(input) {
        Err(nom::Err::Error(error)) => Err(nom::Err::Failure(ParseError {
            reason: Reason::Wanted(expected),
            length: None,
            rest: error.rest,
        })),
        other => other,
    }
}

/// White space and comments.
pub(super) fn blanks(mut input: &str) -> Parsed<'_, ()> {
    loop {
        input = input.trim_start();
        if input.starts_with("--") {
            input = &input[line_comment_length(input)..];
        } else if input.starts_with("/*") {
            match block_comment_length(input) {
                Some(length) => input = &input[length..],
                None => return fail_at(input, 2, TextError::UnfinishedComment),
            }
        } else {
            return Ok((input, ()));
        }
    }
}

/// A bare word: a letter or `_`, then letters, digits, `_`, `$` and `#`.
pub(super) fn word(input: &str) -> Parsed<'_, &str> {
    let length = word_length(input);
    if length == 0 {
        return wanted(input, "a word");
    }
    let (rest, ()) = blanks(&input[length..])?;
    Ok((rest, &input[..length]))
}

/// The length of the bare word at the start of the text, or 0.
pub(super) fn word_length(input: &str) -> usize {
    if !input.starts_with(starts_bare_name) {
        return 0;
    }
    input.find(|c| !continues_bare_name(c)).unwrap_or(input.len())
}

/// One keyword, in any letter case.
pub(super) fn keyword<'a>(expected: &'static str) -> impl FnMut(&'a str) -> Parsed<'a, ()> {
    // Most keywords that are tried do not match, which shows before the word is read to its end.
    move |input| match input.split_at_checked(expected.len()) {
        Some((word, rest))
            if word.eq_ignore_ascii_case(expected) && !rest.starts_with(continues_bare_name) =>
        {
            blanks(rest)
        }
        _ => wanted(input, expected),
    }
}

/// Several keywords in a row, or none of them.
pub(super) fn keywords<'a>(
    expected: &'static [&'static str],
) -> impl FnMut(&'a str) -> Parsed<'a, ()> {
    move |input| {
        let mut rest = input;
        for word in expected {
            match keyword(word)(rest) {
                Ok((after, ())) => rest = after,
                Err(nom::Err::Error(_)) => return wanted(input, expected[0]),
                Err(other) => return Err(other),
            }
        }
        Ok((rest, ()))
    }
}

/// One character that is no letter or digit.
pub(super) fn symbol<'a>(
    character: char,
    expected: &'static str,
) -> impl FnMut(&'a str) -> Parsed<'a, ()> {
    move |input| match input.strip_prefix(character) {
        Some(rest) => blanks(rest),
        None => wanted(input, expected),
    }
}

/// `'…'`, in which a doubled quote is one quote and a backslash is an ordinary character.
pub(super) fn string(input: &str) -> Parsed<'_, String> {
    quoted(input, '\'', "a string", TextError::UnfinishedString(StringKind::Plain))
}

/// `"…"`, in which a doubled quote is one quote.
pub(super) fn quoted_name(input: &str) -> Parsed<'_, String> {
    quoted(input, '"', "a quoted name", TextError::UnfinishedName)
}

fn quoted<'a>(
    input: &'a str,
    quote: char,
    what: &'static str,
    unfinished: TextError,
) -> Parsed<'a, String> {
    if !input.starts_with(quote) {
        return wanted(input, what);
    }
    let Some(length) = quoted_length(input, quote) else {
        return fail_at(input, 1, unfinished);
    };
    let text = undouble(&input[1..length - 1], quote).into_owned();
    let (rest, ()) = blanks(&input[length..])?;
    Ok((rest, text))
}

/// Decimal digits with an optional minus, as text: the caller checks the range.
pub(super) fn integer(input: &str) -> Parsed<'_, &str> {
    let digits = input.strip_prefix('-').unwrap_or(input);
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let sticks = digits[count..].starts_with(|c| continues_bare_name(c) || c == '.');
    if count == 0 || sticks {
        return wanted(input, "an integer");
    }
    let length = input.len() - digits.len() + count;
    let (rest, ()) = blanks(&input[length..])?;
    Ok((rest, &input[..length]))
}

/// The bytes between two rests of one source, without the blanks at their end.
pub(super) fn span_between(source: &str, before: &str, after: &str) -> Range<usize> {
    let start = source.len() - before.len();
    let end = source.len() - after.len();
    let between = source[start..end].trim_end();
    let mut pairs = between.as_bytes().windows(2);
    if !pairs.any(|pair| matches!(pair, b"--" | b"/*")) {
        return start..start + between.len();
    }
    let code = tokens(between).filter(|token| token.kind != TokenKind::Comment);
    start..code.last().map_or(start, |token| start + token.span.end)
}

/// The token at the start of the text: its kind, or the word.
pub(super) fn found(rest: &str) -> NextToken {
    let Some(token) = tokens(rest).next() else {
        return NextToken::End;
    };
    NextToken::Token(match token.kind {
        TokenKind::Word => match super::keyword::known(token.text(rest)) {
            Some(keyword) => format!("\"{keyword}\""),
            None => return NextToken::word(token.text(rest)),
        },
        TokenKind::QuotedName => "a quoted name".to_owned(),
        TokenKind::String => "a string".to_owned(),
        TokenKind::Number => "a number".to_owned(),
        TokenKind::Comment => "a comment".to_owned(),
        TokenKind::Symbol(character) if character.is_control() => {
            format!("the control character U+{:04X}", u32::from(character))
        }
        TokenKind::Symbol(character) => format!("\"{character}\""),
    })
}

/// The length of the token at the start of the text; 0 if there is none.
pub(super) fn token_length(rest: &str) -> usize {
    tokens(rest)
        .next()
        .filter(|token| token.span.start == 0)
        .map_or(0, |token| token.span.end)
}

/// Fails: only `expected` is allowed here.
pub(super) fn not_here<'a, O>(input: &'a str, expected: &'static str) -> Parsed<'a, O> {
    expect(expected, |input| wanted(input, expected))(input)
}
