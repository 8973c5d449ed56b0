//! Sessions that are lost.

use super::postgres;
use crate::connect::standin;
use crate::standin::Fault;

const END: &str =
    "DO $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); END $$;\n";

#[test]
fn a_lost_session_ends_a_script_whatever_is_to_happen_on_errors() {
    let Some(stage) = postgres("") else { return };
    stage
        .server
        .administer("CREATE TABLE t (n int); INSERT INTO t VALUES (1); GRANT ALL ON t TO PUBLIC");
    // In another session it would be allowed.
    let script = format!("SET default_transaction_read_only = on;\n{END}DELETE FROM t;\n");
    for on_error in ["stop", "continue"] {
        let arguments = ["--format", "csv", "--on-error", on_error];
        let done = stage.connect(&arguments).stdin(script.clone()).run().status(3);
        let done = done.err_has("57P01").err_has("connection to server was lost\n");
        assert_eq!(done.out, "");
        assert_eq!(stage.server.administer("SELECT count(*) FROM t"), "1");
    }
}

#[test]
fn a_script_that_expects_to_lose_its_session_opens_another() {
    let Some(stage) = postgres("") else { return };
    let done = stage
        .connect(&["--format", "csv"])
        .stdin(format!("\\expect 57P01\n{END}SELECT 2 AS n;\n"))
        .run()
        .status(0);
    let done =
        done.err_has("the next statement opens another, without its settings and temporary tables");
    assert_eq!(done.out, "n\n2\n");
}

#[test]
fn a_statement_for_one_database_does_not_run_on_another() {
    let (Some(stage), Some(other)) = (postgres(""), postgres("")) else {
        return;
    };
    let make = "CREATE TABLE t (n int); GRANT ALL ON t TO PUBLIC";
    stage.server.administer(make);
    other.server.administer(make);
    let mut terminal = stage.terminal(&[]);
    terminal.run("SELECT 1;", "(1 row)");
    let url = other.server.url("127.0.0.1", "?sslmode=disable");
    let alter = format!("ALTER REDSHIFT CONNECTION sales SET CONNECTION_STRING = '{url}'");
    stage.redwire(&["-c", &alter]).run().status(0);
    stage.server.administer(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'trusted_user' \
         AND datname = current_database()",
    );
    terminal.run("SELECT 2;", "connection to server was lost");
    terminal.run("INSERT INTO t VALUES (1);", "so the statement was not sent");
    assert_eq!(other.server.administer("SELECT count(*) FROM t"), "0");
    terminal.run("INSERT INTO t VALUES (2);", "INSERT 0 1");
    assert_eq!(other.server.administer("SELECT n FROM t"), "2");
    terminal.end();
}

#[test]
fn a_connection_that_is_gone_is_no_fault_of_the_statement() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    let rename = "ALTER REDSHIFT CONNECTION sales RENAME TO others";
    stage.redwire(&["-c", rename]).run().status(0);
    terminal.run(END.trim_end(), "connection to server was lost");
    terminal.run("SELECT 2;", "connection \"sales\" does not exist");
    assert!(!terminal.end().contains("\n  SELECT 2;"));
}

#[test]
fn a_lost_transaction_is_not_gone_on_with() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer("CREATE TABLE t (n int); GRANT ALL ON t TO PUBLIC");
    let script = format!(
        "BEGIN;\nINSERT INTO t VALUES (1);\n{END}INSERT INTO t VALUES (2);\nCOMMIT;\nINSERT INTO t VALUES (3);\n"
    );
    let done = stage.connect(&["--on-error", "continue"]).stdin(&*script).run().status(3);
    done.err_has("with it the open transaction\n");
    assert_eq!(stage.server.administer("SELECT count(*) FROM t"), "0");
    let expected = script.replace("DO $$", "\\expect 57P01\nDO $$");
    let done = stage.connect(&["--on-error", "continue"]).stdin(expected).run().status(1);
    done.err_has("with it the open transaction: ROLLBACK")
        .err_has("25P02")
        .err_has("ROLLBACK\n");
    assert_eq!(stage.server.administer("SELECT string_agg(n::text, ',') FROM t"), "3");
}

#[test]
fn a_connection_that_is_closed_without_a_word_is_lost() {
    let Some(stage) = standin() else { return };
    stage.server.inject(Fault::Answer, "is lost");
    let done = stage.connect(&[]).stdin("SELECT 1 -- is lost\n;\n").run().status(3);
    done.err_has("08006").err_has("server closed the connection");
}

#[test]
fn a_statement_without_an_answer_may_have_been_carried_out() {
    let Some(stage) = standin() else { return };
    for (statement, is_in_doubt) in [("CREATE TABLE t (n int)", true), ("SELECT 1", false)] {
        stage.server.inject(Fault::Answer, "is lost");
        let script = format!("{statement} -- is lost\n;\n");
        let done = stage.connect(&[]).stdin(script).run().status(3);
        let done = done.err_has("connection to server was lost");
        let says_so = done.err.contains("the statement may have been executed");
        assert_eq!(says_so, is_in_doubt, "{statement}: {}", done.err);
    }
}

#[test]
fn after_a_lost_commit_nobody_knows_whether_the_transaction_was_kept() {
    let Some(stage) = standin() else { return };
    stage.server.inject(Fault::Answer, "COMMIT");
    let done = stage
        .connect(&["--format", "csv", "--on-error", "continue"])
        .stdin("BEGIN;\nCOMMIT;\nSELECT 2 AS n;\n")
        .run()
        .status(3);
    let done = done.err_has("the transaction may have been committed");
    assert_eq!(done.out, "");
    stage.server.inject(Fault::Answer, "COMMIT");
    let done = stage.connect(&["--single-transaction"]).stdin("SELECT 1;\n").run();
    done.status(3).err_has("the transaction may have been committed");
}
