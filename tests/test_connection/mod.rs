//! TEST CONNECTION, WITH TEST and SHOW SESSIONS, as a user runs them: against PostgreSQL, the
//! stand-in for Redshift, and servers that do no good. Where the fix of a row is a statement, it is
//! run as it stands.

mod login;
mod network;
mod slots;
mod verdicts;
mod with_test;

use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::Value;

use crate::support::home::{Done, Home, Run};
use crate::support::light_vault::{self, PASSPHRASE, STORE};
use crate::support::postgres::{Database, MD5_USER, Postgres, User, Wire};

const STAGES: [&str; 9] = ["url", "secret", "slot", "dns", "tcp", "tls", "login", "query", "limit"];

/// redwire on the home's catalog, with passwords in a vault, so that they are there in the next run
/// too.
fn redwire(home: &Home) -> Run {
    redwire_in("jsonl", home)
}

fn redwire_in(format: &str, home: &Home) -> Run {
    let catalog = home.file("c.db");
    if !catalog.exists() {
        light_vault::put(&catalog);
    }
    home.redwire(STORE)
        .args(["--catalog", "c.db", "--format", format])
        .env(PASSPHRASE.0, PASSPHRASE.1)
        .env("PASSWORD_OF_TEST", MD5_USER.password)
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A statement that makes a connection.
fn create(name: &str, url: &str, user: User) -> String {
    let (url, password) = (quoted(url), quoted(user.password));
    let user = user.name;
    format!(
        "CREATE REDSHIFT CONNECTION {name} CONNECTION_STRING = {url} USER_NAME = '{user}' PASSWORD = {password}"
    )
}

/// The rows of a test.
fn rows(done: &Done) -> Vec<Value> {
    let row =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    done.out.lines().map(row).collect()
}

/// The row of the stage at which the only test failed; those before it passed and those after it
/// were left out.
#[track_caller]
fn failed_row(done: &Done) -> Value {
    let rows = rows(done);
    let stages: Vec<&str> =
        rows.iter().map(|row| row["stage"].as_str().expect("a stage")).collect();
    assert_eq!(stages, STAGES, "{done:?}");
    let verdicts: Vec<&str> =
        rows.iter().map(|row| row["verdict"].as_str().expect("a verdict")).collect();
    let failed = verdicts.iter().position(|verdict| *verdict == "failed");
    let failed = failed.unwrap_or_else(|| panic!("nothing failed: {done:?}"));
    assert!(!verdicts[..failed].contains(&"failed"), "{done:?}");
    assert!(verdicts[failed + 1..].iter().all(|verdict| *verdict == "skipped"), "{done:?}");
    assert!(rows[failed]["ms"].is_number(), "{done:?}");
    rows[failed].clone()
}

/// The expected output of a failing test.
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
    assert!(!done.err.contains("\"hint\""), "{done:?}");
    done.status(expected.status)
        .err_has(&format!("\"sqlstate\": \"{}\"", expected.state))
        .err_has("connection \\\"sales\\\"");
    row
}

/// Runs the fix as it stands, and the test passes. A password comes from a variable, since a test
/// has no terminal.
#[track_caller]
fn fix_works(home: &Home, row: &Value) {
    let fix = row["fix"].as_str().expect("a fix");
    mends(home, &fix.replace("PROMPT", "ENV 'PASSWORD_OF_TEST'"));
}

/// Runs the statement, and the test passes.
#[track_caller]
fn mends(home: &Home, fix: &str) {
    let done = redwire(home).stdin(format!("{fix};\nTEST CONNECTION sales;\n")).run().status(0);
    assert!(rows(&done).iter().all(|row| row["verdict"] != "failed"), "{done:?}");
}

fn set_url(url: &str) -> String {
    format!("ALTER REDSHIFT CONNECTION sales SET CONNECTION_STRING = {}", quoted(url))
}

/// A port at which nothing listens. No test can be given it, as it could any that was free before.
const REFUSING_PORT: u16 = 1;

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

fn plain() -> Option<(Database, String)> {
    let database = Postgres::database(Wire::Plain)?;
    let url = database.url("127.0.0.1", "?sslmode=disable");
    Some((database, url))
}
