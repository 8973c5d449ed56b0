//! Signals in a script and at the prompt.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command};

use super::postgres;
use crate::support::terminal::CTRL_C;

const SLEEPING: &str = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";

fn kill(signal: &str, child: &Child) {
    let killed = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
}

#[test]
fn a_signal_cancels_the_query_on_the_server() {
    let Some(stage) = postgres("") else { return };
    for (signal, status, number) in
        [("-INT", Some(130), None), ("-TERM", None, Some(15)), ("-HUP", None, Some(1))]
    {
        let mut command = stage.spawn(&["-c", "SELECT pg_sleep(600)", "-c", "SELECT 'after'"]);
        let child = command.spawn().expect("it starts");
        while stage.server.administer(SLEEPING) != "1" {}
        kill(signal, &child);
        let output = child.wait_with_output().expect("it ends");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), output.status.signal()), (status, number), "{err}");
        assert_eq!(output.stdout.len(), 0, "{err}");
        assert!(err.contains("canceling statement") && err.contains("57014"), "{err}");
        assert_eq!(stage.server.administer(SLEEPING), "0", "{signal}");
    }
}

#[test]
fn a_signal_that_is_ignored_from_the_start_stays_so() {
    let Some(stage) = postgres("") else { return };
    let mut command =
        stage.spawn_with_signals("--ignore-signal=HUP", &["-c", "SELECT pg_sleep(600)"]);
    let child = command.spawn().expect("it starts");
    while stage.server.administer(SLEEPING) != "1" {}
    kill("-HUP", &child);
    stage.server.administer(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
    );
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_prompt_that_is_told_to_end_cancels_its_query() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    terminal.submit("SELECT pg_sleep(600);");
    while stage.server.administer(SLEEPING) != "1" {}
    terminal.terminate();
    assert_eq!(stage.server.administer(SLEEPING), "0");
    stage.terminal(&[]).terminate();
}

#[test]
fn a_watch_has_the_time_above_its_rows_until_it_is_interrupted() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    terminal.submit("SELECT 'wat' || 'ched' AS a \\watch 0.1");
    for _ in 0..2 {
        terminal.wait_for(" UTC (every 0.1s)").wait_for("watched");
    }
    terminal.keys(CTRL_C).wait_for("sales> ");
    terminal.run("SELECT 'af' || 'ter' AS a;", "after");
    terminal.end();
}

#[test]
fn an_interrupt_ends_a_script_that_waits_for_its_input() {
    let Some(stage) = postgres("") else { return };
    let mut child = stage.spawn(&[]).spawn().expect("it starts");
    let there = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'trusted_user'";
    while stage.server.administer(there) != "1" {}
    kill("-INT", &child);
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}

#[test]
fn a_limit_of_the_server_is_a_failure_and_no_interrupt() {
    let Some(stage) = postgres("") else { return };
    let script = "SET statement_timeout = 20;\nSELECT pg_sleep(600);\n";
    stage.connect(&[]).stdin(script).run().status(1).err_has("57014");
}

#[test]
fn notices_during_a_statement_are_shown_at_once() {
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
    kill("-INT", &child);
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "it was still running");
}
