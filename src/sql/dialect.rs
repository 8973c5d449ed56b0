//! The two kinds of SQL that redwire reads.

/// The dialect by which a text is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// redwire's own statements.
    #[default]
    Catalog,
    /// SQL for a warehouse: with `$$ … $$`, `$tag$ … $tag$` and `E'…'` (PostgreSQL
    /// documentation, "Lexical Structure").
    Warehouse {
        /// True if a backslash is an escape in every string: the server's
        /// `standard_conforming_strings` is off.
        backslash_escapes: bool,
    },
}
