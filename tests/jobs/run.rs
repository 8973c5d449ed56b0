//! `redwire run`: what is due of every job, also behind one that fails.

use super::Stage;
use crate::support::home::Home;
use crate::support::light_vault::{PASSPHRASE, STORE};

/// Three windows of an hour.
const HOURS: &str = "RUN_INTERVAL = 1 HOUR START_FROM = TIMESTAMP '2026-01-01' END_AT = TIMESTAMP '2026-01-01 03:00'";

const SOURCE: &str = "CREATE TABLE s.source AS SELECT n AS id, timestamp '2026-01-01' + n * interval '30 min' AS at \
     FROM generate_series(0, 8) n; CREATE TABLE s.t (id int)";

/// CREATE JOB of windows that write a table.
fn job(name: &str, target: &str, column: &str) -> String {
    format!(
        "CREATE JOB {name} {HOURS} AS INSERT INTO w.s.{target} SELECT o.{column} AS id FROM w.s.source o \
         WHERE o.at BETWEEN run_start_time() AND run_end_time();"
    )
}

/// The first column of the rows.
fn jobs_of(out: &str) -> Vec<&str> {
    out.lines()
        .skip(1)
        .map(|row| row.split(',').next().unwrap_or_default())
        .collect()
}

#[test]
fn every_job_with_an_interval_runs_whatever_becomes_of_the_others() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(
        &[job("bad", "t", "nothing"), job("good", "t", "id"), job("held", "t", "id")].concat(),
    );
    stage.done("PAUSE JOB held; CREATE JOB by_hand AS INSERT INTO w.s.t SELECT 7 AS id;");
    let run = stage.run().arg("run").run().status(1);
    assert_eq!(jobs_of(&run.out), ["good"; 3]);
    for words in [
        "error[42703]",
        "at job bad:",
        "run: job bad, 2026-01-01 00:00:00 to 2026-01-01 01:00:00",
    ] {
        assert!(run.err.contains(words), "{}", run.err);
    }
    stage.done("DROP JOB bad;");
    let again = stage.run().arg("run").run().status(0);
    assert_eq!(jobs_of(&again.out), [""; 0]);
    assert!(again.out.starts_with("job,window_start,"), "{}", again.out);
    let named = stage.run().args(["run", "by_hand", "GOOD"]).run().status(0);
    assert_eq!(jobs_of(&named.out), ["by_hand"]);
    assert_eq!(stage.on_server("SELECT count(*) FROM s.t"), "SET\n7");
}

#[test]
fn the_status_says_if_a_repeat_may_help() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(
        "CREATE REDSHIFT CONNECTION away CONNECTION_STRING = 'jdbc:redshift://127.0.0.1:1/dev' \
         USER_NAME = 'u' PASSWORD = 'p'; \
         CREATE JOB far AS INSERT INTO away.s.t SELECT 1 AS id;",
    );
    stage.done(&job("bad", "t", "nothing"));
    let far = stage.run().args(["run", "far"]).run().status(3);
    assert!(far.err.contains("at job far:1:1"), "{}", far.err);
    let both = stage.run().args(["run", "bad", "far"]).run().status(1);
    assert!(both.err.contains("at job far:1:1"), "{}", both.err);
    let json = stage.home.redwire(STORE).env(PASSPHRASE.0, PASSPHRASE.1);
    let json = json.args(["--format", "json", "run", "far"]).run().status(3);
    assert!(json.err.contains(r#""file": "job far""#), "{}", json.err);
    let unknown = stage.run().args(["run", "bad", "fra"]).run().status(1);
    assert!(
        unknown.err.contains("error[42704]") && unknown.out.is_empty(),
        "{}",
        unknown.err
    );
    stage.run().args(["run", "a b"]).run().status(1);
}

#[test]
fn one_run_gets_through_a_chain_of_sync_jobs() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!("{SOURCE}; CREATE TABLE s.a (id int); CREATE TABLE s.b (id int)"));
    let link = |name, source, target| {
        format!(
            "CREATE SYNC JOB {name} {HOURS} AS INSERT INTO w.s.{target} SELECT o.id FROM w.s.{source} o \
             WHERE run_start_time() < run_end_time();"
        )
    };
    stage.done(&[link("a", "a", "b"), link("b", "t", "a"), job("c", "t", "id")].concat());
    let run = stage.run().arg("run").run().status(0);
    assert_eq!(jobs_of(&run.out), ["c", "c", "c", "b", "b", "b", "a", "a", "a"]);
}

#[test]
fn run_job_and_redwire_run_go_on_behind_a_job_that_fails() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(
        "CREATE REDSHIFT CONNECTION away CONNECTION_STRING = 'jdbc:redshift://127.0.0.1:1/dev' \
         USER_NAME = 'u' PASSWORD = 'p'; \
         CREATE JOB far AS INSERT INTO away.s.t SELECT 1 AS id;",
    );
    stage.done(&[job("bad", "t", "nothing"), job("good", "t", "id")].concat());
    for arguments in [&["-c", "RUN JOB far, bad, good;"][..], &["run", "far", "bad", "good"]] {
        stage.on_server("DROP TABLE IF EXISTS s.redwire_ledger");
        stage.done("DROP JOB good;");
        stage.done(&job("good", "t", "id"));
        let run = stage.run().args(arguments).run().status(1);
        assert_eq!(jobs_of(&run.out), ["good"; 3], "{arguments:?}");
        let (bad, far) = (run.err.find("error[42703]"), run.err.find("error[08001]"));
        assert!(bad.is_some() && bad < far, "{arguments:?}: {}", run.err);
    }
}

#[test]
fn nothing_to_run_is_a_result_without_rows() {
    let home = Home::with_light_vault();
    let columns = "job,window_start,window_end,staged,inserted,deleted,took\n";
    for (format, out) in [("csv", columns), ("json", "[]\n"), ("jsonl", "")] {
        let run = home.redwire(STORE).args(["--format", format, "run"]).run().status(0);
        assert_eq!((run.out.as_str(), run.err.as_str()), (out, ""), "{format}");
    }
    assert!(!home.catalog().exists());
}

#[test]
fn metrics_are_written_at_the_end() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(&[job("bad", "t", "nothing"), job("good", "t", "id")].concat());
    stage.done(
        "CREATE JOB fresh RUN_INTERVAL = 1 DAY AS INSERT INTO w.s.t SELECT o.x FROM w.s.y o;",
    );
    let file = stage.home.file("jobs.prom");
    stage.run().args(["run", "--metrics", "jobs.prom"]).run().status(1);
    let text = std::fs::read_to_string(&file).unwrap();
    for line in [
        "redwire_up 0",
        "redwire_job_loaded_until_seconds{job=\"good\"} 1767236400",
        "redwire_job_runs_total{job=\"good\",state=\"done\"} 3",
        "redwire_job_runs_total{job=\"bad\",state=\"failed\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}:\n{text}");
    }
    assert!(text.contains("redwire_job_lag_seconds{job=\"bad\"} "), "{text}");
    assert!(!text.contains("redwire_job_lag_seconds{job=\"fresh\"} "), "{text}");
    let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
    assert_eq!(mode & 0o444, 0o444, "another user reads it");
    stage.run().args(["run", "--metrics", "/no/such/folder/file"]).run().status(1);
}
