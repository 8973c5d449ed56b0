//! Quoting for the warehouse: literals and names.

/// The text as a string literal. A backslash is an escape inside '…' unless the server reported
/// `standard_conforming_strings=on`, which Redshift does not (AWS's JDBC driver 2.2.6,
/// `Utils.escapeLiteral`). With the wrong rule a text could end its literal.
pub fn quote_literal(text: &str, backslash_is_plain: bool) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for c in text.chars() {
        if c == '\'' || (c == '\\' && !backslash_is_plain) {
            literal.push(c);
        }
        literal.push(c);
    }
    literal.push('\'');
    literal
}

/// The text as a quoted name. Redshift folds quoted names to lower case too.
pub fn quote_identifier(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quotes_are_doubled_and_backslashes_only_where_they_escape() {
        assert_eq!(quote_literal("it's a\\b", true), "'it''s a\\b'");
        assert_eq!(quote_literal("it's a\\b", false), "'it''s a\\\\b'");
        assert_eq!(quote_literal("\\'; DROP TABLE t; --", false), "'\\\\''; DROP TABLE t; --'");
    }

    #[test]
    fn a_name_keeps_its_quotes() {
        assert_eq!(quote_identifier("or\"ders"), "\"or\"\"ders\"");
    }

    /// The text of a literal as a server reads it, and the rest behind it.
    fn unquote(literal: &str, backslash_is_plain: bool) -> Option<(String, String)> {
        let mut chars = literal.strip_prefix('\'')?.chars();
        let mut text = String::new();
        loop {
            match chars.next()? {
                '\\' if !backslash_is_plain => text.push(chars.next()?),
                '\'' if chars.as_str().starts_with('\'') => text.extend(chars.next()),
                '\'' => return Some((text, chars.collect())),
                c => text.push(c),
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_ends_its_literal(text in "[a'\\\\;\\PC]*", backslash_is_plain: bool) {
            let literal = quote_literal(&text, backslash_is_plain);
            prop_assert_eq!(unquote(&literal, backslash_is_plain), Some((text, String::new())));
        }
    }
}
