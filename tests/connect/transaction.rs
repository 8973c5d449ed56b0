//! A script as one transaction, and what the end of a script leaves open.

use super::{postgres, standin};

const COUNT: &str = "SELECT count(*) FROM t";

#[test]
fn a_script_is_kept_as_a_whole_or_not_at_all() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer("CREATE TABLE t (n int); GRANT ALL ON t TO PUBLIC");
    let run = |script: &str| stage.connect(&["--single-transaction"]).stdin(script).run();
    run("INSERT INTO t VALUES (1);\nSELECT nix;\n").status(1).err_has("ROLLBACK");
    assert_eq!(stage.server.administer(COUNT), "0");
    run("INSERT INTO t VALUES (1);\nCOMMIT;\n")
        .status(1)
        .err_has("--single-transaction");
    assert_eq!(stage.server.administer(COUNT), "0");
    run("INSERT INTO t VALUES (1);\n\\expect 22012\nSELECT 1/0;\n")
        .status(1)
        .err_has("rolled back");
    assert_eq!(stage.server.administer(COUNT), "0");
    run("INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2);\n")
        .status(0)
        .err_has("COMMIT");
    assert_eq!(stage.server.administer(COUNT), "2");
}

#[test]
fn a_script_that_ends_inside_a_transaction_has_failed() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer("CREATE TABLE t (n int); GRANT ALL ON t TO PUBLIC");
    let done = stage.connect(&[]).stdin("BEGIN;\nINSERT INTO t VALUES (1);\n").run().status(1);
    done.err_has("25P01").err_has("ended in a transaction");
    assert_eq!(stage.server.administer(COUNT), "0");
}

#[test]
fn a_statement_that_commits_is_told_of() {
    let Some(stage) = standin() else { return };
    stage.connect(&["-c", "CREATE TABLE t (n int)"]).run().status(0);
    let run = stage.connect(&["--single-transaction", "-c", "TRUNCATE t"]).run().status(0);
    run.err_has("has ended the transaction");
}

#[test]
fn a_savepoint_of_a_script_is_its_own() {
    let Some(stage) = postgres("") else { return };
    let script = "CREATE TEMP TABLE t (n int);\nSAVEPOINT a;\nINSERT INTO t VALUES (1);\nROLLBACK TO a;\nSELECT * FROM t;\n";
    let done = stage.connect(&["--single-transaction", "--format", "csv"]).stdin(script);
    done.run().status(0).err_has("COMMIT");
}
