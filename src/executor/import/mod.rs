//! IMPORT CONNECTIONS, and IMPORT TABLES, which reads the warehouse's tables in one snapshot, closes
//! the session, and then records them in the catalog in one transaction.

mod connections;
mod found;
mod keep;
mod read;
mod record;
#[cfg(test)]
mod tests;

pub(super) use connections::import_connections;

use found::ServerTables;
use read::TableReader;
use record::record_tables;

use super::lookup::find_connection;
use super::session::open_session;
use super::slot::SessionSlots;
use super::transaction::CatalogWriter;
use super::{Caller, Credentials, Mode, Notice, Outcome};
use crate::catalog::Pattern;
use crate::error::{Cancelled, Error};
use crate::sql::{ImportTables, Spanned};
use crate::warehouse::slots::Purpose;

/// The command tag.
const TAG: &str = "IMPORT TABLES";

/// Reads the tables of the warehouse and records them in the catalog. Tables that the warehouse
/// lacks stay in the catalog: a job may be about to create them.
pub(super) fn import_tables(
    writer: &mut CatalogWriter,
    slots: &mut SessionSlots,
    import: &ImportTables,
    caller: &mut Caller<'_>,
) -> Result<Outcome, Error> {
    let connection = &import.connection;
    find_connection(writer.catalog.reader()?, &connection.value, connection.span.clone())?;
    if writer.catalog.mode == Mode::DryRun {
        let text = format!("the tables of connection {} would be read", connection.value.shown());
        return Ok(Outcome {
            notices: vec![Notice::new(text)],
            ..Outcome::default()
        });
    }
    writer.catalog.reader()?.check_writable()?;
    let (connection_id, found) = read_tables(writer, slots, import, caller)?;
    let mut outcome = Outcome::done(TAG);
    writer.change(&mut outcome, |change, outcome| {
        record_tables(change, import, connection_id, found, outcome)
    })?;
    Ok(outcome)
}

/// The tables, and the id of the connection that they were read from.
fn read_tables(
    writer: &mut CatalogWriter,
    slots: &mut SessionSlots,
    import: &ImportTables,
    caller: &mut Caller<'_>,
) -> Result<(i64, ServerTables), Error> {
    let Spanned { value: name, span } = &import.connection;
    let credentials = Credentials::find(writer, name, Some(span.clone()))?;
    let catalog = &mut writer.catalog;
    let mut session = open_session(catalog, slots, &credentials, &Purpose::IMPORT, caller.notify)?;
    // The server must be told of an interrupt, and its answer must be read.
    let orderly = slots.signals.defer();
    let connection_id = session.destination().connection_id;
    let found = TableReader::new(session.session(), import, slots.cancel()).read();
    drop(session);
    drop(orderly);
    // After an interrupt nothing is changed, even if everything was read.
    match found {
        Ok(_) if slots.signals.is_cancelled() => Err(Error::new(Cancelled)),
        found => found.map(|found| (connection_id, found)),
    }
}

fn pattern_of(import: &ImportTables) -> Option<Pattern> {
    import.like.as_deref().map(Pattern::new)
}
