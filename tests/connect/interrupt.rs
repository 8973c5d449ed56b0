//! An interrupt in a script.

use std::io::Read;
use std::process::Command;

use super::postgres;

#[test]
fn an_interrupt_cancels_the_query_on_the_server() {
    let Some(stage) = postgres("") else { return };
    let child = stage
        .spawn(&["-c", "SELECT pg_sleep(600)", "-c", "SELECT 'after'"])
        .spawn()
        .expect("it starts");
    let sleeping =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    while stage.server.administer(sleeping) != "1" {}
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(130), 0), "{err}");
    assert!(err.contains("cancelled") && err.contains("57014"), "{err}");
    assert_eq!(stage.server.administer(sleeping), "0");
}

#[test]
fn an_interrupt_ends_a_script_that_waits_for_its_input() {
    let Some(stage) = postgres("") else { return };
    let mut child = stage.spawn(&[]).spawn().expect("it starts");
    let there = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'trusted_user'";
    while stage.server.administer(there) != "1" {}
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}

#[test]
fn a_limit_of_the_server_is_a_failure_and_no_interrupt() {
    let Some(stage) = postgres("") else { return };
    let script = "SET statement_timeout = 20;\nSELECT pg_sleep(600);\n";
    stage.connect(&[]).stdin(script).run().status(1).err_has("57014");
}

#[test]
fn what_the_server_says_during_a_statement_is_seen_at_once() {
    let Some(stage) = postgres("") else { return };
    let script = "DO $$ BEGIN RAISE NOTICE 'it begins'; PERFORM pg_sleep(20); END $$";
    let mut child = stage.spawn(&["-c", script]).spawn().expect("it starts");
    let mut said = String::new();
    let stderr = child.stderr.as_mut().expect("its stream");
    while !said.contains("it begins\n") {
        let mut byte = [0];
        stderr.read_exact(&mut byte).expect("it says something");
        said.push(char::from(byte[0]));
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "it was still running");
}
