//! The stages in which a session is opened.

use std::fmt;

/// A step on the way to a session and its queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The addresses of the host are looked up.
    Dns,
    /// A TCP connection is made.
    Tcp,
    /// TLS is agreed on, and the server's certificate verified.
    Tls,
    /// The user logs in, and the options of the URL are set.
    Login,
    /// The session is open.
    Query,
}

impl Stage {
    /// The name under which a test of a connection lists the stage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Login => "login",
            Self::Query => "query",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A stage that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Which one.
    pub stage: Stage,
    /// The result in a few words: addresses, the version of TLS, the way of logging in. Holds
    /// no secret.
    pub detail: String,
}
