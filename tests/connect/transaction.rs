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
fn a_script_stops_as_soon_as_a_statement_has_committed_its_transaction() {
    let Some(stage) = standin() else { return };
    stage.connect(&["-c", "CREATE TABLE t (n int)"]).run().status(0);
    let rest = "INSERT INTO t VALUES (1);\n-- all\nTRUNCATE t;\nINSERT INTO t VALUES (2);\n";
    let begun = format!("BEGIN;\n{rest}");
    for (argument, script) in [
        ("--single-transaction", rest),
        ("--on-error=stop", &begun),
        ("--on-error=continue", &begun),
    ] {
        let done = stage.connect(&[argument]).stdin(script).run().status(1).err_has("25P01");
        done.err_has("TRUNCATE committed the transaction; the statements before it stay");
        let count = stage.connect(&["--format", "csv", "-c", COUNT]).run().status(0);
        assert_eq!(count.out, "count\n0\n", "{script}");
    }
    let several = "BEGIN; INSERT INTO t VALUES (1)\\; COMMIT; SELECT 1;\n";
    stage.connect(&[]).stdin(several).run().status(0);
}

#[test]
fn a_savepoint_of_a_script_is_its_own() {
    let Some(stage) = postgres("") else { return };
    let script = "CREATE TEMP TABLE t (n int);\nSAVEPOINT a;\nINSERT INTO t VALUES (1);\nROLLBACK TO a;\nSELECT * FROM t;\n";
    let done = stage.connect(&["--single-transaction", "--format", "csv"]).stdin(script);
    done.run().status(0).err_has("COMMIT");
}
