//! Queries: results, errors, notices, transactions, and what a session keeps.

use std::process::Command;

use redwire::diagnostic::Diagnostic;
use redwire::warehouse::{
    Cancel, ResultColumn, TransactionStatus, WarehouseError, quote_identifier,
};

use super::recorder::{Recorder, ask, cell, complaint, run};
use super::{open, plain_session};
use crate::support::postgres::{Postgres, TRUSTED_USER, Wire};

fn row<const N: usize>(cells: [Option<&str>; N]) -> Vec<Option<String>> {
    cells.map(|cell| cell.map(str::to_owned)).to_vec()
}

#[test]
fn results_are_text_with_types_and_null_is_not_empty() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let result = ask(
        &mut session,
        "SELECT 1::int4 AS id, ''::text AS t, NULL AS n, 1.50::numeric(5,2) AS d, true AS b",
    );
    let expected = |name: &str, type_oid, type_modifier| ResultColumn {
        name: name.to_owned(),
        type_oid,
        type_modifier,
        is_text: true,
    };
    assert_eq!(
        result.columns,
        [vec![
            expected("id", 23, -1),
            expected("t", 25, -1),
            expected("n", 25, -1),
            expected("d", 1700, (5 << 16) + 2 + 4),
            expected("b", 16, -1),
        ]]
    );
    assert_eq!(result.rows, [row([Some("1"), Some(""), None, Some("1.50"), Some("t")])]);
    assert_eq!(result.tags, ["SELECT 1"]);
}

#[test]
fn several_statements_bring_several_results() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let result = ask(
        &mut session,
        "SELECT 1; CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2); SELECT 'ü'",
    );
    assert_eq!(result.tags, ["SELECT 1", "CREATE TABLE", "INSERT 0 2", "SELECT 1"]);
    assert_eq!(result.rows, [row([Some("1")]), row([Some("ü")])]);
    assert_eq!(result.columns.len(), 2);
}

#[test]
fn a_query_without_a_statement_is_empty() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let result = ask(&mut session, " -- nothing");
    assert!(result.columns.is_empty() && result.tags.is_empty());
}

#[test]
fn an_error_has_its_fields_and_the_session_goes_on() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let error = complaint(&mut session, "SELECT nothing FROM nowhere");
    assert_eq!(
        (error.severity.as_str(), error.code.as_str(), error.position),
        ("ERROR", "42P01", Some(21))
    );
    assert_eq!(error.message, "relation \"nowhere\" does not exist");
    ask(
        &mut session,
        "CREATE TABLE t (n int CONSTRAINT only_once UNIQUE); INSERT INTO t VALUES (1)",
    );
    let error = complaint(&mut session, "INSERT INTO t VALUES (1)");
    assert_eq!(error.code, "23505");
    assert_eq!(error.detail.as_deref(), Some("Key (n)=(1) already exists."));
    assert!(!session.is_lost());
    assert_eq!(cell(&mut session, "SELECT 1"), "1");
}

#[test]
fn an_error_in_the_middle_of_a_result_comes_after_its_rows() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let (result, outcome) = run(
        &mut session,
        "SELECT 1; SELECT 10 / (3 - n) FROM generate_series(1, 5) n; SELECT 2",
    );
    let error = outcome.expect_err("a division by zero");
    assert_eq!(error.sqlstate().code(), "22012");
    assert_eq!(result.tags, ["SELECT 1"]);
    assert_eq!(result.rows.len(), 3);
    assert_eq!(cell(&mut session, "SELECT 1"), "1");
}

#[test]
fn notices_arrive_with_their_fields() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let result = ask(&mut session, "DO $$ BEGIN RAISE NOTICE 'hello' USING HINT = 'wave'; END $$");
    assert_eq!(result.notices.len(), 1);
    assert_eq!(result.notices[0].message, "hello");
    assert_eq!(result.notices[0].hint.as_deref(), Some("wave"));
    assert_eq!(result.notices[0].severity, "NOTICE");
}

#[test]
fn the_state_of_the_transaction_is_known() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    for (sql, status) in [
        ("BEGIN", TransactionStatus::Open),
        ("SELECT nothing", TransactionStatus::Failed),
        ("SELECT 1", TransactionStatus::Failed),
        ("ROLLBACK", TransactionStatus::Idle),
    ] {
        // Some of these statements fail, which does not matter here.
        let _ = run(&mut session, sql);
        assert_eq!(session.transaction_status(), status, "{sql}");
    }
}

#[test]
fn a_literal_means_the_same_whatever_a_backslash_means() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let text = "it's \\' a \\\\ \"text\" ü 漢\n; --";
    for setting in ["on", "off", "on"] {
        ask(
            &mut session,
            &format!(
                "SET standard_conforming_strings = {setting}; SET escape_string_warning = off"
            ),
        );
        let literal = session.quote_literal(text);
        assert_eq!(cell(&mut session, &format!("SELECT {literal}")), text, "{setting}");
    }
}

#[test]
fn a_quoted_name_is_the_name() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let name = "or\"de'rs ü";
    let result = ask(&mut session, &format!("SELECT 1 AS {}", quote_identifier(name)));
    assert_eq!(result.columns[0][0].name, name);
}

#[test]
fn a_statement_with_a_nul_is_not_sent() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let (_, outcome) = run(&mut session, "SELECT '\0'");
    assert_eq!(outcome, Err(WarehouseError::Nul { what: "the statement" }));
    assert_eq!(cell(&mut session, "SELECT 1"), "1");
}

#[test]
fn copy_to_and_from_the_client_is_refused_and_the_session_goes_on() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    ask(&mut session, "CREATE TABLE t (n int)");
    for sql in [
        "COPY t FROM STDIN",
        "COPY (SELECT 1) TO STDOUT",
        "COPY (SELECT repeat('x', 100) FROM generate_series(1, 10000) n, generate_series(1, 10000) m) TO STDOUT",
    ] {
        let (result, outcome) = run(&mut session, sql);
        assert_eq!(outcome, Err(WarehouseError::CopyRefused), "{sql}");
        assert!(result.rows.is_empty());
        assert_eq!(cell(&mut session, "SELECT count(*) FROM t"), "0", "{sql}");
    }
}

#[test]
fn values_larger_than_the_buffer_arrive_whole() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let result =
        ask(&mut session, "SELECT repeat('ab', n * 1000000), n FROM generate_series(1, 3) n");
    let lengths: Vec<usize> =
        result.rows.iter().map(|row| row[0].as_ref().expect("a value").len()).collect();
    assert_eq!(lengths, [2_000_000, 4_000_000, 6_000_000]);
    assert_eq!(cell(&mut session, "SELECT 'small'"), "small");
}

#[test]
fn a_statement_larger_than_the_buffers_of_the_network_is_sent_whole() {
    for (wire, options) in [(Wire::Plain, "?ssl=false"), (Wire::Tls, "?sslmode=require")] {
        let Some(database) = Postgres::database(wire) else {
            return;
        };
        let (mut session, _) =
            open(&database.url("127.0.0.1", options), TRUSTED_USER).expect("a session");
        let text = "x".repeat(12_000_000);
        assert_eq!(cell(&mut session, &format!("SELECT length('{text}')")), "12000000");
    }
}

#[test]
fn a_message_that_is_too_long_ends_the_session() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let (_, outcome) = run(&mut session, "SELECT repeat('x', 140000000)");
    let error = outcome.expect_err("a limit");
    assert_eq!(error.sqlstate().code(), "54000", "{error:?}");
    assert!(session.is_lost());
    assert_eq!(run(&mut session, "SELECT 1").1, Err(WarehouseError::Gone));
}

#[test]
fn a_session_that_the_server_ends_is_lost_with_the_servers_words() {
    let Some((database, mut session)) = plain_session("") else {
        return;
    };
    ask(&mut session, "BEGIN");
    let process = session.process().expect("a process");
    database.administer(&format!("SELECT pg_terminate_backend({process}, 10000)"));
    let error = run(&mut session, "SELECT 1").1.expect_err("the end");
    assert_eq!(error.sqlstate().code(), "57P01", "{error:?}");
    assert!(session.is_lost());
    assert_eq!(session.transaction_status(), TransactionStatus::Open);
    assert_eq!(run(&mut session, "SELECT 1").1, Err(WarehouseError::Gone));
}

#[test]
fn a_session_that_is_dropped_ends_on_the_server() {
    let Some((database, session)) = plain_session("") else {
        return;
    };
    let process = session.process().expect("a process");
    drop(session);
    let gone = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {process}");
    while database.administer(&gone) != "0" {}
}

/// Set for the process that reads the rows.
const STREAM_URL: &str = "REDWIRE_TEST_STREAM_URL";

#[test]
fn a_million_rows_take_no_more_memory_than_one() {
    if let Ok(url) = std::env::var(STREAM_URL) {
        return stream(&url);
    }
    for (wire, options) in [(Wire::Plain, "?ssl=false"), (Wire::Tls, "?sslmode=require")] {
        let Some(database) = Postgres::database(wire) else {
            return;
        };
        let output = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "warehouse::query::a_million_rows_take_no_more_memory_than_one"])
            .args(["--nocapture", "--test-threads=1"])
            .env(STREAM_URL, database.url("127.0.0.1", options))
            .output()
            .expect("this program runs");
        assert!(output.status.success(), "{output:?}");
    }
}

fn stream(url: &str) {
    let (mut session, _) = open(url, TRUSTED_USER).expect("a session");
    let sql = |rows| {
        format!("SELECT n, 'row ' || n, n / 7.0, now(), NULL FROM generate_series(1, {rows}) n")
    };
    let mut count = Count::default();
    let cancel = Cancel::default();
    session.query(&sql(10_000), &mut count, None, &cancel).expect("rows");
    let before = peak_kilobytes();
    session.query(&sql(1_000_000), &mut count, None, &cancel).expect("rows");
    assert_eq!((count.rows, count.cells), (1_010_000, 5_050_000));
    let growth = peak_kilobytes() - before;
    assert!(growth < 1024, "{growth} kB more than before");
}

/// Counts rows and keeps none.
#[derive(Default)]
struct Count {
    rows: usize,
    cells: usize,
    recorder: Recorder,
}

impl redwire::warehouse::ResultSink for Count {
    fn columns(&mut self, columns: &[ResultColumn]) -> std::ops::ControlFlow<()> {
        self.recorder.columns(columns)
    }

    fn row(&mut self, cells: &[Option<&[u8]>]) -> std::ops::ControlFlow<()> {
        self.rows += 1;
        self.cells += cells.len();
        std::ops::ControlFlow::Continue(())
    }

    fn tag(&mut self, tag: &str) {
        self.recorder.tag(tag);
    }

    fn notice(&mut self, notice: &redwire::warehouse::ServerMessage) {
        self.recorder.notice(notice);
    }
}

/// The most memory that this process has had (Linux, proc(5), VmHWM).
fn peak_kilobytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("the state of this process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("its peak");
    line.split_whitespace()
        .nth(1)
        .and_then(|number| number.parse().ok())
        .expect("a number")
}
