//! Proxies between redwire and the session bus: one kills redwire at a chosen message, the other
//! listens.
//!
//! strace counts calls by thread, and several threads talk to the bus; here all messages pass in
//! one order.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::thread;

/// The fate of the message at which the process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastMessage {
    /// It was never sent.
    Lost,
    /// It reaches the bus, and its answer reaches nobody.
    Delivered,
}

/// Kills the process at its n-th message, counted over all its connections from 1.
pub struct BusProxy {
    socket: PathBuf,
    victim: Arc<Mutex<Victim>>,
}

struct Victim {
    child: Option<Child>,
    messages_left: usize,
    last: LastMessage,
    /// Kept open, so that the bus still answers what was delivered last.
    connections: Vec<UnixStream>,
}

/// The end of the process behind the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with all done.
    Done,
    /// By itself, with an error: on a busy machine the keyring may answer too late, or end.
    GaveUp,
    /// It was killed.
    Killed,
}

impl BusProxy {
    /// Listens at the socket and passes on to the bus.
    pub fn start(socket: PathBuf, bus: PathBuf, kill_at: usize, last: LastMessage) -> Self {
        let listener = UnixListener::bind(&socket).expect("a socket");
        let victim = Arc::new(Mutex::new(Victim {
            child: None,
            messages_left: kill_at,
            last,
            connections: Vec::new(),
        }));
        let shared = Arc::clone(&victim);
        // It ends with the process of the tests: a thread that waits for connections cannot be told
        // to stop.
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                pass_on(client, &bus, &shared);
            }
        });
        Self { socket, victim }
    }

    /// The address for `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> String {
        format!("unix:path={}", self.socket.display())
    }

    /// Starts the process and waits for its end.
    pub fn run(&self, start: impl FnOnce() -> Child) -> End {
        // Messages wait until the process is known.
        self.victim.lock().expect("no panic").child = Some(start());
        loop {
            let mut victim = self.victim.lock().expect("no panic");
            let child = victim.child.as_mut().expect("it was started");
            if let Some(status) = child.try_wait().expect("its status") {
                return match status.code() {
                    None => End::Killed,
                    Some(0) => End::Done,
                    Some(1) => End::GaveUp,
                    Some(_) => panic!("{status}"),
                };
            }
            drop(victim);
            thread::sleep(std::time::Duration::from_millis(1));
        }
    }
}

impl Drop for BusProxy {
    fn drop(&mut self) {
        // Nobody else uses the name.
        let _ = std::fs::remove_file(&self.socket);
    }
}

fn pass_on(client: UnixStream, bus: &Path, victim: &Arc<Mutex<Victim>>) {
    let bus = UnixStream::connect(bus).expect("the bus is there");
    let (mut answers, mut to_client) =
        (bus.try_clone().expect("a handle"), client.try_clone().expect("a handle"));
    let kept = bus.try_clone().expect("a handle");
    victim.lock().expect("no panic").connections.push(kept);
    thread::spawn(move || std::io::copy(&mut answers, &mut to_client));
    let victim = Arc::clone(victim);
    thread::spawn(move || pass_messages(client, bus, &victim));
}

fn pass_messages(mut client: UnixStream, mut bus: UnixStream, victim: &Mutex<Victim>) {
    let mut message = vec![0; 1 << 16];
    while let Ok(length @ 1..) = client.read(&mut message) {
        let mut victim = victim.lock().expect("no panic");
        victim.messages_left = victim.messages_left.saturating_sub(1);
        let is_last = victim.messages_left == 0;
        if is_last && let Some(child) = &mut victim.child {
            // It may have ended by itself; then there is nothing left to do.
            let _ = child.kill();
            let _ = child.wait();
        }
        // With the process gone nobody but the bus can fail here, and then nothing follows.
        if (!is_last || victim.last == LastMessage::Delivered)
            && bus.write_all(&message[..length]).is_err()
        {
            return;
        }
        if is_last {
            return;
        }
    }
}

/// Keeps all messages between the bus and its clients.
pub struct BusRecorder {
    socket: PathBuf,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl BusRecorder {
    /// Listens at the socket and passes on to the bus.
    pub fn start(socket: PathBuf, bus: PathBuf) -> Self {
        let listener = UnixListener::bind(&socket).expect("a socket");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&heard);
        // As above: it ends with the process of the tests.
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let bus = UnixStream::connect(&bus).expect("the bus is there");
                for (from, to) in [(&client, &bus), (&bus, &client)] {
                    let (from, to) =
                        (from.try_clone().expect("a handle"), to.try_clone().expect("a handle"));
                    let heard = Arc::clone(&shared);
                    thread::spawn(move || pass_and_keep(from, to, &heard));
                }
            }
        });
        Self { socket, heard }
    }

    /// The address for `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> String {
        format!("unix:path={}", self.socket.display())
    }

    /// All messages so far.
    pub fn heard(&self) -> Vec<u8> {
        self.heard.lock().expect("no panic").clone()
    }
}

/// Keeps each message before it is passed on, so that nobody has an answer that was not kept.
fn pass_and_keep(mut from: UnixStream, mut to: UnixStream, heard: &Mutex<Vec<u8>>) {
    let mut message = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut message) {
        heard.lock().expect("no panic").extend(&message[..length]);
        if to.write_all(&message[..length]).is_err() {
            return;
        }
    }
}
