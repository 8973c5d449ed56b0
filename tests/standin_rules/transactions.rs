//! Transactions: LOCK, isolation, and several statements in one message.

use super::{ask, go_on, start};
use crate::standin::{Isolation, StandIn};
use crate::support::postgres::Wire;

/// psql's own command that runs these statements in another session of the same server, past the
/// stand-in, as one transaction.
fn meanwhile(standin: &StandIn, statements: &str) -> String {
    let server = standin.database().server();
    format!(
        "\\! psql --no-psqlrc -qh {} -p {} -U postgres -d {} \
         -c 'BEGIN ISOLATION LEVEL SERIALIZABLE; {statements}; COMMIT'",
        server.socket_folder().display(),
        server.port(),
        standin.database().name()
    )
}

#[test]
fn two_transactions_that_write_one_row_are_in_conflict() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)", "INSERT INTO t VALUES (0)"]).expect("a table");
    let other = meanwhile(&standin, "UPDATE t SET a = 1");
    let said = go_on(
        &standin,
        &["BEGIN", "SELECT a FROM t", &other, "UPDATE t SET a = 2", "ROLLBACK"],
    );
    let expected = "ERROR:  XX000: could not complete because of conflict with concurrent \
         transaction\nROLLBACK";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn transactions_that_meet_in_a_cycle_pass_under_snapshot_isolation_only() {
    for (isolation, passes) in [(Isolation::Snapshot, true), (Isolation::Serializable, false)] {
        let Some(standin) = StandIn::start_with(Wire::Plain, isolation) else {
            return;
        };
        ask(&standin, &["CREATE TABLE t (a int)", "CREATE TABLE u (a int)"]).expect("tables");
        // Each reads the table that the other writes.
        let other = meanwhile(&standin, "SELECT count(*) FROM u; INSERT INTO t VALUES (1)");
        let first =
            ["BEGIN", "SELECT count(*) FROM t", &other, "INSERT INTO u VALUES (1)", "COMMIT"];
        let said = go_on(&standin, &first);
        let fails = said.contains("ERROR:  XX000: 1023\nDETAIL:  Serializable isolation violation");
        assert_eq!(!fails, passes, "{isolation:?}: {said}");
        let rows = ask(&standin, &["SELECT count(*) FROM u"]);
        assert_eq!(rows.as_deref(), Ok(if passes { "1" } else { "0" }));
    }
}

#[test]
fn the_level_that_begin_names_has_no_effect() {
    let Some(standin) = start() else {
        return;
    };
    let level = "SELECT current_setting('transaction_isolation')";
    for begin in [
        "BEGIN ISOLATION LEVEL SERIALIZABLE",
        "BEGIN WORK ISOLATION LEVEL READ COMMITTED READ WRITE",
        "START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    ] {
        let said = ask(&standin, &["\\set QUIET on", begin, level, "ROLLBACK"]);
        assert_eq!(said.as_deref(), Ok("repeatable read"), "{begin}");
    }
}

#[test]
fn a_lock_before_the_snapshot_shows_what_others_committed() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)", "CREATE TABLE u (a int)"]).expect("tables");
    let other = meanwhile(&standin, "INSERT INTO t VALUES (1)");
    let count = "SELECT count(*) FROM t";
    let said = go_on(&standin, &["BEGIN", "LOCK TABLE u", &other, "LOCK t", count, "COMMIT"]);
    assert_eq!(said, "BEGIN\nLOCK TABLE\nLOCK TABLE\n1\nCOMMIT\n");
    // A SELECT before it has made the snapshot.
    let said = go_on(&standin, &["BEGIN", "SELECT count(*) FROM u", &other, "LOCK t", count]);
    assert_eq!(said, "BEGIN\n0\nLOCK TABLE\n1\n");
    assert_eq!(ask(&standin, &[count]).as_deref(), Ok("2"));
}

#[test]
fn a_lock_outside_of_a_transaction_is_over_at_once() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)"]).expect("a table");
    let other = meanwhile(&standin, "INSERT INTO t VALUES (1)");
    let said =
        go_on(&standin, &["LOCK t", &other, "SELECT count(*) FROM t", "LOCK TABLE public.t"]);
    assert_eq!(said, "LOCK TABLE\n1\nLOCK TABLE\n");
}

#[test]
fn each_statement_of_a_message_has_its_own_answer() {
    let Some(standin) = start() else {
        return;
    };
    let message = "BEGIN; CREATE TABLE \"T\" (a varchar(max)) DISTSTYLE EVEN; LOCK t;
        INSERT INTO t VALUES ('it\\'s; '), ('b'); UPDATE t SET a = 'c'; DELETE t;
        SELECT count(*) FROM t WHERE a > sysdate::varchar; COMMIT";
    let said = ask(&standin, &[message]);
    let expected = "BEGIN\nCREATE TABLE\nLOCK TABLE\nINSERT 0 2\nUPDATE 2\nDELETE 2\n0\nCOMMIT";
    assert_eq!(said.as_deref(), Ok(expected));
}

#[test]
fn a_refusal_in_a_message_comes_when_its_turn_comes() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)"]).expect("a table");
    let refused = "BEGIN; INSERT INTO t VALUES (1); COMMIT; INSERT INTO t VALUES (2); \
         CREATE INDEX i ON t (a); INSERT INTO t VALUES (3)";
    let said = go_on(&standin, &[refused, "SELECT a FROM t"]);
    let expected = "BEGIN\nINSERT 0 1\nCOMMIT\nINSERT 0 1\n\
        ERROR:  0A000: SQL command \"CREATE INDEX i ON t (a)\" not supported on Redshift tables.\n\
        1\n";
    assert_eq!(said, expected);
    // Inside of BEGIN it leaves the transaction aborted.
    let said = go_on(&standin, &["BEGIN; SELECT 1; LISTEN x; COMMIT", "SELECT 2", "ROLLBACK"]);
    assert!(said.contains("0A000: SQL command \"LISTEN x\" not supported"), "{said}");
    assert!(said.contains("25P02"), "{said}");
    // The server parses all of a message before it runs any of it.
    let said =
        go_on(&standin, &["INSERT INTO t VALUES (4); DISCARD ALL", "SELECT count(*) FROM t"]);
    assert!(said.starts_with("ERROR:  42601: syntax error at or near \"DISCARD\""), "{said}");
    assert!(said.ends_with("\n1\n"), "{said}");
}

#[test]
fn an_error_stands_at_its_place_in_the_clients_text() {
    let Some(standin) = start() else {
        return;
    };
    let before = "SELECT sysdate; SELECT sysdate, \"";
    let statement = format!("{before}ü\", 1");
    let said = ask(&standin, &[&statement]).expect_err("there is no such column");
    assert!(said.contains(&format!("LINE 1: {statement}\n")), "{said}");
    let caret = said.lines().find(|line| line.trim() == "^").expect("a caret");
    assert_eq!(caret.len(), "LINE 1: ".len() + before.len());
}

#[test]
fn of_two_sessions_that_claim_a_row_one_writes() {
    for isolation in [Isolation::Snapshot, Isolation::Serializable] {
        let Some(standin) = StandIn::start_with(Wire::Plain, isolation) else {
            return;
        };
        let tables = [
            "CREATE TABLE ledger (until int, run varchar(8))",
            "INSERT INTO ledger VALUES (0, '')",
            "CREATE TABLE t (a int)",
        ];
        ask(&standin, &tables).expect("tables");
        std::thread::scope(|scope| {
            for session in ["a", "b"] {
                let standin = &standin;
                scope.spawn(move || {
                    for window in 0..10 {
                        let stage = format!("CREATE TEMP TABLE stage AS SELECT {window} AS a");
                        let write = format!(
                            "BEGIN; LOCK ledger;
                            UPDATE ledger SET until = {window} + 1, run = '{session}{window}'
                            WHERE until = {window};
                            INSERT INTO t SELECT a FROM stage
                            WHERE EXISTS (SELECT 1 FROM ledger WHERE run = '{session}{window}');
                            COMMIT"
                        );
                        ask(standin, &[&stage, &write]).expect("it writes, or finds it written");
                    }
                });
            }
        });
        let rows = "SELECT count(*), count(DISTINCT a), (SELECT until FROM ledger) FROM t";
        assert_eq!(ask(&standin, &[rows]).as_deref(), Ok("10|10|10"), "{isolation:?}");
    }
}
