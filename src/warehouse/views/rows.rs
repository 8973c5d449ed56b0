//! The rows of redwire's own queries, as text.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::warehouse::{Cancel, ResultSink, Session, WarehouseError};

/// A row of text values.
#[derive(Debug)]
pub struct TextRow<'a>(Vec<Option<Cow<'a, str>>>);

impl TextRow<'_> {
    /// The value in the column with this index; None for NULL, or if there is no such column.
    pub fn text(&self, index: usize) -> Option<&str> {
        self.0.get(index)?.as_deref()
    }

    /// All values, in order.
    pub fn to_texts(&self) -> Vec<Option<String>> {
        self.0.iter().map(|cell| cell.as_deref().map(str::to_owned)).collect()
    }
}

/// Receives a row; `Break` ends the query.
pub type TakeRow<'a> = dyn FnMut(&TextRow<'_>) -> ControlFlow<()> + 'a;

/// Runs a query and passes each row on as it arrives. Invalid UTF-8 is replaced by U+FFFD.
///
/// # Errors
/// The query failed, the limit has passed, `cancel` ended it, or `take` did:
/// [`WarehouseError::Stopped`].
pub fn each_row(
    session: &mut Session,
    sql: &str,
    take: &mut TakeRow<'_>,
    limit: Option<Duration>,
    cancel: &Cancel,
) -> Result<(), WarehouseError> {
    session.query(sql, &mut RowTaker(take), limit, cancel)
}

struct RowTaker<'a, 'b>(&'a mut TakeRow<'b>);

impl ResultSink for RowTaker<'_, '_> {
    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        let texts = cells.iter().map(|cell| cell.map(String::from_utf8_lossy));
        (self.0)(&TextRow(texts.collect()))
    }
}
