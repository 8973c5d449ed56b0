//! The whole process: how long `redwire -c 'SHOW CONNECTIONS'` takes where there is little to show.

use std::io;

use crate::figure::{Figure, Limit};
use crate::list::SELECT;
use crate::measure::{in_turn, mebibytes, milliseconds, run, time_ratios};
use crate::stage::Stage;

/// The number of connections to show.
const FEW: usize = 10;

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    let mut figures = show_few(stage)?;
    figures.push(version(stage)?);
    figures.push(create_one(stage)?);
    Ok(figures)
}

fn show_few(stage: &Stage) -> io::Result<Vec<Figure>> {
    let catalog = stage.catalog(FEW)?;
    crate::list::check_that_rows_are_equal(stage, &catalog)?;
    let pairs = in_turn(
        400,
        || run(stage.redwire().args(["--catalog", &catalog, "-c", "SHOW CONNECTIONS"])),
        || run(stage.sqlite3().args(["-box", &catalog, SELECT])),
    )?;
    let ours = || pairs.iter().map(|(ours, _)| ours);
    Ok(vec![
        Figure::ratio(
            "`redwire -c 'SHOW CONNECTIONS'`, 10 connections: time against `sqlite3 -box`",
            time_ratios(&pairs),
            Some(Limit::AtMost(1.5)),
        ),
        Figure::mebibytes("the same: peak memory", mebibytes(ours()), Some(Limit::AtMost(12.0))),
        Figure::milliseconds("the same: time", milliseconds(ours().map(|run| run.wall)), 50, None),
        Figure::milliseconds(
            "`sqlite3 -box`: time",
            milliseconds(pairs.iter().map(|(_, peer)| peer.wall)),
            50,
            None,
        ),
    ])
}

fn version(stage: &Stage) -> io::Result<Figure> {
    let pairs = in_turn(
        200,
        || run(stage.redwire().arg("--version")),
        || run(stage.sqlite3().arg("--version")),
    )?;
    Ok(Figure::ratio(
        "`redwire --version`: time against `sqlite3 --version`",
        time_ratios(&pairs),
        None,
    ))
}

/// One password into the vault, which scrypt makes slow on purpose.
fn create_one(stage: &Stage) -> io::Result<Figure> {
    let create = "CREATE OR REPLACE REDSHIFT CONNECTION one CONNECTION_STRING = 'jdbc:redshift://h:5439/dev' \
                  USER_NAME = 'u' PASSWORD = 'p'";
    let catalog = stage.catalog(FEW)?;
    let mut times = Vec::new();
    for _ in 0..7 {
        let mut command = stage.redwire();
        command.env("REDWIRE_VAULT_PASSPHRASE", "a passphrase").args([
            "--secret-store",
            "vault",
            "--catalog",
            &catalog,
            "-c",
            create,
        ]);
        times.push(run(&mut command)?.wall);
    }
    Ok(Figure::milliseconds(
        "one CREATE with `--secret-store vault`: time",
        milliseconds(times),
        50,
        None,
    ))
}
