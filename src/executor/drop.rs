//! DROP CONNECTION: refused while anything depends on what is to go.

use std::ops::Range;

use super::secrets::catalog_error;
use super::{Executor, NO_CHANGE, Notice, Outcome};
use crate::catalog::StoredConnection;
use crate::error::{Error, Failure};
use crate::name::Object;
use crate::sql::DropConnection;

impl Executor {
    pub(super) fn drop_connection(&mut self, drop: &DropConnection) -> Result<Outcome, Error> {
        let mut outcome = Outcome::done("DROP CONNECTION");
        let found = self.find_to_drop(drop, &mut outcome)?;
        if found.is_empty() {
            outcome.tag = Some(NO_CHANGE);
            return Ok(outcome);
        }
        outcome.notices.clear();
        self.change(&mut outcome, |executor, outcome| {
            let found = executor.find_to_drop(drop, outcome)?;
            executor.drop_found(drop, &found, outcome)
        })?;
        Ok(outcome)
    }

    /// The connections that the statement names, each once; one that is missing is an error or a notice.
    fn find_to_drop(&mut self, drop: &DropConnection, outcome: &mut Outcome) -> Result<Vec<StoredConnection>, Error> {
        let mut found: Vec<StoredConnection> = Vec::new();
        for name in &drop.names {
            match self.reader()?.find_connection(&name.value).map_err(catalog_error)? {
                Some(connection) if found.iter().all(|other| other.id != connection.id) => found.push(connection),
                Some(_) => {}
                None if drop.if_exists => {
                    let text = format!("there is no connection {}, it is passed over", name.value);
                    outcome.notices.push(Notice::new(text));
                }
                None => return Err(self.no_such_connection(&name.value, name.span.clone())),
            }
        }
        Ok(found)
    }

    fn drop_found(
        &mut self,
        drop: &DropConnection,
        found: &[StoredConnection],
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let ids: Vec<i64> = found.iter().map(|connection| connection.id).collect();
        if drop.cascade {
            for dropped in self.changing()?.delete_dependents(&ids).map_err(catalog_error)? {
                outcome
                    .notices
                    .push(Notice::new(format!("dropped {} {}", dropped.kind, dropped.name)));
            }
        }
        let usages = self.changing()?.usages_of_connections(&ids).map_err(catalog_error)?;
        if !usages.is_empty() {
            let objects = found
                .iter()
                .map(|connection| Object::Connection(connection.definition.name.clone()))
                .collect();
            return Err(Error::at(Failure::InUse { usages, objects }, span_of_names(drop)));
        }
        for connection in found {
            self.secrets.remove(&connection.definition.secret);
            self.changing()?
                .delete_connection(connection.id)
                .map_err(catalog_error)?;
        }
        Ok(())
    }
}

fn span_of_names(drop: &DropConnection) -> Range<usize> {
    let start = drop.names.first().map_or(0, |name| name.span.start);
    start..drop.names.last().map_or(start, |name| name.span.end)
}
