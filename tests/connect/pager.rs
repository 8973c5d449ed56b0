//! Long results of a warehouse in the pager.

use super::postgres;
use crate::support::terminal::program;

/// More rows than anybody waits for.
const ENDLESS: &str = "SELECT generate_series(1, 1000000000000) AS n;";

const RUNNING: &str = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND usename = 'trusted_user' \
     AND datname = current_database()";

#[test]
fn rows_are_paged_while_they_arrive_and_the_end_of_the_pager_ends_the_query() {
    let Some(stage) = postgres("") else { return };
    let pager = program(&stage.home, "pager", "head -n 5; echo paged");
    let mut terminal = stage.terminal(&[("PAGER", &pager)]);
    terminal.run(ENDLESS, "the query was cancelled, since the pager was closed");
    assert_eq!(stage.server.administer(RUNNING), "0");
    terminal
        .run("SELECT generate_series(1, 3) AS n;", "(3 rows)")
        .run("SELECT generate_series(1, 100) AS n;", "paged");
    assert!(!terminal.end().contains("57014"));
}

#[test]
fn a_transaction_goes_on_when_the_pager_is_closed() {
    let Some(stage) = postgres("") else { return };
    let pager = program(&stage.home, "pager", "head -n 5; echo paged");
    let mut terminal = stage.terminal(&[("PAGER", &pager)]);
    terminal.submit("BEGIN;").at("sales*> ");
    terminal
        .run("SELECT generate_series(1, 300000) AS n;", "paged")
        .run("SELECT 'still' || 1;", "still1");
    terminal.submit("COMMIT;").at("sales> ");
    terminal.end();
}

#[test]
fn a_statement_that_writes_is_not_undone_when_the_pager_is_closed() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer("CREATE TABLE t (n int); GRANT ALL ON t TO PUBLIC");
    let pager = program(&stage.home, "pager", "head -n 5; echo paged");
    let mut terminal = stage.terminal(&[("PAGER", &pager)]);
    let insert = "WITH x AS (INSERT INTO t SELECT generate_series(1, 300000) RETURNING n) SELECT n, repeat('x', 100) FROM x;";
    terminal.run(insert, "paged");
    terminal.end();
    assert_eq!(stage.server.administer("SELECT count(*) FROM t"), "300000");
}

#[test]
fn an_error_after_many_rows_is_shown_when_the_pager_has_ended() {
    let Some(stage) = postgres("") else { return };
    let pager = program(&stage.home, "pager", "tail -n 1; echo paged");
    let mut terminal = stage.terminal(&[("PAGER", &pager)]);
    terminal
        .submit("SELECT 10 / (50000 - n) AS x FROM generate_series(1, 100000) AS n;")
        .wait_for("paged")
        .wait_for("22012")
        .wait_for("sales> ");
    terminal.end();
}

#[test]
fn without_a_pager_that_runs_the_rows_are_shown() {
    let Some(stage) = postgres("") else { return };
    for pager in ["no-such-pager", ""] {
        let mut terminal = stage.terminal(&[("PAGER", pager)]);
        terminal.run("SELECT generate_series(1, 20000) AS n;", "(20000 rows)");
        assert!(terminal.end().contains("│    1 │"));
    }
}
