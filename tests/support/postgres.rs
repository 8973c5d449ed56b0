//! PostgreSQL on this machine, for tests: a server without TLS and one with it, each started when a
//! test first asks for it and shared by all tests of the process. Every test has a database of its
//! own.
//!
//! A server never outlives the tests: a shell is its parent, which reads a pipe that nobody ever
//! writes to. However the process of the tests ends, the pipe is closed with it; the shell stops
//! the server and removes its folder. Should the shell be killed, the kernel stops the server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::certificates::SERVER_NAME;
use super::postgres_process::{Account, programs, user_statements};

/// The time limit for the start of a server on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(2);

/// The superuser, who logs in at the socket without a password.
pub const ADMINISTRATOR: &str = "postgres";

/// A user of the server, and the only method by which the user may log in.
#[derive(Clone, Copy, Debug)]
pub struct User {
    /// The name.
    pub name: &'static str,
    /// The password.
    pub password: &'static str,
    /// The method of pg_hba.conf.
    pub method: &'static str,
}

/// Logs in with the password's MD5 (authentication code 5).
pub const MD5_USER: User = User {
    name: "md5_user",
    password: "md5 'pass' \\ wörd",
    method: "md5",
};

/// Logs in with SCRAM-SHA-256 (codes 10 to 12).
pub const SCRAM_USER: User = User {
    name: "scram_user",
    password: "scram pass wörd",
    method: "scram-sha-256",
};

/// Logs in with the password in clear text (code 3).
pub const CLEAR_USER: User = User {
    name: "clear_user",
    password: "clear pass wörd",
    method: "password",
};

/// Logs in with no password at all (code 0).
pub const TRUSTED_USER: User = User {
    name: "trusted_user",
    password: "",
    method: "trust",
};

/// Cannot log in here; the stand-in for Redshift lets them in by its digest (code 13).
pub const DIGEST_USER: User = User {
    name: "digest_user",
    password: "Digest 'pass' \\ wörd 1",
    method: "reject",
};

/// Logs in over TLS only.
pub const TLS_USER: User = User {
    name: "tls_user",
    password: "tls pass",
    method: "scram-sha-256",
};

/// All of them.
pub const USERS: [User; 6] =
    [MD5_USER, SCRAM_USER, CLEAR_USER, TRUSTED_USER, DIGEST_USER, TLS_USER];

/// The connection between client and server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// The server has no TLS, and says so if asked.
    Plain,
    /// The server has TLS with a certificate for `localhost`, and takes connections without it too.
    Tls,
}

/// A running server.
pub struct Postgres {
    folder: PathBuf,
    port: u16,
    /// Ends the server when its input is closed, at the end of this process.
    _watcher: Child,
}

impl Postgres {
    /// The server of this kind. None where this machine lacks PostgreSQL: then it says so, and
    /// panics where CI=true.
    pub fn start(wire: Wire) -> Option<&'static Self> {
        static PLAIN: OnceLock<Option<Postgres>> = OnceLock::new();
        static TLS: OnceLock<Option<Postgres>> = OnceLock::new();
        let server = match wire {
            Wire::Plain => &PLAIN,
            Wire::Tls => &TLS,
        };
        server.get_or_init(|| Self::launch(wire)).as_ref()
    }

    /// A fresh database for one test, on the server of this kind.
    pub fn database(wire: Wire) -> Option<Database> {
        Some(Self::start(wire)?.copy_of("template1"))
    }

    /// A fresh database for one test, with all that this one has. Nobody may be connected to it.
    pub fn copy_of(&'static self, template: &str) -> Database {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let name = format!("test_{}", MADE.fetch_add(1, Ordering::Relaxed));
        self.administer(&format!(
            "CREATE DATABASE {name} OWNER everybody TEMPLATE {template} STRATEGY file_copy"
        ));
        Database { server: self, name }
    }

    /// The port at 127.0.0.1, the only address that the server listens at.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the server's socket, where every user is let in without a password.
    pub fn socket_folder(&self) -> &Path {
        &self.folder
    }

    /// The server's socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(format!(".s.PGSQL.{}", self.port))
    }

    /// The certificate of the authority that signed the server's, for `sslrootcert`; only with
    /// [`Wire::Tls`].
    pub fn authority(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    /// The certificate of an authority that signed nothing.
    pub fn other_authority(&self) -> PathBuf {
        self.folder.join("other.pem")
    }

    /// The server's process.
    pub fn process(&self) -> u32 {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid"))
            .expect("the server's own note");
        file.lines().next().and_then(|line| line.parse().ok()).expect("a number")
    }

    /// Runs SQL as the superuser in the database `postgres`; it must succeed.
    #[track_caller]
    pub fn administer(&self, sql: &str) -> String {
        self.administer_at("postgres", sql)
    }

    /// Runs SQL as the superuser in this database; it must succeed.
    #[track_caller]
    pub fn administer_at(&self, database: &str, sql: &str) -> String {
        succeeded(&self.ask_at_socket(database, sql))
    }

    fn ask_at_socket(&self, database: &str, sql: &str) -> Output {
        let mut command = psql();
        command
            .env("PGHOST", &self.folder)
            .env("PGPORT", self.port.to_string())
            .env("PGUSER", ADMINISTRATOR)
            .env("PGDATABASE", database);
        command.args(["-Atc", sql]).output().expect("psql runs")
    }

    fn launch(wire: Wire) -> Option<Self> {
        let programs = programs()?;
        let begin = Instant::now();
        let account = Account::of_server();
        let folder = account.folder();
        account.initialise(&programs, &folder);
        account.configure(wire, &folder);
        loop {
            let (port, watcher) = account.serve(&programs, &folder);
            let server = Self {
                folder: folder.clone(),
                port,
                _watcher: watcher,
            };
            if server.is_up(begin) {
                server.administer(&user_statements());
                return Some(server);
            }
        }
    }

    /// True if the server takes connections; false if another process took its port meanwhile.
    fn is_up(&self, begin: Instant) -> bool {
        loop {
            if self.ask_at_socket("postgres", "SELECT 1").status.success() {
                return true;
            }
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            if log.contains("could not bind IPv4 address") {
                return false;
            }
            let is_down = log.contains("database system is shut down");
            assert!(!is_down && begin.elapsed() < START_LIMIT, "no server: {log}");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A database of one test's own. Dropping it ends its sessions and removes it.
pub struct Database {
    server: &'static Postgres,
    name: String,
}

impl Database {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server that has it.
    pub fn server(&self) -> &'static Postgres {
        self.server
    }

    /// The URL as redwire takes it, by this host name and with these options (`?sslmode=disable`,
    /// or nothing).
    pub fn url(&self, host: &str, options: &str) -> String {
        format!("jdbc:redshift://{host}:{}/{}{options}", self.server.port, self.name)
    }

    /// Runs SQL as the superuser; it must succeed.
    #[track_caller]
    pub fn administer(&self, sql: &str) -> String {
        self.server.administer_at(&self.name, sql)
    }

    /// psql as this user over TCP, with nothing of the test's environment but PATH. What
    /// `PGSSLMODE` and the like should be is the caller's to add.
    pub fn psql(&self, user: User) -> Command {
        psql_at(self.server.port, &self.name, user)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        // The server may have ended before, by a test's own hand.
        let _ = self.server.ask_at_socket("postgres", &sql);
    }
}

/// psql as this user at a port of 127.0.0.1, known there as localhost.
pub fn psql_at(port: u16, database: &str, user: User) -> Command {
    let mut command = psql();
    command
        .env("PGHOST", SERVER_NAME)
        .env("PGPORT", port.to_string())
        .env("PGUSER", user.name)
        .env("PGPASSWORD", user.password)
        .env("PGDATABASE", database);
    command
}

/// psql without anybody's settings: neither of the environment nor of a home folder.
pub fn psql() -> Command {
    let mut command = Command::new("psql");
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", "/nonexistent")
        .env("PGCONNECT_TIMEOUT", "20")
        .env("PGCLIENTENCODING", "UTF8")
        .args(["--no-psqlrc", "--no-password"])
        .stdin(Stdio::null());
    command
}

/// The output of psql, which must have succeeded.
#[track_caller]
pub fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}
