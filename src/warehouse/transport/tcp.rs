//! TCP connections.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

use crate::warehouse::WarehouseError;
use crate::warehouse::deadline::{Watch, on_a_thread};

/// The idle time before the first keepalive probe. AWS's network load balancers drop a connection
/// that was idle for 350 s (AWS documentation, "Network Load Balancers", "Connection idle
/// timeout").
const IDLE_BEFORE_PROBE: Duration = Duration::from_mins(1);

/// Connects to the first address that answers. Each address gets an even share of the time left, so
/// that a silent one does not use up the time of the others.
pub(in crate::warehouse) fn connect_to_one(
    addresses: Vec<SocketAddr>,
    watch: &Watch<'_>,
) -> Result<TcpStream, WarehouseError> {
    let deadline = watch.deadline;
    let attempt = move || {
        let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        let mut last = None;
        for (address, attempts_left) in addresses.into_iter().zip((1..=count).rev()) {
            match connect(address, deadline.left().map(|left| left / attempts_left)) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some((address, error)),
            }
        }
        Err(last)
    };
    on_a_thread("tcp", watch, attempt)?.map_err(|last| match last {
        Some((address, error)) => not_connected(address, &error, watch),
        None => watch.closed(),
    })
}

fn not_connected(address: SocketAddr, error: &io::Error, watch: &Watch<'_>) -> WarehouseError {
    let cause = match (error.kind(), watch.deadline.limit()) {
        (ErrorKind::ConnectionRefused, _) => return WarehouseError::Refused { address },
        (ErrorKind::TimedOut, Some(limit)) => return watch.overdue(limit),
        (ErrorKind::TimedOut, None) => "the operating system waits no longer".to_owned(),
        _ => error.to_string(),
    };
    WarehouseError::Unreachable { address, cause }
}

/// Connects to the address; with None for as long as the system tries.
pub(super) fn connect(address: SocketAddr, limit: Option<Duration>) -> io::Result<TcpStream> {
    match limit {
        None => TcpStream::connect(address),
        Some(Duration::ZERO) => Err(ErrorKind::TimedOut.into()),
        Some(limit) => TcpStream::connect_timeout(&address, limit),
    }
}

/// Turns on keepalive probes, so that load balancers do not drop an idle connection.
pub(in crate::warehouse) fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    let probes = TcpKeepalive::new().with_time(IDLE_BEFORE_PROBE);
    SockRef::from(stream).set_tcp_keepalive(&probes)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn watch() -> Watch<'static> {
        Watch::within(Duration::from_secs(20))
    }

    /// An address that refuses connections: it is bound for the lifetime of the socket, but nothing
    /// listens.
    fn deaf() -> (socket2::Socket, SocketAddr) {
        let socket =
            socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        (socket, address)
    }

    #[test]
    fn the_first_address_that_answers_is_taken() {
        let (_deaf, dead) = deaf();
        let alive = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = alive.local_addr().unwrap();
        let stream = connect_to_one(vec![dead, address, dead], &watch()).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), address);
    }

    #[test]
    fn the_last_address_is_named_if_none_answers() {
        let ((_first, one), (_second, other)) = (deaf(), deaf());
        let failure = connect_to_one(vec![one, other], &watch()).unwrap_err();
        assert!(
            matches!(failure, WarehouseError::Refused { address } if address == other),
            "{failure:?}"
        );
    }

    #[test]
    fn a_connection_that_is_kept_alive_is_probed_after_a_minute() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let socket = SockRef::from(&stream);
        assert!(!socket.keepalive().unwrap());
        keep_alive(&stream).unwrap();
        assert!(socket.keepalive().unwrap());
        #[cfg(not(windows))]
        assert_eq!(socket.tcp_keepalive_time().unwrap(), IDLE_BEFORE_PROBE);
    }
}
