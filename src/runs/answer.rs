//! The answer of the server to a message of several statements, all of it.

use std::ops::ControlFlow;

use crate::warehouse::{ResultColumn, ResultSink};

/// The answer to a message.
#[derive(Debug, Default)]
pub struct ServerAnswer {
    /// The names of the last result's columns.
    pub columns: Vec<String>,
    /// The rows of each result.
    pub results: Vec<Vec<Vec<Option<String>>>>,
    /// The command tags.
    pub tags: Vec<String>,
}

impl ResultSink for ServerAnswer {
    fn columns(&mut self, columns: &[ResultColumn]) -> ControlFlow<()> {
        self.columns = columns.iter().map(|column| column.name.clone()).collect();
        self.results.push(Vec::new());
        ControlFlow::Continue(())
    }

    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
        if let Some(rows) = self.results.last_mut() {
            rows.push(cells.iter().map(|cell| cell.map(text)).collect());
        }
        ControlFlow::Continue(())
    }

    fn tag(&mut self, tag: &str) {
        self.tags.push(tag.to_owned());
    }
}

impl ServerAnswer {
    /// The first value of the first row.
    pub fn first_cell(self) -> Option<String> {
        self.results.into_iter().next()?.into_iter().next()?.into_iter().next()?
    }
}

/// The number of rows at the end of a command tag.
pub fn row_count(tag: &str) -> Option<u64> {
    tag.rsplit(' ').next()?.parse().ok()
}
