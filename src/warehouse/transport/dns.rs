//! The addresses of a host.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use crate::warehouse::WarehouseError;
use crate::warehouse::deadline::{Watch, on_a_thread};

/// The maximum number of addresses that are tried.
const MAX_ADDRESSES: usize = 16;

/// Looks the host up; returns at least one address. The system call cannot be interrupted, so it
/// runs on a thread; an IP address needs no call.
pub(in crate::warehouse) fn look_up(
    port: u16,
    watch: &Watch<'_>,
) -> Result<Vec<SocketAddr>, WarehouseError> {
    if let Ok(address) = watch.host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let host = watch.host.to_owned();
    let resolving = host.clone();
    on_a_thread("dns", watch, move || resolve(&resolving, port))?
        .map_err(|cause| WarehouseError::UnknownHost { host, cause })
}

/// The addresses, or the resolver's message.
fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
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
