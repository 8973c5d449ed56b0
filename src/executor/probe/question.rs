//! Queries for properties of a server, whose answer is a single value.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::warehouse::{Cancel, ResultSink, Session, WarehouseError};

/// The time limit of each query.
const QUERY_LIMIT: Duration = Duration::from_secs(30);

/// `Redshift 1.0.12103` from `version()`, which returns `PostgreSQL 8.0.2 on i686-pc-linux-gnu, …,
/// Redshift 1.0.12103` (issue aws/amazon-redshift-python-driver 167).
pub(in crate::executor) fn redshift_version(version: &str) -> Option<&str> {
    let begin = version.find("Redshift ")?;
    version[begin..].split(',').next()
}

/// The first value of the query's result, truncated; empty if there is none.
pub(in crate::executor) fn first_cell(
    session: &mut Session,
    sql: &str,
    cancel: &Cancel,
) -> Result<String, WarehouseError> {
    let mut first = FirstCell::default();
    session.query_within(sql, &mut first, QUERY_LIMIT, cancel)?;
    Ok(first.text.unwrap_or_default())
}

/// A sink that keeps the first value.
#[derive(Default)]
struct FirstCell {
    text: Option<String>,
}

/// The maximum number of bytes kept; the versions of servers are shorter.
const MAX_CELL_BYTES: usize = 1_000;

impl ResultSink for FirstCell {
    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        if let Some(Some(bytes)) = cells.first()
            && self.text.is_none()
        {
            let bytes = &bytes[..bytes.len().min(MAX_CELL_BYTES)];
            self.text = Some(String::from_utf8_lossy(bytes).into_owned());
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redshift_is_known_by_its_version() {
        let version = "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2, Redshift 1.0.12103";
        assert_eq!(redshift_version(version), Some("Redshift 1.0.12103"));
        assert_eq!(redshift_version("PostgreSQL 15.4 on x86_64-pc-linux-gnu"), None);
    }
}
