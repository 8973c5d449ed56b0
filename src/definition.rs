//! Types that statements, catalog and warehouse share.
//!
//! Each value is checked where it is made: by the parser, or by the reading of a catalog's row.

use std::fmt;

/// The number of sessions that a connection may have open at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limit(u16);

impl Limit {
    /// The smallest limit.
    pub const MIN: i64 = 1;
    /// The largest limit: the most connections that a Redshift cluster takes (AWS documentation,
    /// "Quotas and limits").
    pub const MAX: i64 = 2000;

    /// The limit of that many sessions; None where it is out of range.
    pub fn new(sessions: i64) -> Option<Self> {
        let is_in_range = (Self::MIN..=Self::MAX).contains(&sessions);
        u16::try_from(sessions).ok().filter(|_| is_in_range).map(Self)
    }

    /// The number of sessions.
    pub fn get(self) -> u32 {
        self.0.into()
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The statement in a job's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// INSERT adds rows.
    Insert,
    /// MERGE adds, replaces and deletes rows.
    Merge,
}

impl JobKind {
    /// The word for it, in lower case, as the catalog keeps it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Merge => "merge",
        }
    }

    /// The kind that the word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Insert, Self::Merge].into_iter().find(|kind| kind.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_between_1_and_2000() {
        for (sessions, expected) in [
            (i64::MIN, None),
            (0, None),
            (1, Some(1)),
            (2000, Some(2000)),
            (2001, None),
            (65_537, None),
        ] {
            assert_eq!(Limit::new(sessions).map(Limit::get), expected);
        }
    }
}
