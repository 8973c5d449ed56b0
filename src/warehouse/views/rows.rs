//! Rows of a question of redwire's own, as text.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::warehouse::{Cancel, ResultSink, Session, WarehouseError};

/// A row of texts.
#[derive(Debug)]
pub struct TextRow<'a>(Vec<Option<Cow<'a, str>>>);

impl TextRow<'_> {
    /// The text in the column of that index; None where it is NULL, or where there is no such
    /// column.
    pub fn text(&self, index: usize) -> Option<&str> {
        self.0.get(index)?.as_deref()
    }
}

/// Takes a row, and says whether it wants more.
pub type TakeRow<'a> = dyn FnMut(&TextRow<'_>) -> ControlFlow<()> + 'a;

/// Asks a session and hands each row over as it arrives. What is not UTF-8 in it is replaced by
/// U+FFFD.
///
/// # Errors
/// The question cannot be asked, or `cancel` ended it, or `take` wanted no more:
/// [`WarehouseError::Stopped`].
pub fn each_row(
    session: &mut Session,
    sql: &str,
    take: &mut TakeRow<'_>,
    cancel: &Cancel,
) -> Result<(), WarehouseError> {
    session.query(sql, &mut RowTaker(take), cancel)
}

struct RowTaker<'a, 'b>(&'a mut TakeRow<'b>);

impl ResultSink for RowTaker<'_, '_> {
    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        let texts = cells.iter().map(|cell| cell.map(String::from_utf8_lossy));
        (self.0)(&TextRow(texts.collect()))
    }
}
