//! The parts of a body that are SQL of the warehouse.

/// How deep the parser may go into expressions and queries.
pub(super) const RECURSION_LIMIT: usize = 500;

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A query.
    Query,
    /// An expression.
    Expression,
}

impl Kind {
    /// What stands in an error where the part is none.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Query => "a SELECT that Redshift would take",
            Self::Expression => "an expression that Redshift would take",
        }
    }
}
