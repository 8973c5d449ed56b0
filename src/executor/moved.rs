//! The notice about dependents of a connection whose endpoint changes.

use super::{Notice, counted};
use crate::catalog::{Db, Definition, StoredConnection};
use crate::error::Error;

/// Names the tables and jobs that write to another endpoint now; None if the endpoint stays or
/// there are none.
pub(super) fn moved(
    db: &Db,
    before: &StoredConnection,
    now: &Definition,
) -> Result<Option<Notice>, Error> {
    if target(&before.definition) == target(now) {
        return Ok(None);
    }
    let (tables, jobs) = db.count_writers(before.id)?;
    let Some(writers) = writers(tables, jobs) else {
        return Ok(None);
    };
    let write = if tables + jobs == 1 { "writes" } else { "write" };
    let (database, host, port) = target(now);
    let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
    Ok(Some(Notice::new(format!(
        "{writers} now {write} to {database} on {open}{host}{close}:{port}"
    ))))
}

fn target(definition: &Definition) -> (&str, &str, u16) {
    (&definition.database, &definition.host, definition.port)
}

/// `2 tables and 1 job`; None if there are none.
fn writers(tables: i64, jobs: i64) -> Option<String> {
    match (tables, jobs) {
        (0, 0) => None,
        (_, 0) => Some(counted(&tables, "table")),
        (0, _) => Some(counted(&jobs, "job")),
        _ => Some(format!("{} and {}", counted(&tables, "table"), counted(&jobs, "job"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_there_is_is_counted() {
        for (tables, jobs, expected) in [
            (2, 1, Some("2 tables and 1 job")),
            (1, 0, Some("1 table")),
            (0, 3, Some("3 jobs")),
            (0, 0, None),
        ] {
            assert_eq!(writers(tables, jobs).as_deref(), expected);
        }
    }
}
