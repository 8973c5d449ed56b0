//! Limits that change, connections that go, and folders that cannot be written, while processes
//! hold slots and wait.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};

use crate::support::home::{Done, Home, REDWIRE, Run};
use crate::support::light_vault::{PASSPHRASE, STORE};

/// A program that says `ready` and ends with its input.
const READY: &str = "echo ready; exec cat";

struct Site(Home);

impl Site {
    fn new(options: &str) -> Self {
        let site = Self(Home::with_light_vault());
        site.creates("sales", options);
        site
    }

    fn creates(&self, name: &str, options: &str) {
        let url = "jdbc:redshift://h/dev?sslmode=disable";
        let create = format!(
            "CREATE REDSHIFT CONNECTION {name} CONNECTION_STRING = '{url}' USER_NAME = 'u' PASSWORD = 'p' {options}"
        );
        self.says(&create).status(0);
    }

    fn says(&self, statement: &str) -> Done {
        self.run(&["-c", statement]).run()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let run = self.0.redwire(STORE).args(arguments);
        run.env(PASSPHRASE.0, PASSPHRASE.1)
    }

    /// Runs a program that gets its slots without waiting, or fails.
    fn try_now(&self, name: &str) -> Done {
        self.run(&["exec", "--wait", "0", name, "true"]).run()
    }

    fn as_nobody_special(&self, arguments: &[&str]) -> Done {
        let mut command = self.0.unprivileged();
        command.args(STORE).args(arguments).env(PASSPHRASE.0, PASSPHRASE.1);
        Done::from(command.output().expect("redwire runs"))
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.0.command(REDWIRE);
        command.args(STORE).args(arguments).env(PASSPHRASE.0, PASSPHRASE.1);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("redwire starts")
    }

    /// A program that holds a slot of the connection.
    fn hold(&self, name: &str) -> Child {
        let mut child = self.start(&["exec", name, "sh", "-c", READY]);
        let mut ready = [0; 6];
        let output = child.stdout.as_mut().expect("its output");
        output.read_exact(&mut ready).expect("it is ready");
        assert_eq!(&ready, b"ready\n");
        child
    }

    /// A program that waits for its slots, as it has said.
    fn wait(&self, arguments: &[&str]) -> Waiter {
        let mut child = self.start(arguments);
        let mut errors = BufReader::new(child.stderr.take().expect("its errors"));
        let mut line = String::new();
        errors.read_line(&mut line).expect("UTF-8");
        assert!(line.starts_with("notice: waiting for "), "{line}");
        Waiter { child, errors }
    }

    fn sessions(&self) -> String {
        self.run(&["--format", "csv", "-c", "SHOW SESSIONS"]).run().status(0).out
    }
}

struct Waiter {
    child: Child,
    errors: BufReader<std::process::ChildStderr>,
}

impl Waiter {
    fn ends(mut self, status: i32) -> String {
        let mut said = String::new();
        self.errors.read_to_string(&mut said).expect("UTF-8");
        assert_eq!(self.child.wait().expect("its end").code(), Some(status), "{said}");
        said
    }
}

/// Ends a program by the end of its input.
fn end(mut child: Child) {
    drop(child.stdin.take());
    assert!(child.wait().expect("its end").success());
}

#[test]
fn a_raised_limit_lets_in_who_waits_already() {
    let site = Site::new("MAX_CONCURRENT_CONNECTIONS = 1");
    let held = site.hold("sales");
    let first = site.wait(&["exec", "--wait", "5m", "sales", "true"]);
    site.says("ALTER REDSHIFT CONNECTION sales SET MAX_CONCURRENT_CONNECTIONS = 2")
        .status(0);
    first.ends(0);
    let other = site.hold("sales");
    let second = site.wait(&["exec", "--wait", "5m", "sales", "true"]);
    site.says("ALTER REDSHIFT CONNECTION sales RESET MAX_CONCURRENT_CONNECTIONS")
        .status(0);
    second.ends(0);
    end(held);
    end(other);
}

#[test]
fn a_lowered_limit_cuts_nobody_and_makes_the_next_one_wait() {
    let site = Site::new("MAX_CONCURRENT_CONNECTIONS = 3");
    let (one, two) = (site.hold("sales"), site.hold("sales"));
    site.says("ALTER REDSHIFT CONNECTION sales SET MAX_CONCURRENT_CONNECTIONS = 1")
        .status(0);
    assert_eq!(site.sessions().lines().count(), 3);
    site.try_now("sales").status(125).err_has("2 slots are in use");
    end(one);
    site.try_now("sales").status(125).err_has("1 slot is in use");
    end(two);
    site.try_now("sales").status(0);
}

#[test]
fn waiting_for_more_than_a_lowered_limit_fails_at_once() {
    let site = Site::new("MAX_CONCURRENT_CONNECTIONS = 2");
    let held = site.hold("sales");
    let waiter = site.wait(&["exec", "--wait", "5m", "--slots", "2", "sales", "true"]);
    site.says("ALTER REDSHIFT CONNECTION sales SET MAX_CONCURRENT_CONNECTIONS = 1")
        .status(0);
    let said = waiter.ends(125);
    assert!(said.contains("cannot hold 2 slots: MAX_CONCURRENT_CONNECTIONS is 1"), "{said}");
    end(held);
}

#[test]
fn sessions_of_a_dropped_connection_are_not_those_of_the_next_one() {
    let site = Site::new("MAX_CONCURRENT_CONNECTIONS = 1");
    let held = site.hold("sales");
    let dropped = site.says("DROP CONNECTION sales").status(0);
    assert_eq!(
        dropped.err,
        "DROP CONNECTION\nnotice: 1 session of sales goes on until it ends\n"
    );
    site.creates("fresh", "MAX_CONCURRENT_CONNECTIONS = 1");
    let sessions = site.sessions();
    assert!(sessions.lines().count() == 2 && sessions.contains("\nsales,1,"), "{sessions}");
    let of_fresh = site.run(&["--format", "csv", "-c", "SHOW SESSIONS OF CONNECTION fresh"]);
    assert_eq!(of_fresh.run().status(0).out.lines().count(), 1);
    let of_dropped = site.says("SHOW SESSIONS OF CONNECTION sales");
    of_dropped.status(1).err_has("connection \"sales\" does not exist");
    site.try_now("fresh").status(0);
    end(held);
    site.says("DROP CONNECTION fresh").status(0).nowhere("session");
}

#[test]
fn in_a_folder_that_cannot_be_written_a_limit_is_an_error_and_no_limit_a_warning() {
    let site = Site::new("MAX_CONCURRENT_CONNECTIONS = 2");
    site.creates("free", "");
    let folder = site.0.file("data/redwire");
    let mode =
        |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).expect("its mode");
    mode(0o500);
    let limited = site.as_nobody_special(&["exec", "sales", "echo", "ran"]);
    let free = site.as_nobody_special(&["exec", "free", "echo", "ran"]);
    let shown = site.as_nobody_special(&["-c", "SHOW SESSIONS"]);
    mode(0o700);
    let limited = limited.status(125).err_has("58030").err_has("let redwire read and write ");
    assert_eq!(limited.out, "");
    let free = free.status(0).err_has("warning: SHOW SESSIONS will not list this session: ");
    assert_eq!(free.out, "ran\n");
    shown.status(0);
}

#[test]
fn a_stopped_process_that_holds_the_folders_lock_does_not_stop_connections_without_a_limit() {
    let site = Site::new("");
    site.run(&["exec", "sales", "true"]).run().status(0);
    let lock = site.0.file("data/redwire/catalog.db.slots/lock");
    let lock = fs::File::options().write(true).open(lock).expect("the lock");
    lock.lock().expect("it is free");
    let done = site.run(&["exec", "sales", "echo", "ran"]).run().status(0);
    let done = done.err_has("warning: SHOW SESSIONS will not list this session: ");
    assert_eq!(done.out, "ran\n");
}

#[test]
fn a_trial_notices_a_password_that_is_not_stored() {
    let home = Home::new();
    let create = "CREATE REDSHIFT CONNECTION a CONNECTION_STRING = 'jdbc:redshift://h/dev?sslmode=disable' \
                  USER_NAME = 'u' PASSWORD = 'p'";
    home.redwire(["--secret-store", "memory", "-c", create]).run().status(0);
    let trial = home.redwire(["--secret-store", "memory", "--dry-run", "exec", "a", "true"]);
    let done = trial.run().status(125);
    let real = home.redwire(["--secret-store", "memory", "exec", "a", "true"]).run();
    assert_eq!(done, real);
}

#[test]
fn a_wrong_number_is_shown_and_its_error_says_what_would_be_right() {
    let home = Home::new();
    for (arguments, expected, status) in [
        (
            &["--wait", "5", "show"][..],
            "invalid value '5' for '--wait <DURATION>': a time needs its unit, as in 30s or 2m",
            2,
        ),
        (
            &["--wait", "25h", "show"],
            "invalid value '25h' for '--wait <DURATION>': a time to wait is at most 24h",
            2,
        ),
        (
            &["exec", "--slots", "0", "a", "true"],
            "invalid value '0' for '--slots <N>': 0 is not in 1..=2000",
            125,
        ),
    ] {
        let done = home.redwire(arguments).run().status(status).err_has(expected);
        done.nowhere("statements stand");
    }
    let masked = home.redwire(["--wait", "PWD=Hunter2x", "show"]).run().status(2);
    masked.nowhere("Hunter2x").nowhere("statements stand").err_has("'***'");
}

/// After a failed test it may still run.
impl Drop for Waiter {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
