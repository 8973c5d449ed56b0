//! Receivers of results, which take them as they arrive.

use std::ops::ControlFlow;

use super::ServerMessage;

/// A column of a result, as the server describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultColumn {
    /// Its heading.
    pub name: String,
    /// The number of its type in `pg_type`; numbers of Redshift's own types are in AWS's JDBC
    /// driver 2.2.6, `Oid.java`.
    pub type_oid: u32,
    /// The type's modifier, such as the length of a VARCHAR plus 4; −1 where there is none.
    pub type_modifier: i32,
    /// The values are text. A binary cursor of the user sends others.
    pub is_text: bool,
}

/// Takes what a query brings, in the order in which it arrives. Nothing is kept for it: what it
/// needs later it copies.
pub trait ResultSink {
    /// A result begins. `Break` here or at a row cancels the query.
    fn columns(&mut self, _columns: &[ResultColumn]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// A row with a cell for each column; None is NULL.
    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()>;

    /// A statement is done; the server's tag for it, such as `SELECT 3`.
    fn tag(&mut self, _tag: &str) {}

    /// The query held no statement.
    fn empty(&mut self) {}

    /// The server has something to say.
    fn notice(&mut self, _notice: &ServerMessage) {}
}

/// Takes everything and keeps nothing.
pub(super) struct Discard;

impl ResultSink for Discard {
    fn row(&mut self, _cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
