//! LIKE as SHOW has it: `%` stands for any text, `_` for one character, letters in any case, and
//! there is no escape.
//!
//! SQLite's own LIKE folds ASCII letters only, and has a limit for patterns.

/// A pattern, ready to be held against names.
#[derive(Clone, Debug)]
pub struct Pattern(Vec<char>);

impl Pattern {
    /// The pattern as it was written.
    pub fn new(pattern: &str) -> Self {
        Self(folded(pattern))
    }

    /// True if the whole text is as the pattern says.
    pub fn matches(&self, text: &str) -> bool {
        let (pattern, text) = (&self.0, folded(text));
        let (mut at, mut next) = (0, 0);
        // Where to go on when the text after the last % turns out to be too short: after the %, one
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
