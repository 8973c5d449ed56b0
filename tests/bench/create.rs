//! A large script that makes connections, against the INSERTs that leave the same rows.

use std::fs;
use std::io;

use crate::figure::{Figure, Limit};
use crate::measure::{in_turn, mebibytes, milliseconds, run, time_ratios};
use crate::sample;
use crate::stage::{MANY, Stage};

/// What redwire sets on opening; the journal mode stands in the file.
const PRAGMAS: &str = "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;";

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    let empty = empty_catalog(stage)?;
    stage.write("create.sql", sample::script(MANY))?;
    let inserts = sample::in_transaction((0..MANY).map(sample::insert));
    stage.write("insert.sql", std::iter::once(PRAGMAS.to_owned()).chain(inserts))?;

    let pairs = in_turn(
        7,
        || {
            let catalog = fresh_copy(stage, &empty, "ours.db")?;
            run(&mut stage.reading(stage.redwire_in_memory(&catalog), "create.sql")?)
        },
        || {
            let catalog = fresh_copy(stage, &empty, "peer.db")?;
            let mut sqlite3 = stage.sqlite3();
            sqlite3.args(["-batch", "-bail", &catalog]);
            run(&mut stage.reading(sqlite3, "insert.sql")?)
        },
    )?;
    Ok(vec![
        Figure::ratio(
            "100,000 CREATE on standard input, one transaction: wall time against `sqlite3` with 100,000 INSERT",
            time_ratios(&pairs),
            Some(Limit::AtMost(1.5)),
        ),
        Figure::milliseconds(
            "the same: wall time",
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

/// A catalog whose only connection was dropped again.
fn empty_catalog(stage: &Stage) -> io::Result<String> {
    let catalog = "empty.db".to_owned();
    let create_and_drop = format!("{}\nDROP CONNECTION {};", sample::create_connection(0), sample::name(0));
    run(stage.redwire_in_memory(&catalog).args(["-c", &create_and_drop]))?;
    Ok(catalog)
}

/// A copy of a catalog that nobody has open, in place of the one from the last round.
fn fresh_copy(stage: &Stage, from: &str, to: &str) -> io::Result<String> {
    for suffix in ["", "-wal", "-shm", ".secrets"] {
        match fs::remove_file(stage.path(&format!("{to}{suffix}"))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::copy(stage.path(from), stage.path(to))?;
    Ok(to.to_owned())
}
