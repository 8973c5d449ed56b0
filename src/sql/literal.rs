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

/// Prints values with commas between them.
#[derive(Debug)]
pub(super) struct CommaSeparated<I>(pub I);

impl<I> fmt::Display for CommaSeparated<I>
where
    I: IntoIterator<Item: fmt::Display> + Clone,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, value) in self.0.clone().into_iter().enumerate() {
            write!(f, "{}{value}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
