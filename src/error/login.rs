//! Errors of the options that say how a connection's user logs in.

use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::sqlstate::SqlState as S;

/// Options of a login that do not go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginError {
    /// An option is missing that the way to log in needs.
    Missing {
        option: &'static str,
        /// The reason, where it is not plain.
        reason: Option<&'static str>,
        /// The statement that works, or the part to add.
        fix: String,
    },
    /// The way to log in does not take the option.
    Refused {
        option: &'static str,
        reason: &'static str,
        /// The statement that works, or the part to add.
        fix: String,
    },
    /// The value of the option cannot be right.
    Invalid {
        option: &'static str,
        reason: &'static str,
        /// An example of a value.
        example: &'static str,
    },
    /// The URL has options of AWS's drivers that are options of the connection.
    DriverOptions {
        /// The statement that says the same.
        fix: String,
    },
}

impl Diagnostic for LoginError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Missing { option, reason, fix } => {
                let reason = reason.map_or(String::new(), |reason| format!(": {reason}"));
                S::SyntaxError.error(format!("{option} must be specified{reason}")).hint(fix)
            }
            Self::Refused { option, reason, fix } => S::InvalidParameterValue
                .error(format!("{option} cannot be specified: {reason}"))
                .hint(fix),
            Self::Invalid { option, reason, example } => S::InvalidParameterValue
                .error(format!("invalid value for {option}: {reason}"))
                .hint(format!("write {option} = {example}")),
            Self::DriverOptions { fix } => S::InvalidParameterValue
                .error("the URL has options that are options of the connection")
                .hint(fix),
        }
    }
}
