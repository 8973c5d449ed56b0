//! Patterns of names, as psql reads them (psql 15, `processSQLNamePattern`).

use std::fmt;

/// A pattern of up to three parts: a database, a schema and a name. `*` stands for any text and `?`
/// for one character; a part in double quotes is verbatim, and others are folded to lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamePattern {
    /// The pattern as it was typed.
    text: String,
    /// The database, without quotes.
    database: Option<String>,
    schema: Option<PatternPart>,
    name: PatternPart,
}

/// One part of a pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct PatternPart {
    /// The part as a regular expression, without its anchors.
    regex: String,
    /// The text without quotes.
    literal: String,
    /// True if the regular expression matches other texts than the literal.
    is_regex: bool,
}

/// The error of a pattern, in psql's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// The pattern has more parts than a name of this kind.
    TooManyDots(String),
    /// The pattern names another database.
    OtherDatabase(String),
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyDots(pattern) => {
                write!(f, "improper qualified name (too many dotted names): {pattern}")
            }
            Self::OtherDatabase(pattern) => {
                write!(f, "cross-database references are not implemented: {pattern}")
            }
        }
    }
}

/// The number of parts that a name may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternParts {
    /// A name, as of a database or a user.
    Name,
    /// A database and a schema.
    Schema,
    /// A database, a schema and a name.
    Object,
}

/// The characters that mean something in a regular expression.
const SPECIAL: &str = "|*+?()[]{}.^$\\";

impl NamePattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The pattern has more parts than a name of this kind.
    pub fn parse(text: &str, parts: PatternParts) -> Result<Self, PatternError> {
        let most = match parts {
            PatternParts::Name => 1,
            PatternParts::Schema => 2,
            PatternParts::Object => 3,
        };
        let mut read = vec![PatternPart::default()];
        let mut chars = text.chars().peekable();
        let mut in_quotes = false;
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            match c {
                '"' if in_quotes && next == Some('"') => {
                    chars.next();
                    part(&mut read).push_plain('"');
                }
                '"' => in_quotes = !in_quotes,
                '.' if !in_quotes => read.push(PatternPart::default()),
                '*' if !in_quotes => part(&mut read).push_regex(c, ".*"),
                '?' if !in_quotes => part(&mut read).push_regex(c, "."),
                '$' => part(&mut read).push_plain(c),
                // An array type is meant rather than a set of characters.
                '[' if !in_quotes && next == Some(']') => part(&mut read).push_plain(c),
                c if !in_quotes && SPECIAL.contains(c) => {
                    part(&mut read).push_regex(c, c.encode_utf8(&mut [0; 4]));
                }
                c if in_quotes => part(&mut read).push_plain(c),
                c => part(&mut read).push_plain(c.to_ascii_lowercase()),
            }
        }
        if read.len() > most {
            return Err(PatternError::TooManyDots(text.to_owned()));
        }
        let name = read.pop().unwrap_or_default();
        // A schema stands alone: its pattern is that of the name, and a database goes before it.
        let schema = (parts == PatternParts::Object).then(|| read.pop()).flatten();
        let database = read.pop().map(|part| part.literal);
        Ok(Self {
            text: text.to_owned(),
            database,
            schema,
            name,
        })
    }

    /// The pattern as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True if the pattern has a schema.
    pub fn has_schema(&self) -> bool {
        self.schema.is_some()
    }

    /// Checks that the pattern does not name another database than this one.
    ///
    /// # Errors
    /// It does.
    pub fn check_database(&self, current: &str) -> Result<(), PatternError> {
        match &self.database {
            Some(database) if database != current => {
                Err(PatternError::OtherDatabase(self.text.clone()))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The condition that the columns with the schema and the name match, beginning with ` AND `;
    /// without a schema in the pattern `visible` has to hold, which may be empty.
    pub fn condition(
        &self,
        (schema, name): (&str, &str),
        visible: &str,
        literal: &dyn Fn(&str) -> String,
    ) -> String {
        let mut condition = self.name.condition(name, literal);
        match &self.schema {
            Some(part) => condition.push_str(&part.condition(schema, literal)),
            None if visible.is_empty() => {}
            None => condition.extend([" AND ", visible]),
        }
        condition
    }
}

/// The part that is being read; there is always one.
fn part(parts: &mut [PatternPart]) -> &mut PatternPart {
    let last = parts.len() - 1;
    &mut parts[last]
}

impl PatternPart {
    fn push_plain(&mut self, c: char) {
        if SPECIAL.contains(c) {
            self.regex.push('\\');
        }
        self.regex.push(c);
        self.literal.push(c);
    }

    fn push_regex(&mut self, c: char, regex: &str) {
        self.regex.push_str(regex);
        self.literal.push(c);
        self.is_regex = true;
    }

    fn condition(&self, column: &str, literal: &dyn Fn(&str) -> String) -> String {
        if !self.is_regex {
            return format!(" AND {column} = {}", literal(&self.literal));
        }
        if self.regex == ".*" {
            return String::new();
        }
        format!(" AND {column} ~ {}", literal(&format!("^({})$", self.regex)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sql::splitter::Dialect;
    use crate::sql::token::{TokenKind, tokens_of};
    use crate::warehouse::quote_literal;

    fn condition(text: &str) -> String {
        let literal = |text: &str| quote_literal(text, true);
        NamePattern::parse(text, PatternParts::Object).unwrap().condition(
            ("s", "n"),
            "visible",
            &literal,
        )
    }

    #[test]
    fn a_pattern_becomes_the_condition_of_psql() {
        for (pattern, expected) in [
            ("orders", " AND n = 'orders' AND visible"),
            ("ORDers", " AND n = 'orders' AND visible"),
            ("\"ORDers\"", " AND n = 'ORDers' AND visible"),
            ("ord*", " AND n ~ '^(ord.*)$' AND visible"),
            ("o?d", " AND n ~ '^(o.d)$' AND visible"),
            ("*", " AND visible"),
            ("crm.*", " AND s = 'crm'"),
            ("*.orders", " AND n = 'orders'"),
            ("*.*", ""),
            ("dev.crm.orders", " AND n = 'orders' AND s = 'crm'"),
            ("\"a.b\"", " AND n = 'a.b' AND visible"),
            ("\"a.b\"*", " AND n ~ '^(a\\.b.*)$' AND visible"),
            ("\"it's \"\"x\"\"\"", " AND n = 'it''s \"x\"' AND visible"),
            ("a|b", " AND n ~ '^(a|b)$' AND visible"),
            ("[ab]c", " AND n ~ '^([ab]c)$' AND visible"),
            ("a$", " AND n = 'a$' AND visible"),
            ("a$*", " AND n ~ '^(a\\$.*)$' AND visible"),
            ("Äb", " AND n = 'Äb' AND visible"),
            ("", " AND n = '' AND visible"),
        ] {
            assert_eq!(condition(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn too_many_dots_and_other_databases_have_psqls_words() {
        let error = NamePattern::parse("a.b.c.d", PatternParts::Object).unwrap_err();
        assert_eq!(error.to_string(), "improper qualified name (too many dotted names): a.b.c.d");
        assert!(NamePattern::parse("a.b", PatternParts::Name).is_err());
        let other = NamePattern::parse("X.b", PatternParts::Schema).unwrap();
        assert_eq!(other.check_database("x"), Ok(()));
        assert_eq!(
            other.check_database("dev").unwrap_err().to_string(),
            "cross-database references are not implemented: X.b"
        );
    }

    proptest! {
        #[test]
        fn no_pattern_leaves_its_literals(text in "[a.*?\"'\\\\$;(-]{0,20}|\\PC{0,20}", escapes: bool) {
            let Ok(pattern) = NamePattern::parse(&text, PatternParts::Object) else {
                return Ok(());
            };
            let literal = |text: &str| quote_literal(text, !escapes);
            let condition = pattern.condition(("s", "n"), "", &literal);
            let dialect = Dialect::Warehouse { backslash_escapes: escapes };
            let tokens: Vec<_> = tokens_of(&condition, dialect).collect();
            prop_assert!(tokens.iter().all(|token| token.closed), "{}", condition);
            let words = tokens.iter().filter(|token| token.kind != TokenKind::String);
            let words: Vec<&str> = words.map(|token| token.text(&condition)).collect();
            prop_assert!(
                words.iter().all(|word| ["AND", "s", "n", "=", "~"].contains(word)),
                "{}",
                condition
            );
        }

        #[test]
        fn what_is_in_quotes_is_only_itself(name in "[^\"]{0,20}", escapes: bool) {
            let literal = |text: &str| quote_literal(text, !escapes);
            let pattern = NamePattern::parse(&format!("\"{name}\""), PatternParts::Object).unwrap();
            let expected = format!(" AND n = {}", literal(&name));
            prop_assert_eq!(pattern.condition(("s", "n"), "", &literal), expected);
        }
    }
}
