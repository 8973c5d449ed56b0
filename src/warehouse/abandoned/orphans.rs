//! TCP connections that nobody owns any more: their process has closed them or was killed, and the
//! other side has not closed its own.

use std::net::SocketAddr;

/// Whether this machine has such a connection to one of the addresses; None where the operating
/// system does not tell.
#[cfg(target_os = "linux")]
pub(super) fn sight_of(addresses: &[SocketAddr]) -> Option<bool> {
    let mut is_told = false;
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        // One is missing where the machine does not have that version of IP.
        let Ok(text) = std::fs::read_to_string(table) else {
            continue;
        };
        is_told = true;
        if text
            .lines()
            .filter_map(table::orphan)
            .any(|peer| addresses.iter().any(|address| is_same(*address, peer)))
        {
            return Some(true);
        }
    }
    is_told.then_some(false)
}

/// Whether both are the same place: the table tells neither the interface of a link-local address
/// nor whether an address of version 4 was written as one of version 6.
#[cfg(target_os = "linux")]
fn is_same(one: SocketAddr, other: SocketAddr) -> bool {
    one.port() == other.port() && one.ip().to_canonical() == other.ip().to_canonical()
}

/// Whether this machine has such a connection to one of the addresses; None where the operating
/// system does not tell.
#[cfg(not(target_os = "linux"))]
pub(super) fn sight_of(_addresses: &[SocketAddr]) -> Option<bool> {
    None
}

/// The kernel's table (man page proc(5), "/proc/net/tcp").
#[cfg(target_os = "linux")]
mod table {
    use std::net::{IpAddr, SocketAddr};

    /// FIN_WAIT1, FIN_WAIT2 and CLOSING (`include/net/tcp_states.h` of Linux): closed here and not
    /// yet there.
    const HALF_CLOSED: [&str; 3] = ["04", "05", "0B"];

    /// The other end, where the line is a connection that is closed here, not there, and belongs to
    /// no process.
    pub(super) fn orphan(line: &str) -> Option<SocketAddr> {
        let columns: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, _, peer, state, _, _, _, _, _, "0", ..] = columns[..] else {
            return None;
        };
        HALF_CLOSED.contains(&state).then(|| address(peer)).flatten()
    }

    /// `0100007F:1539`: words of the address as the machine has them in memory, and the port.
    fn address(text: &str) -> Option<SocketAddr> {
        let (ip, port) = text.split_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        let mut bytes = Vec::new();
        for begin in (0..ip.len()).step_by(8) {
            let word = u32::from_str_radix(ip.get(begin..begin + 8)?, 16).ok()?;
            bytes.extend(word.to_ne_bytes());
        }
        let ip = match bytes.len() {
            4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?),
            _ => IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?),
        };
        Some(SocketAddr::new(ip.to_canonical(), port))
    }

    #[cfg(all(test, target_endian = "little"))]
    mod tests {
        use super::*;

        fn line(peer: &str, state: &str, inode: &str) -> String {
            format!(
                "  12: 0100007F:A3C4 {peer} {state} 00000000:00000000 03:00000F1E 00000000     0        0 {inode} 2 0"
            )
        }

        #[test]
        fn a_connection_without_owner_is_known_by_its_state_and_its_inode() {
            let of = |peer, state, inode| orphan(&line(peer, state, inode));
            let peer = Some("127.0.0.1:5433".parse().unwrap());
            assert_eq!(of("0100007F:1539", "05", "0"), peer);
            assert_eq!(of("0100007F:1539", "04", "0"), peer);
            // Open, closing with an owner, and closed on both sides.
            assert_eq!(of("0100007F:1539", "01", "0"), None);
            assert_eq!(of("0100007F:1539", "05", "8123"), None);
            assert_eq!(of("0100007F:1539", "06", "0"), None);
            let heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
            assert_eq!(orphan(heading), None);
        }

        #[test]
        fn addresses_of_both_kinds_are_read() {
            let of = |peer| orphan(&line(peer, "05", "0"));
            let mapped = of("0000000000000000FFFF00000100007F:1539");
            assert_eq!(mapped, Some("127.0.0.1:5433".parse().unwrap()));
            let six = of("B80D0120000000000000000001000000:153F");
            assert_eq!(six, Some("[2001:db8::1]:5439".parse().unwrap()));
            assert_eq!(of("0100007F"), None);
            assert_eq!(of("01007F:1539"), None);
        }
    }
}
