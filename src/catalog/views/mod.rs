//! The views of `system.information_schema` and `system.monitoring`, which SELECT reads.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use super::run::{JOB_STATES, RUNS};
use super::sqlite_error::Attempt;
use super::{CatalogError, Db};
use crate::definition::{Moment, PasswordPlace, StoreKind};
use crate::name::Identifier;

/// The names of the views. One of `system.monitoring` has that schema in its name.
pub const VIEWS: &[&str] = &[
    "connections",
    "tables",
    "columns",
    "jobs",
    "usages",
    "monitoring_jobs",
    "monitoring_runs",
];

/// The query of each view. They are TEMP views, since only those can read the main database from
/// outside it.
const SELECTS: [&str; VIEWS.len()] = [
    include_str!("../view/connections.sql"),
    include_str!("../view/tables.sql"),
    include_str!("../view/columns.sql"),
    include_str!("../view/jobs.sql"),
    include_str!("../view/usages.sql"),
    JOB_STATES,
    RUNS,
];

/// The name of a view as SELECT has it.
pub fn view_path(view: &str) -> String {
    match view.strip_prefix("monitoring_") {
        Some(name) => format!("system.monitoring.{name}"),
        None => format!("system.information_schema.{view}"),
    }
}

impl Db {
    /// Creates the missing views. Only SELECT needs them, and a rollback drops them. The view that
    /// reads the catalog ends in a nonce, see [`super::guard`]; the view with the plain name reads
    /// that one.
    pub(super) fn create_views(&mut self) -> Result<(), CatalogError> {
        if self.nonce.is_empty() {
            self.nonce = self.attempt(Attempt::Open, |sqlite| {
                create_functions(sqlite)?;
                sqlite.query_row("SELECT hex(randomblob(16))", [], |row| row.get(0))
            })?;
        }
        let nonce = &self.nonce;
        for (view, select) in VIEWS.iter().zip(SELECTS) {
            let views = format!(
                "CREATE TEMP VIEW IF NOT EXISTS \"{view}_{nonce}\" AS {select}; \
                 CREATE TEMP VIEW IF NOT EXISTS {view} AS SELECT * FROM temp.\"{view}_{nonce}\";"
            );
            self.attempt(Attempt::Open, |sqlite| sqlite.execute_batch(&views))?;
        }
        Ok(())
    }
}

/// The flags of functions that views may call.
const FUNCTION_FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    .union(FunctionFlags::SQLITE_INNOCUOUS);

/// Defines `sql_name(name)` for the views: the name quoted as in a statement.
fn create_functions(sqlite: &Connection) -> rusqlite::Result<()> {
    sqlite.create_scalar_function("sql_name", 1, FUNCTION_FLAGS, |context| {
        let name = context.get_raw(0).as_str_or_null()?;
        Ok(name.map(|name| Identifier(name).to_string()))
    })
}

/// Defines `moment(microseconds)`: the moment as text.
pub(super) fn create_moment(sqlite: &Connection) -> rusqlite::Result<()> {
    sqlite.create_scalar_function("moment", 1, FUNCTION_FLAGS, |context| {
        let microseconds: Option<i64> = context.get(0)?;
        Ok(microseconds.map(|number| Moment::from_microseconds(number).to_string()))
    })
}

/// Defines `password_place(store, id)`. `process` begins the ids of this process in the memory
/// store: a password that another process had in its memory is missing.
pub(super) fn create_password_place(sqlite: &Connection, process: &str) -> rusqlite::Result<()> {
    let process = process.to_owned();
    sqlite.create_scalar_function("password_place", 2, FUNCTION_FLAGS, move |context| {
        let [store, id] = [0, 1].map(|index| context.get_raw(index).as_str());
        Ok(password_place(store?, id?, &process).word())
    })
}

/// The place of the password in a row; `process` is that of [`create_password_place`].
pub(super) fn password_place(store: &str, id: &str, process: &str) -> PasswordPlace {
    match PasswordPlace::from_word(store) {
        PasswordPlace::Store(StoreKind::Memory) if !id.starts_with(process) => {
            PasswordPlace::Missing
        }
        place => place,
    }
}

#[cfg(test)]
mod tests;
