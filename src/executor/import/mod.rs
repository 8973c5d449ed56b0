//! IMPORT TABLES: what the warehouse has is read in one snapshot, the session is closed, and then
//! the catalog takes it over in one change.

mod found;
mod keep;
mod read;
mod record;
#[cfg(test)]
mod tests;

use found::Found;
use read::Reader;
use record::record_tables;

use super::lookup::find_connection;
use super::{Caller, Executor, Mode, Notice, Outcome};
use crate::catalog::Pattern;
use crate::error::{Cancelled, Error};
use crate::sql::ImportTables;
use crate::warehouse::slots::Purpose;

/// The command tag.
const TAG: &str = "IMPORT TABLES";

impl Executor {
    /// Reads the tables of the warehouse and makes the catalog know them. Of what the catalog has
    /// and the warehouse has not, nothing goes: a job may be about to make it.
    pub(super) fn import_tables(
        &mut self,
        import: &ImportTables,
        caller: &mut Caller<'_>,
    ) -> Result<Outcome, Error> {
        let connection = &import.connection;
        find_connection(self.catalog.reader()?, &connection.value, connection.span.clone())?;
        if self.mode == Mode::Trial {
            let text = format!("the tables of connection {} would be read", connection.value);
            return Ok(Outcome {
                notices: vec![Notice::new(text)],
                ..Outcome::default()
            });
        }
        self.catalog.reader()?.check_writable()?;
        let (connection_id, found) = self.read_tables(import, caller)?;
        let mut outcome = Outcome::done(TAG);
        self.change(&mut outcome, |change, outcome| {
            record_tables(change, import, connection_id, found, outcome)
        })?;
        Ok(outcome)
    }

    /// The tables, and the identity of the connection that led to them.
    fn read_tables(
        &mut self,
        import: &ImportTables,
        caller: &mut Caller<'_>,
    ) -> Result<(i64, Found), Error> {
        let mut session = self.open_session(&import.connection, &Purpose::import(), caller.tell)?;
        // The server has to be told of an interrupt, and no answer of it is to be lost.
        let orderly = self.signals.defer();
        let connection_id = session.destination().connection_id;
        let found = Reader::new(session.session(), import, self.cancel()).read();
        drop(session);
        drop(orderly);
        // An interrupt that came when all was read: the user still wants no change.
        match found {
            Ok(_) if self.is_cancelled() => Err(Error::new(Cancelled)),
            found => found.map(|found| (connection_id, found)),
        }
    }
}

/// The pattern of the statement, if it has one.
fn pattern_of(import: &ImportTables) -> Option<Pattern> {
    import.like.as_deref().map(Pattern::new)
}
