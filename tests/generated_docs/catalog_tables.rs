//! The columns of SHOW and SELECT: names from the catalog itself, meanings from here.

use super::page::{Page, code, codes};
use redwire::catalog::{CatalogError, Db, Location, VIEWS, view_path};
use redwire::value::ResultSet;

/// The meaning of each column; a name means the same in every listing.
const MEANINGS: &[(&str, &str)] = &[
    ("name", "without quotes; of a usage as SQL"),
    ("kind", "`redshift` for a connection; `insert` or `merge` for a job"),
    ("endpoint", "`host:port/database`"),
    ("host", "of CONNECTION_STRING"),
    ("port", "of CONNECTION_STRING, or the default"),
    ("database", "of CONNECTION_STRING, decoded"),
    ("user_name", "USER_NAME"),
    ("max_connections", "MAX_CONCURRENT_CONNECTIONS; NULL: no limit"),
    ("max_concurrent_connections", "the same"),
    (
        "password",
        "the store that has it: `keyring`, `vault` or `memory`; `missing` if it was in the memory of a \
         process that has ended. The store is not asked",
    ),
    ("usages", "the number of dependents"),
    ("connection", "the connection of the table"),
    ("columns", "the number of columns"),
    ("target", "the table that the job writes, as SQL"),
    ("sources", "the number of tables that the job reads"),
    ("run_interval", "RUN_INTERVAL; NULL: runs when told"),
    ("comment", "COMMENT, or NULL"),
    ("created_at", "creation, UTC"),
    ("altered_at", "last change, UTC"),
    ("catalog", "the connection, without quotes"),
    ("schema", "without quotes"),
    ("table", "the table, or the one that the job writes; in a SELECT `\"table\"`"),
    ("ordinal", "the place in the table, from 1"),
    ("data_type", "as redwire prints it"),
    ("is_nullable", "`YES` or `NO`"),
    ("used_kind", "what is used: `connection` or `table`"),
    ("used", "its name as SQL"),
    ("usage", "what uses it: `table` or `job`"),
    (
        "state",
        "of a job `idle`, `running`, `paused`, `failed` or `ended`; of a run `running`, `done`, \
         `failed`, `rewound`, or `skipped`: another run was faster. As far as the catalog \
         knows",
    ),
    ("loaded_until", "the end of the job's last window that is done, UTC"),
    ("last_started_at", "start of the job's last run, UTC"),
    ("last_ended_at", "its end, UTC"),
    ("last_error", "its error, without secrets"),
    ("job", "the job, without quotes"),
    ("run_id", "the run's name in the ledger"),
    ("window_start", "start of the window, UTC; NULL: the beginning"),
    ("window_end", "its end, UTC, which is no part of it"),
    ("staged", "rows that the query gave"),
    ("inserted", "rows inserted into the target"),
    ("deleted", "rows deleted from it"),
    ("took", "`0.000 s`"),
    ("started_at", "start of the run, UTC"),
    ("ended_at", "its end, UTC"),
    ("by", "the host and the process that ran it"),
    ("started_by", "the same"),
    ("error_code", "the SQLSTATE of a run that has failed"),
    ("error", "its message, without secrets; in SHOW RUNS behind the SQLSTATE"),
    ("password_command", "the program of PASSWORD = COMMAND"),
    ("aws_profile", "the option of that name, as are those up to `color`"),
    ("aws_role", "AWS_ROLE"),
    ("external_id", "EXTERNAL_ID"),
    ("aws_region", "AWS_REGION"),
    ("cluster", "CLUSTER"),
    ("workgroup", "WORKGROUP"),
    ("auto_create_user", "`true` where AUTO_CREATE_USER is TRUE"),
    ("db_groups", "DB_GROUPS, separated by commas"),
    ("aws_secret", "AWS_SECRET"),
    ("ssh_tunnel", "SSH_TUNNEL"),
    ("protection", "PROTECTION"),
    ("color", "COLOR"),
    ("via", "the ties: `connection`, `target`, `source`, `table` and its name"),
];

pub(super) fn write(page: &mut Page) -> Result<(), CatalogError> {
    page.heading(2, "Columns");
    page.paragraph(
        "SELECT reads the tables of `system.information_schema` and `system.monitoring`, with any \
         expression and function of SQLite.",
    );
    let listings = listings()?;
    page.list(
        listings
            .iter()
            .map(|(listing, columns)| format!("{listing}: {}", codes(columns))),
    );
    page.paragraph(
        "DESCRIBE CONNECTION and DESCRIBE JOB have `property` and `value`: a row for each option, \
         the endpoint and the options of the URL in force, or the state of the job and the \
         tables that it writes and reads, and when it was made and changed. DESCRIBE TABLE has a row for each column. SHOW \
         USAGES has `usage`, `name` and `via`.",
    );
    let rows = MEANINGS.iter().map(|(name, text)| [code(name), (*text).to_owned()]);
    page.table(["column", "meaning"], rows);
    Ok(())
}

/// The listings of SHOW and the tables of SELECT, each with its columns.
fn listings() -> Result<Vec<(String, Vec<String>)>, CatalogError> {
    let mut db = Db::open_or_create(&Location::Memory, "reference")?;
    let mut listings = Vec::new();
    for (statement, listing) in [
        ("SHOW CONNECTIONS", db.list_connections(None)?),
        ("SHOW TABLES", db.list_tables(None, None, None)?),
        ("SHOW JOBS", db.list_jobs(None)?),
        ("SHOW RUNS", db.list_runs(None, 1)?),
    ] {
        listings.push((statement.to_owned(), names(&listing)));
    }
    for view in VIEWS {
        let rows = db.query(&format!("SELECT * FROM temp.{view} LIMIT 0"))?;
        listings.push((view_path(view), names(&rows)));
    }
    Ok(listings)
}

fn names(listing: &ResultSet) -> Vec<String> {
    listing.columns.iter().map(|column| column.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_column_has_a_meaning_and_every_meaning_a_column() {
        let columns: BTreeSet<String> =
            listings().unwrap().into_iter().flat_map(|(_, columns)| columns).collect();
        let known: BTreeSet<String> = MEANINGS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(columns, known);
    }
}
