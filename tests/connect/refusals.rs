//! Errors of the server, and the exit statuses that follow.

use super::{Stage, postgres, standin};
use crate::masking;
use crate::support::postgres::{MD5_USER, Postgres, TRUSTED_USER, User, Wire};

#[test]
fn a_word_alone_is_the_name_of_a_connection() {
    let Some(stage) = postgres("") else { return };
    let done = stage.redwire(&["sales", "--format", "csv", "-c", "SELECT 1 AS n"]).run();
    assert_eq!(done.status(0).out, "n\n1\n");
    let done = stage.redwire(&["saels", "-c", "SELECT 1"]).run().status(1);
    done.err_has("connection \"saels\" does not exist")
        .err_has("did you mean sales?");
    let done = stage.redwire(&["shwo"]).run().status(2).err_has("the command is show");
    assert_eq!(done.out, "");
    for (word, tip) in [("daily.sql", "-f daily.sql"), ("SELECT 1", "-c 'SELECT 1'")] {
        stage.redwire(&[word]).run().status(2).err_has(tip);
    }
    stage.redwire(&["sales", "show"]).run().status(2);
}

#[test]
fn an_error_keeps_its_state_and_points_at_its_place() {
    let Some(stage) = postgres("") else { return };
    stage.home.write(
        "a.sql",
        "SELECT 1;\n\n  SELECT 'é',\n    nix\n  FROM (SELECT 1) x;\nSELECT 2;\n",
    );
    let done = stage.connect(&["--format", "csv", "-f", "a.sql"]).run().status(1);
    assert_eq!(done.out, "?column?\n1\n");
    let done = done.err_has("column \"nix\" does not exist").err_has("42703");
    let done = done.err_has("a.sql:4:5, statement 2").err_has("      nix\n      ^^^\n");
    assert!(!done.err.contains("SELECT 2"));
}

#[test]
fn states_that_redwire_has_no_name_for_can_be_expected() {
    let Some(stage) = postgres("") else { return };
    let script =
        "\\expect 22012\nSELECT 1/0;\n\\expect 22p02\nSELECT 'x'::int;\nSELECT 'on' AS x;\n";
    stage
        .connect(&[])
        .stdin(script)
        .run()
        .status(0)
        .err_has("22012")
        .err_has("22P02")
        .out_has("on");
    let done = stage.connect(&[]).stdin("\\expect 22012\nSELECT nix;\n").run().status(1);
    done.err_has("expected the failure 22012, but the statement failed with 42703");
    stage
        .connect(&["-c", "\\expect 2201"])
        .run()
        .status(1)
        .err_has("needs a SQLSTATE");
}

#[test]
fn a_refusal_has_its_detail_and_its_hint() {
    let Some(stage) = postgres("") else { return };
    let script = "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (1);\n";
    let done = stage.connect(&["--format", "json"]).stdin(script).run().status(1);
    let done = done
        .err_has(r#""sqlstate": "23505""#)
        .err_has("\"detail\": \"Key (id)=(1) already exists.\"");
    done.err_has(r#""statement": 3"#);
    let done = stage.connect(&["-c", "SELECT lenght('x')"]).run().status(1);
    done.err_has("42883").err_has("No function matches");
}

#[test]
fn going_on_after_an_error_is_for_those_who_ask_for_it() {
    let Some(stage) = postgres("") else { return };
    let script = "SELECT nix;\nSELECT 7 AS n;\n";
    let done = stage
        .connect(&["--format", "csv", "--on-error", "continue"])
        .stdin(script)
        .run()
        .status(1);
    assert_eq!(done.out, "n\n7\n");
    let done = stage.connect(&["--format", "csv"]).stdin(script).run().status(1);
    assert_eq!(done.out, "");
}

#[test]
fn an_error_of_redshift_is_shown_as_its_own() {
    let Some(stage) = standin() else { return };
    let script = "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1) ON CONFLICT DO NOTHING;\n";
    stage
        .connect(&[])
        .stdin(script)
        .run()
        .status(1)
        .err_has("42601")
        .err_has("stdin:2:");
}

#[test]
fn mutated_statements_leak_in_no_error_of_a_server() {
    let Some(stage) = postgres("") else { return };
    for (is_on, seed) in [("on", 30), ("off", 31)] {
        let first = format!("SET standard_conforming_strings = {is_on}");
        let done = stage
            .connect(&["--verbose", "--on-error", "continue", "-c", &first])
            .args(masking::arguments(seed, 500))
            .run()
            .status(1)
            .err_has("***");
        assert!(!masking::leaks(&done.err), "{}", done.err);
    }
}

#[test]
fn a_secret_shows_neither_in_an_excerpt_nor_in_the_log() {
    let Some(stage) = postgres("") else { return };
    let script = "ALTER USER nobody_here PASSWORD 's3cret';\n";
    let done = stage.connect(&["--verbose"]).stdin(script).run().status(1);
    done.nowhere("s3cret").err_has("PASSWORD ***");
    let script = "COPY t FROM 's3://b' CREDENTIALS 'k=s3cret' nix nix;\n";
    stage
        .connect(&["--verbose"])
        .stdin(script)
        .run()
        .status(1)
        .nowhere("s3cret")
        .err_has("CREDENTIALS ***");
}

#[test]
fn a_secret_that_the_server_repeats_is_not_shown() {
    let Some(stage) = postgres("") else { return };
    for statement in [
        "CREATE USER u PASSWORD s3cret",
        "CREATE USER u PASSWORD \"s3cret\"",
        "ALTER USER nobody_here PASSWORD 'x' s3cret",
        "DO $$ BEGIN EXECUTE 'ALTER USER nobody_here PASSWORD ''s3cret'''; END $$",
        "DO $$ BEGIN RAISE WARNING 'ALTER USER u PASSWORD s3cret'; RAISE EXCEPTION 'x'; END $$",
        "COPY t FROM 's3://b' CREDENTIALS 'k=1' || 's3cret' nix",
        "SELECT 'host=h password=s3cret', nix",
    ] {
        for format in ["table", "json"] {
            let done = stage.connect(&["--verbose", "--format", format, "-c", statement]).run();
            done.status(1).nowhere("s3cret").err_has("***");
        }
    }
}

#[test]
fn a_connection_that_cannot_be_made_is_told_before_the_script() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    let url = database.url("127.0.0.1", "?sslmode=disable");
    let wrong = User { password: "wrong", ..MD5_USER };
    let stage = Stage::new((), &url, wrong, "");
    stage
        .connect(&["-c", "\\?"])
        .run()
        .status(1)
        .err_has("28P01")
        .err_has("PASSWORD = PROMPT");
    let url = "jdbc:redshift://127.0.0.1:1/x?sslmode=disable";
    let stage = Stage::new((), url, TRUSTED_USER, "");
    let done = stage
        .connect(&["-c", "\\?"])
        .run()
        .status(3)
        .err_has("08001")
        .err_has("Connection refused");
    assert_eq!(done.out, "");
}

#[test]
fn the_limit_holds_and_says_who_has_the_slot() {
    let Some(stage) = postgres("MAX_CONCURRENT_CONNECTIONS = 1") else {
        return;
    };
    let mut first = stage.spawn(&[]).spawn().expect("it starts");
    let sessions = || {
        stage.server.administer(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'trusted_user'",
        )
    };
    while sessions() != "1" {}
    let done = stage.connect(&["--wait", "0", "-c", "SELECT 1"]).run().status(3);
    done.err_has("53300");
    let done = stage.connect(&["--wait", "1s", "-c", "SELECT 1"]).run().status(3);
    done.err_has(&format!(
        "waiting for a slot of sales: in use by process {} (connect, since ",
        first.id()
    ));
    drop(first.stdin.take());
    assert!(first.wait().expect("it ends").success());
    stage.connect(&["--wait", "0", "-c", "SELECT 1"]).run().status(0);
}

#[test]
fn a_refused_login_names_the_connection_and_a_fix() {
    let Some(stage) = postgres("") else { return };
    let url = stage.server.url("127.0.0.1", "?sslmode=disable");
    let create = format!(
        "CREATE REDSHIFT CONNECTION other CONNECTION_STRING = '{url}' USER_NAME = '{}' PASSWORD = 'wrong'",
        MD5_USER.name
    );
    stage.redwire(&["-c", &create]).run().status(0);
    let attempts: [&[&str]; 3] = [
        &["connect", "other", "-c", "SELECT 1"],
        &["-c", "\\connect other"],
        &["-c", "IMPORT TABLES FROM other"],
    ];
    for arguments in attempts {
        stage
            .redwire(arguments)
            .run()
            .status(1)
            .err_has("connection \"other\": password authentication failed")
            .err_has("28P01")
            .err_has("ALTER REDSHIFT CONNECTION other SET PASSWORD = PROMPT");
    }
}

#[test]
fn a_row_that_is_too_long_is_no_fault_of_the_server() {
    let Some(stage) = postgres("") else { return };
    let query = "SELECT repeat('x', 140000000)";
    let done = stage.connect(&["-c", query, "-c", "SELECT 'after'"]).run().status(1);
    let done = done.err_has("54000").err_has("substring");
    assert!(!done.out.contains("after"));
    stage
        .connect(&["-c", "SELECT length(repeat('x', 140000000))"])
        .run()
        .status(0)
        .out_has("140000000");
}

#[test]
fn the_data_of_a_refused_copy_are_not_run() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer("CREATE TABLE t (n int); GRANT ALL ON t TO PUBLIC");
    let script =
        "COPY t FROM STDIN;\n1\n2; INSERT INTO t VALUES (3);\n\\.\nINSERT INTO t VALUES (4);\n";
    let done = stage.connect(&["--on-error", "continue"]).stdin(script).run().status(1);
    done.err_has("0A000");
    assert_eq!(stage.server.administer("SELECT count(*) FROM t"), "0");
}

#[test]
fn the_steps_to_a_server_are_logged_where_they_are_wanted() {
    let Some(stage) = postgres("") else { return };
    for (arguments, level, has_steps) in [
        (&["--verbose", "--verbose"][..], "", true),
        (&[], "debug", true),
        (&["--verbose"], "debug", false),
        (&[], "info", false),
    ] {
        let done = stage.connect(arguments).env("REDWIRE_LOG", level).stdin("SELECT 1").run();
        let done = done.status(0).err_has("log: opened the catalog");
        for step in ["log: dns: ", "log: tcp: ", "log: login: "] {
            assert_eq!(done.err.contains(step), has_steps, "{arguments:?} {level}: {done:?}");
        }
    }
    stage
        .connect(&[])
        .env("REDWIRE_LOG", "x")
        .run()
        .status(2)
        .err_has("off, info, debug");
}
