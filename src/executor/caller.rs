//! Who runs a statement: how it came, and where remarks go that cannot wait for its end.

use super::{Notice, Origin};

/// Who runs a statement.
pub struct Caller<'a> {
    /// How the statement came to redwire.
    pub origin: Origin,
    /// Takes remarks while the statement runs: that it waits, and for whom.
    pub tell: &'a mut dyn FnMut(Notice),
}
