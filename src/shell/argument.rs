//! The argument of a backslash command, cut into words as psql does (its `psqlscanslash.l`).

use std::path::PathBuf;

use super::child::Children;
use super::variables::Variables;
use crate::error::CommandError;
use crate::sql::variable::reference_at;

/// A word of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The text: without single quotes, with double quotes.
    pub text: String,
    /// True if a part of it was in single quotes.
    pub is_quoted: bool,
}

/// The values that references and backticks in an argument stand for.
pub(super) struct Expansion<'a> {
    pub variables: &'a Variables,
    /// The environment of command lines in backticks.
    pub children: &'a Children,
}

/// The words of an argument. Values of variables are parts of a word, whatever blanks they have.
pub(super) fn words(argument: &str, expansion: &Expansion<'_>) -> Result<Vec<Word>, CommandError> {
    let mut reader = ArgumentReader { text: argument, position: 0, expansion };
    let mut words = Vec::new();
    while let Some(word) = reader.word()? {
        words.push(word);
    }
    Ok(words)
}

/// A path to the end of the line. One that begins with a quote or a backtick is read like other
/// arguments; any other may have blanks and backslashes.
pub(super) fn optional_path(
    argument: &str,
    expansion: &Expansion<'_>,
) -> Result<Option<PathBuf>, CommandError> {
    if !argument.starts_with(['\'', '`']) {
        return Ok((!argument.is_empty()).then(|| line(argument, expansion.variables).into()));
    }
    let mut words = words(argument, expansion)?.into_iter();
    let path = words.next().map(|word| word.text.into());
    match words.next() {
        Some(_) => Err(CommandError::new("a path in quotes ends the line")),
        None => Ok(path),
    }
}

/// A text with the values of its variables and without words: blanks and quotes stay.
pub(super) fn line(argument: &str, variables: &Variables) -> String {
    let mut text = String::new();
    let mut copied = 0;
    while let Some(colon) = argument[copied..].find(':').map(|at| copied + at) {
        text.push_str(&argument[copied..colon]);
        let reference = reference_at(argument, colon);
        let value = reference.as_ref().and_then(|it| Some((it, variables.replacement(it)?)));
        copied = match value {
            Some((reference, value)) => {
                text.push_str(&value);
                reference.span.end
            }
            None => {
                text.push(':');
                colon + 1
            }
        };
    }
    text + &argument[copied..]
}

/// The word as a name in SQL: without its quotes, and in lower case outside of them.
pub(super) fn identifier(word: &str) -> String {
    let mut name = String::new();
    let mut is_quoted = false;
    let mut rest = word.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if is_quoted && rest.next_if_eq(&'"').is_some() => name.push('"'),
            '"' => is_quoted = !is_quoted,
            c if is_quoted => name.push(c),
            c => name.push(c.to_ascii_lowercase()),
        }
    }
    name
}

struct ArgumentReader<'t, 'e, 'x> {
    text: &'t str,
    position: usize,
    expansion: &'e Expansion<'x>,
}

impl<'t> ArgumentReader<'t, '_, '_> {
    fn rest(&self) -> &'t str {
        &self.text[self.position..]
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.position += c.len_utf8();
        Some(c)
    }

    /// The next word; None at the end.
    fn word(&mut self) -> Result<Option<Word>, CommandError> {
        self.position += self.rest().len() - self.rest().trim_start().len();
        if self.rest().is_empty() {
            return Ok(None);
        }
        let mut word = Word { text: String::new(), is_quoted: false };
        while let Some(c) = self.rest().chars().next().filter(|c| !c.is_whitespace()) {
            match c {
                '\'' => {
                    word.is_quoted = true;
                    self.single_quoted(&mut word.text)?;
                }
                '"' => word.text.push_str(self.until('"')?),
                '`' => {
                    let quoted = self.until('`')?;
                    let command = line(&quoted[1..quoted.len() - 1], self.expansion.variables);
                    word.text.push_str(
                        self.expansion.children.output_of(&command)?.trim_end_matches('\n'),
                    );
                }
                ':' => self.reference(&mut word.text),
                c => {
                    self.next();
                    word.text.push(c);
                }
            }
        }
        Ok(Some(word))
    }

    fn reference(&mut self, word: &mut String) {
        let reference = reference_at(self.text, self.position);
        let value = reference
            .as_ref()
            .and_then(|it| Some((it, self.expansion.variables.replacement(it)?)));
        let end = reference.as_ref().map_or(self.position + 1, |it| it.span.end);
        match value {
            Some((_, value)) => word.push_str(&value),
            // As in psql, quotes in the reference stay.
            None => word.push_str(&self.text[self.position..end]),
        }
        self.position = end;
    }

    /// The text from this quote to the next one, quotes included.
    fn until(&mut self, quote: char) -> Result<&'t str, CommandError> {
        let rest = self.rest();
        let end = rest[1..].find(quote).ok_or_else(unterminated)? + 2;
        self.position += end;
        Ok(&rest[..end])
    }

    /// Reads a single-quoted text: a doubled quote is a quote, and a backslash begins an escape.
    fn single_quoted(&mut self, word: &mut String) -> Result<(), CommandError> {
        self.next();
        loop {
            match self.next().ok_or_else(unterminated)? {
                '\'' if self.rest().starts_with('\'') => {
                    self.next();
                    word.push('\'');
                }
                '\'' => return Ok(()),
                '\\' => {
                    let escaped = self.next().ok_or_else(unterminated)?;
                    word.push(self.escape(escaped));
                }
                c => word.push(c),
            }
        }
    }

    /// The character of an escape, whose first character behind the backslash has been read.
    fn escape(&mut self, first: char) -> char {
        match first {
            'n' => '\n',
            't' => '\t',
            'b' => '\u{8}',
            'r' => '\r',
            'f' => '\u{c}',
            '0'..='7' => {
                self.position -= 1;
                self.number(8, 3)
            }
            'x' if self.rest().starts_with(|c: char| c.is_ascii_hexdigit()) => self.number(16, 2),
            other => other,
        }
    }

    /// The character with the number that the next digits are, of which there is at least one. As
    /// in psql, only the lowest eight bits count.
    fn number(&mut self, radix: u32, max_digits: usize) -> char {
        let digits = self.rest().chars().map_while(|c| c.to_digit(radix)).take(max_digits);
        let (count, number) =
            digits.fold((0, 0), |(count, number), digit| (count + 1, number * radix + digit));
        self.position += count;
        char::from((number & 0xff) as u8)
    }
}

/// The words of psql.
fn unterminated() -> CommandError {
    CommandError::new("unterminated quoted string")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(argument: &str) -> Result<Vec<String>, CommandError> {
        let variables = Variables::default();
        let children = Children::default();
        let expansion = Expansion {
            variables: &variables,
            children: &children,
        };
        Ok(words(argument, &expansion)?.into_iter().map(|word| word.text).collect())
    }

    #[test]
    fn words_are_cut_as_in_psql() {
        for (argument, expected) in [
            ("a b  c ", &["a", "b", "c"][..]),
            ("'a b' c", &["a b", "c"]),
            ("a'b c'd", &["ab cd"]),
            ("'it''s' ''", &["it's", ""]),
            (r"'\n\t\\\'\101\x41\q'", &["\n\t\\'AAq"]),
            ("\"a b\".\"c\"\"d\"", &["\"a b\".\"c\"\"d\""]),
            ("x`echo 'a b'`y", &["xa by"]),
            ("a:b :'c' ::", &["a:b", ":'c'", "::"]),
            ("", &[]),
        ] {
            assert_eq!(read(argument).unwrap(), expected, "{argument}");
        }
    }

    #[test]
    fn an_open_quote_is_an_error() {
        for argument in ["'a", "a'", "\"a", "`a", "'a\\'"] {
            assert_eq!(read(argument).unwrap_err().message, "unterminated quoted string");
        }
    }

    proptest! {
        #[test]
        fn no_argument_makes_it_panic(argument in "([ 'a\":\\\\x0é{?}])*") {
            let _ = read(&argument);
            line(&argument, &Variables::default());
        }
    }
}
