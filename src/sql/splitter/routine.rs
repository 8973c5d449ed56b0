//! `CREATE FUNCTION … BEGIN ATOMIC … END`, whose statements end with `;` too.

/// The words of a statement, as far as psql looks at them to find the body of a routine
/// (PostgreSQL's `psqlscan.l`).
#[derive(Debug, Default)]
pub(super) struct Routine {
    /// The number of words so far.
    words: usize,
    /// The first letters of those at the beginning that may announce a routine.
    head: [u8; 4],
    /// The number of open BEGIN and CASE.
    depth: usize,
}

impl Routine {
    /// Notes a bare word outside of quotes and comments.
    pub fn note(&mut self, word: &[u8], in_parentheses: bool) {
        const HEADS: [&str; 5] = ["create", "or", "replace", "function", "procedure"];
        let is = |expected: &str| word.eq_ignore_ascii_case(expected.as_bytes());
        if let Some(letter) = self.head.get_mut(self.words)
            && HEADS.iter().any(|head| is(head))
        {
            *letter = word[0].to_ascii_lowercase();
        }
        self.words += 1;
        if in_parentheses || !self.is_announced() {
            return;
        }
        if is("begin") || (is("case") && self.depth > 0) {
            self.depth += 1;
        } else if is("end") {
            self.depth = self.depth.saturating_sub(1);
        }
    }

    fn is_announced(&self) -> bool {
        matches!(self.head, [b'c', b'f' | b'p', ..] | [b'c', b'o', b'r', b'f' | b'p'])
    }

    /// True inside a body.
    pub fn is_open(&self) -> bool {
        self.depth > 0
    }
}
