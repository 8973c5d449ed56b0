//! The origin of a statement, and the receiver of notices that cannot wait for its end.

use super::{Notice, Origin};

/// The caller of a statement.
pub struct Caller<'a> {
    /// The origin of the statement.
    pub origin: Origin,
    /// Receives notices while the statement runs, for example about waiting for a slot.
    pub notify: &'a mut dyn FnMut(Notice),
}
