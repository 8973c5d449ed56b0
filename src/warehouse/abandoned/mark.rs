//! How a server knows a session, in a form that can be noted beside its slot.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

/// Which session at which server, with the word that lets whoever has it cancel what the session
/// runs, and do nothing else (PostgreSQL documentation, "Canceling Requests in Progress").
#[derive(Clone, PartialEq, Eq)]
pub struct SessionMark {
    peer: SocketAddr,
    process: i32,
    secret: i32,
}

impl SessionMark {
    pub(in crate::warehouse) fn new(peer: SocketAddr, process: i32, secret: i32) -> Self {
        Self { peer, process, secret }
    }

    pub(super) fn peer(&self) -> SocketAddr {
        self.peer
    }

    pub(super) fn process(&self) -> i32 {
        self.process
    }

    pub(super) fn secret(&self) -> i32 {
        self.secret
    }
}

/// `127.0.0.1:5439 1234 -5678`
impl fmt::Display for SessionMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.peer, self.process, self.secret)
    }
}

impl fmt::Debug for SessionMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionMark")
            .field("peer", &self.peer)
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}

/// Not the text of a mark: another version of redwire may have written it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMark;

impl FromStr for SessionMark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = text.split(' ').collect();
        let [peer, process, secret] = words[..] else {
            return Err(NoMark);
        };
        Ok(Self {
            peer: peer.parse().map_err(|_| NoMark)?,
            process: process.parse().map_err(|_| NoMark)?,
            secret: secret.parse().map_err(|_| NoMark)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_reads_back() {
        for peer in ["127.0.0.1:5439", "[2001:db8::1]:5439"] {
            let mark = SessionMark::new(peer.parse().unwrap(), 42, i32::MIN);
            assert_eq!(mark.to_string().parse(), Ok(mark));
        }
        for text in ["", "h:1 2 3", "127.0.0.1:1 2", "127.0.0.1:1 2 3 4", "127.0.0.1:1 2 x"] {
            assert_eq!(text.parse::<SessionMark>(), Err(NoMark), "{text}");
        }
    }

    #[test]
    fn the_word_that_cancels_is_not_shown() {
        let mark = SessionMark::new("127.0.0.1:5439".parse().unwrap(), 42, 9_876_543);
        assert!(!format!("{mark:?}").contains("9876543"));
    }
}
