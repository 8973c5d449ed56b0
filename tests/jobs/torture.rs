//! Processes killed at random moments: two jobs, each run by two schedulers that share nothing but
//! the server.

use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::Duration;
use std::{fs, thread};

use super::{Stage, run_in};
use crate::support::home::{Home, REDWIRE};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::random::Random;

/// The most changes of the catalog that a process lives to see; each window makes two.
const CHANGES: u64 = 24;

/// The longest time that it lives then.
const LIFE_US: u64 = 20_000;

/// Three rows in each minute of a week.
const SOURCE: &str = "CREATE TABLE s.o AS SELECT n AS id, n % 4 AS v, \
    timestamp '2026-01-01' + n * interval '20 s' AS at FROM generate_series(0, 30239) n; \
    CREATE INDEX ON s.o (at); CREATE TABLE s.a (id int, v int); CREATE TABLE s.b (id int, v int)";

/// A second MERGE of the same window would delete what the first inserted.
const JOBS: &str = "
    CREATE JOB a RUN_INTERVAL = 1 MINUTE START_FROM = TIMESTAMP '2026-01-01'
        END_AT = TIMESTAMP '2026-01-08' AS INSERT INTO w.s.a SELECT o.id, o.v FROM w.s.o o
        WHERE o.at BETWEEN run_start_time() AND run_end_time();
    CREATE JOB b RUN_PARALLELISM = 3 RUN_INTERVAL = 1 MINUTE START_FROM = TIMESTAMP '2026-01-01'
        END_AT = TIMESTAMP '2026-01-08' AS MERGE INTO w.s.b AS t USING (SELECT o.id, o.v
        FROM w.s.o o WHERE o.at BETWEEN run_start_time() AND run_end_time()) AS n ON t.id = n.id
        WHEN MATCHED AND t.v = n.v THEN DELETE WHEN MATCHED THEN REPLACE
        WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME;";

/// The ways to run a job; the last runs both, and finds one of them locked or not.
const RUNS: [&str; 4] = ["run {}", "run --watch {}", "run --watch", "run"];

#[test]
fn killed_processes_double_and_lose_nothing() {
    kill_at_random("repeatable read", 40, 1);
}

#[test]
#[ignore = "1,000 kills take minutes"]
fn killed_processes_double_and_lose_nothing_1000_times() {
    kill_at_random("repeatable read", 500, 2);
    kill_at_random("serializable", 500, 3);
}

#[allow(clippy::print_stdout, reason = "--nocapture shows the numbers")]
fn kill_at_random(isolation: &str, kills: u64, seed: u64) {
    let Some(stage) = Stage::new() else { return };
    let database = stage.database.name();
    stage.database.administer(&format!(
        "ALTER DATABASE {database} SET default_transaction_isolation TO '{isolation}'"
    ));
    stage.on_server(SOURCE);
    let other = Home::with_light_vault();
    stage.connect(&other);
    let homes = [&stage.home, &other];
    for home in homes {
        run_in(home).stdin(JOBS).run().status(0);
    }
    let schedulers = homes.into_iter().flat_map(|home| [(home, "a"), (home, "b")]);
    thread::scope(|scope| {
        for (stream, (home, job)) in (0..).zip(schedulers) {
            let mut random = Random(seed ^ (stream << 32));
            scope.spawn(move || {
                let mut killed = 0;
                while killed < kills / 4 {
                    killed += u64::from(kill(home, job, &mut random));
                }
            });
        }
    });
    for job in ["a", "b"] {
        let loaded = stage.on_server(&format!(
            "SELECT extract(epoch FROM loaded_until - '2026-01-01')::int / 60, \
             (SELECT count(*) FROM s.{job}) FROM s.redwire_ledger \
             WHERE job = '{job}' AND run_id <> ''"
        ));
        let loaded = loaded.strip_prefix("SET\n").expect("a window was loaded");
        println!("{isolation}: {kills} kills; job {job}, windows|rows: {loaded}");
    }
    for home in homes {
        let run = "RUN JOB a, b UP TO TIMESTAMP '2026-01-08';";
        run_in(home).stdin(run).run().status(0);
        let open = "SELECT count(*) FROM system.monitoring.runs WHERE state = 'running';";
        assert_eq!(run_in(home).stdin(open).run().status(0).out, "count(*)\n0\n");
    }
    for job in ["a", "b"] {
        let found = stage.on_server(&format!(
            "SELECT count(*), count(DISTINCT id), l.rows_total, l.loaded_until FROM s.{job}, \
             s.redwire_ledger l WHERE l.job = '{job}' GROUP BY 3, 4"
        ));
        assert_eq!(found, "SET\n30240|30240|30240|2026-01-08 00:00:00", "{job}");
    }
}

/// Runs the job in a process that is killed at a random moment of its work. False if the process
/// ended before.
fn kill(home: &Home, job: &str, random: &mut Random) -> bool {
    let mut command = home.command(REDWIRE);
    command.args(STORE).args(random.pick(&RUNS).replace("{}", job).split(' '));
    command.env(PASSPHRASE.0, PASSPHRASE.1);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut log = home.catalog().into_os_string();
    log.push("-wal");
    let state = || {
        let file = fs::metadata(&log).ok()?;
        Some((file.len(), file.modified().ok()?))
    };
    let mut seen = state();
    let mut child = command.spawn().expect("redwire starts");
    for _ in 0..random.below(CHANGES) {
        while state() == seen && child.try_wait().expect("its state").is_none() {
            thread::sleep(Duration::from_micros(200));
        }
        seen = state();
    }
    thread::sleep(Duration::from_micros(random.below(LIFE_US)));
    child.kill().expect("it is ours to kill");
    child.wait().expect("its end").signal().is_some()
}
