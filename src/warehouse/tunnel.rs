//! SSH_TUNNEL: the system's own `ssh`, which forwards a port of this machine to the warehouse.
//!
//! `ssh` has the user's configuration, agent and known hosts, and asks nothing (BatchMode): a
//! question would hang a script. It is in a process group of its own, so that Ctrl-C cancels a
//! query and not the tunnel. The decision record client.md gives the reasons.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Command;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::deadline::{Deadline, Watch, on_a_thread};
use super::{Cancel, Stage, WarehouseError};
use crate::definition::ssh_arguments;
use crate::host::SECRET_VARIABLES;
use crate::url::Endpoint;

/// The time limit of a tunnel if the URL has no loginTimeout.
const LIMIT: Duration = Duration::from_secs(30);

/// The longest wait for the end of an `ssh` whose messages are wanted.
const END_LIMIT: Duration = Duration::from_secs(1);

/// The attempts to find a port: between the choice and its use another program may take it.
const ATTEMPTS: usize = 3;

/// The words of `ssh` about a port that is taken.
const PORT_TAKEN: &str = "cannot listen to port";

/// The number of messages that are kept; the host's banner comes before them.
const MAX_MESSAGES: usize = 3;

/// Starts `ssh`, and beside it a process that ends the group as soon as nobody has the writing end
/// of the pipe on its standard input open, also after SIGKILL. It sends KILL, since `ssh` may sleep
/// through a TERM that comes just before it waits. Neither is a child of redwire, so that none is
/// left as a zombie to a program of `exec`.
const SCRIPT: &str = r#"exec 3<&0
"$@" </dev/null 3<&- &
{ cat; kill -KILL 0; } <&3 >/dev/null 2>&1 &"#;

/// The options of `ssh`. ControlPath: a forward in another `ssh` would outlive this one.
/// LocalCommand prints a line once the port is open. LogLevel: the refusal of a forward is a
/// message of INFO. The server is asked every minute if it is still there, as for a connection
/// without a tunnel.
const OPTIONS: [&str; 8] = [
    "BatchMode=yes",
    "ControlMaster=no",
    "ControlPath=none",
    "ExitOnForwardFailure=yes",
    "LocalCommand=echo",
    "LogLevel=INFO",
    "PermitLocalCommand=yes",
    "ServerAliveInterval=60",
];

/// A running `ssh`, which ends when this value is dropped or this process ends.
#[derive(Debug)]
pub struct Tunnel {
    destination: String,
    address: SocketAddr,
    /// The pipe on which the end of `ssh` depends.
    keeper: PipeWriter,
    /// Receives the messages of `ssh` once it has ended.
    messages: Receiver<String>,
}

/// A handle on a tunnel that is inherited by every program started while this value lives.
#[derive(Debug)]
#[must_use = "the tunnel passes to a program that is started while this lives"]
pub struct SharedTunnel {
    #[cfg(unix)]
    _handle: std::os::fd::OwnedFd,
}

impl Tunnel {
    /// Opens a tunnel through the destination, within the loginTimeout of the endpoint.
    pub fn open(
        destination: &str,
        endpoint: &Endpoint,
        cancel: &Cancel,
    ) -> Result<Self, WarehouseError> {
        let limit = endpoint.options.login_timeout.unwrap_or(LIMIT);
        Self::open_before(Deadline::after(Some(limit)), destination, endpoint, cancel)
    }

    /// Opens a tunnel before the deadline.
    pub(super) fn open_before(
        deadline: Deadline,
        destination: &str,
        endpoint: &Endpoint,
        cancel: &Cancel,
    ) -> Result<Self, WarehouseError> {
        let watch = Watch {
            stage: Stage::Ssh,
            host: destination,
            cancel: Some(cancel),
            deadline,
            silence: None,
        };
        for _ in 1..ATTEMPTS {
            match Self::attempt(endpoint, &watch) {
                Err(WarehouseError::Tunnel { cause, .. }) if cause.contains(PORT_TAKEN) => {}
                opened => return opened,
            }
        }
        Self::attempt(endpoint, &watch)
    }

    fn attempt(endpoint: &Endpoint, watch: &Watch<'_>) -> Result<Self, WarehouseError> {
        let destination = watch.host;
        let (tunnel, mut ready) = Self::start(destination, endpoint)
            .map_err(|error| failed(destination, error.to_string()))?;
        match on_a_thread("ssh", watch, move || ready.read(&mut [0]))? {
            Ok(1..) => Ok(tunnel),
            Ok(0) | Err(_) => Err(failed(destination, tunnel.end())),
        }
    }

    /// Starts `ssh`. The reader gets a line when the port is open, or the end of `ssh`.
    fn start(destination: &str, endpoint: &Endpoint) -> io::Result<(Self, PipeReader)> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let (kept, keeper) = io::pipe()?;
        let (ready, stdout) = io::pipe()?;
        let (said, stderr) = io::pipe()?;
        let messages = listen(said)?;
        let arguments = ssh_arguments(destination)
            .ok_or_else(|| io::Error::other("it is not [user@]host[:port]"))?;
        let mut command = command(&arguments, endpoint, address);
        command.stdin(kept).stdout(stdout).stderr(stderr).status()?;
        let destination = destination.to_owned();
        Ok((Self { destination, address, keeper, messages }, ready))
    }

    /// The near end.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends `ssh` and returns its messages.
    fn end(self) -> String {
        // An `ssh` that has lost its connection closes its ports first and says why later.
        let is_ending = TcpListener::bind(self.address).is_ok();
        let said = is_ending.then(|| self.messages.recv_timeout(END_LIMIT));
        if let Some(Ok(said)) = said {
            return said;
        }
        drop(self.keeper);
        self.messages.recv_timeout(END_LIMIT).unwrap_or_default()
    }

    /// Ends `ssh`, and adds its messages to the error of a session that was opened through it.
    pub(super) fn explain(self, error: WarehouseError) -> WarehouseError {
        let destination = self.destination.clone();
        let stage = error.stage();
        match error {
            WarehouseError::Refused { .. } | WarehouseError::Unreachable { .. } => {
                let said = self.end();
                failed(&destination, if said.is_empty() { error.to_string() } else { said })
            }
            WarehouseError::Closed { .. } | WarehouseError::Broken { .. } => {
                match (self.end(), stage) {
                    (said, _) if said.is_empty() => error,
                    (cause, Stage::Query) => WarehouseError::Broken { stage, cause },
                    (said, Stage::Ssh | Stage::Dns | Stage::Tcp | Stage::Tls | Stage::Login) => {
                        failed(&destination, said)
                    }
                }
            }
            other => other,
        }
    }

    /// Shares the tunnel with a program until it ends, and with every program that inherits it:
    /// that is, every program started before the result is dropped.
    pub fn lend(&self) -> Result<SharedTunnel, WarehouseError> {
        #[cfg(unix)]
        {
            let handle = crate::host::inheritable(&self.keeper);
            let handle = handle.map_err(|error| failed(&self.destination, error.to_string()))?;
            Ok(SharedTunnel { _handle: handle })
        }
        #[cfg(not(unix))]
        Ok(SharedTunnel {})
    }
}

fn failed(destination: &str, cause: String) -> WarehouseError {
    WarehouseError::Tunnel {
        destination: destination.to_owned(),
        cause,
    }
}

fn command(destination: &[String], endpoint: &Endpoint, near: SocketAddr) -> Command {
    let host = match endpoint.host.as_str() {
        host if host.contains(':') => format!("[{host}]"),
        host => host.to_owned(),
    };
    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT, "sh", "ssh", "-N", "-T", "-a", "-x"]);
    for option in OPTIONS {
        command.args(["-o", option]);
    }
    command.arg("-L").arg(format!("{near}:{host}:{}", endpoint.port));
    command.args(destination);
    for name in SECRET_VARIABLES {
        command.env_remove(name);
    }
    // `ssh` runs LocalCommand in this shell; that of a service's user may run nothing.
    command.env("SHELL", "/bin/sh");
    // BatchMode does not reach the `ssh` that ProxyJump starts: it asks this program.
    command.env("SSH_ASKPASS", "false").env("SSH_ASKPASS_REQUIRE", "force");
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// Collects the last messages of `ssh` up to its end.
fn listen(stream: PipeReader) -> io::Result<Receiver<String>> {
    let (sender, messages) = mpsc::channel();
    thread::Builder::new().name("ssh".to_owned()).spawn(move || {
        let mut last = VecDeque::new();
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            if !line.is_empty() {
                last.push_back(line);
            }
            if last.len() > MAX_MESSAGES {
                last.pop_front();
            }
        }
        // Nobody receives the messages of a tunnel that is not needed any more.
        let _ = sender.send(last.make_contiguous().join("; "));
    })?;
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ssh_forwards_to_the_host_of_the_url() {
        let near = "127.0.0.1:40000".parse().unwrap();
        for (url, forward) in [
            ("jdbc:redshift://h.example.com/dev", "127.0.0.1:40000:h.example.com:5439"),
            ("jdbc:redshift://[2001:db8::1]:5740/dev", "127.0.0.1:40000:[2001:db8::1]:5740"),
        ] {
            let command = command(&["bastion".to_owned()], &Endpoint::parse(url).unwrap(), near);
            let arguments: Vec<_> = command.get_args().filter_map(|word| word.to_str()).collect();
            assert!(arguments.ends_with(&["-L", forward, "bastion"]), "{arguments:?}");
        }
    }
}
