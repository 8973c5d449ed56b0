//! A large script of connections, tables and jobs, against the INSERTs that leave the same rows;
//! and its dry run.

use std::io;

use crate::figure::{Figure, Limit};
use crate::measure::{in_turn, mebibytes, milliseconds, run, time_ratios};
use crate::sample;
use crate::stage::{MANY, Stage};

/// The settings that redwire makes when it opens a catalog; the journal mode is stored in the file.
const PRAGMAS: &str = "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;";

/// The rows that both leave, without dates and ids of passwords, which differ.
const ROWS: &[&str] = &[
    "SELECT id, name, connection_string, host, port, database_name, user_name, max_concurrent_connections, comment \
     FROM connection ORDER BY id",
    "SELECT id, connection_id, schema_name, name, dist_style, sort_style, comment FROM warehouse_table ORDER BY id",
    "SELECT * FROM warehouse_column ORDER BY 1, 2",
    "SELECT id, name, kind, body, comment FROM job ORDER BY id",
    "SELECT * FROM job_option ORDER BY 1, 2",
    "SELECT * FROM job_reference ORDER BY 1, 2",
];

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    let empty = stage.empty_catalog()?;
    stage.write("mixed.sql", (0..MANY).map(sample::mixed))?;
    let inserts = sample::in_transaction((0..MANY).map(sample::mixed_inserts));
    stage.write("mixed-insert.sql", std::iter::once(PRAGMAS.to_owned()).chain(inserts))?;
    let ours = |dry_run: bool| {
        let catalog = stage.fresh_copy(&empty, "ours.db")?;
        let mut command = stage.redwire_in_memory(&catalog);
        command.args(["--single-transaction", "-f", "mixed.sql"]);
        if dry_run {
            command.arg("--dry-run");
        }
        run(&mut command)
    };
    let real = in_turn(
        5,
        || ours(false),
        || {
            let catalog = stage.fresh_copy(&empty, "peer.db")?;
            let mut sqlite3 = stage.sqlite3();
            sqlite3.args(["-batch", "-bail", &catalog]);
            run(&mut stage.reading(sqlite3, "mixed-insert.sql")?)
        },
    )?;
    ours(false)?;
    check_that_rows_are_equal(stage)?;
    let dry = in_turn(5, || ours(true), || ours(false))?;
    Ok(vec![
        Figure::ratio(
            "100,000 CREATE of connections, tables and jobs, `--single-transaction`: time against `sqlite3` with \
             the equal INSERTs",
            time_ratios(&real),
            Some(Limit::AtMost(3.0)),
        ),
        Figure::milliseconds(
            "the same: time",
            milliseconds(real.iter().map(|(ours, _)| ours.wall)),
            50,
            None,
        ),
        Figure::mebibytes(
            "the same: peak memory",
            mebibytes(real.iter().map(|(ours, _)| ours)),
            None,
        ),
        Figure::ratio(
            "its `--dry-run`: time against the real run",
            time_ratios(&dry),
            Some(Limit::AtMost(1.5)),
        ),
    ])
}

/// Both must have left the same rows, or comparing them would say nothing.
fn check_that_rows_are_equal(stage: &Stage) -> io::Result<()> {
    for select in ROWS {
        let rows = |catalog: &str| {
            stage.sqlite3().args([catalog, select]).output().map(|output| output.stdout)
        };
        let (ours, peer) = (rows("ours.db")?, rows("peer.db")?);
        if ours != peer {
            let first = ours.split(|byte| *byte == b'\n').zip(peer.split(|byte| *byte == b'\n'));
            let differing = first.into_iter().find(|(ours, peer)| ours != peer);
            let shown = differing.map(|(ours, peer)| {
                (
                    String::from_utf8_lossy(ours).into_owned(),
                    String::from_utf8_lossy(peer).into_owned(),
                )
            });
            return Err(io::Error::other(format!("the rows of {select} differ: {shown:?}")));
        }
        if ours.is_empty() {
            return Err(io::Error::other(format!("{select} has no rows")));
        }
    }
    Ok(())
}
