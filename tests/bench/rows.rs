//! Many rows to CSV: time against psql, which fetches them in parts or copies them, and memory.

use std::io;
use std::process::Command;

use crate::figure::{Figure, Limit};
use crate::list::digest;
use crate::measure::{in_turn, mebibytes, milliseconds, run, time_ratios};
use crate::server::Server;
use crate::stage::Stage;
use crate::support::postgres::Wire;

/// The number of rows in the table.
const MANY: u32 = 5_000_000;

/// Enough rows to compare the outputs, and to see if memory grows.
const FEW: u32 = 50_000;

/// The most memory, whatever the rows.
const MEMORY_LIMIT: f64 = 32.0;

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    let plain = Server::start(stage, Wire::Plain)?;
    plain.administer(&table());
    check_that_rows_are_equal(&plain)?;
    let fetched = in_turn(3, || run(&mut ours(&plain, MANY)), || run(&mut fetched(&plain, MANY)))?;
    let copied = in_turn(5, || run(&mut ours(&plain, MANY)), || run(&mut copied(&plain, MANY)))?;
    let few = (0..5).map(|_| run(&mut ours(&plain, FEW))).collect::<io::Result<Vec<_>>>()?;
    let ours = || copied.iter().map(|(ours, _)| ours);
    Ok(vec![
        Figure::ratio(
            "5,000,000 rows to csv, without TLS: time against `psql --csv` with FETCH_COUNT = 10000",
            time_ratios(&fetched),
            Some(Limit::AtMost(1.0)),
        ),
        Figure::ratio(
            "the same: time against `psql -c 'COPY (…) TO STDOUT CSV'`",
            time_ratios(&copied),
            Some(Limit::AtMost(1.3)),
        ),
        Figure::milliseconds("the same: time", milliseconds(ours().map(|run| run.wall)), 50, None),
        Figure::mebibytes(
            "the same: peak memory",
            mebibytes(ours()),
            Some(Limit::AtMost(MEMORY_LIMIT)),
        ),
        Figure::mebibytes(
            "50,000 rows: peak memory",
            mebibytes(&few),
            Some(Limit::AtMost(MEMORY_LIMIT)),
        ),
    ])
}

/// An integer, a text that sometimes needs quotes, a decimal, a timestamp, and a text that is
/// sometimes NULL.
fn table() -> String {
    format!(
        "CREATE TABLE rows AS SELECT n AS id, 'customer ' || n::bigint * 7919 % 1000003 || CASE WHEN n % 50 = 0 THEN \
         ', \"Ltd\"' ELSE '' END AS name, (n::bigint * 37 % 1000000 / 100.0)::numeric(12, 2) AS amount, \
         timestamp '2024-01-01' + n * interval '7 seconds' AS placed_at, CASE WHEN n % 3 > 0 THEN 'note ' || n END \
         AS note FROM generate_series(1, {MANY}) n; GRANT SELECT ON rows TO PUBLIC"
    )
}

fn query(rows: u32) -> String {
    // Without a limit where there is none, so that the server has as little to do as it can.
    match rows {
        MANY => "SELECT * FROM rows".to_owned(),
        // A large table is read from wherever another session reads it.
        rows => format!("SELECT * FROM rows WHERE id <= {rows} ORDER BY id"),
    }
}

fn ours(server: &Server<'_>, rows: u32) -> Command {
    let mut command = server.connect();
    command.args(["--format", "csv", "-c", &query(rows)]);
    command
}

fn fetched(server: &Server<'_>, rows: u32) -> Command {
    let mut command = server.psql();
    command.args(["--csv", "-v", "FETCH_COUNT=10000", "-c", &query(rows)]);
    command
}

fn copied(server: &Server<'_>, rows: u32) -> Command {
    let mut command = server.psql();
    command.args(["-c", &format!("COPY ({}) TO STDOUT (FORMAT csv, HEADER)", query(rows))]);
    command
}

/// All must write the same rows, or comparing them would say nothing.
fn check_that_rows_are_equal(server: &Server<'_>) -> io::Result<()> {
    let [ours, fetched, copied] = [ours, fetched, copied].map(|of| digest(of(server, FEW)));
    let (ours, fetched, copied) = (ours?, fetched?, copied?);
    if ours == fetched && ours == copied && ours.0 == u64::from(FEW) + 1 {
        Ok(())
    } else {
        Err(io::Error::other(format!(
            "the rows differ: {ours:?}, {fetched:?} and {copied:?}"
        )))
    }
}
