//! OpenSSH's own server on loopback, with keys and a configuration of its own, and a home whose
//! `ssh` knows it as `bastion`.

use std::fs;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use super::home::Home;
use super::program::{cannot_run, is_here};

/// Debian keeps it out of PATH.
const SERVER: &str = "/usr/sbin/sshd";

/// A server of `ssh`; each connection to it has a process of its own.
pub struct Bastion {
    port: u16,
    clients: Arc<Mutex<Vec<TcpStream>>>,
}

impl Bastion {
    /// Starts one whose files are in the home. None where this machine lacks OpenSSH: then it says
    /// so, and panics if CI=true.
    pub fn start(home: &Home) -> Option<Self> {
        if !Path::new(SERVER).is_file() {
            cannot_run("sshd is missing; tests/run installs it");
            return None;
        }
        if !(is_here("ssh") && is_here("ssh-keygen")) {
            return None;
        }
        for name in ["host", "key"] {
            make_key(home, name);
        }
        fs::copy(home.file("key.pub"), home.file("authorized_keys")).expect("a key");
        let settings = format!(
            "HostKey {0}/host\nAuthorizedKeysFile {0}/authorized_keys\nPidFile none\nUsePAM no\n\
             StrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n",
            home.path().display()
        );
        home.write("sshd_config", settings);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let clients = Arc::default();
        serve(listener, home.file("sshd_config"), &clients);
        let bastion = Self { port, clients };
        bastion.introduce(home);
        Some(bastion)
    }

    /// Writes the configuration of the home's `ssh`, and the program itself, which notes its
    /// number.
    fn introduce(&self, home: &Home) {
        let public = fs::read_to_string(home.file("host.pub")).expect("a key");
        home.write("known_hosts", format!("[127.0.0.1]:{} {public}", self.port));
        let settings = format!(
            "Host bastion\n  HostName 127.0.0.1\n  Port {}\nHost *\n  IdentityFile {1}/key\n  \
             IdentitiesOnly yes\n  UserKnownHostsFile {1}/known_hosts\n  GlobalKnownHostsFile none\n",
            self.port,
            home.path().display()
        );
        home.write("ssh_config", settings);
        put_ssh(home, &real_ssh());
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Closes every connection to it.
    pub fn hang_up(&self) {
        for client in self.clients.lock().expect("the list").drain(..) {
            // One that has ended is closed already.
            let _ = client.shutdown(Shutdown::Both);
        }
    }

    /// The number of connections that have come.
    pub fn count(&self) -> usize {
        self.clients.lock().expect("the list").len()
    }
}

/// The end of a script: the system's `ssh` with the home's configuration.
pub fn real_ssh() -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&path).map(|folder| folder.join("ssh"));
    let ssh = found.find(|file| file.is_file()).expect("ssh is here");
    format!("exec {} -F \"$HOME/ssh_config\" \"$@\"", ssh.display())
}

/// Puts a script called `ssh` into the home's folder of programs; it notes its number in `pids`.
pub fn put_ssh(home: &Home, script: &str) {
    use std::os::unix::fs::PermissionsExt;

    fs::create_dir_all(home.file("bin")).expect("a folder");
    let text = format!("#!/bin/sh\necho $$ >> \"$HOME/pids\"\n{script}\n");
    let file = home.write("bin/ssh", text);
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("its mode");
}

/// PATH with the home's folder of programs before the others.
pub fn path(home: &Home) -> std::ffi::OsString {
    let mut path = home.file("bin").into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

/// Waits until every `ssh` that was started in the home has ended; returns their number.
pub fn await_end_of_ssh(home: &Home) -> usize {
    let pids = fs::read_to_string(home.file("pids")).unwrap_or_default();
    for pid in pids.lines() {
        while is_running(pid) {
            thread::yield_now();
        }
    }
    pids.lines().count()
}

/// False also for one that has ended and whose parent does not ask for its status.
pub fn is_running(pid: &str) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    let state = status.rsplit(')').next().unwrap_or_default().trim_start();
    !state.starts_with('Z')
}

fn make_key(home: &Home, name: &str) {
    let made = home
        .command("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(home.file(name))
        .status();
    assert!(made.expect("ssh-keygen runs").success());
}

/// Starts the server for each connection, as inetd does.
fn serve(listener: TcpListener, settings: PathBuf, clients: &Arc<Mutex<Vec<TcpStream>>>) {
    let clients = Arc::clone(clients);
    thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.expect("a client");
            let noted = client.try_clone().expect("another handle");
            clients.lock().expect("the list").push(noted);
            let input = OwnedFd::from(client.try_clone().expect("another handle"));
            let mut command = Command::new(SERVER);
            command.args(["-i", "-e", "-f"]).arg(&settings);
            command.stdin(input).stdout(OwnedFd::from(client)).stderr(Stdio::null());
            let mut server = command.spawn().expect("sshd runs");
            drop(command);
            thread::spawn(move || server.wait());
        }
    });
}
