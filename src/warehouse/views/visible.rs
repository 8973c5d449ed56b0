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

/// The number of rows of a table, by its name of one to three parts, as the server estimates it;
/// None if it does not know.
///
/// # Errors
/// The query failed, or `cancel` ended it.
pub fn estimated_rows(
    session: &mut Session,
    name: &[String],
    cancel: &Cancel,
) -> Result<Option<u64>, WarehouseError> {
    let (table, schema) = match name {
        [.., schema, table] => (table, Some(session.quote_literal(schema))),
        [table] => (table, None),
        [] => return Ok(None),
    };
    let place = match schema {
        Some(schema) => format!("lower(n.nspname) = lower({schema})"),
        None => "pg_catalog.pg_table_is_visible(c.oid)".to_owned(),
    };
    let table = session.quote_literal(table);
    let sql = format!(
        "SELECT c.reltuples::bigint FROM {CLASSES} \
         WHERE lower(c.relname) = lower({table}) AND {place}"
    );
    let mut rows = None;
    let mut take = |row: &TextRow<'_>| {
        // PostgreSQL says -1 for a table that it has not analysed.
        rows = row.text(0).and_then(|text| text.parse().ok());
        ControlFlow::Continue(())
    };
    each_row(session, &sql, &mut take, None, cancel)?;
    Ok(rows)
}
