//! Errors in MERGE.

use super::syntax;
use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::sqlstate::SqlState as S;

/// An error in a MERGE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeError {
    /// Both sides of a condition in ON are columns of the same table.
    SameSide {
        /// The alias of the target as SQL.
        target: String,
        /// The alias of the query as SQL.
        source_alias: String,
    },
    /// A column whose qualifier is not one of the MERGE's aliases.
    UnknownAlias {
        /// The qualifier as SQL.
        qualifier: String,
        /// The possible aliases, as SQL.
        known: String,
    },
    /// The target and the query have the same alias.
    SameAlias,
    /// A clause of MERGE at the wrong place.
    MisplacedClause(&'static str),
    /// The same clause of MERGE twice.
    DuplicateClause(&'static str),
    /// A missing clause of MERGE.
    MissingClause(&'static str),
    /// An UPDATE beside a query: such a MERGE writes whole rows.
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
            Self::MisplacedClause(clause) => syntax(format!("{clause} is misplaced"), ORDER),
            Self::DuplicateClause(clause) => {
                syntax(format!("{clause} specified more than once"), ORDER)
            }
            Self::MissingClause(clause) => {
                syntax(format!("{clause} is missing"), format!("add {clause} …"))
            }
            Self::MergeUpdate => S::NotSupported
                .error("UPDATE is not supported in a MERGE of a query: it replaces whole rows")
                .hint(
                    "write WHEN MATCHED THEN REPLACE; Redshift's own MERGE has a table behind \
                     USING",
                ),
        }
    }
}

const ORDER: &str = "the order is: WHEN MATCHED AND … THEN DELETE, WHEN MATCHED THEN REPLACE, \
                     WHEN NOT MATCHED THEN INSERT; the first may be left out";
