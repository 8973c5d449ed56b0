//! The schema in which the server finds an unqualified name.

use std::ops::ControlFlow;

use super::{CLASSES, TextRow, each_row};
use crate::warehouse::{Cancel, Session, WarehouseError};

/// The schemas of the tables and views that the server finds under this name, in any letter case,
/// without a schema before it.
///
/// # Errors
/// The query failed, or `cancel` ended it.
pub fn visible_schemas(
    session: &mut Session,
    name: &str,
    cancel: &Cancel,
) -> Result<Vec<String>, WarehouseError> {
    let name = session.quote_literal(&name.to_ascii_lowercase());
    let sql = format!(
        "SELECT n.nspname FROM {CLASSES} \
         WHERE lower(c.relname) = {name} AND pg_catalog.pg_table_is_visible(c.oid)"
    );
    let mut schemas = Vec::new();
    let mut take = |row: &TextRow<'_>| {
        schemas.extend(row.text(0).map(str::to_owned));
        ControlFlow::Continue(())
    };
    each_row(session, &sql, &mut take, None, cancel)?;
    Ok(schemas)
}
