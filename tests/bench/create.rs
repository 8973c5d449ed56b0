//! A large script that makes connections, against the INSERTs that leave the same rows.

use std::io;

use crate::figure::{Figure, Limit};
use crate::measure::{in_turn, mebibytes, milliseconds, run, time_ratios};
use crate::sample;
use crate::stage::{MANY, Stage};

/// The settings that redwire makes when it opens a catalog; the journal mode is stored in the file.
const PRAGMAS: &str = "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;";

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    let empty = stage.empty_catalog()?;
    stage.write("create.sql", sample::script(MANY))?;
    let inserts = sample::in_transaction((0..MANY).map(sample::insert));
    stage.write("insert.sql", std::iter::once(PRAGMAS.to_owned()).chain(inserts))?;

    let pairs = in_turn(
        7,
        || {
            let catalog = stage.fresh_copy(&empty, "ours.db")?;
            run(&mut stage.reading(stage.redwire_in_memory(&catalog), "create.sql")?)
        },
        || {
            let catalog = stage.fresh_copy(&empty, "peer.db")?;
            let mut sqlite3 = stage.sqlite3();
            sqlite3.args(["-batch", "-bail", &catalog]);
            run(&mut stage.reading(sqlite3, "insert.sql")?)
        },
    )?;
    Ok(vec![
        Figure::ratio(
            "100,000 CREATE on standard input, one transaction: time against `sqlite3` with 100,000 INSERT",
            time_ratios(&pairs),
            Some(Limit::AtMost(1.5)),
        ),
        Figure::milliseconds(
            "the same: time",
            milliseconds(pairs.iter().map(|(ours, _)| ours.wall)),
            50,
            None,
        ),
        Figure::mebibytes(
            "the same: peak memory, with 100,000 passwords in it",
            mebibytes(pairs.iter().map(|(ours, _)| ours)),
            None,
        ),
    ])
}
