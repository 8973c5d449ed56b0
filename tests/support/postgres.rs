//! PostgreSQL on this machine, for tests: a server without TLS and one with it, each started when a test first asks
//! for it and shared by all tests of the process. Every test has a database of its own.
//!
//! A server never outlives the tests: a shell is its parent, which reads a pipe that nobody ever writes to. However the
//! process of the tests ends, the pipe is closed with it; the shell stops the server and removes its folder. Should
//! the shell be killed, the kernel stops the server.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::certificates::{Authority, SERVER_NAME, ServerCertificate};
use super::program::{cannot_run, is_here};

/// How long the server may take to come up on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Where Debian and Ubuntu keep the programs of the server, which are not in PATH there.
const DEBIAN_VERSIONS: &str = "/usr/lib/postgresql";

/// The user that runs the server where the tests are run by root, which PostgreSQL refuses to serve.
const SERVER_USER: &str = "postgres";

/// The superuser, who logs in at the socket without a password.
pub const ADMINISTRATOR: &str = "postgres";

/// A user of the server, and what the server asks of them: no other method is allowed to them.
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

const USERS: [User; 5] = [MD5_USER, SCRAM_USER, CLEAR_USER, TRUSTED_USER, DIGEST_USER];

/// What stands between the client and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// The server has no TLS, and says so when it is asked.
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
    /// The server of this kind. None where this machine lacks PostgreSQL: then it says so, and panics where CI=true.
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

    /// The certificate of the authority that signed the server's, for `sslrootcert`; only with [`Wire::Tls`].
    pub fn authority(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    /// The certificate of an authority that signed nothing.
    pub fn other_authority(&self) -> PathBuf {
        self.folder.join("other.pem")
    }

    /// The server's process.
    pub fn process(&self) -> u32 {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("the server's own note");
        file.lines()
            .next()
            .and_then(|line| line.parse().ok())
            .expect("a number")
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
            let server = account.serve(&programs, &folder);
            if server.is_up(begin) {
                server.administer(&user_statements());
                return Some(server);
            }
        }
    }

    /// Whether the server can be connected to; false when another process took its port in between.
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

    /// The URL as redwire takes it, by this host name and with these options (`?sslmode=disable`, or nothing).
    pub fn url(&self, host: &str, options: &str) -> String {
        format!("jdbc:redshift://{host}:{}/{}{options}", self.server.port, self.name)
    }

    /// Runs SQL as the superuser; it must succeed.
    #[track_caller]
    pub fn administer(&self, sql: &str) -> String {
        self.server.administer_at(&self.name, sql)
    }

    /// psql as this user over TCP, with nothing of the test's environment but PATH. What `PGSSLMODE` and the like
    /// should be is the caller's to add.
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

/// What psql printed; it must have succeeded.
#[track_caller]
pub fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// The folder with the server's programs.
fn programs() -> Option<PathBuf> {
    for tool in ["psql", "setpriv", "setsid", "sh"] {
        if !is_here(tool) {
            return None;
        }
    }
    let versions = fs::read_dir(DEBIAN_VERSIONS).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let has_server = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let found = folders.into_iter().find(has_server);
    if found.is_none() {
        cannot_run("the PostgreSQL server is missing; tests/run installs it");
    }
    found
}

/// Whose the server's files and processes are.
struct Account {
    /// User and group, where that is not who runs the tests.
    other: Option<(u32, u32)>,
}

impl Account {
    fn of_server() -> Self {
        Self {
            other: is_root().then(|| (number("-u"), number("-g"))),
        }
    }

    /// An empty folder for the server. A socket's path has at most 107 bytes, so it is not under a TMPDIR that may be long.
    fn folder(&self) -> PathBuf {
        let folder = tempfile::Builder::new().prefix("rwpg").tempdir_in("/tmp");
        let folder = folder.expect("a folder").keep();
        self.give(&folder, 0o700);
        folder
    }

    fn give(&self, path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its mode");
        if let Some((user, group)) = self.other {
            chown(path, Some(user), Some(group)).expect("its owner");
        }
    }

    /// The words before a program's name that make it run as the server's user and end with its parent.
    fn prefix(&self) -> Vec<String> {
        let mut words = vec!["setpriv".to_owned(), "--pdeathsig=QUIT".to_owned()];
        if let Some((user, group)) = self.other {
            words.extend([
                format!("--reuid={user}"),
                format!("--regid={group}"),
                "--init-groups".to_owned(),
            ]);
        }
        words.push("--".to_owned());
        words
    }

    fn initialise(&self, programs: &Path, folder: &Path) {
        let words = self.prefix();
        let output = server_command(&words[0], folder)
            .args(&words[1..])
            .arg(programs.join("initdb"))
            .arg("--pgdata")
            .arg(folder.join("data"))
            .args(["--no-locale", "--encoding=UTF8", "--auth=trust", "--no-sync"])
            .args(["--username", ADMINISTRATOR])
            .output()
            .expect("initdb runs");
        succeeded(&output);
    }

    fn configure(&self, wire: Wire, folder: &Path) {
        let data = folder.join("data");
        fs::write(data.join("pg_hba.conf"), access_rules()).expect("who may log in");
        fs::write(data.join("postgresql.auto.conf"), settings(wire, folder)).expect("the settings");
        if wire == Wire::Tls {
            let authority = Authority::new("redwire tests");
            authority.write(&folder.join("authority.pem"));
            let ServerCertificate { certificate, key } = authority.sign(SERVER_NAME);
            fs::write(data.join("server.crt"), certificate).expect("the certificate");
            fs::write(data.join("server.key"), key).expect("the key");
            self.give(&data.join("server.key"), 0o600);
        }
        Authority::new("another authority").write(&folder.join("other.pem"));
    }

    /// Starts the server below a shell that ends it.
    fn serve(&self, programs: &Path, folder: &Path) -> Postgres {
        // $1 is the folder, the rest the server's command. In a session of its own, nothing reaches the shell but the
        // end of its input: neither a Ctrl-C nor a terminal that is closed.
        const WATCHER: &str = r#"
            folder=$1; shift
            "$@" </dev/null >>"$folder/log" 2>&1 &
            cat >/dev/null
            kill -QUIT $! 2>/dev/null
            wait
            rm -rf "$folder"
        "#;
        let port = free_port();
        let mut watcher = server_command("setsid", folder);
        watcher
            .args(["sh", "-c", WATCHER, "watcher"])
            .arg(folder)
            .args(self.prefix())
            .arg(programs.join("postgres"))
            .arg("-D")
            .arg(folder.join("data"))
            .args(["-p", &port.to_string()]);
        watcher
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Postgres {
            folder: folder.to_owned(),
            port,
            _watcher: watcher.spawn().expect("the watcher starts"),
        }
    }
}

fn server_command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn number(option: &str) -> u32 {
    let output = Command::new("id")
        .args([option, SERVER_USER])
        .output()
        .expect("id runs");
    succeeded(&output).parse().expect("a number")
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

fn access_rules() -> String {
    let rules = USERS.map(|user| format!("host all {} 127.0.0.1/32 {}\n", user.name, user.method));
    format!("local all all trust\n{}", rules.concat())
}

fn settings(wire: Wire, folder: &Path) -> String {
    let tls = match wire {
        Wire::Plain => "ssl = off",
        Wire::Tls => "ssl = on",
    };
    format!(
        "{tls}
listen_addresses = '127.0.0.1'
unix_socket_directories = '{}'
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 32MB
max_connections = 200
autovacuum = off
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
",
        folder.display()
    )
}

fn user_statements() -> String {
    let users = USERS.map(|user| {
        let encryption = if user.method == "md5" { "md5" } else { "scram-sha-256" };
        let password = user.password.replace('\'', "''");
        format!(
            "SET password_encryption = '{encryption}'; CREATE ROLE {} LOGIN PASSWORD '{password}' IN ROLE everybody;",
            user.name
        )
    });
    format!("CREATE ROLE everybody NOLOGIN; {}", users.concat())
}
