//! What can be wrong with MERGE.

use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::sqlstate::SqlState as S;

/// Why a MERGE cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeError {
    /// Both sides of a condition of ON belong to one side of the MERGE.
    SameSide {
        /// The alias of the target as SQL.
        target: String,
        /// The alias of the query as SQL.
        source_alias: String,
    },
    /// A column with another qualifier than the MERGE has aliases.
    UnknownAlias {
        /// The qualifier as SQL.
        qualifier: String,
        /// The aliases that can stand there, as SQL.
        known: String,
    },
    /// The target and the query have one alias.
    SameAlias,
    /// A clause of MERGE that stands too early or too late.
    MisplacedClause {
        /// The clause.
        clause: &'static str,
    },
    /// A clause of MERGE for a second time.
    DuplicateClause {
        /// The clause.
        clause: &'static str,
    },
    /// A clause of MERGE that is not there.
    MissingClause {
        /// The clause.
        clause: &'static str,
    },
    /// The kinds of rows that MERGE writes are whole ones.
    MergeUpdate,
}

impl Diagnostic for MergeError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::SameSide { target, source_alias } => syntax(
                format!(
                    "each condition of ON compares a column of {target} with a column of \
                     {source_alias}"
                ),
                format!("write {target}.column = {source_alias}.column"),
            ),
            Self::UnknownAlias { qualifier, known } => syntax(
                format!("{qualifier} is not an alias of this MERGE"),
                format!("write {known}.column"),
            ),
            Self::SameAlias => syntax(
                "the target and the query have the same alias",
                "write AS and another name behind one of the two",
            ),
            Self::MisplacedClause { clause } => syntax(format!("{clause} is misplaced"), ORDER),
            Self::DuplicateClause { clause } => {
                syntax(format!("{clause} specified more than once"), ORDER)
            }
            Self::MissingClause { clause } => {
                syntax(format!("{clause} is missing"), format!("add {clause} …"))
            }
            Self::MergeUpdate => S::NotSupported
                .error("UPDATE is not supported in MERGE: it replaces whole rows")
                .hint("write WHEN MATCHED THEN REPLACE"),
        }
    }
}

const ORDER: &str = "the order is: WHEN MATCHED AND … THEN DELETE, WHEN MATCHED THEN REPLACE, \
                     WHEN NOT MATCHED THEN INSERT; the first may be left out";

fn syntax(message: impl Into<String>, hint: impl Into<String>) -> Diagnosis {
    S::SyntaxError.error(message).hint(hint)
}
