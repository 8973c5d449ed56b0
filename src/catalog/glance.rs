//! A quick look at the names in a catalog, for completion in a shell: it never waits.

use std::time::Duration;

use rusqlite::{Connection, OpenFlags, params};

use super::file::open_with;
use super::names::NameRange;
use super::open::{bounded, version_of};
use super::sqlite_error::{Attempt, translate};
use super::watch;
use super::{CatalogError, Location};

/// The longest wait for a lock on the catalog.
const PATIENCE: Duration = Duration::from_millis(10);

/// The number of names that are read from each end of the range, including those in quotes.
const LOOKED_THROUGH: usize = 20_000;

/// The kind of the names to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlancedKind {
    /// Connections.
    Connection,
    /// Jobs.
    Job,
}

/// Up to `limit` names of the kind with this prefix that need no quotes in a shell, and the last such name.
///
/// A plain name consists of ASCII letters, digits, `_`, `.` and `-`, and does not begin with `-`.
/// Among very many names in quotes a plain one may be missed until the prefix is longer. Never
/// creates or upgrades a catalog, and waits for no other process.
pub fn glance_at_names(
    location: &Location,
    kind: GlancedKind,
    prefix: &str,
    limit: usize,
) -> Result<NameRange, CatalogError> {
    match location {
        Location::Memory => Ok(NameRange::default()),
        Location::File(path) => open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE, |mut sqlite| {
            sqlite.busy_timeout(PATIENCE).map_err(translate(path, Attempt::Open))?;
            let names = bounded(&mut sqlite, path, |sqlite, watch| {
                version_of(sqlite, path)?;
                watch.allow(watch::COMPLETION);
                names(sqlite, kind, prefix, limit).map_err(translate(path, Attempt::Open))
            });
            names.map(|(names, _)| names)
        })
        .map(|(names, _)| names),
    }
}

fn names(
    sqlite: &Connection,
    kind: GlancedKind,
    prefix: &str,
    limit: usize,
) -> rusqlite::Result<NameRange> {
    // DEL sorts after every character of such a name.
    let end = format!("{prefix}\u{7F}");
    let names = |order, limit: usize| -> rusqlite::Result<Vec<String>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        sqlite
            .prepare(&plain_names(kind, order))?
            .query_map(params![prefix, end, limit], |row| row.get(0))?
            .collect()
    };
    NameRange::new(limit, names("ASC", limit)?, || Ok(names("DESC", 1)?.pop()))
}

fn plain_names(kind: GlancedKind, order: &str) -> String {
    let table = match kind {
        GlancedKind::Connection => "connection",
        GlancedKind::Job => "job",
    };
    format!(
        "SELECT name FROM (SELECT name FROM main.{table} WHERE name >= ?1 AND name < ?2 ORDER BY name {order} \
         LIMIT {LOOKED_THROUGH}) \
         WHERE name NOT GLOB '*[^a-zA-Z0-9_.-]*' AND name NOT GLOB '-*' ORDER BY name {order} LIMIT ?3"
    )
}
