//! References to variables, `:name`, `:'name'`, `:"name"` and `:{?name}`, as psql's lexer finds
//! them.

use std::ops::Range;

use super::dialect::Dialect;
use super::token::{TokenKind, tokens_of};

/// The form of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceForm {
    /// `:name`, the value as it is.
    Plain,
    /// `:'name'`, the value as a literal.
    Literal,
    /// `:"name"`, the value as a quoted name.
    Identifier,
    /// `:{?name}`, TRUE if the variable is set.
    IsSet,
}

/// A reference to a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The variable.
    pub name: &'a str,
    /// The form.
    pub form: ReferenceForm,
    /// The bytes of the text, with the colon.
    pub span: Range<usize>,
}

/// True for a character of a variable's name.
fn is_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

/// True if a variable may have this name.
pub fn is_variable_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_in_name)
}

/// The text between the colon and the name, the text behind the name, and the form.
const MARKS: [(&str, &str, ReferenceForm); 4] = [
    ("'", "'", ReferenceForm::Literal),
    ("\"", "\"", ReferenceForm::Identifier),
    ("{?", "}", ReferenceForm::IsSet),
    ("", "", ReferenceForm::Plain),
];

/// The reference that begins at the colon.
pub fn reference_at(text: &str, colon: usize) -> Option<Reference<'_>> {
    let rest = &text[colon + 1..];
    MARKS.into_iter().find_map(|(open, close, form)| {
        let inside = rest.strip_prefix(open)?;
        let length = inside.find(|c| !is_in_name(c)).unwrap_or(inside.len());
        let (name, behind) = inside.split_at(length);
        let end = colon + 1 + open.len() + length + close.len();
        (!name.is_empty() && behind.starts_with(close)).then_some(Reference {
            name,
            form,
            span: colon..end,
        })
    })
}

/// The references of a statement: none in strings, quoted names and comments, and `::` and `:=` are
/// operators.
pub fn references(text: &str, dialect: Dialect) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let mut end = 0;
    for token in tokens_of(text, dialect) {
        let colon = token.span.start;
        if colon < end || token.kind != TokenKind::Symbol(':') {
            continue;
        }
        if text[token.span.end..].starts_with([':', '=']) {
            end = token.span.end + 1;
        } else if let Some(reference) = reference_at(text, colon) {
            end = reference.span.end;
            found.push(reference);
        }
    }
    found
}

/// The reference that the text ends in, without its end: the byte at which the name begins, and the
/// text that belongs behind the name.
pub fn unfinished_reference(text: &str, dialect: Dialect) -> Option<(usize, &'static str)> {
    let name = text.trim_end_matches(is_in_name).len();
    MARKS.into_iter().find_map(|(open, close, _)| {
        let colon = text[..name].strip_suffix(open)?.strip_suffix(':')?.len();
        let last = tokens_of(&text[..=colon], dialect).last()?;
        let is_symbol = last.kind == TokenKind::Symbol(':') && !text[..colon].ends_with(':');
        is_symbol.then_some((name, close))
    })
}

/// A statement with the values of its variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpolated {
    /// The text with the values.
    pub text: String,
    /// The bytes of each reference, and those of its value.
    values: Vec<(Range<usize>, Range<usize>)>,
}

impl Interpolated {
    /// Puts a value in the place of each reference that has one. A value is not read for further
    /// references.
    pub fn new(
        text: &str,
        dialect: Dialect,
        value: impl Fn(&Reference<'_>) -> Option<String>,
    ) -> Self {
        let mut interpolated = Self { text: String::new(), values: Vec::new() };
        let mut copied = 0;
        // Most statements have none, and the longest ones are not cut into tokens for it.
        let references = if text.contains(':') {
            references(text, dialect)
        } else {
            Vec::new()
        };
        for reference in references {
            if let Some(value) = value(&reference) {
                interpolated.text.push_str(&text[copied..reference.span.start]);
                let start = interpolated.text.len();
                interpolated.text.push_str(&value);
                copied = reference.span.end;
                interpolated.values.push((reference.span, start..start + value.len()));
            }
        }
        interpolated.text.push_str(&text[copied..]);
        interpolated
    }

    /// A text without references.
    pub fn verbatim(text: String) -> Self {
        Self { text, values: Vec::new() }
    }

    /// The bytes as typed for bytes of the text with the values; a place in a value is that of its
    /// reference.
    pub fn typed(&self, span: Range<usize>) -> Range<usize> {
        self.typed_offset(span.start, |typed| typed.start)
            ..self.typed_offset(span.end, |typed| typed.end)
    }

    fn typed_offset(&self, offset: usize, edge: fn(&Range<usize>) -> usize) -> usize {
        let before = self.values.iter().rfind(|(_, value)| value.start <= offset);
        match before {
            None => offset,
            Some((typed, value)) if offset >= value.end => typed.end + (offset - value.end),
            Some((typed, _)) => edge(typed),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WAREHOUSE: Dialect = Dialect::Warehouse { backslash_escapes: false };

    fn interpolated(text: &str) -> Interpolated {
        Interpolated::new(text, WAREHOUSE, |reference| match reference.form {
            ReferenceForm::IsSet => Some((reference.name == "x").to_string()),
            _ if reference.name != "x" => None,
            ReferenceForm::Plain => Some("1 + 2".to_owned()),
            ReferenceForm::Literal => Some("'1 + 2'".to_owned()),
            ReferenceForm::Identifier => Some("\"1 + 2\"".to_owned()),
        })
    }

    #[test]
    fn values_stand_where_psql_puts_them_and_nowhere_else() {
        for (text, expected) in [
            ("SELECT :x;", "SELECT 1 + 2;"),
            ("SELECT :'x', :\"x\"", "SELECT '1 + 2', \"1 + 2\""),
            ("SELECT (:x)*a:x", "SELECT (1 + 2)*a1 + 2"),
            ("SELECT :{?x}, :{?y}", "SELECT true, false"),
            ("SELECT ':x', \":x\", $$:x$$, $a$:x$a$ -- :x", ""),
            ("SELECT /* :x */ 1::x, a[1:2], f(a := x), E'\\':x'", ""),
            ("SELECT :y, :'y', :xy, :, :'x, : x, :{x}", ""),
            ("SELECT 1:::x", "SELECT 1::1 + 2"),
            ("SELECT a[1::x]", ""),
        ] {
            let expected = if expected.is_empty() { text } else { expected };
            assert_eq!(interpolated(text).text, expected, "{text}");
        }
    }

    #[test]
    fn a_place_behind_a_value_is_the_place_as_typed() {
        let text = "SELECT :x, nix, :'x'";
        let sent = interpolated(text);
        let at = |part: &str| sent.text.find(part).unwrap();
        let start = at("nix");
        assert_eq!(&text[sent.typed(start..start + 3)], "nix");
        let start = at("2, nix");
        assert_eq!(&text[sent.typed(start..start + 1)], ":x");
        assert_eq!(sent.typed(sent.text.len()..sent.text.len()), text.len()..text.len());
    }

    proptest! {
        #[test]
        fn each_place_of_the_sent_text_is_a_place_of_the_typed_one(
            text in "(:x|:'x'|a|é| |'|\\$\\$|;){0,20}",
        ) {
            let sent = interpolated(&text);
            for (offset, _) in sent.text.char_indices() {
                let typed = sent.typed(offset..offset);
                prop_assert!(text.get(typed).is_some());
            }
        }
    }
}
