//! Literals as redwire prints them.

use std::fmt;

/// Prints a text as a string of SQL: in quotes, a quote inside it doubled.
#[derive(Clone, Copy, Debug)]
pub struct StringLiteral<'a>(pub &'a str);

impl fmt::Display for StringLiteral<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0.replace('\'', "''"))
    }
}
