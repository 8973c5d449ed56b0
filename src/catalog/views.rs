//! The catalog as SELECT sees it: the views of `system.information_schema`.

use super::failure::{Attempt, translate};
use super::{CatalogError, Db};

/// The views that SELECT may read, by name.
pub const VIEWS: &[&str] = &["connections"];

/// What each view selects. They are TEMP views, since only those may read the main database from beside it.
const SELECTS: &[&str] = &[include_str!("connections.sql")];

impl Db {
    /// Makes the views where they are missing: nothing but SELECT needs them, and a rollback takes them away. A view
    /// has no parameters, so their values stand in it as literals. The view that reads the catalog ends in a nonce,
    /// see [`super::guard`]; the one of the plain name reads that one.
    pub(super) fn create_views(&mut self) -> Result<(), CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        if self.nonce.is_empty() {
            self.nonce = self
                .sqlite
                .query_row("SELECT hex(randomblob(16))", [], |row| row.get(0))
                .map_err(&translated)?;
        }
        let (kind, process, nonce) = (literal(&self.kind), literal(&self.process), &self.nonce);
        for (view, select) in VIEWS.iter().zip(SELECTS) {
            let select = select.replace(":kind", &kind).replace(":process", &process);
            let views = format!(
                "CREATE TEMP VIEW IF NOT EXISTS \"{view}_{nonce}\" AS {select}; \
                 CREATE TEMP VIEW IF NOT EXISTS {view} AS SELECT * FROM temp.\"{view}_{nonce}\";"
            );
            self.sqlite.execute_batch(&views).map_err(&translated)?;
        }
        Ok(())
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
