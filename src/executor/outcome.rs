//! The outcome of a statement that succeeded.

use std::fmt;

use crate::error::Error;
use crate::value::{ResultSet, Value};

/// The severity of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Information.
    Notice,
    /// Something may be wrong.
    Warning,
}

impl Severity {
    /// The word before the text, and the key in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
        }
    }
}

/// A notice beside a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The severity.
    pub severity: Severity,
    /// One sentence, in lower case, without a full stop.
    pub text: String,
}

impl Notice {
    /// A notice with severity `Notice`.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            severity: Severity::Notice,
            text: text.into(),
        }
    }

    /// A notice with severity `Warning`.
    pub fn warning(text: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            text: text.into(),
        }
    }
}

/// The answer of a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The rows of a query.
    Rows(ResultSet),
    /// A list of redwire's own, which fits itself to the terminal.
    List(ResultSet),
    /// The runs of jobs, which have a row of marks at a terminal.
    Runs(ResultSet),
    /// The stages of connection tests, which are a check list at a terminal.
    Stages(ResultSet),
    /// A statement to print verbatim, from SHOW CREATE.
    Sql(String),
}

/// The outcome of a statement that succeeded, or that has an answer even though it failed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The rows or the SQL, for standard output.
    pub answer: Option<Answer>,
    /// The command tag: `CREATE CONNECTION`, or `Operation resulted in no change`.
    pub tag: Option<&'static str>,
    /// Notices, in the order in which they were raised.
    pub notices: Vec<Notice>,
    /// The error beside an answer: a test that failed still shows its stages.
    pub failure: Option<Error>,
    /// True for a dry run, which keeps nothing.
    pub is_dry_run: bool,
}

/// `1 table`, `2 tables`.
pub(super) fn counted<N: fmt::Display + PartialEq + From<bool>>(count: &N, word: &str) -> String {
    let plural = if *count == N::from(true) { "" } else { "s" };
    format!("{count} {word}{plural}")
}

/// The tag of a statement with IF EXISTS or IF NOT EXISTS that changed nothing.
pub const NO_CHANGE: &str = "Operation resulted in no change";

impl Answer {
    /// The answer as rows: SQL is the only value of one.
    pub fn rows(&self) -> ResultSet {
        match self {
            Self::Rows(rows) | Self::List(rows) | Self::Runs(rows) | Self::Stages(rows) => {
                rows.clone()
            }
            Self::Sql(sql) => ResultSet {
                rows: vec![vec![Value::from(sql.as_str())]],
                ..ResultSet::with_columns(["sql"])
            },
        }
    }
}

impl Outcome {
    /// The number of rows in the answer.
    pub fn row_count(&self) -> u64 {
        match &self.answer {
            Some(
                Answer::Rows(rows) | Answer::List(rows) | Answer::Runs(rows) | Answer::Stages(rows),
            ) => rows.rows.len() as u64,
            Some(Answer::Sql(_)) => 1,
            None => 0,
        }
    }

    /// The outcome of a change, with its command tag.
    pub fn done(tag: &'static str) -> Self {
        Self { tag: Some(tag), ..Self::default() }
    }

    /// An outcome with a list.
    pub fn list(rows: ResultSet) -> Self {
        Self {
            answer: Some(Answer::List(rows)),
            ..Self::default()
        }
    }

    /// Adds notices, each once: two steps of a statement may raise the same one.
    pub fn add_notices(&mut self, notices: impl IntoIterator<Item = Notice>) {
        for notice in notices {
            if !self.notices.contains(&notice) {
                self.notices.push(notice);
            }
        }
    }
}
