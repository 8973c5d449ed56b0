//! Statements to outcomes.
mod outcome;
pub use outcome::{Answer, NO_CHANGE, Notice, Outcome, Severity};
