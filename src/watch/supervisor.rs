//! Notifications to systemd (sd_notify(3)).

use std::ffi::OsString;
use std::time::{Duration, Instant};

use crate::host::Host;

/// The longest wait for a manager that reads nothing; jobs must not wait for it.
#[cfg(target_os = "linux")]
const SEND_LIMIT: Duration = Duration::from_millis(100);

/// The service manager that started the process, if it wants to be notified.
#[derive(Debug)]
pub(super) struct Supervisor {
    socket: Option<OsString>,
    /// The longest time between two signs of life.
    watchdog: Option<Duration>,
    last_sign: Instant,
    status: String,
}

impl Supervisor {
    pub fn from_host(host: &Host) -> Self {
        let text = |name| host.variable(name).and_then(|value| value.into_string().ok());
        let is_own = text("WATCHDOG_PID").is_none_or(|id| id == std::process::id().to_string());
        let microseconds = text("WATCHDOG_USEC").and_then(|text| text.parse().ok());
        Self {
            socket: host.variable("NOTIFY_SOCKET"),
            watchdog: microseconds.filter(|_| is_own).map(Duration::from_micros),
            last_sign: Instant::now(),
            status: String::new(),
        }
    }

    pub fn ready(&self) {
        self.send("READY=1");
    }

    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    /// Sends the status if it has changed.
    pub fn status(&mut self, status: String) {
        if self.status != status {
            self.send(&format!("STATUS={status}"));
            self.status = status;
        }
    }

    /// Gives a sign of life if the half of the time for it is over.
    pub fn sign(&mut self) {
        if self.watchdog.is_some_and(|limit| self.last_sign.elapsed() >= limit / 2) {
            self.send("WATCHDOG=1");
            self.last_sign = Instant::now();
        }
    }

    fn send(&self, message: &str) {
        let Some(socket) = &self.socket else { return };
        if let Err(error) = send_to(socket, message) {
            tracing::info!("{message} could not be sent: {error}");
        }
    }
}

/// The name of an abstract socket begins with `@`.
#[cfg(target_os = "linux")]
fn send_to(socket: &OsString, message: &str) -> std::io::Result<()> {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    let address = match socket.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(socket)?,
    };
    let sender = UnixDatagram::unbound()?;
    sender.set_write_timeout(Some(SEND_LIMIT))?;
    sender.send_to_addr(message.as_bytes(), &address).map(|_| ())
}

#[cfg(not(target_os = "linux"))]
fn send_to(_socket: &OsString, _message: &str) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
