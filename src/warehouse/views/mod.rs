//! What a server has: its databases, schemas, tables and columns, by Redshift's own views, and by PostgreSQL's where
//! those are missing.

mod listing;
pub mod names;

use std::ops::ControlFlow;

pub use listing::Listing;

use super::{Cancel, ResultColumn, ResultSink, ServerMessage, Session, WarehouseError};

/// Whose views a server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Views {
    /// Redshift's: `svv_redshift_columns` and its like.
    Redshift,
    /// PostgreSQL's: `pg_class` and its like.
    PostgreSql,
}

/// Counts Redshift's view of columns, without failing where it is missing: a failure would end an open transaction.
const FIND_VIEWS: &str = "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE n.nspname = 'pg_catalog' AND c.relname = 'svv_redshift_columns'";

impl Views {
    /// Asks a session whose views its server has.
    ///
    /// # Errors
    /// The question cannot be asked, or `cancel` ended it.
    pub fn of(session: &mut Session, cancel: &Cancel) -> Result<Self, WarehouseError> {
        let mut found = IsThere(false);
        session.query(FIND_VIEWS, &mut found, cancel)?;
        Ok(if found.0 { Self::Redshift } else { Self::PostgreSql })
    }
}

/// Whether a count that was asked for is more than nothing.
struct IsThere(bool);

impl ResultSink for IsThere {
    fn columns(&mut self, _columns: &[ResultColumn]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        self.0 = cells
            .first()
            .is_some_and(|cell| cell.is_some_and(|count| count != b"0"));
        ControlFlow::Continue(())
    }

    fn tag(&mut self, _tag: &str) {}

    fn notice(&mut self, _notice: &ServerMessage) {}
}
