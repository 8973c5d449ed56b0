//! PROTECTION, COLOR and `--read-only`.

use super::{Stage, postgres};
use crate::support::postgres::Database;

/// A table of two rows, which every user may change.
fn stage(options: &str) -> Option<Stage<Database>> {
    let stage = postgres(options)?;
    stage.server.administer(
        "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2); ANALYZE t; GRANT ALL ON t TO PUBLIC",
    );
    Some(stage)
}

fn count(stage: &Stage<Database>) -> String {
    stage.server.administer("SELECT count(*) FROM t")
}

#[test]
fn a_script_says_yes_before_it_removes_or_changes() {
    let Some(stage) = stage("PROTECTION = CONFIRM") else {
        return;
    };
    for (statement, words) in [
        (
            "DELETE FROM t",
            "DELETE without WHERE of t must be confirmed on connection \"sales\"",
        ),
        ("SELECT 1 \\; UPDATE t SET n = 0", "UPDATE without WHERE of t"),
        ("TRUNCATE t", "TRUNCATE TABLE t"),
        ("DROP TABLE IF EXISTS t", "DROP TABLE t"),
        ("ALTER TABLE t ADD m int", "ALTER TABLE t"),
        ("GRANT SELECT ON t TO PUBLIC", "GRANT on t"),
    ] {
        let done = stage.connect(&[]).stdin(format!("{statement};\n")).run().status(1);
        done.err_has("55000").err_has(words).err_has("--yes");
    }
    assert_eq!(count(&stage), "2");
    let script = "INSERT INTO t VALUES (3);\nDELETE FROM t WHERE n = 1;\nSELECT 1;\n";
    stage.connect(&[]).stdin(script).run().status(0);
    stage
        .connect(&["--yes", "-c", "DELETE FROM t"])
        .run()
        .status(0)
        .err_has("DELETE 2");
}

#[test]
fn the_prompt_asks_and_names_the_rows() {
    let Some(stage) = stage("PROTECTION = CONFIRM") else {
        return;
    };
    let mut terminal = stage.terminal(&[]);
    let question = "DELETE without WHERE of t (about 2 rows) on sales. Send it? (y/N)";
    terminal.submit("DELETE FROM t;").wait_for(question);
    terminal.line("n").wait_for("57014").wait_for("sales> ");
    terminal.submit("DELETE FROM t;").wait_for("Send it?");
    terminal
        .keys(crate::support::terminal::CTRL_C)
        .wait_for("canceling")
        .wait_for("sales> ");
    assert_eq!(count(&stage), "2");
    terminal.submit("DELETE FROM t;").wait_for("Send it?");
    terminal.line("y").wait_for("DELETE 2");
    terminal.end();
    assert_eq!(count(&stage), "0");
}

#[test]
fn the_prompt_protects_connections_that_have_no_protection_of_their_own() {
    let Some(stage) = stage("") else { return };
    std::fs::create_dir_all(stage.home.file("config/redwire")).unwrap();
    stage.home.write("config/redwire/config.toml", "protection = 'confirm'\n");
    let mut terminal = stage.terminal(&[]);
    terminal.submit("DELETE FROM t;").wait_for("Send it?");
    terminal.line("n").wait_for("57014").wait_for("sales> ");
    terminal.end();
    assert_eq!(count(&stage), "2");
    stage.connect(&["-c", "UPDATE t SET n = n"]).run().status(0);
    let alter = "ALTER REDSHIFT CONNECTION sales SET PROTECTION = NONE";
    stage.redwire(&["-c", alter]).run().status(0);
    let create = stage.redwire(&["-c", "SHOW CREATE CONNECTION sales"]).run().status(0);
    create.out_has("PROTECTION = NONE");
    let mut terminal = stage.terminal(&[]);
    terminal.run("DELETE FROM t;", "DELETE 2");
    terminal.end();
    stage.home.write("config/redwire/config.toml", "protection = 'read_only'\n");
    stage
        .redwire(&["-c", "ALTER REDSHIFT CONNECTION sales RESET PROTECTION"])
        .run()
        .status(0);
    let mut terminal = stage.terminal(&[]);
    terminal.run("DELETE FROM t;", "25006");
    terminal.end();
}

#[test]
fn a_read_only_connection_is_sent_nothing_that_writes() {
    let Some(stage) = stage("PROTECTION = READ_ONLY") else {
        return;
    };
    for (statement, tag) in [
        ("DELETE FROM t", "DELETE"),
        ("WITH x AS (SELECT 1) INSERT INTO t SELECT 1", "INSERT"),
        ("CREATE TEMP TABLE u (n int)", "CREATE TABLE"),
        ("SELECT 1 \\; TRUNCATE t", "TRUNCATE TABLE"),
        ("CALL p()", "CALL"),
        ("SET default_transaction_read_only TO off", "SET"),
    ] {
        let done = stage.connect(&[]).stdin(format!("{statement};\n")).run().status(1);
        done.err_has("25006")
            .err_has(&format!("cannot execute {tag} in a read-only transaction"))
            .err_has("PROTECTION of sales is READ_ONLY");
    }
    stage
        .server
        .administer("CREATE SEQUENCE public.numbers; GRANT ALL ON public.numbers TO PUBLIC");
    for script in ["SELECT nextval('public.numbers')", "BEGIN; SELECT nextval('public.numbers')"] {
        let done = stage.connect(&["-c", script]).run().status(1);
        done.err_has("cannot execute nextval() in a read-only transaction")
            .err_has("hint: PROTECTION of sales is READ_ONLY");
    }
    let script = "BEGIN;\nSET search_path TO public;\nSELECT count(*) AS n FROM t;\n\
         SHOW transaction_read_only;\n\\dt t\nCOMMIT;\n";
    let done = stage.connect(&["--format", "csv"]).stdin(script).run().status(0);
    assert!(done.out.starts_with("n\n2\ntransaction_read_only\non\n"), "{}", done.out);
    let run = stage.redwire(&["exec", "sales", "true"]).run().status(125);
    run.err_has("it is read-only");
    let job = "CREATE JOB j AS INSERT INTO sales.public.t SELECT 1 AS n; RUN JOB j";
    stage
        .redwire(&["-c", job])
        .run()
        .status(1)
        .err_has("cannot execute RUN JOB in a read-only transaction")
        .err_has("hint: PROTECTION of sales is READ_ONLY");
}

#[test]
fn one_run_may_be_read_only() {
    let Some(stage) = stage("") else { return };
    let done = stage.connect(&["--read-only", "-c", "DELETE FROM t"]).run().status(1);
    done.err_has("25006").err_has("--read-only");
    let done = stage
        .connect(&["--read-only", "-c", "SHOW transaction_read_only"])
        .run()
        .status(0);
    done.out_has("on");
    let script = "\\connect sales\nTRUNCATE t;\n";
    stage
        .redwire(&["--read-only", "-f", "-"])
        .stdin(script)
        .run()
        .status(1)
        .err_has("25006");
    stage.redwire(&["--read-only", "show"]).run().status(2).err_has("--read-only");
    stage.connect(&["-c", "DELETE FROM t"]).run().status(0);
}

#[test]
fn protection_and_colour_are_options_of_the_connection() {
    let Some(stage) = stage("PROTECTION = confirm COLOR = 'Red'") else {
        return;
    };
    let show = || stage.redwire(&["-c", "SHOW CREATE CONNECTION sales"]).run().status(0).out;
    assert!(show().contains("PROTECTION = CONFIRM\n    COLOR = 'red'"), "{}", show());
    let list = "SELECT protection, color FROM system.information_schema.connections";
    let listed = stage.redwire(&["--format", "csv", "-c", list]).run().status(0);
    assert_eq!(listed.out, "protection,color\nCONFIRM,red\n");
    for (option, words) in [
        ("PROTECTION = 'CONFIRM'", "NONE, CONFIRM or READ_ONLY"),
        ("PROTECTION = ASK", "NONE, CONFIRM or READ_ONLY"),
        ("COLOR = 'purple'", "'red'"),
    ] {
        let alter = format!("ALTER REDSHIFT CONNECTION sales SET {option}");
        stage.redwire(&["-c", &alter]).run().status(1).err_has("22023").err_has(words);
    }
    let alter = "ALTER REDSHIFT CONNECTION sales RESET PROTECTION RESET COLOR";
    stage.redwire(&["-c", alter]).run().status(0);
    assert!(!show().contains("PROTECTION") && !show().contains("COLOR"), "{}", show());
}

#[test]
fn a_colour_marks_the_prompt_and_the_frames_of_tables() {
    let Some(stage) = stage("COLOR = 'red'") else { return };
    let mut terminal = stage.terminal(&[]);
    terminal.run("SELECT 1 AS one;", "(1 row)");
    let transcript = terminal.end();
    assert!(transcript.contains("\x1b[31msales> \x1b[0m"), "{transcript}");
    assert!(transcript.contains("\x1b[31m┌─────┐\x1b[0m"), "{transcript}");
    assert!(transcript.contains("\x1b[31m│\x1b[0m   1 \x1b[31m│\x1b[0m"), "{transcript}");
    let mut terminal = stage.terminal(&[("NO_COLOR", "1")]);
    terminal.run("SELECT 1 AS one;", "(1 row)");
    let transcript = terminal.end();
    assert!(!transcript.contains("\x1b[31m"), "{transcript}");
    let piped = stage.connect(&["-c", "SELECT 1 AS one"]).run().status(0);
    assert!(piped.out.contains("│   1 │"), "{}", piped.out);
}

#[test]
fn a_plan_has_no_frame_and_says_what_costs() {
    let Some(stage) = stage("") else { return };
    let explain = "EXPLAIN SELECT * FROM t a JOIN t b ON a.n < b.n";
    let done = stage.connect(&["-c", explain]).run().status(0);
    assert!(done.out.starts_with("Nested Loop") && !done.out.contains('│'), "{}", done.out);
    assert!(done.out.contains("\n  ->  "), "{}", done.out);
    let done = done.err_has("Nested Loop: each row is joined with each");
    assert_eq!(done.err.matches("Nested Loop:").count(), 1, "{}", done.err);
    let done = stage.connect(&["--format", "csv", "-c", explain]).run().status(0);
    assert!(done.out.starts_with("QUERY PLAN\n") && done.err.is_empty(), "{done:?}");
}
