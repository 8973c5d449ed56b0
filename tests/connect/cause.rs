//! The cause of an error, from the views of the server.

use super::{Stage, postgres};
use crate::support::postgres::Database;

/// Tables, and views of Redshift's that are made for the test.
fn stage(views: &str) -> Option<Stage<Database>> {
    let stage = postgres("")?;
    stage.server.administer(&format!(
        "SET allow_system_table_mods = on; CREATE SCHEMA crm; GRANT USAGE ON SCHEMA crm TO PUBLIC; \
         CREATE TABLE crm.people (id int, name text); CREATE TABLE t (n int); \
         GRANT ALL ON t TO PUBLIC; {views}"
    ));
    Some(stage)
}

const STL: &str = "CREATE VIEW pg_catalog.stl_load_errors AS SELECT pg_backend_pid() AS session, \
     7 AS query, 's3://b/f.csv '::text AS filename, 42 AS line_number, 'id '::text AS colname, \
     'x1 '::text AS raw_field_value, 'Invalid digit '::text AS err_reason; \
     GRANT SELECT ON pg_catalog.stl_load_errors TO PUBLIC;";

const SYS: &str = "CREATE VIEW pg_catalog.sys_load_error_detail AS SELECT \
     pg_backend_pid() AS session_id, 9 AS query_id, 's3://b/g.csv '::text AS file_name, \
     1 AS line_number, 'n '::text AS column_name, 'Too long '::text AS error_message;";

#[test]
fn a_copy_that_failed_brings_the_rows_that_it_could_not_load() {
    let Some(stage) = stage(STL) else { return };
    let copy = "COPY t FROM '/nowhere'";
    let line = "s3://b/f.csv, line 42, column id, value 'x1': Invalid digit";
    stage.connect(&["-c", copy]).run().status(1).err_has(line);
    let json = stage.connect(&["--format", "json", "-c", copy]).run().status(1);
    json.err_has(&format!("\"detail\": \"{line}\""));
    // An open transaction that failed is not asked.
    let done = stage.connect(&[]).stdin(format!("BEGIN;\n{copy};\n")).run().status(1);
    assert!(!done.err.contains("line 42"), "{}", done.err);
    // A view that the user may not read is passed over.
    stage.server.administer(&format!("SET allow_system_table_mods = on; {SYS}"));
    stage.connect(&["-c", copy]).run().status(1).err_has(line);
    stage
        .server
        .administer("GRANT SELECT ON pg_catalog.sys_load_error_detail TO PUBLIC");
    let newer = "s3://b/g.csv, line 1, column n: Too long";
    stage.connect(&["-c", copy]).run().status(1).err_has(newer);
}

#[test]
fn without_the_views_the_error_stays_as_it_is() {
    let Some(stage) = stage("") else { return };
    let done = stage.connect(&["-c", "COPY t FROM '/nowhere'"]).run().status(1);
    assert!(
        done.err.starts_with("error[42501]") && !done.err.contains("detail:"),
        "{}",
        done.err
    );
}

#[test]
fn a_missing_name_brings_the_nearest() {
    let Some(stage) = stage("") else { return };
    for (statement, state, hint) in [
        ("SELECT * FROM poeple", "42P01", "did you mean crm.people?"),
        ("SELECT * FROM crm.peple", "42P01", "did you mean crm.people?"),
        ("SELECT lenght('x')", "42883", "explicit type casts. did you mean length?"),
    ] {
        stage.connect(&["-c", statement]).run().status(1).err_has(state).err_has(hint);
    }
    stage.server.administer(
        "CREATE SCHEMA aaa; CREATE TABLE aaa.orders (n int); CREATE TABLE aaa.people (n int);
         CREATE TABLE public.orders (n int);",
    );
    for (statement, hint) in [
        ("SELECT * FROM ordrs", "did you mean public.orders?"),
        ("SELECT * FROM crm.peple", "did you mean crm.people?"),
    ] {
        stage.connect(&["-c", statement]).run().status(1).err_has(hint);
    }
    let done = stage.connect(&["-c", "SELECT * FROM zzzzz"]).run().status(1);
    assert!(!done.err.contains("did you mean"), "{}", done.err);
}

#[test]
fn a_missing_right_brings_the_grant() {
    let Some(stage) = stage("CREATE SCHEMA closed;") else {
        return;
    };
    let done = stage.connect(&["-c", "SELECT * FROM crm.people"]).run().status(1);
    let done = done
        .err_has("42501")
        .err_has("the owner, or a superuser can GRANT SELECT ON crm.people TO");
    assert!(done.err.contains("hint:"), "{}", done.err);
    let done = stage.connect(&["-c", "SELECT * FROM closed.t"]).run().status(1);
    done.err_has("can GRANT USAGE ON SCHEMA closed TO");
}

#[test]
fn a_timeout_names_who_holds_the_lock() {
    let Some(stage) = stage("") else { return };
    let mut locker = stage.spawn(&[]).spawn().expect("redwire starts");
    let input = locker.stdin.as_mut().expect("a pipe");
    std::io::Write::write_all(input, b"BEGIN;\nLOCK t IN EXCLUSIVE MODE;\n").expect("it reads");
    let held = "SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND granted";
    while stage.server.administer(held) == "0" {
        std::thread::yield_now();
    }
    let script = "SET statement_timeout TO 300;\nUPDATE t SET n = 1 WHERE n = 2;\n";
    let done = stage.connect(&[]).stdin(script).run().status(1);
    drop(locker.stdin.take());
    locker.wait().expect("it ends");
    done.err_has("57014").err_has("holds ExclusiveLock on t since");
}
