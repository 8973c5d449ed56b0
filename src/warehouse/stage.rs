//! The stages of opening a session.

use std::fmt;

/// The target of log events about completed stages.
pub(crate) const STEPS: &str = concat!(env!("CARGO_PKG_NAME"), "::steps");

/// A stage of opening a session, or of its queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Opening the SSH tunnel.
    Ssh,
    /// Looking up the host's addresses.
    Dns,
    /// The TCP connection.
    Tcp,
    /// The TLS handshake and the verification of the server's certificate.
    Tls,
    /// The login, and setting the options of the URL.
    Login,
    /// The open session.
    Query,
}

impl Stage {
    /// The stage's name in the output of TEST CONNECTION.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ssh => "ssh",
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

/// A completed stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletedStage {
    /// The stage.
    pub stage: Stage,
    /// The result in a few words: addresses, the version of TLS, the authentication method.
    /// Contains no secret.
    pub detail: String,
}
