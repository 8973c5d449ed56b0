//! `\connect` and `\disconnect`.

use super::{Stage, postgres};
use crate::support::postgres::Database;

/// Further connections: one to the same server, one to nowhere.
fn with_others(options: &str) -> Option<Stage<Database>> {
    let stage = postgres(options)?;
    let create = |name: &str, url: &str| {
        let create = format!(
            "CREATE REDSHIFT CONNECTION {name} CONNECTION_STRING = '{url}' USER_NAME = 'trusted_user' PASSWORD = 'unused'"
        );
        stage.redwire(&["-c", &create]).run().status(0);
    };
    create("web", &stage.server.url("127.0.0.1", "?sslmode=disable"));
    create("broken", "jdbc:redshift://127.0.0.1:1/dev?sslmode=disable");
    Some(stage)
}

#[test]
fn at_the_prompt_one_goes_there_and_back() {
    let Some(stage) = with_others("") else { return };
    stage.server.administer("CREATE TABLE t (n int); GRANT ALL ON t TO PUBLIC");
    let mut terminal = stage.terminal_with(&[], &[], "redwire> ");
    terminal
        .submit("\\connect sales")
        .wait_for("connected to sales: trusted_user at 127.0.0.1");
    terminal.at("sales> ").run("SELECT 'there' || 1;", "there1");
    terminal.submit("BEGIN;").at("sales*> ");
    terminal.run("INSERT INTO t VALUES (1);", "INSERT 0 1");
    terminal
        .run("\\connect broken", "08001")
        .run("\\connect nix", "42704")
        .run("\\connect", "\\connect takes the name of a connection")
        .run("SELECT count(*) AS kept FROM t;", "│    1 │");
    terminal
        .submit("\\connect web")
        .wait_for("the open transaction was rolled back")
        .at("web> ");
    terminal.run("SELECT count(*) AS gone FROM t;", "│    0 │");
    terminal
        .submit("\\disconnect")
        .wait_for("disconnected from web")
        .at("redwire> ");
    terminal
        .run("SHOW CONNECTIONS LIKE 'br%';", "broken")
        .run("\\disconnect", "for a warehouse");
    terminal.submit("BEGIN;").at("redwire*> ");
    terminal.run("\\connect sales", "25001");
    terminal.submit("ROLLBACK;").at("redwire> ");
    terminal.end();
}

#[test]
fn a_connection_with_one_slot_can_be_gone_to_again() {
    let Some(stage) = with_others("MAX_CONCURRENT_CONNECTIONS = 1") else {
        return;
    };
    let mut terminal = stage.terminal(&[]);
    terminal
        .run("\\connect sales", "connected to sales")
        .run("SELECT 'again' || 1;", "again1");
    terminal.submit("\\connect web").at("web> ");
    // The slot of a warehouse that was left is free.
    stage.connect(&["--wait", "0", "-c", "SELECT 1"]).run().status(0);
    terminal.end();
}

#[test]
fn in_a_script_statements_go_where_it_says() {
    let Some(stage) = with_others("") else { return };
    let script = "SHOW CONNECTIONS LIKE 'web';\n\\connect sales\nSELECT $$a;b$$ AS x;\n\\disconnect\n\
                  SHOW CREATE CONNECTION web;\n";
    let done = stage.redwire(&["--format", "csv"]).stdin(script).run().status(0);
    done.out_has("web,")
        .out_has("x\na;b\n")
        .out_has("CREATE REDSHIFT CONNECTION web");
    let back = stage.connect(&[]).stdin("\\disconnect\nSHOW CONNECTIONS LIKE 'web';\n");
    back.run().status(0).out_has("web").err_has("disconnected from sales");
}

#[test]
fn statements_after_a_failed_connect_do_not_run_elsewhere() {
    let Some(stage) = with_others("") else { return };
    for (connect, status) in [("\\connect broken", 3), ("\\connect nix", 1), ("\\connect", 1)] {
        let script = format!("{connect}\nSELECT 'any' || 'where';\n");
        let run = stage.connect(&["--on-error", "continue"]).stdin(script).run();
        let done = run.status(status);
        assert!(!done.out.contains("anywhere"), "{}", done.out);
    }
}

#[test]
fn a_script_that_is_one_transaction_and_a_dry_run_stay_where_they_are() {
    let Some(stage) = with_others("") else { return };
    stage
        .connect(&["--single-transaction", "-c", "\\connect web"])
        .run()
        .status(1)
        .err_has("--single-transaction");
    stage
        .redwire(&["--dry-run", "-c", "\\connect web"])
        .run()
        .status(1)
        .err_has("cannot be tried on a copy");
}

#[test]
fn a_script_does_not_leave_a_transaction_behind_in_silence() {
    let Some(stage) = with_others("") else { return };
    stage.server.administer("CREATE TABLE t (n int); GRANT ALL ON t TO PUBLIC");
    for leave in ["\\disconnect", "\\connect web", "\\connect sales"] {
        let script =
            format!("\\connect sales\nBEGIN;\nINSERT INTO t VALUES (1);\n{leave}\nSELECT 1;\n");
        let done = stage.redwire(&["--on-error", "continue"]).stdin(script).run().status(1);
        done.err_has("25001").err_has("COMMIT or ROLLBACK ends it").err_has("25P01");
        let ended =
            format!("\\connect sales\nBEGIN;\nINSERT INTO t VALUES (1);\nROLLBACK;\n{leave}\n");
        stage.redwire(&[]).stdin(ended).run().status(0);
    }
    assert_eq!(stage.server.administer("SELECT count(*) FROM t"), "0");
}
