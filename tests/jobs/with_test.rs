//! CREATE JOB … WITH TEST.

use super::Stage;

const SOURCE: &str = "CREATE TABLE s.source AS SELECT 1 AS id, timestamp '2026-01-01' AS at; CREATE TABLE s.t (id int)";

/// Redwire's check does not know EXCLUDE.
const UNKNOWN: &str = "SELECT max(o.id) OVER (ORDER BY o.at ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW) AS id \
     FROM w.s.source o";

#[test]
fn a_job_whose_query_the_warehouse_takes_is_kept() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    let done = stage.done(
        "CREATE JOB j RUN_INTERVAL = 1 HOUR AS INSERT INTO w.s.t SELECT o.id FROM w.s.source o \
         WHERE o.at BETWEEN run_start_time() AND run_end_time() -- the end\n with /* c */ test;",
    );
    assert!(done.err.contains("notice: the test of job j passed in "), "{}", done.err);
    stage.done(
        "CREATE JOB m AS MERGE INTO w.s.t AS t USING (SELECT o.id FROM w.s.source o) AS s ON t.id = s.id \
         WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME WITH TEST;",
    );
    let shown = stage.done("SHOW CREATE JOB j; SHOW CREATE JOB m;").out;
    assert!(!shown.contains("TEST") && shown.contains("run_end_time();"), "{shown}");
    let unchanged =
        stage.done("CREATE JOB IF NOT EXISTS j AS INSERT INTO w.s.t SELECT 1 AS id WITH TEST;");
    assert!(unchanged.err.contains("Operation resulted in no change"), "{}", unchanged.err);
    assert_eq!(
        stage.on_server("SELECT count(*) FROM pg_tables WHERE tablename = 'redwire_ledger'"),
        "SET\n0"
    );
}

#[test]
fn a_job_whose_query_the_warehouse_refuses_is_not_kept() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    let create = "CREATE JOB j AS INSERT INTO \"W\".s.t\n  SELECT o.id,\n    o.missing FROM w.s.source o\nWITH TEST;";
    let refused = stage.failed("42703", create);
    assert!(
        refused.err.contains("    o.missing FROM w.s.source o\n      ^"),
        "{}",
        refused.err
    );
    assert!(refused.err.contains(":3:5, statement 1"), "{}", refused.err);
    let away = "CREATE REDSHIFT CONNECTION away CONNECTION_STRING = 'jdbc:redshift://127.0.0.1:1/dev' \
                USER_NAME = 'u' PASSWORD = 'p';";
    stage.done(away);
    let far =
        stage.failed("08001", "CREATE JOB j AS INSERT INTO away.s.t SELECT 1 AS id WITH TEST;");
    assert!(far.err.contains("           ^\n"), "{}", far.err);
    stage.failed("42601", "CREATE JOB j AS INSERT INTO w.s.t SELECT FROM WHERE WITH TEST;");
    stage.failed("42601", "CREATE JOB j WITH TEST AS INSERT INTO w.s.t SELECT 1 AS id;");
    assert_eq!(stage.done("SHOW JOBS;").out.lines().count(), 1);
}

#[test]
fn the_warehouse_decides_on_what_the_check_does_not_know() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    let create = format!("CREATE JOB j AS INSERT INTO w.s.t {UNKNOWN}");
    stage.failed("42601", &format!("{create};"));
    let done = stage.done(&format!("{create} WITH TEST;"));
    assert!(
        done.err.contains(
            "notice: redwire's check refuses what the warehouse takes: SKIP_ALL_VALIDATIONS = TRUE"
        ),
        "{}",
        done.err
    );
    let shown = stage.done("SHOW CREATE JOB j;").out;
    assert!(shown.contains("SKIP_ALL_VALIDATIONS = TRUE"), "{shown}");
    stage.done("RUN JOB j;");
}

#[test]
fn a_dry_run_tests_nothing() {
    let Some(stage) = Stage::new() else { return };
    let create = "CREATE JOB j AS INSERT INTO w.s.t SELECT o.id FROM w.s.missing o WITH TEST";
    let dry = stage.run().args(["--dry-run", "-c", create]).run().status(0);
    assert!(dry.err.contains("notice: job j would be tested"), "{}", dry.err);
}
