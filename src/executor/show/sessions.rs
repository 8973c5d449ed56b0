//! SHOW SESSIONS: the holders of slots, under their connections' current names. Creates neither
//! catalog nor folder.

use std::collections::HashMap;

use crate::error::Error;
use crate::executor::lookup::find_connection_id;
use crate::executor::{Executor, Outcome};
use crate::name::ConnectionName;
use crate::sql::Spanned;
use crate::value::{ResultSet, Value};
use crate::warehouse::slots::Holder;

impl Executor {
    /// The sessions of one connection, or of all.
    pub(super) fn show_sessions(
        &mut self,
        connection: Option<&Spanned<ConnectionName>>,
    ) -> Result<Outcome, Error> {
        let id = match connection {
            Some(Spanned { value, span }) => {
                Some(find_connection_id(self.writer.catalog.reader()?, value, span.clone())?)
            }
            None => None,
        };
        let mut rows = ResultSet::with_columns(["connection", "slot", "process", "what", "since"]);
        let held = self.holders(id)?;
        if held.is_empty() {
            return Ok(Outcome::list(rows));
        }
        let names: HashMap<i64, String> = self
            .writer
            .catalog
            .reader()?
            .all_connections()?
            .into_iter()
            .map(|found| (found.id, found.definition.name.as_str().to_owned()))
            .collect();
        rows.rows = held.into_iter().map(|holder| row(holder, &names)).collect();
        Ok(Outcome::list(rows))
    }

    /// The number of sessions on the connection with this id.
    pub(in crate::executor) fn sessions_of(&mut self, id: i64) -> Result<usize, Error> {
        Ok(self.holders(Some(id))?.len())
    }

    fn holders(&mut self, id: Option<i64>) -> Result<Vec<Holder>, Error> {
        // A catalog in memory for which no slot was taken has no folder yet.
        if self.slots.is_none() && self.writer.catalog.beside(".slots").is_none() {
            return Ok(Vec::new());
        }
        Ok(self.slots()?.sessions(id)?)
    }
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
