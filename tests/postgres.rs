//! The servers that other tests rely on: each lets its users in by the one method that is theirs,
//! and ends with the tests.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use redwire::url::Endpoint;

use crate::support::certificates::SERVER_NAME;
use crate::support::postgres::{
    CLEAR_USER, Database, MD5_USER, Postgres, SCRAM_USER, TRUSTED_USER, User, Wire, succeeded,
};

/// Set for the process whose end is looked at.
const HOST: &str = "REDWIRE_TEST_POSTGRES_HOST";

/// The test that is that process.
const HOST_TEST: &str = "postgres::a_server_ends_with_the_process_that_started_it";

const MARK: &str = "server: ";

/// The time limit for the end of a server on a busy machine.
const END_LIMIT: Duration = Duration::from_mins(1);

#[test]
fn each_user_logs_in_and_owns_what_they_make() {
    for wire in [Wire::Plain, Wire::Tls] {
        let Some(database) = Postgres::database(wire) else {
            return;
        };
        let endpoint = Endpoint::parse(&database.url(SERVER_NAME, "")).expect("a URL");
        assert_eq!(
            (endpoint.port, endpoint.database.as_str()),
            (database.server().port(), database.name())
        );
        for user in [MD5_USER, SCRAM_USER, CLEAR_USER, TRUSTED_USER] {
            let sql = format!("CREATE TABLE of_{0} (n int); SELECT current_user", user.name);
            assert_eq!(
                ask(&database, user, "prefer", &sql),
                Ok(format!("CREATE TABLE\n{}", user.name))
            );
        }
    }
}

#[test]
fn a_wrong_password_is_refused() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    for user in [MD5_USER, SCRAM_USER, CLEAR_USER] {
        let wrong = User { password: "wrong", ..user };
        let said = ask(&database, wrong, "prefer", "SELECT 1").expect_err("it is wrong");
        assert!(said.contains("password authentication failed"), "{said}");
    }
}

#[test]
fn a_plain_server_has_no_tls_and_the_other_one_is_vouched_for_by_its_authority() {
    let (Some(plain), Some(tls)) = (Postgres::database(Wire::Plain), Postgres::database(Wire::Tls))
    else {
        return;
    };
    let said = ask(&plain, MD5_USER, "require", "SELECT 1").expect_err("it has no TLS");
    assert!(said.contains("server does not support SSL"), "{said}");
    let encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(ask(&tls, MD5_USER, "verify-full", encrypted).as_deref(), Ok("t"));
    assert_eq!(ask(&tls, MD5_USER, "disable", encrypted).as_deref(), Ok("f"));
    for (host, authority, reason) in [
        ("127.0.0.1", tls.server().authority(), "does not match host name"),
        (SERVER_NAME, tls.server().other_authority(), "certificate verify failed"),
    ] {
        let said = ask_at(&tls, host, MD5_USER, "verify-full", &authority, "SELECT 1")
            .expect_err("it is refused");
        assert!(said.contains(reason), "{said}");
    }
}

#[test]
fn a_database_is_gone_with_its_test() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    let (server, name) = (database.server(), database.name().to_owned());
    let count = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(server.administer(&count), "1");
    drop(database);
    assert_eq!(server.administer(&count), "0");
}

#[test]
fn a_server_ends_with_the_process_that_started_it() {
    if std::env::var_os(HOST).is_some() {
        return host();
    }
    let mut command = Command::new(std::env::current_exe().expect("the path of this program"));
    command.args([HOST_TEST, "--exact", "--nocapture"]).env(HOST, "1");
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("this program starts again");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe from it")).lines();
    let noted = lines
        .find_map(|line| line.expect("text").split_once(MARK).map(|(_, noted)| noted.to_owned()));
    child.kill().expect("it is killed");
    child.wait().expect("it has ended");
    let Some(noted) = noted else {
        return;
    };
    let (process, folder) = noted.split_once(' ').expect("a process and a folder");
    let begin = Instant::now();
    for left in [Path::new("/proc").join(process), folder.into()] {
        while left.exists() {
            assert!(begin.elapsed() < END_LIMIT, "{} is still there", left.display());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The process that is killed: it has a server, says which, and waits.
fn host() {
    use std::io::Write;
    let Some(server) = Postgres::start(Wire::Plain) else {
        return;
    };
    let folder = server.socket_folder().display();
    // A line of its own, whatever the test harness has written before.
    writeln!(std::io::stdout(), "\n{MARK}{} {folder}", server.process()).expect("it goes out");
    loop {
        thread::park();
    }
}

fn ask(database: &Database, user: User, sslmode: &str, sql: &str) -> Result<String, String> {
    ask_at(database, SERVER_NAME, user, sslmode, &database.server().authority(), sql)
}

fn ask_at(
    database: &Database,
    host: &str,
    user: User,
    sslmode: &str,
    authority: &Path,
    sql: &str,
) -> Result<String, String> {
    let mut command = database.psql(user);
    command
        .env("PGHOST", host)
        .env("PGSSLMODE", sslmode)
        .env("PGSSLROOTCERT", authority);
    let output = command.args(["-Atc", sql]).output().expect("psql runs");
    if output.status.success() {
        Ok(succeeded(&output))
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
