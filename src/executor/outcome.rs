//! What a statement that worked has to say.

use crate::error::Error;
use crate::value::ResultSet;

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Worth knowing.
    Notice,
    /// Something may be wrong.
    Warning,
}

impl Severity {
    /// The word that stands before the text, and the key in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
        }
    }
}

/// A remark beside a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub severity: Severity,
    /// One sentence, lower case, without a full stop.
    pub text: String,
}

impl Notice {
    /// A remark that is worth knowing.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            severity: Severity::Notice,
            text: text.into(),
        }
    }

    /// A remark that something may be wrong.
    pub fn warning(text: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            text: text.into(),
        }
    }
}

/// What a statement answers with, beside its tag and notices.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Rows under columns.
    Rows(ResultSet),
    /// A statement of SQL, printed as it stands: SHOW CREATE.
    Sql(String),
}

/// What came of a statement that did not fail, or that has an answer though it failed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The rows or the SQL, for the standard output.
    pub answer: Option<Answer>,
    /// The command tag: `CREATE CONNECTION`, or `Operation resulted in no change`.
    pub tag: Option<&'static str>,
    /// Remarks, in the order in which they came up.
    pub notices: Vec<Notice>,
    /// What failed, where the answer is there all the same: it tells of a test that did not pass.
    pub failure: Option<Error>,
    /// True if it came of a trial, so that nothing of it is kept.
    pub is_trial: bool,
}

/// The tag of a statement with IF EXISTS or IF NOT EXISTS that had nothing to do.
pub const NO_CHANGE: &str = "Operation resulted in no change";

impl Outcome {
    /// A change that was made.
    pub fn done(tag: &'static str) -> Self {
        Self { tag: Some(tag), ..Self::default() }
    }

    /// Rows for the user.
    pub fn rows(rows: ResultSet) -> Self {
        Self {
            answer: Some(Answer::Rows(rows)),
            ..Self::default()
        }
    }

    /// Adds remarks, each once: two steps of a statement may stumble over the same thing.
    pub fn remark(&mut self, notices: impl IntoIterator<Item = Notice>) {
        for notice in notices {
            if !self.notices.contains(&notice) {
                self.notices.push(notice);
            }
        }
    }
}
