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

#[test]
fn a_client_may_be_killed_before_it_hears_of_what_was_done() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)"]).expect("a table");
    standin.inject(Fault::Unheard, "COMMIT");
    let mut command = standin.psql(MD5_USER);
    command
        .env("PGSSLMODE", "disable")
        .args(["-c", "BEGIN; INSERT INTO t VALUES (1); COMMIT"]);
    let mut psql = command.spawn().expect("psql runs");
    while standin.database().administer("SELECT count(*) FROM t") == "0" {
        std::thread::yield_now();
    }
    assert!(psql.try_wait().expect("its state").is_none(), "it waits for an answer");
    psql.kill().expect("it is there");
    psql.wait().expect("it has ended");
    assert_eq!(ask(&standin, &["SELECT count(*) FROM t"]).as_deref(), Ok("1"));
}

#[test]
fn a_fault_waits_for_a_text_or_for_a_number_of_messages() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)", "SELECT 1"]).expect("a table");
    assert_eq!(standin.messages(), ["CREATE TABLE t (a int)", "SELECT 1"]);
    standin.inject(Fault::Statement, 2);
    for _ in 0..2 {
        standin.inject(Fault::Serialization, "SELECT 5");
    }
    let said = go_on(&standin, &["SELECT 3", "SELECT 4"]);
    assert!(said.starts_with("3\n"), "{said}");
    assert!(said.contains("server closed the connection unexpectedly"), "{said}");
    for _ in 0..2 {
        let said = ask(&standin, &["SELECT 5"]).expect_err("it fails");
        assert!(said.contains("XX000: 1023"), "{said}");
    }
    assert!(standin.are_faults_over());
    assert_eq!(ask(&standin, &["SELECT 5"]).as_deref(), Ok("5"));
}

#[test]
fn a_failure_of_a_message_undoes_all_of_its_transaction() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)"]).expect("a table");
    let message = "BEGIN; INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); COMMIT";
    for (fault, expected) in [
        (Fault::Serialization, "ERROR:  XX000: 1023\n"),
        (
            Fault::Conflict,
            "ERROR:  XX000: could not complete because of conflict with concurrent transaction\n",
        ),
    ] {
        standin.inject(fault, "BEGIN");
        let said = go_on(&standin, &[message, "ROLLBACK", "SELECT count(*) FROM t"]);
        assert!(said.starts_with(&format!("BEGIN\nINSERT 0 1\n{expected}")), "{said}");
        assert!(said.ends_with("\nROLLBACK\n0\n"), "{said}");
    }
}

#[test]
fn an_answer_is_lost_from_any_of_its_statements_on() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)"]).expect("a table");
    let message = "BEGIN; INSERT INTO t VALUES (1); COMMIT";
    let answers = ["BEGIN\n", "INSERT 0 1\n", "COMMIT\n"];
    for seen in 0..=3 {
        standin.inject(Fault::PartOfAnswer(seen), "INSERT");
        let said = go_on(&standin, &[message]);
        assert!(said.starts_with(&answers[..seen].concat()), "{said}");
        assert_eq!(said.matches("INSERT").count(), usize::from(seen > 1), "{said}");
        assert!(said.contains("server closed the connection unexpectedly"), "{said}");
    }
    assert_eq!(ask(&standin, &["SELECT count(*) FROM t"]).as_deref(), Ok("4"));
}

#[test]
fn an_error_may_stand_for_what_was_done() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)"]).expect("a table");
    standin.inject(Fault::FalseError, "COMMIT");
    let said =
        go_on(&standin, &["BEGIN; INSERT INTO t VALUES (1); COMMIT", "SELECT count(*) FROM t"]);
    assert_eq!(said, "ERROR:  XX000: Query unexpectedly failed\n1\n");
}

#[test]
fn a_session_may_be_cut_behind_an_answer() {
    let Some(standin) = start() else {
        return;
    };
    standin.inject(Fault::Session, "SELECT 1");
    let said = go_on(&standin, &["SELECT 1", "SELECT 2", "SELECT 3"]);
    assert!(said.starts_with("1\n"), "{said}");
    assert!(said.contains("connection to server was lost"), "{said}");
    assert!(!said.contains("\n2\n"), "{said}");
}
