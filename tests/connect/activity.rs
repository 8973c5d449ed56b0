//! `\\ps`, `\\locks`, `\\kill`, `\\queue` and `\\errors`.

use std::process::{Child, Stdio};

use super::completion::until;
use super::{Stage, postgres, standin};
use crate::support::postgres::{Database, TRUSTED_USER};

/// psql that runs this until it is cancelled.
fn session(stage: &Stage<Database>, sql: &str) -> Child {
    let mut psql = stage.server.psql(TRUSTED_USER);
    let psql = psql.args(["-c", sql]).stdout(Stdio::null()).stderr(Stdio::null());
    psql.spawn().expect("psql runs")
}

#[test]
fn a_query_is_listed_and_cancelled() {
    let Some(stage) = postgres("") else { return };
    let mut running = session(&stage, "SELECT pg_sleep(600) AS slept");
    let out =
        |command: &str| stage.connect(&["--format", "csv", "-c", command]).run().status(0).out;
    let mut process = String::new();
    until("the query is listed", || {
        let listed = out("\\ps");
        let row = listed.lines().find(|line| line.ends_with("SELECT pg_sleep(600) AS slept"));
        process = row.and_then(|row| row.split(',').next()).unwrap_or_default().to_owned();
        !process.is_empty()
    });
    let done = stage.connect(&["-c", &format!("\\kill {process}")]).run().status(0);
    done.err_has(&format!("asked process {process} to cancel its query"));
    assert!(!running.wait().expect("psql ends").success());
    assert!(out("\\ps").starts_with("pid,user,since,state,queue,label,text\n"));
    for (command, words) in [
        ("\\kill 2147483647", "there is no process 2147483647"),
        ("\\kill x", "takes the number of a process"),
        ("\\queue", "PostgreSQL has nothing that \\queue could list"),
        ("\\errors 5", "0A000"),
        ("\\errors x", "takes a number"),
    ] {
        stage.connect(&["-c", command]).run().status(1).err_has(words);
    }
}

#[test]
fn the_prompt_asks_before_it_cancels() {
    let Some(stage) = postgres("") else { return };
    let mut running = session(&stage, "SELECT pg_sleep(600)");
    let listed = || {
        let done = stage.connect(&["--format", "csv", "-c", "\\ps"]).run().status(0);
        let row = done.out.lines().find(|line| line.ends_with("SELECT pg_sleep(600)"));
        row.and_then(|row| row.split(',').next()).map(str::to_owned)
    };
    until("the query is listed", || listed().is_some());
    let process = listed().expect("it runs");
    let mut terminal = stage.terminal(&[]);
    terminal.line(&format!("\\kill {process}"));
    terminal.wait_for("trusted_user: SELECT pg_sleep(600))? (y/N) ");
    terminal.line("n");
    terminal.wait_for("was not cancelled").wait_for("sales> ");
    terminal.line(&format!("\\kill {process}"));
    terminal.wait_for("? (y/N) ");
    terminal.line("y");
    terminal.wait_for("asked process");
    terminal.end();
    assert!(!running.wait().expect("psql ends").success());
}

#[test]
fn a_lock_shows_who_holds_it_and_who_waits() {
    let Some(stage) = postgres("") else { return };
    stage
        .server
        .administer("CREATE TABLE public.sales (n int); GRANT ALL ON public.sales TO PUBLIC");
    let mut holder = session(&stage, "BEGIN; LOCK TABLE public.sales; SELECT pg_sleep(600)");
    let locks = || stage.connect(&["--format", "csv", "-c", "\\locks"]).run().status(0).out;
    until("the lock is held", || locks().contains(",public.sales,AccessExclusiveLock,t,"));
    let mut waiter = session(&stage, "SELECT * FROM public.sales");
    until("the other session waits", || {
        let locks = locks();
        let row = |granted: &str| {
            locks
                .lines()
                .find(|line| line.contains(granted))
                .map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>())
        };
        let (Some(held), Some(waits)) = (row(",t,"), row(",f,")) else {
            return false;
        };
        held[0] == waits[5]
    });
    for child in [&mut holder, &mut waiter] {
        child.kill().expect("psql is killed");
        child.wait().expect("psql ends");
    }
}

/// SYS views of Redshift, with the columns that redwire reads.
const SYS_VIEWS: &str = "SET allow_system_table_mods = on; \
     CREATE VIEW pg_catalog.sys_query_history AS SELECT 7 AS session_id, u.usesysid AS user_id, \
     now()::timestamp AS start_time, 'queued'::char(10) AS status, 'Default'::text AS service_class_name, \
     'nightly'::char(320) AS query_label, 'SELECT 1'::char(4000) AS query_text, 5000000::bigint AS queue_time \
     FROM pg_user u WHERE u.usename = 'digest_user'; \
     CREATE VIEW pg_catalog.sys_load_error_detail AS SELECT now()::timestamp AS start_time, 9 AS query_id, \
     's3://x/a.csv'::char(256) AS file_name, 3 AS line_number, 'n'::char(127) AS column_name, \
     'int4'::char(10) AS column_type, 'Invalid digit'::char(512) AS error_message; \
     GRANT SELECT ON pg_catalog.sys_query_history TO PUBLIC";

/// STV and STL views of Redshift, with the columns that redwire reads.
const STL_VIEWS: &str = "SET allow_system_table_mods = on; \
     CREATE VIEW pg_catalog.stv_wlm_query_state AS SELECT 3 AS query, now()::timestamp AS wlm_start_time, \
     'Running'::char(16) AS state, 6 AS service_class; \
     CREATE VIEW pg_catalog.stl_querytext AS SELECT 3 AS query, 0 AS sequence, 7 AS pid, u.usesysid AS userid, \
     'SELECT 1'::char(200) AS text FROM pg_user u WHERE u.usename = 'digest_user'; \
     CREATE VIEW pg_catalog.stv_inflight AS SELECT 3 AS query, 'nightly'::char(320) AS label; \
     CREATE VIEW pg_catalog.stv_wlm_service_class_config AS SELECT 6 AS service_class, 'Default'::char(64) AS name, \
     5 AS num_query_tasks; \
     CREATE VIEW pg_catalog.stv_wlm_service_class_state AS SELECT 6 AS service_class, 2 AS num_queued_queries, \
     5 AS num_executing_queries; \
     CREATE VIEW pg_catalog.stl_load_errors AS SELECT now()::timestamp AS starttime, 9 AS query, \
     's3://x/a.csv'::char(256) AS filename, 3 AS line_number, 'n'::char(127) AS colname, 'int4'::char(10) AS type, \
     'x1'::char(1024) AS raw_field_value, 'Invalid digit'::char(100) AS err_reason; \
     GRANT SELECT ON ALL TABLES IN SCHEMA pg_catalog TO PUBLIC";

#[test]
fn redshifts_views_are_chosen_by_what_is_there() {
    for (views, rows) in [
        (
            SYS_VIEWS,
            [("\\ps", ",queued,Default,nightly,SELECT 1\n"), ("\\queue", "Default,,0,1,5\n")],
        ),
        (
            STL_VIEWS,
            [("\\ps", ",Running,6,nightly,SELECT 1\n"), ("\\queue", "Default,5,5,2,\n")],
        ),
    ] {
        let Some(stage) = standin() else { return };
        stage.server.database().administer(views);
        let out =
            |command: &str| stage.connect(&["--format", "csv", "-c", command]).run().status(0).out;
        for (command, expected) in rows {
            assert!(out(command).contains(expected), "{command}: {}", out(command));
        }
        assert!(out("\\ps").contains("\n7,digest_user,"), "{}", out("\\ps"));
        if views == STL_VIEWS {
            assert!(out("\\errors").contains(",9,s3://x/a.csv,3,n,int4,x1,Invalid digit\n"));
        } else {
            let denied = stage.connect(&["-c", "\\errors 3"]).run().status(1);
            denied.err_has("42501").err_has("GRANT ROLE sys:monitor");
        }
        let script = "BEGIN;\nCREATE TABLE t (n int);\nLOCK t;\n\\locks\nROLLBACK;\n";
        let done = stage.connect(&["--format", "csv"]).stdin(script).run().status(0);
        done.out_has("pid,user,relation,mode,granted,waits for,since\n")
            .out_has(",t,AccessExclusiveLock,t,");
    }
}
