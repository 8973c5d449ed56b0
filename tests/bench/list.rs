//! SHOW CONNECTIONS of a large catalog, in each format, against the SELECT that answers with the
//! same rows.

use std::io;
use std::process::Command;

use crate::figure::{Figure, Limit};
use crate::measure::{in_turn, mebibytes, run, time_ratios};
use crate::stage::{MANY, Stage};

/// The query of SHOW CONNECTIONS if passwords go to the keyring; those of the catalog went to
/// another process's memory, so all of them are missing.
pub const SELECT: &str = "\
SELECT name, CASE WHEN instr(host, ':') THEN '[' || host || ']' ELSE host END || ':' || port || '/' || database_name \
AS endpoint, user_name, max_concurrent_connections AS max_connections, CASE WHEN secret_store = 'keyring' AND \
(secret_store <> 'memory' OR substr(secret_id, 1, 16) = '0123456789abcdef') THEN 'stored' ELSE 'missing' END AS \
password, (SELECT count(*) FROM warehouse_table WHERE connection_id = connection.id) + (SELECT count(DISTINCT job_id) \
FROM job_reference WHERE connection_id = connection.id) AS usages, comment FROM connection ORDER BY name";

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    let catalog = stage.catalog(MANY)?;
    check_that_rows_are_equal(stage, &catalog)?;
    let mut figures = Vec::new();
    for (format, mode, rounds, limit) in [
        ("csv", "-csv", 21, Some(Limit::AtMost(1.0))),
        ("json", "-json", 7, None),
        ("table", "-box", 5, None),
    ] {
        let pairs = in_turn(
            rounds,
            || run(&mut ours(stage, &catalog, format)),
            || run(&mut peer(stage, &catalog, mode)),
        )?;
        figures.push(Figure::ratio(
            format!("`--format {format}`: time against `sqlite3 {mode}`"),
            time_ratios(&pairs),
            limit,
        ));
        figures.push(Figure::mebibytes(
            format!("`--format {format}`: peak memory"),
            mebibytes(pairs.iter().map(|(ours, _)| ours)),
            None,
        ));
    }
    Ok(figures)
}

fn ours(stage: &Stage, catalog: &str, format: &str) -> Command {
    let mut command = stage.redwire();
    command.args(["--catalog", catalog, "--format", format, "-c", "SHOW CONNECTIONS"]);
    command
}

fn peer(stage: &Stage, catalog: &str, mode: &str) -> Command {
    let mut command = stage.sqlite3();
    command.args([mode, "-header", catalog, SELECT]);
    command
}

/// Both programs must answer with the same rows, or comparing them would say nothing.
pub fn check_that_rows_are_equal(stage: &Stage, catalog: &str) -> io::Result<()> {
    let ours = digest(ours(stage, catalog, "csv"))?;
    let peer = digest(peer(stage, catalog, "-csv"))?;
    if ours == peer {
        Ok(())
    } else {
        Err(io::Error::other(format!("the rows differ: {ours:?} and {peer:?}")))
    }
}

/// The number of the records that a program writes, and a hash over all their fields. It keeps no
/// more of them, so that the benchmark stays small.
pub fn digest(mut command: Command) -> io::Result<(u64, u64)> {
    use std::hash::{DefaultHasher, Hash, Hasher};

    let mut child = command.stdout(std::process::Stdio::piped()).spawn()?;
    let mut hasher = DefaultHasher::new();
    let mut count = 0;
    if let Some(out) = child.stdout.take() {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(out);
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record)? {
            record.iter().for_each(|field| field.hash(&mut hasher));
            count += 1;
        }
    }
    child.wait()?;
    Ok((count, hasher.finish()))
}
