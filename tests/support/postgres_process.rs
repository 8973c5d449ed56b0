//! Makes and starts a PostgreSQL server for the tests: its account, its rules of access and its
//! end.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::certificates::{Authority, SERVER_NAME, ServerCertificate};
use super::postgres::{ADMINISTRATOR, TLS_USER, USERS, Wire, succeeded};
use super::program::{cannot_run, is_here};

/// The server's programs on Debian and Ubuntu, which do not have them in PATH.
const DEBIAN_VERSIONS: &str = "/usr/lib/postgresql";

/// The user that runs the server where the tests are run by root, which PostgreSQL refuses to
/// serve.
const SERVER_USER: &str = "postgres";

/// The folder with the server's programs.
pub fn programs() -> Option<PathBuf> {
    for tool in ["psql", "setpriv", "setsid", "sh"] {
        if !is_here(tool) {
            return None;
        }
    }
    let versions = fs::read_dir(DEBIAN_VERSIONS).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let has_server =
        |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let found = folders.into_iter().find(has_server);
    if found.is_none() {
        cannot_run("the PostgreSQL server is missing; tests/run installs it");
    }
    found
}

/// The owner of the server's files and processes.
pub struct Account {
    /// User and group, if they are not those of the tests.
    other: Option<(u32, u32)>,
}

impl Account {
    /// Those of the server.
    pub fn of_server() -> Self {
        Self {
            other: is_root().then(|| (number("-u"), number("-g"))),
        }
    }

    /// An empty folder for the server. A socket's path has at most 107 bytes, so it is not under a
    /// TMPDIR that may be long.
    pub fn folder(&self) -> PathBuf {
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

    /// The words before a program's name that make it run as the server's user and end with its
    /// parent.
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

    /// Makes the server's files.
    pub fn initialise(&self, programs: &Path, folder: &Path) {
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

    /// Writes who may log in, how, and the server's settings.
    pub fn configure(&self, wire: Wire, folder: &Path) {
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

    /// Starts the server at a free port, below a shell that ends it when its input is closed.
    pub fn serve(&self, programs: &Path, folder: &Path) -> (u16, Child) {
        // $1 is the folder, the rest the server's command. In a session of its own, nothing reaches
        // the shell but the end of its input: neither a Ctrl-C nor a terminal that is closed.
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
        watcher.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        (port, watcher.spawn().expect("the watcher starts"))
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
    let output = Command::new("id").args([option, SERVER_USER]).output().expect("id runs");
    succeeded(&output).parse().expect("a number")
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// The users' own rules; a role that a test makes `IN ROLE everybody` logs in as its password is
/// stored.
fn access_rules() -> String {
    let rules = USERS.map(|user| format!("host all {} 127.0.0.1/32 {}\n", user.name, user.method));
    let (rules, tls_user) = (rules.concat(), TLS_USER.name);
    format!(
        "local all all trust\nhostnossl all {tls_user} 127.0.0.1/32 reject\n{rules}host all +everybody 127.0.0.1/32 md5\n"
    )
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

/// Makes the users.
pub fn user_statements() -> String {
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
