//! Imports that do not come to their end.

use std::process::{Command, Stdio};

use super::{FORMAT, PASSPHRASE, STORE, Stage, TABLES, postgres, standin};
use crate::standin::Fault;
use crate::support::postgres::{ADMINISTRATOR, MD5_USER, psql, succeeded};

/// A child of redwire whose streams are the test's.
fn spawn<S>(stage: &Stage<S>, arguments: &[&str]) -> std::process::Child {
    let mut command = stage.home.interruptible();
    command.env(PASSPHRASE.0, PASSPHRASE.1).args(STORE).args(FORMAT).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

#[test]
fn a_session_that_is_lost_in_the_middle_leaves_the_catalog_as_it_was() {
    let Some(stage) = standin() else { return };
    let ask = |sql: &str| {
        succeeded(&stage.server.psql(MD5_USER).args(["-c", sql]).output().expect("psql runs"))
    };
    ask("CREATE TABLE kept (a int)");
    stage.import();
    ask("CREATE TABLE t (a int); DROP TABLE kept");
    for part in [
        "pg_constraint",
        "pg_attribute",
        "svv_redshift_columns WHERE",
        "pg_class_info",
        "ROLLBACK",
    ] {
        for fault in [Fault::Statement, Fault::Answer] {
            stage.server.inject(fault, part);
            let done = stage.script("IMPORT TABLES FROM sales;\n").status(3);
            done.err_has("08006");
            assert!(stage.server.are_faults_over(), "{part}");
            assert_eq!(stage.tables(), "kept", "{part}");
        }
    }
    assert_eq!(stage.import().lines().count(), 2);
}

#[test]
fn a_server_that_is_not_there_is_exit_status_3() {
    let Some(stage) = postgres() else { return };
    let script = "ALTER REDSHIFT CONNECTION sales SET CONNECTION_STRING = 'jdbc:redshift://127.0.0.1:1/dev?ssl=false';\n\
                  IMPORT TABLES FROM sales;\n";
    stage.script(script).status(3).err_has("08001");
    assert_eq!(stage.tables(), "");
}

#[test]
fn an_interrupt_ends_an_import_and_changes_nothing() {
    let Some(stage) = postgres() else { return };
    stage.server.administer(TABLES);
    let mut holder = psql()
        .env("PGHOST", stage.server.server().socket_folder())
        .env("PGPORT", stage.server.server().port().to_string())
        .env("PGUSER", ADMINISTRATOR)
        .env("PGDATABASE", stage.server.name())
        .args(["-c", "BEGIN; LOCK TABLE pg_catalog.pg_description; SELECT pg_sleep(600)"])
        .stdout(Stdio::null())
        .spawn()
        .expect("psql starts");
    let locks = |is_granted: bool| {
        let question = format!(
            "SELECT count(*) FROM pg_locks WHERE relation = 'pg_description'::regclass AND granted = {is_granted} \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        );
        stage.server.administer(&question)
    };
    while locks(true) != "1" {}
    let child = spawn(&stage, &["-c", "IMPORT TABLES FROM sales", "-c", "SHOW CONNECTIONS"]);
    while locks(false) != "1" {}
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(130), 0), "{err}");
    assert!(err.contains("57014"), "{err}");
    // The server was told.
    assert_eq!(locks(false), "0");
    holder.kill().expect("it runs");
    holder.wait().expect("it ends");
    assert_eq!(stage.tables(), "");
}

#[test]
fn an_import_takes_a_slot_and_says_for_whom_it_waits() {
    let Some(stage) = postgres() else { return };
    let mut holder = spawn(&stage, &["connect", "sales"]);
    let there = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'trusted_user'";
    while stage.server.administer(there) != "1" {}
    let done = stage.run(&["--wait", "1s", "-c", "IMPORT TABLES FROM sales"]).run().status(3);
    done.err_has("53300").err_has("connect");
    drop(holder.stdin.take());
    holder.wait().expect("it ends");
    stage.redwire(&["-c", "IMPORT TABLES FROM sales"]);
}

#[test]
fn a_catalog_that_is_read_only_is_told_before_the_server_is_asked() {
    let Some(stage) = postgres() else { return };
    let script = "ALTER REDSHIFT CONNECTION sales SET CONNECTION_STRING = 'jdbc:redshift://127.0.0.1:1/dev?ssl=false';\n";
    stage.script(script).status(0);
    let folder = stage.home.catalog().parent().expect("a folder").to_owned();
    let chmod = |mode: &str| {
        let done = Command::new("chmod").args(["-R", mode]).arg(&folder).status();
        assert!(done.expect("chmod runs").success());
    };
    chmod("a-w");
    let mut command = stage.home.unprivileged();
    command.env(PASSPHRASE.0, PASSPHRASE.1).args(STORE).args(FORMAT);
    let output = command.args(["-c", "IMPORT TABLES FROM sales"]).output().expect("it runs");
    chmod("u+w");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.contains("25006"), "{err}");
}
