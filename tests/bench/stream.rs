//! A script that is larger than the memory it may take: each statement is a transaction of its own.

use std::io;

use crate::figure::{Figure, Limit};
use crate::measure::{mebibytes, milliseconds, run};
use crate::sample;
use crate::stage::Stage;

const SCRIPT_BYTES: usize = 100_000_000;

/// The number of connections that the script creates and replaces over and over, so that the
/// catalog in memory stays small.
const NAMES: usize = 1_000;

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    stage.write("stream.sql", statements())?;
    let mut redwire = stage.redwire();
    redwire.arg("--ephemeral");
    let run = run(&mut stage.reading(redwire, "stream.sql")?)?;
    std::fs::remove_file(stage.path("stream.sql"))?;
    Ok(vec![
        Figure::mebibytes(
            "100 MB of CREATE OR REPLACE on standard input, `--ephemeral`: peak memory",
            mebibytes([&run]),
            Some(Limit::AtMost(64.0)),
        ),
        Figure::milliseconds("the same: time", milliseconds([run.wall]), 50, None),
    ])
}

fn statements() -> impl Iterator<Item = String> {
    let statement = |number| {
        sample::create_connection(number % NAMES).replacen("CREATE", "CREATE OR REPLACE", 1)
    };
    let mut left = SCRIPT_BYTES;
    (0..).map(statement).take_while(move |text| {
        let goes_on = left > 0;
        left = left.saturating_sub(text.len() + 1);
        goes_on
    })
}
