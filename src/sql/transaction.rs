//! BEGIN, COMMIT and ROLLBACK.

use std::fmt;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{opt, value};

use super::lexical::{Parsed, keyword};

/// A change of the transaction's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// `BEGIN`
    Begin,
    /// `COMMIT`
    Commit,
    /// `ROLLBACK`
    Rollback,
}

impl Transaction {
    /// The keyword, which is also the command tag.
    pub fn word(self) -> &'static str {
        match self {
            Self::Begin => "BEGIN",
            Self::Commit => "COMMIT",
            Self::Rollback => "ROLLBACK",
        }
    }
}

impl fmt::Display for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// ```ebnf
/// transaction = ( "BEGIN" | "COMMIT" | "ROLLBACK" ), [ "TRANSACTION" | "WORK" ] ;
/// ```
pub(super) fn parse_transaction<'a>(_source: &'a str, input: &'a str) -> Parsed<'a, Transaction> {
    let (rest, transaction) = alt((
        value(Transaction::Begin, keyword("BEGIN")),
        value(Transaction::Commit, keyword("COMMIT")),
        value(Transaction::Rollback, keyword("ROLLBACK")),
    ))
    .parse(input)?;
    let (rest, _) = opt(alt((keyword("TRANSACTION"), keyword("WORK")))).parse(rest)?;
    Ok((rest, transaction))
}
