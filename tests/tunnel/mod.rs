//! SSH_TUNNEL: sessions, tests and programs through OpenSSH's own server, and through an `ssh` that
//! does no good.

mod definition;
mod faults;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::bastion::{Bastion, await_end_of_ssh, path};
use crate::support::home::{Home, Run};
use crate::support::postgres::{Database, Postgres, SCRAM_USER, Wire};
use crate::support::terminal::{CTRL_C, Terminal};

const SLEEPING: &str = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";

/// A home with the connection `sales`, which leads through a bastion to PostgreSQL.
struct Site {
    home: Home,
    database: Database,
    bastion: Bastion,
}

impl Site {
    /// The server under TLS, whose name is verified.
    fn new() -> Option<Self> {
        Self::with("")
    }

    /// The same, with further options of the URL.
    fn with(options: &str) -> Option<Self> {
        let database = Postgres::database(Wire::Tls)?;
        let home = Home::new();
        let bastion = Bastion::start(&home)?;
        home.write("password", SCRAM_USER.password);
        let roots = database.server().authority();
        let url = database.url("localhost", &format!("?sslrootcert={}{options}", roots.display()));
        let site = Self { home, database, bastion };
        let create = format!(
            "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = '{url}' USER_NAME = '{}' \
             PASSWORD = COMMAND 'cat password' SSH_TUNNEL = 'bastion'",
            SCRAM_USER.name
        );
        site.run(&["-c", &create]).run().status(0);
        Some(site)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.home.redwire(arguments).env("PATH", path(&self.home))
    }

    fn select(&self, sql: &str) -> Run {
        self.run(&["--format", "csv", "connect", "sales", "-c", sql])
    }

    /// redwire as a child whose streams are the test's.
    fn start(&self, arguments: &[&str]) -> Child {
        let mut command: Command = self.home.interruptible();
        command.env("PATH", path(&self.home)).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("redwire starts")
    }

    fn sleepers(&self) -> String {
        self.database.administer(SLEEPING)
    }
}

#[test]
fn a_session_goes_through_the_tunnel_and_verifies_the_warehouses_name() {
    let Some(site) = Site::new() else { return };
    let done = site.select("SELECT 1 AS n").run().status(0);
    assert_eq!((done.out.as_str(), done.err.as_str()), ("n\n1\n", ""));
    assert_eq!(site.bastion.count(), 1);
    assert_eq!(await_end_of_ssh(&site.home), 1);
    let wrong = site.database.url("127.0.0.1", "");
    let roots = site.database.server().authority();
    let alter = format!(
        "ALTER REDSHIFT CONNECTION sales SET CONNECTION_STRING = '{wrong}?sslrootcert={}'",
        roots.display()
    );
    site.run(&["-c", &alter]).run().status(0);
    site.select("SELECT 1")
        .run()
        .status(3)
        .err_has("does not match host name \"127.0.0.1\"");
}

#[test]
fn a_destination_names_user_and_port() {
    let Some(site) = Site::new() else { return };
    let name = Command::new("id").arg("-un").output().expect("id runs");
    let name = String::from_utf8(name.stdout).expect("UTF-8");
    let alter = format!(
        "ALTER REDSHIFT CONNECTION sales SET SSH_TUNNEL = '{}@127.0.0.1:{}'",
        name.trim(),
        site.bastion.port()
    );
    site.run(&["-c", &alter]).run().status(0);
    site.select("SELECT 1 AS n").run().status(0);
}

#[test]
fn a_test_has_the_stage_ssh() {
    let Some(site) = Site::new() else { return };
    let done = site.run(&["--format", "jsonl", "-c", "TEST CONNECTION sales"]).run().status(0);
    let rows: Vec<Value> =
        done.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of = |stage: &str| {
        let row = rows.iter().find(|row| row["stage"] == stage).expect("a row");
        (
            row["verdict"].as_str().expect("a verdict"),
            row["detail"].as_str().expect("a detail"),
        )
    };
    let stages: Vec<&str> =
        rows.iter().map(|row| row["stage"].as_str().expect("a stage")).collect();
    let expected = ["url", "secret", "slot", "ssh", "dns", "tcp", "tls", "login", "query", "limit"];
    assert_eq!(stages, expected);
    let (verdict, detail) = of("ssh");
    assert!(verdict == "ok" && detail.starts_with("bastion, from 127.0.0.1:"), "{detail}");
    for stage in ["dns", "tcp"] {
        assert_eq!(of(stage), ("skipped", "left to the other end of the tunnel"));
    }
    assert_eq!(of("tls").0, "ok");
}

#[test]
fn tables_are_imported_and_jobs_tried_through_the_tunnel() {
    let Some(site) = Site::new() else { return };
    site.database.administer("CREATE TABLE t (n int); GRANT ALL ON t TO PUBLIC");
    let done = site.run(&["-c", "IMPORT TABLES FROM sales"]).run().status(0);
    done.out_has("sales.public.t");
    let job = "CREATE JOB j AS INSERT INTO sales.public.t SELECT 1 AS n WITH TEST";
    site.run(&["-c", job]).run().status(0);
    assert_eq!(site.bastion.count(), 2);
    assert_eq!(await_end_of_ssh(&site.home), 2);
}

#[test]
fn a_job_runs_through_the_tunnel() {
    let Some(site) = Site::new() else { return };
    site.database.administer("CREATE TABLE t (n int); GRANT ALL ON t TO PUBLIC");
    let job = "CREATE JOB j AS INSERT INTO sales.public.t SELECT 1 AS n";
    site.run(&["-c", "IMPORT TABLES FROM sales", "-c", job]).run().status(0);
    for _ in 0..2 {
        site.run(&["-c", "RUN JOB j"]).run().status(0);
    }
    assert_eq!(site.database.administer("SELECT count(*) FROM t"), "2");
    assert_eq!(await_end_of_ssh(&site.home), site.bastion.count());
}

#[test]
fn an_interrupt_cancels_the_query_and_leaves_the_tunnel() {
    let Some(site) = Site::new() else { return };
    let environment = path(&site.home);
    let environment = environment.to_str().expect("UTF-8");
    let mut terminal =
        Terminal::open_at(&site.home, &["connect", "sales"], &[("PATH", environment)], "sales> ");
    terminal.submit("SELECT pg_sleep(600);");
    while site.sleepers() != "1" {}
    terminal.keys(CTRL_C).wait_for("canceling statement");
    terminal.run("SELECT 'still ' || 'here';", "still here");
    terminal.end();
    assert_eq!(site.sleepers(), "0");
    await_end_of_ssh(&site.home);
}

#[test]
fn a_killed_redwire_leaves_no_ssh_and_the_next_one_cancels_its_query() {
    let Some(site) = Site::new() else { return };
    let mut child = site.start(&["connect", "sales", "-c", "SELECT pg_sleep(600)"]);
    while site.sleepers() != "1" {}
    child.kill().expect("it is ours to kill");
    child.wait().expect("its end");
    assert_eq!(await_end_of_ssh(&site.home), 1);
    assert_eq!(site.sleepers(), "1");
    site.select("SELECT 1 AS n").run().status(0);
    assert_eq!(site.sleepers(), "0");
    assert_eq!(site.bastion.count(), 3);
}

#[test]
fn a_program_has_the_tunnel_until_it_ends() {
    let Some(site) = Site::new() else { return };
    let done = site
        .run(&["exec", "sales", "--", "psql", "-XAtc"])
        .arg("SELECT 'by libpq'")
        .run();
    assert_eq!((done.status, done.out.as_str()), (0, "by libpq\n"), "{done:?}");
    await_end_of_ssh(&site.home);
    let script = "echo $PGHOST $PGHOSTADDR; read line; psql -XAtc \"SELECT 'later'\"";
    let mut child = site.start(&["exec", "sales", "--", "sh", "-c", script]);
    let mut out = BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    out.read_line(&mut line).expect("a line");
    assert_eq!(line, "localhost 127.0.0.1\n");
    drop(child.stdin.take());
    line.clear();
    out.read_line(&mut line).expect("a line");
    assert_eq!(line, "later\n");
    assert!(child.wait().expect("its end").success());
    await_end_of_ssh(&site.home);
}

#[test]
fn a_dry_run_of_a_program_opens_no_tunnel() {
    let Some(site) = Site::new() else { return };
    let done = site.run(&["--dry-run", "exec", "sales", "true"]).run().status(0);
    done.err_has("by a port of an SSH tunnel through bastion");
    assert_eq!(site.bastion.count(), 0);
}
