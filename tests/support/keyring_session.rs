//! A real Secret Service for one test: gnome-keyring on a session bus and in a home of its own.
//!
//! Nothing is shared between two sessions, so tests may run side by side. Everything that was
//! started ends when the session is dropped. What runs in a session gets its environment from
//! [`KeyringSession::command`].

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::program::is_here;

/// The programs that a session needs.
const TOOLS: &[&str] = &["dbus-daemon", "dbus-send", "gnome-keyring-daemon", "secret-tool"];

/// The time limit for the start of a daemon on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(1);

/// The password of the keyring.
const KEYRING_PASSWORD: &str = "keyring-password";

/// The state of the keyring behind `DBUS_SESSION_BUS_ADDRESS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// A keyring that is unlocked.
    Unlocked,
    /// A keyring that is locked, and nobody who could ask for its password.
    Locked,
    /// A keyring daemon with no keyring in it yet, and nobody who could ask for a password.
    Empty,
    /// An unlocked keyring behind a bus that lets nobody add a secret to it.
    Refusing,
    /// A bus without a Secret Service.
    NoService,
    /// A socket that takes connections and never answers.
    Hung,
    /// A socket that nobody listens at any more.
    Dead,
    /// No address and no socket at the usual place.
    NoBus,
}

/// One session. Dropping it ends its daemons and removes its folder.
pub struct KeyringSession {
    folder: TempDir,
    keyring: Keyring,
    bus: Option<Child>,
    daemon: Option<Child>,
    hung: Option<UnixListener>,
}

impl KeyringSession {
    /// Starts a session. None where this machine lacks a program for it: then it says so, and
    /// panics where CI=true.
    pub fn start(keyring: Keyring) -> Option<Self> {
        if !TOOLS.iter().all(|tool| is_here(tool)) {
            return None;
        }
        let mut session = Self::with_folders(keyring);
        match keyring {
            Keyring::Unlocked | Keyring::Refusing => session.start_bus_and_keyring(),
            Keyring::Locked => {
                session.start_bus_and_keyring();
                session.lock();
            }
            Keyring::Empty => {
                session.start_bus();
                session.start_keyring_locked();
            }
            Keyring::NoService => session.start_bus(),
            // The kernel takes the connections; nobody ever reads from them.
            Keyring::Hung => {
                session.hung = Some(UnixListener::bind(session.socket()).expect("a socket"));
            }
            Keyring::Dead => drop(UnixListener::bind(session.socket()).expect("a socket")),
            Keyring::NoBus => {}
        }
        Some(session)
    }

    fn with_folders(keyring: Keyring) -> Self {
        // A socket's path has at most 107 bytes, so the folder is not under a TMPDIR that may be
        // long.
        let folder = tempfile::Builder::new().prefix("rw").tempdir_in("/tmp").expect("a folder");
        for name in ["home", "run", "tmp"] {
            let path = folder.path().join(name);
            fs::create_dir(&path).expect("a folder");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("its mode");
        }
        Self {
            folder,
            keyring,
            bus: None,
            daemon: None,
            hung: None,
        }
    }

    /// The home folder of what runs in the session.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The program, in the environment of the session and of nothing else that has to do with a
    /// desktop.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let home = self.home();
        let mut command = Command::new(program);
        for name in [
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "DBUS_SESSION_BUS_ADDRESS",
            "GNOME_KEYRING_CONTROL",
        ] {
            command.env_remove(name);
        }
        for (name, value) in [
            ("HOME", home.clone()),
            ("XDG_CONFIG_HOME", home.join(".config")),
            ("XDG_DATA_HOME", home.join(".local/share")),
            ("XDG_STATE_HOME", home.join(".local/state")),
            ("XDG_CACHE_HOME", home.join(".cache")),
            ("XDG_RUNTIME_DIR", self.folder.path().join("run")),
            ("TMPDIR", self.folder.path().join("tmp")),
        ] {
            command.env(name, value);
        }
        if self.keyring != Keyring::NoBus {
            command.env("DBUS_SESSION_BUS_ADDRESS", self.address());
        }
        command
    }

    /// Locks the keyring, as a desktop does when its user leaves.
    pub fn lock(&self) {
        self.call(
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/collection/login",
        );
    }

    /// Kills the keyring daemon.
    pub fn stop_keyring(&mut self) {
        end(self.daemon.take());
    }

    /// Starts the keyring daemon again and leaves its keyring locked, as after a login without a
    /// password.
    pub fn start_keyring_locked(&mut self) {
        self.start_daemon(&[], "");
    }

    /// Starts the keyring daemon again and unlocks it: it has what was stored before.
    pub fn start_keyring(&mut self) {
        self.start_daemon(&["--unlock"], KEYRING_PASSWORD);
        self.await_that("the keyring is unlocked", |session| {
            session.read_alias().is_some_and(|reply| reply.contains("/collection/"))
        });
    }

    /// Starts a keyring daemon that has ended by itself, as a user's session does: on a busy
    /// machine gnome-keyring may end when a client is killed. True if it had ended.
    pub fn revive(&mut self) -> bool {
        if self.read_alias().is_some() {
            return false;
        }
        self.stop_keyring();
        self.start_keyring();
        true
    }

    /// The secret that another program finds for this user name of redwire's.
    pub fn stored(&self, user: &str) -> Option<String> {
        let output = self.secret_tool(&["lookup", "service", "redwire", "username", user]);
        output.status.success().then(|| text(&output.stdout))
    }

    /// All that another program finds of redwire's, as it prints it: labels, attributes and
    /// secrets.
    pub fn listed(&self) -> String {
        let output = self.search();
        // Attributes go to stderr, the rest to stdout.
        text(&output.stdout) + &text(&output.stderr)
    }

    /// Each secret of redwire's that another program finds, by its user name. Only for secrets of
    /// one line.
    pub fn secrets(&self) -> Vec<(String, String)> {
        secrets_in(&self.search())
    }

    /// As [`Self::secrets`]. Looks again if the keyring has ended by itself.
    pub fn secrets_after_all(&mut self) -> Vec<(String, String)> {
        loop {
            let output = self.search();
            if !self.revive() {
                return secrets_in(&output);
            }
        }
    }

    fn search(&self) -> Output {
        self.secret_tool(&["search", "--all", "service", "redwire"])
    }

    fn secret_tool(&self, arguments: &[&str]) -> Output {
        self.command("secret-tool").args(arguments).output().expect("secret-tool runs")
    }

    /// The socket of the bus.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("run/session-bus")
    }

    fn address(&self) -> String {
        format!("unix:path={}", self.socket().display())
    }

    fn start_bus_and_keyring(&mut self) {
        self.start_bus();
        self.start_keyring();
    }

    /// A bus that starts no service by itself: neither a keyring nor the desktop's prompt for
    /// passwords.
    fn start_bus(&mut self) {
        let path = self.folder.path().join("bus.conf");
        fs::write(&path, bus_configuration(&self.address(), self.keyring))
            .expect("the bus's configuration");
        let mut command = self.command("dbus-daemon");
        command.arg("--nofork").arg(format!("--config-file={}", path.display()));
        self.bus = Some(quiet(&mut command).spawn().expect("dbus-daemon starts"));
        self.await_that("the bus answers", |session| UnixStream::connect(session.socket()).is_ok());
    }

    fn start_daemon(&mut self, arguments: &[&str], password: &str) {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).args(arguments);
        let mut child = quiet(&mut command)
            .stdin(Stdio::piped())
            .spawn()
            .expect("gnome-keyring-daemon starts");
        let mut stdin = child.stdin.take().expect("a pipe to it");
        stdin.write_all(password.as_bytes()).expect("it reads its password");
        drop(stdin);
        self.daemon = Some(child);
        self.await_that("the keyring answers", |session| session.read_alias().is_some());
    }

    fn await_that(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + START_LIMIT;
        while !is_so(self) {
            assert!(Instant::now() < deadline, "not after {START_LIMIT:?}: {what}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn read_alias(&self) -> Option<String> {
        let output = self.dbus_send("org.freedesktop.Secret.Service.ReadAlias", "string:default");
        output.status.success().then(|| text(&output.stdout))
    }

    fn call(&self, method: &str, argument: &str) {
        let output = self.dbus_send(method, argument);
        assert!(output.status.success(), "{method}: {}", text(&output.stderr));
    }

    fn dbus_send(&self, method: &str, argument: &str) -> Output {
        let mut command = self.command("dbus-send");
        command.args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets",
        ]);
        command.args([method, argument]).output().expect("dbus-send runs")
    }
}

impl Drop for KeyringSession {
    fn drop(&mut self) {
        end(self.daemon.take());
        end(self.bus.take());
        drop(self.hung.take());
    }
}

/// The user names and secrets that a search has found.
fn secrets_in(output: &Output) -> Vec<(String, String)> {
    // The items come in the same order on both streams.
    let values = |stream: &[u8], key: &str| -> Vec<String> {
        let stream = text(stream);
        let lines = stream.lines().filter_map(|line| line.strip_prefix(key));
        lines.map(str::to_owned).collect()
    };
    let users = values(&output.stderr, "attribute.username = ");
    let secrets = values(&output.stdout, "secret = ");
    assert_eq!(users.len(), secrets.len(), "{output:?}");
    users.into_iter().zip(secrets).collect()
}

fn end(child: Option<Child>) {
    if let Some(mut child) = child {
        // It may have ended by itself; then there is nothing left to do.
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn bus_configuration(address: &str, keyring: Keyring) -> String {
    let refusal = match keyring {
        Keyring::Refusing => {
            r#"<deny send_interface="org.freedesktop.Secret.Collection" send_member="CreateItem"/>"#
        }
        _ => "",
    };
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    {refusal}
  </policy>
</busconfig>
"#
    )
}
