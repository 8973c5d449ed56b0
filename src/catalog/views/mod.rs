//! The views of `system.information_schema`, which SELECT reads.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use super::sqlite_error::Attempt;
use super::{CatalogError, Db};
use crate::name::Identifier;

/// The names of the views.
pub const VIEWS: &[&str] = &["connections", "tables", "columns", "jobs", "usages"];

/// The query of each view. They are TEMP views, since only those can read the main database from
/// outside it.
const SELECTS: [&str; VIEWS.len()] = [
    include_str!("../view/connections.sql"),
    include_str!("../view/tables.sql"),
    include_str!("../view/columns.sql"),
    include_str!("../view/jobs.sql"),
    include_str!("../view/usages.sql"),
];

impl Db {
    /// Creates the missing views. Only SELECT needs them, and a rollback drops them. A view has no
    /// parameters, so their values are inserted as literals. The view that reads the catalog ends
    /// in a nonce, see [`super::guard`]; the view with the plain name reads that one.
    pub(super) fn create_views(&mut self) -> Result<(), CatalogError> {
        if self.nonce.is_empty() {
            self.nonce = self.attempt(Attempt::Open, |sqlite| {
                create_functions(sqlite)?;
                sqlite.query_row("SELECT hex(randomblob(16))", [], |row| row.get(0))
            })?;
        }
        let (kind, process, nonce) = (literal(&self.kind), literal(&self.process), &self.nonce);
        for (view, select) in VIEWS.iter().zip(SELECTS) {
            let select = select.replace(":kind", &kind).replace(":process", &process);
            let views = format!(
                "CREATE TEMP VIEW IF NOT EXISTS \"{view}_{nonce}\" AS {select}; \
                 CREATE TEMP VIEW IF NOT EXISTS {view} AS SELECT * FROM temp.\"{view}_{nonce}\";"
            );
            self.attempt(Attempt::Open, |sqlite| sqlite.execute_batch(&views))?;
        }
        Ok(())
    }
}

/// Defines `sql_name(name)` for the views: the name quoted as in a statement.
fn create_functions(sqlite: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    sqlite.create_scalar_function("sql_name", 1, flags, |context| {
        let name = context.get_raw(0).as_str_or_null()?;
        Ok(name.map(|name| Identifier(name).to_string()))
    })
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests;
