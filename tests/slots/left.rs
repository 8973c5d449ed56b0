//! The session of a killed process counts for the limit until the server has ended it.

use std::fs;
use std::io::Read;
use std::process::{Child, Command, Stdio};

use super::tunnel::Tunnel;
use crate::support::home::{Home, REDWIRE, Run};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::{Database, Postgres, SCRAM_USER, Wire};

/// Says how many sessions the user has, this one among them.
const COUNT: &str = "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND datname = current_database()";

struct Site {
    home: Home,
    database: Database,
}

impl Site {
    fn new(limit: u32) -> Option<Self> {
        Self::behind(limit, |port| port)
    }

    /// The connection leads to the port that is told for the server's.
    fn behind(limit: u32, door: impl FnOnce(u16) -> u16) -> Option<Self> {
        let site = Self {
            home: Home::with_light_vault(),
            database: Postgres::database(Wire::Plain)?,
        };
        let port = door(site.database.server().port());
        let url =
            format!("jdbc:redshift://127.0.0.1:{port}/{}?sslmode=disable", site.database.name());
        let create = format!(
            "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = '{url}' USER_NAME = '{}' PASSWORD = '{}' \
             MAX_CONCURRENT_CONNECTIONS = {limit}",
            SCRAM_USER.name, SCRAM_USER.password
        );
        site.run(&["-c", &create]).run().status(0);
        Some(site)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let run = self.home.redwire(STORE).args(arguments);
        run.env(PASSPHRASE.0, PASSPHRASE.1)
    }

    /// Counts the sessions by one more.
    fn count(&self, wait: &str) -> Run {
        self.run(&["--format", "csv", "--wait", wait, "connect", "sales", "-c", COUNT])
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let mut command: Command = self.home.command(REDWIRE);
        command.args(STORE).args(arguments).env(PASSPHRASE.0, PASSPHRASE.1);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("redwire starts")
    }

    /// Starts what asks the server for something long, and kills it once the server is at it.
    fn kill_while_it_asks(&self, arguments: &[&str]) {
        let mut child = self.start(arguments);
        while self.asked() == 0 {
            if child.try_wait().expect("its status").is_some() {
                let mut said = String::new();
                child
                    .stderr
                    .take()
                    .expect("its errors")
                    .read_to_string(&mut said)
                    .expect("UTF-8");
                panic!("it ended by itself: {said}");
            }
        }
        child.kill().expect("it is ours to kill");
        child.wait().expect("its end");
        assert_eq!(self.asked(), 1, "the server noticed at once, so nothing is tried here");
    }

    /// The number of sessions that sleep on the server.
    fn asked(&self) -> usize {
        let sql = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = '{}'",
            self.database.name()
        );
        self.database.administer(&sql).parse().expect("a number")
    }
}

#[test]
fn a_killed_processs_query_is_cancelled_by_the_next_holder_of_its_slot() {
    let Some(site) = Site::new(1) else { return };
    site.kill_while_it_asks(&["connect", "sales", "-c", "SELECT pg_sleep(600)"]);
    let done = site.count("5s").run().status(0);
    assert_eq!(done.out, "count\n1\n", "{done:?}");
    assert_eq!(site.asked(), 0);
}

#[test]
fn a_killed_processs_query_is_cancelled_although_its_connection_is_gone() {
    let mut tunnel = None;
    let behind = Site::behind(1, |port| tunnel.insert(Tunnel::to(port)).port());
    let (Some(site), Some(tunnel)) = (behind, tunnel) else {
        return;
    };
    site.kill_while_it_asks(&["connect", "sales", "-c", "SELECT pg_sleep(600)"]);
    tunnel.await_end_of_client();
    let done = site.count("5s").run().status(0);
    assert_eq!(site.asked(), 0, "{done:?}");
}

#[test]
fn a_killed_processs_query_is_remembered_while_the_server_is_unreachable() {
    let mut tunnel = None;
    let behind = Site::behind(1, |port| tunnel.insert(Tunnel::to(port)).port());
    let (Some(site), Some(mut tunnel)) = (behind, tunnel) else {
        return;
    };
    site.kill_while_it_asks(&["connect", "sales", "-c", "SELECT pg_sleep(600)"]);
    tunnel.close();
    site.count("0").run().status(3).err_has("08001");
    tunnel.open();
    let done = site.count("5s").run().status(0);
    assert_eq!(site.asked(), 0, "{done:?}");
}

#[test]
fn a_killed_processs_query_runs_on_while_there_are_other_slots() {
    let Some(site) = Site::new(2) else { return };
    site.kill_while_it_asks(&["connect", "sales", "-c", "SELECT pg_sleep(600)"]);
    let done = site.count("0").run().status(0);
    assert_eq!(done.out, "count\n2\n", "{done:?}");
    assert_eq!(site.asked(), 1);
}

#[test]
fn a_test_that_is_killed_leaves_nothing_that_counts_twice() {
    let Some(site) = Site::new(1) else { return };
    site.database
        .administer("CREATE FUNCTION public.version() RETURNS text LANGUAGE sql AS 'SELECT pg_sleep(600)::text'");
    site.database.administer(&format!(
        "ALTER ROLE {} IN DATABASE {} SET search_path = public, pg_catalog",
        SCRAM_USER.name,
        site.database.name()
    ));
    site.kill_while_it_asks(&["-c", "TEST CONNECTION sales"]);
    let done = site.count("5s").run().status(0);
    assert_eq!(done.out, "count\n1\n", "{done:?}");
}

#[test]
fn a_program_waits_for_the_server_as_well() {
    let Some(site) = Site::new(1) else { return };
    site.kill_while_it_asks(&["connect", "sales", "-c", "SELECT pg_sleep(600)"]);
    let done = site.run(&["exec", "sales", "--", "psql", "-XAtqc", COUNT]).run().status(0);
    assert_eq!(done.out, "1\n", "{done:?}");
}

#[test]
fn a_catalog_in_memory_has_slots_and_leaves_none() {
    let Some(site) = Site::new(1) else { return };
    let temporary = site.home.path().join("temporary");
    fs::create_dir(&temporary).expect("a folder");
    let url = site.database.url("127.0.0.1", "?sslmode=disable");
    let create = format!(
        "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = '{url}' USER_NAME = '{}' PASSWORD = '{}' \
         MAX_CONCURRENT_CONNECTIONS = 1",
        SCRAM_USER.name, SCRAM_USER.password
    );
    // The slot of the catalog beside it is no slot of this one.
    let mut other = site.start(&["exec", "sales", "--", "cat"]);
    let script = format!(
        "{create};\nTEST CONNECTION sales;\n\\connect sales\n{COUNT};\n\\disconnect\nSHOW SESSIONS;\n"
    );
    let run = site.home.redwire(["--ephemeral", "--format", "csv", "--wait", "0"]);
    let done = run.env("TMPDIR", &temporary).stdin(script).run().status(0);
    let done = done.out_has("slot 1 of 1").out_has("count\n1\n");
    assert!(done.out.ends_with("connection,slot,process,what,since\n"), "{done:?}");
    assert_eq!(fs::read_dir(&temporary).expect("the folder").count(), 0);
    other.kill().expect("it is ours to kill");
    other.wait().expect("its end");
}
