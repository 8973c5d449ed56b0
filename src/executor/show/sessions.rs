//! SHOW SESSIONS: the holders of slots, under their connections' current names. Creates neither
//! catalog nor folder.

use std::collections::HashMap;

use crate::error::Error;
use crate::executor::Outcome;
use crate::executor::catalog_handle::CatalogHandle;
use crate::executor::lookup::find_connection_id;
use crate::executor::slot::SessionSlots;
use crate::name::ConnectionName;
use crate::sql::Spanned;
use crate::value::{ResultSet, Value};
use crate::warehouse::slots::Holder;

/// The sessions of one connection, or of all.
pub(super) fn show_sessions(
    catalog: &mut CatalogHandle,
    slots: &SessionSlots,
    connection: Option<&Spanned<ConnectionName>>,
) -> Result<Outcome, Error> {
    let id = match connection {
        Some(Spanned { value, span }) => {
            Some(find_connection_id(catalog.reader()?, value, span.clone())?)
        }
        None => None,
    };
    let mut rows = ResultSet::with_columns(["connection", "slot", "process", "what", "since"]);
    let held = slots.holders(id)?;
    if held.is_empty() {
        return Ok(Outcome::list(rows));
    }
    let names: HashMap<i64, String> = catalog
        .reader()?
        .all_connections()?
        .into_iter()
        .map(|found| (found.id, found.definition.name.as_str().to_owned()))
        .collect();
    rows.rows = held.into_iter().map(|holder| row(holder, &names)).collect();
    Ok(Outcome::list(rows))
}

/// A connection that was dropped keeps the name that it had when the slot was taken.
fn row(holder: Holder, names: &HashMap<i64, String>) -> Vec<Value> {
    let Holder { connection_id, slot, who } = holder;
    let name = names.get(&connection_id).cloned().or(who.connection_name);
    vec![
        Value::optional_text(name),
        Value::Integer(i64::from(slot)),
        who.process.map_or(Value::Null, |id| Value::Integer(i64::from(id))),
        Value::optional_text(who.purpose),
        Value::optional_text(who.since),
    ]
}
