//! Why a text is not a statement.

use std::ops::Range;

use crate::name::NameError;
use crate::sqlstate::SqlState;

/// What is wrong with the text; what it names is known vocabulary or checked, never a value that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SqlErrorKind {
    /// Something else stands where the grammar wants this.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What the grammar wants, in words.
        expected: String,
        /// What stands there, in words that hold no value.
        found: String,
        /// What to type.
        hint: Option<String>,
    },
}

/// A syntax error at a place of the statement's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct SqlError {
    /// What is wrong.
    pub kind: Box<SqlErrorKind>,
    /// The bytes of the text that it is about; empty at its end.
    pub span: Range<usize>,
}
impl SqlError {
    /// The SQLSTATE of the failure.
    pub fn sqlstate(&self) -> SqlState {
        SqlState::SyntaxError
    }
    /// What to type.
    pub fn hint(&self) -> Option<String> {
        match &*self.kind {
            SqlErrorKind::Expected { hint, .. } => hint.clone(),
        }
    }
}
#[allow(unused)]
type _N = NameError;
