//! TEST CONNECTION, WITH TEST and SHOW SESSIONS, as a user runs them: against PostgreSQL, the stand-in for Redshift, and
//! servers that do no good. Where the fix of a row is a statement, it is run as it stands.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;

use redwire::warehouse::slots::{Claim, Purpose, Slots, Wanted};
use serde_json::Value;

use crate::standin::{StandIn, TOKEN_USER};
use crate::support::home::{Done, Home, Run};
use crate::support::postgres::{
    CLEAR_USER, DIGEST_USER, Database, MD5_USER, Postgres, SCRAM_USER, TLS_USER, User, Wire,
};
use crate::support::sqlite::dump;

const STAGES: [&str; 9] = ["url", "secret", "slot", "dns", "tcp", "tls", "login", "query", "limit"];

/// redwire on the home's catalog, with passwords in a vault, so that they are there in the next run too.
fn redwire(home: &Home) -> Run {
    redwire_in("jsonl", home)
}

fn redwire_in(format: &str, home: &Home) -> Run {
    home.redwire(["--secret-store", "vault", "--catalog", "c.db", "--format", format])
        .env("REDWIRE_VAULT_PASSPHRASE", "for this test")
        .env("PASSWORD_OF_TEST", MD5_USER.password)
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A statement that makes a connection.
fn create(name: &str, url: &str, user: User) -> String {
    let (url, password) = (quoted(url), quoted(user.password));
    let user = user.name;
    format!("CREATE REDSHIFT CONNECTION {name} CONNECTION_STRING = {url} USER_NAME = '{user}' PASSWORD = {password}")
}

/// The rows of a test.
fn rows(done: &Done) -> Vec<Value> {
    let row = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    done.out.lines().map(row).collect()
}

/// The row of the stage at which the only test failed; those before it passed and those after it were left out.
#[track_caller]
fn failed_row(done: &Done) -> Value {
    let rows = rows(done);
    let stages: Vec<&str> = rows.iter().map(|row| row["stage"].as_str().expect("a stage")).collect();
    assert_eq!(stages, STAGES, "{done:?}");
    let verdicts: Vec<&str> = rows
        .iter()
        .map(|row| row["verdict"].as_str().expect("a verdict"))
        .collect();
    let failed = verdicts.iter().position(|verdict| *verdict == "failed");
    let failed = failed.unwrap_or_else(|| panic!("nothing failed: {done:?}"));
    assert!(!verdicts[..failed].contains(&"failed"), "{done:?}");
    assert!(
        verdicts[failed + 1..].iter().all(|verdict| *verdict == "skipped"),
        "{done:?}"
    );
    assert!(rows[failed]["ms"].is_number(), "{done:?}");
    rows[failed].clone()
}

/// What a failing test must show.
struct Expected {
    stage: &'static str,
    state: &'static str,
    status: i32,
    fix: &'static str,
}

/// Makes the connection `sales`, whose test fails so; its row.
#[track_caller]
fn fails(home: &Home, url: &str, user: User, expected: &Expected) -> Value {
    let script = format!("{};\nTEST CONNECTION sales;\n", create("sales", url, user));
    let done = redwire(home).stdin(script).run();
    check_failure(done, expected)
}

#[track_caller]
fn check_failure(done: Done, expected: &Expected) -> Value {
    let row = failed_row(&done);
    assert_eq!(row["stage"], expected.stage, "{done:?}");
    assert!(row["fix"].as_str().expect("a fix").contains(expected.fix), "{done:?}");
    done.status(expected.status)
        .err_has(&format!("\"sqlstate\": \"{}\"", expected.state))
        .err_has("connection sales");
    row
}

/// Runs the fix as it stands, and the test passes. A password comes from a variable, since a test has no terminal.
#[track_caller]
fn fix_works(home: &Home, row: &Value) {
    let fix = row["fix"].as_str().expect("a fix");
    mends(home, &fix.replace("PROMPT", "ENV 'PASSWORD_OF_TEST'"));
}

/// Runs the statement, and the test passes.
#[track_caller]
fn mends(home: &Home, fix: &str) {
    let done = redwire(home)
        .stdin(format!("{fix};\nTEST CONNECTION sales;\n"))
        .run()
        .status(0);
    assert!(rows(&done).iter().all(|row| row["verdict"] != "failed"), "{done:?}");
}

fn set_url(url: &str) -> String {
    format!(
        "ALTER REDSHIFT CONNECTION sales SET CONNECTION_STRING = {}",
        quoted(url)
    )
}

/// A port at which nothing listens.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// A server that does this with each connection.
fn server(answer: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    thread::spawn(move || listener.incoming().flatten().for_each(answer));
    port
}

fn trusting(server: &Postgres) -> String {
    format!("?sslrootcert={}", server.authority().display())
}

/// Takes the only slot of the first connection of the home's catalog.
fn take_slot(home: &Home) -> Claim {
    let wanted = Wanted {
        connection_id: 1,
        connection_name: "sales",
        limit: Some(1),
        count: 1,
        purpose: &Purpose::connect(),
    };
    Slots::at(home.file("c.db.slots")).take(&wanted).expect("the slot")
}

fn plain() -> Option<(Database, String)> {
    let database = Postgres::database(Wire::Plain)?;
    let url = database.url("127.0.0.1", "?sslmode=disable");
    Some((database, url))
}

#[test]
fn a_connection_that_works_passes_every_stage() {
    let Some(standin) = StandIn::start(Wire::Tls) else {
        return;
    };
    let home = Home::new();
    let url = standin.url("localhost", &format!("?sslrootcert={}", standin.authority().display()));
    let create = create("sales", &url, MD5_USER);
    let script = format!("{create} MAX_CONCURRENT_CONNECTIONS = 4;\nTEST CONNECTION sales;\n");
    let done = redwire(&home).stdin(script).run().status(0).nowhere(MD5_USER.password);
    let rows = rows(&done);
    assert_eq!(rows.len(), STAGES.len(), "{done:?}");
    for (row, stage) in rows.iter().zip(STAGES) {
        assert_eq!(
            (row["stage"].as_str(), row["verdict"].as_str()),
            (Some(stage), Some("ok")),
            "{row}"
        );
        assert!(
            row["ms"].is_number() && row["fix"].is_null() && row.get("connection").is_none(),
            "{row}"
        );
    }
    assert_eq!(rows[1]["detail"], "store: vault");
    assert_eq!(rows[2]["detail"], "slot 1 of 4");
    assert!(
        rows[7]["detail"]
            .as_str()
            .expect("a version")
            .starts_with("Redshift 1."),
        "{done:?}"
    );
    assert!(
        rows[8]["detail"].as_str().expect("limits").starts_with("4 here, "),
        "{done:?}"
    );
}

#[test]
fn what_is_not_redshift_is_a_warning_and_no_failure() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let script = format!("{};\nTEST CONNECTION sales;\n", create("sales", &url, SCRAM_USER));
    let done = redwire(&home).stdin(script).run().status(0);
    let rows = rows(&done);
    assert_eq!(rows[5]["verdict"], "skipped");
    assert_eq!(rows[5]["detail"], "the URL turns TLS off");
    assert_eq!(rows[7]["verdict"], "warning");
    assert!(
        rows[7]["detail"].as_str().expect("a version").contains("PostgreSQL"),
        "{done:?}"
    );
    assert!(rows[7]["fix"].is_string(), "{done:?}");
}

#[test]
fn a_limit_above_that_of_the_server_is_a_warning_whose_fix_works() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let create = create("sales", &url, MD5_USER);
    let script = format!("{create} MAX_CONCURRENT_CONNECTIONS = 2000;\nTEST CONNECTION sales;\n");
    let row = rows(&redwire(&home).stdin(script).run().status(0))[8].clone();
    assert_eq!(row["verdict"], "warning");
    let fix = row["fix"].as_str().expect("a fix");
    let done = redwire(&home)
        .stdin(format!("{fix};\nTEST CONNECTION sales;\n"))
        .run()
        .status(0);
    assert_eq!(rows(&done)[8]["verdict"], "ok");
}

#[test]
fn a_port_at_which_nothing_listens() {
    let Some((_database, right)) = plain() else {
        return;
    };
    let home = Home::new();
    let expected = Expected {
        stage: "tcp",
        state: "08001",
        status: 3,
        fix: "check the port",
    };
    fails(
        &home,
        &format!("jdbc:redshift://127.0.0.1:{}/dev", free_port()),
        MD5_USER,
        &expected,
    );
    mends(&home, &set_url(&right));
}

#[test]
fn a_port_at_which_something_else_listens() {
    let port = server(|mut stream| {
        let _ = stream.read(&mut [0; 64]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let expected = Expected {
        stage: "tls",
        state: "08P01",
        status: 3,
        fix: "check host and port",
    };
    fails(
        &Home::new(),
        &format!("jdbc:redshift://127.0.0.1:{port}/dev"),
        MD5_USER,
        &expected,
    );
}

#[test]
fn a_host_that_nobody_knows() {
    let expected = Expected {
        stage: "dns",
        state: "08001",
        status: 3,
        fix: "check the host",
    };
    fails(
        &Home::new(),
        "jdbc:redshift://warehouse.invalid:5439/dev",
        MD5_USER,
        &expected,
    );
}

#[test]
fn a_host_that_is_neither_a_name_nor_an_address() {
    let expected = Expected {
        stage: "dns",
        state: "08001",
        status: 3,
        fix: "check the host",
    };
    let row = fails(&Home::new(), "jdbc:redshift://127.1:5439/dev", MD5_USER, &expected);
    assert!(row["detail"].as_str().expect("a detail").contains("127.1"), "{row}");
}

#[test]
fn an_address_of_many_colons_stands_in_brackets() {
    let url = format!("jdbc:redshift://[::1]:{}/dev", free_port());
    let script = format!("{};\nTEST CONNECTION sales;\n", create("sales", &url, MD5_USER));
    let rows = rows(&redwire(&Home::new()).stdin(script).run().status(3));
    assert_eq!(rows[0]["detail"], url["jdbc:redshift://".len()..]);
}

#[test]
fn a_user_who_may_come_over_tls_only() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let home = Home::new();
    let expected = Expected {
        stage: "login",
        state: "28000",
        status: 1,
        fix: "take sslmode and ssl out of CONNECTION_STRING",
    };
    fails(&home, &database.url("localhost", "?ssl=false"), TLS_USER, &expected);
    mends(
        &home,
        &set_url(&database.url("localhost", &trusting(database.server()))),
    );
}

#[test]
fn a_user_whom_the_rules_of_the_server_keep_out() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let expected = Expected {
        stage: "login",
        state: "28000",
        status: 1,
        fix: "check USER_NAME and the database",
    };
    let url = database.url("localhost", &trusting(database.server()));
    fails(&Home::new(), &url, DIGEST_USER, &expected);
}

#[test]
fn a_tunnel_whose_certificate_is_for_another_name() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let home = Home::new();
    let url = database.url("127.0.0.1", &trusting(database.server()));
    let expected = Expected {
        stage: "tls",
        state: "08001",
        status: 3,
        fix: "sslmode=verify-ca",
    };
    let row = fails(&home, &url, MD5_USER, &expected);
    fix_works(&home, &row);
}

#[test]
fn a_file_of_certificates_that_is_not_there() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let home = Home::new();
    let expected = Expected {
        stage: "tls",
        state: "58030",
        status: 3,
        fix: "sslrootcert",
    };
    let url = database.url("localhost", "?sslrootcert=/nowhere/ca.pem");
    let row = fails(&home, &url, MD5_USER, &expected);
    assert!(
        row["detail"].as_str().expect("a detail").contains("/nowhere/ca.pem"),
        "{row}"
    );
    mends(
        &home,
        &set_url(&database.url("localhost", &trusting(database.server()))),
    );
}

#[test]
fn a_login_that_redwire_does_not_have() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    let expected = Expected {
        stage: "login",
        state: "0A000",
        status: 3,
        fix: "a database user who has a password",
    };
    fails(
        &Home::new(),
        &standin.url("127.0.0.1", "?ssl=false"),
        TOKEN_USER,
        &expected,
    );
}

#[test]
fn an_authority_that_nobody_knows() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let home = Home::new();
    let expected = Expected {
        stage: "tls",
        state: "08001",
        status: 3,
        fix: "sslrootcert=",
    };
    fails(&home, &database.url("localhost", ""), MD5_USER, &expected);
    mends(
        &home,
        &set_url(&database.url("localhost", &trusting(database.server()))),
    );
}

#[test]
fn a_server_without_tls() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    let home = Home::new();
    let expected = Expected {
        stage: "tls",
        state: "08001",
        status: 3,
        fix: "sslmode=disable",
    };
    let row = fails(&home, &database.url("127.0.0.1", ""), MD5_USER, &expected);
    fix_works(&home, &row);
}

#[test]
fn a_wrong_password() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let wrong = User {
        password: "wr0ng-pass",
        ..MD5_USER
    };
    let expected = Expected {
        stage: "login",
        state: "28P01",
        status: 1,
        fix: "SET PASSWORD = PROMPT",
    };
    let row = fails(&home, &url, wrong, &expected);
    fix_works(&home, &row);
}

#[test]
fn a_wrong_password_as_redshift_reports_it() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    let home = Home::new();
    let wrong = User {
        password: "wr0ng-pass",
        ..MD5_USER
    };
    let expected = Expected {
        stage: "login",
        state: "28000",
        status: 1,
        fix: "SET PASSWORD = PROMPT",
    };
    let row = fails(&home, &standin.url("127.0.0.1", "?ssl=false"), wrong, &expected);
    fix_works(&home, &row);
}

#[test]
fn a_database_that_is_not_there() {
    let Some((database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let wrong = url.replace(database.name(), "nowhere");
    let expected = Expected {
        stage: "login",
        state: "3D000",
        status: 3,
        fix: "correct the database",
    };
    fails(&home, &wrong, MD5_USER, &expected);
    mends(&home, &set_url(&url));
}

#[test]
fn a_password_that_no_store_has() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    // The store in memory ends with its process.
    let in_memory = home.redwire(["--secret-store", "memory", "--catalog", "c.db"]);
    in_memory.stdin(create("sales", &url, MD5_USER) + ";\n").run().status(0);
    let done = redwire(&home).stdin("TEST CONNECTION sales;\n").run();
    let expected = Expected {
        stage: "secret",
        state: "28P01",
        status: 1,
        fix: "SET PASSWORD = PROMPT",
    };
    let row = check_failure(done, &expected);
    fix_works(&home, &row);
}

#[test]
fn a_slot_that_does_not_come_free() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let create = create("sales", &url, MD5_USER) + " MAX_CONCURRENT_CONNECTIONS = 1;\n";
    redwire(&home).stdin(create).run().status(0);
    let claim = take_slot(&home);
    let done = redwire(&home)
        .args(["--wait", "1s"])
        .stdin("TEST CONNECTION sales;\n")
        .run();
    let expected = Expected {
        stage: "slot",
        state: "53300",
        status: 3,
        fix: "SHOW SESSIONS OF CONNECTION sales",
    };
    let row = check_failure(done, &expected);
    let holder = format!("process {} (connect, since ", std::process::id());
    assert!(row["detail"].as_str().expect("a detail").contains(&holder), "{row}");
    assert!(row["ms"].as_f64().expect("a time") >= 1_000.0, "{row}");

    let listed = redwire(&home)
        .stdin("SHOW SESSIONS OF CONNECTION sales;\n")
        .run()
        .status(0);
    let session = &rows(&listed)[0];
    assert_eq!(session["connection"], "sales");
    assert_eq!(session["slot"], 1);
    assert_eq!(session["process"], std::process::id());
    assert_eq!(session["what"], "connect");
    assert!(session["since"].is_string());
    drop(claim);
    mends(&home, "SHOW CONNECTIONS LIKE 'none'");
}

#[test]
fn a_test_waits_for_its_slot() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let create = create("sales", &url, MD5_USER) + " MAX_CONCURRENT_CONNECTIONS = 1;\n";
    redwire(&home).stdin(create).run().status(0);
    let claim = take_slot(&home);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| redwire(&home).stdin("TEST CONNECTION sales;\n").run());
        let is_waited_for = || {
            let folder = std::fs::read_dir(home.file("c.db.slots/1")).expect("the folder of the slots");
            folder
                .flatten()
                .any(|entry| entry.path().extension().is_some_and(|name| name == "wait"))
        };
        while !is_waited_for() {
            thread::yield_now();
        }
        drop(claim);
        let done = waiting.join().expect("it ends").status(0);
        let detail = rows(&done)[2]["detail"].as_str().expect("a detail").to_owned();
        assert_eq!(detail, "slot 1 of 1, after waiting");
        done.err_has("waiting for a slot of sales: in use by process ");
    });
}

#[test]
fn a_session_is_over_before_its_slot_is_given_back() {
    let Some((database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    database.administer(&format!("ALTER DATABASE {} CONNECTION LIMIT 1", database.name()));
    let create = create("sales", &url, MD5_USER) + " MAX_CONCURRENT_CONNECTIONS = 1;\n";
    redwire(&home).stdin(create).run().status(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let script = "TEST CONNECTION sales;\n".repeat(8);
                redwire(&home).stdin(script).run().status(0);
            });
        }
    });
}

#[test]
fn every_connection_is_tested_whatever_becomes_of_the_others() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let wrong = User {
        password: "wr0ng-pass",
        ..MD5_USER
    };
    let refused = format!("jdbc:redshift://127.0.0.1:{}/dev", free_port());
    let script = [
        create("a", &refused, MD5_USER),
        create("b", &url, wrong),
        create("c", &url, MD5_USER),
    ];
    redwire(&home).stdin(script.join(";\n") + ";\n").run().status(0);
    let verdicts = |done: &Done, name: &str| {
        let of = rows(done).into_iter().filter(|row| row["connection"] == name);
        of.map(|row| row["verdict"].as_str().expect("a verdict").to_owned())
            .collect::<Vec<_>>()
    };
    let done = redwire(&home).stdin("TEST CONNECTIONS;\n").run().status(3);
    let done = done
        .err_has("connection a: ")
        .err_has("2 of 3 connections failed")
        .err_has("08001");
    assert!(verdicts(&done, "a").contains(&"failed".to_owned()));
    assert!(verdicts(&done, "b").contains(&"failed".to_owned()));
    assert_eq!(verdicts(&done, "c").len(), STAGES.len());
    assert!(!verdicts(&done, "c").contains(&"failed".to_owned()));

    // The first failure decides.
    redwire(&home)
        .stdin("TEST CONNECTION b, a;\n")
        .run()
        .status(1)
        .err_has("28P01");
    redwire(&home).stdin("TEST CONNECTIONS LIKE 'C';\n").run().status(0);
    let none = redwire(&home).stdin("TEST CONNECTIONS LIKE 'z%';\n").run().status(0);
    assert_eq!(none.out, "");
    let missing = redwire(&home)
        .stdin("TEST CONNECTION c, bb;\n")
        .run()
        .status(1)
        .err_has("42704");
    assert_eq!(missing.out, "");
}

#[test]
fn words_of_the_server_are_made_printable() {
    let port = server(|mut stream| {
        let _ = stream.read(&mut [0; 512]);
        let fields = b"SFATAL\0C28000\0Mgo \x1b[31maway\0\0";
        let length = u32::try_from(fields.len() + 4).expect("a short message");
        let _ = stream.write_all(&[b"E".as_slice(), &length.to_be_bytes(), fields].concat());
    });
    let home = Home::new();
    let url = format!("jdbc:redshift://127.0.0.1:{port}/dev?sslmode=disable");
    redwire(&home)
        .stdin(create("sales", &url, MD5_USER) + ";\n")
        .run()
        .status(0);
    for format in ["table", "vertical", "json"] {
        let run = redwire_in(format, &home).stdin("TEST CONNECTION sales;\n");
        run.run().status(1).nowhere("\x1b").out_has("go ");
    }
}

#[test]
fn an_interrupt_ends_a_test_with_what_is_known() {
    let (accepted, is_accepted) = std::sync::mpsc::channel();
    let port = server(move |stream| drop(accepted.send(stream)));
    let home = Home::new();
    let url = format!("jdbc:redshift://127.0.0.1:{port}/dev?sslmode=disable");
    let script = create("sales", &url, MD5_USER) + ";\nTEST CONNECTION sales;\nSHOW CONNECTIONS;\n";
    home.write("script.sql", script);
    let mut command = home.command(crate::support::home::REDWIRE);
    command.args([
        "--secret-store",
        "memory",
        "--catalog",
        "c.db",
        "--format",
        "jsonl",
        "-f",
        "script.sql",
    ]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .stdin(Stdio::null())
        .spawn();
    let child = child.expect("redwire starts");
    let _stream = is_accepted.recv().expect("a connection");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    let done = Done::from(child.wait_with_output().expect("redwire ends"));
    let row = failed_row(&done);
    assert_eq!(
        (row["stage"].as_str(), row["detail"].as_str()),
        (Some("login"), Some("cancelled"))
    );
    done.status(130).err_has("57014");
}

#[test]
fn with_test_keeps_nothing_where_the_test_fails() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let wrong = User {
        password: "wr0ng-pass",
        ..MD5_USER
    };
    let refused = create("sales", &url, wrong) + "\nWITH TEST;\n";
    let done = redwire(&home).stdin(refused).run().status(1).nowhere("wr0ng-pass");
    let done = done.err_has("28P01").err_has("write PASSWORD = PROMPT");
    assert_eq!(done.out, "");
    let listed = redwire(&home).stdin("SHOW CONNECTIONS;\n").run().status(0);
    assert_eq!(listed.out, "");

    let made = redwire(&home)
        .stdin(create("sales", &url, MD5_USER) + "\nWITH TEST;\n")
        .run()
        .status(0);
    made.err_has("CREATE CONNECTION")
        .err_has("the test of connection sales passed")
        .err_has("is not Redshift");
    let before = dump(&home.file("c.db"));
    for (change, status, state) in [
        ("SET PASSWORD = 'wr0ng-pass'", 1, "28P01"),
        ("SET USER_NAME = 'nobody'", 1, "28"),
        (
            "SET CONNECTION_STRING = 'jdbc:redshift://warehouse.invalid/dev'",
            3,
            "08001",
        ),
    ] {
        let alter = format!("ALTER REDSHIFT CONNECTION sales {change} RENAME TO other WITH TEST;\n");
        redwire(&home).stdin(alter).run().status(status).err_has(state);
        assert_eq!(dump(&home.file("c.db")), before, "{change}");
    }
    mends(
        &home,
        "ALTER REDSHIFT CONNECTION sales SET COMMENT = 'tested' WITH TEST",
    );
    assert_ne!(dump(&home.file("c.db")), before);
}

#[test]
fn in_a_transaction_a_test_sees_what_is_not_yet_kept_and_its_failure_undoes_all() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let script = format!(
        "BEGIN;\n{};\nTEST CONNECTION sales;\nCOMMIT;\n",
        create("sales", &url, MD5_USER)
    );
    redwire(&home).stdin(script).run().status(0);
    let refused = format!("jdbc:redshift://127.0.0.1:{}/dev", free_port());
    let create = create("gone", &refused, MD5_USER);
    let script = format!(
        "BEGIN;\n{create};\n\\expect 08001\nTEST CONNECTION gone;\n\\expect 25P02\nSHOW SESSIONS;\nROLLBACK;\n"
    );
    redwire(&home).stdin(script).run().status(0);
    let listed = redwire(&home).stdin("SHOW CONNECTIONS LIKE 'gone';\n").run().status(0);
    assert_eq!(listed.out, "");
}

#[test]
fn a_trial_opens_nothing() {
    let (accepted, is_accepted) = std::sync::mpsc::channel();
    let port = server(move |stream| drop(accepted.send(stream)));
    let home = Home::new();
    let url = format!("jdbc:redshift://127.0.0.1:{port}/dev?sslmode=disable");
    redwire(&home)
        .stdin(create("sales", &url, MD5_USER) + ";\n")
        .run()
        .status(0);
    let script = "TEST CONNECTION sales;\nTEST CONNECTIONS;\nALTER REDSHIFT CONNECTION sales SET USER_NAME = 'u' WITH TEST;\n\
                  CREATE OR REPLACE REDSHIFT CONNECTION sales CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' \
                  PASSWORD = 'p' WITH TEST;\n";
    let done = redwire(&home).arg("--dry-run").stdin(script).run().status(0);
    assert_eq!(
        done.err.matches("connection sales would be tested").count(),
        4,
        "{done:?}"
    );
    assert_eq!(done.out, "");
    assert!(is_accepted.try_recv().is_err());
    assert!(!home.file("c.db.slots").exists());
    let missing = redwire(&home).arg("--dry-run").stdin("TEST CONNECTION sale;\n").run();
    missing.status(1).err_has("42704").err_has("did you mean sales?");
}

#[test]
fn show_sessions_makes_nothing_and_asks_no_secret_store() {
    let home = Home::new();
    // There is no keyring in reach.
    let run = |script: &str| {
        let keyring = home.redwire(["--secret-store", "keyring", "--catalog", "c.db", "--format", "jsonl"]);
        keyring.stdin(script).run()
    };
    assert_eq!(run("SHOW SESSIONS;\n").status(0).out, "");
    assert!(!home.file("c.db").exists() && !home.file("c.db.slots").exists());
    run("SHOW SESSIONS OF CONNECTION sales;\n").status(1).err_has("42704");

    let in_memory = |script: &str| {
        let memory = home.redwire(["--secret-store", "memory", "--catalog", "c.db"]);
        memory.stdin(script).run().status(0)
    };
    in_memory(&(create("sales", "jdbc:redshift://h/d", MD5_USER) + ";\n"));
    let _claim = take_slot(&home);
    in_memory("ALTER REDSHIFT CONNECTION sales RENAME TO marts;\n");
    assert_eq!(rows(&run("SHOW SESSIONS;\n").status(0))[0]["connection"], "marts");
    in_memory("DROP CONNECTION marts;\n");
    // It is called what it was called when its session began.
    assert_eq!(rows(&run("SHOW SESSIONS;\n").status(0))[0]["connection"], "sales");
}

#[test]
fn a_user_whom_the_server_does_not_let_in() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let nobody = User {
        name: "nobody",
        ..CLEAR_USER
    };
    let script = format!("{};\nTEST CONNECTION sales;\n", create("sales", &url, nobody));
    let done = redwire(&home).stdin(script).run();
    let row = failed_row(&done);
    assert_eq!(row["stage"], "login");
    assert!(row["fix"].as_str().expect("a fix").contains("check USER_NAME"), "{row}");
    done.status(1);
}
