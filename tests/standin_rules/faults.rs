//! Faults on demand.

use super::{ask, go_on, start};
use crate::standin::Fault;
use crate::support::postgres::MD5_USER;

#[test]
fn a_serialization_failure_is_1023() {
    let Some(standin) = start() else {
        return;
    };
    standin.inject(Fault::Serialization, "marked");
    let said = go_on(
        &standin,
        &[
            "BEGIN",
            "SELECT 1",
            "SELECT 'marked'",
            "SELECT 2",
            "ROLLBACK",
            "SELECT 'marked'",
        ],
    );
    assert!(
        said.contains("ERROR:  XX000: 1023\nDETAIL:  Serializable isolation violation on table - "),
        "{said}"
    );
    assert!(said.contains("25P02"), "{said}");
    assert!(said.ends_with("ROLLBACK\nmarked\n"), "{said}");
}

#[test]
fn a_connection_is_lost_where_it_is_told_to() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a text)"]).expect("a table");
    for (fault, is_done) in [(Fault::Statement, "0"), (Fault::Answer, "1")] {
        standin.inject(fault, "INSERT INTO t");
        let said = ask(&standin, &[&format!("INSERT INTO t VALUES ('{fault:?}')")])
            .expect_err("it is lost");
        assert!(said.contains("server closed the connection unexpectedly"), "{said}");
        let count = format!("SELECT count(*) FROM t WHERE a = '{fault:?}'");
        assert_eq!(ask(&standin, &[&count]).as_deref(), Ok(is_done), "{fault:?}");
    }
}

#[test]
fn a_lost_connection_takes_its_transaction_along() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)"]).expect("a table");
    standin.inject(Fault::Answer, "INSERT INTO t");
    ask(&standin, &["BEGIN", "INSERT INTO t VALUES (1)"]).expect_err("it is lost");
    standin.inject(Fault::Answer, "COMMIT");
    ask(&standin, &["BEGIN", "INSERT INTO t VALUES (2)", "COMMIT"]).expect_err("it is lost");
    assert_eq!(ask(&standin, &["SELECT a FROM t"]).as_deref(), Ok("2"));
}

#[test]
fn silence_lasts_until_the_client_leaves() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)"]).expect("a table");
    standin.inject(Fault::Silence, "INSERT INTO t");
    let mut command = standin.psql(MD5_USER);
    command.env("PGSSLMODE", "disable").args([
        "-c",
        r"\echo begins",
        "-c",
        "INSERT INTO t VALUES (1)",
    ]);
    let mut psql = command.stdout(std::process::Stdio::piped()).spawn().expect("psql runs");
    while !standin.are_faults_over() {
        std::thread::yield_now();
    }
    assert!(psql.try_wait().expect("its state").is_none(), "it waits for an answer");
    psql.kill().expect("it is there");
    psql.wait().expect("it has ended");
    assert_eq!(ask(&standin, &["SELECT count(*) FROM t"]).as_deref(), Ok("0"));
}
