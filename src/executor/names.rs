//! Names for completion.

use super::{Executor, NameRange, NameScope};

impl Executor {
    /// Up to `limit` names with this prefix, and the last one. If the catalog cannot be read there
    /// are none, and no error.
    pub fn names(&mut self, scope: NameScope<'_>, prefix: &str, limit: usize) -> NameRange {
        let db = self.writer.catalog.reader().ok();
        db.and_then(|db| db.names(scope, prefix, limit).ok()).unwrap_or_default()
    }
}
