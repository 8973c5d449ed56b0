//! The line that a job draws at a terminal while it runs.

use super::Stage;
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::terminal::{CTRL_C, Terminal};

#[test]
fn a_job_that_runs_draws_a_line_which_is_gone_before_anything_else_is_printed() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server("CREATE TABLE s.t (id int)");
    stage.done(
        "CREATE JOB j RUN_INTERVAL = 1 HOUR START_FROM = TIMESTAMP '2026-01-01' \
         AS INSERT INTO w.s.t SELECT 1 AS id FROM pg_sleep(600) \
         WHERE run_start_time() < run_end_time();",
    );
    let line = "j: 2026-01-01 00:00 to 01:00, staging, ";
    let mut terminal = Terminal::open_with(&stage.home, &STORE, &[PASSPHRASE]);
    terminal.line("RUN JOB j;").wait_for(line).keys(CTRL_C).wait_for("error[57014]");
    let shown = terminal.end();
    let (_, behind) = shown.rsplit_once(line).unwrap();
    let (drawn, after) = behind.split_once("\r\x1b[K").unwrap();
    assert!(
        drawn.ends_with(" 0 rows\x1b[K") || drawn.contains(" 0 rows\x1b[K^C"),
        "{drawn:?}"
    );
    assert!(after.contains("error[57014]"), "{after:?}");
}

#[test]
fn nothing_of_the_line_gets_into_a_pipe() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server("CREATE TABLE s.t (id int)");
    // Longer than the time after which a line is drawn.
    stage.done("CREATE JOB j AS INSERT INTO w.s.t SELECT 1 AS id FROM pg_sleep(0.6);");
    assert_eq!(stage.done("RUN JOB j;").err, "");
}
