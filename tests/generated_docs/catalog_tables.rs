//! The columns of SHOW and SELECT: names from the catalog itself, meanings from here.

use std::sync::Arc;

use super::page::{Page, code};
use redwire::catalog::{CatalogError, Db, Location, VIEWS};

/// The meaning of each column; a name means the same in every listing.
const MEANINGS: &[(&str, &str)] = &[
    ("name", "the name, without quotes; of a usage as SQL"),
    ("kind", "`redshift` for a connection; `insert` or `merge` for a job"),
    ("endpoint", "`host:port/database`"),
    ("host", "the host in CONNECTION_STRING"),
    ("port", "the port in CONNECTION_STRING, or the default"),
    ("database", "the database in CONNECTION_STRING, decoded"),
    ("user_name", "USER_NAME"),
    ("max_connections", "MAX_CONCURRENT_CONNECTIONS; NULL is no limit"),
    ("max_concurrent_connections", "MAX_CONCURRENT_CONNECTIONS; NULL is no limit"),
    (
        "password",
        "`stored`, or `missing` where it lies in another secret store than the one in use, or was in the memory of \
         another process. This is the catalog's word: the store itself is not asked",
    ),
    ("usages", "how many things in the catalog depend on the connection or the table"),
    ("connection", "the connection that leads to the table"),
    ("columns", "how many columns the table has"),
    ("target", "the table that the job writes, as SQL"),
    ("sources", "how many tables the job reads, each once"),
    ("run_interval", "RUN_INTERVAL; NULL where the job runs when told"),
    ("comment", "COMMENT; NULL where there is none"),
    ("created_at", "when it was made, UTC"),
    ("altered_at", "when it was last changed, UTC"),
    ("catalog", "the connection that leads to the table, without quotes"),
    ("schema", "the schema of the table, without quotes"),
    (
        "table",
        "the table; for a job the one that it writes. In a SELECT it is written `\"table\"`",
    ),
    ("ordinal", "the place of the column in the table, from 1"),
    ("data_type", "the type as redwire prints it"),
    ("is_nullable", "`YES` or `NO`"),
    ("used_kind", "what is used: `connection` or `table`"),
    ("used", "its name as SQL"),
    ("usage", "what uses it: `table` or `job`"),
    (
        "via",
        "the ties between the two: `connection`, `target`, `source`, `table` and its name",
    ),
];

pub(super) fn write(page: &mut Page) -> Result<(), CatalogError> {
    let mut db = Db::open_or_create(&Location::Memory, "reference")?;
    for (statement, listing) in [
        ("SHOW CONNECTIONS", db.list_connections(None)?),
        ("SHOW TABLES", db.list_tables(None, None, None)?),
        ("SHOW JOBS", db.list_jobs(None)?),
    ] {
        page.heading(2, &format!("Columns of {statement}"));
        write_columns(page, listing.columns.iter().map(|column| column.name.as_str()));
    }
    page.heading(2, "Columns of DESCRIBE and SHOW USAGES");
    page.paragraph(
        "DESCRIBE CONNECTION has the columns `property` and `value`: a row for each option, when it was made and \
         changed, the host, port and database, and the options of the URL that are in force. DESCRIBE JOB has them too: a \
         row for each option, the tables that the job writes and reads, and when it was made and changed. DESCRIBE TABLE \
         has a row for each column. SHOW USAGES has `usage`, `name` and `via`.",
    );
    page.heading(2, "Tables of the catalog");
    page.paragraph("SELECT reads these tables, with any expression and function of SQLite.");
    for view in VIEWS {
        page.heading(3, &format!("system.information_schema.{view}"));
        let rows = db.query(&format!("SELECT * FROM temp.{view} LIMIT 0"), &Arc::default())?;
        write_columns(page, rows.columns.iter().map(|column| column.name.as_str()));
    }
    Ok(())
}

fn write_columns<'a>(page: &mut Page, columns: impl Iterator<Item = &'a str>) {
    let meaning = |column: &str| {
        MEANINGS.iter().find(|(name, _)| *name == column).map_or("", |(_, text)| text)
    };
    page.table(
        ["column", "meaning"],
        columns.map(|column| [code(column), meaning(column).to_owned()]),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_meaning() {
        let mut page = Page::default();
        write(&mut page).unwrap();
        assert!(!page.into_text().contains("|  |"));
    }
}
