//! Dropping what is in use: what a refusal costs in a small and in a large catalog, and a CASCADE
//! against `sqlite3`.

use std::io;
use std::process::Command;

use crate::figure::{Figure, Limit};
use crate::measure::{in_turn, milliseconds, run, time_ratios};
use crate::sample;
use crate::stage::{MANY, Stage};

/// The number of tables in the small catalog, and also of its jobs.
const FEW: usize = 100;
/// Half of them are tables, half are jobs.
const REFUSED_USAGES: usize = 10;
const DROPPED_USAGES: usize = 10_000;

/// The same rows as the CASCADE takes, in the order that foreign keys ask for.
const DELETES: &str = "\
PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; BEGIN IMMEDIATE; \
DELETE FROM job WHERE id IN (SELECT job_id FROM job_reference r JOIN connection c ON c.id = r.connection_id \
WHERE c.name = 'used'); \
DELETE FROM warehouse_table WHERE connection_id = (SELECT id FROM connection WHERE name = 'used'); \
DELETE FROM connection WHERE name = 'used'; COMMIT;";

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    let mut figures = refusal(stage)?;
    figures.extend(cascade(stage)?);
    Ok(figures)
}

fn refusal(stage: &Stage) -> io::Result<Vec<Figure>> {
    let small = catalog(stage, "small.db", FEW, REFUSED_USAGES)?;
    let large = large_catalog(stage)?;
    let pairs =
        in_turn(41, || run(&mut refused(stage, &large)), || run(&mut refused(stage, &small)))?;
    Ok(vec![
        Figure::ratio(
            "a refused DROP CONNECTION with 10 usages: time among 100,000 tables and 100,000 jobs against 100 and 100",
            time_ratios(&pairs),
            Some(Limit::AtMost(1.5)),
        ),
        Figure::milliseconds(
            "the same: time in the large catalog",
            milliseconds(pairs.iter().map(|(ours, _)| ours.wall)),
            50,
            None,
        ),
    ])
}

/// A catalog with very many tables and jobs, made when it is first asked for.
pub fn large_catalog(stage: &Stage) -> io::Result<String> {
    catalog(stage, "large.db", MANY, REFUSED_USAGES)
}

fn cascade(stage: &Stage) -> io::Result<Vec<Figure>> {
    let full = catalog(stage, "used.db", FEW, DROPPED_USAGES)?;
    let pairs = in_turn(
        9,
        || {
            let catalog = stage.fresh_copy(&full, "ours.db")?;
            run(stage.redwire_in_memory(&catalog).args(["-c", "DROP CONNECTION used CASCADE"]))
        },
        || {
            let catalog = stage.fresh_copy(&full, "peer.db")?;
            run(stage.sqlite3().args(["-batch", "-bail", &catalog, DELETES]))
        },
    )?;
    for catalog in ["ours.db", "peer.db"] {
        check_that_nothing_is_left(stage, catalog)?;
    }
    Ok(vec![
        Figure::ratio(
            "DROP CONNECTION … CASCADE over 10,000 usages: time against `sqlite3` with three DELETE, foreign keys on",
            time_ratios(&pairs),
            Some(Limit::AtMost(3.0)),
        ),
        Figure::milliseconds(
            "the same: time",
            milliseconds(pairs.iter().map(|(ours, _)| ours.wall)),
            50,
            None,
        ),
    ])
}

/// A catalog with that many tables and jobs on other connections, and a connection `used` with that
/// many usages.
fn catalog(stage: &Stage, name: &str, others: usize, usages: usize) -> io::Result<String> {
    if stage.path(name).exists() {
        return Ok(name.to_owned());
    }
    let script = format!("{name}.sql");
    let half = usages / 2;
    let statements =
        std::iter::once(sample::connection_named("used"))
            .chain(sample::connections_for(others))
            .chain(
                (0..others)
                    .map(|number| sample::table_on(&sample::name(number % sample::SHARED), number)),
            )
            .chain((0..others).map(|number| {
                sample::job_on(&sample::name(number % sample::SHARED), number, "job")
            }))
            .chain((0..half).map(|number| sample::table_on("used", number)))
            .chain((0..half).map(|number| sample::job_on("used", number, "used_job")));
    stage.write(&script, sample::in_transaction(statements))?;
    run(&mut stage.reading(stage.redwire_in_memory(name), &script)?)?;
    Ok(name.to_owned())
}

fn refused(stage: &Stage, catalog: &str) -> Command {
    let mut command = stage.redwire();
    command.args(["--catalog", catalog, "-c", "\\expect 2BP01\nDROP CONNECTION used;"]);
    command
}

/// Both must have dropped the same, or comparing them would say nothing.
fn check_that_nothing_is_left(stage: &Stage, catalog: &str) -> io::Result<()> {
    let count = "SELECT (SELECT count(*) FROM connection), (SELECT count(*) FROM warehouse_table), \
                 (SELECT count(*) FROM job), (SELECT count(*) FROM job_reference)";
    let output = stage.sqlite3().args([catalog, count]).output()?;
    let (connections, references) = (sample::SHARED.min(FEW), 2 * FEW);
    let expected = format!("{connections}|{FEW}|{FEW}|{references}\n");
    if output.stdout == expected.as_bytes() {
        return Ok(());
    }
    let left = String::from_utf8_lossy(&output.stdout);
    Err(io::Error::other(format!("{catalog} has {left} left, not {expected}")))
}
