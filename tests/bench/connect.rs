//! The whole process: how long `redwire connect NAME -c 'SELECT 1'` takes, from the password in the
//! keyring to the goodbye.

use std::io;
use std::process::Command;

use crate::figure::{Figure, Limit};
use crate::measure::{in_turn, milliseconds, run, time_ratios};
use crate::server::Server;
use crate::stage::Stage;
use crate::support::postgres::Wire;

const ROUNDS: usize = 200;

/// The query of both programs.
const QUERY: &str = "SELECT 1";

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    // Without TLS psql does so little that reading the keyring decides the ratio.
    for (wire, how, limit) in [
        (Wire::Tls, "TLS, verify-full", Some(Limit::AtMost(1.5))),
        (Wire::Plain, "without TLS", None),
    ] {
        figures.extend(select_one(&Server::start(stage, wire)?, how, limit)?);
    }
    Ok(figures)
}

fn select_one(server: &Server<'_>, how: &str, limit: Option<Limit>) -> io::Result<Vec<Figure>> {
    check_that_answers_are_equal(server)?;
    let pairs = in_turn(
        ROUNDS,
        || run(server.connect().args(["-c", QUERY])),
        || run(server.psql().args(["-c", QUERY])),
    )?;
    Ok(vec![
        Figure::ratio(
            format!("`redwire connect NAME -c '{QUERY}'`, {how}: time against `psql -c '{QUERY}'`"),
            time_ratios(&pairs),
            limit,
        ),
        Figure::milliseconds(
            "the same: time",
            milliseconds(pairs.iter().map(|(ours, _)| ours.wall)),
            50,
            None,
        ),
        Figure::milliseconds(
            "`psql`: time",
            milliseconds(pairs.iter().map(|(_, peer)| peer.wall)),
            50,
            None,
        ),
    ])
}

/// Both must be answered, and over the same wire, or comparing them would say nothing.
fn check_that_answers_are_equal(server: &Server<'_>) -> io::Result<()> {
    const ENCRYPTED: &str =
        "SELECT ssl, version, cipher, current_user FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let text = |command: &mut Command| {
        let output = command.args(["-c", ENCRYPTED]).output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
    };
    let ours = text(server.connect().args(["--format", "csv"]))?;
    let peer = text(server.psql().arg("--csv"))?;
    if ours == peer {
        Ok(())
    } else {
        Err(io::Error::other(format!("the sessions differ: {ours} {peer}")))
    }
}
