//! The state of a job: in the ledger, in the catalog, and between processes.

use std::process::Stdio;

use super::watch::until_server;
use super::{Stage, run_in};
use crate::support::home::{Home, REDWIRE};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::sqlite::sqlite3;

/// Sixty windows of a minute, of which two have a row.
const MINUTES: &str = "CREATE JOB j RUN_INTERVAL = 1 MINUTE START_FROM = TIMESTAMP '2026-01-01' END_AT = TIMESTAMP '2026-01-01 01:00' \
     AS INSERT INTO w.s.t SELECT o.id FROM w.s.source o WHERE o.at BETWEEN run_start_time() AND run_end_time();";

const SOURCE: &str = "CREATE TABLE s.source AS SELECT n AS id, timestamp '2026-01-01' + n * interval '30 min' AS at \
     FROM generate_series(0, 8) n; CREATE TABLE s.t (id int)";

#[test]
fn two_catalogs_share_the_windows_of_a_job() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    let other = Home::with_light_vault();
    stage.connect(&other);
    let homes = [&stage.home, &other];
    for home in homes {
        run_in(home).stdin(MINUTES).run().status(0);
    }
    let runs: Vec<usize> = std::thread::scope(|scope| {
        let run = |home| {
            scope.spawn(move || {
                let done = run_in(home).stdin("RUN JOB j;").run().status(0);
                done.out.lines().count() - 1
            })
        };
        homes.map(run).into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(runs.iter().sum::<usize>(), 60, "{runs:?}");
    assert_eq!(stage.on_server("SELECT count(*) FROM s.t"), "SET\n2");
}

#[test]
fn runs_and_states_are_shown() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done("CREATE JOB j AS INSERT INTO w.s.t SELECT o.id FROM w.s.source o; RUN JOB j;");
    stage.done("CREATE JOB bad AS INSERT INTO w.s.t SELECT o.x FROM w.s.source o;");
    stage.failed("42703", "RUN JOB bad;");
    let took = stage.done("SHOW RUNS OF JOB j;").out;
    let took = took.lines().nth(1).and_then(|row| row.split(',').nth(7)).unwrap_or_default();
    assert!(took.ends_with(" s") && took.find('.') == Some(took.len() - 6), "{took}");
    let runs = stage.done("SELECT job, state, staged, inserted, error FROM system.monitoring.runs ORDER BY 1 DESC;").out;
    assert_eq!(
        runs,
        "job,state,staged,inserted,error\nj,done,9,9,\nbad,failed,,,column o.x does not exist\n"
    );
    let jobs = stage.done("SELECT name, state FROM system.monitoring.jobs ORDER BY 1;").out;
    assert_eq!(jobs, "name,state\nbad,failed\nj,idle\n");
}

#[test]
fn a_paused_job_does_not_run_and_misses_nothing() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(MINUTES);
    stage.done("PAUSE JOB j;");
    let refused = stage.failed("55000", "RUN JOB j;");
    assert!(refused.err.contains("hint: RESUME JOB j"), "{}", refused.err);
    assert_eq!(stage.done("RESUME JOB j; RUN JOB j;").out.lines().count(), 61);
}

#[test]
fn a_job_waits_for_the_jobs_that_write_its_sources_if_it_is_sync() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!("{SOURCE}; CREATE TABLE s.u (id int)"));
    stage.done(MINUTES);
    stage.done(
        "CREATE SYNC JOB k RUN_INTERVAL = 30 MINUTES START_FROM = TIMESTAMP '2026-01-01' END_AT = TIMESTAMP '2026-01-01 01:00' \
         AS INSERT INTO w.s.u SELECT o.id FROM w.s.t o WHERE run_start_time() < run_end_time();",
    );
    assert_eq!(stage.done("RUN JOB k;").out.lines().count(), 1);
    assert_eq!(
        stage
            .done("RUN JOB j UP TO TIMESTAMP '2026-01-01 00:40'; RUN JOB k;")
            .out
            .lines()
            .count(),
        4
    );
}

#[test]
fn a_ledger_that_is_behind_the_catalog_stops_the_job() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(MINUTES);
    stage.done("RUN JOB j;");
    stage.on_server("DROP TABLE s.redwire_ledger");
    let refused = stage.failed("55000", "RUN JOB j;");
    for words in ["loaded until 2026-01-01 00:00:00", "catalog says 2026-01-01 01:00:00"] {
        assert!(refused.err.contains(words), "{}", refused.err);
    }
}

#[test]
fn rewind_lets_windows_run_again() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(MINUTES);
    stage.done("RUN JOB j;");
    let rewound = stage.done("REWIND JOB j TO TIMESTAMP '2026-01-01 00:30';");
    assert!(rewound.err.contains("stay in w.s.t until you delete them"), "{}", rewound.err);
    stage.on_server("DELETE FROM s.t WHERE id = 1");
    assert_eq!(stage.done("RUN JOB j;").out.lines().count(), 31);
    assert_eq!(stage.on_server("SELECT string_agg(id::text, ' ') FROM s.t"), "SET\n0 1");
    stage.on_server("DROP TABLE s.redwire_ledger");
    stage.done("REWIND JOB j TO TIMESTAMP '2026-01-01 01:00'; RUN JOB j");
    stage.failed("22023", "REWIND JOB j TO TIMESTAMP '2026-01-01 00:30:30';");
    stage.failed("22023", "REWIND JOB j TO TIMESTAMP '9000-01-01';");
    stage.failed("25001", "BEGIN; REWIND JOB j TO BEGINNING; ROLLBACK;");
    stage.done("REWIND JOB j TO BEGINNING;");
    assert_eq!(stage.done("RUN JOB j;").out.lines().count(), 61);
}

#[test]
fn a_test_asks_the_warehouse_and_writes_nothing() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(MINUTES);
    stage.done("CREATE JOB bad AS INSERT INTO w.s.t SELECT o.x FROM w.s.source o;");
    let good = stage.done("TEST JOB j;").out;
    assert!(good.starts_with("job,result,plan\nj,ok,"), "{good}");
    let bad = stage.failed("42703", "TEST JOB bad, j;");
    assert!(bad.out.contains("bad,failed,column o.x does not exist\nj,ok,"), "{}", bad.out);
    assert!(bad.err.contains("at job bad:3:8"), "{}", bad.err);
    assert_eq!(
        stage.on_server("SELECT count(*) FROM pg_tables WHERE tablename = 'redwire_ledger'"),
        "SET\n0"
    );
}

#[test]
fn a_dry_run_prints_the_statements_of_each_window_and_runs_none() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(MINUTES);
    let script = stage
        .run()
        .args(["--dry-run", "-c", "RUN JOB j UP TO TIMESTAMP '2026-01-01 00:31'"])
        .run()
        .status(0)
        .out;
    for line in [
        "-- j: 2026-01-01 00:00:00 to 2026-01-01 00:31:00",
        "CREATE TEMP TABLE redwire_stage (c1) AS",
        "BETWEEN TIMESTAMP '2026-01-01 00:00:00' AND TIMESTAMP '2026-01-01 00:30:59.999999'",
        "BEGIN; LOCK TABLE s.redwire_ledger;",
        "INSERT INTO s.t (id)",
        "COMMIT;",
    ] {
        assert!(script.contains(line), "{line}\n{script}");
    }
    assert_eq!(stage.on_server("SELECT count(*) FROM s.t"), "SET\n0");
    assert_eq!(
        stage.on_server("SELECT count(*) FROM pg_tables WHERE tablename = 'redwire_ledger'"),
        "SET\n0"
    );
    stage.done("CREATE JOB bad AS INSERT INTO w.s.t SELECT o.x FROM w.s.source o;");
    let done = stage.run().args(["--dry-run", "-c", "RUN JOB bad, j"]).run().status(1);
    assert!(done.out.contains("-- j: "), "{done:?}");
    assert!(done.err.contains("at job bad:3:8"), "{done:?}");
}

#[test]
fn a_job_of_which_nothing_is_due_says_so() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(MINUTES);
    stage.done("RUN JOB j;");
    for run in ["RUN JOB j;", "RUN JOB j UP TO TIMESTAMP '2026-01-01 00:10';"] {
        let done = stage.done(run);
        assert!(done.err.contains("notice: nothing of job j is left to load"), "{}", done.err);
    }
    stage.done("CREATE JOB daily RUN_INTERVAL = 1 DAY START_FROM = NOW AS INSERT INTO w.s.t SELECT o.id FROM w.s.source o; RUN JOB daily");
    let done = stage.done("RUN JOB daily;");
    assert!(done.err.contains("nothing of job daily is due for another"), "{}", done.err);
}

#[test]
fn a_ledger_of_another_version_is_left_alone() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!("{SOURCE}; CREATE TABLE s.redwire_ledger (job text, until date)"));
    stage.done(MINUTES);
    let refused = stage.failed("55000", "RUN JOB j;");
    assert!(
        refused.err.contains("the ledger s.redwire_ledger is of another version"),
        "{}",
        refused.err
    );
}

#[test]
fn a_sync_job_waits_from_the_beginning_and_says_for_which_job() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!("{SOURCE}; CREATE TABLE s.u (id int)"));
    stage.done(MINUTES);
    stage.done(
        "CREATE SYNC JOB k RUN_INTERVAL = 1 HOUR AS INSERT INTO w.s.u SELECT o.id FROM w.s.t o WHERE run_start_time() < run_end_time();",
    );
    let waits = stage.done("RUN JOB k;");
    assert!(
        waits
            .err
            .contains("nothing of job k is due: it waits for job j, which never ran"),
        "{}",
        waits.err
    );
    let refused = stage.failed("55000", "RUN JOB k UP TO TIMESTAMP '2026-01-01 01:00';");
    assert!(refused.err.contains("it waits for job j, which never ran"), "{}", refused.err);
    stage.done("RUN JOB j UP TO TIMESTAMP '2026-01-01 00:40';");
    let waits = stage.done("RUN JOB k;");
    assert_eq!(waits.out.lines().count(), 2, "{}", waits.out);
    let waits = stage.done("RUN JOB k;");
    assert!(
        waits
            .err
            .contains("it waits for job j, which is loaded until 2026-01-01 00:40:00"),
        "{}",
        waits.err
    );
}

#[test]
fn what_the_ledger_and_a_rewind_leave_out_or_load_twice_is_said() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(MINUTES);
    stage.done("RUN JOB j;");
    stage.on_server("DROP TABLE s.redwire_ledger");
    let behind = stage.failed("55000", "RUN JOB j;");
    let hint = "REWIND JOB j TO TIMESTAMP '2026-01-01 01:00:00'";
    assert!(
        behind.err.contains(&format!("hint: {hint} goes on from there")),
        "{}",
        behind.err
    );
    let forward = stage.done(&format!("{hint};"));
    assert!(!forward.err.contains("stay in"), "{}", forward.err);
    stage.done("DROP JOB j;");
    stage.done(MINUTES);
    let older = stage.done("RUN JOB j;");
    assert!(
        older.err.contains("the ledger has job j loaded until 2026-01-01 01:00:00"),
        "{}",
        older.err
    );
    stage.done("REWIND JOB j TO BEGINNING;");
    let skips = stage.done("REWIND JOB j TO TIMESTAMP '2026-01-01 00:30';");
    assert!(
        skips.err.contains(
            "the windows between 2026-01-01 00:00:00 and 2026-01-01 00:30:00 are not loaded"
        ),
        "{}",
        skips.err
    );
    stage.failed("22023", "REWIND JOB j TO TIMESTAMP '2025-12-31';");
}

#[test]
fn the_query_of_a_process_that_was_killed_is_cancelled_by_the_next_session() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(
        "CREATE TABLE s.t (id int); CREATE VIEW s.slow AS SELECT 1 AS id FROM pg_sleep(600)",
    );
    stage.done("CREATE JOB slow AS INSERT INTO w.s.t SELECT o.id FROM w.s.slow o;");
    let mut command = stage.home.command(REDWIRE);
    command.args(STORE).args(["-c", "RUN JOB slow"]).env(PASSPHRASE.0, PASSPHRASE.1);
    let mut child = command.stdout(Stdio::null()).spawn().expect("redwire starts");
    let staging = |count| {
        format!(
            "SELECT count(*) = {count} FROM pg_stat_activity WHERE state = 'active' \
             AND datname = current_database() AND query LIKE '%CREATE TEMP%s.slow%' \
             AND pid <> pg_backend_pid()"
        )
    };
    until_server(&stage, &staging(1));
    child.kill().expect("it is ours to kill");
    child.wait().expect("it has ended");
    stage.done("TEST JOB slow;");
    until_server(&stage, &staging(0));
}

#[test]
fn a_query_that_ends_its_session_is_tried_twice_and_fails() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!(
        "{SOURCE}; CREATE VIEW s.fatal AS SELECT 1 AS id WHERE pg_terminate_backend(pg_backend_pid())"
    ));
    stage.done("CREATE JOB j AS INSERT INTO w.s.t SELECT o.id FROM w.s.fatal o;");
    stage.failed("57P01", "RUN JOB j;");
    let runs = stage.done("SELECT state, error FROM system.monitoring.runs;").out;
    assert_eq!(runs.matches("failed,").count(), 2, "{runs}");
}

#[test]
fn a_window_whose_end_the_catalog_cannot_keep_is_settled_by_the_next_run() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(MINUTES);
    let catalog = stage.home.catalog();
    sqlite3(
        &catalog,
        "CREATE TRIGGER full BEFORE UPDATE ON job_run \
         BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END",
    );
    let run = "RUN JOB j UP TO TIMESTAMP '2026-01-01 00:20';";
    assert_ne!(stage.run().stdin(run).run().status, 0);
    let states = "SELECT state FROM system.monitoring.runs;";
    assert_eq!(stage.done(states).out, "state\nrunning\n");
    sqlite3(&catalog, "DROP TRIGGER full");
    assert_eq!(stage.done(run).out.lines().count(), 1);
    assert_eq!(stage.done(states).out, "state\ndone\n");
    assert_eq!(stage.on_server("SELECT count(*) FROM s.t"), "SET\n1");
}

#[test]
fn a_job_that_another_process_runs_is_refused_and_a_repeat_may_help() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!(
        "{SOURCE}; CREATE VIEW s.slow AS SELECT id FROM s.source, pg_sleep(600)"
    ));
    stage.done("CREATE JOB j AS INSERT INTO w.s.t SELECT o.id FROM w.s.slow o;");
    std::thread::scope(|scope| {
        let first = scope.spawn(|| stage.run().stdin("RUN JOB j;").run());
        let pid = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
             AND query LIKE '%CREATE TEMP%s.slow%' AND pid <> pg_backend_pid() LIMIT 1";
        while stage.database.administer(pid).is_empty() {}
        let second = stage.run().stdin("RUN JOB j;").run().status(3);
        assert!(second.err.contains("error[55006]"), "{}", second.err);
        stage.database.administer(&format!("SELECT pg_cancel_backend(({pid}))"));
        assert!(first.join().unwrap().err.contains("error[57014]"));
    });
}

#[test]
fn a_sync_job_does_not_wait_for_a_job_that_has_ended_but_for_one_that_is_paused() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!("{SOURCE}; CREATE TABLE s.u (id int)"));
    stage.done(MINUTES);
    stage.done(
        "CREATE SYNC JOB k RUN_INTERVAL = 1 HOUR AS INSERT INTO w.s.u SELECT o.id FROM w.s.t o \
         WHERE run_start_time() < run_end_time(); PAUSE JOB j;",
    );
    let waits = stage.done("RUN JOB k;");
    assert!(
        waits.err.contains("it waits for job j, which is paused and never ran"),
        "{}",
        waits.err
    );
    stage.done("RESUME JOB j; RUN JOB j;");
    let run = stage.done("RUN JOB k;");
    assert_eq!(run.out.lines().count(), 2, "{}{}", run.out, run.err);
    assert_eq!(stage.on_server("SELECT count(*) FROM s.u"), "SET\n2");
}

#[test]
fn now_is_the_interval_before_the_first_run_by_the_warehouses_clock() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(
        "CREATE JOB j RUN_INTERVAL = 1 HOUR START_FROM = NOW AS INSERT INTO w.s.t \
         SELECT o.id FROM w.s.source o WHERE o.at BETWEEN run_start_time() AND run_end_time();",
    );
    // As if this machine's clock had been a day ahead.
    sqlite3(&stage.home.catalog(), "UPDATE job SET created_at = created_at + 86400");
    let hour =
        || stage.on_server("SELECT date_trunc('hour', current_timestamp AT TIME ZONE 'UTC')");
    let before = hour();
    let run = stage.done("RUN JOB j;").out;
    let ends: Vec<&str> = run.lines().skip(1).filter_map(|row| row.split(',').nth(2)).collect();
    let after = hour();
    let hours = [&before["SET\n".len()..], &after["SET\n".len()..]];
    assert!(ends.first().is_some_and(|end| hours.contains(end)), "{run} {hours:?}");
    let rewound = stage.done("REWIND JOB j TO BEGINNING; RUN JOB j;");
    assert!(!rewound.err.contains("goes on from there"), "{}", rewound.err);
    stage.done("REWIND JOB j TO TIMESTAMP '2026-01-01 00:00:00';");
}

#[test]
fn a_dry_run_of_a_job_without_its_target_prints_all_that_would_be_made() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(
        "CREATE JOB j RUN_INTERVAL = 1 HOUR START_FROM = TIMESTAMP '2026-01-01' \
             END_AT = TIMESTAMP '2026-01-01 02:00' ADD_MISSING_COLUMNS = TRUE \
         AS INSERT INTO w.s.made (number, moment) SELECT o.id, o.at FROM w.s.source o \
         WHERE o.at BETWEEN run_start_time() AND run_end_time(); \
         CREATE JOB k ADD_MISSING_COLUMNS = TRUE AS INSERT INTO w.s.t MAP_COLUMNS_BY_NAME \
         SELECT o.id, o.at FROM w.s.source o;",
    );
    let script = |job: &str| {
        let run = stage.run().args(["--dry-run", "-c", &format!("RUN JOB {job}")]);
        run.run().status(0).out
    };
    let (made, added) = (script("j"), script("k"));
    for statement in [
        "CREATE TABLE IF NOT EXISTS s.redwire_ledger (",
        "CREATE TABLE s.made (\n    number integer,\n    moment timestamp without time zone\n);",
    ] {
        assert_eq!(made.matches(statement).count(), 1, "{statement}\n{made}");
    }
    assert_eq!(made.matches("INSERT INTO s.made (number, moment)").count(), 2, "{made}");
    assert!(added.contains("ALTER TABLE s.t ADD COLUMN at timestamp"), "{added}");
    assert!(added.contains("INSERT INTO s.t (id, at)"), "{added}");
    assert_eq!(stage.on_server("SELECT to_regclass('s.made') IS NULL"), "SET\nt");
    let lines = |script: &str| -> String {
        let is_note = |line: &&str| !line.starts_with("--");
        script.lines().filter(is_note).collect::<Vec<_>>().join("\n")
    };
    stage.on_server(&lines(&made));
    assert_eq!(stage.on_server("SELECT count(*) FROM s.made"), "SET\n4");
}
