//! LIKE of the SHOW statements: `%` matches any text, `_` one character, letters match in any case,
//! and there is no escape.
//!
//! SQLite's own LIKE folds only ASCII letters and limits the length of a pattern.

/// A LIKE pattern.
#[derive(Clone, Debug)]
pub struct Pattern(Vec<char>);

impl Pattern {
    /// Compiles the pattern.
    pub fn new(pattern: &str) -> Self {
        Self(folded(pattern))
    }

    /// True if the pattern matches the whole text.
    pub fn matches(&self, text: &str) -> bool {
        let (pattern, text) = (&self.0, folded(text));
        let (mut at, mut next) = (0, 0);
        // The place to continue at if the text after the last % does not match: after the %, one
        // character later.
        let mut again: Option<(usize, usize)> = None;
        while next < text.len() {
            match (pattern.get(at), again) {
                (Some('%'), _) => {
                    again = Some((at + 1, next));
                    at += 1;
                }
                (Some(c), _) if *c == '_' || *c == text[next] => {
                    at += 1;
                    next += 1;
                }
                (_, Some((after, from))) => {
                    again = Some((after, from + 1));
                    at = after;
                    next = from + 1;
                }
                (_, None) => return false,
            }
        }
        pattern[at..].iter().all(|c| *c == '%')
    }
}

fn folded(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_as_in_sql() {
        for (pattern, text, fits) in [
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("SAL%", "sales", true),
            ("sal_s", "SALES", true),
            ("sal_", "sales", false),
            ("%l%s", "sales", true),
            ("%b%", "sales", false),
            ("a%b%c", "a1b2b3c", true),
            ("a%b%c", "a1b2b3d", false),
            ("_", "é", true),
            ("Ä%", "äb", true),
            ("a\\%", "a%", false),
            (
                "%%%%%%%%%%%%%%%%%%%%%%%%b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                false,
            ),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), fits, "{pattern} against {text}");
        }
    }
}
