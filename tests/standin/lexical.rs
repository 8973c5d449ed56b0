//! SQL in words, as Redshift reads it: a backslash escapes in every string.

/// One word of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The kind.
    pub kind: Kind,
    /// As it stands.
    pub text: &'a str,
    /// The byte at which it begins.
    pub start: usize,
}

/// The kind of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword, or a name without quotes.
    Word,
    /// A name in double quotes.
    Quoted,
    /// A string: '…', E'…' or $$…$$.
    String,
    /// A number or a parameter.
    Value,
    /// One character of anything else.
    Mark,
}

impl Token<'_> {
    /// True if it is this keyword or mark, in any case.
    pub fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Mark) && self.text.eq_ignore_ascii_case(word)
    }

    /// The byte after its end.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The name, without quotes and in lower case; None where it is none.
    pub fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_ascii_lowercase()),
            Kind::Quoted => {
                let inner = &self.text[1..self.text.len().saturating_sub(1).max(1)];
                Some(inner.replace("\"\"", "\"").to_ascii_lowercase())
            }
            Kind::String | Kind::Value | Kind::Mark => None,
        }
    }
}

/// The words of the text, without space and comments.
pub fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < sql.len() {
        let rest = &sql[place..];
        let (kind, length) = next(rest);
        if let Some(kind) = kind {
            found.push(Token {
                kind,
                text: &rest[..length],
                start: place,
            });
        }
        place += length;
    }
    found
}

/// The statements, each by its words, without the semicolons.
pub fn statements<'t, 'a>(tokens: &'t [Token<'a>]) -> impl Iterator<Item = &'t [Token<'a>]> {
    let statements = tokens.split(|token| token.is(";"));
    statements.filter(|statement| !statement.is_empty())
}

/// The kind and length of what comes next; no kind for space and comments.
fn next(rest: &str) -> (Option<Kind>, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    match first {
        _ if first.is_whitespace() => (None, first.len_utf8()),
        '-' if rest.starts_with("--") => (None, rest.find('\n').unwrap_or(rest.len())),
        '/' if rest.starts_with("/*") => (None, comment(rest)),
        '\'' => (Some(Kind::String), string(rest, 0)),
        'e' | 'E' if rest[1..].starts_with('\'') => (Some(Kind::String), string(rest, 1)),
        '"' => (Some(Kind::Quoted), quoted(rest)),
        '$' => dollar(rest),
        _ if is_word(first) && !first.is_ascii_digit() => (Some(Kind::Word), run(rest, is_word)),
        '0'..='9' => (Some(Kind::Value), run(rest, |c| is_word(c) || c == '.')),
        _ => (Some(Kind::Mark), first.len_utf8()),
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut place = 0;
    while place < rest.len() {
        let here = &rest.as_bytes()[place..];
        if here.starts_with(b"/*") {
            depth += 1;
            place += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            place += 2;
            if depth == 0 {
                return place;
            }
        } else {
            place += 1;
        }
    }
    rest.len()
}

fn string(rest: &str, quote: usize) -> usize {
    let bytes = rest.as_bytes();
    let mut place = quote + 1;
    while place < bytes.len() {
        match bytes[place] {
            b'\\' => place += 2,
            b'\'' if bytes.get(place + 1) == Some(&b'\'') => place += 2,
            b'\'' => return place + 1,
            _ => place += 1,
        }
    }
    rest.len()
}

fn quoted(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut place = 1;
    while place < bytes.len() {
        match bytes[place] {
            b'"' if bytes.get(place + 1) == Some(&b'"') => place += 2,
            b'"' => return place + 1,
            _ => place += 1,
        }
    }
    rest.len()
}

/// `$1`, or a string between two equal marks.
fn dollar(rest: &str) -> (Option<Kind>, usize) {
    let tag = 1 + run(&rest[1..], |c| is_word(c) && c != '$');
    if rest[1..tag].starts_with(|c: char| c.is_ascii_digit()) {
        return (Some(Kind::Value), tag);
    }
    if !rest[tag..].starts_with('$') {
        return (Some(Kind::Mark), 1);
    }
    let mark = &rest[..=tag];
    let end = rest[mark.len()..].find(mark);
    (Some(Kind::String), end.map_or(rest.len(), |end| end + 2 * mark.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backslash_escapes_and_a_comment_is_no_word() {
        let sql = r#"SELECT 'it\'s; ''so''', E'\\', "A""b", $1, $x$;$x$, 1.5 -- ;
/* ; /* ; */ */ FROM größe;"#;
        let words: Vec<_> = tokens(sql).iter().map(|token| token.text).collect();
        assert_eq!(
            words,
            [
                "SELECT",
                r"'it\'s; ''so'''",
                ",",
                r"E'\\'",
                ",",
                r#""A""b""#,
                ",",
                "$1",
                ",",
                "$x$;$x$",
                ",",
                "1.5",
                "FROM",
                "größe",
                ";"
            ]
        );
    }
}
