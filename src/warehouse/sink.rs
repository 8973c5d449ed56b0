//! Receivers of results, which get them as they arrive.

use std::ops::ControlFlow;

use super::ServerMessage;

/// A column of a result, as the server describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultColumn {
    /// The heading.
    pub name: String,
    /// The OID of its type in `pg_type`; AWS's JDBC driver 2.2.6, `Oid.java`, has those of
    /// Redshift's own types.
    pub type_oid: u32,
    /// The modifier of the type, such as the precision of a number; -1 if it has none.
    pub type_modifier: i32,
    /// True if the values are text. A binary cursor sends others.
    pub is_text: bool,
}

/// Receives the results of a query in the order in which they arrive. Nothing is buffered: the sink
/// copies the data that it needs later.
pub trait ResultSink {
    /// A result begins. `Break` here or at a row cancels the query.
    fn columns(&mut self, _columns: &[ResultColumn]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// A row with a cell for each column; None is NULL.
    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()>;

    /// A statement is done; its command tag is such as `SELECT 3`.
    fn tag(&mut self, _tag: &str) {}

    /// The server sent a notice.
    fn notice(&mut self, _notice: &ServerMessage) {}
}

/// A sink that discards everything.
pub(super) struct Discard;

impl ResultSink for Discard {
    fn row(&mut self, _cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// A sink that keeps the columns of the result.
#[derive(Default)]
pub(super) struct ColumnsAlone(pub Vec<ResultColumn>);

impl ResultSink for ColumnsAlone {
    fn columns(&mut self, columns: &[ResultColumn]) -> ControlFlow<()> {
        self.0 = columns.to_vec();
        ControlFlow::Continue(())
    }

    fn row(&mut self, _cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
