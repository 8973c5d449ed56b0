//! The addresses of a host.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use crate::warehouse::deadline::{WaitError, Watch, on_a_thread};

/// At least one address, or the resolver's message.
pub(in crate::warehouse) type Addresses = Result<Vec<SocketAddr>, String>;

/// The maximum number of addresses that are tried.
const MAX_ADDRESSES: usize = 16;

/// Looks the host up. The system call cannot be interrupted, so it runs on a thread; an IP address
/// needs no call.
pub(in crate::warehouse) fn look_up(
    host: &str,
    port: u16,
    watch: &Watch<'_>,
) -> Result<Addresses, WaitError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(Ok(vec![SocketAddr::new(address, port)]));
    }
    let host = host.to_owned();
    on_a_thread("dns", watch, move || resolve(&host, port))
}

fn resolve(host: &str, port: u16) -> Addresses {
    let found = (host, port).to_socket_addrs().map_err(|error| error.to_string())?;
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for address in found {
        if addresses.len() < MAX_ADDRESSES && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if addresses.is_empty() {
        return Err("it has no address".to_owned());
    }
    Ok(addresses)
}
